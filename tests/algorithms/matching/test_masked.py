"""Masked values of one list that fit those of another raise nothing; those that can not be one are a mismatch."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import gather_facts
from sandan.algorithms.scoring.detect import detect
from sandan.record.settings import load_settings

AS_OF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
# Of the buyer 110101199003074477, 李小宝, 13800138000, at 浙江省杭州市余杭区文一西路969号3幢501室.
FITS = {
    "payer_id_number": ["110101********4477", "1101**************", "****4477", "1****************7", "11010119900307****", "***", "110101xxxxxxxx4477"],
    "payer_name": ["李*宝", "李**", "**宝", "李某", "李先生", "李XX", "李○○", "***"],
    "consignee_address": ["浙江省杭州市余杭区****", "浙江省杭州市余杭区文一西路***号", "浙江省杭州市****", "****", "浙江省杭州市余杭区某某小区"],
    "consignee_telephone": ["138****8000", "1380013****", "*******8000", "+86 138****8000"],
}  # fmt: skip
DIFFER = {
    "payer_id_number": [("110101********1234", "shown_stranger"), ("320106********4477", "shown_stranger"), ("*****1234", "shown_stranger"), ("11010119850307****", "shown_stranger"), ("1****************9", "shown_stranger")],
    "payer_name": [("张*宝", "two_names"), ("张**", "two_names"), ("**明", "two_names"), ("张先生", "two_names")],
    "consignee_address": [("广东省深圳市****", "other_province"), ("浙江省宁波市海曙区****", "other_place"), ("浙江省杭州市余杭区五常大道***号", "other_place"), ("浙江省杭州市西湖区****", "similar_place")],
}  # fmt: skip


def _add(trade: Any, number: str, column: str, value: str, **more: str) -> None:
    trade.order(number)
    trade.payment(number, **({column: value} if column.startswith("payer") else {}), **more)
    trade.waybill(number, **({column: value} if column.startswith("consignee") else {}))
    trade.declaration(number)


@pytest.fixture(scope="module")
def findings(trade: Any, bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Findings by the order's number."""
    for column, values in FITS.items():
        for value in values:
            _add(trade, f"FIT-{column}-{value}", column, value)
    for column, pairs in DIFFER.items():
        for value, _ in pairs:
            _add(trade, f"NOT-{column}-{value}", column, value)
    # The order is masked and the payment is not; both are masked.
    for number, buyer, payer in (("TURNED", "110101********1234", "110101199003074477"), ("BOTH", "110101********1234", "110101********4477"),
                                 ("TURNEDFIT", "110101********4477", "110101199003074477"), ("BOTHFIT", "****4477", "110101********4477")):  # fmt: skip
        trade.order(number, buyer_id_number=buyer)
        trade.payment(number, payer_id_number=payer)
        trade.waybill(number)
        trade.declaration(number, buyer_id_number=buyer)
    # A masked number that fits the buyer's, under another name.
    _add(trade, "RENAMED", "payer_id_number", "110101********4477", payer_name="张三")
    # A carrier who was changed masks the telephone.
    for number, telephone in (("CARRIED", "138****8000"), ("CARRIEDNOT", "139****8000"), ("CARRIEDWHO", "*******8000")):
        trade.order(number)
        trade.payment(number)
        trade.waybill(
            number,
            logistics_code="L2",
            logistics_no=f"V{number}",
            consignee_telephone=telephone,
            consignee_address="浙江省****",
            consignee="李**",
        )
        trade.declaration(number)
    told = detect(gather_facts(bench_of(trade), load_settings(tmp_path_factory.mktemp("h")), AS_OF), "run")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in told.findings.to_pylist():
        found.setdefault(row["subject_id"].split(":")[2], []).append(row)
    return found


@pytest.mark.parametrize("number", [f"FIT-{c}-{v}" for c, values in FITS.items() for v in values] + ["TURNEDFIT", "BOTHFIT", "CARRIED"])
def test_a_masked_value_agrees_with_what_it_fits(findings: dict[str, list[dict[str, Any]]], number: str) -> None:
    assert findings.get(number, []) == []


@pytest.mark.parametrize(
    ("number", "reason"),
    [(f"NOT-{c}-{v}", reason) for c, pairs in DIFFER.items() for v, reason in pairs]
    + [("TURNED", "shown_stranger"), ("BOTH", "shown_stranger"), ("RENAMED", "two_names"), ("CARRIEDNOT", "missing_waybill"), ("CARRIEDWHO", "missing_waybill")],
)  # fmt: skip
def test_a_masked_value_that_does_not_fit_is_a_mismatch(findings: dict[str, list[dict[str, Any]]], number: str, reason: str) -> None:
    assert [row["reason"] for row in findings[number]] == [reason]


def test_the_more_can_be_read_the_stronger_it_is(findings: dict[str, list[dict[str, Any]]]) -> None:
    one, four = (findings[f"NOT-payer_id_number-{value}"][0]["score"] for value in ("1****************9", "*****1234"))
    assert 0.4 < one < four < 0.45


def test_no_sentence_says_what_is_hidden_or_shown(findings: dict[str, list[dict[str, Any]]]) -> None:
    for rows in findings.values():
        assert not [row for row in rows if "1234" in row["values"] or "五常" in row["values"]]
