"""Nodes of a picture in groups with counts: alike ones that are drawn as one, and what is not drawn next to a node."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from sandan.algorithms.read_models.network.atlas import Atlas
from sandan.algorithms.read_models.network.neighbourhood import Network, Node
from sandan.algorithms.read_models.network.reach import Reach, Window, item_name, target_name

# Two alike stand beside each other as well as in a group.
LEAST_GROUPED = 3


def grouped(network: Network, keep: Collection[str] = ()) -> Network:
    """The picture with consignments of one grade that share exactly the same identifiers as one node, that of the riskiest.

    Args:
        network: The picture.
        keep: Ids of nodes that stay by themselves.
    """
    shared: dict[str, set[str]] = {}
    for edge in network.edges:
        shared.setdefault(edge.source, set()).add(edge.target)
    groups: dict[tuple[str, str, frozenset[str]], list[Node]] = {}
    for node in network.nodes:
        if node.is_item and node.id not in keep and shared.get(node.id):
            groups.setdefault((node.kind, node.grade, frozenset(shared[node.id])), []).append(node)
    size: dict[str, int] = {}
    gone: set[str] = set()
    for members in groups.values():
        if len(members) < LEAST_GROUPED:
            continue
        members.sort(key=lambda node: (-float(node.facts.get("score", 0.0)), node.id))
        size[members[0].id] = len(members)
        gone.update(node.id for node in members[1:])
    nodes = tuple(replace(node, n_grouped=size.get(node.id, 1)) for node in network.nodes if node.id not in gone)
    return replace(network, nodes=nodes, edges=tuple(edge for edge in network.edges if edge.source not in gone))


def without(network: Network, hidden: Collection[str]) -> Network:
    """The picture without some nodes and their ties."""
    nodes = tuple(node for node in network.nodes if node.id not in hidden)
    return replace(network, nodes=nodes, edges=tuple(e for e in network.edges if e.source not in hidden and e.target not in hidden))


def not_drawn(atlas: Atlas, node: Node, drawn: Collection[str], *, kinds: Iterable[str], window: Window) -> dict[str, int]:
    """How many neighbours of a node are not in a picture: of a consignment by kind, of an identifier by grade, the worst first.

    Args:
        atlas: The run's graph.
        node: A node of the picture.
        drawn: Ids of all nodes of the picture.
        kinds: Kinds that the picture shows.
        window: What the picture uses.
    """
    reach = Reach(atlas, kinds, window)
    place, target = reach.item(node.id), reach.target(node.id)
    if place is not None:
        targets = {one for one, _, _ in reach.contacts(place)}
        count = Counter(one[0] for one in targets if target_name(atlas, one) not in drawn)
        return {kind: count[kind] for kind in reach.kinds if count[kind]}
    if target is None:
        return {}
    rows = [int(atlas.alerts[item]) for item in reach.users(target) if item_name(atlas, int(item)) not in drawn]
    graded = Counter(atlas.facts["grade"][row].as_py() if row >= 0 else "low" for row in rows)
    return {grade: graded[grade] for grade in ("high", "medium", "low") if graded[grade]}
