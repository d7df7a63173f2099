"""Clusters: the groups that raised a finding, their members, and what is said of each member."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.chance import evidence, moment
from sandan.algorithms.communities import find_communities
from sandan.algorithms.finding import Sentence
from sandan.algorithms.lots import Lot, find_lots, one_party, worth
from sandan.algorithms.parcels import parcels_of
from sandan.algorithms.rings import Ring, find_rings
from sandan.algorithms.shipments import Shipment, find_shipments
from sandan.algorithms.ties import PEOPLE, SENDERS, Ties, shared_identifiers
from sandan.algorithms.typologies import groups as told
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
        ("top_destinations", pa.string()),
        ("first_seen", pa.timestamp("us", tz="UTC")),
        ("last_seen", pa.timestamp("us", tz="UTC")),
        ("summary", pa.string()),
        ("summary_zh", pa.string()),
        ("typologies", pa.string()),
        ("ties", pa.string()),
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
_NONE, _NO_MEMBERS = CLUSTERS.empty_table(), MEMBERS.empty_table()
# Weaker signs than this are not worth an officer's look.
_LEAST = 0.05
_TIES_KEPT = 20
_MOSTLY = 0.8
_SHOWN = ("Country", "Payer", "DropPhone", "Address")
_KEYS = ("flow", "ebp_code", "order_no", "logistics_no", "logistics_code", "consignment_id")


@dataclass(frozen=True, slots=True)
class Sign:
    """One typology that a group raised; of one cause only the strongest counts on a consignment.

    `sentence` speaks of one member, `whole` of the group, where that is not the same.
    """

    typology: str
    reason: str
    cause: str
    score: float
    sentence: Sentence
    values: Mapping[str, Any]
    whole: Sentence | None = None

    def of_group(self, language: str) -> str:
        """What is said of the group as a whole."""
        return (self.whole or self.sentence).told(language, self.values)


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
    signs: tuple[Sign, ...]
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
    signs: Mapping[int, Sequence[tuple[str, Sign]]]
    labels: npt.NDArray[np.int64]
    people: Ties
    senders: Ties
    explained: npt.NDArray[np.int64]
    report: Mapping[str, Any] = field(default_factory=dict)


def find_clusters(
    bench: Bench, view: GraphView, rows: Sequence[Mapping[str, Any]], ids: Sequence[str], firms: Sequence[str], seed: int = 1
) -> Clustered:
    """Communities of persons and of senders, and the rings, lots and shipments among them.

    Args:
        bench: The lists as of the run's date.
        view: The graph as of the run's date.
        rows: Consignments with their keys and `declared_cny`.
        ids: Node id of each consignment.
        firms: Ids of payers that are registered companies; they tie nobody.
        seed: Of label propagation and of the random groups.
    """
    firms = [*firms, *_phones_of(view, firms)]
    people, senders = shared_identifiers(view, PEOPLE, cut=firms), shared_identifiers(view, SENDERS)
    communities, sending = find_communities(people, seed), find_communities(senders, seed)
    rings = find_rings(
        view, people, communities, {"seller": first_code(view, "Seller"), "goods": first_code(view, "Goods")}, frozenset(firms), seed
    )
    value = worth(view, ids, [row["declared_cny"] for row in rows])
    lots = find_lots(view, one_party(communities.label, people.party), people.party, value)
    innocent = np.zeros(view.n, dtype=bool)
    for ring in rings:
        innocent[ring.items] = bool(ring.explained)
    lots = [_explained(lot, innocent) for lot in lots]
    parcels = parcels_of(bench, view)
    brands = bench.current("brands").select("brand", "aliases", "hs_prefixes").distinct().to_pyarrow().to_pylist()
    shipments = find_shipments(view, senders, sending, parcels, brands, seed)
    groups = [
        group
        for group in (
            *(_ring(ring, people) for ring in rings),
            *(_lot(lot, people, view.contacts["Goods"].names[lot.goods].as_py()) for lot in lots),
            *(_shipment(shipment, senders) for shipment in shipments),
        )
        if group.signs and group.score >= _LEAST
    ]
    report = {
        "communities": communities.n,
        "sender_communities": sending.n,
        "hubs": [
            {"of": of, "kind": h.kind, "usual": h.usual, "cap": h.cap, "cut": h.n_cut}
            for of, t in (("persons", people), ("senders", senders))
            for h in t.hubs
        ],
        "clusters": dict(Counter(group.name for group in groups)),
    }
    return _tables(
        view,
        groups,
        _by_item(view, ids),
        rows,
        Clustered(_NONE, _NO_MEMBERS, {}, communities.label, people, senders, np.flatnonzero(innocent), report),
    )


def tables_of(
    view: GraphView,
    groups: Sequence[Group],
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[str],
    clustered: Clustered,
) -> Clustered:
    """Clusters and members of other groups than those that the network raised, with the same ties."""
    return _tables(view, groups, _by_item(view, ids), rows, clustered)


def _by_item(view: GraphView, ids: Sequence[str]) -> dict[int, list[int]]:
    by_item: dict[int, list[int]] = defaultdict(list)
    for row, place in enumerate(view.places(pa.array(ids, pa.string())).tolist()):
        if place >= 0:
            by_item[place].append(row)
    return by_item


def _explained(lot: Lot, innocent: npt.NDArray[np.bool_]) -> Lot:
    """A lot among people who look like a group purchase or one place: half as strong."""
    likely = lot.n_identities > 2 and innocent[lot.items].mean() >= _MOSTLY
    return replace(lot, score=round(lot.score / 2, 6)) if likely else lot


def _phones_of(view: GraphView, firms: Sequence[str]) -> list[str]:
    """Telephones that stand on consignments which companies paid, and hardly on others: a company's own."""
    payers, phones = view.contacts["Payer"], view.contacts["OwnPhone"]
    by_firm = np.zeros(view.n, dtype=bool)
    by_firm[payers.items[np.isin(payers.names.to_numpy(zero_copy_only=False)[payers.targets], list(firms))]] = True
    n = np.bincount(phones.targets, minlength=len(phones.names))
    n_firm = np.bincount(phones.targets[by_firm[phones.items]], minlength=len(phones.names))
    own = np.flatnonzero((n >= 2) & (n_firm >= _MOSTLY * n))
    return list(phones.names.take(pa.array(own)).to_pylist())


