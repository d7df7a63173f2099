"""Reference prices: what goods of one kind cost elsewhere, and how far a consignment lies below or above."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.names import nearest_names
from sandan.graph.rates import with_rate

# Market prices seen from so long before to so long after the declaration speak for it.
_BEFORE_DAYS, _AFTER_DAYS = 90, 30
# Declarations and sellers from which the median of the peers is a reference.
_PEER_LINES, _PEER_SELLERS = 8, 3
# A price this far below its reference is never called usual, and one this near never unusual, whatever the spread.
_ALWAYS, _NEVER = 0.45, 0.72
_SPREADS = 3.5


@dataclass(frozen=True, slots=True)
class Prices:
    """Result of the comparison.

    Attributes:
        ratios: consignment_id, declared and reference (CNY, sums over the lines with a reference), ratio, source, n (prices behind it).
        threshold: Ratio under which a consignment counts as undervalued; learned.
        n_compared: Consignments with a reference.
    """

    ratios: ir.Table
    threshold: float
    n_compared: int


def compare_prices(bench: Bench) -> Prices:
    """Hold declared line prices against market prices and against other sellers of the same goods.

    Goods are the same by bar code, else by the first six digits of the code and the normalised name. The market's reference is the
    median of prices near the declaration's day; the peers' is the median of the sellers' medians, which one seller cannot move. Where
    both are there the lower one holds, so that a check needs both to speak.

    Source:
        Comparison with the platform's market price and with the normal level: the administration's published risk analysis before
        arrival. Windows and the robust spread (3.5 × MAD) are our rule; the threshold itself is learned from the data.
    """
    lines = bench.keep("price_lines", _lines(bench))
    with_reference = bench.keep("price_references", _references(bench, lines))
    per = with_reference.filter(with_reference.reference.notnull())
    sums = per.group_by("consignment_id").aggregate(
        declared=(per.price_cny * per.qty).sum(),
        reference=(per.reference * per.qty).sum(),
        source=per.source.min(),
        n=per.n.min(),
        item=per.item.min(),
    )
    ratios = bench.keep("price_ratios", sums.mutate(ratio=sums.declared / sums.reference.nullif(0.0)).filter(lambda t: t.ratio.notnull()))
    logs = ratios.ratio.ln()
    middle, n = ratios.aggregate(m=logs.median(), n=ratios.count()).to_pyarrow().to_pylist()[0].values()
    if not n:
        return Prices(ratios, _ALWAYS, 0)
    spread = ratios.aggregate(s=(logs - float(middle)).abs().median()).to_pyarrow()["s"][0].as_py()
    threshold = 2.718281828459045 ** (-_SPREADS * 1.4826 * float(spread))
    return Prices(ratios, min(max(threshold, _ALWAYS), _NEVER), int(n))


def _lines(bench: Bench) -> ir.Table:
    """Declared lines (of an undeclared order its own) with their price per unit in CNY; gifts at price 0 are left out."""
    declared, ordered = bench.current("inventory_items"), bench.current("order_items")
    owners = bench.current("matched").filter(lambda t: t.kind != "parcel").select("consignment_id", "kind", "ebc_code", "flow", "known_at")
    a = declared.select(
        "bar_code",
        "currency",
        owner_id=declared.parent_id,
        hs=declared.gcode,
        name=ibis.coalesce(declared.item_name_norm, declared.gname_norm),
        item=declared.gname,
        price=declared.price.cast("float64"),
        qty=declared.qty.cast("float64"),
        line_unit=declared.unit,
    )
    b = ordered.select(
        "bar_code",
        "currency",
        owner_id=ordered.parent_id,
        hs=ibis.null("string"),
        name=ordered.item_name_norm,
        item=ordered.item_name,
        price=ordered.price.cast("float64"),
        qty=ordered.qty.cast("float64"),
        line_unit=ordered.unit,
    )
    lines = owners.inner_join(a.union(b), [owners.consignment_id == a.union(b).owner_id])
    lines = with_rate(bench.current, lines)
    lines = lines.mutate(price_cny=lines.price * lines.to_cny, day=lines.known_at.date(), hs6=lines.hs.substr(0, 6)).drop("to_cny")
    lines = lines.filter(lines.price_cny.notnull() & (lines.price_cny > 0) & (lines.qty > 0))
    named = ibis.coalesce(lines.hs6, "") + "|" + ibis.coalesce(lines.name, "")
    return lines.mutate(goods_key=ibis.coalesce("b:" + lines.bar_code, "n:" + named), name_key="n:" + named)


def _references(bench: Bench, lines: ir.Table) -> ir.Table:
    seen = with_rate(bench.current, bench.current("market_prices"))
    named = "n:" + seen.hs_code.substr(0, 6) + "|" + ibis.coalesce(seen.item_name_norm, "")
    market = seen.select("seen_on", price_seen=seen.price.cast("float64") * seen.to_cny, by_code="b:" + seen.bar_code, by_name=named)
    market = market.filter(market.price_seen > 0)
    asked = lines.select("goods_key", "name_key", "day").distinct()
    alike = _same_goods(lines.select("name_key").distinct(), market.select("by_name").distinct())
    renamed = market.inner_join(alike, market.by_name == alike.market_key)
    keyed = ibis.union(
        market.select("seen_on", "price_seen", key="by_code"),
        market.select("seen_on", "price_seen", key="by_name"),
        renamed.select("seen_on", "price_seen", key="line_key"),
    )
    keyed = keyed.filter(keyed.key.notnull())
    found = ibis.union(
        asked.inner_join(keyed, asked.goods_key == keyed.key),
        asked.inner_join(keyed, (asked.name_key == keyed.key) & (asked.goods_key != asked.name_key)),
    )
    near = found.filter(
        (found.seen_on >= found.day - ibis.interval(days=_BEFORE_DAYS)) & (found.seen_on <= found.day + ibis.interval(days=_AFTER_DAYS))
    )
    market_reference = near.group_by("goods_key", "name_key", "day").aggregate(market=near.price_seen.median(), n_market=near.count())
    by_seller = lines.group_by("goods_key", "line_unit", "ebc_code").aggregate(middle=lines.price_cny.median(), n=lines.count())
    peers = by_seller.group_by("goods_key", "line_unit").aggregate(
        peer=by_seller.middle.median(), n_peer=by_seller.n.sum(), sellers=by_seller.count()
    )
    peers = peers.filter((peers.n_peer >= _PEER_LINES) & (peers.sellers >= _PEER_SELLERS))
    joined = lines.left_join(market_reference, ["goods_key", "name_key", "day"]).drop("goods_key_right", "name_key_right", "day_right")
    joined = joined.left_join(peers, ["goods_key", "line_unit"]).drop("goods_key_right", "line_unit_right")
    both = joined.market.notnull() & joined.peer.notnull()
    lower_is_market = joined.peer.isnull() | (both & (joined.market <= joined.peer))
    return joined.mutate(
        reference=both.ifelse(ibis.least(joined.market, joined.peer), ibis.coalesce(joined.market, joined.peer)),
        source=(joined.market.notnull() & lower_is_market).ifelse("market", "peers"),
        n=(joined.market.notnull() & lower_is_market).ifelse(joined.n_market, joined.n_peer),
    )


def _same_goods(lines: ir.Table, market: ir.Table) -> ir.Table:
    """Names of declared goods that the market writes otherwise: pairs of keys within one six-digit code."""
    groups: dict[str, list[str]] = {}
    for key in market.filter(market.by_name.notnull()).order_by("by_name").to_pyarrow()["by_name"].to_pylist():
        groups.setdefault(key[:9], []).append(key)
    rows = []
    for key in lines.order_by("name_key").to_pyarrow()["name_key"].to_pylist():
        choices = groups.get(key[:9], [])
        if key not in choices and len(key) > 9:
            rows += [{"line_key": key, "market_key": near} for near in nearest_names(key, choices)]
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema([("line_key", pa.string()), ("market_key", pa.string())])))
