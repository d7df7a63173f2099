"""Two offices: what one gives, the other has; what is not in order leaves nothing behind."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.intake import ingest
from sandan.jobs.sharing.contents import PARTS
from sandan.jobs.sharing.exchange import bundle_rows, export_bundle, import_bundle, own_key, statistic_rows
from sandan.record.bundles.envelope import closed
from sandan.record.bundles.keys import signing_key
from sandan.record.errors import BusyError, InputError, OutputError
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import bundles_lock, home_lock
from sandan.record.settings import Settings, load_settings

WATCHED = """kind,value,reason,source,level,valid_from,valid_to
telephone,13800138000,case 7,anti-smuggling,control,2026-01-01,2027-01-01
brand,泡泡玛特,counterfeits,IPR office,watch,2026-02-01,
person,110101199003074477,case 8,anti-smuggling,control,2026-01-01,
person,李小宝,case 9,anti-smuggling,watch,2026-01-01,
"""
PROFILES = """profile,reason,source,valid_from,trade_flow,hs_prefixes,countries,words
Toys to few places,unbranded toys of one maker,IPR office,2026-01-01,export,9503,US|GB,figure
"""


@pytest.fixture
def offices(tmp_path: Path) -> Callable[[str], Settings]:
    """Homes `a` and `b`; b trusts a."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "watchlists.csv").write_text(WATCHED)
    (tmp_path / "files" / "risk_profiles.csv").write_text(PROFILES)
    own = tmp_path / "a" / "own"
    own.mkdir(parents=True)
    (own / "of_ours.py").write_text("TYPOLOGY = None\n")
    (tmp_path / "a" / "sandan.toml").write_text('typologies = "own"\n')
    ingest([tmp_path / "files"], load_settings(tmp_path / "a"))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "sandan.toml").write_text(f'[sharing.trusted]\n"port a" = "{own_key(load_settings(tmp_path / "a"))}"\n')
    return lambda name: load_settings(tmp_path / name)


def _rows(settings: Settings, table: str) -> list[dict[str, Any]]:
    con = connect(threads=1)
    try:
        rows: list[dict[str, Any]] = Frames(Lake(HomePaths(settings.home).lake), con, None).current(table).to_pyarrow().to_pylist()
    finally:
        con.disconnect()
    return rows


def _made(settings: Settings, file: Path) -> list[str]:
    return list(export_bundle(settings, file, PARTS))


def test_what_one_gives_the_other_has_with_source_and_days(offices: Callable[[str], Settings], tmp_path: Path) -> None:
    a, b, file = offices("a"), offices("b"), tmp_path / "bundle.json"
    lines = _made(a, file)
    assert "3 watchlists, 1 risk profiles, 1 typologies" in lines[0] and "1 persons of watchlists" in lines[1]
    bundle, account, folder = import_bundle(b, file)
    assert account is not None and account.total("loaded") == 4 and account.total("rejected") == 0
    rows = {row["value"]: row for row in _rows(b, "watchlists")}
    assert set(rows) == {"13800138000", "泡泡玛特", "李小宝"}
    phone = rows["13800138000"]
    assert (phone["source"], phone["level"], phone["valid_from"].isoformat(), phone["valid_to"].isoformat()) == (
        "port a: anti-smuggling", "control", "2026-01-01", "2027-01-01",
    )  # fmt: skip
    [profile] = _rows(b, "risk_profiles")
    assert (profile["source"], profile["hs_prefixes"], profile["countries"]) == ("port a: IPR office", "9503", "US|GB")
    # Programs of others are laid down, and nothing runs them.
    assert folder is not None and (folder / "of_ours.py").read_text() == "TYPOLOGY = None\n"
    assert b.typologies is None
    assert [(row["direction"], row["name"], row["serial"], row["watchlists"]) for row in bundle_rows(b)] == [
        ("taken", "port a", bundle.serial, 3)
    ]


def test_the_same_one_again_changes_nothing(offices: Callable[[str], Settings], tmp_path: Path) -> None:
    _made(offices("a"), tmp_path / "bundle.json")
    import_bundle(offices("b"), tmp_path / "bundle.json")
    _, account, _ = import_bundle(offices("b"), tmp_path / "bundle.json")
    assert account is not None and account.total("duplicate") == 4 and account.total("loaded") == 0
    assert len(bundle_rows(offices("b"))) == 1


def test_what_came_from_others_is_not_given_on(offices: Callable[[str], Settings], tmp_path: Path) -> None:
    _made(offices("a"), tmp_path / "bundle.json")
    import_bundle(offices("b"), tmp_path / "bundle.json")
    lines = _made(offices("b"), tmp_path / "on.json")
    assert "0 watchlists, 0 risk profiles" in lines[0] and any("3 rows of watchlists that came from others" in line for line in lines)


