import datetime as dt

import pytest

from sandan.algorithms.neighbourhood import Edge, Node
from sandan.dashboard.drawing import boxes_overlap, positions

NOW = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def star(n: int, centre: str = "a", wave: int = 0) -> tuple[list[Node], list[Edge]]:
    nodes = [
        Node(f"Phone:{centre}", "Phone", centre, wave=wave),
        *(Node(f"Order:{centre}{i}", "Order", str(i), wave=wave) for i in range(n)),
    ]
    return nodes, [Edge(node.id, f"Phone:{centre}", ("OwnPhone",), NOW) for node in nodes[1:]]


def chain(n: int) -> tuple[list[Node], list[Edge]]:
    nodes = [Node(f"Order:{i}", "Order", str(i)) if i % 2 else Node(f"Phone:{i}", "Phone", str(i)) for i in range(n)]
    return nodes, [Edge(nodes[i].id, nodes[i + 1].id, ("OwnPhone",), NOW) for i in range(n - 1)]


def mesh(n: int) -> tuple[list[Node], list[Edge]]:
    nodes = [*(Node(f"Order:{i}", "Order", str(i)) for i in range(n)), *(Node(f"Phone:{j}", "Phone", str(j)) for j in range(n // 4))]
    return nodes, [
        Edge(f"Order:{i}", f"Phone:{j}", ("OwnPhone",), NOW) for i in range(n) for j in range(n // 4) if (i * 7 + j * 3) % 5 == 0
    ]


@pytest.mark.parametrize(("nodes", "edges"), [star(1), star(40), chain(60), mesh(100), ([], []), ([Node("Order:1", "Order", "1")], [])])
def test_nothing_lies_on_anything_and_nothing_is_left_to_chance(nodes: list[Node], edges: list[Edge]) -> None:
    at = positions(nodes, edges)
    assert set(at) == {node.id for node in nodes}
    assert boxes_overlap(at) == 0
    assert positions(nodes, edges) == at


def test_parts_that_do_not_hang_together_stand_apart() -> None:
    one, two = star(9), star(9, "b")
    at = positions(one[0] + two[0], one[1] + two[1])
    assert boxes_overlap(at) == 0
    across = [[at[node.id][axis] for node in part[0]] for part in (one, two) for axis in (0, 1)]
    assert (
        max(across[0]) < min(across[2])
        or max(across[2]) < min(across[0])
        or max(across[1]) < min(across[3])
        or max(across[3]) < min(across[1])
    )


def test_a_picture_is_wider_than_high() -> None:
    for nodes, edges in (star(40), mesh(60), chain(40)):
        at = list(positions(nodes, edges).values())
        width, height = (max(p[axis] for p in at) - min(p[axis] for p in at) for axis in (0, 1))
        assert width > 1.2 * height, nodes[-1].id


def test_an_expansion_keeps_the_picture_recognisable() -> None:
    nodes, edges = star(12)
    more, ties = star(8, "b", wave=1)
    at, later = positions(nodes, edges), positions([*nodes, *more], [*edges, *ties, Edge("Order:a3", "Phone:b", ("OwnPhone",), NOW)])
    assert boxes_overlap(later) == 0
    # Whoever stood left of the middle stands left of it still.
    middle = at["Phone:a"][0]
    moved = [
        node.id
        for node in nodes[1:]
        if abs(at[node.id][0] - middle) > 60 and (at[node.id][0] < middle) != (later[node.id][0] < later["Phone:a"][0])
    ]
    assert len(moved) <= 2
