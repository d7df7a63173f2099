"""Much of the yearly allowance is used in a short time."""

from sandan.algorithms.context.sign_statistics import lent_together
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Sign, Typology

_MARKS = ("declaration.items", "order.buyer", "declaration.buyer")
IN_DAYS = Reason(
    "buyer_in_days",
    "quota",
    Sentence("The buyer takes goods for {sum:,.0f} CNY within 24 days", "该订购人 24 天内购入 {sum:,.0f} 元"),
    marks=_MARKS,
)
LENT = Reason(
    "lent_allowances",
    "quota",
    Sentence(
        "{n:.0f} buyers that share telephone, door or payer take {sum:,.0f} CNY of one seller",
        "共用电话、地址或支付人的 {n:.0f} 名订购人在同一商家购入 {sum:,.0f} 元",
    ),
    marks=_MARKS,
)
IN_YEAR = Reason(
    "buyer_in_year",
    "quota",
    Sentence("The buyer took goods for {sum:,.0f} CNY within a year", "该订购人一年内购入 {sum:,.0f} 元"),
    marks=_MARKS,
)
ABOVE = Reason(
    "above_allowance",
    "quota",
    Sentence(
        "With this declaration the buyer comes to {sum:,.2f} CNY in the calendar year, above the limit of {limit:,.0f}",
        "加上本票，该订购人本自然年累计 {sum:,.2f} 元，超过年度限值 {limit:,.0f} 元",
    ),
    marks=_MARKS,
)


def rules(facts: Facts) -> list[Rule]:
    """The year's limit is exceeded, and what was charged is less than the full tax that is due then.

    With part of the data the sum is a lower bound, so that what is above the limit is so for certain.
    """
    t = facts.table
    in_full = (t.tax_charged >= t.tax_full - t.tax_rounding).fill_null(False)
    values = {"sum": (t.quota_used + t.tax_dutiable).cast("float64"), "limit": t.quota_limit.cast("float64")}
    return [Rule(ABOVE, (t.tax_over == "year") & ~in_full, 0.45, values)]


TYPOLOGY = Typology(
    name="quota",
    label=Sentence("Allowance used up", "额度异常"),
    family="forged",
    method="document",
    meaning="One buyer, or buyers who share a telephone, address or payer, use much of the yearly allowance in a short time.",
    innocent="A heavy honest buyer; one account for a family.",
    source="Yearly limit of 26,000 CNY and 5,000 CNY for one transaction: circular Cai Guan Shui 2018 no. 49.",
    reasons=(ABOVE,),
    rules=rules,
    signs=(
        Sign(IN_DAYS, "import", 0.05, lambda c: c.column("buyer_window_value"), {"sum": "buyer_window_value"}, of_groups=True),
        Sign(
            LENT,
            "import",
            0.05,
            lent_together,
            {"n": "people1_same_seller_d_buyer", "sum": "people1_same_seller_value"},
            of_groups=True,
        ),
        Sign(IN_YEAR, "import", 0.05, lambda c: c.column("buyer_year"), {"sum": "buyer_year"}, of_groups=True),
    ),
)
