"""A graph made directly as tables, with the shares and degrees of a generated world: for sizes at which making its messages takes hours.

Per order about one parcel, .3 buyers and payers, .45 consignees, .35 addresses and .5 telephones; targets are drawn by a power law, so that
some addresses are lockers with thousands of parcels, and goods and operators are hubs.

Whole, a world has 18 relations an order. Of its lists alone, without what parcels, operators and results repeat, it has 7.5.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.graph.contacts import CONTACTS, ITEMS
from sandan.graph.schema import NODES, RELATIONS, node_schema, relation_schema
from sandan.graph.store.layout import event_file, node_file, relation_file

Ints = npt.NDArray[np.int64]

_START_US = int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp() * 1_000_000)
_DAY_US = 86_400_000_000
_DAYS = 90
# Nodes of a label per order; what is not here is a fixed few.
_PER_ORDER = {"Buyer": 0.3, "Payer": 0.3, "Consignee": 0.45, "Sender": 0.03, "Phone": 0.5, "Address": 0.35, "Goods": 0.02, "Finding": 0.05}
_FIXED = {"Platform": 40, "Brand": 200, "Destination": 400, "Cluster": 60}
# Who bought, paid and receives, where, what, and how they are reached.
_OF_LISTS = {("BOUGHT_BY", "Order"), ("PAID_BY", "Order"), ("CONSIGNED_TO", "Order"), ("SHIPPED_TO", "Order"), ("CONTAINS", "Order")} | {
    ("REACHED_AT", label) for label in ("Buyer", "Payer", "Consignee", "Sender")
}
_ROLES = {"seller": 600, "payment": 20, "logistics": 30, "agent": 150}


@dataclass(slots=True)
class _World:
    """Ids by label, and relations as pairs of places, both as they are drawn."""

    n: int
    rng: np.random.Generator
    ids: dict[str, pa.Array] = field(default_factory=dict)
    pairs: dict[tuple[str, str, str], tuple[Ints, Ints]] = field(default_factory=dict)
    more: dict[tuple[str, str, str], dict[str, object]] = field(default_factory=dict)

    def drawn(self, n: int, n_targets: int, *, steep: float = 1.6) -> Ints:
        """Targets of `n` sources: a few are drawn very often, most a few times."""
        return np.minimum((n_targets * self.rng.random(n) ** steep).astype(np.int64), n_targets - 1)

    def some(self, share: float, *, of: int = 0) -> Ints:
        """A share of the orders, or of so many others."""
        return np.flatnonzero(self.rng.random(of or self.n) < share)


def write_graph_world(tables: Path, n_orders: int, seed: int = 1, *, lists_only: bool = False) -> None:
    """Write every table of a graph version with so many orders; the same seed gives the same tables."""
    world = _World(n_orders, np.random.default_rng(seed))
    _draw_nodes(world)
    _draw_trade(world)
    _draw_people(world)
    _draw_results(world)
    if lists_only:
        world.pairs = {key: pairs for key, pairs in world.pairs.items() if key[:2] in _OF_LISTS}
    for name in ("nodes", "relations", "events"):
        (tables / name).mkdir(parents=True, exist_ok=True)
    for node in NODES:
        ids = world.ids[node.label]
        columns = {name: _column(kind, name, len(ids), world.rng) for name, kind in node.properties}
        pq.write_table(pa.table({"id": ids, **columns}, schema=node_schema(node.label)), node_file(tables, node.label))
    for relation in RELATIONS:
        for source, target in relation.pairs:
            key = (relation.name, source, target)
            froms, tos = world.pairs.get(key, (np.zeros(0, np.int64), np.zeros(0, np.int64)))
            order = np.lexsort((tos, froms))
            own = world.more.get(key, {})
            columns = {
                "from": world.ids[source].take(pa.array(froms[order])),
                "to": world.ids[target].take(pa.array(tos[order])),
                **{
                    name: pa.array(np.asarray(own[name])[order]) if name in own else _column(kind, name, len(order), world.rng)
                    for name, kind in relation.properties
                },
            }
            pq.write_table(pa.table(columns, schema=relation_schema(relation.name)), relation_file(tables, relation.name, source, target))
    _write_events(world, tables)


def _draw_nodes(world: _World) -> None:
    n = world.n
    place = np.arange(n)
    world.ids["Order"] = _joined("import:P", world.drawn(n, 40), ":2025", place)
    world.ids["Parcel"] = _joined("L", world.drawn(n, 30), ":", place)
    for label, share in _PER_ORDER.items():
        world.ids[label] = _hashes(max(2, round(n * share)), world.rng)
    for label, number in _FIXED.items():
        world.ids[label] = _joined(label[0], np.arange(number))
    for label, ids in world.ids.items():
        world.ids[label] = ids.take(pc.sort_indices(ids))  # as the lake's transform writes them
    world.ids["Person"] = pc.binary_join_element_wise("p:", world.ids["Buyer"], "")
    world.ids["Operator"] = pa.concat_arrays([_joined(f"{role}:{role[0]}", np.arange(number)) for role, number in _ROLES.items()])


def _draw_trade(world: _World) -> None:
    n, every = world.n, np.arange(world.n)
    role_at = dict(zip(_ROLES, np.cumsum([0, *_ROLES.values()]).tolist(), strict=False))
    carrier = role_at["logistics"] + world.drawn(n, _ROLES["logistics"])
    world.pairs["PLACED_ON", "Order", "Platform"] = every, world.drawn(n, 40)
    world.pairs["SOLD_BY", "Order", "Operator"] = every, world.drawn(n, _ROLES["seller"])
    world.pairs["CHARGED_BY", "Order", "Operator"] = every, role_at["payment"] + world.drawn(n, _ROLES["payment"])
    world.pairs["CARRIED_BY", "Order", "Operator"] = every, carrier
    world.pairs["CARRIED_BY", "Parcel", "Operator"] = every, carrier
    world.pairs["DECLARED_BY", "Order", "Operator"] = every, role_at["agent"] + world.drawn(n, _ROLES["agent"])
    world.pairs["SHIPPED_IN", "Order", "Parcel"] = every, every
    again = world.some(0.4)
    lines = np.concatenate([every, again])
    world.pairs["CONTAINS", "Order", "Goods"] = lines, world.drawn(len(lines), len(world.ids["Goods"]))
    world.more["CONTAINS", "Order", "Goods"] = {"gnum": np.repeat([1, 2], [n, len(again)])}
    goods = world.some(0.5, of=len(world.ids["Goods"]))
    world.pairs["OF_BRAND", "Goods", "Brand"] = goods, world.drawn(len(goods), _FIXED["Brand"])
    provider = np.arange(_ROLES["payment"])
    world.pairs["SERVES", "Operator", "Platform"] = role_at["payment"] + provider, provider % _FIXED["Platform"]


def _draw_people(world: _World) -> None:
    """A buyer is the payer of nine orders in ten, is reached at one telephone, and has parcels sent to one of a few doors."""
    n, every = world.n, np.arange(world.n)
    n_of = {label: len(ids) for label, ids in world.ids.items()}
    buyer = world.drawn(n, n_of["Buyer"], steep=1.2)
    strange = world.rng.random(n) < 0.1
    payer = np.where(strange, world.drawn(n, n_of["Payer"]), buyer)
    consignee = np.where(strange, world.drawn(n, n_of["Consignee"]), buyer)
    door = np.where(world.rng.random(n) < 0.15, world.drawn(n, n_of["Address"], steep=6), buyer % n_of["Address"])
    world.pairs["BOUGHT_BY", "Order", "Buyer"] = every, buyer
    world.pairs["PAID_BY", "Order", "Payer"] = every, payer
    for label in ("Order", "Parcel"):
        world.pairs["CONSIGNED_TO", label, "Consignee"] = every, consignee
    moved = world.some(0.02)
    other = world.drawn(len(moved), n_of["Address"])
    by_order = np.concatenate([every, every, moved]), np.concatenate([door, door, other])
    source = np.repeat(["order", "waybill", "delivery"], [n, n, len(moved)])
    world.pairs["SHIPPED_TO", "Order", "Address"] = by_order
    world.more["SHIPPED_TO", "Order", "Address"] = {"source": source}
    world.pairs["SHIPPED_TO", "Parcel", "Address"] = by_order[0][n:], by_order[1][n:]
    world.more["SHIPPED_TO", "Parcel", "Address"] = {"source": source[n:]}
    sent = world.some(0.12)
    world.pairs["SENT_BY", "Parcel", "Sender"] = sent, world.drawn(len(sent), n_of["Sender"])
    for label in ("Buyer", "Payer", "Consignee", "Sender"):
        people = np.arange(n_of[label])
        world.pairs["REACHED_AT", label, "Phone"] = people, people % n_of["Phone"]
        known = people[people < n_of["Person"]] if label != "Sender" else people[:0]
        world.pairs["IS", label, "Person"] = known, known
    place = np.arange(n_of["Address"])
    world.pairs["LOCATED_IN", "Address", "Destination"] = place, world.drawn(len(place), _FIXED["Destination"])


def _draw_results(world: _World) -> None:
    clustered = world.some(0.07)
    world.pairs["IN_CLUSTER", "Order", "Cluster"] = clustered, world.drawn(len(clustered), _FIXED["Cluster"])
    found = np.arange(len(world.ids["Finding"]))
    world.pairs["ABOUT", "Finding", "Order"] = found, world.rng.integers(0, world.n, len(found))


# Kinds of contacts that relations tell: of an order, or of somebody the order names.
_EVENTS = (
    ("Buyer", "BOUGHT_BY", "Buyer"), ("Payer", "PAID_BY", "Payer"), ("Address", "SHIPPED_TO", "Address"), ("Goods", "CONTAINS", "Goods"),
    ("Seller", "SOLD_BY", "Operator"), ("Payment", "CHARGED_BY", "Operator"), ("Logistics", "CARRIED_BY", "Operator"),
    ("Agent", "DECLARED_BY", "Operator"), ("Platform", "PLACED_ON", "Platform"),
)  # fmt: skip


def _write_events(world: _World, tables: Path) -> None:
    known = _START_US + world.rng.integers(0, _DAYS * _DAY_US, world.n)
    parts = []

    def told(kind: str, items: Ints, targets: Ints, names: pa.Array) -> None:
        both = np.unique(np.column_stack([items, targets]), axis=0)
        order = np.lexsort((both[:, 0], known[both[:, 0]], both[:, 1]))
        item, target = both[order, 0], both[order, 1]
        columns = [world.ids["Order"].take(pa.array(item)), pa.array([kind] * len(item), pa.string()), names.take(pa.array(target))]
        parts.append(pa.Table.from_arrays([*columns, pa.array(known[item], pa.timestamp("us"))], schema=CONTACTS))

    for kind, name, label in _EVENTS:
        if (name, "Order", label) in world.pairs:
            told(kind, *world.pairs[name, "Order", label], world.ids[label])
    buyers, payers = world.pairs["BOUGHT_BY", "Order", "Buyer"], world.pairs["PAID_BY", "Order", "Payer"]
    n_phones = len(world.ids["Phone"])
    own = np.concatenate([buyers[0], payers[0]]), np.concatenate([buyers[1], payers[1]]) % n_phones
    told("OwnPhone", *own, world.ids["Phone"])
    consignees = world.pairs["CONSIGNED_TO", "Order", "Consignee"]
    told("DropPhone", consignees[0], consignees[1] % n_phones, world.ids["Phone"])
    told("Account", *buyers, pc.binary_join_element_wise("a", world.ids["Buyer"], ""))
    pq.write_table(pa.concat_tables(parts), event_file(tables, "contacts"))
    items = pa.table(
        {
            "id": world.ids["Order"],
            "label": ["Order"] * world.n,
            "flow": ["import"] * world.n,
            "known_at": pa.array(known, pa.timestamp("us")),
        },
        schema=ITEMS,
    )
    pq.write_table(items.sort_by("id"), event_file(tables, "items"))


def _column(kind: str, name: str, n: int, rng: np.random.Generator) -> pa.Array:
    """Values of a property: codes and words of a closed set, texts and numbers mostly their own."""
    makers: dict[str, Callable[[], pa.Array]] = {
        "STRING": lambda: _texts(name, n, rng),
        "DOUBLE": lambda: pa.array(np.round(rng.gamma(2.0, 100.0, n), 2)),
        "INT64": lambda: pa.array(rng.integers(1, 5, n)),
        "TIMESTAMP": lambda: pa.array(_START_US + rng.integers(0, _DAYS * _DAY_US, n), pa.timestamp("us")),
        "DATE": lambda: pa.array((20_000 + rng.integers(0, 400, n)).astype(np.int32), pa.date32()),
    }
    return makers[kind]()


_WORDS = {
    "flow",
    "channel",
    "currency",
    "status",
    "grade",
    "sex",
    "region",
    "city",
    "country",
    "kind",
    "role",
    "credit",
    "unit",
    "typology",
}


def _texts(name: str, n: int, rng: np.random.Generator) -> pa.Array:
    if name in _WORDS:
        return pa.array([f"{name}{i}" for i in range(8)]).take(pa.array(rng.integers(0, 8, n)))
    return _joined(f"{name[:6]} ", rng.integers(0, 10_000_000, n))


def _joined(*parts: str | Ints) -> pa.Array:
    return pc.binary_join_element_wise(*[part if isinstance(part, str) else pa.array(part).cast(pa.string()) for part in parts], "")


def _hashes(n: int, rng: np.random.Generator) -> pa.Array:
    """Ids like keyed hashes: 32 digits without an order."""
    digits = np.frombuffer(rng.bytes(16 * n).hex().encode(), dtype=np.uint8)
    return pa.StringArray.from_buffers(n, pa.py_buffer((np.arange(n + 1) * 32).astype(np.int32)), pa.py_buffer(digits))
