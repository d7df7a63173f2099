"""Somebody or something of the consignment is on a watchlist."""

from collections.abc import Mapping

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Typology, Values

_CAUSE = "watchlist"
_MARKS = ("order.buyer", "declaration.buyer", "address", "declaration.items")
_KINDS_ZH = {"person": "人员", "telephone": "电话", "address": "地址", "company": "企业", "brand": "品牌", "goods": "商品"}


def _kind(values: Values, language: str) -> Mapping[str, object]:
    """What is on the list."""
    return {"kind": _KINDS_ZH.get(str(values["kind"]), values["kind"])} if language == "zh" and "kind" in values else {}


# It comes from an office that knows more, so that the score never falls under `t_high`.
CONTROL = Reason(
    "listed_control",
    _CAUSE,
    Sentence(
        "Targeted control: its {kind} is on a watchlist of {source}: {reason}", "布控命中：其{kind}在 {source} 的布控名单内：{reason}"
    ),
    marks=_MARKS,
    words=_kind,
    floor="t_high",
)
WATCHED = Reason(
    "listed",
    _CAUSE,
    Sentence("Its {kind} is on a watchlist of {source}: {reason}", "其{kind}在 {source} 的关注名单内：{reason}"),
    marks=_MARKS,
    words=_kind,
)
NAMESAKE = Reason(
    "listed_name",
    _CAUSE,
    Sentence(
        "It names a person of the name on a watchlist of {source}, which others may bear: {reason}",
        "其所列人员与 {source} 名单内人员同名，可能为重名：{reason}",
    ),
    marks=("order.buyer", "payment.payer", "declaration.buyer"),
)

PROFILED = Reason(
    "profiled",
    "profile",
    Sentence(
        'It bears all traits of the risk profile "{profile}" of {source}: {reason}',
        "符合 {source} 的风险画像“{profile}”的全部特征：{reason}",
    ),
    marks=("declaration.items",),
)


def rules(facts: Facts) -> list[Rule]:
    """A value of the lists is on a watchlist that is valid on the day of the consignment.

    An identity number, telephone, company code or address is compared as a whole, brands and goods as words of the texts or by the code.
    A name is borne by many, so that a name alone is never a control. An address or telephone may have passed to somebody else, an entry
    may have expired: entries count between their days only. A risk profile names traits, not parties: it never holds a grade.
    """
    t = facts.table
    entry = {"source": t.listed_source, "reason": t.listed_reason}
    values = {"kind": t.listed_kind, **entry}
    hit, control, name = t.listed_kind.notnull(), t.listed_control.fill_null(False), t.listed_by_name.fill_null(False)
    return [
        Rule(CONTROL, hit & control & ~name, 0.6, values),
        Rule(WATCHED, hit & ~control & ~name, 0.5, values),
        Rule(NAMESAKE, hit & name, 0.2, entry),
        Rule(
            PROFILED,
            t.profile_name.notnull(),
            0.3,
            {"profile": t.profile_name, "source": t.profile_source, "reason": t.profile_reason},
        ),
    ]


TYPOLOGY = Typology(
    name="watchlist",
    label=Sentence("On a watchlist", "名单命中"),
    family="other",
    method="physical",
    meaning="A value of the lists is on a watchlist that is valid on the day, or the consignment bears all traits of a risk profile.",
    innocent="A name that many bear; an address or telephone that went to somebody else; an entry that expired; most of what fits.",
    source="Targeting (布控): what another office asked to look at.",
    reasons=(CONTROL, WATCHED, NAMESAKE, PROFILED),
    rules=rules,
    needs=(Need("watchlists", Sentence("no watchlists loaded, not run", "未导入名单，未执行。")),),
)
