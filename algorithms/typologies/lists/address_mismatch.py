"""The goods go elsewhere than the lists say."""

from collections.abc import Mapping

from sandan.algorithms.context.sign_statistics import delivered_elsewhere
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Sign, Typology, Values

_CAUSE = "address"
_EVIDENCE = ("declaration", "order", "waybill", "tracking")
_SOURCES_ZH = {"order": "订单", "declaration": "清单", "waybill": "运单", "delivery": "实际签收"}


def _sources(values: Values, language: str) -> Mapping[str, object]:
    """Names of the two lists."""
    if language != "zh":
        return {}
    return {name: _SOURCES_ZH.get(str(values[name]), values[name]) for name in ("a_first", "a_second") if name in values}


OTHER_PROVINCE = Reason(
    "other_province",
    _CAUSE,
    Sentence(
        "The {a_first} names an address in another province than the {a_second}: {a} / {b}",
        "{a_first}与{a_second}的收货地址不在同一省份：{a} / {b}",
    ),
    marks=("address",),
    evidence=_EVIDENCE,
    words=_sources,
)
OTHER_PLACE = Reason(
    "other_place",
    _CAUSE,
    Sentence("The {a_first} and the {a_second} name different addresses: {a} / {b}", "{a_first}与{a_second}的收货地址不同：{a} / {b}"),
    marks=("address",),
    evidence=_EVIDENCE,
    words=_sources,
)
PICKUP = Reason(
    "pickup",
    _CAUSE,
    Sentence(
        "The parcel was handed over at a locker or pick-up point near the address of the {a_first}: {b}",
        "包裹在{a_first}所列地址附近的自提柜或代收点交付：{b}",
    ),
    marks=("address",),
    evidence=_EVIDENCE,
    words=_sources,
)
SIMILAR_PLACE = Reason(
    "similar_place",
    _CAUSE,
    Sentence(
        "The addresses of {a_first} and {a_second} are nearly, not quite the same: {a} / {b}",
        "{a_first}与{a_second}的收货地址相近但不完全相同：{a} / {b}",
    ),
    marks=("address",),
    evidence=_EVIDENCE,
    words=_sources,
)
SENT_ELSEWHERE = Reason(
    "sent_elsewhere",
    _CAUSE,
    Sentence(
        "Goes to another address than ordered, as {others:.0%} of the shop's others do",
        "送往与订单不同的地址，该店铺其他包裹中 {others:.0%} 亦如此",
    ),
    marks=("address",),
)
# Below this two addresses have hardly a street in common.
_FAR = 0.6


def rules(facts: Facts) -> list[Rule]:
    """Order, waybill, declaration and the place where the parcel was really delivered do not name one address.

    Different writings of one place are borne. A parcel locker or a pick-up point near by, a forwarder, or an address changed on request
    look the same; another province is hard to explain.
    """
    t = facts.table
    apart = t.alike.notnull()
    pickup = apart & (t.a_kind == "locker") & ~t.other_province
    near = apart & ~pickup & ~t.other_province
    values = {"a_first": t.a_first, "a_second": t.a_second, "a": t.a_text, "b": t.b_text}
    return [
        Rule(OTHER_PROVINCE, apart & t.other_province, 0.55, values, ("a", "b")),
        Rule(OTHER_PLACE, near & (t.alike < _FAR), 0.45, values, ("a", "b")),
        Rule(PICKUP, pickup, 0.15, values, ("a", "b")),
        Rule(SIMILAR_PLACE, near & (t.alike >= _FAR), 0.25, values, ("a", "b")),
    ]


TYPOLOGY = Typology(
    name="address_mismatch",
    label=Sentence("Addresses differ", "地址不符"),
    family="forged",
    method="tracking",
    meaning="Order, waybill, declaration and delivery do not name one address.",
    innocent="Other writings of one address, a locker near by, a forwarder, a change on request.",
    source="The consignee's fields must be equal: CEB specification, edition 2022-05, 511; the milk-powder case for the delivery.",
    reasons=(OTHER_PROVINCE, OTHER_PLACE, PICKUP, SIMILAR_PLACE),
    rules=rules,
    signs=(Sign(SENT_ELSEWHERE, "import", 0.2, delivered_elsewhere, {"others": "seller_m_sent_elsewhere"}),),
    needs=(Need("tracking", Sentence("no tracking loaded, the place of delivery was not compared", "未导入物流轨迹，未比对实际签收地。")),),
)
