"""Declared lines with the price of one piece, and the goods they are."""

from collections.abc import Mapping

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from sandan.algorithms.bench import Bench
from sandan.algorithms.prices.like_goods import completed, written
from sandan.record.amounts import with_rate
from sandan.record.values.commodities.specification import Specification, specification
from sandan.record.values.commodities.unit import amount, normal

# Weights that differ by less are the same: packaging, moisture, rounding.
_NEAR = 0.3
_COUNTED = ("134", "139", "020", "010")
_BETWEEN = "\x1f"
# Of goods under one bar code so many bear one heading; else it is no bar code but a filler.
_OF_ONE_KIND = 0.5


def priced_lines(bench: Bench) -> Mapping[str, Specification]:
    """Keep as `price_lines` declared lines (of an undeclared order its own) with the price of a piece in CNY, without gifts at price 0.

    A piece is what the name describes: of `750ml*6` the six, unless unit and quantity or the legal weight show that the price is that of
    one bottle. Prices per dozen, per kilogram or litre become prices of a piece where the name says what that holds; where it does not,
    goods are compared by kilogram.

    Columns: consignment_id, flow, ebc_code, day, item, hs, price_cny and qty (by `measure`: `each`, `kg`, `l` or a unit's code),
    goods_key (name, specification, measure), name_key (six digits of the code, name, measure), bar_code, line_kg (legal weight of a
    piece, kg, null where the text states the content).

    Returns:
        Specification by goods_key.
    """
    lines = bench.keep("declared_lines", _lines(bench))
    read, units = _read_texts(lines), _read_units(lines)
    with duckdb.connect() as con:
        con.register("texts", read.drop(columns="specification"))
        con.register("units", units)
        con.read_parquet(bench.files("declared_lines")).create_view("lines")
        con.execute(_PIECES.format(near=_NEAR, counted=", ".join(f"'{code}'" for code in _COUNTED)))
        goods = con.sql("select text_key, inner_piece, measure, hs6, bar_code, count(*) as n from pieces group by all order by all").df()
        keyed, known = _goods(goods, dict(zip(read.text_key, read.specification, strict=True)))
        con.register("keyed", keyed)
        con.sql(_KEYED).write_parquet(str(bench.path("price_lines_made")))
    bench.keep("price_lines", bench.frames.con.read_parquet(bench.path("price_lines_made")))
    return known


_KEYED = """
select p.consignment_id, p.flow, p.ebc_code, p.day, p.item, p.hs, p.price_cny, p.qty, k.goods_key, k.name_key, p.bar_code, p.measure,
  case when k.open and p.measure = 'each' then p.piece_kg end as line_kg
from pieces p join keyed k on p.text_key = k.text_key and p.inner_piece = k.inner_piece and p.measure = k.measure and p.hs6 = k.hs6
  and p.bar_code is not distinct from k.bar_code
"""
# The price of a piece and how many there are. A price by the piece of a pack where unit and quantity say so (6 bottles of '750ml*6'),
# or the legal weight of a unit is that of one piece. By weight where the unit is one and the quantity agrees with the legal one or is
# broken; else it may be written by habit, and the dearer reading holds.
_PIECES = """
create table pieces as
with wide as (
  select l.*, t.pack, t.packed_in, t.whole_g, t.whole_ml, t.piece_g, t.counted, u.dimension, u.factor, u.code,
    case when v.dimension = 'kg' then l.qty1 * v.factor when w.dimension = 'kg' then l.qty2 * w.factor end as legal_kg
  from lines l join texts t using (text_key) join units u on u.unit = coalesce(l.line_unit, '')
    left join units v on v.unit = coalesce(l.unit1, '') left join units w on w.unit = coalesce(l.unit2, '')),
judged as (
  select *, coalesce(pack > 1 and dimension = 'each' and ((packed_in = code and fmod(qty, pack) = 0)
      or abs(ln(nullif(legal_kg, 0) / qty * 1000 / piece_g)) < {near}), false) as inner_piece,
    coalesce(counted > 1 and code in ({counted}) and fmod(qty, counted) = 0, false) as by_count,
    dimension in ('kg', 'l') and coalesce(case when dimension = 'kg' then whole_g else whole_ml end, 0) > 0 as by_content,
    case when dimension = 'kg' then whole_g else whole_ml end / 1000 / factor as content,
    coalesce(qty <> floor(qty) or abs(ln(nullif(legal_kg, 0) / (qty * factor))) < {near}, false) as is_weighed
  from wide),
sized as (
  select *, case when by_count then counted when by_content and is_weighed then content when by_content then greatest(content, 1.0)
      else 1.0 / factor end as units_of_piece,
    case when by_content then 'each' else dimension end as measure
  from judged)
select consignment_id, flow, ebc_code, day, item, hs, hs6, bar_code, text_key, inner_piece, measure,
  price_cny * units_of_piece as price_cny, qty / units_of_piece as qty, legal_kg / (qty / units_of_piece) as piece_kg
from sized
"""