def test_numbers_grow_and_an_older_one_is_refused(offices: Callable[[str], Settings], tmp_path: Path) -> None:
    for name in ("first", "second"):
        _made(offices("a"), tmp_path / f"{name}.json")
    bundle, _, _ = import_bundle(offices("b"), tmp_path / "second.json")
    n = len(_rows(offices("b"), "watchlists"))
    with pytest.raises(InputError, match=f"first.json: refused: it is number {bundle.serial - 1} of port a, .* ask port a for the newest"):
        import_bundle(offices("b"), tmp_path / "first.json")
    assert len(_rows(offices("b"), "watchlists")) == n and len(bundle_rows(offices("b"))) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("13800138000", "13800138001"), "altered on the way"),
        (lambda text: text.replace('"ed25519:', '"ed25519:A'), "nobody in"),
        (lambda text: text[:-40], "no bundle"),
    ],
)  # fmt: skip
def test_nothing_of_a_refused_one_is_taken(
    offices: Callable[[str], Settings], tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    file = tmp_path / "bundle.json"
    _made(offices("a"), file)
    changed = change(file.read_text())
    assert changed != file.read_text()
    file.write_text(changed)
    with pytest.raises(InputError, match=words):
        import_bundle(offices("b"), file)
    assert (
        bundle_rows(offices("b")) == [] and not (tmp_path / "b" / "lake").exists() and not (tmp_path / "b" / "bundles" / "taken").exists()
    )


@pytest.mark.parametrize(
    "contents",
    [
        {"watchlists": [{"kind": "brand"}]},
        {"watchlists": [{"kind": "brand", "value": "x", "reason": "r", "source": "s", "level": "watch", "valid_from": "soon"}]},
        {"watchlists": "all"},
        {"typologies": [{"file": "../../own/x.py", "text": ""}]},
        {"statistics": [{"statistic": "inspections", "of": "method:xray", "n": 5, "breaches": 6}]},
        {"models": []},
    ],
)  # fmt: skip
def test_parts_that_are_not_in_form_leave_nothing_behind(
    offices: Callable[[str], Settings], tmp_path: Path, contents: dict[str, Any]
) -> None:
    """Signed by somebody trusted, so that only the parts themselves can be wrong."""
    now = dt.datetime.now(dt.UTC)
    good = {"risk_profiles": [{"profile": "p", "reason": "r", "source": "s", "valid_from": "2026-01-01", "words": "x"}]}
    key = signing_key(HomePaths(offices("a").home))
    (tmp_path / "x.json").write_text(closed(key, 1, now, now + dt.timedelta(days=1), {**good, **contents}))
    with pytest.raises(InputError, match=r"x\.json: refused: .*(ask port a for a bundle of this version|update sandan)"):
        import_bundle(offices("b"), tmp_path / "x.json")
    assert bundle_rows(offices("b")) == [] and not (tmp_path / "b" / "lake").exists()


def test_a_file_that_is_there_is_not_written_over_and_two_at_once_wait(offices: Callable[[str], Settings], tmp_path: Path) -> None:
    a, b, file = offices("a"), offices("b"), tmp_path / "bundle.json"
    _made(a, file)
    with pytest.raises(OutputError, match="name a new file"):
        _made(a, file)
    with bundles_lock(HomePaths(b.home)), pytest.raises(BusyError):
        import_bundle(b, file)
    with home_lock(HomePaths(b.home)), pytest.raises(BusyError):
        import_bundle(b, file)
    assert bundle_rows(b) == []
    import_bundle(b, file)


def test_counts_of_a_run_go_with_it_and_small_ones_do_not(without_outcomes: Path, tmp_path: Path) -> None:
    a = load_settings(without_outcomes)
    list(export_bundle(a, tmp_path / "s.json", ["statistics"]))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "sandan.toml").write_text(f'[sharing.trusted]\na = "{own_key(a)}"\n')
    _, account, folder = import_bundle(load_settings(tmp_path / "b"), tmp_path / "s.json")
    assert account is None and folder is None
    rows = statistic_rows(load_settings(tmp_path / "b"))
    assert rows and all(row["n"] >= 10 and row["name"] == "a" for row in rows)


def test_the_command_line_says_one_line_and_65(offices: Callable[[str], Settings], own_processes: Any, tmp_path: Path) -> None:
    _made(offices("a"), tmp_path / "bundle.json")
    text = json.loads((tmp_path / "bundle.json").read_text())
    (tmp_path / "bundle.json").write_text(json.dumps({**text, "signed": text["signed"].replace("case 7", "case 6")}))
    done = own_processes.sandan("bundle", "import", tmp_path / "bundle.json", SANDAN_HOME=str(tmp_path / "b"))
    assert done.returncode == 65
    assert done.stderr.count("\n") == 1 and "altered on the way; ask port a to send it again" in done.stderr
