"""The view as networkx knows it."""

import networkx as nx
import numpy as np

from sandan.algorithms.communities import find_components, to_networkx
from sandan.algorithms.convert import view_to_networkx
from sandan.algorithms.ties import shared_identifiers


def test_nodes_and_edges_are_the_view_s(drawing) -> None:  # type: ignore[no-untyped-def]
    drawing.order(1, who="a", phone="p", seller="s")
    drawing.order(2, who="b", phone="p", seller="s")
    view = drawing.view()
    graph = view_to_networkx(view)
    assert set(graph["OwnPhone", "p"]) == {("item", view.ids[0].as_py()), ("item", view.ids[1].as_py())}
    assert graph.nodes["item", view.ids[0].as_py()]["flow"] == "import"
    assert view_to_networkx(view, [0], ["Buyer"]).number_of_edges() == 1


def test_components_are_those_of_networkx(drawing) -> None:  # type: ignore[no-untyped-def]
    drawing.honest(200)
    for n in range(6):
        drawing.order(n, phone="ring-phone", door=f"ring-door-{n % 2}")
    ties = shared_identifiers(drawing.view())
    expected = {frozenset(i for kind, i in part if kind == "item") for part in nx.connected_components(to_networkx(ties))}
    found = find_components(ties)
    assert {frozenset(np.flatnonzero(found.label == k).tolist()) for k in range(found.n)} == expected
