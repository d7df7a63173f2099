"""Declared, and one of the three lists never came."""

import ibis

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence
from sandan.record.values.moment import DAY_S

MISSING_ORDER = Sentence(
    "No order message for the declared order {order_no} on platform {ebp_code}, {days:.0f} days after the declaration",
    "申报的订单 {order_no}(平台 {ebp_code})没有订单信息,申报后已过 {days:.0f} 天",
)
MISSING_PAYMENT = Sentence(
    "No payment message for order {order_no}, neither by its number nor by a transaction, {days:.0f} days after the declaration",
    "订单 {order_no} 没有支付信息(按订单号和交易号均未找到),申报后已过 {days:.0f} 天",
)
MISSING_WAYBILL = Sentence(
    "No waybill message for {logistics_no} of carrier {logistics_code}, {days:.0f} days after the declaration",
    "物流企业 {logistics_code} 的运单 {logistics_no} 没有运单信息,申报后已过 {days:.0f} 天",
)


def absent_lists(facts: Facts) -> list[Rule]:
    """A parcel was declared, but the order, the payment or the waybill that belongs to it was never sent.

    Lists may arrive days apart and in any order: absence counts only after the usual delay of that list, or once the parcel was
    delivered without it. A late list, a list under the platform's other code, a sub-order number or a changed carrier are looked for
    first. Nothing is paid for a gift or an order at price zero.

    Source:
        Three-list comparison at declaration, GACC announcement 194 of 2018.
    """
    t = facts.table
    declared = t.kind == "declaration"
    days = (ibis.literal(facts.as_of).cast("timestamp('UTC')").epoch_seconds() - t.known_at.epoch_seconds()) / DAY_S
    nothing_to_pay = (ibis.coalesce(t.o_actual_paid.cast("float64"), t.declared_value) < 0.005).fill_null(False)
    return [
        Rule(
            "missing_order",
            "missing_order",
            "order",
            declared & t.o_record_id.isnull() & facts.overdue("order") & facts.received("orders"),
            0.55,
            MISSING_ORDER,
            {"order_no": t.order_no, "ebp_code": t.ebp_code, "days": days},
        ),
        Rule(
            "missing_payment",
            "missing_payment",
            "payment",
            declared & t.p_n.isnull() & ~nothing_to_pay & facts.overdue("payment") & facts.received("payments"),
            0.55,
            MISSING_PAYMENT,
            {"order_no": t.order_no, "days": days},
            ("consignment_id", "o_record_id"),
        ),
        Rule(
            "missing_waybill",
            "missing_waybill",
            "waybill",
            declared & t.w_record_id.isnull() & facts.overdue("waybill") & facts.received("waybills"),
            0.55,
            MISSING_WAYBILL,
            {"logistics_no": t.logistics_no, "logistics_code": t.logistics_code, "days": days},
            ("consignment_id", "o_record_id"),
        ),
    ]
