"""What is configured, reachable, writable, missing: one line each, with the remedy."""

import datetime as dt
from pathlib import Path

import pytest

from sandan.ingest.intake import ingest
from sandan.jobs.checks.doctor import examine
from sandan.record.app.services import SYSTEM, open_services
from sandan.record.app.timetable import ScheduledJob
from sandan.record.errors import ConfigError, DamagedFile
from sandan.record.settings import InboxSettings, JobSettings, ScheduleSettings, Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "home")


def _lines(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """Check -> verdict and text."""
    lines = capsys.readouterr().out.splitlines()
    return {name: (verdict, text) for verdict, name, text in ((line[:4].strip(), *line[5:].split(": ", 1)) for line in lines)}


def test_a_new_home_is_well_and_says_what_to_do_next(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(settings) == 0
    told = _lines(capsys)
    assert {name: verdict for name, (verdict, _) in told.items()} == {
        "home": "ok", "settings": "ok", "engine": "ok", "key": "ok", "lake": "todo", "run": "todo", "graph": "todo", "inbox": "ok", "dashboard": "ok",
        "typologies": "ok", "accounts": "todo", "audit": "ok", "schedule": "ok", "sources": "ok",
    }  # fmt: skip
    assert "sandan ingest" in told["lake"][1]
    assert "sandan graph build" in told["graph"][1]


def test_a_lake_is_told_with_its_batches(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.csv").write_text("currency,cny,valid_from\nUSD,7,2025-01-01\n")
    ingest([tmp_path / "r.csv"], settings)
    assert examine(settings) == 0
    assert _lines(capsys)["lake"] == ("ok", "1 batches, known to 2024-12-31T16:00:00+00:00")


def test_bad_settings_are_the_only_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(ConfigError("sandan.toml: workers: must be a number")) == 78
    assert capsys.readouterr().out == "FAIL settings: sandan.toml: workers: must be a number\n"


def test_a_home_that_cannot_be_written_fails_and_the_rest_is_told_all_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert examine(load_settings(tmp_path / "file" / "home")) == 73
    told = _lines(capsys)
    assert told["home"][0] == "FAIL"
    assert "SANDAN_HOME" in told["home"][1]
    assert told["dashboard"][0] == "ok"


def test_a_broken_key_and_an_absent_inbox_fail_with_their_remedies(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.home.mkdir()
    (settings.home / "secret.key").write_text("zz")
    broken = settings.model_copy(update={"inbox": InboxSettings(folders=(tmp_path / "absent",))})
    assert examine(broken) == 78
    told = _lines(capsys)
    assert (told["key"][0], told["inbox"][0]) == ("FAIL", "FAIL")
    assert "backup" in told["key"][1]
    assert str(tmp_path / "absent") in told["inbox"][1]


def test_an_engine_that_is_not_installed_fails_with_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert examine(settings.model_copy(update={"engine": "local[2]"})) == 78
    verdict, said = _lines(capsys)["engine"]
    assert verdict == "FAIL" and "sandan[spark]" in said and "duckdb" in said


def test_a_server_that_is_configured_must_answer(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(settings.model_copy(update={"graph": "bolt://neo4j@127.0.0.1:9"})) == 69
    assert _lines(capsys)["graph"][0] == "FAIL"


def test_the_probe_leaves_nothing_behind(settings: Settings) -> None:
    examine(settings)
    assert sorted(path.name for path in settings.home.iterdir()) == ["secret.key"]


def test_the_audit_is_verified_and_what_was_cut_off_is_seen(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    services = open_services(settings)
    for n in range(3):
        services.audit.record(SYSTEM, "look", f"consignment:{n}")
    assert examine(settings) == 0
    assert _lines(capsys)["audit"] == ("ok", "3 rows, each as it was written")
    with services.database.writing() as con:
        con.exec_driver_sql("DROP TRIGGER audit_no_DELETE")
        con.exec_driver_sql("DELETE FROM audit WHERE seq = 3")
    assert examine(settings) == DamagedFile.exit_code
    verdict, text = _lines(capsys)["audit"]
    assert verdict == "FAIL" and "row 3" in text and "backup" in text
    services.database.engine.dispose()


def test_a_job_that_cannot_be_kept_and_one_that_failed_are_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    bad = ScheduleSettings(jobs={"daily": JobSettings(command="run", cron="0 2 * * 0")})
    assert examine(settings.model_copy(update={"schedule": bad})) == 78
    verdict, said = _lines(capsys)["schedule"]
    assert verdict == "FAIL" and "days of the week as names" in said
    now = dt.datetime.now(dt.UTC)
    table = open_services(settings).timetable
    table.keep(
        ScheduledJob("daily", "run", "30 5 * * *", next_at=now, started_at=now, ended_at=now, ended="failed", detail="no such folder")
    )
    assert examine(settings) == 0
    verdict, said = _lines(capsys)["schedule"]
    assert verdict == "todo" and "daily failed" in said and "sandan runs" in said
