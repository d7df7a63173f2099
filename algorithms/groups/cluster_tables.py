"""The tables of clusters: groups, their members, and what is said of each member."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.algorithms.groups.chance import moment
from sandan.algorithms.network.ties import Ties
from sandan.algorithms.vocabulary.statement import Statement
from sandan.algorithms.vocabulary.typology import Reason
from sandan.graph.view import GraphView

CLUSTERS = pa.schema(
    [
        ("cluster_id", pa.string()),
        ("kind", pa.string()),
        ("score", pa.float64()),
        ("p_value", pa.float64()),
        ("n_orders", pa.int64()),
        ("n_payers", pa.int64()),
        ("n_consignees", pa.int64()),
        ("n_addresses", pa.int64()),
        ("top_destinations", pa.list_(pa.string())),
        ("first_seen", pa.timestamp("us", tz="UTC")),
        ("last_seen", pa.timestamp("us", tz="UTC")),
        ("statements", pa.list_(pa.string())),
        ("typologies", pa.list_(pa.string())),
        ("ties", pa.list_(pa.string())),
    ]
)
MEMBERS = pa.schema(
    [
        ("cluster_id", pa.string()),
        ("flow", pa.string()),
        ("ebp_code", pa.string()),
        ("order_no", pa.string()),
        ("logistics_no", pa.string()),
        ("logistics_code", pa.string()),
        ("strength", pa.float64()),
        ("item", pa.string()),
        ("label", pa.string()),
        ("consignment_id", pa.string()),
    ]
)
_TIES_KEPT = 20
_SHOWN = ("Country", "Payer", "DropPhone", "Address")


@dataclass(frozen=True, slots=True)
class GroupSign:
    """One typology that a group raised, with the values of what it says; of one cause only the strongest counts on a consignment."""

    typology: str
    reason: Reason
    score: float
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """A cluster in the making.

    Attributes:
        name: Of what it was found as.
        kind: `forged` or `ipr`.
        items: Places of its items in the view.
        p_value: Chance of it.
        signs: What it raised.
        ties: Shared identifiers of its parties.
        mark: What tells it from others with the same first consignment.
        mean: Its score, where that is not that of its signs.
        members: Rows of its consignments, where not all of an item belong to it.
    """

    name: str
    kind: str
    items: npt.NDArray[np.int64]
    p_value: float
    signs: tuple[GroupSign, ...]
    ties: Ties
    mark: str = ""
    mean: float | None = None
    members: frozenset[int] | None = None

    @property
    def score(self) -> float:
        """Mean score of its members where that is known, else noisy-or over its signs."""
        if self.mean is not None:
            return self.mean
        return round(1.0 - math.prod(1.0 - s.score for s in self.signs), 6)


@dataclass(frozen=True, slots=True)
class Clustered:
    """What the network gave.

    Attributes:
        clusters, members: The contract's tables with the columns of `CLUSTERS` and `MEMBERS`.
        signs: Findings in the making, by item: (cluster_id, sign).
        labels: int64 [items]; community of each item among persons, -1 for none.
        explained: int64; items of groups that may be a household, one place or a group purchase.
        people, senders: Shared identifiers of persons and of senders.
        report: Hubs, counts: recorded with the run.
    """

    clusters: pa.Table
    members: pa.Table
    signs: Mapping[int, Sequence[tuple[str, GroupSign]]]
    labels: npt.NDArray[np.int64]
    people: Ties
    senders: Ties
    explained: npt.NDArray[np.int64]
    report: Mapping[str, Any] = field(default_factory=dict)


def tables_of(
    view: GraphView, groups: Sequence[Group], rows: Sequence[Mapping[str, Any]], ids: Sequence[str], clustered: Clustered
) -> Clustered:
    """Clusters and members of groups, with the ties that the network gave.

    Args:
        view: The graph.
        groups: What was found.
        rows: Consignments with their keys.
        ids: Node id of each.
        clustered: What the network gave; its clusters, members and signs are replaced.
    """
    by_item = _by_item(view, ids)
    clusters, members = [], []
    signs: dict[int, list[tuple[str, GroupSign]]] = defaultdict(list)
    touched = _Touched(view)
    for group in sorted(groups, key=lambda g: (-g.score, g.name, int(g.items[0]))):
        cluster_id = _id(view, group)
        shown = [
            (item, row) for item in group.items.tolist() for row in by_item.get(item, ()) if group.members is None or row in group.members
        ]
        if not shown:
            continue
        clusters.append(_row(view, touched, group, cluster_id, len(shown)))
        hold = _hold(group)
        for item, row in shown:
            keys = {
                name: rows[row].get(name) or ""
                for name in ("flow", "ebp_code", "order_no", "logistics_no", "logistics_code", "consignment_id")
            }
            label = "Parcel" if view.is_parcel[item] else "Order"
            members.append({"cluster_id": cluster_id, **keys, "strength": hold[item], "item": view.ids[item].as_py(), "label": label})
        for item in dict.fromkeys(item for item, _ in shown):
            signs[item].extend((cluster_id, sign) for sign in group.signs)
    return replace(
        clustered,
        clusters=pa.Table.from_pylist(clusters, schema=CLUSTERS),
        members=pa.Table.from_pylist(members, schema=MEMBERS),
        signs=signs,
    )


def _by_item(view: GraphView, ids: Sequence[str]) -> dict[int, list[int]]:
    by_item: dict[int, list[int]] = defaultdict(list)
    for row, place in enumerate(view.places(pa.array(ids, pa.string())).tolist()):
        if place >= 0:
            by_item[place].append(row)
    return by_item


def _id(view: GraphView, group: Group) -> str:
    """Name of a cluster: of its first consignment, so that a case follows a group that grows.

    What groups of one kind that may share their first consignment differ in is their mark.
    """
    first = min(group.items.tolist(), key=lambda i: (int(view.known_at[i]), view.ids[i].as_py()))
    return f"c-{hashlib.blake2b(f'{group.name}:{group.mark}:{view.ids[first].as_py()}'.encode(), digest_size=5).hexdigest()}"


def _hold(group: Group) -> dict[int, float]:
    """How firmly each item hangs in its group, in [0, 1]: its ties to identifiers that others of the group share, against the firmest."""
    part = group.ties.incidence[group.items]
    inside = np.asarray((part > 0).sum(axis=0)).ravel() >= 2
    weight = np.asarray(part[:, np.flatnonzero(inside)].sum(axis=1)).ravel()
    top = float(weight.max(initial=0.0)) or 1.0
    return {int(item): round(float(w) / top, 6) for item, w in zip(group.items, weight, strict=True)}


class _Touched:
    """What the members of a group touch, looked up by item: a scan of all contacts for each group would grow with their product."""

    def __init__(self, view: GraphView) -> None:
        self._names = {kind: view.contacts[kind].names for kind in _SHOWN}
        self._rows = {kind: view.contacts[kind].by_item(view.n) for kind in _SHOWN}

    def names(self, kind: str, items: npt.NDArray[np.int64]) -> list[str]:
        """Targets of one kind, one per contact."""
        found = np.concatenate([self._rows[kind].row(int(item)) for item in items])
        return list(self._names[kind].take(pa.array(found)).to_pylist())


def _row(view: GraphView, touched: _Touched, group: Group, cluster_id: str, n_orders: int) -> dict[str, Any]:
    times = view.known_at[group.items]
    destinations = Counter(touched.names("Country", group.items)).most_common(3)
    return {
        "cluster_id": cluster_id,
        "kind": group.kind,
        "score": group.score,
        "p_value": min(1.0, max(0.0, group.p_value)),
        "n_orders": n_orders,
        "n_payers": len(set(touched.names("Payer", group.items))),
        "n_consignees": len(set(touched.names("DropPhone", group.items))) or len(set(touched.names("Address", group.items))),
        "n_addresses": len(set(touched.names("Address", group.items))),
        "top_destinations": [name for name, _ in destinations],
        "first_seen": moment(int(times.min())),
        "last_seen": moment(int(times.max())),
        "statements": [Statement(s.reason.name, s.values).as_text() for s in sorted(group.signs, key=lambda s: -s.score)],
        "typologies": sorted({s.typology for s in group.signs}),
        "ties": _tied(group),
    }


def _tied(group: Group) -> list[str]:
    """The identifiers that most of a group share, `kind:id`, the commonest first."""
    counts = np.asarray((group.ties.incidence[group.items] > 0).sum(axis=0)).ravel()
    shared = [c for c in np.argsort(-counts, kind="stable")[:_TIES_KEPT] if counts[c] >= 2]
    return [f"{group.ties.kinds[c]}:{group.ties.names[c]}" for c in shared]
