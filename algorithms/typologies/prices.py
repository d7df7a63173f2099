"""The declared price is not what such goods cost."""

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

UNDER_MARKET = Sentence(
    "Declared for {declared} CNY where the market price is {reference} CNY ({percent:.0f} %; {n:.0f} prices seen, '{item}')",
    "申报价 {declared} 元,市场参考价 {reference} 元({percent:.0f}%;{n:.0f} 条价格,“{item}”)",
)
UNDER_PEERS = Sentence(
    "Declared for {declared} CNY where other sellers declare {reference} CNY for the same goods ({percent:.0f} %; {n:.0f} lines, '{item}')",
    "申报价 {declared} 元,其他商家同类商品申报价 {reference} 元({percent:.0f}%;{n:.0f} 条记录,“{item}”)",
)
# A price of another pack is a bound, and has to be called one.
UNDER_MARKET_PACK = Sentence(
    "Declared for {declared} CNY where the market price, of another pack cut to what this one holds, makes {reference} CNY at least "
    "({percent:.0f} %; {n:.0f} prices seen, '{item}')",
    "申报价 {declared} 元,按其他规格市场参考价折算到本规格至少为 {reference} 元({percent:.0f}%;{n:.0f} 条价格,“{item}”)",
)
UNDER_PEERS_PACK = Sentence(
    "Declared for {declared} CNY where other sellers' price, of another pack cut to what this one holds, makes {reference} CNY at least "
    "({percent:.0f} %; {n:.0f} lines, '{item}')",
    "申报价 {declared} 元,按其他商家其他规格申报价折算到本规格至少为 {reference} 元({percent:.0f}%;{n:.0f} 条记录,“{item}”)",
)
# Below half of every reference a sale is no usual explanation any more.
_HALF = 0.5


def undervaluation(facts: Facts) -> list[Rule]:
    """Goods declared far under the market price, or under what other sellers declare for the same goods.

    Only goods that agree in pack, stage, size and model are compared; of another pack the price is a bound, and the sentence says so.
    Sales, clearance, near expiry, bundles and used goods are cheap too. Where the line between cheap and too cheap lies is learned from
    the spread of all prices; gifts at price zero are left out.

    Source:
        Declared price against the platform's market price and against the normal level: the administration's published analysis before
        arrival.
    """
    t = facts.table
    low = (t.u_ratio < facts.price_threshold).fill_null(False)
    values = {"declared": t.u_declared, "reference": t.u_reference, "percent": t.u_ratio * 100.0, "n": t.u_n, "item": t.u_item}
    score = (t.u_ratio < _HALF).ifelse(0.5, 0.45)
    market, scaled = t.u_source == "market", t.u_scaled.fill_null(False)
    return [
        Rule("undervaluation", "under_market", "price", low & market & ~scaled, score, UNDER_MARKET, values),
        Rule("undervaluation", "under_market", "price", low & market & scaled, score, UNDER_MARKET_PACK, values),
        Rule("undervaluation", "under_peers", "price", low & ~market & ~scaled, score, UNDER_PEERS, values),
        Rule("undervaluation", "under_peers", "price", low & ~market & scaled, score, UNDER_PEERS_PACK, values),
    ]


def not_run(facts: Facts) -> list[str]:
    """Parts of the check that lack their table or enough declarations."""
    notes = [] if facts.rows["market_prices"] else ["undervaluation: no market_prices loaded, compared with other sellers only"]
    return notes if facts.n_prices else [*notes, "undervaluation: no goods with a reference price, not run"]
