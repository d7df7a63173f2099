"""The tax is not what the rates of the day make."""

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

BILLED = Sentence(
    "The tax bill charges {tax} CNY where the rates of the day make {least} to {most} CNY",
    "电子税单税额 {tax} 元,按当日税率应为 {least} 至 {most} 元",
)
WITHHELD = Sentence(
    "The order withholds {tax} CNY of tax where the rates of the day make {least} to {most} CNY",
    "订单代扣税款 {tax} 元,按当日税率应为 {least} 至 {most} 元",
)


def tax_mismatch(facts: Facts) -> list[Rule]:
    """The tax of the bill or, before there is one, that which the order withholds is outside of what can be due.

    Bounds, not one figure: freight and insurance may be part of the price or come on top, a rate may have changed between order and
    declaration, each line is rounded. An order that withholds nothing is not judged: the seller may bear the tax. Above the limit of one
    transaction full tax and duty may be due, so that only too little tax is found.

    Source:
        VAT and consumption tax at 70 % within the limits, dutiable value with freight and insurance: circulars Cai Guan Shui 2016 no. 18
        and 2018 no. 49; sums of the 816: CEB specification 2022-05.
    """
    t = facts.table
    tolerance = t.tax_rounding + float(facts.settings.match.amount_cny)
    withheld = t.tax_billed.isnull() & (t.tax_withheld > 0)
    rules = []
    for reason, tax, there, strength, sentence in (
        ("tax_billed", t.tax_billed, t.tax_billed.notnull(), 0.45, BILLED),
        ("tax_withheld", t.tax_withheld, withheld, 0.35, WITHHELD),
    ):
        outside = (tax < t.tax_least - tolerance) | (tax > t.tax_most + tolerance).fill_null(False)
        values = {"tax": tax, "least": t.tax_least, "most": t.tax_most}
        rules.append(Rule("tax_mismatch", reason, "tax", there & outside.fill_null(False), strength, sentence, values))
    return rules


def not_run(facts: Facts) -> list[str]:
    """The check lacks its table."""
    return [] if facts.rows["tax_rates"] else ["tax_mismatch: no tax_rates loaded, not run"]
