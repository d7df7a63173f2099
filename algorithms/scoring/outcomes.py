"""What officers found, as labels of consignments."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.network.features import Labels
from sandan.graph.view import GraphView
from sandan.record.catalog.keys import order_id, parcel_id

# Every outcome but this one is a breach.
COMPLIANT = "compliant"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Labels and an account of the rows they were made from.

    Attributes:
        labels: One per consignment that was inspected.
        n_rows: Rows of the table in force on the date.
        n_unknown: Rows whose consignment no list names.
        kinds: Rows by outcome.
    """

    labels: Labels
    n_rows: int
    n_unknown: int
    kinds: dict[str, int]


def known_outcomes(bench: Bench, view: GraphView, since: dt.datetime | None = None) -> Outcomes:
    """Labels known on the date of the lists. A consignment with several outcomes is a breach if one of them is.

    The weight is 1 / probability of being chosen where that was recorded; the first inspection decides when the label was known.

    Args:
        bench: The lists.
        view: The graph.
        since: Only outcomes that became known after this moment; None: all.
    """
    table = bench.current("outcomes")
    rows = (table if since is None else table.filter(table.known_at > since)).to_pyarrow().to_pylist()
    orders, parcels = [order_id(row) or "" for row in rows], [parcel_id(row) or "" for row in rows]
    by_order, by_parcel = view.places(pa.array(orders, pa.string())), view.places(pa.array(parcels, pa.string()))
    carried = _carried(bench, view)
    merged: dict[int, tuple[bool, int, float]] = {}
    kinds: dict[str, int] = {}
    unknown = 0
    for row, order, parcel, key in zip(rows, by_order.tolist(), by_parcel.tolist(), parcels, strict=True):
        kinds[row["outcome"]] = kinds.get(row["outcome"], 0) + 1
        item = order if order >= 0 else parcel if parcel >= 0 else carried.get(key, -1)
        if item < 0:
            unknown += 1
            continue
        breach, at = row["outcome"] != COMPLIANT, round(row["inspected_at"].timestamp() * 1_000_000)
        weight = 1.0 / float(row["probability"]) if row["probability"] else 1.0
        old = merged.get(item)
        merged[item] = (breach or old[0], min(at, old[1]), max(weight, old[2])) if old else (breach, at, weight)
    items = sorted(merged)
    labels = Labels(
        np.array(items, dtype=np.int64),
        np.array([merged[i][0] for i in items], dtype=bool),
        np.array([merged[i][1] for i in items], dtype=np.int64),
        np.array([merged[i][2] for i in items], dtype=np.float64),
    )
    return Outcomes(labels, len(rows), unknown, kinds)


def _carried(bench: Bench, view: GraphView) -> dict[str, int]:
    """Item of the order that a parcel was declared for, by parcel id."""
    declared = bench.current("inventories").select("flow", "ebp_code", "order_no", "logistics_code", "logistics_no")
    rows = declared.filter(declared.logistics_no.notnull()).to_pyarrow().to_pylist()
    places = view.places(pa.array([order_id(row) or "" for row in rows], pa.string()))
    return {parcel: p for row, p in zip(rows, places.tolist(), strict=True) if p >= 0 and (parcel := parcel_id(row))}
