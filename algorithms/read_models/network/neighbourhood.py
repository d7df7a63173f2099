"""The neighbourhood of some consignments: who and what they share, and with whom, as few nodes as say most."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sandan.algorithms.read_models.network.atlas import (
    FACT_COLUMNS,
    KINDS,
    PERSONAL,
    SHIPPED,
    Atlas,
    Ints,
    Target,
    moment,
    place_of,
    tag,
    texts,
)
from sandan.algorithms.read_models.network.reach import WHOLE, Reach, Window, item_name, target_name
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
        n_grouped: Consignments that it stands for, itself among them.
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
    n_grouped: int = 1
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


def neighbourhood(
    atlas: Atlas,
    keys: Sequence[str],
    *,
    kinds: Iterable[str] = PERSONAL,
    window: Window = WHOLE,
    expand: Sequence[str] = (),
    also: Sequence[str] = (),
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
        also: Ids of nodes that are added in any case.
        limit: Most nodes, those apart.

    Raises:
        UnknownId: A consignment is not in the graph.
    """
    picking = _Picking(atlas, kinds, window, limit)
    seeds = [place_of(atlas, key) for key in keys]
    for place in seeds:
        picking.add_item(place, seed=True)
    picking.open_items(seeds, _FACTS * 2, _EXPANDED, limit * 2 // 3)
    return _network(picking, expand, also)


def cluster_network(
    atlas: Atlas,
    cluster_id: str,
    *,
    kinds: Iterable[str] | None = None,
    window: Window = WHOLE,
    expand: Sequence[str] = (),
    also: Sequence[str] = (),
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
    return _network(picking, expand, also)


def network_of(atlas: Atlas, node_ids: Sequence[str]) -> Network:
    """Some nodes and the ties between them; ids of none are left aside."""
    picking = _Picking(atlas, KINDS, WHOLE, 0)
    picking.add_nodes(node_ids)
    return _network(picking, (), ())


def kinds_of(atlas: Atlas, cluster_id: str) -> tuple[str, ...]:
    """The kinds that tie a cluster: of parcels and exports who sent them, of imports who bought them."""
    members = atlas.members.get(cluster_id, np.empty(0, np.int64))
    return SHIPPED if len(members) and (atlas.view.is_export[members] | atlas.view.is_parcel[members]).mean() > 0.5 else PERSONAL


class _Picking(Reach):
    """A picture in the making."""

    def __init__(self, atlas: Atlas, kinds: Iterable[str], window: Window, limit: int) -> None:
        super().__init__(atlas, kinds, window)
        self.limit = limit
        self.items: dict[int, int] = {}
        self.targets: dict[Target, int] = {}
        self.seeds: set[int] = set()
        self.left_out: set[int] = set()
        self.wave = 0
        self.bounds: tuple[dt.datetime | None, dt.datetime | None] = (None, None)

    @property
    def room(self) -> int:
        return self.limit - len(self.items) - len(self.targets)

    def add_item(self, place: int, *, seed: bool = False) -> None:
        if self.room > 0 and place not in self.items:
            self.items[place] = self.wave
            if seed:
                self.seeds.add(place)

    def add_target(self, target: Target) -> None:
        if self.room > 0 and target not in self.targets:
            self.targets[target] = self.wave

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
        target, place = self.target(node_id), self.item(node_id)
        if target is not None and target in self.targets and not self.is_hub(target):
            self.open_target(target, _EXPANDED, self.limit)
            self.add_ties()
        elif place is not None and place in self.items:
            self.open_items([place], _FACTS, _EXPANDED // 2, self.limit)

    def add_nodes(self, node_ids: Sequence[str]) -> None:
        """Add nodes for which there is room in any case: those of a way that was asked for."""
        self.limit += len(node_ids)
        for node_id in node_ids:
            target, place = self.target(node_id), self.item(node_id)
            if target is not None:
                self.add_target(target)
            elif place is not None:
                self.add_item(place)


def _network(picking: _Picking, expand: Sequence[str], also: Sequence[str]) -> Network:
    for wave, node_id in enumerate(expand, 1):
        picking.wave = wave
        picking.expand(node_id)
    if also:
        picking.wave = len(expand) + 1
        picking.add_nodes(also)
    atlas = picking.atlas
    edges, shown = _edges(picking)
    masked = texts(atlas, picking.targets)
    nodes = [_item(picking, place, wave) for place, wave in picking.items.items()]
    nodes += with_tags([_identifier(picking, target, wave, shown.get(target, 0), masked) for target, wave in picking.targets.items()])
    first, last = picking.bounds if picking.bounds[0] else _bounds(atlas, np.fromiter(picking.items, np.int64))
    return Network(tuple(sorted(nodes, key=lambda n: n.wave)), tuple(edges), len(picking.left_out - set(picking.items)), first, last)


def with_tags(nodes: Sequence[Node]) -> list[Node]:
    """The nodes with a tag behind masked texts that several of one kind have: two people may be `王**`."""
    n = Counter((node.kind, node.label) for node in nodes)
    return [
        replace(node, label=f"{node.label} {tag(node.id)}") if node.kind in PERSONAL and n[node.kind, node.label] > 1 else node
        for node in nodes
    ]


def _edges(picking: _Picking) -> tuple[list[Edge], dict[Target, int]]:
    """Ties between the chosen, and how many consignments of the picture each identifier has."""
    edges: list[Edge] = []
    shown: dict[Target, int] = {}
    for place in picking.items:
        for target, roles, at in picking.contacts(place):
            if target in picking.targets:
                contacts = tuple(name for bit, name in enumerate(KINDS[target[0]].contacts) if roles >> bit & 1)
                shown[target] = shown.get(target, 0) + 1
                edges.append(Edge(item_name(picking.atlas, place), target_name(picking.atlas, target), contacts, moment(at)))
    return edges, shown


def _identifier(picking: _Picking, target: Target, wave: int, n_shown: int, masked: Mapping[tuple[str, str], str]) -> Node:
    node_id, users = target_name(picking.atlas, target), picking.users(target)
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
        moment(int(atlas.view.known_at[place])), facts=facts,
    )  # fmt: skip


def _bounds(atlas: Atlas, places: Ints) -> tuple[dt.datetime | None, dt.datetime | None]:
    if not len(places):
        return None, None
    known = atlas.view.known_at[places]
    return moment(int(known.min())), moment(int(known.max()))
