"""Things happened in an order in which they cannot have happened."""

import ibis
import numpy as np

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Sign, Typology
from sandan.record.lake.portable import hours_between

_PAID, _DELIVERED = "pay_time", "delivery_time"
_EVIDENCE = ("declaration", "payment", "waybill")
_PAID_LATER = Sentence("Paid {p_first}, {hours:.0f} hours after the goods were declared", "支付时间 {p_first}，晚于申报 {hours:.0f} 小时")
PAID_LATER = Reason("paid_later", _PAID, _PAID_LATER, ("payment.pay_time", "declaration.app_time"), _EVIDENCE)
PAID_A_LITTLE_LATER = Reason("paid_a_little_later", _PAID, _PAID_LATER, ("payment.pay_time", "declaration.app_time"), _EVIDENCE)
WAYBILL_FIRST = Reason(
    "waybill_first",
    _PAID,
    Sentence(
        "The waybill was sent {hours:.0f} hours before anything was paid ({p_first})", "运单信息早于支付（{p_first}）{hours:.0f} 小时报送"
    ),
    ("payment.pay_time", "waybill.app_time"),
    _EVIDENCE,
)
DELIVERED_FIRST = Reason(
    "delivered_first",
    _DELIVERED,
    Sentence("Delivered {t_delivered}, before the goods were declared", "签收时间 {t_delivered}，早于申报"),
    ("delivery.delivered_at", "declaration.app_time"),
    ("declaration", "tracking"),
)
DELIVERED_UNPAID = Reason(
    "delivered_unpaid",
    _DELIVERED,
    Sentence("Delivered {t_delivered}, before anything was paid ({p_first})", "签收时间 {t_delivered}，早于支付（{p_first}）"),
    ("delivery.delivered_at", "payment.pay_time"),
    ("declaration", "payment", "tracking"),
)
WAYBILL_BEFORE = Reason(
    "waybill_before_payment",
    _PAID,
    Sentence("The waybill is {hours:.1f} hours older than the payment", "运单早于支付 {hours:.1f} 小时"),
    ("payment.pay_time", "waybill.app_time"),
)
# Clocks that run in UTC instead of Beijing time are eight hours off.
_CLOCK_HOURS = 8.0
_WAYBILL_HOURS = 12.0


def rules(facts: Facts) -> list[Rule]:
    """Paid after the declaration, waybill sent long before the payment, delivered before it was declared or paid.

    The time at which a message is sent is not the time of the event: a late batch is no sign. Clocks in another zone explain up to
    eight hours; a pre-sale with a deposit is judged by its first payment.
    """
    t = facts.table
    declared = ibis.coalesce(t.decl_app, t.known_at)
    after = hours_between(t.p_first, declared)
    before = hours_between(t.p_first, t.w_app_time)
    is_declared = (t.kind == "declaration") & (t.flow == "import")
    paid = is_declared & t.p_how.isin(("key", "part"))
    early = (hours_between(declared, t.t_delivered) > _CLOCK_HOURS).fill_null(False)
    unpaid = (hours_between(t.p_first, t.t_delivered) > _CLOCK_HOURS).fill_null(False)
    late = {"p_first": t.p_first, "hours": after}
    return [
        Rule(PAID_LATER, paid & (after > _CLOCK_HOURS).fill_null(False), 0.5, late),
        Rule(PAID_A_LITTLE_LATER, paid & after.between(0.5, _CLOCK_HOURS).fill_null(False), 0.25, late),
        Rule(WAYBILL_FIRST, paid & (before > _WAYBILL_HOURS).fill_null(False), 0.45, {"p_first": t.p_first, "hours": before}),
        Rule(DELIVERED_FIRST, is_declared & early, 0.5, {"t_delivered": t.t_delivered}),
        Rule(DELIVERED_UNPAID, paid & unpaid, 0.5, {"t_delivered": t.t_delivered, "p_first": t.p_first}),
    ]


TYPOLOGY = Typology(
    name="time_order",
    label=Sentence("Times out of order", "时间顺序异常"),
    family="forged",
    method="document",
    meaning="Paid after the declaration, waybill sent long before the payment, delivered before it was declared or paid.",
    innocent="Late batches, a pre-sale with a deposit, clocks in another time zone.",
    source="Which times are events: CEB specification, edition 2022-05 (payTime, logisticsTime). The margins are our rule.",
    reasons=(PAID_LATER, PAID_A_LITTLE_LATER, WAYBILL_FIRST, DELIVERED_FIRST, DELIVERED_UNPAID),
    rules=rules,
    signs=(
        Sign(
            WAYBILL_BEFORE,
            "import",
            0.15,
            lambda c: np.clip(-c.column("hours_waybill_after_payment"), 0.0, 200.0),
            {"hours": "hours_payment_after_waybill"},
        ),
    ),
)
