"""Operators who move together."""

from sandan.algorithms.context.sign_statistics import trio
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

TRIO = Reason(
    "trio_together",
    "operators",
    Sentence(
        "Seller, carrier and declarant meet {lift:.0f} times as often as their sizes explain, in {n:.0f} parcels of a month",
        "该商家、物流与申报企业的组合出现频次为其规模所能解释的 {lift:.0f} 倍，一个月内 {n:.0f} 票",
    ),
    marks=("declaration.agent_code", "waybill.logistics_code", "declaration.ebc_code"),
)

TYPOLOGY = Typology(
    name="operator_triangle",
    label=Sentence("Operators that move together", "企业关联"),
    family="forged",
    method="document",
    meaning="Seller, carrier and declarant meet far more often than their sizes explain.",
    innocent="Groups with a payment company and a carrier of their own; a small port with one agent.",
    source="Statistic of this project, weighed in the stream itself; no rule of law.",
    signs=(Sign(TRIO, "import", 0.1, trio, {"lift": "trio_times", "n": "trio_n"}),),
)
