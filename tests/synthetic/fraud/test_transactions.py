"""The signs of the frauds are really in the files."""

from decimal import Decimal
from typing import Any

from sandan.record.values.addresses import address


def key_of(row: Any) -> tuple[str, str]:
    return row.order_no, row.logistics_no


def test_phantom_sale_has_no_order_anywhere(large: Any) -> None:
    orders, declared = large.of("CEB311", "orderNo"), large.of("CEB621", "orderNo")
    for row in large.rows("phantom_sale") + large.rows("milk_powder"):
        assert row.order_no not in orders
        assert row.order_no in declared


def test_unpaid_stock_has_no_payment(large: Any) -> None:
    by_order, by_number = large.of("CEB411", "orderNo"), large.of("CEB411", "payTransactionId")
    for row in large.rows("unpaid_stock"):
        order = large.of("CEB311", "orderNo")[row.order_no][0]
        assert row.order_no not in by_order
        assert order.head.get("payTransactionId") not in by_number


def test_paper_parcel_has_no_waybill_no_status_and_no_tracking(large: Any) -> None:
    travelled = {*large.of("CEB511", "logisticsNo"), *large.of("CEB513", "logisticsNo")} | {
        row["logistics_no"] for row in large.table("tracking")
    }
    assert not {row.logistics_no for row in large.rows("paper_parcel")} & travelled


def test_platform_mismatches_are_of_three_kinds(large: Any, world: Any) -> None:
    seen = set()
    for made in (large, world):
        payments, declared = made.of("CEB411", "orderNo"), made.of("CEB621", "orderNo")
        codes = {row[c]: row["code"] for row in made.table("companies") for c in ("code", "uscc")}
        services = {(row["pay_code"], row["ebp_code"]) for row in made.table("payment_services")}
        listed = {(row["ebp_code"], row[c]) for row in made.table("listings") for c in ("item_name", "bar_code")}
        for row in (row for row in made.key if row.settled == "1"):
            if row.kind == "borrowed_payments":
                head = payments[row.order_no][0].head
                assert codes[head["ebpCode"]] != row.ebp_code
                assert (head["payCode"], codes[head["ebpCode"]]) in services
            elif row.kind in ("unserved_provider", "milk_powder"):
                assert (payments[row.order_no][0].head["payCode"], row.ebp_code) not in services
            elif row.kind == "unlisted_goods":
                line = declared[row.order_no][0].lines[0]
                assert (row.ebp_code, line["itemName"]) not in listed
                assert (row.ebp_code, line["barCode"]) not in listed
            seen.add(row.kind)
    assert {"borrowed_payments", "unserved_provider", "milk_powder", "unlisted_goods"} <= seen


def test_payers_are_not_the_buyers(large: Any) -> None:
    orders, payments = large.of("CEB311", "orderNo"), large.of("CEB411", "orderNo")
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in large.rows("single_payer") + large.rows("bought_identities"):
        buyer, payer = orders[row.order_no][0].head["buyerIdNumber"], payments[row.order_no][0].head["payerIdNumber"]
        assert buyer != payer
        groups.setdefault(row.group, []).append((buyer, payer))
    for name, pairs in groups.items():
        payers = {payer for _, payer in pairs}
        # One, and another after an inspection.
        assert len(payers) in (1, 2) if name.startswith("single") else len(payers) == len(pairs)


def test_amounts_differ_or_the_sum_is_broken(large: Any) -> None:
    orders, payments = large.of("CEB311", "orderNo"), large.of("CEB411", "orderNo")
    for row in large.rows("paid_otherwise"):
        said, paid = (Decimal(r[row.order_no][0].head[e]) for r, e in ((orders, "acturalPaid"), (payments, "amountPaid")))
        assert Decimal("0.029") < abs(paid / said - 1) < Decimal("0.601")
    for row in large.rows("broken_sum"):
        head = orders[row.order_no][0].head
        parts = [Decimal(head[e]) for e in ("goodsValue", "freight", "taxTotal")]
        assert sum(parts) - Decimal(head["discount"]) != Decimal(head["acturalPaid"])


def test_parcels_go_to_another_place_than_the_order_says(large: Any) -> None:
    orders, waybills = large.of("CEB311", "orderNo"), large.of("CEB511", "logisticsNo")
    tracked = {row["logistics_no"]: row["address"] for row in large.table("tracking")}
    declared = large.of("CEB621", "logisticsNo")
    for kind in ("depot_waybill", "depot_delivery", "depot_everywhere", "milk_powder"):
        for row in large.rows(kind):
            home = declared[row.logistics_no][0].head["consigneeAddress"]
            waybill, real = waybills[row.logistics_no][0].head["consigneeAddress"], tracked[row.logistics_no]
            normal = [address.normal(text) for text in (home, waybill, real)]
            assert normal[0] != normal[2]
            assert (normal[0] == normal[1]) == (kind in ("depot_delivery", "milk_powder"))
            assert (normal[1] == normal[2]) == (kind == "depot_waybill")
            assert kind == "milk_powder" or address.normal(orders[row.order_no][0].head["consigneeAddress"]) == normal[0]


def test_times_are_in_the_wrong_order(large: Any) -> None:
    payments, declared = large.of("CEB411", "orderNo"), large.of("CEB621", "orderNo")
    for row in large.rows("paid_after_declaration"):
        assert payments[row.order_no][0].head["payTime"][:8] > declared[row.order_no][0].head["declTime"]
    waybills, delivered = large.of("CEB511", "logisticsNo"), large.of("CEB513", "logisticsNo")
    for row in large.rows("waybill_bought_ahead"):
        assert int(waybills[row.logistics_no][0].head["appTime"][:8]) < int(payments[row.order_no][0].head["payTime"][:8])
    for row in large.rows("delivered_before_declared"):
        assert delivered[row.logistics_no][0].head["logisticsTime"][:8] < declared[row.order_no][0].head["declTime"]
        assert delivered[row.logistics_no][0].head["logisticsTime"] > payments[row.order_no][0].head["payTime"]


def test_undervalued_goods_cost_far_less_than_the_market_and_the_order_agrees(large: Any) -> None:
    prices: dict[str, list[float]] = {}
    for row in large.table("market_prices"):
        prices.setdefault(row["item_name"], []).append(float(row["price"]))
    declared = large.of("CEB621", "orderNo")
    for row in large.rows("low_price") + large.rows("milk_powder"):
        for line in declared[row.order_no][0].lines:
            seen = sorted(prices[line["itemName"]])
            assert 0.18 < float(line["price"]) / seen[len(seen) // 2] < 0.7


def test_frauds_bear_no_mark_that_honest_trade_lacks(world: Any) -> None:
    frauds = {row.order_no for row in world.key if row.truth == "fraud"}
    for kind, element in (("CEB311", "note"), ("CEB621", "tradeMode"), ("CEB621", "agentCode"), ("CEB511", "logisticsCode")):
        split: tuple[set[str], set[str]] = (set(), set())
        for record in world.records[kind]:
            split[record.head["orderNo"] in frauds].add(record.head[element])
        extra = split[True] - split[False]
        assert not extra, (kind, element, extra)
    lengths = {False: set(), True: set()}  # type: dict[bool, set[int]]
    for record in world.records["CEB621"]:
        lengths[record.head["orderNo"] in frauds].add(len(record.head["orderNo"]))
    assert lengths[True] <= lengths[False]
