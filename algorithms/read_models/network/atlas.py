"""A run's graph, opened once for many pictures of it: consignments, what they touch by kind, and the masked texts of that."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.network.ties import PEOPLE, SENDERS
from sandan.algorithms.results.results import Results
from sandan.graph.arrays import shared_view
from sandan.graph.store.layout import node_file
from sandan.graph.view import GraphView, sorted_places
from sandan.record.catalog.keys import item_id, without_prefix
from sandan.record.errors import UnknownId

Ints = npt.NDArray[np.int64]
Target = tuple[str, int]
# An identifier with more consignments than this says nothing of who is behind them, unless the run learned another cap for its kind.
_HUB, _PERSONAL_HUB = 60, 400
TAG = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of identifier: its contacts in the view, how much sharing one says, and where its masked text stands."""

    contacts: tuple[str, ...]
    weight: float
    texts: tuple[tuple[str, str], ...] = ()


# Buyer and payer of one identity number are one identity here; which of the two it was stands on the edge.
KINDS: Mapping[str, Kind] = {
    "Identity": Kind(("Buyer", "Payer"), PEOPLE["Buyer"][0], (("Buyer", "masked_name"), ("Payer", "masked_name"))),
    "Account": Kind(("Account",), PEOPLE["Account"][0]),
    "Phone": Kind(("OwnPhone", "DropPhone", "SenderPhone"), PEOPLE["Phone"][0], (("Phone", "masked"),)),
    "Address": Kind(("Address", "SenderAddress"), PEOPLE["Address"][0], (("Address", "masked"),)),
    "Sender": Kind(("Sender",), SENDERS["Sender"][0], (("Sender", "masked_name"),)),
    "Seller": Kind(("Seller",), 0.5, (("Operator", "name"),)),
    "Goods": Kind(("Goods",), 0.3, (("Goods", "name"),)),
    "Country": Kind(("Country",), 0.2),
    "Platform": Kind(("Platform",), 0.2, (("Platform", "name"),)),
    "Payment": Kind(("Payment",), 0.1, (("Operator", "name"),)),
    "Logistics": Kind(("Logistics",), 0.1, (("Operator", "name"),)),
    "Agent": Kind(("Agent",), 0.1, (("Operator", "name"),)),
}
PERSONAL = ("Identity", "Account", "Phone", "Address", "Sender")
SHIPPED = ("Sender", "Seller", "Phone", "Address")
_NAMELESS = ("", "无")
FACT_COLUMNS = (
    "flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "score", "grade", "typologies", "status", "declared_cny",
    "cluster_id", "consignment_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """All contacts of one kind, once by item and once by target, the earliest first.

    Attributes:
        names: Graph ids of the targets, sorted.
        item_offsets, item_targets, item_times, item_roles: Rows of items; a role is a bit per contact kind.
        target_offsets, target_items, target_times: Rows of targets.
    """

    names: pa.Array
    item_offsets: Ints
    item_targets: Ints
    item_times: Ints
    item_roles: Ints
    target_offsets: Ints
    target_items: Ints
    target_times: Ints


@dataclass(slots=True)
class Atlas:
    """A run's graph, opened once for many pictures.

    Attributes:
        view: All consignments and contacts.
        tables: Folder of the graph's tables, for masked texts.
        alerts: Row of the alerts of each consignment, -1 without one.
        facts: The alerts' columns that pictures show.
        score: float64 [n].
        caps: Consignments over which an identifier of a kind is a hub.
        members: Places of each cluster's consignments, the most tied first.
    """

    view: GraphView
    tables: Path
    alerts: Ints
    facts: pa.Table
    score: npt.NDArray[np.float64]
    caps: Mapping[str, int]
    members: Mapping[str, Ints]
    layers: dict[str, Layer] = field(default_factory=dict)
    columns: dict[tuple[str, str], tuple[pa.Array, pa.Array]] = field(default_factory=dict)

    def layer(self, kind: str) -> Layer:
        """Contacts of a kind, sorted when first asked for."""
        if kind not in self.layers:
            self.layers[kind] = _layer(self.view, KINDS[kind].contacts)
        return self.layers[kind]

    def column(self, label: str, name: str) -> tuple[pa.Array, pa.Array]:
        """Ids of a label's nodes, sorted, and a property of theirs; read when first asked for."""
        if (label, name) not in self.columns:
            rows = pq.read_table(node_file(self.tables, label), columns=["id", name]).sort_by("id")
            self.columns[label, name] = rows["id"].combine_chunks(), rows[name].combine_chunks()
        return self.columns[label, name]


def open_atlas(tables: Path, results: Results) -> Atlas:
    """Read a run's graph and what the run says of its consignments.

    Raises:
        StoreError: The graph's tables are missing or broken.
    """
    view = shared_view(tables)
    facts = results.table("alerts", FACT_COLUMNS)
    place = view.places(pc.fill_null(item_id(facts), "").combine_chunks())
    # The alerts come by score, so the first row of an item is its riskiest.
    at, first = np.unique(place, return_index=True)
    alerts = np.full(view.n, -1, dtype=np.int64)
    alerts[at[at >= 0]] = first[at >= 0]
    score = np.zeros(view.n)
    score[alerts >= 0] = facts["score"].to_numpy()[alerts[alerts >= 0]]
    return Atlas(view, tables, alerts, facts, score, _caps(results), _members(view, results))


def clusters_of(atlas: Atlas, key: str) -> tuple[str, ...]:
    """Clusters that a consignment is in.

    Raises:
        UnknownId: There is no such consignment in the graph.
    """
    place = place_of(atlas, key)
    return tuple(name for name, items in atlas.members.items() if place in items)


def place_of(atlas: Atlas, key: str) -> int:
    """A consignment's integer, by its key.

    Raises:
        UnknownId: There is no such consignment in the graph.
    """
    place = int(atlas.view.places(pa.array([without_prefix(key)], pa.string()))[0])
    if place < 0:
        raise UnknownId(f"{key}: no consignment of that key in the graph; keys look like import:EBP_CODE:ORDER_NO")
    return place


def tag(graph_id: str) -> str:
    """By which an identifier of a person is told from another with the same mask: the end of its keyed hash."""
    return f"…{graph_id[-TAG:]}"


def texts(atlas: Atlas, targets: Iterable[Target]) -> dict[tuple[str, str], str]:
    """Masked texts of identifiers, from the graph's node tables; what has none is shown by the end of its keyed hash or by its code."""
    asked: dict[str, list[str]] = {}
    for kind, target in targets:
        asked.setdefault(kind, []).append(atlas.layer(kind).names[target].as_py())
    texts: dict[tuple[str, str], str] = {}
    for kind, ids in asked.items():
        for graph_id in ids:
            texts[kind, graph_id] = f"…{graph_id[-4:]}" if kind in PERSONAL else graph_id.rpartition(":")[2]
        for label, column in KINDS[kind].texts:
            known, masked = atlas.column(label, column)
            for graph_id, place in zip(ids, sorted_places(known, pa.array(ids, pa.string())).tolist(), strict=True):
                if place >= 0 and (text := masked[place].as_py() or "") not in _NAMELESS:
                    texts[kind, graph_id] = text
    return texts


def _members(view: GraphView, results: Results) -> dict[str, Ints]:
    rows = results.table("members", ["cluster_id", "item", "strength"])
    place = view.places(rows["item"].combine_chunks()).astype(np.int64)
    names = rows["cluster_id"].combine_chunks().dictionary_encode()
    cluster = names.indices.to_numpy().astype(np.int64)
    order = np.lexsort((place, -rows["strength"].to_numpy()))
    order = order[place[order] >= 0]
    # Each consignment once in a cluster, where it is tied most.
    _, first = np.unique(cluster[order] * view.n + place[order], return_index=True)
    order = order[np.sort(first)]
    of_cluster = np.argsort(cluster[order], kind="stable")
    found, begin = np.unique(cluster[order][of_cluster], return_index=True)
    items = dict(zip(found.tolist(), np.split(place[order][of_cluster], begin[1:]), strict=True)) if len(found) else {}
    # Clusters by their most tied consignment.
    return {names.dictionary[one].as_py(): items[one] for one in dict.fromkeys(cluster[order].tolist())}


def _caps(results: Results) -> dict[str, int]:
    """Consignments over which an identifier is a hub: what the run learned, never less than the usual.

    A number, an account or a sender is one party however many consignments it has, so that many of them are a sign and no excuse.
    """
    caps = dict.fromkeys(KINDS, _HUB) | dict.fromkeys(("Identity", "Account", "Sender"), _PERSONAL_HUB)
    for hub in results.report.get("network", {}).get("hubs", ()):
        if hub["kind"] in caps and hub["of"] == "persons":
            caps[hub["kind"]] = max(caps[hub["kind"]], int(hub["cap"]))
    return caps


def _layer(view: GraphView, sources: Sequence[str]) -> Layer:
    names = pc.unique(pa.concat_arrays([view.contacts[source].names for source in sources]))
    names = names.take(pc.sort_indices(names))
    items, targets, times, roles = [], [], [], []
    for bit, source in enumerate(sources):
        contacts = view.contacts[source]
        place = np.asarray(pc.index_in(contacts.names, value_set=names), dtype=np.int64)
        items.append(contacts.items.astype(np.int64))
        targets.append(place[contacts.targets])
        times.append(contacts.times)
        roles.append(np.full(len(contacts.items), 1 << bit, dtype=np.int64))
    item, target, time, role = (np.concatenate(parts) for parts in (items, targets, times, roles))
    order = np.lexsort((time, target, item))
    item, target, time, role = item[order], target[order], time[order], role[order]
    first = np.flatnonzero(np.r_[True, (np.diff(item) != 0) | (np.diff(target) != 0)]) if len(item) else np.empty(0, np.int64)
    role = np.bitwise_or.reduceat(role, first) if len(first) else role
    item, target, time = item[first], target[first], time[first]
    by_item, by_target = np.lexsort((target, time, item)), np.lexsort((item, time, target))
    return Layer(
        names, _offsets(item, view.n), target[by_item], time[by_item], role[by_item],
        _offsets(target, len(names)), item[by_target], time[by_target],
    )  # fmt: skip


def _offsets(rows: Ints, n: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).astype(np.int64)


def moment(micros: int) -> dt.datetime:
    """An instant from microseconds since 1970 in UTC."""
    return dt.datetime.fromtimestamp(micros / 1_000_000, dt.UTC)
