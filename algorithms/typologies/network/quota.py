"""Much of the yearly allowance is used in a short time."""

from sandan.algorithms.context.sign_statistics import lent_together
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

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

TYPOLOGY = Typology(
    name="quota",
    label=Sentence("Allowance used up", "额度异常"),
    family="forged",
    method="document",
    meaning="One buyer, or buyers who share a telephone, address or payer, use much of the yearly allowance in a short time.",
    innocent="A heavy honest buyer; one account for a family.",
    source="Yearly limit of 26,000 CNY and 5,000 CNY for one transaction: circular Cai Guan Shui 2018 no. 49.",
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