def first_code(view: GraphView, kind: str) -> npt.NDArray[np.int64]:
    """One code per item: its first contact of a kind, -1 where it has none."""
    contacts = view.contacts[kind]
    codes = np.full(view.n, -1, dtype=np.int64)
    order = np.lexsort((contacts.targets, contacts.times))[::-1]
    codes[contacts.items[order]] = contacts.targets[order]
    return codes


def _ring(ring: Ring, ties: Ties) -> Group:
    shared, shared_zh = told.shared_words(ring.n_phones, ring.n_addresses, ring.n_payers)
    close = ring.p_burst <= 0.05 and ring.q_value <= 0.05
    values = {
        "n_identities": ring.n_identities, "n_orders": len(ring.items), "span": f"{ring.span_days:.0f}",
        "shared": shared, "shared_zh": shared_zh,
        "close": f", closer together than chance explains (p = {ring.p_burst:.3f})" if close else "",
        "close_zh": f",密集程度非偶然(p = {ring.p_burst:.3f})" if close else "",
        "explained": told.EXPLAINED_EN.get(ring.explained, ""), "explained_zh": told.EXPLAINED_ZH.get(ring.explained, ""),
    }  # fmt: skip
    sentence, whole = (told.RING_EXPLAINED, told.RING_EXPLAINED) if ring.explained else (told.RING, told.RING_WHOLE)
    sign = Sign("identity_ring", "ring", "ring", ring.score, sentence, values, whole)
    return Group("identity_ring", "forged", ring.items, ring.p_value, (sign,), ties)


