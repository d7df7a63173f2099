"""Like goods go by other channels than those of others."""

from sandan.algorithms.context.sign_statistics import fast_channels
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

FAST = Reason(
    "fast_channels",
    "channel",
    Sentence(
        "{share:.0%} of {n:.0f} parcels of its sender, or joined to it, go by express or e-commerce, {usual:.0%} of such goods do",
        "该发货人及与其关联的 {n:.0f} 票包裹中 {share:.0%} 走快件或跨境电商渠道，同类商品为 {usual:.0%}",
    ),
    marks=("declaration.items",),
)

TYPOLOGY = Typology(
    name="channel_preference",
    label=Sentence("Channel preferred", "渠道集中"),
    family="ipr",
    method="physical",
    meaning="Like goods go by express and e-commerce more than those of others.",
    innocent="Light, dear or urgent goods; an offer of the carrier; the peak season.",
    source="Statistic of this project, weighed in the stream itself; no rule of law.",
    signs=(Sign(FAST, "export", 0.1, fast_channels, {"share": "fast_share", "n": "fast_parcels", "usual": "goods_fast_share"}),),
)
