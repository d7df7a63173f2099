"""What is known of consignments as shipments: descriptions, goods codes, destination, weight."""

import ibis
import numpy as np
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.groups.shipments import Parcels
from sandan.graph.view import GraphView
from sandan.record.catalog.keys import item_id
from sandan.record.lake.portable import joined_in_order, trimmed


def parcels_of(bench: Bench, view: GraphView) -> Parcels:
    """Exports and parcels of express and post, with their texts.

    Args:
        bench: The lists as of the run's date, after matching.
        view: The graph as of the same date.
    """
    texts = _texts(bench).to_pyarrow()
    places = view.places(texts["item"].combine_chunks())
    seen = (places >= 0) & (view.is_export[places] | view.is_parcel[places])
    rows = np.flatnonzero(seen)
    # Several lists may speak of one consignment: the first in order of the ids stands for it.
    _, first = np.unique(places[rows], return_index=True)
    rows = rows[first]
    chosen = texts.take(pa.array(rows))

    def words(name: str) -> list[str]:
        return [text or "" for text in chosen[name].to_pylist()]

    weight = np.array([np.nan if w is None else w for w in chosen["weight"].to_pylist()], dtype=np.float64)
    return Parcels(places[rows].astype(np.int64), words("declared"), words("sold"), words("codes"), words("country"), weight)


def _texts(bench: Bench) -> ibis.Table:
    matched, house = bench.current("matched"), bench.current("house_waybills")
    lines, sold = bench.current("inventory_items"), bench.current("order_items")
    declared = lines.mutate(text=ibis.coalesce(lines.gname, "") + " " + ibis.coalesce(lines.gmodel, ""))
    declared = declared.group_by(_head="parent_id").aggregate(
        declared=joined_in_order(declared.text, declared.gnum, " "), codes=joined_in_order(declared.gcode, declared.gnum, "|")
    )
    named = sold.mutate(text=ibis.coalesce(sold.item_name, "") + " " + ibis.coalesce(sold.item_describe, ""))
    named = named.group_by(_order="parent_id").aggregate(sold=joined_in_order(named.text, named.gnum, " "))
    sent = house.select(
        _code="logistics_code", _no="logistics_no", description="description", to="receiver_country", kg=house.weight_kg.cast("float64")
    )
    joined = matched.left_join(declared, matched.consignment_id == declared._head)
    joined = joined.left_join(named, joined.o_record_id == named._order)
    joined = joined.left_join(sent, [joined.logistics_code == sent._code, joined.logistics_no == sent._no])
    rows = joined.select(
        item=item_id(joined),
        declared=trimmed(ibis.coalesce(joined.declared, "") + " " + ibis.coalesce(joined.description, "")),
        sold=joined.sold,
        codes=joined.codes,
        country=ibis.coalesce(joined.to, joined.country),
        weight=ibis.coalesce(joined.kg, joined.w_weight.cast("float64")),
    )
    return rows.filter(rows.item.notnull()).order_by(["item", "declared"])
