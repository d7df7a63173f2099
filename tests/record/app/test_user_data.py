"""Saved views and queries, visits: each user's own."""

import pytest

from sandan.record.app.audit import Actor
from sandan.record.app.services import SYSTEM, Services
from sandan.record.errors import InputError


@pytest.fixture
def actors(services: Services) -> tuple[Actor, Actor]:
    made = [services.accounts.add(SYSTEM, name, "officer", "correct horse battery").actor for name in ("li", "wu")]
    return made[0], made[1]


def test_what_is_saved_is_ones_own(services: Services, actors: tuple[Actor, Actor]) -> None:
    li, wu = actors
    first = services.user_data.save(li, "query", "rings", "MATCH (n) RETURN n")
    services.user_data.save(li, "query", "rings", "MATCH (m) RETURN m")  # under the same name: in its place
    services.user_data.save(li, "view", "mine", "?grade=high")
    assert [(one["name"], one["content"]) for one in services.user_data.saved(li.user_id, "query")] == [("rings", "MATCH (m) RETURN m")]
    assert services.user_data.saved(wu.user_id, "query") == []
    [kept] = services.user_data.saved(li.user_id, "query")
    assert kept["saved_id"] != first
    services.user_data.forget(wu, kept["saved_id"])
    assert len(services.user_data.saved(li.user_id, "query")) == 1
    services.user_data.forget(li, kept["saved_id"])
    assert services.user_data.saved(li.user_id, "query") == []
    for name, content in (("", "x"), ("x", " "), ("x" * 200, "y")):
        with pytest.raises(InputError):
            services.user_data.save(li, "query", name, content)


def test_a_look_is_in_the_audit_each_time_and_marks_the_consignment(services: Services, actors: tuple[Actor, Actor]) -> None:
    li, wu = actors
    services.user_data.look(li, "c1", run_id="r")
    services.user_data.look(li, "c1", run_id="r")
    assert services.user_data.visited(li.user_id, ["c1", "c2"]) == {"c1"} and services.user_data.visited(wu.user_id, ["c1"]) == set()
    assert services.audit.search(action="look", subject="consignment:c1")[1] == 2
