"""Ties as the graphs of other libraries, and the plainest grouping there is: what communities are compared with."""

import networkit as nk
import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from sandan.algorithms.network.communities import Communities, _numbered
from sandan.algorithms.network.ties import Ties


def find_components(ties: Ties) -> Communities:
    """Connected components: whatever a chain of shared identifiers reaches. For accountability, not for finding."""
    n_items = ties.incidence.shape[0]
    _, labels = csgraph.connected_components(_square(ties), directed=False)
    return _numbered(labels[:n_items].astype(np.int64), np.diff(ties.incidence.indptr) > 0)


def to_networkit(ties: Ties) -> nk.Graph:
    """Items, then identifiers, as one weighted networkit graph."""
    coo = ties.incidence.tocoo()
    n_items, n_ids = ties.incidence.shape
    return nk.GraphFromCoo(
        (coo.data.astype(np.float64), (coo.row.astype(np.uint64), coo.col.astype(np.uint64) + np.uint64(n_items))),
        n=n_items + n_ids,
        weighted=True,
        directed=False,
    )


def to_networkx(ties: Ties, items: npt.NDArray[np.int64] | None = None) -> nx.Graph:
    """Items and their shared identifiers as a networkx graph: nodes `("item", i)` and `("id", j)`, edges with `weight`.

    Args:
        ties: The shared identifiers.
        items: Only these items; None: all of them.
    """
    chosen = np.arange(ties.incidence.shape[0]) if items is None else np.asarray(items)
    graph = nx.Graph()
    part = ties.incidence[chosen].tocoo()
    for row, column, weight in zip(part.row, part.col, part.data, strict=True):
        graph.add_edge(("item", int(chosen[row])), ("id", int(column)), weight=float(weight))
    for _, column in [node for node in graph if node[0] == "id"]:
        graph.nodes["id", column].update(kind=str(ties.kinds[column]), name=str(ties.names[column]))
    return graph


def _square(ties: Ties) -> sparse.csr_matrix:
    n_items, n_ids = ties.incidence.shape
    coo = ties.incidence.tocoo()
    return sparse.csr_matrix((coo.data, (coo.row, coo.col + n_items)), shape=(n_items + n_ids, n_items + n_ids))
