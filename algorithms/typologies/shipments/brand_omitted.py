"""A recorded brand is left out of the declaration."""

from collections.abc import Mapping

from sandan.algorithms.context.sign_statistics import alluded, young
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology, Values

_MARKS = ("declaration.items",)


def _brand(values: Values, language: str) -> Mapping[str, object]:
    """The brand in brackets, where it is known."""
    brackets = "（{}）" if language == "zh" else " ({})"
    return {"brand": brackets.format(values["brand"]) if values.get("brand") else ""}


LEFT_OFF = Reason(
    "brand_left_off",
    "brand",
    Sentence(
        "{omitted} of {n_orders} parcels of these senders name no recorded brand; "
        "of other parcels of such goods {expected:.0f} would{brand}",
        "该发件方 {n_orders} 票中 {omitted} 票未申报备案品牌，同类商品通常应有 {expected:.0f} 票申报{brand}",
    ),
    words=_brand,
)
ALLUDED = Reason(
    "brand_alluded",
    "brand",
    Sentence(
        "The goods are described by a recorded brand or as its copy, which the declaration leaves out{brand}",
        "商品描述指向备案品牌或其仿品，申报中未注明{brand}",
    ),
    marks=_MARKS,
    words=_brand,
)
AROUND = Reason(
    "brand_around",
    "brand",
    Sentence(
        "Declares no brand; parcels that share its sender, receiver or doors are described by a recorded brand",
        "未申报品牌，与其共用发件人、收件人或地址的包裹指向备案品牌",
    ),
    marks=_MARKS,
)
YOUNG_SENDER = Reason(
    "young_sender",
    "young",
    Sentence(
        "The sender was registered {days:.0f} days ago and declares no brand on goods that usually bear one",
        "发货人注册仅 {days:.0f} 天，未申报此类商品通常具有的品牌",
    ),
    marks=_MARKS,
)

TYPOLOGY = Typology(
    name="brand_omitted",
    label=Sentence("Brand omitted", "漏报品牌"),
    family="ipr",
    method="physical",
    meaning="Texts, codes or neighbours point at a recorded brand that the declaration leaves out.",
    innocent="Goods without a brand; made for the holder of the right; accessories for a brand; words that equal a brand.",
    source="The POPMART case; recorded rights in the table `brands`.",
    reasons=(LEFT_OFF,),
    signs=(
        Sign(ALLUDED, "export", 0.3, alluded, {"brand": "alluded_brand"}),
        Sign(AROUND, "export", 0.1, lambda c: c.column("unbranded") * c.column("senders2_m_allude")),
        Sign(YOUNG_SENDER, "export", 0.1, young, {"days": "seller_days"}),
    ),
)
