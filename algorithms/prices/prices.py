"""Reference prices: what goods of one kind cost elsewhere, and how far a consignment lies below or above."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench
from sandan.algorithms.prices.priced_lines import priced_lines
from sandan.algorithms.prices.reference_prices import market_articles, peer_prices
from sandan.algorithms.prices.sale_days import sale_days
from sandan.record.amounts import with_rate

# Market prices seen from so long before to so long after the declaration speak for it.
_BEFORE_DAYS, _AFTER_DAYS = 90, 30
# A price this far below its reference is never called usual, and one this near never unusual, whatever the spread.
_ALWAYS, _NEVER = 0.45, 0.72
_SPREADS = 3.5
# A price under so many times the dearest reference is never called too high: limited editions and small shops are dear.
_DEAR = 2.0
# Factors of a wrong unit (by the piece of a dozen or a hundred), and how near a slip comes to its factor.
_UNITS, _SLIP = (6.0, 10.0, 12.0, 24.0, 100.0, 1000.0), 0.05


@dataclass(frozen=True, slots=True)
class Prices:
    """Result of the comparison.

    Attributes:
        ratios: consignment_id, declared and reference (CNY, sums over the lines with a reference), ratio, source, n (prices behind it),
            scaled (a reference is of another pack of the goods), sale (what all prices of the day stood at, over the usual ones; 1 on
            most days; the reference is cut to it), high (CNY; the dearest reference in the same pack), slip (the declared sum over it is
            near the rate of a currency, or a dozen, ten, a hundred or a thousand).
        threshold: Ratio under which a consignment counts as undervalued; learned.
        over: Ratio to `high` above which a consignment counts as overvalued; learned.
        n_compared: Consignments with a reference.
    """

    ratios: ir.Table
    threshold: float
    over: float
    n_compared: int


def compare_prices(bench: Bench) -> Prices:
    """Hold declared line prices against market prices and against other sellers of the same goods.

    Goods are the same by bar code, else by the first six digits of the code and the name; and only where pack, stage, size, model and the
    like agree, see `sandan.algorithms.prices.like_goods`. The market's reference is the median of prices near the declaration's day, the
    peers' is the median of the sellers' medians. A reference for the same pack goes before one of another pack; where both are there the
    lower one holds, so that a check needs both to speak. What a line leaves open may be any of the articles that fit: the cheapest holds.
    On days on which all sellers were cheap, references are cut to the level of the day.

    Source:
        Comparison with the platform's market price and with the normal level: the administration's published risk analysis before
        arrival. Windows and the robust spread (3.5 × MAD) are our rule; the threshold itself is learned from the data.
    """
    with_reference = _references(bench)
    per = with_reference.filter(with_reference.reference.notnull())
    sums = per.group_by("consignment_id").aggregate(
        declared=(per.price_cny * per.qty).sum(),
        reference=(per.reference * per.qty).sum(),
        source=per.source.min(),
        n=per.n.min(),
        item=per.item.min(),
        scaled=per.scaled.max(),
        sale=per.sale.min(),
        # Every line has to be dear enough to be compared, or the sum says nothing.
        high=((per.high * per.qty).sum() / (per.high.count() == per.count()).ifelse(1, 0).cast("float64").nullif(0.0)),
    )
    sums = sums.mutate(ratio=sums.declared / sums.reference.nullif(0.0), slip=_slips(bench, sums)).filter(lambda t: t.ratio.notnull())
    ratios = bench.keep("price_ratios", sums)
    logs = ratios.ratio.ln()
    middle, n = ratios.aggregate(m=logs.median(), n=ratios.count()).to_pyarrow().to_pylist()[0].values()
    if not n:
        return Prices(ratios, _ALWAYS, _DEAR, 0)
    spread = ratios.aggregate(s=(logs - float(middle)).abs().median()).to_pyarrow()["s"][0].as_py()
    threshold = math.exp(-_SPREADS * 1.4826 * float(spread))
    return Prices(ratios, min(max(threshold, _ALWAYS), _NEVER), max(1.0 / threshold, _DEAR), int(n))


def _slips(bench: Bench, sums: ir.Table) -> ir.BooleanValue:
    """Whether a sum is too high by a factor that a slip of the unit or of the currency makes."""
    rates = bench.current("exchange_rates").select("cny").distinct().to_pyarrow()["cny"].to_pylist()
    factors = [*_UNITS, *(f for rate in rates if rate for f in (float(rate), 1.0 / float(rate)))]
    times = sums.declared / sums.high.nullif(0.0)
    near = joined_intervals([(factor * (1.0 - _SLIP), factor * (1.0 + _SLIP)) for factor in factors if factor > 1.0])
    return ibis.or_(*[(times > low) & (times < high) for low, high in near]).fill_null(False)


def joined_intervals(intervals: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same numbers in as few open intervals as possible, ascending: the rates of a year of one currency are one or two."""
    joined: list[tuple[float, float]] = []
    for low, high in sorted(intervals):
        if joined and low < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


