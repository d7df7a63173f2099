"""What stands around a consignment: one row each, with the keys by which consignments meet and the figures that are compared."""

import duckdb
import numpy as np
import pandas as pd

from sandan.algorithms.bench import Bench
from sandan.algorithms.context.allusions import alluded_brand, allusion, brand_names, names_brand
from sandan.algorithms.context.doors import Door, doors
from sandan.algorithms.groups.lots import LIMIT_CNY

# Near the limit is from 70 % of it on: what splits a lot needs room below it for freight and tax.
_NEAR_LIMIT = 0.7
_CHEAP, _LOW_DECLARED, _MANY_PIECES = 0.7, 0.8, 4
_TABLES = ("inventories", "inventory_items", "order_items", "house_waybills", "companies", "brands", "price_references")
_ROWS = """
with declared as (
  select parent_id as consignment_id, sum(coalesce(total_price, price * qty))::double as declared_lines, max(qty)::double as most_pieces,
    sum(qty)::double as pieces, count(*) as n_items, arg_max(gname_norm, coalesce(total_price, price * qty)) as declared_name,
    arg_max(item_name_norm, coalesce(total_price, price * qty)) as item_name, arg_max(gcode, coalesce(total_price, price * qty)) as gcode,
    arg_max(gmodel, coalesce(total_price, price * qty)) as gmodel,
    string_agg(coalesce(item_name_norm, gname_norm), '|' order by coalesce(item_name_norm, gname_norm)) as declared_names
  from inventory_items group by 1),
ordered as (
  select parent_id as order_record, string_agg(item_name_norm, '|' order by item_name_norm) as ordered_names from order_items group by 1),
house as (
  select * from (
    select *, row_number() over (partition by logistics_code, logistics_no order by known_at, record_id) as place from house_waybills)
  where place = 1),
main_line as (
  select consignment_id, goods_key, hs, price_cny, market, peer from (
    select *, row_number() over (partition by consignment_id order by price_cny * qty desc, goods_key, item) as place from price_references)
  where place = 1),
register as (
  select coalesce(code, uscc) as code, min(registered_on) as registered_on, min(credit) as credit from companies group by 1)
select
  f.consignment_id, f.kind, f.flow, f.ebp_code as ebp, f.order_no, (f.flow = 'import')::int as imp,
  (f.kind = 'parcel')::int as parcel,
  epoch(f.known_at) / 86400. as t, coalesce(f.ebc_code, h.sender_name_norm) as seller, f.agent_code as agent, f.logistics_code as carrier,
  f.customs_code as office, coalesce(f.p_pay_code, f.o_pay_code) as pay, f.buyer_hash as buyer, f.p_payer_hash as payer,
  f.p_other_payer as other_payer, f.buyer_norm,
  case when f.flow = 'import' then coalesce(f.w_consignee_telephone_norm, f.o_consignee_telephone_norm, f.buyer_telephone_norm,
    h.receiver_telephone_norm) end as tel,
  case when f.flow = 'import' then coalesce(f.o_buyer_telephone_norm, f.buyer_telephone_norm) end as buyer_tel,
  case when f.flow = 'import' then coalesce(f.w_consignee_address_norm, f.consignee_address_norm, f.o_consignee_address_norm,
    h.receiver_address_norm) end as address,
  case when f.flow = 'import' then coalesce(f.w_consignee_norm, f.o_consignee_norm, h.receiver_name_norm) end as consignee,
  i.bill_no as bill,
  case when f.flow = 'export' then coalesce(h.receiver_telephone_norm, h.receiver_name_norm || h.receiver_country) end as receiver,
  case when f.flow = 'export' then h.receiver_address_norm end as receiver_address,
  h.sender_telephone_norm as sender_tel, h.sender_address_norm as sender_text,
  coalesce(h.receiver_country, f.country) as country, coalesce(h.channel, f.channel) as channel, h.description_norm as description,
  coalesce(d.gcode, l.hs) as hs, substr(coalesce(d.gcode, l.hs), 1, 4) as hs4,
  coalesce(l.goods_key, d.gcode || d.declared_name, h.description_norm) as goods,
  coalesce(d.item_name, d.declared_name, h.description_norm) as goods_name, d.declared_name, d.declared_names, d.gmodel, o.ordered_names,
  d.most_pieces, d.pieces, d.n_items, l.price_cny as price, l.market, l.peer, f.u_ratio, f.declared_cny as value, d.declared_lines,
  f.o_goods_value::double as order_goods, f.o_freight::double as order_freight, f.o_tax_total::double as order_tax,
  f.o_discount::double as order_discount, f.o_actual_paid::double as order_paid, f.p_amount::double as paid,
  coalesce(i.gross_weight::double, f.w_weight::double, h.weight_kg::double) as weight, f.w_weight::double as waybill_weight,
  epoch(f.o_app_time) / 3600. as h_order, epoch(f.p_first) / 3600. as h_pay, epoch(f.w_app_time) / 3600. as h_way,
  epoch(coalesce(f.decl_app, f.known_at)) / 3600. as h_decl, epoch(f.t_delivered) / 3600. as h_delivered,
  (f.o_record_id is null)::int as no_order, (f.p_n is null)::int as no_pay, (f.w_record_id is null)::int as no_way,
  (f.t_delivered is null)::int as no_delivery, f.p_n::double as n_payments, f.served::double as served,
  f.service_near::double as near_service, f.alike::double as alike, f.other_province::double as other_province, f.a_second, f.a_kind,
  (f.unlisted_item is not null)::int as unlisted, coalesce((f.p_ebp_code <> f.ebp_code)::int, 0) as other_platform,
  coalesce((f.o_pay_code <> f.p_pay_code)::int, 0) as other_provider, epoch(r.registered_on::timestamp) / 86400. as registered,
  r.credit, (r.code is not null)::int as registered_company,
  coalesce((f.w_app_time < f.o_app_time)::int, 0) as early_waybill, coalesce((f.u_ratio < {cheap})::int, 0) as cheap,
  coalesce((not f.served)::int, 0) as no_service, (f.flow = 'import' and f.o_record_id is null and f.kind <> 'parcel')::int as lost,
  coalesce((f.flow = 'import' and f.declared_cny between {near} and {limit})::int, 0) as near_limit,
  (f.flow = 'import' and (f.p_other_payer is not null or f.p_shown_other is not null))::int as payer_other,
  (f.alike is not null and f.a_kind is distinct from 'locker')::int as sent_elsewhere,
  coalesce((d.declared_lines / nullif(f.o_goods_value::double - coalesce(f.o_discount::double, 0), 0) < {low})::int, 0) as declared_low,
  coalesce((d.most_pieces > {pieces})::int, 0) as many_pieces,
  (f.flow = 'export' and coalesce(h.channel, f.channel) in ('express', 'cbec'))::int as fast,
  (f.flow = 'import' and coalesce(o.ordered_names <> d.declared_names, false))::int as names_differ,
  coalesce((case when f.flow = 'import' then coalesce(f.w_consignee_norm, f.o_consignee_norm, h.receiver_name_norm) end
    <> f.buyer_norm)::int, 0) as other_consignee,
  (f.flow = 'export' and (coalesce(d.gcode, l.hs) is null or exists (
    select 1 from (select distinct unnest(string_split(hs_prefixes, '|')) as prefix from brands) b
    where b.prefix <> '' and starts_with(coalesce(d.gcode, l.hs), b.prefix))))::int as brand_goods
from facts f left join declared d using (consignment_id) left join ordered o on o.order_record = f.o_record_id
  left join house h on h.logistics_code = f.logistics_code and h.logistics_no = f.logistics_no
  left join inventories i on i.record_id = f.consignment_id left join main_line l on l.consignment_id = f.consignment_id
  left join register r on r.code = f.ebc_code
order by f.consignment_id
"""


