"""The neighbourhood of some consignments: who and what they share, and with whom, as few nodes as say most."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.read_models.atlas import FACT_COLUMNS, KINDS, PERSONAL, SHIPPED, Atlas, Ints, Target, moment, place_of, texts
from sandan.record.errors import UnknownId

MOST_NODES = 150
_EXPANDED, _FACTS = 12, 10


@dataclass(frozen=True, slots=True)
class Node:
    """A consignment or an identifier in the picture.

    Attributes:
        id: Kind and graph id, `Phone:5f…` or `Order:import:…`.
        kind: `Order`, `Parcel` or a key of `KINDS`.
        label: Masked text; of a consignment its number.
        n: Consignments with this identifier in the window; 1 for a consignment.
        more: Neighbours that are not in the picture.
        is_hub: Too common to tie anybody: not expanded.
        is_seed: What the picture is about.
        wave: 0, or which expansion brought it.
        known_at: When it became known; of an identifier, its first contact in the window.
        facts: A consignment's row of the alerts; empty for identifiers and for consignments that were not graded.
    """

    id: str
    kind: str
    label: str
    n: int = 1
    more: int = 0
    is_hub: bool = False
    is_seed: bool = False
    wave: int = 0
    known_at: dt.datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_item(self) -> bool:
        """Whether it is a consignment."""
        return self.kind not in KINDS

    @property
    def grade(self) -> str:
        """Its grade; `low` where it has none, empty for an identifier."""
        return str(self.facts.get("grade", "low")) if self.is_item else ""

    @property
    def key(self) -> str:
        """The key of a consignment, as every command takes it."""
        graph_id = self.id.partition(":")[2]
        return f"parcel:{graph_id}" if self.kind == "Parcel" else graph_id


@dataclass(frozen=True, slots=True)
class Edge:
    """A consignment's contact with an identifier; `contacts` says as what: `Buyer`, `DropPhone`, ..."""

    source: str
    target: str
    contacts: tuple[str, ...]
    known_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Network:
    """A picture's nodes in the order in which they were chosen, and its edges.

    Attributes:
        nodes: At most as many as the limit.
        edges: Between consignments and identifiers.
        n_left_out: Consignments next to the picture, or members of its cluster, that are not in it.
        first: When the first consignment of the unfiltered picture became known.
        last: When its last one did.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    n_left_out: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What the picture may use: consignments known from `since` on, and nothing known after `until`; None is open."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def first(self) -> int:
        """Microseconds."""
        return -(2**62) if self.since is None else round(self.since.timestamp() * 1_000_000)

    @property
    def last(self) -> int:
        """Microseconds."""
        return 2**62 if self.until is None else round(self.until.timestamp() * 1_000_000)


def neighbourhood(
    atlas: Atlas,
    keys: Sequence[str],
    *,
    kinds: Iterable[str] = PERSONAL,
    window: Window = Window(),
    expand: Sequence[str] = (),
    limit: int = MOST_NODES,
) -> Network:
    """Some consignments, their identifiers, and who shares the rarest of them.

    An identifier counts its kind's weight divided by log2(1 + consignments); of the consignments that share one the riskiest come first.

    Args:
        atlas: The run's graph.
        keys: Consignments in the middle.
        kinds: Keys of `KINDS`.
        window: What may be used; the consignments in the middle are always shown.
        expand: Ids of nodes whose most significant neighbours are added, in this order.
        limit: Most nodes.

    Raises:
        UnknownId: A consignment is not in the graph.
    """
    picking = _Picking(atlas, kinds, window, limit)
    seeds = [place_of(atlas, key) for key in keys]
    for place in seeds:
        picking.add_item(place, seed=True)
    picking.open_items(seeds, _FACTS * 2, _EXPANDED, limit * 2 // 3)
    return _network(picking, expand)


def cluster_network(
    atlas: Atlas,
    cluster_id: str,
    *,
    kinds: Iterable[str] | None = None,
    window: Window = Window(),
    expand: Sequence[str] = (),
    limit: int = MOST_NODES,
) -> Network:
    """A cluster's members and the identifiers that at least two of them share.

    Raises:
        UnknownId: The run has no such cluster.
    """
    members = atlas.members.get(cluster_id)
    if members is None:
        raise UnknownId(f"{cluster_id}: no cluster of that id in this run")
    picking = _Picking(atlas, kinds_of(atlas, cluster_id) if kinds is None else kinds, window, limit)
    known = [int(place) for place in members if picking.is_known(int(place))]
    picking.bounds = _bounds(atlas, members)
    for place in known[: limit * 3 // 4]:
        picking.add_item(place, seed=True)
    picking.left_out.update(known)
    picking.add_ties()
    return _network(picking, expand)


def kinds_of(atlas: Atlas, cluster_id: str) -> tuple[str, ...]:
    """The kinds that tie a cluster: of parcels and exports who sent them, of imports who bought them."""
    members = atlas.members.get(cluster_id, np.empty(0, np.int64))
    return SHIPPED if len(members) and (atlas.view.is_export[members] | atlas.view.is_parcel[members]).mean() > 0.5 else PERSONAL


class _Picking:
    """A picture in the making."""

    def __init__(self, atlas: Atlas, kinds: Iterable[str], window: Window, limit: int) -> None:
        self.atlas, self.window, self.limit = atlas, window, limit
        self.kinds = tuple(kind for kind in KINDS if kind in set(kinds))
        self.items: dict[int, int] = {}
        self.targets: dict[Target, int] = {}
        self.seeds: set[int] = set()
        self.left_out: set[int] = set()
        self._users: dict[Target, Ints] = {}
        self.wave = 0
        self.bounds: tuple[dt.datetime | None, dt.datetime | None] = (None, None)

    @property
    def room(self) -> int:
        return self.limit - len(self.items) - len(self.targets)

    def is_known(self, place: int) -> bool:
        return bool(self.window.first <= self.atlas.view.known_at[place] <= self.window.last)

    def add_item(self, place: int, *, seed: bool = False) -> None:
        if self.room > 0 and place not in self.items:
            self.items[place] = self.wave
            if seed:
                self.seeds.add(place)

    def add_target(self, target: Target) -> None:
        if self.room > 0 and target not in self.targets:
            self.targets[target] = self.wave

    def contacts(self, place: int) -> list[tuple[Target, int, int]]:
        """Identifiers of a consignment: (identifier, roles, time)."""
        found = []
        for kind in self.kinds:
            layer = self.atlas.layer(kind)
            for at in range(layer.item_offsets[place], layer.item_offsets[place + 1]):
                if layer.item_times[at] <= self.window.last:
                    found.append(((kind, int(layer.item_targets[at])), int(layer.item_roles[at]), int(layer.item_times[at])))
        return found

    def users(self, target: Target) -> Ints:
        """Consignments with an identifier, in the window."""
        if target in self._users:
            return self._users[target]
        layer = self.atlas.layer(target[0])
        part = slice(layer.target_offsets[target[1]], layer.target_offsets[target[1] + 1])
        found = layer.target_items[part][layer.target_times[part] <= self.window.last]
        known = self.atlas.view.known_at[found]
        return self._users.setdefault(target, found[(known >= self.window.first) & (known <= self.window.last)])

    def is_hub(self, target: Target) -> bool:
        return len(self.users(target)) > self.atlas.caps[target[0]]

    def weight(self, target: Target) -> float:
        return KINDS[target[0]].weight / float(np.log2(1.0 + max(len(self.users(target)), 1)))

    def by_significance(self, targets: Iterable[Target]) -> list[Target]:
        """Shared and rare first; what only one consignment has says nothing yet and comes last."""
        return sorted(set(targets), key=lambda t: (len(self.users(t)) < 2, self.is_hub(t), -self.weight(t), t))

    def open_items(self, places: Sequence[int], most_targets: int, most_each: int, most: int) -> None:
        """Add the identifiers of consignments, the riskiest consignments on them, and what these share."""
        found = self.by_significance(t for place in places for t, _, _ in self.contacts(place))[:most_targets]
        for target in found:
            self.add_target(target)
        for target in found:
            if not self.is_hub(target):
                self.open_target(target, most_each, most)
        self.add_ties()

    def open_target(self, target: Target, most_each: int, most: int) -> None:
        """Add the riskiest consignments on an identifier."""
        others = [int(place) for place in self.users(target) if place not in self.items]
        others.sort(key=lambda place: (-self.atlas.score[place], place))
        for place in others[:most_each]:
            if len(self.items) + len(self.targets) < most:
                self.add_item(place)
        self.left_out.update(others)

    def add_ties(self) -> None:
        """Add what at least two consignments of the picture share."""
        counts: dict[Target, int] = {}
        for place in self.items:
            for target in {t for t, _, _ in self.contacts(place)}:
                counts[target] = counts.get(target, 0) + 1
        for target in self.by_significance(t for t, n in counts.items() if n >= 2 and t not in self.targets):
            self.add_target(target)

    def expand(self, node_id: str) -> None:
        """Add the most significant neighbours of a node of the picture; what is not in it, or is a hub, stays as it is."""
        kind, _, graph_id = node_id.partition(":")
        if kind in self.kinds:
            place = pc.index(self.atlas.layer(kind).names, pa.scalar(graph_id, pa.string())).as_py()
            if (kind, place) in self.targets and not self.is_hub((kind, place)):
                self.open_target((kind, place), _EXPANDED, self.limit)
                self.add_ties()
        elif kind in ("Order", "Parcel"):
            place = int(self.atlas.view.places(pa.array([graph_id], pa.string()))[0])
            if place in self.items:
                self.open_items([place], _FACTS, _EXPANDED // 2, self.limit)


def _network(picking: _Picking, expand: Sequence[str]) -> Network:
    for wave, node_id in enumerate(expand, 1):
        picking.wave = wave
        picking.expand(node_id)
    atlas = picking.atlas
    edges, shown = _edges(picking)
    masked = texts(atlas, picking.targets)
    nodes = [_item(picking, place, wave) for place, wave in picking.items.items()]
    nodes += [_identifier(picking, target, wave, shown.get(target, 0), masked) for target, wave in picking.targets.items()]
    first, last = picking.bounds if picking.bounds[0] else _bounds(atlas, np.fromiter(picking.items, np.int64))
    return Network(tuple(sorted(nodes, key=lambda n: n.wave)), tuple(edges), len(picking.left_out - set(picking.items)), first, last)


def _edges(picking: _Picking) -> tuple[list[Edge], dict[Target, int]]:
    """Ties between the chosen, and how many consignments of the picture each identifier has."""
    edges: list[Edge] = []
    shown: dict[Target, int] = {}
    for place in picking.items:
        for target, roles, at in picking.contacts(place):
            if target in picking.targets:
                contacts = tuple(name for bit, name in enumerate(KINDS[target[0]].contacts) if roles >> bit & 1)
                shown[target] = shown.get(target, 0) + 1
                edges.append(Edge(_item_id(picking.atlas, place), _target_id(picking.atlas, target), contacts, moment(at)))
    return edges, shown


def _identifier(picking: _Picking, target: Target, wave: int, n_shown: int, masked: Mapping[tuple[str, str], str]) -> Node:
    node_id, users = _target_id(picking.atlas, target), picking.users(target)
    kind, _, graph_id = node_id.partition(":")
    known = moment(int(picking.atlas.view.known_at[users].min())) if len(users) else None
    more = max(len(users) - n_shown, 0)
    return Node(node_id, kind, masked.get((kind, graph_id), ""), len(users), more, picking.is_hub(target), wave=wave, known_at=known)


def _item(picking: _Picking, place: int, wave: int) -> Node:
    atlas = picking.atlas
    row = int(atlas.alerts[place])
    facts = {name: atlas.facts[name][row].as_py() for name in FACT_COLUMNS} if row >= 0 else {}
    more = sum(1 for target in {t for t, _, _ in picking.contacts(place)} if target not in picking.targets)
    graph_id, kind = atlas.view.ids[place].as_py(), "Parcel" if atlas.view.is_parcel[place] else "Order"
    return Node(
        f"{kind}:{graph_id}", kind, graph_id.rpartition(":")[2], 1, more, False, place in picking.seeds, wave,
        moment(int(atlas.view.known_at[place])), facts,
    )  # fmt: skip


def _item_id(atlas: Atlas, place: int) -> str:
    return f"{'Parcel' if atlas.view.is_parcel[place] else 'Order'}:{atlas.view.ids[place].as_py()}"


def _target_id(atlas: Atlas, target: Target) -> str:
    return f"{target[0]}:{atlas.layer(target[0]).names[target[1]].as_py()}"


def _bounds(atlas: Atlas, places: Ints) -> tuple[dt.datetime | None, dt.datetime | None]:
    if not len(places):
        return None, None
    known = atlas.view.known_at[places]
    return moment(int(known.min())), moment(int(known.max()))
