"""Where the nodes of a picture stand: a spring layout with nothing on top of another, always the same, and kept while it grows."""

from collections.abc import Sequence

import networkx as nx
import numpy as np
import numpy.typing as npt

from sandan.algorithms.read_models.network.neighbourhood import Edge, Node

Points = npt.NDArray[np.float64]
# Distance of neighbours, and the box that a node needs with the words under it.
_STEP, _BOX = 92.0, np.array((96.0, 62.0))
_GAP, _SEED, _ROUNDS = 40.0, 7, 150
_SHAPE, _MOST_DRAWN, _ROOM = 2.0, 2.2, 2.0  # width of the picture by its height; its area by that of the boxes


def _steps_around() -> tuple[Points, ...]:
    """Steps to the positions around one, the nearest first, in parts that are tried one after the other."""
    steps = np.arange(-60, 61) / 4
    around = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    ordered = around[np.argsort((around**2).sum(axis=1), kind="stable")] * _BOX
    return tuple(np.split(ordered, [1, 100, 400, 1600, 5000]))


_AROUND = _steps_around()


def positions(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, tuple[float, float]]:
    """A position for each node: each wave is laid out around the ones before it, which stay where they stood.

    Parts that do not hang together are laid out apart and stand side by side.
    """
    whole: nx.Graph = nx.Graph()
    whole.add_nodes_from(node.id for node in nodes)
    whole.add_edges_from((edge.source, edge.target) for edge in edges)
    at: dict[str, Points] = {}
    for wave in sorted({node.wave for node in nodes}):
        shown = _part(whole, [node.id for node in nodes if node.wave <= wave])
        at = _grown(shown, at) if at else _packed([_laid_out(_part(shown, names)) for names in _parts(shown)])
    return {node.id: (round(float(at[node.id][0]), 1), round(float(at[node.id][1]), 1)) for node in nodes}


def _part(graph: nx.Graph, names: Sequence[str]) -> nx.Graph:
    """Some of the nodes, in this order: a layout depends on it, and networkx's own subgraph has that of a set."""
    part: nx.Graph = nx.Graph()
    part.add_nodes_from(names)
    part.add_edges_from((one, other) for one in names for other in graph[one] if other in part)
    return part


def _parts(graph: nx.Graph) -> list[list[str]]:
    """The connected parts, the largest first, each in the order of the graph's nodes."""
    number = {node: i for i, node in enumerate(graph)}
    parts = [sorted(part, key=number.__getitem__) for part in nx.connected_components(graph)]
    return sorted(parts, key=lambda part: (-len(part), number[part[0]]))


def _laid_out(part: nx.Graph) -> dict[str, Points]:
    """A connected part by itself, turned and drawn out so that it fills a screen."""
    if len(part) == 1:
        return {node: np.zeros(2) for node in part}
    found = nx.spring_layout(part, iterations=_ROUNDS, seed=_SEED)
    names, at = list(found), np.array(list(found.values()))
    at *= _STEP / np.mean([np.linalg.norm(found[one] - found[other]) for one, other in part.edges])
    return dict(zip(names, _untangled(_wide(at)), strict=True))


def _grown(graph: nx.Graph, at: dict[str, Points]) -> dict[str, Points]:
    """New nodes among those that stand already, which keep their positions."""
    middle = np.mean(list(at.values()), axis=0)
    near = dict(at)
    # The nearest first; within a layer in the order of the graph, which the library's layers lack.
    layer_of = {node: number for number, layer in enumerate(nx.bfs_layers(graph, list(at))) for node in layer}
    fresh = sorted((node for node in graph if node not in at), key=lambda node: layer_of.get(node, len(graph)))
    for number, node in enumerate(fresh):
        around = [near[other] for other in graph[node] if other in near]
        here = np.mean(around, axis=0) if around else np.max(list(at.values()), axis=0) + _BOX
        away = here - middle
        turn = 2.399963 * number  # the golden angle: the new nodes of one fan out
        near[node] = here + _STEP * (away / (np.linalg.norm(away) + 1e-9) + 0.7 * np.array([np.cos(turn), np.sin(turn)]))
    found = nx.spring_layout(graph, pos=near, fixed=list(at), k=0.6 * _STEP, iterations=_ROUNDS, seed=_SEED)
    names = list(near)
    return dict(zip(names, _untangled(np.array([found[name] for name in names]), n_fixed=len(at)), strict=True))


def _wide(at: Points) -> Points:
    """Turned to need the least height of a screen and drawn out across; all of it where there is too little room for the boxes."""
    turns = [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in np.linspace(0, np.pi, 18, endpoint=False)]
    at = min((at @ turn for turn in turns), key=lambda turned: round(float((_size(turned) / (_SHAPE, 1.0)).max()), 3))
    size = _size(at)
    draw = min(max(_SHAPE * size[1] / size[0], 1.0), _MOST_DRAWN)
    room = _ROOM * len(at) * float(_BOX.prod()) / float(size.prod() * draw)
    return np.asarray((at - at.mean(axis=0)) * (draw, 1.0) * max(room, 1.0) ** 0.5)


def _size(at: Points) -> Points:
    return np.asarray(np.ptp(at, axis=0) + _BOX)


def _untangled(at: Points, n_fixed: int = 0) -> Points:
    """Nodes whose boxes would lie on others moved to the nearest free position, the outer after the inner; the first `n_fixed` stay."""
    at = at.copy()
    middle = at.mean(axis=0)
    free = np.argsort(np.linalg.norm(at[n_fixed:] - middle, axis=1), kind="stable") + n_fixed
    taken = list(range(n_fixed))
    for i in free:
        for some in _AROUND:
            tried = at[i] + some
            apart = np.abs(tried[:, None] - at[taken][None])
            is_free = ~(apart < _BOX).all(axis=2).any(axis=1)
            if is_free.any():
                at[i] = tried[is_free.argmax()]
                break
        taken.append(int(i))
    return at


def _packed(laid: Sequence[dict[str, Points]]) -> dict[str, Points]:
    """Parts side by side in rows, in their order."""
    sizes = [_size(np.array(list(part.values()))) for part in laid]
    area = sum(float((size + _GAP).prod()) for size in sizes)
    width = max((_SHAPE * area) ** 0.5, *(float(size[0]) for size in sizes))
    found: dict[str, Points] = {}
    x = y = tall = 0.0
    for part, size in zip(laid, sizes, strict=True):
        if x > 0 and x + size[0] > width:
            x, y, tall = 0.0, y + tall + _GAP, 0.0
        corner = np.min(list(part.values()), axis=0) - (x, y)
        found.update({node: at - corner for node, at in part.items()})
        x, tall = x + float(size[0]) + _GAP, max(tall, float(size[1]))
    middle = np.mean(list(found.values()), axis=0)
    return {node: at - middle for node, at in found.items()}