def _lines(bench: Bench) -> ir.Table:
    declared, ordered = bench.current("inventory_items"), bench.current("order_items")
    owners = bench.current("matched").filter(lambda t: t.kind != "parcel").select("consignment_id", "kind", "ebc_code", "flow", "known_at")
    a = declared.select(
        "bar_code",
        "currency",
        "unit1",
        "unit2",
        owner_id=declared.parent_id,
        hs=declared.gcode,
        item=declared.gname,
        price=declared.price.cast("float64"),
        qty=declared.qty.cast("float64"),
        line_unit=declared.unit,
        qty1=declared.qty1.cast("float64"),
        qty2=declared.qty2.cast("float64"),
        text_key=_joined(declared.item_name, declared.gname, declared.gmodel),
    )
    b = ordered.select(
        "bar_code",
        "currency",
        unit1=ibis.null("string"),
        unit2=ibis.null("string"),
        owner_id=ordered.parent_id,
        hs=ibis.null("string"),
        item=ordered.item_name,
        price=ordered.price.cast("float64"),
        qty=ordered.qty.cast("float64"),
        line_unit=ordered.unit,
        qty1=ibis.null("float64"),
        qty2=ibis.null("float64"),
        text_key=_joined(ordered.item_name, ibis.null("string"), ordered.gmodel),
    )
    both = a.union(b.select(*a.columns))
    lines = with_rate(bench.current, owners.inner_join(both, owners.consignment_id == both.owner_id))
    lines = lines.mutate(price_cny=lines.price * lines.to_cny, day=lines.known_at.date(), hs6=ibis.coalesce(lines.hs.substr(0, 6), ""))
    return lines.drop("to_cny").filter(lambda t: t.price_cny.notnull() & (t.price_cny > 0) & (t.qty > 0))


def _joined(*texts: ir.StringValue) -> ir.StringValue:
    whole = ibis.coalesce(texts[0], "")
    for text in texts[1:]:
        whole = whole + _BETWEEN + ibis.coalesce(text, "")
    return whole


def _read_texts(lines: ir.Table) -> pd.DataFrame:
    """What each distinct text states; each is read once."""
    texts = lines.select("text_key").distinct().order_by("text_key").to_pyarrow()["text_key"].to_pylist()
    rows = []
    for text in texts:
        item, name, model = text.split(_BETWEEN)
        one = specification((item, name), model)
        piece = dict(one.content.piece)
        rows.append((text, one, one.content.pack, one.content.packed_in, piece.get("g"), piece.get("ml"), piece.get("n")))
    made = pd.DataFrame(rows, columns=["text_key", "specification", "pack", "packed_in", "piece_g", "piece_ml", "counted"])
    for name in ("text_key", "packed_in"):
        made[name] = made[name].astype("string")
    for name in ("piece_g", "piece_ml", "counted"):
        made[name] = made[name].astype(float)
    return made.assign(whole_g=made.piece_g * made["pack"], whole_ml=made.piece_ml * made["pack"])


def _read_units(lines: ir.Table) -> pd.DataFrame:
    seen = {""}
    for name in ("line_unit", "unit1", "unit2"):
        seen |= {text for text in lines.select(name).distinct().to_pyarrow()[name].to_pylist() if text}
    read = [(text, *(amount(text) if text else ("each", 1.0)), normal(text)) for text in sorted(seen)]
    return pd.DataFrame(read, columns=["unit", "dimension", "factor", "code"])


def _goods(goods: pd.DataFrame, read: Mapping[str, Specification]) -> tuple[pd.DataFrame, dict[str, Specification]]:
    """Keys of the distinct goods, and the specification of each.

    The bar code says what an article is under whatever name; a line that states otherwise than most lines of its code is read as it says.
    """
    specs = [_of_piece(read[text], inner) for text, inner in zip(goods.text_key, goods.inner_piece, strict=True)]
    heads = list(goods.hs6)
    for _, places in goods[goods.bar_code.notna()].groupby("bar_code", sort=True):
        by_heading = places.groupby("hs6").n.sum()
        if by_heading.max() < _OF_ONE_KIND * places.n.sum():
            continue
        first = places.sort_values(["n", "text_key"], ascending=[False, True]).index[0]
        article, heading = specs[first], heads[first]
        for i in places.index:
            specs[i], heads[i] = completed(specs[i], article), heading
    # The letters in order: words stand in any order in names of goods.
    names = [f"{heading}|{''.join(sorted(one.core))}|{measure}" for heading, one, measure in zip(heads, specs, goods.measure, strict=True)]
    keys = [f"{name}|{written(one)}" for name, one in zip(names, specs, strict=True)]
    known = dict(zip(keys, specs, strict=True))
    is_open = np.array([not one.content.piece for one in specs], dtype=bool)
    # Typed, so that a home without lines has columns of texts too.
    texts = {"goods_key": pd.Series(keys, dtype="string"), "name_key": pd.Series(names, dtype="string")}
    return goods.assign(**texts, open=is_open), known


def _of_piece(one: Specification, inner: bool) -> Specification:
    return Specification(one.core, one.content._replace(pack=1, packed_in=None), one.stated, one.other) if inner else one
