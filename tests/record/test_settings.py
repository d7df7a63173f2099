"""Settings: environment over file over default, and errors that name what to correct."""

from decimal import Decimal
from pathlib import Path

import pytest

from sandan.record.errors import ConfigError
from sandan.record.settings import load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's own, and no home where the test runs."""
    for name in ("HOME", "LANGUAGE", "GRAPH", "GRAPH_PASSWORD", "WORKERS", "GRADE", "GRADE__T_HIGH", "TIME__KNOWN_BY", "KEY_FILE"):
        monkeypatch.delenv(f"SANDAN_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def _file(home: Path, text: str) -> Path:
    home.mkdir(exist_ok=True)
    (home / "sandan.toml").write_text(text, encoding="utf-8")
    return home


def test_nothing_set_gives_defaults_that_work() -> None:
    settings = load_settings()
    assert settings.home == Path(".sandan")
    assert (settings.grade.t_medium, settings.grade.t_high, settings.language, settings.graph) == (0.33, 0.6, "en", "")
    assert settings.n_workers >= 1


def test_the_file_beats_the_default_and_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _file(tmp_path / "h", 'language = "zh"\nworkers = 3\n[grade]\nt_medium = 0.5\nt_high = 0.8\n[match]\namount_cny = 0.05\n')
    monkeypatch.setenv("SANDAN_WORKERS", "2")
    monkeypatch.setenv("SANDAN_GRADE__T_HIGH", "0.9")
    settings = load_settings(home)
    assert (settings.language, settings.workers) == ("zh", 2)
    assert (settings.grade.t_medium, settings.grade.t_high) == (0.5, 0.9)
    assert settings.match.amount_cny == Decimal("0.05")


def test_the_home_of_the_environment_has_its_own_file_and_a_home_named_beats_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = _file(tmp_path / "1", "workers = 1\n"), _file(tmp_path / "2", "workers = 2\n")
    monkeypatch.setenv("SANDAN_HOME", str(first))
    assert (load_settings().home, load_settings().workers) == (first, 1)
    assert (load_settings(second).home, load_settings(second).workers) == (second, 2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("workers = -1\n", "workers"),
        ("[grade]\nt_high = 7\n", "grade.t_high"),
        ('engine = "sqlite"\n', "engine"),
        ('engine = "spark://"\n', "engine"),
        ('[spark]\nmemory = "much"\n', "spark.memory"),
        ("[grade]\nt_hihg = 0.9\n", "grade.t_hihg"),
        ("[time]\nknown_by = 'guess'\n", "time.known_by"),
        ("wrokers = 1\n", "wrokers"),
        ("grade = 1\n", "grade"),
        ("[grade]\nt_medium = 0.7\nt_high = 0.7\n", "t_medium"),
        ("home = '/x'\n", "home"),
        ("graph_password = 'x'\n", "graph_password"),
        ("workers = = 1\n", "sandan.toml"),
    ],
)
def test_a_bad_value_of_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named.replace(".", r"\.")) as caught:
        load_settings(_file(tmp_path / "h", text))
    assert caught.value.exit_code == 78


def test_all_bad_values_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"workers.*grade\.t_high|grade\.t_high.*workers"):
        load_settings(_file(tmp_path / "h", "workers = -1\n[grade]\nt_high = 7\n"))


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("SANDAN_WORKERS", "many", "workers"),
        ("SANDAN_GRADE__T_HIGH", "2", r"grade\.t_high"),
        ("SANDAN_LANGUAGE", "fr", "language"),
        ("SANDAN_GRADE", "high", "grade"),
        ("SANDAN_INBOX__FOLDERS", "/in", "inbox"),
    ],
)
def test_a_bad_value_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, named: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=named):
        load_settings()


def test_a_file_that_is_no_text_is_an_error_of_its_name(tmp_path: Path) -> None:
    home = _file(tmp_path / "h", "")
    (home / "sandan.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"sandan\.toml.*correct or remove"):
        load_settings(home)


def test_a_password_is_not_shown_where_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDAN_GRAPH_PASSWORD", "three-lists")
    settings = load_settings()
    assert settings.graph_password == "three-lists"
    assert "three-lists" not in repr(settings)
