"""Somebody or something of the consignment is on a watchlist."""

import ibis

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

CONTROL = Sentence(
    "Targeted control: its {kind} is on a watchlist of {source}: {reason}",
    "布控命中:其{kind_zh}在 {source} 的布控名单内:{reason}",
)
WATCHED = Sentence(
    "Its {kind} is on a watchlist of {source}: {reason}",
    "其{kind_zh}在 {source} 的关注名单内:{reason}",
)
NAMESAKE = Sentence(
    "It names a person of the name on a watchlist of {source}, which others may bear: {reason}",
    "其所列人员与 {source} 名单内人员同名,可能为重名:{reason}",
)
_KINDS = {"person": "人员", "telephone": "电话", "address": "地址", "company": "企业", "brand": "品牌", "goods": "商品"}


def watchlist(facts: Facts) -> list[Rule]:
    """A value of the lists is on a watchlist that is valid on the day of the consignment.

    An identity number, telephone, company code or address is compared as a whole, brands and goods as words of the texts or by the code.
    A name is borne by many, so that a name alone is never a control. An address or telephone may have passed to somebody else, an entry
    may have expired: entries count between their days only.

    Source:
        Targeting (布控) in the administration's risk management: what another office asked to look at is looked at; contract.
    """
    t = facts.table
    kind_zh = ibis.cases(*[(t.listed_kind == kind, name) for kind, name in _KINDS.items()], else_=t.listed_kind)
    values = {"kind": t.listed_kind, "kind_zh": kind_zh, "source": t.listed_source, "reason": t.listed_reason}
    hit, control, name = t.listed_kind.notnull(), t.listed_control.fill_null(False), t.listed_by_name.fill_null(False)
    return [
        Rule("watchlist", "listed_control", "watchlist", hit & control & ~name, 0.6, CONTROL, values),
        Rule("watchlist", "listed", "watchlist", hit & ~control & ~name, 0.5, WATCHED, values),
        Rule("watchlist", "listed_name", "watchlist", hit & name, 0.2, NAMESAKE, values),
    ]


def not_run(facts: Facts) -> list[str]:
    """The check lacks its table."""
    return [] if facts.rows["watchlists"] else ["watchlist: no watchlists loaded, not run"]
