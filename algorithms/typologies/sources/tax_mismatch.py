"""The tax is not what the rates of the day make."""

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Typology

_MARKS = ("declaration.items", "order.tax_total")
BILLED = Reason(
    "tax_billed",
    "tax",
    Sentence(
        "The tax bill charges {tax} CNY where the rates of the day make {least} to {most} CNY",
        "电子税单税额 {tax} 元，按当日税率应为 {least} 至 {most} 元",
    ),
    marks=_MARKS,
)
WITHHELD = Reason(
    "tax_withheld",
    "tax",
    Sentence(
        "The order withholds {tax} CNY of tax where the rates of the day make {least} to {most} CNY",
        "订单代扣税款 {tax} 元，按当日税率应为 {least} 至 {most} 元",
    ),
    marks=_MARKS,
)


def rules(facts: Facts) -> list[Rule]:
    """The tax of the bill or, before there is one, that which the order withholds is outside of what can be due.

    Bounds, not one figure: freight and insurance may be part of the price or come on top, a rate may have changed between order and
    declaration, each line is rounded. An order that withholds nothing is not judged: the seller may bear the tax. Above the limit of one
    transaction full tax and duty may be due, so that only too little tax is found.
    """
    t = facts.table
    tolerance = t.tax_rounding + facts.settings.match.amount_cny
    withheld = t.tax_billed.isnull() & (t.tax_withheld > 0)
    found = []
    for reason, tax, there, strength in (
        (BILLED, t.tax_billed, t.tax_billed.notnull(), 0.45),
        (WITHHELD, t.tax_withheld, withheld, 0.35),
    ):
        outside = (tax < t.tax_least - tolerance) | (tax > t.tax_most + tolerance).fill_null(False)
        values = {name: amount.cast("float64") for name, amount in (("tax", tax), ("least", t.tax_least), ("most", t.tax_most))}
        found.append(Rule(reason, there & outside.fill_null(False), strength, values))
    return found


TYPOLOGY = Typology(
    name="tax_mismatch",
    label=Sentence("Tax differs", "税款不符"),
    family="other",
    method="document",
    meaning="The tax of the bill, or that which the order withholds, is outside of what can be due.",
    innocent="Freight and insurance in or out of the price, rounding of lines, a rate that changed between order and declaration.",
    source="Value-added and consumption tax at 70 %: circulars Cai Guan Shui 2016 no. 18 and 2018 no. 49; sums of the 816.",
    reasons=(BILLED, WITHHELD),
    rules=rules,
    needs=(Need("tax_rates", Sentence("no tax_rates loaded, not run", "未导入税率，未执行。")),),
)
