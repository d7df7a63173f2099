"""The app database: one version of its tables, upgraded, refused where it is newer; locked, full, lost."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sandan.record.app import database as module
from sandan.record.app.services import SYSTEM, Services, decided, has_app_database, open_services, outcomes_decided
from sandan.record.app.tables import META
from sandan.record.errors import BusyError, ConfigError, DamagedFile, StoreUnavailable
from sandan.record.home import HomePaths
from sandan.record.runs import RunLedger
from sandan.record.settings import Settings


def test_the_versions_make_the_tables_that_the_code_names(services: Services) -> None:
    with services.database.reading() as con:
        context = MigrationContext.configure(con, opts={"version_table": "app_version", "compare_type": True})
        others = {"runs"}  # the runs of the home keep their table themselves
        assert [change for change in compare_metadata(context, META) if change[0] != "remove_table" or change[1].name not in others] == []


def test_opened_again_it_is_as_it_was(services: Services, settings: Settings) -> None:
    services.accounts.add(SYSTEM, "li", "officer", "correct horse battery")
    again = open_services(settings)
    assert [row["name"] for row in again.accounts.rows()] == ["li"] and again.accounts.any()


def test_one_of_a_newer_version_is_refused(services: Services, settings: Settings) -> None:
    with services.database.writing() as con:
        con.exec_driver_sql("UPDATE app_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match="newer"):
        open_services(settings)


def test_the_runs_and_the_accounts_share_a_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    ledger = RunLedger(HomePaths(settings.home))
    ledger.record("score", lambda _: None)
    assert not has_app_database(settings) and outcomes_decided(settings) == {} and decided(settings) == {}
    services = open_services(settings)
    services.accounts.add(SYSTEM, "li", "officer", "correct horse battery")
    ledger.record("score", lambda _: None)
    assert has_app_database(settings) and len(ledger.rows()) == 2 and services.accounts.any()
    assert HomePaths(settings.home).app_database.stat().st_mode & 0o077 == 0
    services.database.engine.dispose()


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    path = HomePaths(settings.home).app_database
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(DamagedFile, match=r"app\.db"):
        open_services(settings)


def test_a_writer_that_holds_it_too_long_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_S", 0.2)
    settings = Settings(home=tmp_path / "home")
    services = open_services(settings)
    other = sqlite3.connect(HomePaths(settings.home).app_database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError):
        services.accounts.add(SYSTEM, "li", "officer", "correct horse battery")
    other.execute("ROLLBACK")
    other.close()
    services.accounts.add(SYSTEM, "li", "officer", "correct horse battery")
    services.database.engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:p@h/n"])
def test_another_kind_of_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError):
        open_services(Settings(home=tmp_path / "home", app_db=url))


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", app_db="postgresql://u:geheim@127.0.0.1:1/n")
    with pytest.raises(StoreUnavailable) as said:
        open_services(settings)
    assert "geheim" not in str(said.value) and "127.0.0.1" in str(said.value)


def test_who_opens_a_new_one_waits_for_another_process_that_fills_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    other = sqlite3.connect(HomePaths(home).app_database, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    ends = threading.Timer(0.5, lambda: other.execute("COMMIT"))
    ends.start()
    services = open_services(Settings(home=home))
    ends.join()
    assert services.accounts.rows() == []
    services.database.engine.dispose()
    other.close()


def test_many_processes_may_open_a_new_home_at_once(own_processes: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    code = (
        "import sys; from pathlib import Path; from sandan.record.app.services import open_services; from sandan.record.settings import Settings; "
        "open_services(Settings(home=Path(sys.argv[1])))"
    )
    started = [own_processes.start(code, home) for _ in range(6)]
    assert [(done.stderr, done.returncode) for done in (process.wait() for process in started)] == [("", 0)] * 6
    services = open_services(Settings(home=home))
    assert services.accounts.rows() == []
    services.database.engine.dispose()


@pytest.mark.parametrize("lost_pages", [1, 3])
def test_a_file_whose_end_is_lost_is_not_whole_whatever_is_still_read(tmp_path: Path, lost_pages: int) -> None:
    settings = Settings(home=tmp_path)
    database = open_services(settings).database
    database.check()
    with sqlite3.connect(database.shown) as con:
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = con.execute("PRAGMA page_size").fetchone()[0]
    con.close()
    database.engine.dispose()
    path = Path(database.shown)
    path.write_bytes(path.read_bytes()[: -lost_pages * size])
    with pytest.raises(DamagedFile, match="restore it from the backup"):
        database.check()
