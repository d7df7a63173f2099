"""Many senders who share what one sender has."""

from sandan.algorithms.context.sign_statistics import unbranded
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

_MARKS = ("declaration.items",)
GROUP = Reason(
    "shared_senders",
    "sender",
    Sentence(
        "{n_senders} senders share {n_shared} telephones or addresses and send parcels that are alike",
        "{n_senders} 个发件人共用 {n_shared} 个电话或地址，所寄包裹高度相似",
    ),
)
ON_TELEPHONE = Reason(
    "senders_on_telephone",
    "sender",
    Sentence("{n:.0f} senders share its sender's telephone, and it declares no brand", "{n:.0f} 个发货人共用同一发件电话，且未申报品牌"),
    marks=_MARKS,
)
AT_DOOR = Reason(
    "senders_at_door",
    "sender",
    Sentence("{n:.0f} senders share its sender's address, and it declares no brand", "{n:.0f} 个发货人共用同一发件地址，且未申报品牌"),
    marks=_MARKS,
)
IN_CHAIN = Reason(
    "senders_in_chain",
    "sender",
    Sentence(
        "A chain of shared telephones, doors and receivers joins {n:.0f} senders of such goods to one country",
        "通过共用电话、地址、收件人与 {n:.0f} 个发货人相连，同类商品寄往同一国家",
    ),
    marks=_MARKS,
)
# One name behind many telephones says something else than many names behind one.
TELEPHONES = Reason(
    "telephones_of_sender",
    "telephones",
    Sentence(
        "The sender uses {n:.0f} telephones within 20 days, and declares no brand", "该发货人 20 天内使用 {n:.0f} 个发件电话，且未申报品牌"
    ),
    marks=_MARKS,
)

TYPOLOGY = Typology(
    name="sender_cluster",
    label=Sentence("Shared senders", "发件人关联"),
    family="ipr",
    method="physical",
    meaning="Many senders share telephones, addresses, texts and weights.",
    innocent="A consolidator or forwarder, an industrial park, an export agent.",
    source="The POPMART case; permutation test against random groups of the same size.",
    reasons=(GROUP,),
    signs=(
        Sign(ON_TELEPHONE, "export", 0.2, unbranded("sender_tel_d_seller"), {"n": "sender_tel_d_seller"}),
        Sign(TELEPHONES, "export", 0.1, unbranded("seller_exports_d_sender_tel"), {"n": "seller_exports_d_sender_tel"}),
        Sign(AT_DOOR, "export", 0.1, unbranded("sender_door_d_seller"), {"n": "sender_door_d_seller"}),
        Sign(IN_CHAIN, "export", 0.1, unbranded("senders2_same_trade_d_seller"), {"n": "senders2_same_trade_d_seller"}),
    ),
)
