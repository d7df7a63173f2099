"""`GraphView` as networkx knows it: the lingua franca for a community of interest, not for the nightly run."""

from collections.abc import Sequence

import networkx as nx
import numpy as np

from sandan.algorithms.chance import moment
from sandan.graph.view import GraphView


def view_to_networkx(view: GraphView, items: Sequence[int] | None = None, kinds: Sequence[str] | None = None) -> nx.Graph:
    """Consignments and what they touch as one undirected graph.

    Args:
        view: The graph; `view.until(moment)` for what was known then.
        items: Places of the consignments; None: all of them.
        kinds: Kinds of contact; None: all of them.

    Returns:
        Nodes `("item", id)` with `label`, `flow`, `known_at`; `(kind, id)` with `kind`; edges with `known_at`.
    """
    chosen = np.arange(view.n) if items is None else np.asarray(items, dtype=np.int64)
    graph = nx.Graph()
    for i in chosen.tolist():
        label, flow = "Parcel" if view.is_parcel[i] else "Order", "export" if view.is_export[i] else "import"
        graph.add_node(("item", view.ids[i].as_py()), label=label, flow=flow, known_at=moment(int(view.known_at[i])))
    for kind in view.contacts if kinds is None else kinds:
        contacts = view.contacts[kind]
        for row in np.flatnonzero(np.isin(contacts.items, chosen)).tolist():
            target = (kind, contacts.names[int(contacts.targets[row])].as_py())
            graph.add_node(target, kind=kind)
            graph.add_edge(("item", view.ids[int(contacts.items[row])].as_py()), target, known_at=moment(int(contacts.times[row])))
    return graph
