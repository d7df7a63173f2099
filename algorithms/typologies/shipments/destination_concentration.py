"""Parcels go to few destinations, more than chance explains."""

from sandan.algorithms.context.sign_statistics import few_places
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

GROUP = Reason(
    "few_places",
    "place",
    Sentence(
        "{share:.0%} of the {n_orders} parcels of these senders go to {country}; elsewhere {elsewhere:.1%} do",
        "该发件方 {n_orders} 票中 {share:.0%} 寄往 {country}，其他发件方为 {elsewhere:.1%}",
    ),
)
SENDER = Reason(
    "few_destinations",
    "place",
    Sentence(
        "{share:.0%} of the sender's parcels go to {country}, {lift:.0f} times what its size and the country's explain",
        "该发货人 {share:.0%} 的包裹寄往 {country}，为规模所能解释的 {lift:.0f} 倍",
    ),
    marks=("declaration.items",),
)

TYPOLOGY = Typology(
    name="destination_concentration",
    label=Sentence("Few destinations", "目的国集中"),
    family="ipr",
    method="physical",
    meaning="Parcels of a sender, or of a group of like goods, go to few destinations, far more than chance explains.",
    innocent="A shop's home market, a warehouse abroad, a holiday, customers of one influencer.",
    source="The POPMART case; permutation test against all other parcels.",
    reasons=(GROUP,),
    signs=(
        Sign(SENDER, "export", 0.1, few_places, {"share": "seller_country_share", "country": "country", "lift": "seller_country_times"}),
    ),
)