def _lot(lot: Lot, ties: Ties, goods: str) -> Group:
    values = {"n_orders": len(lot.items), "span": f"{max(lot.span_days, 1):.0f}", "total": lot.total_cny}
    sign = Sign("split_lot", "lot", "ring", lot.score, told.LOT, values)
    return Group("split_lot", "forged", lot.items, lot.p_value, (sign,), ties, goods)


def _shipment(s: Shipment, ties: Ties) -> Group:
    told_brand = f" ({s.brand})" if s.brand else ""
    values = {
        "n_orders": len(s.items), "omitted": s.omitted, "expected": f"{s.expected:.0f}", "brand_told": told_brand,
        "brand_told_zh": told_brand,
        "share": s.share, "elsewhere": s.elsewhere, "country": s.country, "n_senders": s.n_senders, "n_shared": s.n_shared,
    }  # fmt: skip
    # Goods that are often branded elsewhere may be unbranded here; a text that names what the declaration leaves out is no accident.
    brand_most = 0.5 if s.pointing >= 0.5 else 0.35
    asked = (
        Sign(
            "brand_omitted",
            "brand_left_off",
            "brand",
            brand_most * evidence(s.p_brand, s.q_brand),
            told.BRAND_OMITTED,
            values,
        ),
        Sign("destination_concentration", "few_places", "place", 0.3 * evidence(s.p_place, s.q_place), told.DESTINATION, values),
        Sign("sender_cluster", "shared_senders", "sender", 0.45 * evidence(s.p_sender, s.q_sender), told.SENDERS, values),
    )
    signs = [sign for sign in asked if sign.score > 0]
    return Group("shipment", "ipr", s.items, min(s.p_brand, s.p_place, s.p_sender), tuple(signs), ties, s.mark)


def _tables(
    view: GraphView,
    groups: Sequence[Group],
    by_item: Mapping[int, Sequence[int]],
    rows: Sequence[Mapping[str, Any]],
    given: Clustered,
) -> Clustered:
    clusters, members = [], []
    signs: dict[int, list[tuple[str, Sign]]] = defaultdict(list)
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
        given,
        clusters=pa.Table.from_pylist(clusters, schema=CLUSTERS),
        members=pa.Table.from_pylist(members, schema=MEMBERS),
        signs=signs,
    )


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
    sentences = [(s.of_group("en"), s.of_group("zh")) for s in sorted(group.signs, key=lambda s: -s.score)]
    return {
        "cluster_id": cluster_id,
        "kind": group.kind,
        "score": group.score,
        "p_value": min(1.0, max(0.0, group.p_value)),
        "n_orders": n_orders,
        "n_payers": len(set(touched.names("Payer", group.items))),
        "n_consignees": len(set(touched.names("DropPhone", group.items))) or len(set(touched.names("Address", group.items))),
        "n_addresses": len(set(touched.names("Address", group.items))),
        "top_destinations": "|".join(name for name, _ in destinations),
        "first_seen": moment(int(times.min())),
        "last_seen": moment(int(times.max())),
        "summary": "; ".join(en for en, _ in sentences),
        "summary_zh": ";".join(zh for _, zh in sentences),
        "typologies": "|".join(sorted(s.typology for s in group.signs)),
        "ties": "|".join(_tied(group)),
    }


def _tied(group: Group) -> list[str]:
    """The identifiers that most of a group share, `kind:id`, the commonest first."""
    counts = np.asarray((group.ties.incidence[group.items] > 0).sum(axis=0)).ravel()
    shared = [c for c in np.argsort(-counts, kind="stable")[:_TIES_KEPT] if counts[c] >= 2]
    return [f"{group.ties.kinds[c]}:{group.ties.names[c]}" for c in shared]
