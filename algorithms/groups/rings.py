"""Rings: many identities behind few telephones, addresses and payers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from sandan.algorithms.groups.chance import SURE, Chance, days, evidence, false_discovery, together
from sandan.algorithms.network.communities import Communities
from sandan.algorithms.network.ties import Ties
from sandan.graph.view import GraphView
from sandan.record.values.moment import DAY_US

# From how many identities on a group is more than a household, and an identifier shared by strangers.
LEAST_IDENTITIES, _STRANGERS = 4, 3
_HOUSEHOLD = 6
# A bought identity is used once or a few times, until its yearly limit.
_USED_UP = 3
# People who live together use what they share twice or more each, over two weeks or more.
_OFTEN, _LIVED_DAYS = 2.0, 14.0


@dataclass(frozen=True, slots=True)
class Ring:
    """One community of many identities, and what speaks for and against it.

    Attributes:
        items: Places of its consignments.
        n_identities: Different persons by identity number.
        n_phones, n_addresses, n_payers: Identifiers that at least three of them share.
        own: Share of the identities whose own telephone or payer account others use too.
        drop: The same for the telephone on the parcel.
        place: The same for the address.
        p_burst, p_alike, p_value: Chance of its closeness in time, of its likeness in sellers and goods, of both.
        q_value: `p_value` corrected for the number of groups.
        score: Strength in [0, 1).
        explained: Why it may be innocent: `household`, `one place`, `group purchase`, or empty.
    """

    items: npt.NDArray[np.int64]
    n_identities: int
    n_phones: int
    n_addresses: int
    n_payers: int
    own: float
    drop: float
    place: float
    p_burst: float
    p_alike: float
    p_value: float
    q_value: float
    score: float
    explained: str
    span_days: float
    top_seller: float


def find_rings(
    view: GraphView,
    ties: Ties,
    communities: Communities,
    properties: Mapping[str, npt.NDArray[np.int64]],
    firms: frozenset[str] = frozenset(),
    seed: int = 1,
) -> list[Ring]:
    """Look at every community of several identities.

    Args:
        view: The graph as of the run's date.
        ties: Shared identifiers of persons.
        communities: Their communities.
        properties: `seller` and `goods`: one code per item, negative where unknown.
        firms: Ids of payers that are registered companies: paying for many is their business.
        seed: Of the random groups.

    Source:
        Definition and innocent look-alikes of `identity_ring`: domain notes; the weights are ours.
    """
    own_contact = _incidence(view, ("OwnPhone",), firms)
    payer_contact = _incidence(view, ("Payer", "Account"), firms)
    drop_contact = _incidence(view, ("DropPhone",), firms)
    place_contact = _incidence(view, ("Address",))
    has_identity = np.zeros(view.n, dtype=bool)
    has_identity[np.concatenate([view.contacts["Buyer"].items, view.contacts["Payer"].items])] = True
    chance = Chance(np.flatnonzero(has_identity), view.known_at, seed)
    seen: list[Ring] = []
    several = _with_identities(communities, ties.party, has_identity)
    cores = (_core(ties, items[has_identity[items]], view.known_at) for items in several)
    for items in (part for core in cores for part in _parts(ties, core)):
        identities, first = np.unique(ties.party[items], return_index=True)
        if len(identities) < LEAST_IDENTITIES:
            continue
        one_each = items[np.sort(first)]
        n_phones, own = _shared(own_contact, items, ties.party)
        n_payers, paid = _shared(payer_contact, items, ties.party)
        n_drops, drop = _shared(drop_contact, items, ties.party)
        n_places, place = _shared(place_contact, items, ties.party)
        p_burst = chance.burst(one_each)
        p_seller, p_goods = chance.alike(one_each, properties["seller"]), chance.alike(one_each, properties["goods"])
        p_alike = min(1.0, 2 * min(p_seller, p_goods))
        sellers = properties["seller"][items]
        top = np.bincount(sellers[sellers >= 0]).max(initial=0) / len(items) if (sellers >= 0).any() else 0.0
        times = view.known_at[items]
        seen.append(
            Ring(items, len(identities), max(n_phones, n_drops), n_places, n_payers, max(own, paid), drop, place, p_burst, p_alike,
                 together([p_burst, p_alike]), 1.0, 0.0, "", days(int(times.min()), int(times.max())), float(top))
        )  # fmt: skip
    q_values = false_discovery([ring.p_value for ring in seen])
    return [_judged(ring, q) for ring, q in zip(seen, q_values, strict=True)]


def _judged(ring: Ring, q_value: float) -> Ring:
    """The ring with its strength and its innocent explanation."""
    size = min(1.0, (ring.n_identities - 2) / 3)
    tied = 1.0 - (1.0 - 0.55 * ring.own) * (1.0 - 0.3 * ring.drop) * (1.0 - 0.2 * ring.place)
    web = 0.15 if ring.n_phones + ring.n_addresses + ring.n_payers >= 4 else 0.0
    close = 0.4 * evidence(ring.p_burst, q_value)
    alike = 0.3 * evidence(ring.p_alike, q_value)
    score = 1.0 - (1.0 - tied * size) * (1.0 - web) * (1.0 - close) * (1.0 - alike)
    explained = ""
    if ring.n_identities <= _HOUSEHOLD and ring.n_addresses <= 1 and ring.p_burst > SURE:
        explained, score = "household", score * 0.4
    elif ring.own < 0.5 and ring.n_phones <= 1 and ring.n_addresses <= 1 and ring.p_burst > SURE:
        explained, score = "one place", min(score * 0.5, 0.3)
    elif ring.own < 0.5 and ring.n_addresses <= 1 and ring.n_phones <= 1 and ring.span_days <= 2.0 and ring.top_seller > 0.9:
        explained, score = "group purchase", min(score * 0.5, 0.35)
    return replace(ring, q_value=q_value, score=round(min(score, 0.95), 6), explained=explained)


def _incidence(view: GraphView, kinds: tuple[str, ...], without: frozenset[str] = frozenset()) -> sparse.csr_matrix:
    parts = []
    for kind in kinds:
        c = view.contacts[kind]
        kept = (
            ~np.isin(c.targets, np.flatnonzero([name in without for name in c.names.to_pylist()]))
            if without
            else np.ones(len(c.items), bool)
        )
        shape = (view.n, len(c.names))
        parts.append(sparse.csr_matrix((np.ones(int(kept.sum()), dtype=np.int8), (c.items[kept], c.targets[kept])), shape=shape))
    return sparse.hstack(parts, format="csr")


def _with_identities(
    communities: Communities, party: npt.NDArray[np.int64], has_identity: npt.NDArray[np.bool_]
) -> list[npt.NDArray[np.int64]]:
    """Items of each community of so many identities that a ring may be in it: most are households, and cost as much to look through."""
    inside = np.flatnonzero(has_identity & (communities.label >= 0))
    pairs = np.unique(np.stack([communities.label[inside].astype(np.int64), party[inside]]), axis=1)
    n_identities = np.bincount(pairs[0], minlength=communities.n)
    return [items for items, n in zip(communities.members(), n_identities.tolist(), strict=True) if n >= LEAST_IDENTITIES]


def _core(ties: Ties, items: npt.NDArray[np.int64], times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Consignments of a community that make a ring, if any do.

    First those that touch an identifier which strangers share; then, link by link, those of hardly used identities that share anything
    with them: so a chain of pairs is one ring. A ring also hangs together with its neighbours, and a stolen identity with its owner's
    own purchases; they are not in it.
    """
    if not len(items):
        return items
    part = ties.incidence[items].tocoo()
    _, party = np.unique(ties.party[items], return_inverse=True)
    pairs = np.unique(np.stack([part.col.astype(np.int64), party[part.row]]), axis=1)
    columns, counts = np.unique(pairs[0], return_counts=True)
    at_home = _homes(part, times[items], columns, counts)
    new = np.bincount(party)[party] <= _USED_UP
    core = np.zeros(len(items), dtype=bool)
    core[part.row[np.isin(part.col, columns[(counts >= _STRANGERS) & ~at_home])]] = True
    if not core.any():
        core[part.row[np.isin(part.col, columns[(counts >= 2) & ~at_home])]] = True
        core &= new
    links = np.isin(part.col, columns[counts >= 2]) & (new | core)[part.row]
    rows, targets = part.row[links], part.col[links]
    while True:
        reached = core.copy()
        reached[rows[np.isin(targets, targets[core[rows]])]] = True
        if reached.sum() == core.sum():
            break
        core = reached
    found = items[core]
    return found if len(np.unique(ties.party[found])) >= LEAST_IDENTITIES else items[:0]


