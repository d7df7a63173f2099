"""Rings that an inspection found do otherwise afterwards, or nothing more; the others go on."""

import csv
import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from sandan.synthetic.base import base_world
from sandan.synthetic.fraud.rings import shared_telephones
from sandan.synthetic.params import world_params
from sandan.synthetic.schemes import adaptation
from sandan.synthetic.trade.consignment import Case, GroundTruth

TRUTH = GroundTruth("fraud", ("identity_ring",), "shared_telephones", "ring", "")


@pytest.fixture(scope="module")
def world() -> Any:
    return base_world(world_params("demo", n_orders=600, seed=9, label_bias=1.0))


def _rings(world: Any, bias: float, n: int = 240) -> list[tuple[dt.datetime | None, list[Case]]]:
    made = []
    for i in range(n):
        truth = replace(TRUTH, group=f"ring-{bias}-{i}")
        own = replace(world, label_bias=bias)
        cases = [case for case in shared_telephones(own, truth, 24) if case.truth is truth]
        made.append((world.detections.get(truth.group), cases))
    return made


def test_nobody_is_hit_where_officers_choose_blindly(world: Any) -> None:
    assert all(found_at is None and len(cases) == 24 for found_at, cases in _rings(world, 0.0))


def test_most_are_hit_where_they_choose_well_and_then_stop_move_or_go_on(world: Any) -> None:
    rings = _rings(world, 1.0)
    detected = [(found_at, cases) for found_at, cases in rings if found_at is not None]
    assert 0.7 < len(detected) / len(rings) <= 1.0
    assert any(len(cases) < 24 for _, cases in detected), "some stop"
    moved = 0
    for found_at, cases in detected:
        before = {case.trade.consignee.telephone for case in cases if case.trade.ordered <= found_at}
        after = Counter(case.trade.consignee.telephone for case in cases if case.trade.ordered > found_at + dt.timedelta(days=4))
        moved += bool(after) and bool(before) and not before & set(after)
        assert len(cases) >= 5
    assert moved >= 3, "some change their telephones"


def test_a_hit_is_an_inspection_in_the_files(large: Any) -> None:
    with (large.files.folder / "tables" / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        inspected = {row["order_no"] for row in csv.DictReader(file) if row["outcome"] == "forged"}
    rings = {}
    for row in large.key:
        if row.truth == "fraud" and row.typologies == "identity_ring":
            rings.setdefault(row.group, []).append(row.order_no in inspected)
    assert 0.2 < sum(map(any, rings.values())) / len(rings) < 0.95
    assert adaptation.FOUND_OUT < 1
