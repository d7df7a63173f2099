"""Saved views and queries, visits, unmaskings: each user's own."""

import datetime as dt

import pytest

from sandan.record.app import belongings as module
from sandan.record.app.audit import Actor
from sandan.record.app.belongings import UNMASKED_MINUTES
from sandan.record.app.desk import SYSTEM, Desk
from sandan.record.errors import InputError


@pytest.fixture
def actors(desk: Desk) -> tuple[Actor, Actor]:
    made = [desk.accounts.add(SYSTEM, name, "officer", "correct horse battery").actor for name in ("li", "wu")]
    return made[0], made[1]


def test_what_is_saved_is_ones_own(desk: Desk, actors: tuple[Actor, Actor]) -> None:
    li, wu = actors
    first = desk.belongings.save(li, "query", "rings", "MATCH (n) RETURN n")
    desk.belongings.save(li, "query", "rings", "MATCH (m) RETURN m")  # under the same name: in its place
    desk.belongings.save(li, "view", "mine", "?grade=high")
    assert [(one["name"], one["content"]) for one in desk.belongings.saved(li.user_id, "query")] == [("rings", "MATCH (m) RETURN m")]
    assert desk.belongings.saved(wu.user_id, "query") == []
    [kept] = desk.belongings.saved(li.user_id, "query")
    assert kept["saved_id"] != first
    desk.belongings.forget(wu, kept["saved_id"])
    assert len(desk.belongings.saved(li.user_id, "query")) == 1
    desk.belongings.forget(li, kept["saved_id"])
    assert desk.belongings.saved(li.user_id, "query") == []
    for name, content in (("", "x"), ("x", " "), ("x" * 200, "y")):
        with pytest.raises(InputError):
            desk.belongings.save(li, "query", name, content)


def test_a_look_is_in_the_audit_each_time_and_marks_the_consignment(desk: Desk, actors: tuple[Actor, Actor]) -> None:
    li, wu = actors
    desk.belongings.look(li, "c1", run_id="r")
    desk.belongings.look(li, "c1", run_id="r")
    assert desk.belongings.visited(li.user_id, ["c1", "c2"]) == {"c1"} and desk.belongings.visited(wu.user_id, ["c1"]) == set()
    assert desk.audit.search(action="look", subject="consignment:c1")[1] == 2


def test_unmasked_for_a_purpose_by_one_for_one_consignment_for_a_while(
    desk: Desk, actors: tuple[Actor, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, wu = actors
    for purpose in ("", "because", "x" * 600):
        with pytest.raises(InputError):
            desk.belongings.unmask(li, "c1", purpose)
    until = desk.belongings.unmask(li, "c1", "to call the buyer back")
    assert desk.belongings.unmasked_until(li.user_id, "c1") == until
    assert desk.belongings.unmasked_until(wu.user_id, "c1") is None and desk.belongings.unmasked_until(li.user_id, "c2") is None
    [row], _ = desk.audit.search(action="unmask")
    assert row["detail"]["purpose"] == "to call the buyer back"
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=UNMASKED_MINUTES + 1)
    monkeypatch.setattr(module, "utc_now", lambda: later)
    assert desk.belongings.unmasked_until(li.user_id, "c1") is None
