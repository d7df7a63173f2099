"""Which two addresses of a consignment differ most, and how."""

from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.addresses import SAME, compare_addresses
from sandan.algorithms.matching.matching import match_lists

HOME = "浙江省杭州市余杭区文一西路969号3幢501室"
OTHER_WRITING = "浙江杭州余杭区 文一西路９６９号3-501"
NEXT_STREET = "浙江省杭州市余杭区五常大道18号2幢301室"
FAR = "广东省深圳市宝安区福永街道仓储路8号"
LOCKER = "浙江省杭州市西湖区紫荆花路2号丰巢快递柜"


@pytest.fixture(scope="module")
def compared(trade: Any, bench_of: Callable[[Any], Bench]) -> dict[str, dict[str, Any]]:
    def case(number: str, *, order: str = HOME, waybill: str = HOME, declared: str = HOME, delivered: str | None = None) -> None:
        trade.order(number, consignee_address=order)
        trade.waybill(number, consignee_address=waybill)
        trade.declaration(number, consignee_address=declared)
        if delivered:
            trade.add(
                "tracking", logistics_no=f"W{number}", logistics_code="L1", event_at="20250404090000", status="delivered", address=delivered
            )

    case("SAME", delivered=HOME)
    case("WRITING", waybill=OTHER_WRITING, declared=f"{HOME} 310000", delivered=OTHER_WRITING)
    case("STREET", waybill=NEXT_STREET)
    case("PROVINCE", delivered=FAR)
    case("WORST", waybill=NEXT_STREET, delivered=FAR)
    case("LOCKER", delivered=LOCKER)
    case("DECLARED", order="", waybill="", declared=HOME)
    bench = bench_of(trade)
    matched = match_lists(bench)
    numbers = dict(zip(*(matched.to_pyarrow()[column].to_pylist() for column in ("consignment_id", "order_no")), strict=True))
    return {numbers[row["consignment_id"]]: row for row in compare_addresses(bench, matched).to_pyarrow().to_pylist()}


@pytest.mark.parametrize("number", ["SAME", "WRITING", "DECLARED"])
def test_one_place_written_in_many_ways_or_named_once_does_not_differ(compared: dict[str, Any], number: str) -> None:
    assert number not in compared


def test_another_street_differs_within_the_province(compared: dict[str, Any]) -> None:
    row = compared["STREET"]
    assert (row["first"], row["second"], row["other_province"]) == ("order", "waybill", False)
    assert 0 <= row["alike"] < SAME


def test_another_province_is_seen(compared: dict[str, Any]) -> None:
    row = compared["PROVINCE"]
    assert (row["first"], row["second"], row["other_province"], row["kind"]) == ("order", "delivery", True, "unknown")


def test_the_pair_that_differs_most_is_given_once(compared: dict[str, Any]) -> None:
    assert compared["WORST"]["second"] == "delivery"
    assert compared["WORST"]["alike"] <= compared["STREET"]["alike"]
    assert len(compared) == 4


def test_a_locker_is_known_by_its_words(compared: dict[str, Any]) -> None:
    assert (compared["LOCKER"]["kind"], compared["LOCKER"]["other_province"]) == ("locker", False)
