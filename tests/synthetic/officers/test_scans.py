"""The image-analysis system: mostly right, with misses, errors and false alarms."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from sandan.record.catalog.tables import CATALOG
from sandan.synthetic.base import base_world
from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import Shipment, background
from sandan.synthetic.fraud.misdeclaration import MISDECLARED
from sandan.synthetic.fraud.smugglers import drug_sender
from sandan.synthetic.lookalikes.senders import box_reuser, powder_sender
from sandan.synthetic.officers.inspections import finding, seen_by
from sandan.synthetic.officers.scans import DRUGS, scan, scanned_before
from sandan.synthetic.params import world_params
from sandan.synthetic.schemes.scheme import carried_out
from sandan.synthetic.trade.consignment import Case, GroundTruth
from sandan.synthetic.trade.honest import export_trade, order_time, trade

HONEST = GroundTruth()


@pytest.fixture(scope="module")
def world() -> Any:
    return base_world(world_params("demo", n_orders=8000, seed=9, label_bias=0.0))


@pytest.fixture(scope="module")
def ordinary(world: Any) -> list[Case | Shipment]:
    imports = [Case(trade(world, order_time(world)), HONEST) for _ in range(1200)]
    exports = [Case(export_trade(world, order_time(world)), HONEST) for _ in range(200)]
    return [*imports, *exports, *background(world, 600)]


def truth_of(kind: str, truth: str = "fraud") -> GroundTruth:
    return GroundTruth(truth, ("scan_mismatch",), kind, f"{kind}-1", "")


def rows(made: list[Any], seed: int = 1) -> list[dict[str, str]]:
    dice = Dice(seed, 1)
    return [row for one in made if (row := scan(one, dice, 1.0)) is not None]


def test_one_in_twenty_is_looked_at(ordinary: list[Any]) -> None:
    dice = Dice(3, 1)
    assert 0.03 * len(ordinary) < sum(scan(one, dice) is not None for one in ordinary) < 0.07 * len(ordinary)


def test_it_depends_on_nothing_but_the_consignment_and_the_dice(ordinary: list[Any]) -> None:
    assert rows(ordinary[:50]) == rows(ordinary[:50])


def test_rows_are_of_the_catalogue_and_taken_after_the_declaration(ordinary: list[Any]) -> None:
    known = {column.name for column in CATALOG["scans"].columns}
    for one, row in zip(ordinary, rows(ordinary), strict=True):
        assert set(row) <= known
        passed = one.trade.declared if isinstance(one, Case) else one.shipped
        assert passed < dt.datetime.fromisoformat(row["scanned_at"]) < passed + dt.timedelta(hours=13)
        assert 0 < float(row["confidence"]) < 1
        assert row["recognised"]
    assert scanned_before(row, passed + dt.timedelta(days=1))
    assert not scanned_before(row, passed)


def test_honest_goods_are_mostly_recognised_with_errors_and_few_false_alarms(ordinary: list[Any]) -> None:
    imports = [one for one in ordinary if isinstance(one, Case) and one.trade.flow == "import"]
    right = [
        set(row["recognised"].split("|")) <= {line.item.family for line in one.trade.lines}
        for one, row in zip(imports, rows(imports), strict=True)
    ]
    assert 0.85 < sum(right) / len(right) < 0.98
    alarms = [row for row in rows(ordinary) if row["prohibited"]]
    assert 0 < len(alarms) < 0.02 * len(ordinary)
    confidence = [float(row["confidence"]) for row in rows(ordinary)]
    assert 0.05 < sum(value < 0.5 for value in confidence) / len(confidence) < 0.25


def test_drugs_are_mostly_seen_and_their_papers_are_those_of_anybody(world: Any) -> None:
    parcels = [parcel for _ in range(40) for parcel in drug_sender(world, truth_of("drug_sender"), 6)]
    ordered = carried_out(world, MISDECLARED["scan_mismatch"][0], 40, "fraud", 1)
    for made in (parcels, ordered):
        found = [row["prohibited"] == DRUGS for row in rows(made)]
        assert 0.5 < sum(found) / len(found) < 0.9
    assert {case.trade.payer.number == case.trade.buyer.number for case in ordered} == {True}


def test_powders_boxes_and_presents_are_taken_for_something_else(world: Any) -> None:
    powder = [one for _ in range(20) for one in powder_sender(world, truth_of("powder_sender", "hard_negative"), 10)]
    assert 0.15 < sum(bool(row["prohibited"]) for row in rows(powder)) / len(powder) < 0.45
    boxes = [one for _ in range(10) for one in box_reuser(world, truth_of("box_reuser", "hard_negative"), 10)]
    assert sum(bool(row["brand"]) for row in rows(boxes)) > 0.5 * len(boxes)
    goods = [Case(trade(world, order_time(world)), truth_of("packed_together", "hard_negative")) for _ in range(100)]
    more = Counter(
        len(row["recognised"].split("|")) > len({line.item.family for line in one.trade.lines})
        for one, row in zip(goods, rows(goods), strict=True)
    )
    assert more[True] > 50


def test_what_never_travelled_has_no_picture(world: Any) -> None:
    made = Case(trade(world, order_time(world)), replace(truth_of("paper_parcel"), typologies=("missing_waybill",)))
    assert scan(made, Dice(1, 1), 1.0) is None


def test_findings_of_each_method() -> None:
    drugs, dear = truth_of("drug_parcel"), GroundTruth("fraud", ("overvaluation",))
    assert (finding(drugs), set(seen_by(drugs))) == ("prohibited", {"xray", "physical"})
    assert finding(dear) == "forged"
    assert "document" in seen_by(dear) and "xray" not in seen_by(dear)
    assert finding(GroundTruth("fraud", ("undervaluation",))) == "undervalued"
    assert finding(GroundTruth("fraud", ("profile_mismatch",))) == "ipr"
    assert {finding(GroundTruth("fraud", (name,))) for name in ("quota", "pushed_order", "operator_triangle", "goods_mismatch")} == {
        "forged"
    }
    assert (finding(GroundTruth()), seen_by(GroundTruth("hard_negative", ("scan_mismatch",)))) == ("", ())
