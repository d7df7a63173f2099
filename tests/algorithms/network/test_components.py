"""Connected components, with which communities are compared, are those of networkx."""

import networkx as nx
import numpy as np

from benchmarks.graphs.communities import find_components, to_networkx
from sandan.algorithms.network.ties import shared_identifiers


def test_components_are_those_of_networkx(drawing) -> None:  # type: ignore[no-untyped-def]
    drawing.honest(200)
    for n in range(6):
        drawing.order(n, phone="ring-phone", door=f"ring-door-{n % 2}")
    ties = shared_identifiers(drawing.view())
    expected = {frozenset(i for kind, i in part if kind == "item") for part in nx.connected_components(to_networkx(ties))}
    found = find_components(ties)
    assert {frozenset(np.flatnonzero(found.label == k).tolist()) for k in range(found.n)} == expected
