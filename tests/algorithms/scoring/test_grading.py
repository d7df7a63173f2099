"""From findings to scores and grades."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.algorithms.scoring.detect import FINDINGS
from sandan.algorithms.scoring.grading import ALERTS, grade, grade_consignments
from sandan.algorithms.scoring.operators import grade_operators
from sandan.record.settings import GradeSettings

SETTINGS = GradeSettings()
Row = dict[str, Any]


def _finding(consignment: str, score: float, cause: str, typology: str = "missing_order", reason: str = "r") -> Row:
    return {
        "consignment_id": consignment,
        "score": score,
        "bits": 10 * score,
        "cause": cause,
        "typology": typology,
        "reason": reason,
    }


def _consignment(number: str, **more: Any) -> Row:
    row = {"consignment_id": number, "kind": "declaration", "flow": "import", "ebp_code": "P", "order_no": number, "logistics_code": "L", "logistics_no": f"W{number}",
           "known_at": dt.datetime(2025, 4, 1, tzinfo=dt.UTC), "status": "declared", "declared_cny": 1.0, "ebc_code": "S1", "customs_code": "5100",
           "agent_code": "A", "p_pay_code": "Q", "cop_no": f"C{number}", "invt_no": ""}  # fmt: skip
    return {**row, **more}


def _graded(rows: Sequence[Row], findings: Sequence[Row], members: Sequence[tuple[str, str]] = ()) -> pa.Table:
    """Alerts; members are pairs of consignment and cluster, the strongest cluster first."""
    clustered = pa.table(
        {"consignment_id": pa.array([m[0] for m in members], pa.string()), "cluster_id": pa.array([m[1] for m in members], pa.string())}
    )
    score = np.zeros(len(rows))
    for k, row in enumerate(rows):
        for f in findings:
            score[k] = 1 - (1 - score[k]) * (1 - f["score"]) if f["consignment_id"] == row["consignment_id"] else score[k]
    return grade_consignments(rows, pa.Table.from_pylist(list(findings), schema=FINDINGS), clustered, SETTINGS, "run", score)


def _alerts(rows: Sequence[Row], findings: Sequence[Row], members: Sequence[tuple[str, str]] = ()) -> list[Row]:
    table = _graded(rows, findings, members)
    assert table.schema == ALERTS
    found: list[Row] = table.to_pylist()
    return found


@pytest.mark.parametrize(
    ("score", "given"), [(0.0, "low"), (0.329999, "low"), (0.33, "medium"), (0.599999, "medium"), (0.6, "high"), (1.0, "high")]
)
def test_the_grade_follows_the_score_by_the_two_thresholds(score: float, given: str) -> None:
    assert grade(score, SETTINGS) == given


def test_the_thresholds_are_those_of_the_settings() -> None:
    assert [grade(0.5, GradeSettings(t_medium=m, t_high=h)) for m, h in ((0.6, 0.8), (0.5, 0.8), (0.1, 0.5))] == ["low", "medium", "high"]


def test_every_consignment_is_an_alert_and_the_highest_comes_first() -> None:
    findings = [
        _finding("2", 0.55, "order", reason="x"),
        _finding("2", 0.5, "price", "undervaluation", "y"),
        _finding("3", 0.45, "price", "undervaluation"),
    ]
    alerts = _alerts([_consignment(n) for n in "123"], findings)
    assert [(a["order_no"], a["grade"]) for a in alerts] == [("2", "high"), ("3", "medium"), ("1", "low")]
    first = alerts[0]
    assert (first["typologies"], first["score"], first["run_id"]) == (["missing_order", "undervaluation"], pytest.approx(0.775), "run")
    assert (alerts[2]["typologies"], alerts[2]["score"]) == ([], 0.0)


def test_score_and_grade_never_disagree() -> None:
    findings = [_finding(str(i), i / 40, "a") for i in range(40)]
    for alert in _alerts([_consignment(str(i)) for i in range(40)], findings):
        assert alert["grade"] == grade(alert["score"], SETTINGS)


def test_what_only_the_model_found_stays_below_high_in_the_same_order() -> None:
    rows = [_consignment(str(i)) for i in range(5)]
    findings = [_finding(str(i), 0.5 + i / 10, "model", "gnn") for i in range(4)] + [_finding("4", 0.9, "order")]
    alerts = _alerts(rows, findings)
    assert [a["order_no"] for a in alerts] == ["4", "3", "2", "1", "0"]
    assert [a["grade"] for a in alerts] == ["high", "medium", "medium", "medium", "medium"]
    assert all(a["score"] < SETTINGS.t_high for a in alerts[1:])


def test_a_sign_that_says_next_to_nothing_names_no_typology() -> None:
    [alert] = _alerts([_consignment("1")], [_finding("1", 0.05, "order")])
    assert alert["typologies"] == []


def test_two_declarations_of_one_order_can_be_told_apart() -> None:
    rows = [_consignment("1", consignment_id="a", cop_no="C1"), _consignment("1", consignment_id="b", cop_no="C2"), _consignment("2")]
    told = {(a["order_no"], a["invt_no"]) for a in _alerts(rows, [])}
    assert told == {("1", "C1"), ("1", "C2"), ("2", "")}


def test_a_consignment_names_the_strongest_of_its_clusters() -> None:
    alerts = _alerts([_consignment("1"), _consignment("2")], [], [("1", "strong"), ("1", "weak")])
    assert {a["order_no"]: a["cluster_id"] for a in alerts} == {"1": "strong", "2": ""}


def _operators(rows: Sequence[Row], findings: Sequence[Row], members: Sequence[tuple[str, str]] = ()) -> dict[tuple[str, str], Row]:
    alerts = _graded(rows, findings, members)
    found = grade_operators(rows, alerts, {("seller", "BAD"): "坏商家"}, SETTINGS, "run").to_pylist()
    return {(row["role"], row["code"]): row for row in found}


def test_an_operator_stands_out_by_what_shows_on_its_consignments_and_not_on_others() -> None:
    rows = [_consignment(str(i), ebc_code="BAD" if i < 20 else f"GOOD{i % 5}") for i in range(200)]
    findings = [
        finding for i in range(20) for finding in (_finding(str(i), 0.55, "order"), _finding(str(i), 0.55, "platform", "platform_mismatch"))
    ]
    found = _operators(rows, findings)
    bad = found["seller", "BAD"]
    assert (bad["name"], bad["n_orders"], bad["n_high"], bad["grade"]) == ("坏商家", 20, 20, "high")
    assert {"missing_order", "platform_mismatch"} <= set(bad["typologies"])
    assert {row["grade"] for (role, code), row in found.items() if role == "seller" and code != "BAD"} == {"low"}
    # The carrier of all of them is not blamed for one of its customers.
    assert found["logistics", "L"]["grade"] == "low"


def test_a_carrier_is_not_blamed_for_the_one_ring_that_chose_it_and_its_seller_is() -> None:
    rows = [
        _consignment(str(i), ebc_code="RING" if i < 30 else f"S{i}", logistics_code="L" if i < 30 or i % 2 else "M") for i in range(800)
    ]
    findings = [_finding(str(i), 0.65, "order") for i in range(30)]
    of_ring = [(str(i), "c-ring") for i in range(30)]
    found = _operators(rows, findings, of_ring)
    assert found["logistics", "L"]["n_high"] == 30 and found["logistics", "L"]["grade"] == "low"
    assert found["agent", "A"]["grade"] == found["payment", "Q"]["grade"] == "low"
    assert _operators([_consignment(str(i), ebc_code="BOTH" if i < 200 else f"S{i}") for i in range(9000)],
                      findings, of_ring)["seller", "BOTH"]["grade"] != "low"  # fmt: skip
    # Many that have nothing to do with each other are another matter.
    apart = [{**row, "ebc_code": f"S{i}", "logistics_code": "M" if i < 30 else row["logistics_code"]} for i, row in enumerate(rows)]
    assert _operators(apart, findings)["logistics", "M"]["score"] > _operators(apart, findings, of_ring)["logistics", "M"]["score"]


def test_one_bad_consignment_does_not_condemn_an_operator() -> None:
    rows = [_consignment(str(i), ebc_code=f"S{i % 10}") for i in range(200)]
    found = _operators(rows, [_finding("0", 0.55, "order"), _finding("0", 0.55, "platform")])
    assert (found["seller", "S0"]["n_high"], found["seller", "S0"]["grade"]) == (1, "low")


def test_an_absent_operator_is_none() -> None:
    found = _operators([_consignment("1", agent_code=None, p_pay_code=None)], [])
    assert set(found) == {("seller", "S1"), ("logistics", "L"), ("platform", "P")}
