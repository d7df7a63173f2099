"""Consignments that bear all traits of a risk profile."""

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.bench import Bench
from sandan.record.values.moment import BEIJING_ZONE

# A profile without any trait would fit everything, and says nothing.
_FITTING = """
with profiles as (
  select profile, reason, source, valid_from, valid_to, lower(trade_flow) as trade_flow,
    list_filter(str_split(coalesce(hs_prefixes, ''), '|'), x -> x <> '') as codes,
    list_filter(list_transform(str_split(upper(coalesce(countries, '')), '|'), x -> trim(x)), x -> x <> '') as places,
    list_filter(list_transform(str_split(lower(coalesce(words, '')), '|'), x -> trim(x)), x -> x <> '') as said
  from risk_profiles
  where coalesce(hs_prefixes, countries, words) is not null),
days as (select consignment_id, flow, coalesce(decl_app, o_app_time, known_at)::date as day from matched),
lines as (
  select parent_id as consignment_id, gcode, country, lower(concat_ws(' ', item_name, gname, gmodel)) as text from inventory_items
  union all select m.consignment_id, null, i.country, lower(concat_ws(' ', i.item_name, i.gmodel)) from order_items i
    join matched m on i.parent_id = m.o_record_id
  union all select m.consignment_id, null, h.receiver_country, lower(h.description) from house_waybills h
    join matched m on h.logistics_code = m.logistics_code and h.logistics_no = m.logistics_no
  union all select consignment_id, null, country, null from matched where country is not null),
traits as (
  select consignment_id, list_distinct(list(gcode) filter (gcode is not null)) as codes,
    list_distinct(list(country) filter (country is not null)) as places, list_distinct(list(text) filter (text is not null)) as texts
  from lines group by all)
select d.consignment_id, p.profile as profile_name, p.reason as profile_reason, p.source as profile_source
from profiles p join days d on (p.trade_flow is null or p.trade_flow = '' or p.trade_flow = d.flow)
  and d.day >= p.valid_from and (p.valid_to is null or d.day <= p.valid_to)
join traits t using (consignment_id)
where (len(p.codes) = 0 or len(list_filter(coalesce(t.codes, []), c -> len(list_filter(p.codes, x -> starts_with(c, x))) > 0)) > 0)
  and (len(p.places) = 0 or list_has_any(coalesce(t.places, []), p.places))
  and (len(p.said) = 0 or len(list_filter(coalesce(t.texts, []), c -> len(list_filter(p.said, x -> case
    when regexp_full_match(x, '[ -~]+') then contains(' ' || regexp_replace(c, '[^a-z0-9]+', ' ', 'g') || ' ', ' ' || x || ' ')
    else contains(c, x) end)) > 0)) > 0)
  and len(p.codes) + len(p.places) + len(p.said) > 0
qualify row_number() over (partition by d.consignment_id order by p.source, p.profile, p.reason) = 1
"""

_MADE = pa.schema([(name, pa.string()) for name in ("consignment_id", "profile_name", "profile_reason", "profile_source")])


def profiled(bench: Bench) -> ir.Table:
    """The risk profile that fits each consignment on its day, the first by source and name; those that none fits have no row.

    All traits that a profile names must be there; of each one of its values is enough. Words of Latin letters are compared as whole words.

    Returns:
        consignment_id, profile_name, profile_reason, profile_source.
    """
    path = bench.path("profiled_made")
    if not bench.count("risk_profiles"):
        # Most homes have none: no line is read for nothing.
        pq.write_table(_MADE.empty_table(), path)
        return bench.frames.con.read_parquet(path)
    with duckdb.connect() as con:
        con.execute(f"SET TimeZone = '{BEIJING_ZONE}'")  # as of watchlists: valid from and to days of Beijing
        for name in ("risk_profiles", "matched", "inventory_items", "order_items", "house_waybills"):
            con.read_parquet(bench.files(name)).create_view(name)
        con.sql(_FITTING).write_parquet(str(path))
    return bench.frames.con.read_parquet(path)
