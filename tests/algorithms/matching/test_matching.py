"""Three-list matching: which list is found for a consignment, and by which path."""

from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.matching.matching import match_lists

STRANGER = "320106198502284634"
Rows = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def matched(trade: Any, bench_of: Callable[[Any], Bench]) -> list[dict[str, Any]]:
    trade.whole("WHOLE001")
    # Two payments of one order.
    trade.order("SPLIT001")
    trade.payment("SPLIT001", pay_transaction_id="S1", amount_paid=60, pay_time="20250401093000")
    trade.payment("SPLIT001", pay_transaction_id="S2", amount_paid=40, pay_time="20250401094500")
    trade.declaration("SPLIT001")
    # The platform has another code in the declaration, and its name in other characters.
    trade.order("NAMED001", ebp_name="跨境購（上海）電子商務有限責任公司")
    trade.declaration("NAMED001-1", ebp_code="P7", ebp_name="跨境购 (上海)电子商务有限公司")
    trade.order("NAMED002", ebp_name="跨境购（北京）电子商务有限公司")
    trade.declaration("NAMED002-1", ebp_code="P7", ebp_name="跨境购（上海）电子商务有限公司")
    trade.order("NAMED003")
    trade.declaration("NAMED003-1", ebp_code="P7")
    # The payment is kept under a part's number; the declaration under one, the order and its payment whole.
    trade.order("PARTS001")
    trade.payment("PARTS001-1")
    trade.declaration("PARTS001")
    trade.order("LARGE001")
    trade.payment("LARGE001")
    trade.declaration("LARGE001-2")
    # Somebody else's part of an order of that number.
    trade.declaration("LARGE001-3", buyer_id_number=STRANGER, cop_no="OTHER")
    # The payment has a number of its own and is named by the order's transaction.
    trade.order("TRANS001", pay_transaction_id="XYZ")
    trade.payment("900000001", pay_transaction_id="XYZ")
    trade.declaration("TRANS001")
    # The payment names another platform: found by the number alone, which is used nowhere else.
    trade.order("ELSE0001")
    trade.payment("ELSE0001", ebp_code="P9", amount_paid=77)
    trade.declaration("ELSE0001")
    # A number that two platforms use: a stranger's payment of another sum is not this order's.
    trade.order("TWICE001")
    trade.declaration("TWICE001")
    for platform in ("P8", "P9"):
        trade.payment("TWICE001", ebp_code=platform, payer_id_number=STRANGER, amount_paid=5, pay_transaction_id=platform)
    # Somebody else paid one half.
    trade.order("OTHER001")
    trade.payment("OTHER001", pay_transaction_id="O1", amount_paid=50)
    trade.payment("OTHER001", pay_transaction_id="O2", amount_paid=50, payer_id_number=STRANGER, payer_name="赵六")
    trade.declaration("OTHER001")
    # The carrier was changed: the number stayed; or only the consignee did.
    trade.order("MOVED001")
    trade.waybill("MOVED001", logistics_code="L2")
    trade.declaration("MOVED001")
    trade.order("MOVED002")
    trade.waybill("MOVED002", logistics_code="L2", logistics_no="V2")
    trade.declaration("MOVED002")
    # The same, for somebody else at another place: no waybill of ours.
    trade.order("MOVED003")
    trade.waybill(
        "MOVED003",
        logistics_code="L2",
        logistics_no="V3",
        consignee_telephone="13900139000",
        consignee_address="广东省深圳市宝安区福永街道1号",
    )
    trade.declaration("MOVED003")
    trade.declaration("ALONE001")
    trade.order("UNDECL01")
    # Declared twice.
    trade.order("DOUBLE01")
    trade.declaration("DOUBLE01", cop_no="D1")
    trade.declaration("DOUBLE01", cop_no="D2")
    parcel = {"channel": "express", "sender_name": "s", "receiver_name": "r", "receiver_address": "北京市朝阳区1号", "receiver_country": "CN", "description": "d",
              "declared_value": 1, "currency": "USD", "weight_kg": 1, "shipped_at": "2025-04-01"}  # fmt: skip
    trade.add("house_waybills", logistics_code="L3", logistics_no="EXPRESS1", **parcel)
    trade.add("house_waybills", logistics_code="L1", logistics_no="WWHOLE001", **parcel)
    for at, status, where in (
        ("20250402090000", "departed", "上海市浦东新区1号"),
        ("20250404090000", "签收", "浙江省杭州市余杭区2号"),
        ("20250405090000", "returned", "北京市1号"),
    ):
        trade.add("tracking", logistics_no="WWHOLE001", logistics_code="L1", event_at=at, status=status, address=where)
    trade.add(
        "tracking", logistics_no="WWHOLE001", logistics_code="L7", event_at="20250406090000", status="delivered", address="四川省成都市1号"
    )
    trade.add(
        "deliveries",
        logistics_code="L1",
        logistics_no="WWHOLE001",
        logistics_status="S",
        logistics_time="20250404080000",
        app_time="20250404100000",
    )
    rows: list[dict[str, Any]] = match_lists(bench_of(trade)).to_pyarrow().to_pylist()
    return rows


