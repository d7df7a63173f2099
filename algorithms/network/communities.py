"""Communities of consignments that share identifiers."""

from dataclasses import dataclass

import networkit as nk
import numpy as np
import numpy.typing as npt
from scipy import sparse

from sandan.algorithms.network.ties import Ties

Labels = npt.NDArray[np.int64]
# More parties than this are not looked at as one group: the largest published rings have a few dozen identities.
MOST_PARTIES = 200
_MOST_PASSES = 12
# Communities are not joined over less than this: one address of about fifteen parties, a locker or a reception.
_LEAST_WEIGHT = 0.15


@dataclass(frozen=True, slots=True)
class Communities:
    """A partition of the items that share anything.

    Attributes:
        label: int64 [items]; -1 for an item that shares no identifier. Communities are numbered by their first item.
        n: Communities.
    """

    label: Labels
    n: int

    def members(self) -> list[npt.NDArray[np.int64]]:
        """Items of each community, rising."""
        inside = np.flatnonzero(self.label >= 0)
        order = inside[np.argsort(self.label[inside], kind="stable")]
        return np.split(order, np.cumsum(np.bincount(self.label[order], minlength=self.n))[:-1]) if self.n else []


def find_communities(ties: Ties, seed: int = 1, most: int = MOST_PARTIES) -> Communities:
    """Label propagation over items and the identifiers they share, weighted by how rare each identifier is; repeated on what it finds.

    One pass finds the neighbourhood of each telephone or address. The communities become the nodes of a smaller graph, and the next pass
    joins those that hang together most, as long as no more than `most` parties come together: so a ring whose members share different
    telephones is one community, and a chain through half a city is not.

    Repeatable: one thread, a fixed seed, integers that do not depend on the order of the input.

    Source:
        Label propagation: Raghavan et al. 2007, as in networkit (PLP). Contraction between passes: as multi-level methods do (Blondel et
        al. 2008), without modularity, whose resolution limit buries small rings. Components chain everything through one shared locker.
    """
    n_items, n_ids = ties.incidence.shape
    label = np.arange(n_items + n_ids)
    parties = _parties_of(label, ties)
    coo = ties.incidence.tocoo()
    edges = sparse.coo_matrix((coo.data, (coo.row, coo.col + n_items)), shape=(n_items + n_ids, n_items + n_ids))
    for level in range(_MOST_PASSES):
        joined = propagate(edges, seed, _LEAST_WEIGHT if level else 0.0)
        # A community of too many parties stays the communities it was made of.
        size = _parties_of(joined[label], ties)
        joined = np.where(size[joined] <= max(most, 1), joined, len(size) + np.arange(len(joined)))
        _, joined = np.unique(joined, return_inverse=True)
        if int(joined.max(initial=-1)) + 1 == len(parties):
            break
        label = joined[label]
        parties = _parties_of(label, ties)
        edges = sparse.coo_matrix((edges.data, (joined[edges.row], joined[edges.col])), shape=(len(parties), len(parties)))
        edges = edges.tocsr().tocoo()
    return _numbered(label[:n_items].astype(np.int64), np.diff(ties.incidence.indptr) > 0)


def propagate(edges: sparse.coo_matrix, seed: int, least: float = 0.0) -> Labels:
    """One label propagation over a weighted graph, repeatable.

    Args:
        edges: [nodes, nodes]; weights of edges in either direction are added.
        seed: Of the order in which nodes are looked at.
        least: Edges of less weight join nothing.

    Returns:
        int64 [nodes], communities numbered from 0.
    """
    nk.engineering.setNumberOfThreads(1)
    between = edges.row != edges.col
    row, col = np.minimum(edges.row, edges.col)[between], np.maximum(edges.row, edges.col)[between]
    once = sparse.coo_matrix((edges.data[between], (row, col)), shape=edges.shape).tocsr().tocoo()
    strong = once.data >= least
    once = sparse.coo_matrix((once.data[strong], (once.row[strong], once.col[strong])), shape=once.shape)
    graph = nk.GraphFromCoo(
        (once.data.astype(np.float64), (once.row.astype(np.uint64), once.col.astype(np.uint64))), n=edges.shape[0], weighted=True
    )
    nk.engineering.setSeed(seed, False)
    found = nk.community.PLP(graph)
    found.run()
    return np.unique(np.asarray(found.getPartition().getVector(), dtype=np.int64), return_inverse=True)[1]


def _parties_of(label: Labels, ties: Ties) -> npt.NDArray[np.int64]:
    """Different parties in each community."""
    own = label[: len(ties.party)]
    tied = np.diff(ties.incidence.indptr) > 0
    pairs = np.unique(np.stack([own[tied], ties.party[tied]]), axis=1)
    return np.bincount(pairs[0], minlength=int(label.max(initial=-1)) + 1).astype(np.int64)


def _numbered(labels: Labels, tied: npt.NDArray[np.bool_]) -> Communities:
    """Labels numbered by the first item of each community, so that a permuted run gives the same numbers."""
    result = np.full(len(labels), -1, dtype=np.int64)
    inside = np.flatnonzero(tied)
    _, first, inverse = np.unique(labels[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    result[inside] = rank[inverse]
    return Communities(result, len(first))
