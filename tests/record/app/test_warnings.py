"""Warnings are proposed once, change their state as they may, by those who saw the last one, and are only ever added to."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandan.record.app.audit import Actor
from sandan.record.app.services import SYSTEM, Services
from sandan.record.app.warnings import LEVELS, NEXT, STATES, Draft
from sandan.record.errors import Conflict, InputError, SandanError, UnknownId

CHIEF = Actor("wang", "supervisor", 7)
DRAFT = Draft("party", "high", "operator:seller:S1", ("split_lot",), "To S1", "致 S1", "run-1")


def test_the_same_run_again_proposes_nothing(services: Services) -> None:
    other = replace(DRAFT, audience="internal")
    assert services.warnings.propose(SYSTEM, [DRAFT, other]) == [1, 2]
    assert services.warnings.propose(SYSTEM, [DRAFT, other]) == []
    assert services.warnings.propose(SYSTEM, [replace(DRAFT, run_id="run-2", text_en="Other words")]) == []
    first = services.warnings.rows()[-1]
    assert {name: first[name] for name in ("warning_id", "audience", "state", "by", "typologies", "text_zh", "issued_at")} == {
        "warning_id": 1, "audience": "party", "state": "draft", "by": "system", "typologies": ("split_lot",), "text_zh": "致 S1",
        "issued_at": None,
    }  # fmt: skip


def test_something_new_replaces_a_draft_and_stands_beside_what_was_approved(services: Services) -> None:
    warnings = services.warnings
    warnings.propose(SYSTEM, [DRAFT])
    assert warnings.propose(SYSTEM, [replace(DRAFT, typologies=("quota", "split_lot"))]) == [2]
    states = {row["warning_id"]: (row["state"], row["why"]) for row in warnings.rows()}
    assert states == {1: ("recalled", "replaced by 2"), 2: ("draft", "")}
    warnings.change(CHIEF, 2, "approved", expected="draft")
    assert warnings.propose(SYSTEM, [replace(DRAFT, level="confirmed", typologies=("quota", "split_lot"))]) == [3]
    assert {row["warning_id"]: row["state"] for row in warnings.rows()} == {1: "recalled", 2: "approved", 3: "draft"}


def test_what_a_supervisor_recalled_is_not_proposed_again(services: Services) -> None:
    services.warnings.propose(SYSTEM, [DRAFT])
    services.warnings.change(CHIEF, 1, "recalled", expected="draft", why="their carrier mixed the numbers up")
    assert services.warnings.propose(SYSTEM, [DRAFT]) == []


def test_it_is_approved_issued_and_recalled_and_the_audit_has_each(services: Services) -> None:
    warnings = services.warnings
    warnings.propose(SYSTEM, [DRAFT])
    warnings.change(CHIEF, 1, "approved", expected="draft")
    warnings.change(CHIEF, 1, "issued", expected="approved", why="sent by post")
    [issued] = warnings.rows()
    assert issued["issued_at"] == issued["at"]
    warnings.change(CHIEF, 1, "recalled", expected="issued", why="the goods were theirs")
    [row] = warnings.rows()
    assert row["issued_at"] == issued["issued_at"] and row["state"] == "recalled"
    assert [(one["state"], one["by"], one["why"]) for one in warnings.history(1)] == [
        ("draft", "system", ""), ("approved", "wang", ""), ("issued", "wang", "sent by post"), ("recalled", "wang", "the goods were theirs"),
    ]  # fmt: skip
    found, n = services.audit.search(action="warning", subject="warning:1")
    assert n == 4 and [one["detail"]["state"] for one in found] == ["recalled", "issued", "approved", "draft"]
    assert services.audit.fault() == ""


def test_whoever_saw_another_state_is_told(services: Services) -> None:
    services.warnings.propose(SYSTEM, [DRAFT])
    services.warnings.change(CHIEF, 1, "approved", expected="draft")
    with pytest.raises(Conflict, match="approved meanwhile, by wang"):
        services.warnings.change(CHIEF, 1, "recalled", expected="draft", why="no")
    with pytest.raises(UnknownId):
        services.warnings.change(CHIEF, 2, "approved", expected="draft")
    with pytest.raises(InputError, match="say why"):
        services.warnings.change(CHIEF, 1, "recalled", expected="approved", why="  ")


@pytest.mark.parametrize("table", ["warnings", "warning_states"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_there(services: Services, table: str, statement: str) -> None:
    services.warnings.propose(SYSTEM, [DRAFT])
    column = {"warnings": "level = 'medium'", "warning_states": "state = 'issued'"}[table]
    with pytest.raises((SandanError, sa.exc.DatabaseError)), services.database.writing() as con:
        con.exec_driver_sql(statement.format(table, column))
    assert [row["state"] for row in services.warnings.rows()] == ["draft"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.sampled_from(STATES), max_size=6), st.sampled_from(LEVELS), st.integers(0, 10**6))
def test_only_the_states_that_may_follow_follow(services: Services, wanted: list[str], level: str, number: int) -> None:
    [made] = services.warnings.propose(
        SYSTEM, [replace(DRAFT, subject=f"operator:seller:{number}:{len(services.warnings.rows())}", level=level)]
    )
    state = "draft"
    for to in wanted:
        if to in NEXT[state]:
            services.warnings.change(CHIEF, made, to, expected=state, why="because")
            state = to
        else:
            with pytest.raises(InputError, match="does not become"):
                services.warnings.change(CHIEF, made, to, expected=state, why="because")
    assert services.warnings.history(made)[-1]["state"] == state
