"""Orders, parcels, goods, platforms and operators: which lists name them, and which list's word counts."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandan.graph.trade import goods_lines, operator_nodes, order_nodes, parcel_nodes, platform_nodes, shipped_in

Lists = Callable[..., Any]
A = {"ebp_code": "P1", "order_no": "A"}
SHIPPED = {"logistics_code": "L1", "logistics_no": "W1"}


def rows(table: Any, key: str = "id") -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in table.to_pyarrow().to_pylist()}


def test_any_list_names_an_order_and_a_missing_part_names_none(lists_of: Lists) -> None:
    lists = lists_of(
        orders=[A], payments=[{"ebp_code": "P1", "order_no": "B"}, {"ebp_code": "P1"}], inventories=[A, {"ebp_code": "P2", "order_no": "A"}]
    )
    assert set(rows(order_nodes(lists))) == {"import:P1:A", "import:P1:B", "import:P2:A"}


def test_the_declared_amount_is_that_of_the_lines_else_of_the_order(lists_of: Lists) -> None:
    order = {**A, "goods_value": Decimal(100), "actual_paid": Decimal(110), "currency": "USD"}
    rates = [{"currency": "USD", "cny": Decimal(7), "valid_from": date(2025, 1, 1)}]
    [alone] = rows(order_nodes(lists_of(orders=[order], exchange_rates=rates))).values()
    assert (alone["amount_cny"], alone["declared_cny"]) == (770, 700)
    lines = [{"parent_id": "inventories-0", "price": Decimal(30), "qty": Decimal(2), "currency": "CNY"}]
    declared = lists_of(orders=[order], exchange_rates=rates, inventories=[A], inventory_items=lines)
    assert rows(order_nodes(declared))["import:P1:A"]["declared_cny"] == 60
    without_lines = lists_of(orders=[order], exchange_rates=rates, inventories=[A])
    assert rows(order_nodes(without_lines))["import:P1:A"]["declared_cny"] == 700


def test_a_parcel_is_described_by_its_house_waybill_first(lists_of: Lists) -> None:
    way = {**SHIPPED, "weight": Decimal("1.5"), "goods_info": "toys"}
    house = {**SHIPPED, "channel": "express", "description": "DOLLS", "weight_kg": Decimal(9), "declared_value": Decimal(20)}
    [cbec] = rows(parcel_nodes(lists_of(waybills=[way]))).values()
    assert (cbec["channel"], cbec["weight_kg"], cbec["description"]) == ("cbec", 1.5, "toys")
    [sent] = rows(parcel_nodes(lists_of(waybills=[way], house_waybills=[house]))).values()
    assert (sent["id"], sent["channel"], sent["weight_kg"], sent["description"], sent["declared_cny"]) == (
        "L1:W1",
        "express",
        1.5,
        "DOLLS",
        20,
    )


def test_an_order_is_shipped_in_what_its_declaration_says(lists_of: Lists) -> None:
    other = {"logistics_code": "L1", "logistics_no": "W2", "order_no": "A"}
    lists = lists_of(orders=[A], inventories=[{**A, **SHIPPED}], waybills=[{**SHIPPED, "order_no": "B"}, other])
    assert {(r["o"], r["p"]) for r in shipped_in(lists).to_pyarrow().to_pylist()} == {("import:P1:A", "L1:W1"), ("import:P1:A", "L1:W2")}


def test_a_waybill_s_order_number_counts_only_where_it_is_one_order(lists_of: Lists) -> None:
    way = {**SHIPPED, "order_no": "A"}
    one, two = ([A], [A, {"ebp_code": "P2", "order_no": "A"}])
    assert [(r["o"], r["p"]) for r in shipped_in(lists_of(orders=one, waybills=[way])).to_pyarrow().to_pylist()] == [
        ("import:P1:A", "L1:W1")
    ]
    assert shipped_in(lists_of(orders=two, waybills=[way])).to_pyarrow().num_rows == 0


def test_the_register_names_operators_and_platforms(lists_of: Lists) -> None:
    declared = {**A, **SHIPPED, "ebc_code": "S1", "ebc_name": "as listed", "agent_code": "G1", "ebp_name": "平台"}
    register = [
        {"code": "S1", "role": "seller", "name": "of the register", "credit": "AEO"},
        {"code": "P1", "role": "platform", "name": "平台甲", "registered_on": date(2020, 1, 1)},
        {"code": "S9", "role": "seller", "name": "never seen"},
    ]
    lists = lists_of(inventories=[declared], companies=register, payment_services=[{"pay_code": "Q1", "ebp_code": "P2"}])
    operators = rows(operator_nodes(lists))
    assert set(operators) == {"seller:S1", "seller:S9", "agent:G1", "logistics:L1", "payment:Q1"}
    assert (operators["seller:S1"]["name"], operators["seller:S1"]["credit"]) == ("of the register", "AEO")
    platforms = rows(platform_nodes(lists))
    assert set(platforms) == {"P1", "P2"} and platforms["P1"]["name"] == "平台甲" and platforms["P2"]["name"] is None


@pytest.mark.parametrize("declared", [True, False])
def test_a_line_of_order_and_declaration_is_one(lists_of: Lists, declared: bool) -> None:
    ordered = {**A, "gnum": 1, "item_name": "cream", "qty": Decimal(2), "price": Decimal(10), "currency": "CNY", "parent_id": "orders-0"}
    line = {
        "parent_id": "inventories-0",
        "gnum": 1,
        "gcode": "3304",
        "gname": "face cream",
        "qty": Decimal(1),
        "price": Decimal(8),
        "currency": "CNY",
    }
    more = {"inventories": [A], "inventory_items": [line]} if declared else {}
    [found] = goods_lines(lists_of(orders=[A], order_items=[ordered], **more)).to_pyarrow().to_pylist()
    assert (found["owner"], found["gnum"], found["qty"], found["price_cny"]) == ("import:P1:A", 1, 2, 10)
    expected = ("3304", "face cream", 8.0) if declared else (None, "cream", None)
    assert (found["hs"], found["name"], found["declared_price_cny"]) == expected


def test_a_parcel_without_goods_has_no_line(lists_of: Lists) -> None:
    sent = {**SHIPPED, "shipped_at": datetime(2025, 4, 1, tzinfo=UTC)}
    assert goods_lines(lists_of(house_waybills=[sent])).to_pyarrow().num_rows == 0
    [line] = goods_lines(lists_of(house_waybills=[{**sent, "description": "TOYS"}])).to_pyarrow().to_pylist()
    assert (line["owner"], line["is_order"], line["name"]) == ("L1:W1", False, "TOYS")
