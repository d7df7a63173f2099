"""What a run keeps of every consignment to show it: its alert, findings and lists in one row, masked, and the keys that name it.

Written once, when the run is kept, from what the matching found: a page or a command reads one row and matches nothing again.
"""

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.results.results import PART_ROWS, Keyed, Results
from sandan.record.masks import MASK_MACROS

CONSIGNMENTS, KEYS = "consignments", "keys"
_LISTS = (
    "orders", "payments", "waybills", "house_waybills", "inventories", "order_items", "inventory_items", "tracking", "deliveries",
    "cancellations", "returns",
)  # fmt: skip
# Kept by the matching and by the search for what became of a consignment at customs.
_LINKS = ("matched", "payment_links", "customs_numbers", "receipts_of", "replies_of")
# What a declarant meant to do with a record, by `appType`.
_CHANGES = "create macro change(t) as case t when '2' then 'change' when '3' then 'delete' else 'new' end"
# Lists are sorted as wholes: an aggregate with an order of its own sorts each of them by itself, which takes ten times as long.
_SORTED = "create macro sorted(rows) as list_transform(list_sort(rows), lambda row: row.shown)"
_ROWS = """
with order_lines as (
  select parent_id, sorted(list(struct_pack(gnum, record_id, shown := struct_pack(name := item_name, qty, price)))) as items
  from order_items group by 1),
lines as (
  select parent_id,
    sorted(list(struct_pack(gnum, record_id, shown := struct_pack(name := gname, qty, price, total_price, currency)))) as items
  from inventory_items group by 1),
of_order as (
  select m.consignment_id, o.known_at, change(o.app_type) as change, struct_pack(o.order_no, o.ebp_code, o.ebp_name, o.ebc_code, o.ebc_name,
    buyer_name := masked_name(o.buyer_name), o.buyer_id_masked, telephone := masked_telephone(o.buyer_telephone_norm),
    consignee := masked_name(o.consignee), address := masked_address(o.consignee_address_norm, o.consignee_address), o.goods_value,
    o.freight, o.tax_total, o.discount, o.actual_paid, o.currency, o.pay_code, o.pay_name, o.pay_transaction_id, o.app_time,
    items := l.items) as shown
  from matched m join orders o on o.record_id = m.o_record_id left join order_lines l on l.parent_id = o.record_id),
of_payment as (
  select k.consignment_id, p.known_at, change(p.app_type) as change, p.pay_time, p.record_id, struct_pack(p.pay_transaction_id, p.order_no,
    p.ebp_code, p.ebp_name, p.pay_code, p.pay_name, payer_name := masked_name(p.payer_name), p.payer_id_masked,
    telephone := masked_telephone(p.telephone_norm), p.amount_paid, p.currency, p.pay_time, p.app_time) as shown
  from payment_links k join payments p on p.record_id = k.q_record_id),
by_carrier as (
  select m.consignment_id, w.known_at, change(w.app_type) as change, struct_pack(w.logistics_no, w.logistics_code, w.logistics_name,
    w.order_no, consignee := masked_name(w.consignee), telephone := masked_telephone(w.consignee_telephone_norm),
    address := masked_address(w.consignee_address_norm, w.consignee_address), w.weight, goods := w.goods_info,
    sent_at := w.app_time) as shown
  from matched m join waybills w on w.record_id = m.w_record_id),
by_house as (
  select m.consignment_id, h.known_at, 'new' as change, struct_pack(h.logistics_no, h.logistics_code,
    logistics_name := null::varchar, h.order_no, consignee := masked_name(h.receiver_name),
    telephone := masked_telephone(h.receiver_telephone_norm), address := masked_address(h.receiver_address_norm, h.receiver_address),
    weight := h.weight_kg, goods := h.description, sent_at := h.shipped_at) as shown
  from (select consignment_id, flow, logistics_code, logistics_no from matched where w_record_id is null) m
    join house_waybills h on h.logistics_no = m.logistics_no and h.flow = m.flow
  qualify row_number() over (partition by m.consignment_id
    order by h.record_id <> m.consignment_id, h.logistics_code is distinct from m.logistics_code, h.record_id) = 1),
of_waybill as (from by_carrier union all from by_house),
of_declaration as (
  select i.record_id as consignment_id, i.known_at, change(i.app_type) as change, struct_pack(i.invt_no, i.order_no, i.ebp_code, i.ebp_name,
    i.ebc_code, i.ebc_name, i.agent_code, i.agent_name, i.logistics_no, i.logistics_code, i.logistics_name, i.customs_code, i.trade_mode,
    buyer_name := masked_name(i.buyer_name), i.buyer_id_masked, telephone := masked_telephone(i.buyer_telephone_norm),
    address := masked_address(i.consignee_address_norm, i.consignee_address), i.country, i.currency, i.decl_time, i.app_time,
    items := l.items) as shown
  from inventories i left join lines l on l.parent_id = i.record_id),
parcel as (select consignment_id, flow, logistics_code, logistics_no from matched where logistics_no is not null),
of_delivery as (
  select p.consignment_id, t.record_id, t.event_at, coalesce(t.status, '') as status, masked_address(t.address_norm, t.address) as address
  from parcel p join tracking t on t.logistics_no = p.logistics_no and coalesce(t.logistics_code, p.logistics_code) = p.logistics_code
  where t.event_at is not null
  union all
  select p.consignment_id, d.record_id, d.logistics_time, coalesce(d.logistics_status, ''), ''
  from parcel p join deliveries d on d.logistics_no = p.logistics_no and d.logistics_code = p.logistics_code and d.flow = p.flow
  where d.logistics_time is not null),
delivered as (
  select consignment_id, arg_max(struct_pack(event_at, address), (address <> '', event_at, record_id)) as shown
  from of_delivery group by 1),
own_number as (select record_id as consignment_id, flow, agent_code, cop_no from inventories where cop_no is not null),
applications as (
  from (select 'cancellation' as kind, flow, agent_code, cop_no, pre_no, invt_no, reason, known_at, record_id from cancellations
    union all select 'return', flow, agent_code, cop_no, pre_no, invt_no, reason, known_at, record_id from returns)),
applied as (
  select o.consignment_id, a.kind, a.reason, a.known_at, a.record_id from own_number o join applications a
    on a.cop_no = o.cop_no and a.flow = o.flow and coalesce(a.agent_code, o.agent_code) = o.agent_code
  union select n.consignment_id, a.kind, a.reason, a.known_at, a.record_id from customs_numbers n join applications a
    on a.invt_no = n.number and a.flow = n.flow
  union select n.consignment_id, a.kind, a.reason, a.known_at, a.record_id from customs_numbers n join applications a
    on a.pre_no = n.number and a.flow = n.flow),
events as (
  select consignment_id, known_at as event_at, 'order' as kind, change from of_order
  union all select consignment_id, known_at, 'payment', change from of_payment
  union all select consignment_id, known_at, 'waybill', change from of_waybill
  union all select consignment_id, known_at, 'declaration', change from of_declaration
  union all select consignment_id, event_at, 'delivery', status from of_delivery
  union all select consignment_id, known_at, 'receipt', trim(concat_ws(' ', return_status, return_info)) from receipts_of
  union all select consignment_id, known_at, kind, coalesce(reason, '') from applied
  union all select consignment_id, "at", case applied when 'cancelled' then 'cancellation_reply' else 'return_reply' end,
    trim(concat_ws(' ', status, info)) from replies_of),
paid as (select consignment_id, sorted(list(struct_pack(pay_time, record_id, shown))) as shown from of_payment group by 1),
happened as (
  select consignment_id, list_sort(list(struct_pack(event_at, kind, change))) as shown from events group by 1),
found as (
  select consignment_id, sorted(list(struct_pack(least := -bits, typology, reason, finding_id, shown := f))) as shown
  from findings f group by 1)
select a.consignment_id, r.rank, a as alert, f.shown as findings, o.shown as order_list, p.shown as payments,
  w.shown as waybill, d.shown as declaration, t.shown as delivery, h.shown as history
from alerts a join ranks r using (consignment_id) left join found f using (consignment_id)
  left join of_order o using (consignment_id) left join paid p using (consignment_id)
  left join of_waybill w using (consignment_id) left join of_declaration d using (consignment_id)
  left join delivered t using (consignment_id) left join happened h using (consignment_id)
order by a.consignment_id
"""
# A whole key names flow, platform and order, or carrier and parcel; a bare number may be that of an order, a parcel or a declaration.
_KEYS = """
with named as (
  select consignment_id, rank, order_no, logistics_no, invt_no,
    case when order_no <> '' then concat_ws(':', flow, coalesce(ebp_code, ''), order_no) end as by_order,
    case when logistics_no <> '' then concat_ws(':', 'parcel', coalesce(logistics_code, ''), logistics_no) end as by_parcel
  from alerts join ranks using (consignment_id)),
keys as (
  select by_order as key, true as is_whole, * from named union all select by_parcel, true, * from named
  union all (select unnest([order_no, logistics_no, invt_no, consignment_id]), false, * from named))
select distinct key, is_whole, consignment_id, rank, coalesce(by_order, by_parcel, consignment_id) as name
from keys where key <> '' order by key, rank
"""


