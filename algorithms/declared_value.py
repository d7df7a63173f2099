"""What consignments are declared at, in CNY."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.bench import Bench
from sandan.graph.rates import with_rate


def declared_cny(bench: Bench, matched: ir.Table) -> ir.Table:
    """What each consignment was declared at: the declared lines; without any the order's goods; of a parcel what its house waybill says.

    Returns:
        consignment_id and declared_cny (CNY at the rate of the day when the list was known), a row for each consignment; null where no
        amount is stated, or its currency has no rate.
    """
    items, house = bench.current("inventory_items"), bench.current("house_waybills")
    lines = items.select(
        "currency", stated=ibis.coalesce(items.total_price, items.price * items.qty).cast("float64"), consignment_id=items.parent_id
    )
    lines = lines.inner_join(matched.select("consignment_id", "known_at"), "consignment_id")
    goods, paper = matched.o_goods_value.cast("float64"), house.declared_value.cast("float64")
    orders = matched.select("consignment_id", currency=matched.o_currency, stated=goods, known_at=matched.o_known_at)
    parcels = house.select("currency", "known_at", consignment_id=house.record_id, stated=paper)
    known = matched.select("consignment_id")
    for name, part in (("a", lines), ("b", orders), ("c", parcels)):
        rated = with_rate(bench.current, part)
        worth = rated.group_by("consignment_id").aggregate((rated.stated * rated.to_cny).sum().name(name))
        known = known.left_join(worth, "consignment_id").drop("consignment_id_right")
    return known.select("consignment_id", declared_cny=ibis.coalesce(known.a, known.b, known.c))
