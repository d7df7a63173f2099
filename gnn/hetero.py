"""`GraphView` as PyTorch Geometric's own data structure, for notebooks and for other people's models."""

from typing import TYPE_CHECKING

import numpy as np

from sandan.algorithms.features import Features
from sandan.graph.view import GraphView

if TYPE_CHECKING:
    from sandan.gnn.pyg import HeteroData


def to_hetero_data(view: GraphView, features: Features | None = None) -> "HeteroData":
    """Consignments and what they touch as a heterogeneous graph.

    Args:
        view: The graph; `view.until(moment)` for what was known then.
        features: Of its consignments; None: without `x`.

    Returns:
        Node type `item` with `known_at` (int64 [n], microseconds) and `x` (float32 [n, f], unknown as 0); one node type per kind of
        contact with `num_nodes`; edge types `("item", "touches", kind)` and back, with `time` (int64 [m], microseconds).
    """
    import torch

    from sandan.gnn.pyg import HeteroData

    data = HeteroData()
    data["item"].num_nodes = view.n
    data["item"].known_at = torch.from_numpy(view.known_at.copy())
    if features is not None:
        x = np.zeros((view.n, features.values.shape[1]), dtype=np.float32)
        inside = features.items >= 0
        x[features.items[inside]] = np.nan_to_num(features.values[inside])
        data["item"].x = torch.from_numpy(x)
    for kind, contacts in view.contacts.items():
        data[kind].num_nodes = len(contacts.names)
        pairs = np.stack([contacts.items, contacts.targets]).astype(np.int64)
        for edge, index in ((("item", "touches", kind), pairs), ((kind, "touched_by", "item"), pairs[::-1].copy())):
            data[edge].edge_index = torch.from_numpy(index)
            data[edge].time = torch.from_numpy(contacts.times.copy())
    return data
