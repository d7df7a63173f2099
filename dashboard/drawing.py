"""Where the nodes of a picture stand: distances on paper like distances in the network, nothing on top of another, always the same."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from scipy.sparse import csgraph

from sandan.algorithms.neighbourhood import Edge, Node

Points = npt.NDArray[np.float64]
# Distance of neighbours, and the box that a node needs with the words under it.
_STEP, _BOX = 92.0, (96.0, 62.0)
_ROUNDS, _GAP, _LONGEST = 120, 40.0, 9.0
_SHAPE, _MOST_DRAWN, _ROOM = 2.0, 1.8, 2.0  # width of the picture by its height; its area by that of the boxes
_PUSHES = 40


def _spiral() -> tuple[Points, ...]:
    """Steps to the places around one, the nearest first, in parts that are tried one after the other."""
    steps = np.arange(-60, 61) / 4
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    sorted_ = places[np.argsort((places**2).sum(axis=1), kind="stable")] * np.array(_BOX)
    return tuple(np.split(sorted_, [1, 100, 400, 1600, 5000]))


_AROUND = _spiral()


def positions(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, tuple[float, float]]:
    """A place for each node: each wave starts from where the ones before it stood, so that a reader finds them again.

    Parts that do not hang together are laid out apart and stand side by side.
    """
    place = {node.id: i for i, node in enumerate(nodes)}
    pairs = np.array([(place[e.source], place[e.target]) for e in edges], dtype=np.int64).reshape(-1, 2)
    waves = np.array([node.wave for node in nodes])
    at = np.zeros((len(nodes), 2))
    done = np.zeros(len(nodes), dtype=bool)
    for wave in np.unique(waves):
        shown = np.flatnonzero(waves <= wave)
        inside = pairs[(waves[pairs] <= wave).all(axis=1)]
        if not done.any():
            at[shown] = _first(len(shown), _renumbered(inside, shown))
        else:
            at[shown] = _around(at[shown], done[shown], _renumbered(inside, shown))
        done[shown] = True
    return {node.id: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(nodes, at, strict=True)}


def boxes_overlap(at: Mapping[str, tuple[float, float]]) -> int:
    """How many pairs of nodes lie on each other with their words."""
    points = np.array(list(at.values())).reshape(-1, 2)
    apart = np.abs(points[:, None] - points[None])
    hit = (apart[..., 0] < _BOX[0] - 1) & (apart[..., 1] < _BOX[1] - 1)
    return int((hit.sum() - len(points)) // 2)


def _renumbered(pairs: npt.NDArray[np.int64], shown: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.searchsorted(shown, pairs)


def _first(n: int, pairs: npt.NDArray[np.int64]) -> Points:
    """Every part by itself, then the parts in rows."""
    n_parts, part = csgraph.connected_components(_matrix(n, pairs), directed=False)
    laid = []
    for number in range(n_parts):
        own = np.flatnonzero(part == number)
        inside = pairs[part[pairs[:, 0]] == number] if len(pairs) else pairs
        laid.append((own, _untangled(_stress(len(own), _renumbered(inside, own)))))
    return _packed(n, laid)


def _around(at: Points, fixed: npt.NDArray[np.bool_], pairs: npt.NDArray[np.int64]) -> Points:
    """New nodes beside their neighbours; then all move from where they are until the distances fit."""
    near = _matrix(len(at), pairs)
    near = (near + near.T).tocsr()
    placed, known = at.copy(), fixed.copy()
    middle = at[fixed].mean(axis=0)
    turn = 2.399963 * np.arange(len(at))  # the golden angle: brothers fan out
    fan = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    while True:
        told = near @ known.astype(float)
        fresh = np.flatnonzero(~known & (told > 0))
        if not len(fresh):
            break
        here = (near @ (placed * known[:, None]))[fresh] / told[fresh, None]
        away = here - middle
        placed[fresh] = here + _STEP * (away / (np.linalg.norm(away, axis=1, keepdims=True) + 1e-9) + 0.7 * fan[fresh])
        known[fresh] = True
    lost = np.flatnonzero(~known)
    placed[lost, 0] = at[fixed][:, 0].max() + _BOX[0]
    placed[lost, 1] = middle[1] + _BOX[1] * np.arange(len(lost))
    wanted = csgraph.shortest_path(near, unweighted=True, directed=False)
    wanted[np.isinf(wanted)] = wanted[np.isfinite(wanted)].max() + 1
    wanted = _shortened(wanted)
    placed = _majorised(placed, wanted, ~fixed)
    return _untangled(_drawn_out(_majorised(placed, wanted, np.arange(len(at)) > 0)))


def _shortened(steps: Points) -> Points:
    """Distances on paper; of what is many steps apart less than that, so that a long chain folds and still can be read."""
    longest = float(steps.max(initial=1.0))
    bend = min(1.0, np.log(_LONGEST) / np.log(longest)) if longest > 1 else 1.0
    return np.asarray(_STEP * steps**bend)


def _stress(n: int, pairs: npt.NDArray[np.int64]) -> Points:
    """Stress majorisation from the classical scaling of the distances.

    Source:
        Gansner, Koren, North: Graph drawing by stress majorization, GD 2004.
    """
    if n == 1:
        return np.zeros((1, 2))
    wanted = _shortened(csgraph.shortest_path(_matrix(n, pairs), unweighted=True, directed=False))
    free = np.arange(n) > 0
    at = _majorised(_scaled(wanted), wanted, free)
    return _wide(at - at.mean(axis=0))


def _majorised(at: Points, wanted: Points, free: npt.NDArray[np.bool_]) -> Points:
    """The free nodes moved until the distances fit best."""
    weight = np.where(wanted > 0, 1.0 / np.maximum(wanted, 1e-9) ** 2, 0.0)
    laplace = np.diag(weight.sum(axis=1)) - weight
    solver = linalg.cho_factor(laplace[np.ix_(free, free)])
    at = at.copy()
    for _ in range(_ROUNDS):
        apart = np.linalg.norm(at[:, None] - at[None], axis=2)
        pull = -weight * wanted / np.maximum(apart, 1e-6)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        moved = linalg.cho_solve(solver, (pull @ at)[free] - laplace[np.ix_(free, ~free)] @ at[~free])
        far = float(np.abs(moved - at[free]).max(initial=0.0))
        at[free] = moved
        if far < 0.5:
            break
    return at


def _scaled(wanted: Points) -> Points:
    """Two coordinates that give the distances as well as two can; a little of a spiral keeps equals apart."""
    n = len(wanted)
    centre = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ wanted**2 @ centre)
    best = np.argsort(-values)[:2]
    at = vectors[:, best] * np.sqrt(np.maximum(values[best], 0.0))
    at *= np.where(at[np.abs(at).argmax(axis=0), np.arange(at.shape[1])] < 0, -1.0, 1.0)
    turn = 2.399963 * np.arange(n)
    spiral: Points = 0.25 * _STEP * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.asarray(at + spiral)


def _wide(at: Points) -> Points:
    """Turned and drawn out so that it fills a screen."""
    turns = [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in np.linspace(0, np.pi, 18, endpoint=False)]
    best = min(turns, key=lambda turn: round(_extent(at @ turn), 3))
    return _drawn_out(at @ best)


def _drawn_out(at: Points) -> Points:
    """Drawn out across, and all of it where there is too little room for the boxes."""
    size = np.ptp(at, axis=0) + np.array(_BOX)
    draw = min(max(_SHAPE * size[1] / size[0], 1.0), _MOST_DRAWN)
    room = _ROOM * len(at) * _BOX[0] * _BOX[1] / float(size.prod() * draw)
    return np.asarray((at - at.mean(axis=0)) * np.array([draw, 1.0]) * max(room, 1.0) ** 0.5)


def _extent(at: Points) -> float:
    """Height of the screen that the points need."""
    size = np.ptp(at, axis=0) + np.array(_BOX)
    return max(float(size[0]) / _SHAPE, float(size[1]))


def _untangled(at: Points) -> Points:
    """Boxes that lie on each other pushed apart; what still does then goes to the nearest free place, the outer before the inner."""
    at = _pushed(at)
    size, taken = np.array(_BOX), np.empty_like(at)
    for n, i in enumerate(np.argsort(np.linalg.norm(at - at.mean(axis=0), axis=1), kind="stable")):
        for some in _AROUND:
            tried = at[i] + some
            apart = np.abs(tried[:, None] - taken[None, :n])
            free = ~((apart[..., 0] < size[0]) & (apart[..., 1] < size[1])).any(axis=1)
            if free.any():
                at[i] = tried[free.argmax()]
                break
        taken[n] = at[i]
    return at


def _pushed(at: Points) -> Points:
    at = at.copy()
    number = np.arange(len(at))
    order = np.where(number[:, None] > number[None], 1.0, -1.0)[..., None]
    for _ in range(_PUSHES):
        apart = at[:, None] - at[None]
        lacking = np.array(_BOX) - np.abs(apart)
        hit = (lacking > 0).all(axis=2) & (number[:, None] != number[None])
        if not hit.any():
            break
        sign = np.where(apart == 0, order, np.sign(apart))
        across = lacking[..., 0] / _BOX[0] < lacking[..., 1] / _BOX[1]
        push = np.where(np.stack([hit & across, hit & ~across], axis=2), lacking * sign, 0.0)
        at += 0.6 * push.sum(axis=1) / np.maximum(hit.sum(axis=1), 1)[:, None]
    return at


def _packed(n: int, laid: Sequence[tuple[npt.NDArray[np.int64], Points]]) -> Points:
    """Parts in rows, the largest first."""
    at = np.zeros((n, 2))
    sizes = {i: np.ptp(points, axis=0) + np.array(_BOX) for i, (_, points) in enumerate(laid)}
    area = sum(float((size + _GAP).prod()) for size in sizes.values())
    width = max((_SHAPE * area) ** 0.5, max(float(size[0]) for size in sizes.values()))
    x = y = tall = 0.0
    for i in sorted(sizes, key=lambda i: (-len(laid[i][0]), i)):
        own, points = laid[i]
        if x > 0 and x + sizes[i][0] > width:
            x, y, tall = 0.0, y + tall + _GAP, 0.0
        at[own] = points - points.min(axis=0) + np.array([x, y])
        x, tall = x + float(sizes[i][0]) + _GAP, max(tall, float(sizes[i][1]))
    return np.asarray(at - at.mean(axis=0))


def _matrix(n: int, pairs: npt.NDArray[np.int64]) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
