"""Clusters that the network raises: rings, lots and shipments among its communities."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.groups.chance import evidence
from sandan.algorithms.groups.cluster_tables import CLUSTERS, MEMBERS, Clustered, Group, GroupSign, tables_of
from sandan.algorithms.groups.lots import Lot, find_lots, one_party, worth
from sandan.algorithms.groups.parcels import parcels_of
from sandan.algorithms.groups.rings import Ring, find_rings
from sandan.algorithms.groups.shipments import Shipment, find_shipments
from sandan.algorithms.network.communities import find_communities
from sandan.algorithms.network.ties import PEOPLE, SENDERS, Ties, shared_identifiers
from sandan.algorithms.typologies.network import identity_ring, split_lot
from sandan.algorithms.typologies.shipments import brand_omitted, destination_concentration, sender_cluster
from sandan.graph.view import GraphView

_NONE, _NO_MEMBERS = CLUSTERS.empty_table(), MEMBERS.empty_table()
# Weaker signs than this are not worth an officer's look.
_LEAST = 0.05
_MOSTLY = 0.8


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
    return tables_of(
        view,
        groups,
        rows,
        ids,
        Clustered(_NONE, _NO_MEMBERS, {}, communities.label, people, senders, np.flatnonzero(innocent), report),
    )


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
    close = ring.p_burst <= 0.05 and ring.q_value <= 0.05
    values = {
        "n_identities": ring.n_identities,
        "n_orders": len(ring.items),
        "span": float(ring.span_days),
        "n_phones": ring.n_phones,
        "n_addresses": ring.n_addresses,
        "n_payers": ring.n_payers,
        "p_burst": float(ring.p_burst) if close else None,
        "explained": ring.explained,
    }
    sign = GroupSign("identity_ring", identity_ring.RING, ring.score, values)
    return Group("identity_ring", "forged", ring.items, ring.p_value, (sign,), ties)


def _lot(lot: Lot, ties: Ties, goods: str) -> Group:
    values = {"n_orders": len(lot.items), "span": float(max(lot.span_days, 1)), "total": lot.total_cny}
    sign = GroupSign("split_lot", split_lot.LOT, lot.score, values)
    return Group("split_lot", "forged", lot.items, lot.p_value, (sign,), ties, goods)


def _shipment(s: Shipment, ties: Ties) -> Group:
    # Goods that are often branded elsewhere may be unbranded here; a text that names what the declaration leaves out is no accident.
    brand_most = 0.5 if s.pointing >= 0.5 else 0.35
    n = {"n_orders": len(s.items)}
    brand = {**n, "omitted": s.omitted, "expected": float(s.expected), "brand": s.brand}
    place = {**n, "share": s.share, "elsewhere": s.elsewhere, "country": s.country}
    senders = {"n_senders": s.n_senders, "n_shared": s.n_shared}
    asked = (
        GroupSign("brand_omitted", brand_omitted.LEFT_OFF, brand_most * evidence(s.p_brand, s.q_brand), brand),
        GroupSign("destination_concentration", destination_concentration.GROUP, 0.3 * evidence(s.p_place, s.q_place), place),
        GroupSign("sender_cluster", sender_cluster.GROUP, 0.45 * evidence(s.p_sender, s.q_sender), senders),
    )
    signs = [sign for sign in asked if sign.score > 0]
    return Group("shipment", "ipr", s.items, min(s.p_brand, s.p_place, s.p_sender), tuple(signs), ties, s.mark)
