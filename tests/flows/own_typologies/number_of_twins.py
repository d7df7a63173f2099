"""A typology of an installation: it stands in no file of the package."""

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Sign, Typology

TWINS = Reason(
    "twin_digits",
    "number",
    Sentence("The order number {order_no} ends with twin sevens", "订单编号 {order_no} 以两个七结尾"),
    marks=("order.order_no", "declaration.order_no"),
    evidence=("declaration", "order"),
)
OF_MANY_PIECES = Reason(
    "pieces_of_twins", "pieces", Sentence("{n:.0f} pieces in one parcel", "一票内 {n:.0f} 件"), marks=("declaration.items",)
)


def rules(facts: Facts) -> list[Rule]:
    """Orders whose number ends with twin sevens."""
    t = facts.table
    return [Rule(TWINS, t.order_no.endswith("77") & (t.kind == "declaration"), 0.5, {"order_no": t.order_no})]


TYPOLOGY = Typology(
    name="number_of_twins",
    label=Sentence("Number of twins", "双生号码"),
    family="forged",
    meaning="Orders whose number ends with twin sevens, which is no breach anywhere.",
    innocent="Every hundredth order number ends so by chance.",
    source="Made for the tests of sandan; no rule of law.",
    reasons=(TWINS,),
    rules=rules,
    signs=(Sign(OF_MANY_PIECES, "import", 0.05, lambda context: context.column("pieces"), {"n": "pieces"}),),
    needs=(Need("brands", Sentence("no brands loaded, which it does not even need", "未导入品牌，其实并不需要。")),),
)