def keyed_tables(bench: Bench, results: Results) -> Iterator[tuple[str, Keyed]]:
    """The tables that a run keeps by their key, to be written one after the other.

    Args:
        bench: The lists as of the run's date, with what the matching kept of them.
        results: Alerts and findings of the run.

    Yields:
        `consignments`: consignment_id, rank (place among the alerts), alert, findings (the strongest first), order_list, payments, waybill,
        declaration, delivery (null without one), history; names, telephones and addresses are masked.
        `keys`: key, is_whole (False: a bare number), consignment_id, rank, name (the whole key of the consignment).
    """
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET temp_directory = $folder", {"folder": str(bench.folder)})
        con.execute(MASK_MACROS)
        con.execute(_CHANGES)
        con.execute(_SORTED)
        for name in (*_LISTS, *_LINKS):
            con.read_parquet(bench.files(name)).create_view(name)
        alerts = results.table("alerts")
        con.register("alerts", alerts)
        con.register("findings", results.table("findings"))
        con.register("ranks", alerts.select(["consignment_id"]).append_column("rank", pa.array(range(alerts.num_rows), pa.int64())))
        yield CONSIGNMENTS, Keyed("consignment_id", con.sql(_ROWS).to_arrow_reader(PART_ROWS))
        yield KEYS, Keyed("key", con.sql(_KEYS).to_arrow_reader(PART_ROWS))
