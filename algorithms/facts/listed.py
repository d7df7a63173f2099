"""Consignments whose parties, places or goods are on a watchlist."""

import duckdb
import ibis.expr.types as ir
import pandas as pd

from sandan.algorithms.bench import Bench
from sandan.record.values.moment import BEIJING_ZONE
from sandan.record.values.parties import company

# Who and what stands on a consignment's lists, by the kinds of a watchlist, in the normal forms of their columns.
_VALUES = {
    "person": "buyer_hash p_payer_hash p_other_payer",
    "name": "buyer_norm o_consignee_norm w_consignee_norm p_payer_norm p_payer_norm_max",
    "telephone": "o_buyer_telephone_norm buyer_telephone_norm o_consignee_telephone_norm w_consignee_telephone_norm",
    "address": "consignee_address_norm o_consignee_address_norm w_consignee_address_norm t_address_norm",
    "company": "ebp_code ebc_code agent_code logistics_code p_pay_code o_pay_code o_ebc_code p_ebp_code",
}
_OF_HOUSE = {
    "name": "sender_name_norm receiver_name_norm",
    "telephone": "sender_telephone_norm receiver_telephone_norm",
    "address": "sender_address_norm receiver_address_norm",
}
# A hash or a code is one person or company; many bear a name, and a shop sells more than what is watched.
_HITS = """
with entries as (
  select lower(kind) as kind, value_norm, reason, source, lower(level) = 'control' as control, valid_from, valid_to,
    regexp_full_match(value_norm, '[0-9a-f]{{32}}') as is_number, regexp_full_match(value_norm, '[0-9][0-9. -]*') as is_code
  from watchlists where value_norm is not null),
days as (select consignment_id, coalesce(decl_app, o_app_time, known_at)::date as day from matched),
values_of as ({values}),
named as (
  select v.consignment_id, e.*, e.kind = 'person' and not e.is_number as by_name
  from values_of v join entries e on lower(v.value) = lower(e.value_norm)
    and (v.kind = e.kind or (v.kind = 'name' and e.kind = 'person'))
  union all
  select v.consignment_id, e.*, false from values_of v join companies c on v.kind = 'company' and v.value in (c.code, c.uscc)
    join entries e on e.kind = 'company' and lower(e.value_norm) in (lower(c.code), lower(c.uscc), lower(c.name_norm))),
texts as (
  select parent_id as consignment_id, gcode, concat_ws(' ', item_name_norm, gname_norm, lower(gmodel)) as text from inventory_items
  union all select m.consignment_id, null, concat_ws(' ', i.item_name_norm, lower(i.gmodel)) from order_items i
    join matched m on i.parent_id = m.o_record_id
  union all select m.consignment_id, null, h.description_norm from house_waybills h
    join matched m on h.logistics_code = m.logistics_code and h.logistics_no = m.logistics_no),
distinct_texts as (
  select distinct gcode, text, ' ' || regexp_replace(text, '[^a-z0-9]+', ' ', 'g') || ' ' as words from texts),
spoken as (
  select t.gcode, t.text, e.* from distinct_texts t join entries e on e.kind in ('goods', 'brand') and case
    when e.kind = 'goods' and e.is_code then starts_with(t.gcode, regexp_replace(e.value_norm, '[^0-9]', '', 'g'))
    when regexp_matches(e.value_norm, '^[ -~]+$') then contains(t.words, ' ' || regexp_replace(e.value_norm, '[^a-z0-9]+', ' ', 'g') || ' ')
    else contains(t.text, e.value_norm) end),
hits as (
  select * from named
  union all by name
  select t.consignment_id, s.* exclude (gcode, text), false as by_name from texts t
    join spoken s on t.text = s.text and t.gcode is not distinct from s.gcode)
select consignment_id, kind as listed_kind, reason as listed_reason, source as listed_source, control as listed_control,
  by_name as listed_by_name
from hits join days using (consignment_id)
where day >= valid_from and (valid_to is null or day <= valid_to)
qualify row_number() over (partition by consignment_id order by by_name, control desc, kind, source, reason) = 1
"""


def listed(bench: Bench) -> ir.Table:
    """The strongest entry that fits each consignment and is valid on its day; consignments without one have no row.

    Returns:
        consignment_id, listed_kind, listed_reason, listed_source, listed_control (level `control`), listed_by_name (a person's name only).
    """
    parts = [
        f"select consignment_id, '{kind}' as kind, unnest([{', '.join(columns.split())}]) as value from matched"
        for kind, columns in _VALUES.items()
    ]
    parts += [
        f"select m.consignment_id, '{kind}', unnest([{', '.join('h.' + column for column in columns.split())}]) from house_waybills h "
        "join matched m on h.logistics_code = m.logistics_code and h.logistics_no = m.logistics_no"
        for kind, columns in _OF_HOUSE.items()
    ]
    with duckdb.connect() as con:
        con.execute(f"SET TimeZone = '{BEIJING_ZONE}'")  # an entry is valid from and to days of Beijing, whatever the machine's own
        for name in ("watchlists", "matched", "inventory_items", "order_items", "house_waybills"):
            con.read_parquet(bench.files(name)).create_view(name)
        con.register("companies", _companies(bench))
        con.sql(_HITS.format(values=" union all ".join(parts))).write_parquet(str(bench.path("listed_made")))
    return bench.frames.con.read_parquet(bench.path("listed_made"))


def _companies(bench: Bench) -> pd.DataFrame:
    """Codes of registered companies, and their names as a watchlist has them."""
    register: pd.DataFrame = bench.current("companies").select("code", "uscc", "name").distinct().to_pyarrow().to_pandas()
    names = {text: company.normal(text) for text in register.name.dropna().unique()}
    return register.assign(name_norm=register.name.map(names)).astype("string")
