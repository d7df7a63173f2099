"""Two steps from one node of the graph, which is what a person waits for: statements, where they start, and how long they take."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.read_models.network.atlas import FACT_COLUMNS, KINDS, Atlas
from sandan.algorithms.read_models.network.neighbourhood import neighbourhood
from sandan.graph.arrays import shared_view
from sandan.graph.store.base import Store
from sandan.graph.store.layout import node_file

_TOLD = "BOUGHT_BY|PAID_BY|CONSIGNED_TO|SHIPPED_TO"
_WHOM = "Buyer|Payer|Consignee|Address"
_MAX_ROWS = 1000
# The first answers plan a statement, sort arrays, bring pages in and have a server's code compiled.
_UNCOUNTED = 30


@dataclass(frozen=True, slots=True)
class Hops:
    """A statement and the label of the node from which it starts, whose id is `$id`."""

    name: str
    label: str
    text: str


HOPS = (
    Hops(
        "an order, by one pattern",
        "Order",
        f"MATCH (o:Order {{id: $id}})-[:{_TOLD}]->(x:{_WHOM})<-[:{_TOLD}]-(n:Order) WHERE n.id <> o.id "
        "RETURN DISTINCT n.id, n.score LIMIT 500",
    ),
    Hops(
        "an order, step by step",
        "Order",
        f"MATCH (o:Order {{id: $id}})-[:{_TOLD}]->(x:{_WHOM}) WITH DISTINCT o, x LIMIT 100 "
        f"MATCH (x)<-[:{_TOLD}]-(n:Order) WHERE n.id <> o.id RETURN DISTINCT n.id, n.score LIMIT 500",
    ),
    Hops(
        "a buyer, step by step",
        "Buyer",
        f"MATCH (b:Buyer {{id: $id}})<-[:BOUGHT_BY]-(o:Order) WITH o LIMIT 100 MATCH (o)-[:{_TOLD}]->(x:{_WHOM}) "
        "RETURN DISTINCT o.id, x.id LIMIT 500",
    ),
    Hops(
        "a telephone, whatever is there",
        "Phone",
        "MATCH (t:Phone {id: $id})-[]-(m) WITH DISTINCT m LIMIT 100 MATCH (m)-[]-(x) RETURN DISTINCT m.id, x.id LIMIT 500",
    ),
)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long one waited, in milliseconds, over many starts."""

    p50: float
    p95: float
    most: float


def ask(store: Store, tables: Path, hops: Hops, n: int, seed: int = 1) -> Waits:
    """Ask from so many random nodes."""
    ids = pq.read_table(node_file(tables, hops.label), columns=["id"])["id"]
    starts = [ids[place].as_py() for place in random.Random(seed).sample(range(len(ids)), min(n + _UNCOUNTED, len(ids)))]
    return _waits(lambda key: store.query(hops.text, {"id": key}, max_rows=_MAX_ROWS, timeout_s=60), starts)


def draw(tables: Path, n: int, seed: int = 1) -> Waits:
    """The neighbourhood of an order as the dashboard draws it, from the mapped arrays, which the first picture sorts."""
    view = shared_view(tables)
    facts = pa.table({name: pa.array([], pa.float64() if name in ("score", "declared_cny") else pa.string()) for name in FACT_COLUMNS})
    atlas = Atlas(view, tables, np.full(view.n, -1), facts, np.zeros(view.n), dict.fromkeys(KINDS, 60), {})
    places = random.Random(seed).sample(range(view.n), min(n + _UNCOUNTED, view.n))
    return _waits(lambda key: neighbourhood(atlas, [key]), [view.ids[place].as_py() for place in places])


def _waits(action: Callable[[str], object], starts: Sequence[str]) -> Waits:
    for key in starts[:_UNCOUNTED]:
        action(key)
    waits = []
    for key in starts[_UNCOUNTED:]:
        started = time.perf_counter()
        action(key)
        waits.append((time.perf_counter() - started) * 1000)
    return Waits(statistics.median(waits), statistics.quantiles(waits, n=20)[-1], max(waits))
