"""Declared for more than such goods cost."""

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Typology

OVER = Reason(
    "over_prices",
    "price",
    Sentence(
        "Declared for {declared} CNY, {times:.1f} times the dearest price of the same goods, {reference} CNY ('{item}')",
        "申报价 {declared} 元，为同类商品最高参考价 {reference} 元的 {times:.1f} 倍（“{item}”）",
    ),
    marks=("declaration.items",),
)
SLIP = Reason(
    "over_slip",
    "price",
    Sentence(
        "Declared for {declared} CNY, {times:.1f} times the dearest price of the same goods, {reference} CNY; a slip of the unit or the "
        "currency would explain it ('{item}')",
        "申报价 {declared} 元，为同类商品最高参考价 {reference} 元的 {times:.1f} 倍，可能为计量单位或币制填写错误（“{item}”）",
    ),
    marks=("declaration.items",),
)


def rules(facts: Facts) -> list[Rule]:
    """Goods declared at several times the dearest price of the same goods in the same pack.

    Money goes abroad as the price of goods, more tax is refunded at export, or a quota is used up on paper. Limited editions are dear too;
    a slip of the unit or of the currency makes a factor of its own and counts less.
    """
    t = facts.table
    times = t.u_declared / t.u_high.nullif(0.0)
    high, slip = (times > facts.over_threshold).fill_null(False), t.u_slip.fill_null(False)
    values = {"declared": t.u_declared, "reference": t.u_high, "times": times, "item": t.u_item}
    return [Rule(OVER, high & ~slip, 0.3, values), Rule(SLIP, high & slip, 0.15, values)]


TYPOLOGY = Typology(
    name="overvaluation",
    label=Sentence("Overvaluation", "高报价格"),
    family="forged",
    method="document",
    meaning="Goods are declared at several times the highest price of the same goods.",
    innocent="Limited editions; a slip of the unit or of the currency.",
    source="Uses of high prices, such as export refund and transfer of capital: FATF, trade-based money laundering.",
    reasons=(OVER, SLIP),
    rules=rules,
)
