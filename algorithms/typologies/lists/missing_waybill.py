"""Declared, and no waybill ever came."""

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Typology

MISSING = Reason(
    "missing_waybill",
    "waybill",
    Sentence(
        "No waybill message for {logistics_no} of carrier {logistics_code}, {days:.0f} days after the declaration",
        "物流企业 {logistics_code} 的运单 {logistics_no} 没有运单信息，申报后已过 {days:.0f} 天",
    ),
    marks=("waybill",),
    evidence=("declaration", "order"),
    absence=True,
)


def rules(facts: Facts) -> list[Rule]:
    """A parcel was declared, and its waybill was not sent after the usual delay, or it was delivered without one."""
    t = facts.table
    when = (t.kind == "declaration") & t.w_record_id.isnull() & facts.overdue("waybill") & facts.received("waybills")
    values = {"logistics_no": t.logistics_no, "logistics_code": t.logistics_code, "days": facts.days_known()}
    return [Rule(MISSING, when, 0.55, values)]


TYPOLOGY = Typology(
    name="missing_waybill",
    label=Sentence("Waybill missing", "无运单"),
    family="forged",
    method="document",
    meaning="A parcel is declared, and its waybill was not sent after the usual delay.",
    innocent="A late list; a changed carrier; bonded goods that are sent later; carriers that never report a delivery.",
    source="Three-list comparison at declaration: GACC announcement 194 of 2018.",
    reasons=(MISSING,),
    rules=rules,
)
