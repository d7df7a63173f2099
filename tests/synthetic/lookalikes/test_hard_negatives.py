"""Hard negatives bear the sign, and the innocent reason is in the files too."""

from decimal import Decimal
from typing import Any

from sandan.record.values.addresses import address
from sandan.record.values.parties import name
from sandan.synthetic.lookalikes.hard_negatives import NEGATIVES


def test_every_kind_is_there(large: Any) -> None:
    kinds = {row.kind for row in large.key if row.truth == "hard_negative"}
    wanted = {scheme.kind for schemes in NEGATIVES.values() for scheme in schemes if scheme.rarity == 1}
    assert wanted <= kinds


def test_late_lists_come_days_after_the_declaration_but_come(large: Any) -> None:
    declared = large.of("CEB621", "logisticsNo")
    for kind, message, element in (("order", "CEB311", "orderNo"), ("payment", "CEB411", "orderNo"), ("waybill", "CEB511", "logisticsNo")):
        for row in large.rows(f"late_{kind}_list"):
            late = large.of(message, element)[row.order_no if element == "orderNo" else row.logistics_no][0]
            assert int(late.head["appTime"][:8]) > int(declared[row.logistics_no][0].head["declTime"])


def test_other_codes_are_those_of_the_same_platform(large: Any) -> None:
    uscc = {row["code"]: row["uscc"] for row in large.table("companies")}
    for row in large.rows("platform_other_code"):
        assert large.of("CEB621", "orderNo")[row.order_no][0].head["ebpCode"] == uscc[row.ebp_code]
    for row in large.rows("platform_code_in_payment"):
        assert large.of("CEB411", "orderNo")[row.order_no][0].head["ebpCode"] == uscc[row.ebp_code]


def test_parts_of_a_payment_add_up(large: Any) -> None:
    orders, payments = large.of("CEB311", "orderNo"), large.of("CEB411", "orderNo")
    for row in large.rows("split_payment") + large.rows("pre_sale"):
        parts = {p.head["payTransactionId"]: Decimal(p.head["amountPaid"]) for p in payments[row.order_no]}
        assert len(parts) > 1
        assert sum(parts.values()) == Decimal(orders[row.order_no][0].head["acturalPaid"])


def test_a_combined_payment_pays_both_orders(large: Any) -> None:
    orders, payments = large.of("CEB311", "orderNo"), large.of("CEB411", "payTransactionId")
    groups: dict[str, list[Any]] = {}
    for row in large.rows("combined_payment"):
        groups.setdefault(row.group, []).append(orders[row.order_no][0])
    for pair in groups.values():
        numbers = {order.head["payTransactionId"] for order in pair}
        assert len(pair) == 2
        assert len(numbers) == 1
        (paid,) = payments[numbers.pop()]
        assert Decimal(paid.head["amountPaid"]) == sum(Decimal(order.head["acturalPaid"]) for order in pair)


def test_orders_without_payment_cost_nothing(large: Any) -> None:
    for row in large.rows("gift_order") + large.rows("paid_by_points"):
        assert Decimal(large.of("CEB311", "orderNo")[row.order_no][0].head["acturalPaid"]) == 0
        assert row.order_no not in large.of("CEB411", "orderNo")


def test_a_changed_carrier_is_corrected_in_the_declaration(large: Any) -> None:
    waybills = large.of("CEB511", "logisticsNo")
    for row in large.rows("carrier_changed"):
        first, *later = sorted(large.of("CEB621", "orderNo")[row.order_no], key=lambda record: record.head["appTime"])
        assert first.head["logisticsNo"] not in waybills
        assert later[-1].head["appType"] == "2"
        assert later[-1].head["logisticsNo"] == row.logistics_no
        assert row.logistics_no in waybills


def test_a_late_register_opens_after_the_payments_and_late_listings_after_the_orders(large: Any) -> None:
    payments, declared = large.of("CEB411", "orderNo"), large.of("CEB621", "orderNo")
    services = {(row["pay_code"], row["ebp_code"]): row["active_from"].replace("-", "") for row in large.table("payment_services")}
    for row in large.rows("register_behind"):
        head = payments[row.order_no][0].head
        assert services[head["payCode"], row.ebp_code] > head["payTime"][:8]
    for row in large.rows("newly_listed"):
        line = declared[row.order_no][0].lines[0]
        seen = [
            r["seen_on"].replace("-", "")
            for r in large.table("listings")
            if (r["ebp_code"], r["bar_code"]) == (row.ebp_code, line["barCode"])
        ]
        assert min(seen) > payments[row.order_no][0].head["payTime"][:8]
    for row in large.rows("listed_otherwise"):
        line = declared[row.order_no][0].lines[0]
        names = {r["item_name"] for r in large.table("listings") if (r["ebp_code"], r["bar_code"]) == (row.ebp_code, line["barCode"])}
        assert names
        assert line["itemName"] not in names


def test_innocent_payers_are_family_firm_or_the_same_person(large: Any) -> None:
    orders, payments = large.of("CEB311", "orderNo"), large.of("CEB411", "orderNo")
    firms = {row["uscc"] for row in large.table("companies")}
    for row in large.rows("corporate_payer"):
        head = payments[row.order_no][0].head
        assert head["payerIdType"] == "2"
        assert head["payerIdNumber"] in firms
    for row in large.rows("household_payer"):
        assert payments[row.order_no][0].head["payerIdNumber"] != orders[row.order_no][0].head["buyerIdNumber"]
    for row in large.rows("payer_name_variant"):
        head, buyer = payments[row.order_no][0].head, orders[row.order_no][0].head
        assert head["payerIdNumber"] == buyer["buyerIdNumber"]
        assert head["payerName"] != buyer["buyerName"]
        assert name.normal(head["payerName"]) == name.normal(buyer["buyerName"])


def test_differing_writings_are_one_place(large: Any) -> None:
    for row in large.rows("written_otherwise"):
        texts = [large.of(kind, "orderNo")[row.order_no][0].head["consigneeAddress"] for kind in ("CEB311", "CEB511", "CEB621")]
        first = address.normal(texts[0])
        assert first is not None
        assert all(address.likeness(first, address.normal(text) or "") > 0.9 for text in texts)


def test_rounding_has_five_decimals_and_less_than_a_fen(large: Any) -> None:
    for row in large.rows("rounding"):
        said = Decimal(large.of("CEB311", "orderNo")[row.order_no][0].head["acturalPaid"])
        paid = Decimal(large.of("CEB411", "orderNo")[row.order_no][0].head["amountPaid"])
        assert 0 < abs(said - paid) <= Decimal("0.005")
