"""One lot comes in several parcels, each under the limit."""

from sandan.algorithms.context.sign_statistics import lot_at_door, lot_on_bill, own_lot
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

_MARKS = ("declaration.items", "address")
# A lot and a ring tie the same people: they count once.
LOT = Reason(
    "lot",
    "ring",
    Sentence(
        "The same goods came in {n_orders} parcels within {span:.0f} days, together {total:,.0f} CNY, each under the limit of 5,000 CNY",
        "同一商品在 {span:.0f} 天内分 {n_orders} 票进境，合计 {total:,.0f} 元，每票均低于 5,000 元限值",
    ),
)
OF_BUYER = Reason(
    "lot_of_buyer",
    "lot",
    Sentence(
        "{n:.0f} orders of one buyer with one seller within a month, this one just under the limit",
        "同一订购人一个月内在同一商家下单 {n:.0f} 次，本票接近限值",
    ),
    marks=_MARKS,
)
AT_DOOR = Reason(
    "lot_at_door",
    "lot",
    Sentence("{n:.0f} parcels with the same goods to one door within 20 days", "20 天内同一地址收到 {n:.0f} 票同类商品"),
    marks=_MARKS,
)
ON_BILL = Reason(
    "lot_on_bill",
    "lot",
    Sentence("{n:.0f} parcels of this seller on one bill go to {doors:.0f} doors", "同一提单内该商家 {n:.0f} 票寄往 {doors:.0f} 个地址"),
    marks=_MARKS,
)

TYPOLOGY = Typology(
    name="split_lot",
    label=Sentence("Split lot", "化整为零"),
    family="forged",
    method="phone",
    meaning="One person, address or telephone gets the same goods in several parcels within days, each under the limit, together above.",
    innocent="A shop that ships items apart; a leader of a group purchase; dormitories; monthly supplies.",
    source="Limit of one transaction: circular Cai Guan Shui 2018 no. 49. Window and count are our rule.",
    reasons=(LOT,),
    signs=(
        Sign(OF_BUYER, "import", 0.1, own_lot, {"n": "buyer_seller_n"}, of_groups=True),
        Sign(AT_DOOR, "import", 0.1, lot_at_door, {"n": "door_goods_n"}, of_groups=True),
        Sign(ON_BILL, "import", 0.1, lot_on_bill, {"n": "bill_seller_n", "doors": "bill_seller_d_door"}, of_groups=True),
    ),
)
