"""A run compared with an answer key."""

from typing import Any

import pyarrow as pa
import pytest

from sandan.algorithms.evaluation.evaluation import Part, as_rows, evaluate


def _truth(number: str, truth: str, typologies: str = "", kind: str = "", *, order: bool = True) -> dict[str, str]:
    keys = {"flow": "import", "ebp_code": "P", "order_no": number} if order else {"flow": "", "ebp_code": "", "order_no": ""}
    return {**keys, "logistics_code": "L", "logistics_no": f"W{number}", "truth": truth, "typologies": typologies, "kind": kind}


def _alert(number: str, grade: str, typologies: str = "", **more: Any) -> dict[str, Any]:
    return {
        "flow": "import",
        "ebp_code": "P",
        "order_no": number,
        "logistics_code": "L",
        "logistics_no": f"W{number}",
        "grade": grade,
        "score": 0.5,
        "typologies": [name for name in typologies.split("|") if name],
        **more,
    }


KEY = [
    _truth("1", "fraud", "missing_order|undervaluation"),
    _truth("2", "fraud", "missing_order"),
    _truth("3", "fraud", "missing_order"),
    _truth("4", "hard_negative", kind="late_list"),
    _truth("5", "honest"),
    _truth("6", "honest"),
    _truth("7", "honest", order=False),
]
ALERTS = pa.Table.from_pylist([
    _alert("1", "high", "missing_order"),
    _alert("2", "low"),
    _alert("2", "medium", "missing_order"),
    _alert("4", "medium", "missing_order"),
    _alert("5", "low"),
    _alert("7", "high", flow="", ebp_code="", order_no=""),
])  # fmt: skip


@pytest.fixture(scope="module")
def parts() -> dict[tuple[str, str], Part]:
    return {(part.part, part.name): part for part in evaluate(KEY, ALERTS)}


def test_shares_by_grade_are_given_for_every_part_and_typology(parts: dict[tuple[str, str], Part]) -> None:
    assert set(parts) == {
        ("fraud", ""),
        ("fraud", "missing_order"),
        ("fraud", "undervaluation"),
        ("hard_negative", ""),
        ("hard_negative", "late_list"),
        ("honest", ""),
    }
    assert parts["fraud", "undervaluation"] == Part("fraud", "undervaluation", 1, 0, 0.0, 0.0, 1.0, 0.0)


def test_a_fraud_that_the_run_does_not_have_counts_as_low_and_missing(parts: dict[tuple[str, str], Part]) -> None:
    part = parts["fraud", "missing_order"]
    assert (part.n, part.missing) == (3, 1)
    assert (part.low, part.medium, part.high) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_of_several_declarations_the_highest_grade_counts(parts: dict[tuple[str, str], Part]) -> None:
    assert parts["fraud", "missing_order"].recall == pytest.approx(2 / 3)
    assert parts["fraud", "missing_order"].named == pytest.approx(2 / 3)


def test_the_innocent_are_not_named(parts: dict[tuple[str, str], Part]) -> None:
    assert (parts["hard_negative", "late_list"].medium, parts["hard_negative", "late_list"].named) == (1.0, None)


def test_a_parcel_without_order_is_found_by_its_number(parts: dict[tuple[str, str], Part]) -> None:
    assert (parts["honest", ""].n, parts["honest", ""].missing, parts["honest", ""].high) == (3, 1, pytest.approx(1 / 3))


def test_shares_of_each_part_sum_to_one(parts: dict[tuple[str, str], Part]) -> None:
    for part in parts.values():
        assert part.low + part.medium + part.high == pytest.approx(1.0)


def test_parts_become_rows_of_a_table() -> None:
    assert list(as_rows(evaluate(KEY[:1], ALERTS))[0]) == ["part", "name", "n", "missing", "low", "medium", "high", "named"]


def test_an_empty_key_has_no_parts() -> None:
    assert evaluate([], ALERTS) == []
