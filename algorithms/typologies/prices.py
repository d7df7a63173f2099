"""The declared price is not what such goods cost."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

UNDER_MARKET = Sentence(
    "Declared for {declared} CNY where the market price is {reference} CNY{note} ({percent:.0f} %; {n:.0f} prices seen, '{item}')",
    "申报价 {declared} 元,市场参考价 {reference} 元{note_zh}({percent:.0f}%;{n:.0f} 条价格,“{item}”)",
)
UNDER_PEERS = Sentence(
    "Declared for {declared} CNY where other sellers declare {reference} CNY for the same goods{note} "
    "({percent:.0f} %; {n:.0f} lines, '{item}')",
    "申报价 {declared} 元,其他商家同类商品申报价 {reference} 元{note_zh}({percent:.0f}%;{n:.0f} 条记录,“{item}”)",
)
# What was done to the reference has to be said: that of another pack is a bound, and on sale days it is cut.
_PACK = Sentence(", at least, cut from another pack to what this one holds", ",系按其他规格折算的下限")
_SALE = Sentence(", at the day's sale price: {sale} % of the usual", ",系当日促销价,为平日的 {sale}%")
OVER = Sentence(
    "Declared for {declared} CNY, {times:.1f} times the dearest price of the same goods, {reference} CNY ('{item}')",
    "申报价 {declared} 元,为同类商品最高参考价 {reference} 元的 {times:.1f} 倍(“{item}”)",
)
OVER_SLIP = Sentence(
    "Declared for {declared} CNY, {times:.1f} times the dearest price of the same goods, {reference} CNY; a slip of the unit or the "
    "currency would explain it ('{item}')",
    "申报价 {declared} 元,为同类商品最高参考价 {reference} 元的 {times:.1f} 倍,可能为计量单位或币制填写错误(“{item}”)",
)
# Below half of every reference a sale is no usual explanation any more.
_HALF = 0.5


def undervaluation(facts: Facts) -> list[Rule]:
    """Goods declared far under the market price, or under what other sellers declare for the same goods.

    Only goods that agree in pack, stage, size and model are compared; of another pack the price is a bound, and the sentence says so.
    On days on which all sellers are cheap the reference is cut to that level.
    Sales of one shop, clearance, near expiry, bundles and used goods are cheap too. Where the line between cheap and too cheap lies is
    learned from the spread of all prices; gifts at price zero are left out.

    Source:
        Declared price against the platform's market price and against the normal level: the administration's published analysis before
        arrival.
    """
    t = facts.table
    low = (t.u_ratio < facts.price_threshold).fill_null(False)
    values = {
        "declared": t.u_declared,
        "reference": t.u_reference,
        "percent": t.u_ratio * 100.0,
        "n": t.u_n,
        "item": t.u_item,
        "sale": t.u_sale,
    }
    score = (t.u_ratio < _HALF).ifelse(0.5, 0.45)
    values |= {"note": _note(t, "en"), "note_zh": _note(t, "zh")}
    return [
        Rule("undervaluation", "under_market", "price", low & (t.u_source == "market"), score, UNDER_MARKET, values),
        Rule("undervaluation", "under_peers", "price", low & (t.u_source == "peers"), score, UNDER_PEERS, values),
    ]


def overvaluation(facts: Facts) -> list[Rule]:
    """Goods declared at several times the dearest price of the same goods in the same pack.

    Money goes abroad as the price of goods, more tax is refunded at export, or a quota is used up on paper. Limited editions are dear too;
    a slip of the unit or of the currency makes a factor of its own and counts less.

    Source:
        Declared price too low or too high against the normal level: the administration's published analysis before arrival. Uses of
        high prices: export tax refund and capital transfer in the Basel Institute's and the FATF's descriptions of trade-based laundering.
    """
    t = facts.table
    times = t.u_declared / t.u_high.nullif(0.0)
    high, slip = (times > facts.over_threshold).fill_null(False), t.u_slip.fill_null(False)
    values = {"declared": t.u_declared, "reference": t.u_high, "times": times, "item": t.u_item}
    return [
        Rule("overvaluation", "over_prices", "price", high & ~slip, 0.3, OVER, values),
        Rule("overvaluation", "over_slip", "price", high & slip, 0.15, OVER_SLIP, values),
    ]


def _note(t: ir.Table, language: str) -> ir.StringValue:
    """What was done to the reference, in words; empty if nothing."""
    before, _, after = _SALE.told(language, {"sale": "|"}).partition("|")
    sale = ibis.literal(before) + (t.u_sale * 100.0).round().cast("int64").cast("string") + after
    return t.u_scaled.ifelse(_PACK.told(language, {}), "") + (t.u_sale < 1.0).ifelse(sale, "")


def not_run(facts: Facts) -> list[str]:
    """Parts of the check that lack their table or enough declarations."""
    notes = [] if facts.rows["market_prices"] else ["undervaluation: no market_prices loaded, compared with other sellers only"]
    return notes if facts.n_prices else [*notes, "undervaluation: no goods with a reference price, not run"]
