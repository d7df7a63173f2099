"""Declared, and no payment ever came."""

import ibis

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Typology

MISSING = Reason(
    "missing_payment",
    "payment",
    Sentence(
        "No payment message for order {order_no}, neither by its number nor by a transaction, {days:.0f} days after the declaration",
        "订单 {order_no} 没有支付信息（按订单号和交易号均未找到），申报后已过 {days:.0f} 天",
    ),
    marks=("payment",),
    evidence=("declaration", "order"),
    absence=True,
)
_NOTHING_CNY = 0.005


def rules(facts: Facts) -> list[Rule]:
    """A parcel was declared, and its payment was not sent after the usual delay, or it was delivered without one.

    Nothing is paid for a gift or an order at price zero.
    """
    t = facts.table
    nothing_to_pay = (ibis.coalesce(t.o_actual_paid.cast("float64"), t.declared_value) < _NOTHING_CNY).fill_null(False)
    when = (t.kind == "declaration") & t.p_n.isnull() & ~nothing_to_pay & facts.overdue("payment") & facts.received("payments")
    return [Rule(MISSING, when, 0.55, {"order_no": t.order_no, "days": facts.days_known()})]


TYPOLOGY = Typology(
    name="missing_payment",
    label=Sentence("Payment missing", "无支付单"),
    family="forged",
    method="document",
    meaning="A parcel is declared, and its payment was not sent after the usual delay.",
    innocent="Payments split or put together; a late list; money of an export, which comes weeks later; a gift or an order at price zero.",
    source="Three-list comparison at declaration: GACC announcement 194 of 2018.",
    reasons=(MISSING,),
    rules=rules,
)
