"""Things happened in an order in which they cannot have happened."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence
from sandan.record.values.moment import HOUR_S

PAID_LATER = Sentence(
    "Paid {p_first}, {hours:.0f} hours after the goods were declared",
    "支付时间 {p_first},晚于申报 {hours:.0f} 小时",
)
WAYBILL_FIRST = Sentence(
    "The waybill was sent {hours:.0f} hours before anything was paid ({p_first})",
    "运单信息早于支付({p_first}){hours:.0f} 小时报送",
)
DELIVERED_FIRST = Sentence(
    "Delivered {t_delivered}, before the goods were declared",
    "签收时间 {t_delivered},早于申报",
)
DELIVERED_UNPAID = Sentence(
    "Delivered {t_delivered}, before anything was paid ({p_first})",
    "签收时间 {t_delivered},早于支付({p_first})",
)
# Clocks that run in UTC instead of Beijing time are eight hours off.
_CLOCK_HOURS = 8.0
_WAYBILL_HOURS = 12.0


def time_order(facts: Facts) -> list[Rule]:
    """Paid after the declaration, waybill sent long before the payment, delivered before it was declared or paid.

    The time at which a message is sent is not the time of the event: a late batch is no sign. Clocks in another zone explain up to
    eight hours; a pre-sale with a deposit is judged by its first payment.

    Source:
        Which times are events: CEB specification 2022-05 (payTime, logisticsTime); lists written at one desk: published cases of forged
        orders. The margins are our rule.
    """
    t = facts.table
    declared = ibis.coalesce(t.decl_app, t.known_at)
    after = _hours(t.p_first, declared)
    before = _hours(t.p_first, t.w_app_time)
    is_declared = (t.kind == "declaration") & (t.flow == "import")
    whole = t.p_how.isin(("key", "part"))
    early = (_hours(declared, t.t_delivered) > _CLOCK_HOURS).fill_null(False)
    unpaid = (_hours(t.p_first, t.t_delivered) > _CLOCK_HOURS).fill_null(False)
    evidence = ("consignment_id", "p_records", "w_record_id")
    return [
        Rule(
            "time_order",
            "paid_later",
            "pay_time",
            is_declared & whole & (after > _CLOCK_HOURS).fill_null(False),
            0.5,
            PAID_LATER,
            {"p_first": t.p_first, "hours": after},
            evidence,
        ),
        Rule(
            "time_order",
            "paid_a_little_later",
            "pay_time",
            is_declared & whole & after.between(0.5, _CLOCK_HOURS).fill_null(False),
            0.25,
            PAID_LATER,
            {"p_first": t.p_first, "hours": after},
            evidence,
        ),
        Rule(
            "time_order",
            "waybill_first",
            "pay_time",
            is_declared & whole & (before > _WAYBILL_HOURS).fill_null(False),
            0.45,
            WAYBILL_FIRST,
            {"p_first": t.p_first, "hours": before},
            evidence,
        ),
        Rule(
            "time_order",
            "delivered_first",
            "delivery_time",
            is_declared & early,
            0.5,
            DELIVERED_FIRST,
            {"t_delivered": t.t_delivered},
            ("consignment_id", "t_record_id"),
        ),
        Rule(
            "time_order",
            "delivered_unpaid",
            "delivery_time",
            is_declared & whole & unpaid,
            0.5,
            DELIVERED_UNPAID,
            {"t_delivered": t.t_delivered, "p_first": t.p_first},
            ("consignment_id", "p_records", "t_record_id"),
        ),
    ]


def _hours(later: ir.TimestampValue, earlier: ir.TimestampValue) -> ir.FloatingValue:
    """Hours from `earlier` to `later`, whole seconds."""
    return (later.epoch_seconds() - earlier.epoch_seconds()) / HOUR_S
