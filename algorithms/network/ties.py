"""Which consignments share an identifier, and how much each shared identifier says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sandan.graph.view import GraphView

# How much one kind of identifier says of who is behind it: identity number > payer account > telephone > address.
# Source: reference list of the domain (identifier kinds carry different weight); the figures are ours and recorded with each run.
PEOPLE: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "Buyer": (1.0, ("Buyer",)),
    "Payer": (1.0, ("Payer",)),
    "Account": (0.9, ("Account",)),
    "Phone": (0.8, ("OwnPhone", "DropPhone")),
    "Address": (0.6, ("Address",)),
}
# Who sent a parcel: the sender of the house waybill; an export without one is known by its seller.
SENDERS: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "Sender": (1.0, ("Sender",)),
    "Phone": (0.8, ("SenderPhone",)),
    "Address": (0.6, ("SenderAddress",)),
    "Seller": (1.0, ("Seller",)),
}
# An identifier that serves more parties than this many times the usual large one serves the public: a locker, a forwarder, a hotline.
_LARGE, _TIMES, _LEAST_CAP, _MOST_CAP = 0.99, 20.0, 60, 200


@dataclass(frozen=True, slots=True)
class Hub:
    """What was learned of one kind of identifier.

    Attributes:
        kind: `Phone`, `Address`, ...
        usual: Parties on a large, still usual identifier (99th percentile of those that several parties share).
        cap: Identifiers with more parties than this tie nobody.
        n_cut: Identifiers over the cap.
    """

    kind: str
    usual: float
    cap: int
    n_cut: int


@dataclass(frozen=True, slots=True)
class Ties:
    """Items and the identifiers that at least two of them share.

    Attributes:
        incidence: CSR [items x identifiers], weight of each contact; identifiers over their cap are left out.
        kinds: Kind of each identifier, by column.
        names: Graph id of each identifier, by column.
        parties: int64 [columns]; different parties (persons, senders) on each identifier.
        party: int64 [items]; who stands behind an item: its identity number where it has one, else the item itself.
        hubs: What was cut and why.
    """

    incidence: sparse.csr_matrix
    kinds: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    parties: npt.NDArray[np.int64]
    party: npt.NDArray[np.int64]
    hubs: Sequence[Hub]


def shared_identifiers(view: GraphView, spec: Mapping[str, tuple[float, tuple[str, ...]]] = PEOPLE, cut: Sequence[str] = ()) -> Ties:
    """Project consignments on the identifiers they share.

    A contact weighs its kind's weight divided by log2(1 + parties): what many share says little. Identifiers of more parties than a cap,
    which is learned per kind, tie nobody. Identifiers stay nodes of their own, so a hub never becomes a clique.

    Args:
        view: The graph as of the date in question.
        spec: Weight and contact kinds of each kind of identifier; `PEOPLE` or `SENDERS`.
        cut: Ids of identifiers that tie nobody whatever their size: payers that are registered companies.

    Source:
        Weight and cap as in the project's notes on measured methods (1/log2(1 + degree), caps by type).
    """
    party = _parties(view, spec)
    columns: list[sparse.csc_matrix] = []
    kinds: list[npt.NDArray[np.str_]] = []
    names: list[npt.NDArray[np.str_]] = []
    counts: list[npt.NDArray[np.int64]] = []
    hubs = []
    for kind, (weight, sources) in spec.items():
        rows, targets, labels = _contacts(view, sources)
        if kind == "Seller":
            alone = view.is_export[rows] & (np.isin(rows, view.contacts["Sender"].items, invert=True))
            rows, targets = rows[alone], targets[alone]
        matrix = sparse.csc_matrix((np.ones(len(rows)), (rows, targets)), shape=(view.n, len(labels)))
        matrix.sum_duplicates()
        n_items = np.diff(matrix.indptr)
        n_parties = _distinct(matrix, party)
        usual, cap = _cap(n_parties)
        kept = np.flatnonzero((n_items >= 2) & (n_parties <= cap) & ~np.isin(labels, list(cut)))
        hubs.append(Hub(kind, usual, cap, int((n_parties > cap).sum())))
        matrix = matrix[:, kept]
        matrix.data = np.repeat(weight / np.log2(1.0 + n_parties[kept]), np.diff(matrix.indptr))
        columns.append(matrix)
        kinds.append(np.full(len(kept), kind))
        names.append(labels[kept])
        counts.append(n_parties[kept])
    incidence = sparse.hstack(columns, format="csr") if columns else sparse.csr_matrix((view.n, 0))
    return Ties(incidence, np.concatenate(kinds), np.concatenate(names), np.concatenate(counts), party, tuple(hubs))


def _contacts(view: GraphView, sources: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.str_]]:
    """Items, targets and names of several contact kinds whose targets are of one label."""
    names = np.unique(np.concatenate([view.contacts[s].names.to_numpy(zero_copy_only=False).astype(str) for s in sources]))
    rows = np.concatenate([view.contacts[s].items for s in sources])
    places = [
        np.searchsorted(names, view.contacts[s].names.to_numpy(zero_copy_only=False).astype(str))[view.contacts[s].targets] for s in sources
    ]
    return rows, np.concatenate(places).astype(np.int64), names


def _parties(view: GraphView, spec: Mapping[str, tuple[float, tuple[str, ...]]]) -> npt.NDArray[np.int64]:
    """One number per person or sender behind the items."""
    party = np.full(view.n, -1, dtype=np.int64)
    start = 0
    for kind in ("Buyer", "Payer") if "Buyer" in spec else ("Sender", "Seller"):
        contacts = view.contacts[kind]
        order = np.lexsort((contacts.targets, contacts.times, contacts.items))
        items, first = np.unique(contacts.items[order], return_index=True)
        targets = contacts.targets[order][first] + start
        open_ = party[items] < 0
        party[items[open_]] = targets[open_]
        start += len(contacts.names)
    alone = party < 0
    party[alone] = start + np.flatnonzero(alone)
    return party


def _distinct(matrix: sparse.csc_matrix, party: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Different parties per column."""
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    pairs = np.unique(column * (int(party.max(initial=0)) + 1) + party[matrix.indices])
    return np.bincount(pairs // (int(party.max(initial=0)) + 1), minlength=matrix.shape[1]).astype(np.int64)


def _cap(n_parties: npt.NDArray[np.int64]) -> tuple[float, int]:
    shared = n_parties[n_parties >= 2]
    usual = float(np.quantile(shared, _LARGE)) if len(shared) else 2.0
    return usual, int(np.clip(_TIMES * usual, _LEAST_CAP, _MOST_CAP))
