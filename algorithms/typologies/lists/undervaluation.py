"""Declared for less than such goods cost."""

import math
from collections.abc import Mapping

from sandan.algorithms.context.sign_statistics import short
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Sign, Typology, Values

_CAUSE = "price"
# What was done to the reference has to be said: that of another pack is a bound, and on sale days it is cut.
_PACK = Sentence(", at least, cut from another pack to what this one holds", "，系按其他规格折算的下限")
_SALE = Sentence(", at the day's sale price: {sale:.0f} % of the usual", "，系当日促销价，为平日的 {sale:.0f}%")


def _note(values: Values, language: str) -> Mapping[str, object]:
    """What was done to the reference, in words; empty if nothing."""
    note, sale = _PACK.render(language, {}) if values.get("scaled") else "", values.get("sale")
    if isinstance(sale, float) and sale < 1.0:
        note += _SALE.render(language, {"sale": math.floor(sale * 100.0 + 0.5)})
    return {"note": note}


UNDER_MARKET = Reason(
    "under_market",
    _CAUSE,
    Sentence(
        "Declared for {declared} CNY where the market price is {reference} CNY{note} ({percent:.0f} %; {n:.0f} prices seen, '{item}')",
        "申报价 {declared} 元，市场参考价 {reference} 元{note}（{percent:.0f}%；{n:.0f} 条价格，“{item}”）",
    ),
    marks=("declaration.items",),
    words=_note,
)
UNDER_PEERS = Reason(
    "under_peers",
    _CAUSE,
    Sentence(
        "Declared for {declared} CNY where other sellers declare {reference} CNY for the same goods{note} "
        "({percent:.0f} %; {n:.0f} lines, '{item}')",
        "申报价 {declared} 元，其他商家同类商品申报价 {reference} 元{note}（{percent:.0f}%；{n:.0f} 条记录，“{item}”）",
    ),
    marks=("declaration.items",),
    words=_note,
)
UNDER_IN_SHOP = Reason(
    "under_price_in_shop",
    _CAUSE,
    Sentence(
        "Declared at {ratio:.0%} of the usual price, as {others:.0%} of the shop's sales of these goods are",
        "申报价为通常价格的 {ratio:.0%}，该店铺同类商品中 {others:.0%} 亦偏低",
    ),
    marks=("declaration.items",),
)
# Below half of every reference a sale is no usual explanation any more.
_HALF = 0.5


def rules(facts: Facts) -> list[Rule]:
    """Goods declared far under the market price, or under what other sellers declare for the same goods.

    Only goods that agree in pack, stage, size and model are compared; of another pack the price is a bound, and the sentence says so.
    On days on which all sellers are cheap the reference is cut to that level.
    Sales of one shop, clearance, near expiry, bundles and used goods are cheap too. Where the line between cheap and too cheap lies is
    learned from the spread of all prices; gifts at price zero are left out.
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
        "scaled": t.u_scaled,
    }
    score = (t.u_ratio < _HALF).ifelse(0.5, 0.45)
    return [
        Rule(UNDER_MARKET, low & (t.u_source == "market"), score, values),
        Rule(UNDER_PEERS, low & (t.u_source == "peers"), score, values),
    ]


TYPOLOGY = Typology(
    name="undervaluation",
    label=Sentence("Undervaluation", "低报价格"),
    family="forged",
    method="document",
    meaning="Goods are declared far under the market's price, or under what other sellers declare for the same goods.",
    innocent="Sale days, clearance, goods near expiry, bundles, used goods, gifts at price zero.",
    source="Declared price against the normal level: the administration's published analysis before arrival.",
    reasons=(UNDER_MARKET, UNDER_PEERS),
    rules=rules,
    signs=(
        Sign(
            UNDER_IN_SHOP,
            "import",
            0.15,
            short("log_price_ratio", "seller_goods_m_cheap"),
            {"ratio": "u_ratio", "others": "seller_goods_m_cheap"},
        ),
    ),
    needs=(
        Need("market_prices", Sentence("no market_prices loaded, compared with other sellers only", "未导入市场价格，仅与其他企业比较。")),
        Need(
            "inventory_items",
            Sentence("no goods with a reference price, not run", "没有可参考价格的商品，未执行。"),
            lambda facts: not facts.n_prices,
        ),
    ),
)
