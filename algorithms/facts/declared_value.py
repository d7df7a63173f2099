"""What consignments are declared at, in CNY."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench
from sandan.record.amounts import declared_by_declaration, declared_by_order, declared_by_parcel


def declared_cny(bench: Bench, matched: ir.Table) -> ir.Table:
    """What each consignment was declared at: the declared lines; without any the order's goods; of a parcel what its house waybill says.

    Returns:
        consignment_id and declared_cny (CNY at the rate of the day when the list was known), a row for each consignment; null where no
        amount is stated, or its currency has no rate.
    """
    lists = bench.current
    by_lines = declared_by_declaration(lists).select(_lines="record_id", a="declared_cny")
    by_order = declared_by_order(lists).select(_order="record_id", b="declared_cny")
    by_paper = declared_by_parcel(lists).select(_paper="record_id", c="declared_cny")
    known = matched.select("consignment_id", "o_record_id")
    known = known.left_join(by_lines, known.consignment_id == by_lines._lines)
    known = known.left_join(by_order, known.o_record_id == by_order._order)
    known = known.left_join(by_paper, known.consignment_id == by_paper._paper)
    return known.select("consignment_id", declared_cny=ibis.coalesce(known.a, known.b, known.c))
