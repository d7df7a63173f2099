"""The shortest way between two nodes of a run's graph, over what consignments share, around identifiers that are too common."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sandan.algorithms.read_models.network.atlas import Atlas, Target
from sandan.algorithms.read_models.network.reach import WHOLE, Reach, Window, item_name, target_name

# Four shared identifiers between two consignments: behind that nearly everybody hangs together, and a way says nothing.
MOST_STEPS = 8
MOST_VISITED = 50_000
_ITEM = ""
# A consignment is an identifier of no kind here.
_Side = dict[Target, Target | None]


@dataclass(frozen=True, slots=True)
class Way:
    """What was found between two nodes.

    Attributes:
        nodes: Ids from the first to the last, consignments and identifiers in turn; empty where there is no way.
        is_cut: Whether the search was ended before it had seen all that lies within reach.
    """

    nodes: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def n_steps(self) -> int:
        """Ties on the way."""
        return max(len(self.nodes) - 1, 0)


def shortest_path(
    atlas: Atlas,
    start: str,
    end: str,
    *,
    kinds: Iterable[str],
    window: Window = WHOLE,
    avoid: Collection[str] = (),
    most_steps: int = MOST_STEPS,
    most_visited: int = MOST_VISITED,
) -> Way:
    """A shortest way between two nodes; of several the one over the rarest identifiers.

    An identifier over its cap is not stepped over, unless the way begins or ends there.

    Args:
        atlas: The run's graph.
        start: Id of a node, `Phone:5f…` or `Order:import:…`.
        end: Id of another.
        kinds: Keys of `KINDS` that may be stepped over.
        window: What may be used.
        avoid: Ids of nodes that the way goes around.
        most_steps: Ties that it may have.
        most_visited: Nodes that are looked at, at most.
    """
    search = _Search(Reach(atlas, kinds, window), avoid)
    first, last = search.node(start), search.node(end)
    if first is None or last is None:
        return Way()
    if first == last:
        return Way((start,))
    sides: tuple[_Side, _Side] = ({first: None}, {last: None})
    edges, ends = [[first], [last]], {first, last}
    for _ in range(most_steps):
        if not all(edges):
            return Way()
        one = 0 if len(edges[0]) <= len(edges[1]) else 1  # the smaller side grows
        edges[one] = search.grow(edges[one], sides[one], ends)
        if met := [node for node in edges[one] if node in sides[1 - one]]:
            ways = [_joined(node, sides) for node in met]
            best = min(ways, key=lambda way: (sum(search.n_users(node) for node in way), way))
            return Way(tuple(search.name(node) for node in best))
        if len(sides[0]) + len(sides[1]) > most_visited:
            return Way(is_cut=True)
    return Way()


class _Search:
    """Neighbours of nodes, as far as a way may go."""

    def __init__(self, reach: Reach, avoid: Collection[str]) -> None:
        self._reach = reach
        self._avoided = {node for name in avoid if (node := self.node(name)) is not None}

    def node(self, name: str) -> Target | None:
        place = self._reach.item(name)
        return (_ITEM, place) if place is not None else self._reach.target(name)

    def name(self, node: Target) -> str:
        return item_name(self._reach.atlas, node[1]) if node[0] == _ITEM else target_name(self._reach.atlas, node)

    def n_users(self, node: Target) -> int:
        return 0 if node[0] == _ITEM else len(self._reach.users(node))

    def grow(self, edge: list[Target], side: _Side, ends: set[Target]) -> list[Target]:
        """The next layer; which node a way came from is kept in `side`."""
        fresh = []
        for node in edge:
            for other in self._neighbours(node):
                if other in side or (other in self._avoided and other not in ends):
                    continue
                if other[0] != _ITEM and other not in ends and self._reach.is_hub(other):
                    continue
                side[other] = node
                fresh.append(other)
        # Of several ways of one length the first that is found stays: rare identifiers go first.
        return sorted(fresh, key=lambda node: (self.n_users(node), node))

    def _neighbours(self, node: Target) -> list[Target]:
        if node[0] == _ITEM:
            return [target for target, _, _ in self._reach.contacts(node[1])]
        return [(_ITEM, int(place)) for place in self._reach.users(node)]


def _joined(middle: Target, sides: tuple[_Side, _Side]) -> list[Target]:
    """The way over a node that both sides have reached."""
    halves = []
    for side in sides:
        half, node = [], side[middle]
        while node is not None:
            half.append(node)
            node = side[node]
        halves.append(half)
    return [*reversed(halves[0]), middle, *halves[1]]
