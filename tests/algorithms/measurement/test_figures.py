"""Indexes of trade: times to the minute, shares, rates without bias, revenue, and signs that wear off."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sandan.algorithms.measurement.figures import as_row, trade_figures
from sandan.algorithms.measurement.indexes import INDEXES
from sandan.algorithms.measurement.inspections import by_consignment, inspections, with_item

BEIJING = dt.timezone(dt.timedelta(hours=8))
START = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
KEYS = {"flow": "import", "ebp_code": "P", "order_no": "", "logistics_code": "L", "logistics_no": ""}
TIMES = pa.timestamp("us", tz="UTC")
MONEY = ("tax_due", "tax_full", "tax_charged", "revenue_at_stake")


def alerts(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {**KEYS, "kind": "declaration", "known_at": START, "grade": "low", "typologies": [], **dict.fromkeys(MONEY), "ordered_at": None, "paid_at": None,
            "declared_at": None, "released_at": None}  # fmt: skip
    table = pa.Table.from_pylist([{**base, **row} for row in rows])
    for name in ("ordered_at", "paid_at", "declared_at", "released_at", "known_at"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(TIMES))
    return with_item(table)


def outcomes(*rows: dict[str, Any]) -> pa.Table:
    base = {**KEYS, "inspected_at": START + dt.timedelta(days=2), "method": "xray", "outcome": "compliant", "probability": None}
    fields = [(name, pa.string()) for name in (*KEYS, "method", "outcome")] + [("inspected_at", TIMES), ("probability", pa.float64())]
    return pa.Table.from_pylist([{**base, **row} for row in rows], schema=pa.schema(fields))


def known(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of plans or of former runs."""
    return with_item(pa.Table.from_pylist([{**KEYS, "at": START, **row} for row in rows])) if rows else pd.DataFrame()


def figures(
    rows: pd.DataFrame, inspected: pd.DataFrame, start: dt.datetime | None = None, end: dt.datetime | None = None
) -> dict[tuple[str, str], dict[str, Any]]:
    return {(f.index, f.of): as_row(f) for f in trade_figures(rows, inspected, start, end)}


def looked_at(
    rows: pd.DataFrame, *found: dict[str, Any], plan: pd.DataFrame | None = None, former: pd.DataFrame | None = None
) -> pd.DataFrame:
    return inspections(outcomes(*found), rows, known() if plan is None else plan, known() if former is None else former)


def test_the_low_risk_parcel_took_102_hours_18_minutes() -> None:
    ordered, released = dt.datetime(2018, 12, 1, 9, 43, tzinfo=BEIJING), dt.datetime(2018, 12, 5, 16, 1, tzinfo=BEIJING)
    sent = dt.datetime(2018, 12, 3, 17, 16, tzinfo=BEIJING)
    rows = alerts({"order_no": "APENYUS150730301", "ordered_at": ordered, "declared_at": sent, "released_at": released},
                  {"order_no": "NO-TIME", "paid_at": ordered, "declared_at": sent, "released_at": released + dt.timedelta(hours=2)}, {"order_no": "HELD", "grade": "high"})  # fmt: skip
    found = figures(rows, looked_at(rows))
    row = found["order_to_release", "grade:low"]
    assert dt.timedelta(hours=row["value"]) == dt.timedelta(hours=102, minutes=18)
    assert (row["unit"], row["n"], row["from"], row["to"], row["quality"]) == (
        "hours",
        1,
        "2018-12-05",
        "2018-12-05",
        "1 of 2 released have both times in order",
    )
    assert found["payment_to_release", "all"]["value"] == 104.3
    assert found["declaration_to_release", "all"]["value"] == 47.75 and ("order_to_release", "grade:high") not in found
    assert ("order_to_release", "all") not in figures(rows, looked_at(rows), released + dt.timedelta(days=1))


