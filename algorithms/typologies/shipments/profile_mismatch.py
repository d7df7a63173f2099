"""Goods or receiver are unlike the platform, the seller or the sender."""

from sandan.algorithms.context.sign_statistics import new_receiver, unbranded
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

RECEIVER = Reason(
    "receiver_of_many",
    "receiver",
    Sentence("One receiver takes such goods of {n:.0f} senders within 20 days", "同一收件人 20 天内收到 {n:.0f} 个发货人的此类商品"),
    marks=("declaration.items",),
)
NEW_RECEIVER = Reason(
    "new_receiver",
    "receiver",
    Sentence(
        "One receiver takes {n:.0f} parcels within 20 days, hardly any before, and no brand is declared",
        "同一收件人 20 天内收到 {n:.0f} 票，此前几乎没有，且未申报品牌",
    ),
    marks=("declaration.items",),
)

TYPOLOGY = Typology(
    name="profile_mismatch",
    label=Sentence("Unlike its platform or receiver", "与经营画像不符"),
    family="ipr",
    method="physical",
    meaning="Goods or receiver are unusual for the platform, the seller or the sender.",
    innocent="A new line of products, a season, a general market place.",
    source="Statistic of this project, weighed in the stream itself; no rule of law.",
    signs=(
        Sign(RECEIVER, "export", 0.2, unbranded("receiver_d_seller"), {"n": "receiver_d_seller"}),
        Sign(NEW_RECEIVER, "export", 0.1, new_receiver, {"n": "receiver_n"}),
    ),
)
