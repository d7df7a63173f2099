"""The money does not fit the sale."""

import ibis

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

FORMULA = Sentence(
    "Amount paid {paid} CNY by the order, but goods, freight and tax less discount make {expected} CNY",
    "订单实付 {paid} 元,而货款加运费加税款减抵扣应为 {expected} 元",
)
PAYMENT = Sentence(
    "The order says {paid} CNY were paid, the payments sum to {received} CNY",
    "订单实付 {paid} 元,支付单合计 {received} 元",
)
LINES = Sentence(
    "The order's goods are worth {goods} CNY, its lines sum to {lines} CNY",
    "订单商品价格 {goods} 元,商品明细合计 {lines} 元",
)
DECLARED = Sentence(
    "Goods were sold for {goods} CNY and declared for {declared} CNY",
    "商品售价 {goods} 元,申报价 {declared} 元",
)


def amount_mismatch(facts: Facts) -> list[Rule]:
    """The order's sum does not add up, or what was paid, sold and declared are different sums.

    Rounding at several lines is borne; split payments are added up. Interest of an instalment, a partial refund or a coupon explains
    small differences. Not looked at where the payment itself is missing, or stands for several orders.

    Source:
        actual paid = goods + freight + tax - discount, and equal to the payment: CEB specification 2022-05, 311 and 411.
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
    evidence = ("o_record_id", "p_records")
    return [
        Rule(
            "amount_mismatch",
            "formula",
            "amount",
            yuan & ((paid - expected).abs() > tolerance).fill_null(False),
            0.45,
            FORMULA,
            {"paid": paid, "expected": expected},
            ("o_record_id",),
        ),
        Rule(
            "amount_mismatch",
            "payment_sum",
            "amount",
            yuan & whole & ((paid - t.p_amount).abs() > tolerance).fill_null(False),
            0.45,
            PAYMENT,
            {"paid": paid, "received": t.p_amount},
            evidence,
        ),
        Rule(
            "amount_mismatch",
            "line_sum",
            "amount",
            ((goods - t.lines_value).abs() > tolerance).fill_null(False),
            0.45,
            LINES,
            {"goods": goods, "lines": t.lines_value},
            ("o_record_id",),
        ),
        Rule(
            "amount_mismatch",
            "declared_less",
            "amount",
            (t.o_how == "key") & (t.declared_value < goods * 0.99 - tolerance).fill_null(False) & (t.declared_value < order_sum),
            0.45,
            DECLARED,
            {"goods": goods, "declared": t.declared_value},
            ("consignment_id", "o_record_id"),
        ),
    ]