_BY_SELLER = "select goods_key, name_key, ebc_code, median(price_cny) as middle, count(*) as n from lines group by all order by all"
# Articles of the price list, each once, with the prices seen for it.
_NUMBERED = """
create table numbers as select *, row_number() over (order by hs_code, item_name, brand, bar_code) - 1 as article
  from (select distinct hs_code, item_name, brand, bar_code from listed);
create view seen as select n.article, l.price, l.seen_on from listed l join numbers n on l.hs_code = n.hs_code
  and l.item_name is not distinct from n.item_name and l.brand is not distinct from n.brand and l.bar_code is not distinct from n.bar_code
"""
# Of each line: the market's price by article, then the cheapest of those in the same pack, else of those in the nearest pack.
_JOINED = """
create table joined as
with numbered as (select *, row_number() over (order by consignment_id, goods_key, price_cny, qty, item) as line from lines),
asked as (select distinct goods_key, day from lines where measure = 'each'),
near as (
  select k.goods_key, k.day, a.article, a.distance, median(s.price * a.factor) as price, count(*) as n,
    any_value(a.article_kg) as article_kg
  from asked k join articles a using (goods_key) join seen s using (article)
  where s.seen_on between k.day - {before} and k.day + {after} group by all),
market as (
  select l.line, n.price * coalesce(least(l.line_kg / n.article_kg, 1), 1) as market, n.n as n_market,
    n.distance > 0 or coalesce(l.line_kg < n.article_kg, false) as market_scaled,
    max(case when n.distance = 0 then n.price end * greatest(l.line_kg / n.article_kg, 1)) over (partition by l.line) as market_high,
    row_number() over (partition by l.line order by n.distance, market, n.article) as place
  from numbered l join near n using (goods_key, day)),
weights as (select goods_key, median(line_kg) as peer_kg from lines group by 1),
wide as (
  select l.*, m.market, m.n_market, m.market_scaled, p.peer * coalesce(least(l.line_kg / w.peer_kg, 1), 1) as peer, p.n_peer, p.peer_scaled,
    greatest(m.market_high, p.peer_high * greatest(l.line_kg / w.peer_kg, 1)) as high
  from numbered l left join (select * from market where place = 1) m using (line) left join peers p using (goods_key)
    left join weights w using (goods_key)),
judged as (
  select *, market is not null and (peer is null or market_scaled < peer_scaled or (market_scaled = peer_scaled and market <= peer))
    as by_market from wide)
select * exclude (by_market), case when by_market then market else peer end as reference,
  case when by_market then 'market' else 'peers' end as source, case when by_market then n_market else n_peer end as n,
  coalesce(case when by_market then market_scaled else peer_scaled end, false) as scaled
from judged
"""
_BY_DAY = """
select flow, day, ebc_code, median(ln(price_cny / reference)) as log_ratio from joined where reference > 0 group by all order by all
"""
_CUT = """
select j.* exclude (line) replace (market * coalesce(sale, 1) as market, peer * coalesce(sale, 1) as peer,
  reference * coalesce(sale, 1) as reference), coalesce(sale, 1) as sale
from joined j left join sales s on s.flow = j.flow and s.day::date = j.day
order by line
"""


def _references(bench: Bench) -> ir.Table:
    """Lines with `market`, `peer`, `reference` (CNY a piece), its source, how many prices it stands for, `scaled` (of another pack)."""
    known = priced_lines(bench)
    listed = with_rate(bench.current, bench.current("market_prices"))
    listed = listed.mutate(price=listed.price.cast("float64") * listed.to_cny).filter(lambda t: t.price > 0)
    bench.keep("market_seen", listed.select("hs_code", "item_name", "brand", "bar_code", "seen_on", "price"))
    with duckdb.connect() as con:
        for name, kept in (("lines", "price_lines"), ("listed", "market_seen")):
            con.read_parquet(bench.files(kept)).create_view(name)
        con.execute(_NUMBERED)
        articles = con.sql("select hs_code, item_name, brand, bar_code from numbers order by article").fetchall()
        goods = con.sql("select distinct goods_key, bar_code from lines where measure = 'each' order by all").df()
        con.register("articles", market_articles(articles, goods, known))
        con.register("peers", peer_prices(con.sql(_BY_SELLER).df(), known))
        con.execute(_JOINED.format(before=_BEFORE_DAYS, after=_AFTER_DAYS))
        con.register("sales", sale_days(con.sql(_BY_DAY).df()))
        con.sql(_CUT).write_parquet(str(bench.path("price_references_made")))
    return bench.keep("price_references", bench.frames.con.read_parquet(bench.path("price_references_made")))