@pytest.fixture(scope="module")
def row(matched: list[dict[str, Any]]) -> Rows:
    def one(number: str) -> dict[str, Any]:
        [found] = [r for r in matched if number in (r["order_no"], r["cop_no"], r["logistics_no"]) and r["consignment_id"]]
        return found

    return one


def test_every_consignment_is_one_row(matched: list[dict[str, Any]]) -> None:
    assert len({r["consignment_id"] for r in matched}) == len(matched)
    # Whether an order of which only parts were declared is a consignment beside them is left open here.
    kinds = [
        r["kind"]
        for r in matched
        if r["order_no"] not in ("LARGE001", "NAMED001", "NAMED001-1", "NAMED002", "NAMED002-1", "NAMED003", "NAMED003-1")
    ]
    assert (kinds.count("declaration"), kinds.count("order"), kinds.count("parcel")) == (15, 1, 1)


def test_lists_that_agree_are_found_by_their_key(row: Rows) -> None:
    found = row("WHOLE001")
    assert (found["o_how"], found["p_how"], found["w_how"]) == ("key", "key", "key")
    assert (found["p_n"], found["p_amount"], found["p_other_payer"]) == (1, 100.0, None)


def test_split_payments_are_added_up(row: Rows) -> None:
    found = row("SPLIT001")
    assert (found["p_n"], found["p_amount"], found["p_how"]) == (2, 100.0, "key")
    assert (found["p_last"] - found["p_first"]).total_seconds() == 15 * 60


@pytest.mark.parametrize(
    ("number", "order", "payment"),
    [("PARTS001", "key", "part"), ("LARGE001-2", "part", "whole"), ("TRANS001", "key", "transaction"), ("ELSE0001", "key", "number")],
)
def test_a_list_under_another_number_or_platform_is_found_by_a_weaker_path(row: Rows, number: str, order: str, payment: str) -> None:
    assert (row(number)["o_how"], row(number)["p_how"]) == (order, payment)


def test_a_payment_of_another_platform_keeps_the_platform_it_names(row: Rows) -> None:
    assert (row("ELSE0001")["p_ebp_code"], row("ELSE0001")["ebp_code"], row("ELSE0001")["p_amount"]) == ("P9", "P1", 77.0)


def test_a_number_that_several_platforms_use_joins_no_strangers_payment(row: Rows) -> None:
    assert (row("TWICE001")["p_n"], row("TWICE001")["p_how"]) == (None, None)


@pytest.mark.parametrize(("number", "how"), [("NAMED001-1", "part"), ("NAMED002-1", None), ("NAMED003-1", None)])
def test_a_platforms_name_is_one_in_any_characters(row: Rows, number: str, how: str | None) -> None:
    assert row(number)["o_how"] == how


def test_another_buyers_part_of_an_order_is_not_joined_to_it(row: Rows) -> None:
    assert row("OTHER")["o_how"] is None


def test_a_payer_who_is_not_the_buyer_is_seen_among_several(row: Rows) -> None:
    found = row("OTHER001")
    assert found["p_n"] == 2
    assert found["p_other_payer"] not in (None, found["buyer_hash"])


@pytest.mark.parametrize(
    ("number", "how", "carrier"), [("MOVED001", "number", "L2"), ("MOVED002", "order", "L2"), ("MOVED003", None, None)]
)
def test_a_waybill_of_another_carrier_is_found_for_the_same_consignee_only(
    row: Rows, number: str, how: str | None, carrier: str | None
) -> None:
    assert (row(number)["w_how"], row(number)["w_logistics_code"], row(number)["logistics_code"]) == (how, carrier, "L1")


def test_a_declaration_without_any_list_has_none(row: Rows) -> None:
    found = row("ALONE001")
    assert [found[column] for column in ("o_record_id", "p_n", "w_record_id", "t_delivered", "o_how", "p_how", "w_how")] == [None] * 7


def test_an_order_that_nobody_declared_is_a_consignment_until_it_is(row: Rows) -> None:
    assert (row("UNDECL01")["kind"], row("UNDECL01")["o_how"]) == ("order", "key")


def test_two_declarations_of_one_order_share_its_lists(matched: list[dict[str, Any]]) -> None:
    both = [r for r in matched if r["order_no"] == "DOUBLE01"]
    assert [r["o_how"] for r in both] == ["key", "key"]
    assert len({r["o_record_id"] for r in both}) == 1


def test_a_parcel_is_a_consignment_of_its_own_only_where_nothing_was_declared(row: Rows, matched: list[dict[str, Any]]) -> None:
    assert (row("EXPRESS1")["kind"], row("EXPRESS1")["channel"], row("EXPRESS1")["order_no"]) == ("parcel", "express", None)
    assert [r["logistics_no"] for r in matched if r["kind"] == "parcel"] == ["EXPRESS1"]


def test_the_delivery_is_the_last_event_that_says_so_of_the_same_carrier(row: Rows) -> None:
    found = row("WHOLE001")
    assert found["t_address"] == "浙江省杭州市余杭区2号"
    assert f"{found['t_delivered']:%d %H:%M}" == "04 00:00"