def _homes(
    part: sparse.coo_matrix, times: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], parties: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Identifiers that a few people use again and again for weeks: a household's, not a ring's."""
    place = np.searchsorted(columns, part.col)
    first, last = np.full(len(columns), np.iinfo(np.int64).max), np.zeros(len(columns), dtype=np.int64)
    np.minimum.at(first, place, times[part.row])
    np.maximum.at(last, place, times[part.row])
    often = np.bincount(place, minlength=len(columns)) >= _OFTEN * parties
    lived: npt.NDArray[np.bool_] = last - first >= round(_LIVED_DAYS * DAY_US)
    return lived & often & (parties <= _HOUSEHOLD)


def _parts(ties: Ties, core: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """What hangs together by something that several persons share.

    A stolen identity ties the ring to its owner's family by nothing but the identity number; the family is a group of its own.
    """
    if not len(core):
        return []
    part = ties.incidence[core].tocoo()
    columns, place = np.unique(part.col, return_inverse=True)
    pairs = np.unique(np.stack([place.astype(np.int64), ties.party[core][part.row]]), axis=1)
    several = (np.bincount(pairs[0], minlength=len(columns)) >= 2)[place]
    n = len(core) + len(columns)
    edges = (part.row[several], place[several] + len(core))
    _, label = csgraph.connected_components(sparse.coo_matrix((np.ones(len(edges[0])), edges), shape=(n, n)), directed=False)
    own = label[: len(core)]
    return [core[own == name] for name in dict.fromkeys(own.tolist())]


def _shared(contacts: sparse.csr_matrix, items: npt.NDArray[np.int64], party: npt.NDArray[np.int64]) -> tuple[int, float]:
    """Identifiers that at least three identities of the group share, and the share of its identities that have one of them."""
    part = contacts[items].tocoo()
    pairs = np.unique(np.stack([part.col.astype(np.int64), party[items][part.row]]), axis=1)
    columns, counts = np.unique(pairs[0], return_counts=True)
    shared = columns[counts >= _STRANGERS]
    return len(shared), len(np.unique(pairs[1][np.isin(pairs[0], shared)])) / len(np.unique(party[items]))