def context_rows(bench: Bench) -> pd.DataFrame:
    """One row per consignment, in the order of `consignment_id`, with keys, figures and marks (0, 1).

    Money is in the currency of the list, `value`, `price`, `market` and `peer` in CNY; `t` in days, `h_…` in hours since 1970; weights
    in kg. `door`, `building`, `sender_door`, `sender_building` are keys of `sandan.algorithms.context.doors`.
    """
    text = _ROWS.format(cheap=_CHEAP, near=_NEAR_LIMIT * LIMIT_CNY, limit=LIMIT_CNY, low=_LOW_DECLARED, pieces=_MANY_PIECES)
    with duckdb.connect() as con:
        for name in (*_TABLES, "facts"):
            con.read_parquet(bench.files(name)).create_view(name)
        rows: pd.DataFrame = con.sql(text).df()
    places = doors([*rows.address.dropna().unique(), *rows.sender_text.dropna().unique()])
    nowhere = Door(None, None)
    for source, door, building in (("address", "door", "building"), ("sender_text", "sender_door", "sender_building")):
        found = [places[text] if isinstance(text, str) else nowhere for text in rows[source]]
        rows[door], rows[building] = [place.door for place in found], [place.building for place in found]
    _allusions(rows, bench.current("brands").select("brand", "aliases").distinct().to_pyarrow().to_pylist())
    return rows


def _allusions(rows: pd.DataFrame, brands: list[dict[str, str | None]]) -> None:
    """Put `allude`, `alluded_brand`, `brand_declared` and `unbranded` beside exports; 0 and None in imports.

    Post and express parcels have neither a code nor a field for the brand: their goods may be of any class, and no brand is declared. A
    description that names one openly leaves nothing out, so that only a disguised brand or a copy is an allusion there.
    """
    # In an order of their own: of two brands in one text every run names the same.
    by_brand = [(row["brand"], brand_names([row])) for row in sorted(brands, key=lambda row: (row["brand"] or "", row["aliases"] or ""))]
    names = [one for _, own in by_brand for one in own]
    texts = rows.goods_name.fillna("") + " " + rows.declared_name.fillna("") + " " + rows.description.fillna("")
    declared = rows.gmodel.fillna("")
    no_field = rows.gmodel.isna() & rows.hs.isna()
    openly = rows.description.where(no_field, declared).fillna("")
    seen: dict[tuple[str, str, str], tuple[int, bool, str | None]] = {}
    alluded, named, alluded_to = np.zeros(len(rows)), np.zeros(len(rows)), np.full(len(rows), None, dtype=object)
    for i in np.flatnonzero(rows.imp.to_numpy() == 0):
        key = (texts.iloc[i], declared.iloc[i], openly.iloc[i])
        if key not in seen:
            strength = allusion(key[0], key[2], names)
            seen[key] = strength, names_brand(key[1], names), alluded_brand(key[0], by_brand) if strength else None
        alluded[i], named[i], alluded_to[i] = seen[key]
    rows["allude"], rows["brand_declared"] = alluded, named
    rows["alluded_brand"] = pd.Series(alluded_to, rows.index, dtype=object)
    rows["unbranded"] = ((rows.brand_goods == 1) & (named == 0)).astype(float)
