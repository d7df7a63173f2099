"""What was ordered is not what was declared."""

from sandan.algorithms.context.sign_statistics import other_goods, other_weight
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

_MARKS = ("order.items", "declaration.items")
OTHER_GOODS = Reason(
    "other_goods",
    "goods",
    Sentence(
        "Order and declaration name different goods, as they do for {others:.0%} of the shop's sales of these goods",
        "订单与申报的商品不同，该店铺同类商品中 {others:.0%} 亦如此",
    ),
    marks=_MARKS,
)
OTHER_WEIGHT = Reason(
    "other_weight",
    "goods",
    Sentence("Weighs {ratio:.1f} times what such goods weigh apiece", "单件重量为同类商品的 {ratio:.1f} 倍"),
    marks=_MARKS,
)

TYPOLOGY = Typology(
    name="goods_mismatch",
    label=Sentence("Goods differ", "商品不符"),
    family="forged",
    method="physical",
    meaning="Order and declaration name different goods, or the weight is not that of such goods.",
    innocent="A shop's name for the goods, translation, kits against parts, conversion of units.",
    source="Lines of the declaration are those of the order: CEB specification, edition 2022-05, 621. "
    "Statistic of this project, weighed in the stream itself; no rule of law.",
    signs=(
        Sign(OTHER_GOODS, "import", 0.1, other_goods, {"others": "seller_goods_m_names_differ"}),
        Sign(OTHER_WEIGHT, "import", 0.05, other_weight, {"ratio": "piece_weight_ratio"}),
    ),
)
