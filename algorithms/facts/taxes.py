"""What tax is due on a declaration by the rates of its day, and what was charged."""

import duckdb
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench
from sandan.algorithms.groups.lots import LIMIT_CNY
from sandan.record.amounts import line_value, rated_lines, with_rate

# Within the limits of retail import, VAT and consumption tax are due at this share and no duty. Source: circular Cai Guan Shui 2016 no. 18.
_REDUCTION = 0.7
# Per line and head in CNY: bounds of what may be due. Freight and insurance may be in the price or beside it, the rates of the day of order
# or of declaration may count. Above the limit full tax is due and duty may come on top: there is no upper bound then.
_DUE = """
with own as (
  select m.consignment_id, m.o_tax_total::double as withheld, m.o_freight::double as order_freight, m.invt_no, m.order_no, m.logistics_no,
    coalesce(m.decl_app, m.known_at)::date as declared_on,
    least(coalesce(m.o_app_time, m.decl_app, m.known_at), m.known_at)::date as ordered_on,
    coalesce(i.freight::double * r.to_cny, 0) + coalesce(i.insured_fee::double * r.to_cny, 0) as extras
  from matched m join inventories i on i.record_id = m.consignment_id join head_rates r on r.record_id = i.record_id
  where m.flow = 'import' and m.kind = 'declaration'),
lines as (select l.*, o.declared_on, o.ordered_on from priced l join own o on l.parent_id = o.consignment_id),
days as (select distinct gcode, declared_on as day from lines union select distinct gcode, ordered_on from lines),
rated as (
  select d.gcode, d.day, arg_max(struct_pack(v := {vat}, c := {consumption}, r := coalesce(t.reduction::double, {reduction})),
    (length(t.hs_prefix), t.valid_from)) as rate
  from days d join tax_rates t on starts_with(d.gcode, t.hs_prefix) and t.valid_from <= d.day group by all),
each as (
  select l.parent_id, l.value, (a.rate.v + a.rate.c) / (1 - a.rate.c) as at_declaration, a.rate.r as r_declaration,
    (b.rate.v + b.rate.c) / (1 - b.rate.c) as at_order, b.rate.r as r_order
  from lines l left join rated a on a.gcode = l.gcode and a.day = l.declared_on
    left join rated b on b.gcode = l.gcode and b.day = l.ordered_on),
summed as (
  select parent_id as consignment_id, count(*) as n, count(value * at_declaration) as n_rated, sum(value) as value,
    sum(value * at_declaration) as full_declaration, sum(value * at_declaration * r_declaration) as reduced_declaration,
    sum(value * coalesce(at_order, at_declaration)) as full_order,
    sum(value * coalesce(at_order * r_order, at_declaration * r_declaration)) as reduced_order
  from each group by 1),
bounds as (
  select s.*, o.withheld, o.invt_no, o.order_no, o.logistics_no, 1 + greatest(o.extras, coalesce(o.order_freight, 0)) / s.value as more
  from summed s join own o using (consignment_id) where s.n = s.n_rated and s.value > 0),
billed as (
  select b.consignment_id, sum(t.customs_tax::double + t.value_added_tax::double + t.consumption_tax::double) as billed from bounds b
    join (select * from tax_bills qualify row_number() over (partition by coalesce(invt_no, order_no || '|' || logistics_no)
      order by return_time desc nulls last, tax_no) = 1) t
    on t.invt_no = nullif(b.invt_no, '') or (t.order_no = b.order_no and t.logistics_no = b.logistics_no) group by 1)
select b.consignment_id, b.withheld as tax_withheld, x.billed as tax_billed, 0.01 * (2 * b.n + 1) as tax_rounding,
  least(b.reduced_declaration, b.reduced_order) as tax_least,
  case when b.value > {limit} then null else greatest(b.reduced_declaration, b.reduced_order) * b.more end as tax_most
from bounds b left join billed x using (consignment_id)
"""


def taxes(bench: Bench) -> ir.Table:
    """Bounds of the tax due on each import declaration all of whose lines have a rate, and what was withheld and billed.

    Tax of a line = value * (VAT + consumption) / (1 - consumption) * reduction, the rate being that of the longest prefix of the code.

    Returns:
        consignment_id, tax_withheld (the order's, CNY), tax_billed (of the 816, CNY, null without), tax_least and tax_most (CNY; most is
        null above the limit of one transaction), tax_rounding (CNY, what rounding of lines explains).
    """
    rated, heads = rated_lines(bench.current, "inventory_items"), bench.current("inventories")
    bench.keep("priced", rated.select("parent_id", "gcode", value=line_value(rated) * rated.to_cny))
    bench.keep("head_rates", with_rate(bench.current, heads.select("record_id", "currency", "known_at")).select("record_id", "to_cny"))
    with duckdb.connect() as con:
        for name in ("matched", "inventories", "head_rates", "priced", "tax_rates", "tax_bills"):
            bench.current(name)
            con.read_parquet(str(bench.path(name))).create_view(name)
        con.sql(_DUE.format(reduction=_REDUCTION, limit=LIMIT_CNY, vat=_share("vat"), consumption=_share("consumption"))).write_parquet(
            str(bench.path("taxes_made"))
        )
    return bench.frames.con.read_parquet(bench.path("taxes_made"))


def _share(column: str) -> str:
    """A rate as a share; no tax is above 100 %, so that a larger figure is per cent."""
    return f"case when t.{column} > 1 then t.{column} / 100 else t.{column} end::double"