def test_an_inspection_has_the_grade_and_the_probability_of_its_plan() -> None:
    rows = alerts(
        {"order_no": "A", "grade": "high", "logistics_no": "WA"},
        {"order_no": "B", "grade": "high", "typologies": ["gnn"]},
        {"order_no": "C", "grade": "medium"},
        {"logistics_no": "E1"},
    )
    plan = known(
        {"order_no": "A", "grade": "low", "why": "explore", "probability": 0.02, "typologies": ["quota"]},
        {"order_no": "A", "grade": "medium", "why": "risk", "probability": 1.0, "typologies": [], "at": START + dt.timedelta(days=5)},
    )
    former = known(
        {"order_no": "B", "grade": "low", "typologies": []},
        {"order_no": "C", "grade": "low", "typologies": [], "at": START + dt.timedelta(days=3)},
    )
    inspected = looked_at(
        rows,
        {"logistics_no": "WA", "outcome": "forged"},
        {"order_no": "B", "probability": 0.5, "method": "physical"},
        {"order_no": "C"},
        {"logistics_no": "E1"},
        {"order_no": "UNKNOWN"},
        plan=plan,
        former=former,
    )
    found = {row["item"]: row for row in inspected.to_dict("records")}
    assert set(found) == {"import:P:A", "import:P:B", "import:P:C", "L:E1"}
    a, b, c, e = (found[key] for key in ("import:P:A", "import:P:B", "import:P:C", "L:E1"))
    # By the plan before the inspection, not the one after it; found by its parcel.
    assert (a["grade"], a["why"], a["probability"], list(a["typologies"]), a["is_hit"]) == ("low", "explore", 0.02, ["quota"], True)
    assert (b["grade"], b["why"], b["probability"], b["is_hit"]) == ("low", "", 0.5, False)
    assert (c["grade"], e["grade"]) == ("medium", "low") and np.isnan(c["probability"])


def test_two_inspections_of_one_consignment_are_one_breach() -> None:
    rows = alerts({"order_no": "A", "grade": "medium"})
    inspected = looked_at(
        rows, {"order_no": "A"}, {"order_no": "A", "method": "physical", "outcome": "ipr", "inspected_at": START + dt.timedelta(days=3)}
    )
    assert by_consignment(inspected).is_hit.tolist() == [True]
    found = figures(rows, inspected)
    assert (found["hit_rate", "all"]["value"], found["hit_rate", "all"]["n"]) == (0.5, 2)
    assert found["hit_rate", "all"]["quality"] == "0 of 2 with a recorded probability, 2 graded after the inspection"
    assert found["hit_rate", "method:physical"]["value"] == 1.0 and found["inspection_share", "method:xray"]["value"] == 1.0
    assert ("breach_rate", "all") not in found


