"""Declared, and the order never came."""

from sandan.algorithms.context.sign_statistics import with_others
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Sign, Typology

MISSING = Reason(
    "missing_order",
    "order",
    Sentence(
        "No order message for the declared order {order_no} on platform {ebp_code}, {days:.0f} days after the declaration",
        "申报的订单 {order_no}（平台 {ebp_code}）没有订单信息，申报后已过 {days:.0f} 天",
    ),
    marks=("order",),
    absence=True,
)
OTHERS_TOO = Reason(
    "orders_missing",
    "order",
    Sentence(
        "No order is known for it, nor for {others:.0%} of the shop's other parcels of these days",
        "未见对应订单；该店铺同期其他包裹中 {others:.0%} 亦无订单",
    ),
    marks=("order",),
)


def rules(facts: Facts) -> list[Rule]:
    """A parcel was declared, and its order was not sent.

    Lists may arrive days apart and in any order: absence counts only after the usual delay of that list, or once the parcel was
    delivered without it. A list under the platform's other code or a sub-order number is looked for first.
    """
    t = facts.table
    when = (t.kind == "declaration") & t.o_record_id.isnull() & facts.overdue("order") & facts.received("orders")
    return [Rule(MISSING, when, 0.55, {"order_no": t.order_no, "ebp_code": t.ebp_code, "days": facts.days_known()})]


TYPOLOGY = Typology(
    name="missing_order",
    label=Sentence("Order missing", "无订单"),
    family="forged",
    method="document",
    meaning="A parcel is declared, and its order was not sent after the usual delay of that list.",
    innocent="An order list that is late or lost; the platform under its other code; numbers of part orders; "
    "a courier that sends on behalf.",
    source="Three-list comparison at declaration: GACC announcement 194 of 2018.",
    reasons=(MISSING,),
    rules=rules,
    signs=(Sign(OTHERS_TOO, "import", 0.3, with_others("no_order", "seller_ebp_m_lost"), {"others": "seller_ebp_m_lost"}),),
)
