"""Workshops, single schemes and all other actors change their ways after an inspection, as rings do."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandan.synthetic.base import base_world
from sandan.synthetic.fraud.pushed_orders import pushed_by_agents
from sandan.synthetic.fraud.quotas import lent_quota
from sandan.synthetic.fraud.rings import chained
from sandan.synthetic.fraud.smugglers import drug_sender
from sandan.synthetic.fraud.transactions import SINGLE
from sandan.synthetic.fraud.triangles import paper_circle
from sandan.synthetic.fraud.workshops import workshop
from sandan.synthetic.lookalikes.hard_negatives import NEGATIVES
from sandan.synthetic.params import world_params
from sandan.synthetic.schemes.scheme import carried_out
from sandan.synthetic.trade.consignment import Case, GroundTruth

# Word goes round within four days of the inspection.
_AFTER = dt.timedelta(days=4)


@pytest.fixture(scope="module")
def world() -> Any:
    return base_world(world_params("demo", n_orders=3000, seed=9, label_bias=1.0))


def when(made: Any) -> dt.datetime:
    return made.trade.ordered if isinstance(made, Case) else made.shipped


def way(made: Any) -> tuple[Any, ...]:
    """What officers could know of an actor again."""
    if isinstance(made, Case):
        trade = made.trade
        return (
            trade.buyer.telephone, trade.payer.telephone, trade.address, trade.seller.company.code, trade.platform.company.code,
            trade.carrier.code, trade.agent.code,
        )  # fmt: skip
    row = made.row
    return row["sender_telephone"][-8:], row["sender_name"], row["logistics_code"], row["description"], row["sender_address"][:9]


def actors(world: Any, act: Callable[..., Any], bias: float, size: int, n: int = 40) -> list[tuple[dt.datetime | None, list[Any]]]:
    own, made = replace(world, label_bias=bias), []
    for i in range(n):
        truth = GroundTruth("fraud", ("sign",), act.__name__, f"{act.__name__}-{bias}-{i}", "")
        members = [one for one in act(own, truth, size) if one.truth is truth]
        made.append((world.detections.get(truth.group), members))
    return made


@pytest.mark.parametrize(
    ("act", "size"), [(workshop, 24), (chained, 38), (lent_quota, 24), (pushed_by_agents, 20), (paper_circle, 24), (drug_sender, 10)]
)
def test_groups_stop_or_change_something_after_detection(world: Any, act: Callable[..., Any], size: int) -> None:
    assert all(found_at is None and len(members) == size for found_at, members in actors(world, act, 0.0, size))
    found = actors(world, act, 1.0, size)
    detected = [(found_at, members) for found_at, members in found if found_at is not None]
    assert 0.7 < len(detected) / len(found) <= 1
    assert any(len(members) < size for _, members in detected), "some stop"
    changed = 0
    for found_at, members in detected:
        before = [way(one) for one in members if when(one) <= found_at]
        after = [way(one) for one in members if when(one) > found_at + _AFTER]
        # One of the things that were known does not come back.
        changed += bool(before and after) and any(
            not {known[index] for known in before} & {known[index] for known in after} for index in range(len(way(members[0])))
        )
    assert changed >= 3


def test_single_actors_go_elsewhere_after_detection_and_none_of_their_consignments_is_lost(world: Any) -> None:
    own, moved, stopped = replace(world, label_bias=1.0), 0, 0
    for number in range(40):
        scheme = SINGLE["address_mismatch"][0]
        cases = carried_out(own, scheme, 6, "fraud", 1000 + number)
        assert len(cases) == 6
        found_at = world.detections.get(f"{scheme.kind}-{1000 + number}")
        if found_at is None:
            continue
        sellers = {case.trade.seller.company.code for case in sorted(cases, key=when)}
        moved += len(sellers) == 2
        stopped += max(map(when, cases)) < found_at + _AFTER
    assert moved >= 4
    assert stopped >= 4


def test_the_innocent_and_single_consignments_are_never_hit(world: Any) -> None:
    before = dict(world.detections)
    carried_out(world, NEGATIVES["overvaluation"][0], 4, "hard_negative", 5000)
    carried_out(world, SINGLE["overvaluation"][0], 1, "fraud", 5000)
    assert world.detections == before
