"""What inspections are spent on: suspects with spread, a random share with its probability, limits, nothing twice."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.scoring.planning import COLUMNS, Plan, plan_inspections
from sandan.record.settings import GradeSettings, PlanSettings
from sandan.record.values.inspection import METHODS

GRADES = GradeSettings()
OFFICES = ("5300", "2244")


def alert(k: int, score: float, **values: Any) -> dict[str, Any]:
    grade = "high" if score >= GRADES.t_high else "medium" if score >= GRADES.t_medium else "low"
    return {
        "flow": "import", "ebp_code": "p", "order_no": f"o{k}", "invt_no": "", "logistics_no": f"w{k}", "logistics_code": "c", "score": score,
        "grade": grade, "typologies": ["undervaluation"] if grade != "low" else [], "cluster_id": "", "status": "declared",
        "consignment_id": f"id{k}", "kind": "declaration", "known_at": pd.Timestamp("2025-04-01", tz="UTC") + pd.Timedelta(hours=k),
        "declared_cny": 100.0, "ebc_code": f"s{k}", "customs_code": OFFICES[k % 2], **values,
    }  # fmt: skip


def alerts(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).sort_values("score", ascending=False, ignore_index=True)


def planned(rows: pd.DataFrame, capacity: int, explore: float = 0.0, known: set[str] | None = None, **settings: Any) -> Plan:
    return plan_inspections(rows, capacity, explore, PlanSettings(**settings), "run-1", known or ())


def ids(plan: Plan) -> list[str]:
    return list(plan.inspected.consignment_id)


def test_high_comes_before_medium_and_low_is_released() -> None:
    plan = planned(alerts(alert(1, 0.4, declared_cny=9000.0), alert(2, 0.9), alert(3, 0.1), alert(4, 0.6)), 10)
    assert ids(plan) == ["id2", "id4", "id1"]
    assert list(plan.released.consignment_id) == ["id3"]
    assert list(plan.inspected.columns) == [name for name in COLUMNS if name != "reasons"]
    assert list(plan.inspected["rank"]) == [1, 2, 3]
    assert set(plan.inspected.why) == {"risk"} and set(plan.inspected.probability) == {1.0}


def test_inspections_that_are_left_go_to_the_highest_of_low_grade_up_to_a_share() -> None:
    rows = alerts(alert(0, 0.9), *(alert(k, 0.3 - k / 1000) for k in range(1, 40)))
    plan = planned(rows, 10)
    # One in ten of forty.
    assert ids(plan) == ["id0", "id1", "id2", "id3"] and set(plan.inspected.probability) == {1.0}
    assert set(plan.released.consignment_id) == {f"id{k}" for k in range(4, 40)}
    assert ids(planned(rows, 2)) == ["id0", "id1"]
    assert ids(planned(rows, 10, fill=0.0)) == ["id0"]


def test_who_fills_the_plan_is_not_drawn_and_the_others_have_one_probability() -> None:
    plan = planned(alerts(alert(0, 0.9), *(alert(k, 0.3 - k / 1000) for k in range(1, 40))), 10, explore=0.5)
    drawn = plan.inspected[plan.inspected.why == "explore"]
    assert ids(plan)[:4] == ["id0", "id1", "id2", "id3"] and len(drawn) == 5
    assert plan.n_drawn_from == 36 and set(drawn.probability) == {5 / 36}


def test_one_of_each_cluster_is_inspected_before_all_of_it() -> None:
    ring = [alert(k, 0.9 - k / 1000, cluster_id="ring") for k in range(8)]
    plan = planned(alerts(*ring, alert(20, 0.7), alert(21, 0.65)), 3)
    assert ids(plan) == ["id0", "id20", "id21"]
    assert list(plan.inspected.why) == ["cluster", "risk", "risk"]


def _with_groups(rows: pd.DataFrame, capacity: int, groups: set[str], explore: float = 0.0, known: set[str] | None = None) -> Plan:
    return plan_inspections(rows, capacity, explore, PlanSettings(), "run-1", known or (), (), groups)


def test_one_of_a_suspect_cluster_is_inspected_though_each_is_low() -> None:
    lot = [alert(k, 0.1 - k / 1000, cluster_id="lot") for k in range(6)]
    rows = alerts(*lot, alert(20, 0.4), alert(21, 0.2), alert(22, 0.15, cluster_id="other"))
    plan = _with_groups(rows, 5, {"lot"})
    assert ids(plan) == ["id20", "id0"]
    assert list(plan.inspected.why) == ["risk", "cluster"] and list(plan.inspected.probability) == [1.0, 1.0]
    assert "id0" not in set(plan.released.consignment_id) and plan.n_drawn_from == 7
    # Where there is no inspection left for it, it is released like the others.
    assert ids(_with_groups(rows, 1, {"lot"})) == ["id20"] and "id0" in set(_with_groups(rows, 1, {"lot"}).released.consignment_id)
    assert ids(_with_groups(rows, 5, set())) == ["id20"]


def test_a_cluster_of_which_one_is_inspected_already_sends_no_other() -> None:
    lot = [alert(k, 0.1, cluster_id="lot") for k in range(3)]
    assert ids(_with_groups(alerts(*lot), 5, {"lot"}, known={"id1"})) == []
    assert ids(_with_groups(alerts(*lot, alert(9, 0.9, cluster_id="lot")), 5, {"lot"})) == ["id9"]


def test_who_stands_for_a_cluster_is_not_drawn_as_well() -> None:
    lot = [alert(k, 0.1 - k / 1000, cluster_id="lot") for k in range(3)]
    plan = _with_groups(alerts(*lot), 6, {"lot"}, explore=0.5)
    assert Counter(plan.inspected.why) == {"explore": 2, "cluster": 1} and ids(plan)[0] == "id0"


def test_one_of_a_sellers_week_is_inspected_before_a_second() -> None:
    shop = [alert(k, 0.9 - k / 1000, ebc_code="shop") for k in range(3)]
    weeks_later = alert(3, 0.8, ebc_code="shop", known_at=pd.Timestamp("2025-05-01", tz="UTC"))
    assert ids(planned(alerts(*shop, weeks_later, alert(9, 0.6)), 3)) == ["id0", "id3", "id9"]


def test_money_at_stake_decides_between_like_chances_but_one_dear_parcel_does_not_count_a_hundred_times() -> None:
    many = [alert(k, 0.05) for k in range(40)]
    dear, cheap, surer = alert(50, 0.6, declared_cny=900.0), alert(51, 0.6), alert(52, 0.95, declared_cny=1.0)
    plan = planned(alerts(*many, dear, cheap, surer), 3)
    assert ids(plan)[0] == "id52" or plan.inspected.expected_gain.iloc[0] <= 0.6 * 900
    gains = dict(zip(plan.inspected.consignment_id, plan.inspected.expected_gain, strict=True))
    assert gains["id50"] >= gains["id51"]
    # What is declared low is worth what is usual.
    assert gains["id52"] == pytest.approx(0.95 * 100.0)


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ({"typologies": ["undervaluation"]}, "document"),
        ({"typologies": ["identity_ring", "undervaluation"]}, "phone"),
        ({"typologies": ["brand_omitted"]}, "physical"),
        ({"typologies": ["address_mismatch"]}, "tracking"),
        ({"typologies": ["gnn"]}, "xray"),
        ({"typologies": ["gnn", "brand_omitted"]}, "physical"),
        ({"typologies": ["brand_omitted", "identity_ring"], "status": "released"}, "phone"),
    ],
)
def test_the_method_is_that_of_the_first_typology_that_can_still_be_confirmed(values: dict[str, Any], method: str) -> None:
    assert list(planned(alerts(alert(1, 0.9, **values)), 1).inspected.method) == [method]


@pytest.mark.parametrize(
    "values",
    [
        {"status": "returned"}, {"status": "cancelled"}, {"status": "refused"}, {"kind": "order"},
        {"status": "released", "typologies": ["brand_omitted"]},
        {"status": "released", "known_at": pd.Timestamp("2025-01-01", tz="UTC")},
    ],
)  # fmt: skip
def test_what_cannot_be_inspected_is_not_planned(values: dict[str, Any]) -> None:
    plan = planned(alerts(alert(1, 0.9, **values), alert(2, 0.9)), 5)
    assert ids(plan) == ["id2"]


@pytest.mark.parametrize("status", ["held", "pending"])
def test_what_is_held_or_lacks_a_list_is_drawn_like_others_but_not_released(status: str) -> None:
    rows = alerts(alert(1, 0.01, status=status), alert(2, 0.01))
    assert list(planned(rows, 0).released.consignment_id) == ["id2"]
    assert set(ids(planned(rows, 2, 1.0))) == {"id1", "id2"}


def test_what_was_inspected_is_not_planned_again_nor_drawn() -> None:
    rows = alerts(*[alert(k, 0.9) for k in range(4)], *[alert(k, 0.01) for k in range(10, 14)])
    plan = planned(rows, 8, 0.5, {"id0", "id1", "id10", "id11"})
    assert set(ids(plan)) == {"id2", "id3", "id12", "id13"}
    assert plan.released.empty


def test_limits_of_offices_and_methods_hold_for_what_is_drawn_too() -> None:
    rows = alerts(
        *[alert(k, 0.9, typologies=[("undervaluation", "brand_omitted")[k % 3 == 0]]) for k in range(40)],
        *[alert(k, 0.01) for k in range(50, 90)],
    )
    plan = planned(rows, 30, 0.2, per_office={"5300": 9}, per_method={"physical": 4})
    offices = Counter(plan.inspected.customs_code)
    assert offices["5300"] <= max(9, int((plan.inspected[plan.inspected.why == "explore"].customs_code == "5300").sum()))
    assert Counter(plan.inspected.method)["physical"] <= 4


def test_no_more_of_a_grade_than_its_share() -> None:
    rows = alerts(*[alert(k, 0.9) for k in range(10)], *[alert(k, 0.4) for k in range(20, 40)])
    assert Counter(planned(rows, 100, share_high=0.5, share_medium=0.1).inspected.grade) == {"high": 5, "medium": 2}


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60),
    st.integers(0, 80),
    st.floats(0.0, 1.0),
    st.randoms(use_true_random=False),
)
def test_a_plan_keeps_its_numbers_and_order_changes_nothing(scores: list[float], capacity: int, explore: float, dice: Any) -> None:
    rows = [alert(k, score, cluster_id=f"c{k % 5}" if k % 2 else "") for k, score in enumerate(scores)]
    plan = planned(pd.DataFrame(rows), capacity, explore)
    assert len(plan.inspected) <= capacity
    assert plan.inspected.consignment_id.is_unique
    low = {row["consignment_id"] for row in rows if row["grade"] == "low"}
    drawn = plan.inspected[plan.inspected.why == "explore"]
    assert set(drawn.consignment_id) <= low and set(drawn.consignment_id) | set(plan.released.consignment_id) == low
    assert len(drawn) == min(round(capacity * explore), len(low))
    assert np.allclose(drawn.probability * len(low), len(drawn))
    assert set(plan.inspected.method) <= set(METHODS)
    dice.shuffle(rows)
    assert ids(planned(pd.DataFrame(rows), capacity, explore)) == ids(plan)


@pytest.mark.parametrize("n", [200, pytest.param(800, marks=pytest.mark.slow)])
def test_each_of_low_grade_is_drawn_as_often_as_any_other(n: int) -> None:
    rows = alerts(*[alert(k, 0.01) for k in range(20)])
    seen: Counter[str] = Counter()
    for k in range(n):
        seen.update(plan_inspections(rows, 5, 1.0, PlanSettings(), f"run-{k}").inspected.consignment_id)
    # A quarter each is expected: five standard deviations leave chance one in a hundred thousand.
    width = 5 * (n * 0.25 * 0.75) ** 0.5
    assert len(seen) == 20 and all(abs(times - n / 4) <= width for times in seen.values())


def test_tax_that_was_not_charged_is_the_money_where_it_is_known() -> None:
    taxed = {"tax_due": Decimal("9.10"), "tax_full": Decimal("13.00"), "tax_charged": None}
    many = [alert(k, 0.05, **taxed, revenue_at_stake=Decimal("0.00")) for k in range(40)]
    more = [alert(k, 0.6, **taxed, revenue_at_stake=Decimal("30.00")) for k in range(50, 55)]
    less, export = alert(60, 0.6, **taxed, revenue_at_stake=Decimal("0.10")), alert(61, 0.6, flow="export", declared_cny=1000.0)
    plan = planned(alerts(*many, *more, less, export), 10)
    gains = dict(zip(plan.inspected.consignment_id, plan.inspected.expected_gain, strict=True))
    # Of 100 CNY 3.90 are left off by the reduction: that is the least, and what an export is compared by.
    assert gains == {**{f"id{k}": 18.0 for k in range(50, 55)}, "id60": pytest.approx(0.6 * 3.9), "id61": pytest.approx(0.6 * 39.0)}


def test_a_run_of_an_older_version_is_planned_by_declared_values() -> None:
    plan = planned(alerts(alert(1, 0.6, declared_cny=500.0), alert(2, 0.6, declared_cny=100.0)), 2)
    assert list(plan.inspected.expected_gain) == [pytest.approx(0.6 * 480), pytest.approx(0.6 * 300)]
    assert plan.inspected.revenue_at_stake.isna().all()


def trusting(rows: pd.DataFrame, sellers: set[str], capacity: int = 10, explore: float = 0.0, **settings: Any) -> Plan:
    return plan_inspections(rows, capacity, explore, PlanSettings(**settings), "run-1", (), sellers)


def test_of_two_alike_the_trusted_sellers_comes_later_and_still_comes() -> None:
    rows = alerts(alert(1, 0.7), alert(2, 0.69), alert(3, 0.4))
    assert ids(trusting(rows, {"id1"})) == ["id2", "id1", "id3"]
    assert list(trusting(rows, {"id1"}).inspected.credit) == ["", "aeo", ""]
    assert ids(trusting(rows, {"id1"}, trusted=1.0)) == ["id1", "id2", "id3"]


@given(
    st.lists(st.floats(0.01, 0.99), min_size=1, max_size=25),
    st.sets(st.integers(0, 24)),
    st.floats(0.01, 1.0),
    st.integers(1, 30),
    st.sampled_from([0.0, 0.3]),
)
def test_trust_moves_within_a_grade_only_and_never_changes_what_is_drawn(
    scores: list[float], trusted: set[int], factor: float, capacity: int, explore: float
) -> None:
    rows = alerts(*(alert(k, score) for k, score in enumerate(scores)))
    plain, found = planned(rows, capacity, explore), trusting(rows, {f"id{k}" for k in trusted}, capacity, explore, trusted=factor)
    assert Counter(found.inspected.grade) == Counter(plain.inspected.grade)
    drawn = [set(plan.inspected.consignment_id[plan.inspected.why == "explore"]) for plan in (plain, found)]
    assert drawn[0] == drawn[1]
    grades = [grade for grade, why in zip(found.inspected.grade, found.inspected.why, strict=True) if why != "explore"]
    assert grades == sorted(grades)  # high, then medium
