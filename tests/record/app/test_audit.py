"""The audit: rows that are only added, and a chain that shows every change."""

import threading

import pytest
import sqlalchemy as sa

from sandan.record.app.audit import Actor
from sandan.record.app.services import Services, open_services
from sandan.record.app.tables import AUDIT
from sandan.record.errors import DamagedFile
from sandan.record.ids import Keyring
from sandan.record.settings import Settings

LI, WU = Actor("li", "officer", 1), Actor("wu", "officer", 2)


@pytest.fixture
def written(services: Services) -> Services:
    for n in range(12):
        services.audit.record(LI if n % 3 else WU, "look", f"consignment:import:P1:{n}", n=n)
    return services


def unlocked(services: Services, statement: str) -> None:
    """Change rows as somebody with the database in his hands could."""
    with services.database.engine.begin() as con:
        if services.database.is_sqlite:
            con.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
            con.exec_driver_sql("DROP TRIGGER audit_no_DELETE")
        else:
            con.exec_driver_sql("DROP TRIGGER audit_unchanged ON audit")
        con.exec_driver_sql(statement)


def test_it_is_searched_by_who_what_and_when(written: Services) -> None:
    rows, n = written.audit.search(actor="wu")
    assert n == 4 and [row["detail"]["n"] for row in rows] == [9, 6, 3, 0]
    assert written.audit.search(subject="P1:11")[1] == 1 and written.audit.search(subject="%")[1] == 0
    assert written.audit.search(action="decide")[1] == 0
    today = rows[0]["at"][:10]
    assert written.audit.search(since=today, until=today)[1] == 12 and written.audit.search(until="2020-01-01")[1] == 0
    assert [row["seq"] for row in written.audit.search(start=2, limit=3)[0]] == [10, 9, 8]


@pytest.mark.parametrize("verb", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_itself_refuses_changes(written: Services, verb: str) -> None:
    with pytest.raises((sa.exc.DBAPIError, DamagedFile)), written.database.writing() as con:
        con.exec_driver_sql(verb)
    assert written.audit.search()[1] == 12 and written.audit.fault() == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET actor = 'wu' WHERE seq = 5", "row 5"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 12", "row 12"),
        ("UPDATE audit SET at = '2026-01-01' WHERE seq = 1", "row 1"),
        ("DELETE FROM audit WHERE seq = 7", "rows 7 to 7 are missing"),
        ("DELETE FROM audit WHERE seq < 4", "rows 1 to 3 are missing"),
        ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 3) WHERE seq = 4", "row 4"),
    ],
)
def test_a_change_shows(written: Services, statement: str, said: str) -> None:
    unlocked(written, statement)
    assert said in written.audit.fault()


def test_the_last_seal_says_what_was_cut_off(written: Services) -> None:
    seq, seal = written.audit.head()
    assert written.audit.seal_of(seq) == seal
    unlocked(written, "DELETE FROM audit WHERE seq > 10")
    assert written.audit.fault() == "" and written.audit.seal_of(seq) != seal


def test_whoever_has_not_the_key_cannot_seal(written: Services, settings: Settings) -> None:
    assert type(written.audit)(written.database, Keyring(b"0" * 32)).fault().startswith("row 1")


def test_writers_at_once_make_one_chain(settings: Settings) -> None:
    services = open_services(settings)

    def write(name: str) -> None:
        for n in range(20):
            services.audit.record(Actor(name, "officer"), "look", f"consignment:{n}")

    threads = [threading.Thread(target=write, args=(f"u{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with services.database.reading() as con:
        assert con.execute(sa.select(sa.func.count(), sa.func.max(AUDIT.c.seq))).one() == (160, 160)
    assert services.audit.fault() == ""
    services.database.engine.dispose()
