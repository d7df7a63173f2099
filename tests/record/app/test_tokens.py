"""Tokens are shown once, kept as hashes, in force until their end or removal."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine

from sandan.record.app.roles import SCOPES
from sandan.record.app.services import SYSTEM, Services
from sandan.record.app.tables import API_TOKENS
from sandan.record.errors import InputError, UnknownId


def test_a_token_is_known_by_what_was_shown_and_is_kept_nowhere(services: Services) -> None:
    text = services.tokens.add(SYSTEM, "Scanner", ["scans:write", "plan:read"])
    found = services.tokens.of(text)
    assert found and found.name == "scanner" and found.scopes == {"plan:read", "scans:write"}
    with services.database.reading() as con:
        assert text not in repr(con.execute(sa.select(API_TOKENS)).all())
    [row] = services.tokens.rows()
    assert row["scopes"] == "plan:read|scans:write" and row["status"] == "active" and row["used_at"]
    assert text not in repr(services.audit.search()[0])


def test_others_texts_are_none(services: Services) -> None:
    text = services.tokens.add(SYSTEM, "scanner", SCOPES)
    for other in ("", "sandan_", text[:-1], text + "x", text.upper(), "x" * 500, "sandan_é"):
        assert services.tokens.of(other) is None


def test_it_ends_when_it_is_removed_or_its_days_are_over(services: Services) -> None:
    text = services.tokens.add(SYSTEM, "scanner", ["scans:write"], days=1)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)):
        assert services.tokens.of(text) is None
        assert services.tokens.rows()[0]["status"] == "expired"
    assert services.tokens.of(text)
    services.tokens.remove(SYSTEM, "scanner")
    assert services.tokens.of(text) is None
    with pytest.raises(UnknownId):
        services.tokens.remove(SYSTEM, "scanner")
    other = services.tokens.add(SYSTEM, "scanner", ["plan:read"])
    assert services.tokens.of(text) is None and services.tokens.of(other)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("x", ["plan:read"], None),
        ("li wang", ["plan:read"], None),
        ("scanner", [], None),
        ("scanner", ["all"], None),
        ("scanner", ["plan:read"], 0),
    ],
)
def test_what_cannot_be_used_is_said(services: Services, name: str, scopes: list[str], days: int | None) -> None:
    with pytest.raises(InputError):
        services.tokens.add(SYSTEM, name, scopes, days)


def test_two_of_one_name_are_not_in_force_at_once(services: Services) -> None:
    services.tokens.add(SYSTEM, "scanner", ["plan:read"])
    with pytest.raises(InputError, match="sandan token remove scanner"):
        services.tokens.add(SYSTEM, "scanner", ["plan:read"])
