"""The goods go elsewhere than the lists say."""

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

OTHER_PROVINCE = Sentence(
    "The {a_first} names an address in another province than the {a_second}: {a_masked} / {b_masked}",
    "{a_first_zh}与{a_second_zh}的收货地址不在同一省份:{a_masked} / {b_masked}",
)
OTHER_PLACE = Sentence(
    "The {a_first} and the {a_second} name different addresses: {a_masked} / {b_masked}",
    "{a_first_zh}与{a_second_zh}的收货地址不同:{a_masked} / {b_masked}",
)
PICKUP = Sentence(
    "The parcel was handed over at a locker or pick-up point near the address of the {a_first}: {b_masked}",
    "包裹在{a_first_zh}所列地址附近的自提柜或代收点交付:{b_masked}",
)
SIMILAR_PLACE = Sentence(
    "The addresses of {a_first} and {a_second} are nearly, not quite the same: {a_masked} / {b_masked}",
    "{a_first_zh}与{a_second_zh}的收货地址相近但不完全相同:{a_masked} / {b_masked}",
)
# Below this two addresses have hardly a street in common.
_FAR = 0.6


def address_mismatch(facts: Facts) -> list[Rule]:
    """Order, waybill, declaration and the place where the parcel was really delivered do not name one address.

    Different writings of one place are borne. A parcel locker or a pick-up point near by, a forwarder, or an address changed on request
    look the same; another province is hard to explain.

    Source:
        The three consignee fields must be equal: CEB specification 2022-05, 511; the milk-powder case for the delivery.
    """
    t = facts.table
    apart = t.alike.notnull()
    pickup = apart & (t.a_kind == "locker") & ~t.other_province
    far = apart & ~pickup & ~t.other_province & (t.alike < _FAR)
    values = {"a_first": t.a_first, "a_second": t.a_second, "a_text": t.a_text, "b_text": t.b_text}
    evidence = ("consignment_id", "o_record_id", "w_record_id", "t_record_id")
    return [
        Rule("address_mismatch", "other_province", "address", apart & t.other_province, 0.55, OTHER_PROVINCE, values, evidence),
        Rule("address_mismatch", "other_place", "address", far, 0.45, OTHER_PLACE, values, evidence),
        Rule("address_mismatch", "pickup", "address", pickup, 0.15, PICKUP, values, evidence),
        Rule(
            "address_mismatch",
            "similar_place",
            "address",
            apart & ~pickup & ~t.other_province & (t.alike >= _FAR),
            0.25,
            SIMILAR_PLACE,
            values,
            evidence,
        ),
    ]


def not_run(facts: Facts) -> list[str]:
    """Parts of the check that lack their table."""
    return [] if facts.rows["tracking"] else ["address_mismatch: no tracking loaded, the place of delivery was not compared"]
