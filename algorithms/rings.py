"""Rings: many identities behind few telephones, addresses and payers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sandan.algorithms.chance import Chance, days, false_discovery, together
from sandan.algorithms.communities import Communities
from sandan.algorithms.ties import Ties
from sandan.graph.view import GraphView

# From how many identities on a group is more than a household, and an identifier shared by strangers.
LEAST_IDENTITIES, _STRANGERS = 4, 3
_HOUSEHOLD = 6
# A bought identity is used once or a few times, until its yearly limit.
_USED_UP = 3
_SURE = 0.05


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
    for items in communities.members():
        items = _core(ties, items[has_identity[items]])
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
    close = 0.4 * _evidence(ring.p_burst, q_value)
    alike = 0.3 * _evidence(ring.p_alike, q_value)
    score = 1.0 - (1.0 - tied * size) * (1.0 - web) * (1.0 - close) * (1.0 - alike)
    explained = ""
    if ring.n_identities <= _HOUSEHOLD and ring.n_addresses <= 1 and ring.p_burst > _SURE:
        explained, score = "household", score * 0.4
    elif ring.own < 0.5 and ring.n_phones <= 1 and ring.n_addresses <= 1 and ring.p_burst > _SURE:
        explained, score = "one place", min(score * 0.5, 0.3)
    elif ring.own < 0.5 and ring.n_addresses <= 1 and ring.n_phones <= 1 and ring.span_days <= 2.0 and ring.top_seller > 0.9:
        explained, score = "group purchase", min(score * 0.5, 0.35)
    return replace(ring, q_value=q_value, score=round(min(score, 0.95), 6), explained=explained)


def _evidence(p_value: float, q_value: float) -> float:
    """Strength in [0, 1]: nothing above one in twenty or where the number of groups explains it, all from one in a thousand."""
    return 0.0 if p_value > _SURE or q_value > _SURE else min(1.0, np.log10(_SURE / p_value) / np.log10(_SURE / 0.001))


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


def _core(ties: Ties, items: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Consignments that touch an identifier which strangers share.

    A ring hangs together with its neighbours, and a stolen identity with its owner's own purchases; they are not in it. Where no
    identifier has three parties, as in a chain of pairs, any shared identifier counts, for identities that are hardly used.
    """
    if not len(items):
        return items
    part = ties.incidence[items].tocoo()
    pairs = np.unique(np.stack([part.col.astype(np.int64), ties.party[items][part.row]]), axis=1)
    columns, counts = np.unique(pairs[0], return_counts=True)
    own = np.unique(ties.party[items], return_inverse=True)[1]
    often = np.bincount(own)[own]
    for least, most in ((_STRANGERS, len(items)), (2, _USED_UP)):
        touching = np.zeros(len(items), dtype=bool)
        touching[part.row[np.isin(part.col, columns[counts >= least])]] = True
        core = items[touching & (often <= most)]
        if len(np.unique(ties.party[core])) >= LEAST_IDENTITIES:
            return core
    return items[:0]


def _shared(contacts: sparse.csr_matrix, items: npt.NDArray[np.int64], party: npt.NDArray[np.int64]) -> tuple[int, float]:
    """Identifiers that at least three identities of the group share, and the share of its identities that have one of them."""
    part = contacts[items].tocoo()
    pairs = np.unique(np.stack([part.col.astype(np.int64), party[items][part.row]]), axis=1)
    columns, counts = np.unique(pairs[0], return_counts=True)
    shared = columns[counts >= _STRANGERS]
    return len(shared), len(np.unique(pairs[1][np.isin(pairs[0], shared)])) / len(np.unique(party[items]))