@pytest.fixture
def planned() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of 1000 of low grade 100 were drawn, of which two are breaches; of 20 suspects 10 were opened, of which eight are."""
    low = [{"order_no": f"L{k}", "tax_due": 9.1, "tax_full": 13.0, "revenue_at_stake": 0.0} for k in range(1000)]
    high = [
        {
            "order_no": f"H{k}",
            "grade": "high",
            "typologies": ["missing_order"],
            "tax_due": 91.0,
            "tax_full": 130.0,
            "revenue_at_stake": 39.0,
        }
        for k in range(20)
    ]
    rows = alerts(*high, *low)
    plan = known(
        *[{"order_no": f"L{k}", "grade": "low", "why": "explore", "probability": 0.1, "typologies": []} for k in range(100)],
        *[{"order_no": f"H{k}", "grade": "high", "why": "risk", "probability": 1.0, "typologies": ["missing_order"]} for k in range(10)],
    )
    found = [{"order_no": f"L{k}", "outcome": "forged" if k < 2 else "compliant"} for k in range(100)]
    found += [
        {"order_no": f"H{k}", "outcome": "forged" if k < 8 else "compliant", "inspected_at": START + dt.timedelta(days=2 + k)}
        for k in range(10)
    ]
    return rows, looked_at(rows, *found, plan=plan)


def test_rates_are_of_all_not_of_those_that_were_chosen(planned: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = figures(*planned)
    assert found["hit_rate", "all"]["value"] == pytest.approx(10 / 110, abs=1e-4)
    rate = found["breach_rate", "grade:low"]
    assert (
        rate["value"] == 0.02
        and rate["low"] < 0.02 < rate["high"]
        and rate["quality"].startswith("100 of 100 with a recorded probability; 0 chosen for certain")
    )
    assert found["breach_rate", "all"]["value"] == pytest.approx((20 + 8) / 1010, abs=1e-4)
    assert found["breach_rate", "grade:high"]["quality"].endswith("10 chosen for certain stand for themselves alone")
    assert found["missed_breaches", "grade:low"]["value"] == pytest.approx(18)
    assert (found["precision_at_budget", "all"]["value"], found["precision_at_budget", "all"]["n"]) == (0.8, 10)
    recall = found["recall_at_budget", "all"]
    assert recall["value"] == pytest.approx(8 / 28, abs=1e-4) and recall["low"] < recall["value"] < recall["high"]
    assert found["inspection_share", "grade:low"]["value"] == 0.1 and found["inspection_share", "grade:high"]["value"] == 0.5


def test_one_of_low_grade_that_was_chosen_by_risk_is_found_and_not_missed() -> None:
    rows = alerts(*[{"order_no": f"L{k}", "grade": "low", "typologies": []} for k in range(110)])
    plan = known(
        *[{"order_no": f"L{k}", "grade": "low", "why": "risk", "probability": 1.0, "typologies": []} for k in range(10)],
        *[{"order_no": f"L{k}", "grade": "low", "why": "explore", "probability": 0.2, "typologies": []} for k in range(10, 30)],
    )
    found = [{"order_no": f"L{k}", "outcome": "forged" if k < 6 or k == 10 else "compliant"} for k in range(30)]
    made = figures(rows, looked_at(rows, *found, plan=plan))
    # Six were found; one of twenty stands for five.
    assert made["recall_at_budget", "all"]["value"] == pytest.approx(6 / 11, abs=1e-4)
    assert made["missed_breaches", "grade:low"]["value"] == pytest.approx(4)
    assert made["breach_rate", "grade:low"]["value"] == pytest.approx(11 / 110, abs=1e-4)


def test_revenue_found_and_at_stake(planned: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = figures(*planned)
    # Eight of 39.00; two forged ones of low grade against which nothing spoke owe 3.90 each.
    assert (found["revenue_found", "all"]["value"], found["revenue_found", "all"]["n"]) == (319.8, 10)
    assert found["revenue_found", "typology:missing_order"]["value"] == 312.0
    # What was counted needs no interval.
    assert all(row["low"] is None for (index, _), row in found.items() if index.startswith(("revenue", "inspection_share")))
    assert (found["revenue_at_stake", "all"]["value"], found["revenue_at_stake", "typology:missing_order"]["n"]) == (390.0, 10)


def test_a_sign_that_wears_off_is_seen() -> None:
    rows = alerts(*[{"order_no": f"N{k}", "grade": "high", "typologies": ["quota", "split_lot"]} for k in range(60)])
    found = [
        {
            "order_no": f"N{k}",
            "inspected_at": START + dt.timedelta(days=k),
            "outcome": "forged" if k % 10 < (9 if k < 30 else 2) else "compliant",
        }
        for k in range(60)
    ]
    decay = figures(rows, looked_at(rows, *found))["typology_decay", "typology:quota"]
    assert decay["value"] == -0.7 and decay["low"] < -0.7 < decay["high"] < 0 and decay["n"] == 60
    inside = figures(rows, looked_at(rows, *found), START, START + dt.timedelta(days=9))
    assert inside["hit_rate", "all"]["n"] == 10


def test_without_outcomes_only_what_is_known_is_said() -> None:
    rows = alerts({"order_no": "A"})
    assert set(figures(rows, looked_at(rows))) == {("inspection_share", "all"), ("inspection_share", "grade:low")}
    assert figures(alerts({"order_no": "A"})[:0], looked_at(rows)) == {}


def test_every_index_says_what_it_is(planned: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    for row in figures(*planned).values():
        assert all(row[name] for name in ("unit", "definition", "origin", "method", "quality", "from", "to")), row
    assert all(all((i.unit, i.definition, i.origin, i.method)) for i in INDEXES.values())
