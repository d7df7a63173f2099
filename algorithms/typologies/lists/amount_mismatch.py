"""The money does not fit the sale."""

import ibis
import numpy as np

from sandan.algorithms.context.sign_statistics import declared_short
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Sign, Typology

_CAUSE = "amount"
_PAYMENT_SUM = ("order.actual_paid", "payment.amount_paid")
_DECLARED_LESS = ("order.goods_value", "declaration.items")
FORMULA = Reason(
    "formula",
    _CAUSE,
    Sentence(
        "Amount paid {paid} CNY by the order, but goods, freight and tax less discount make {expected} CNY",
        "订单实付 {paid} 元，而货款加运费加税款减抵扣应为 {expected} 元",
    ),
    marks=("order.actual_paid", "order.goods_value"),
    evidence=("order",),
)
PAYMENT_SUM = Reason(
    "payment_sum",
    _CAUSE,
    Sentence("The order says {paid} CNY were paid, the payments sum to {received} CNY", "订单实付 {paid} 元，支付单合计 {received} 元"),
    marks=_PAYMENT_SUM,
    evidence=("order", "payment"),
)
LINE_SUM = Reason(
    "line_sum",
    _CAUSE,
    Sentence("The order's goods are worth {goods} CNY, its lines sum to {lines} CNY", "订单商品价格 {goods} 元，商品明细合计 {lines} 元"),
    marks=("order.goods_value", "order.items"),
    evidence=("order",),
)
DECLARED_LESS = Reason(
    "declared_less",
    _CAUSE,
    Sentence("Goods were sold for {goods} CNY and declared for {declared} CNY", "商品售价 {goods} 元，申报价 {declared} 元"),
    marks=_DECLARED_LESS,
    evidence=("declaration", "order"),
)
DECLARED_UNDER_PAID = Reason(
    "declared_under_paid",
    _CAUSE,
    Sentence("Declared at {ratio:.0%} of what was paid", "申报价格为实付金额的 {ratio:.0%}"),
    marks=_PAYMENT_SUM + _DECLARED_LESS,
)
PAID_OTHER_SUM = Reason(
    "paid_other_sum",
    _CAUSE,
    Sentence("Order and payment differ by {sum:,.2f}", "订单与支付金额相差 {sum:,.2f}"),
    marks=_PAYMENT_SUM + _DECLARED_LESS,
)


def rules(facts: Facts) -> list[Rule]:
    """The order's sum does not add up, or what was paid, sold and declared are different sums.

    Rounding at several lines is borne; split payments are added up. Interest of an instalment, a partial refund or a coupon explains
    small differences. Not looked at where the payment itself is missing, or stands for several orders.
    """
    t = facts.table
    step = float(facts.settings.match.amount_cny)
    tolerance = step * (t.n_lines.fill_null(1).cast("float64") + 1.0) + 1e-9
    goods, paid = t.o_goods_value.cast("float64"), t.o_actual_paid.cast("float64")
    extras = [ibis.coalesce(column.cast("float64"), 0.0) for column in (t.o_freight, t.o_tax_total, t.o_discount)]
    expected = goods + extras[0] + extras[1] - extras[2]
    whole = (t.o_how == "key") & t.p_how.isin(("key", "part", "number"))
    order_sum = goods + extras[0]
    yuan = t.flow == "import"
    under = (t.o_how == "key") & (t.declared_value < goods * 0.99 - tolerance).fill_null(False) & (t.declared_value < order_sum)
    sums = {"paid": paid, "received": t.p_amount}
    return [
        Rule(FORMULA, yuan & ((paid - expected).abs() > tolerance).fill_null(False), 0.45, {"paid": paid, "expected": expected}),
        Rule(PAYMENT_SUM, yuan & whole & ((paid - t.p_amount).abs() > tolerance).fill_null(False), 0.45, sums),
        Rule(LINE_SUM, ((goods - t.lines_value).abs() > tolerance).fill_null(False), 0.45, {"goods": goods, "lines": t.lines_value}),
        Rule(DECLARED_LESS, under, 0.45, {"goods": goods, "declared": t.declared_value}),
    ]


TYPOLOGY = Typology(
    name="amount_mismatch",
    label=Sentence("Amounts differ", "金额不符"),
    family="forged",
    method="document",
    meaning="The order's sum does not add up, or what was paid, sold and declared are different sums.",
    innocent="Rounding of lines, coupons, a partial refund, interest of an instalment, fees at export.",
    source="Paid = goods + freight + tax - discount, and equal to the payment: CEB specification, edition 2022-05, 311 and 411.",
    reasons=(FORMULA, PAYMENT_SUM, LINE_SUM, DECLARED_LESS),
    rules=rules,
    signs=(
        Sign(DECLARED_UNDER_PAID, "import", 0.15, declared_short, {"ratio": "declared_to_paid"}),
        Sign(PAID_OTHER_SUM, "import", 0.1, lambda c: np.abs(c.column("paid_less")), {"sum": "paid_less"}),
    ),
)
