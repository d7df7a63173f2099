"""Accounts: passwords, sessions that end, locks."""

import datetime as dt
from typing import Any

import pytest
from argon2 import PasswordHasher

from sandan.record.app import accounts as module
from sandan.record.app.accounts import MOST_FAILURES
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.services import SYSTEM, Services, open_services
from sandan.record.errors import InputError, UnknownId
from sandan.record.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, dt.datetime]:
    now = {"now": dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)}
    monkeypatch.setattr(module, "utc_now", lambda: now["now"])
    return now


def token_of(services: Services, name: str = "li", password: str = PASSWORD) -> str:
    made = services.accounts.sign_in(name, password)
    assert made
    return made[1]


def test_whoever_knows_the_password_gets_a_session_of_his_own(services: Services) -> None:
    services.accounts.add(SYSTEM, "Li", "officer", PASSWORD)
    first, second = token_of(services), token_of(services, " LI ")
    assert first != second
    user = services.accounts.of_session(first)
    assert user and (user.name, user.role) == ("li", "officer")
    services.accounts.sign_out(first)
    assert services.accounts.of_session(first) is None and services.accounts.of_session(second) is not None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "é\0"])
def test_a_token_that_the_server_did_not_make_is_nobodys(services: Services, token: str) -> None:
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    token_of(services)
    assert services.accounts.of_session(token) is None


def test_neither_password_nor_token_is_stored(services: Services) -> None:
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    token = token_of(services)
    services.accounts.sign_in("li", "another wrong one")
    services.accounts.sign_in(PASSWORD, PASSWORD)  # typed into the wrong field
    with services.database.reading() as con:
        for table in ("users", "sessions", "audit"):
            stored = repr(con.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert PASSWORD not in stored and token not in stored and "another wrong one" not in stored


def test_passwords_are_hashed_as_rfc_9106_has_it_where_memory_is_scarce(own_hasher: PasswordHasher) -> None:
    """By what the product hashes with: tests themselves use less."""
    hashed = own_hasher.hash(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and own_hasher.verify(hashed, PASSWORD)


def test_some_failures_lock_the_account_for_a_while(services: Services, clock: dict[str, dt.datetime]) -> None:
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    for _ in range(MOST_FAILURES - 1):
        assert services.accounts.sign_in("li", "wrong password") is None
    assert services.accounts.sign_in("li", PASSWORD)  # one less does not
    for _ in range(MOST_FAILURES):
        assert services.accounts.sign_in("li", "wrong password") is None
    assert services.accounts.sign_in("li", PASSWORD) is None
    clock["now"] += dt.timedelta(minutes=module.LOCKED_MINUTES, seconds=1)
    assert services.accounts.sign_in("li", PASSWORD)


def test_a_session_ends_when_it_rests_and_in_any_case(settings: Settings, clock: dict[str, dt.datetime]) -> None:
    services = open_services(settings)
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    resting, busy = token_of(services), token_of(services)
    idle, hours = settings.app.idle_minutes, settings.app.session_hours
    clock["now"] += dt.timedelta(minutes=idle - 1)
    assert services.accounts.of_session(busy) is not None
    clock["now"] += dt.timedelta(minutes=2)
    assert services.accounts.of_session(resting) is None and services.accounts.of_session(busy) is not None
    for _ in range(int(hours * 60 / (idle - 1)) + 1):
        clock["now"] += dt.timedelta(minutes=idle - 1)
        services.accounts.of_session(busy)
    assert services.accounts.of_session(busy) is None
    services.database.engine.dispose()


def test_another_role_or_removal_holds_at_once(services: Services) -> None:
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    token = token_of(services)
    services.accounts.change_role(SYSTEM, "li", "viewer")
    user = services.accounts.of_session(token)
    assert user and user.may(Permission.SEE) and not user.may(Permission.DECIDE)
    services.accounts.remove(SYSTEM, "li")
    assert services.accounts.of_session(token) is None and services.accounts.sign_in("li", PASSWORD) is None
    with pytest.raises(UnknownId):
        services.accounts.change_role(SYSTEM, "li", "officer")


def test_another_password_ends_the_sessions(services: Services) -> None:
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    token = token_of(services)
    services.accounts.change_password(SYSTEM, "li", "quite another one")
    assert services.accounts.of_session(token) is None and services.accounts.sign_in("li", PASSWORD) is None
    assert services.accounts.sign_in("li", "quite another one")


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [("", "officer", PASSWORD), ("a b", "officer", PASSWORD), ("li", "king", PASSWORD), ("li", "officer", "short"),
     ("li", "officer", "x" * 300), ("longername", "officer", "LONGERNAME"), ("../li", "officer", PASSWORD), ("李", "officer", PASSWORD)],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused(services: Services, name: str, role: str, password: str) -> None:
    with pytest.raises(InputError):
        services.accounts.add(SYSTEM, name, role, password)
    assert services.accounts.rows() == []


def test_the_first_account_is_made_once_and_the_last_admin_stays(services: Services) -> None:
    services.accounts.add_first("chief", PASSWORD)
    with pytest.raises(InputError):
        services.accounts.add_first("second", PASSWORD)
    for change in (lambda: services.accounts.remove(SYSTEM, "chief"), lambda: services.accounts.change_role(SYSTEM, "chief", "officer")):
        with pytest.raises(InputError, match="last admin"):
            change()
    services.accounts.add(SYSTEM, "deputy", "admin", PASSWORD)
    services.accounts.remove(SYSTEM, "chief")
    assert [(row["name"], row["status"]) for row in services.accounts.rows()] == [("chief", "removed"), ("deputy", "active")]


def test_an_account_without_password_opens_with_none(services: Services) -> None:
    services.accounts.add(SYSTEM, "sso", "officer", None)
    assert services.accounts.sign_in("sso", "!") is None and services.accounts.sign_in("sso", "") is None


def test_nobody_who_makes_accounts_sees_consignments() -> None:
    assert not any({Permission.ACCOUNTS, Permission.SEE} <= role for role in ROLES.values())
    assert set().union(*ROLES.values()) == set(Permission)


def test_every_change_is_in_the_audit(services: Services) -> None:
    services.accounts.add(SYSTEM, "li", "officer", PASSWORD)
    services.accounts.sign_out(token_of(services))
    services.accounts.sign_in("li", "wrong password")
    services.accounts.change_role(SYSTEM, "li", "viewer")
    rows, n = services.audit.search()
    found: list[Any] = [(row["actor"], row["action"], row["subject"]) for row in rows]
    assert n == 5 and found == [
        ("system", "account", "user:li"), ("li", "refused", "sign-in"), ("li", "sign-out", "user:li"), ("li", "sign-in", "user:li"),
        ("system", "account", "user:li"),
    ]  # fmt: skip
