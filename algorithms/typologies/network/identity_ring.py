"""Identities that few telephones, addresses or payers tie together."""

from collections.abc import Mapping

from sandan.algorithms.context.sign_statistics import building, chain, door, telephone
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology, Values

_CAUSE = "ring"
_MARKS = ("address", "order.buyer", "declaration.buyer")
_EXPLAINED = {
    "household": Sentence("a household", "家庭"),
    "one place": Sentence("one place that many use (a dormitory, a reception desk)", "同一地点（宿舍、前台）"),
    "group purchase": Sentence("a group purchase", "团购"),
}
_SHARED = (
    ("n_phones", "telephone", "telephones", "电话"),
    ("n_addresses", "address", "addresses", "地址"),
    ("n_payers", "payer or account", "payers or accounts", "支付人或账户"),
)
_CLOSE = Sentence(", closer together than chance explains (p = {p:.3f})", "，密集程度非偶然（p = {p:.3f}）")


def _words(values: Values, language: str) -> Mapping[str, object]:
    """What the identities share, how close together they buy where that is no chance, and what it looks like."""
    is_zh = language == "zh"
    parts = [
        f"{values[name]} 个{zh}" if is_zh else f"{values[name]} {one if values[name] == 1 else many}"
        for name, one, many, zh in _SHARED
        if values.get(name)
    ]
    chained = "一串电话和地址" if is_zh else "telephones and addresses in a chain"
    shared = " " + "、".join(parts) if is_zh else " and ".join(parts)
    explained = _EXPLAINED.get(str(values.get("explained")))
    return {
        "shared": shared if parts else chained,
        "close": _CLOSE.render(language, {"p": values["p_burst"]}) if values.get("p_burst") is not None else "",
        "explained": explained.render(language, {}) if explained else "",
    }


RING = Reason(
    "ring",
    _CAUSE,
    Sentence(
        "One of {n_identities} identities that share {shared}; {n_orders} orders in {span:.0f} days{close}",
        "属于 {n_identities} 个身份组成的团伙，共用{shared}；{span:.0f} 天内 {n_orders} 笔订单{close}",
    ),
    whole=Sentence(
        "{n_identities} identities share {shared}; {n_orders} orders in {span:.0f} days{close}",
        "{n_identities} 个身份共用{shared}；{span:.0f} 天内 {n_orders} 笔订单{close}",
    ),
    given={
        "explained": Sentence(
            "{n_identities} identities share {shared}; this looks like {explained}",
            "{n_identities} 个身份共用{shared}；可能属于{explained}",
        )
    },
    words=_words,
)
TELEPHONE = Reason(
    "telephone_of_many",
    _CAUSE,
    Sentence("{n:.0f} buyers have parcels with its telephone within 12 days", "12 天内 {n:.0f} 名订购人使用同一收件电话"),
    marks=_MARKS,
)
BUILDING = Reason(
    "building_of_many",
    _CAUSE,
    Sentence("{n:.0f} buyers of this seller at one building within 12 days", "12 天内同一楼栋有该商家 {n:.0f} 名订购人"),
    marks=_MARKS,
)
DOOR = Reason(
    "door_of_many",
    _CAUSE,
    Sentence("{n:.0f} buyers of this seller at one door within 12 days", "12 天内同一地址有该商家 {n:.0f} 名订购人"),
    marks=_MARKS,
)
TIED = Reason(
    "tied_to_buyers",
    _CAUSE,
    Sentence(
        "Shares telephone, door or payer with {n:.0f} buyers of the same seller", "与同一商家的 {n:.0f} 名订购人共用电话、地址或支付人"
    ),
    marks=_MARKS,
)
CHAIN_OF_BUYERS = Reason(
    "chain_of_buyers",
    _CAUSE,
    Sentence(
        "A chain of shared telephones, doors and payers joins {n:.0f} buyers of this seller",
        "通过共用电话、地址、支付人与该商家 {n:.0f} 名订购人相连",
    ),
    marks=_MARKS,
)
CHAIN_OF_GOODS = Reason(
    "chain_of_goods",
    _CAUSE,
    Sentence(
        "A chain of shared telephones, doors and payers joins {n:.0f} buyers of the same goods",
        "通过共用电话、地址、支付人与同一商品的 {n:.0f} 名订购人相连",
    ),
    marks=_MARKS,
)

TYPOLOGY = Typology(
    name="identity_ring",
    label=Sentence("Identity ring", "身份团伙"),
    family="forged",
    method="phone",
    meaning="Many identities are tied by few telephones, addresses or payers, and buy alike within days.",
    innocent="Households, dormitories, reception desks, forwarders, lockers, customers of one influencer.",
    source="Published cases of forged transactions (刷单); permutation test against random groups of the same size.",
    reasons=(RING,),
    signs=(
        Sign(TELEPHONE, "import", 0.15, telephone, {"n": "tel_d_buyer"}, of_groups=True),
        Sign(BUILDING, "import", 0.15, building, {"n": "building_seller_d_buyer"}, of_groups=True),
        Sign(DOOR, "import", 0.15, door, {"n": "door_seller_d_buyer"}, of_groups=True),
        Sign(
            TIED,
            "import",
            0.15,
            chain("people1_same_seller_d_buyer", "people1_d_buyer", "seller"),
            {"n": "people1_same_seller_d_buyer"},
            of_groups=True,
        ),
        Sign(
            CHAIN_OF_BUYERS,
            "import",
            0.15,
            chain("people2_same_seller_d_buyer", "people2_d_buyer", "seller"),
            {"n": "people2_same_seller_d_buyer"},
            of_groups=True,
        ),
        Sign(
            CHAIN_OF_GOODS,
            "import",
            0.15,
            chain("people2_same_goods_d_buyer", "people2_d_buyer", "goods"),
            {"n": "people2_same_goods_d_buyer"},
            of_groups=True,
        ),
    ),
)
