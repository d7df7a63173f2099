import datetime as dt
import itertools
import os
import subprocess
import sys
from collections.abc import Mapping

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sandan.algorithms.read_models.network.neighbourhood import Edge, Node
from sandan.dashboard.components.drawing import positions

NOW = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
BOX = (96, 62)  # a node with the words under it


def boxes_overlap(at: Mapping[str, tuple[float, float]]) -> int:
    """How many pairs of nodes lie on each other with their words."""
    return sum(
        all(abs(a - b) < side - 1 for a, b, side in zip(one, other, BOX, strict=True))
        for one, other in itertools.combinations(at.values(), 2)
    )


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


def test_an_expansion_leaves_every_node_where_it_stood() -> None:
    nodes, edges = star(12)
    more, ties = star(8, "b", wave=1)
    again, others = star(8, "c", wave=2)
    waves = [
        (nodes, edges),
        ([*nodes, *more], [*edges, *ties, Edge("Order:a3", "Phone:b", ("OwnPhone",), NOW)]),
        (
            [*nodes, *more, *again],
            [*edges, *ties, *others, Edge("Order:a3", "Phone:b", ("OwnPhone",), NOW), Edge("Order:b1", "Phone:c", ("OwnPhone",), NOW)],
        ),
    ]
    pictures = [positions(*wave) for wave in waves]
    for before, after in itertools.pairwise(pictures):
        assert boxes_overlap(after) == 0
        assert {node: after[node] for node in before} == before
    # What was opened stands nearer to its own than to the rest of the picture.
    last = pictures[-1]
    far = max(abs(last["Phone:b"][0] - last["Order:a3"][0]) / BOX[0], abs(last["Phone:b"][1] - last["Order:a3"][1]) / BOX[1])
    assert far < 6


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 9), st.integers(0, 2)), max_size=60))
def test_any_network_is_drawn_without_overlap_and_grows_in_its_positions(n: int, ties: list[tuple[int, int, int]]) -> None:
    wave: dict[str, int] = {f"Order:{i}": 0 for i in range(n)}
    edges = []
    for order, phone, when in ties:
        wave[f"Order:{order}"] = min(wave.get(f"Order:{order}", when), when)
        wave[f"Phone:{phone}"] = min(wave.get(f"Phone:{phone}", when), when)
        edges.append(Edge(f"Order:{order}", f"Phone:{phone}", ("OwnPhone",), NOW))
    nodes = [Node(id_, id_.partition(":")[0], id_, wave=when) for id_, when in wave.items()]
    at = positions(nodes, edges)
    assert set(at) == set(wave)
    assert boxes_overlap(at) == 0
    first = [node for node in nodes if node.wave == 0]
    before = positions(first, [edge for edge in edges if wave[edge.source] == 0 == wave[edge.target]])
    assert {node.id: at[node.id] for node in first} == before


def test_every_process_draws_the_same_picture() -> None:
    drawn = """
import datetime as dt, sys
from sandan.algorithms.read_models.network.neighbourhood import Edge, Node
from sandan.dashboard.components.drawing import positions
now = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
nodes = [Node(f"Order:{i}", "Order", "") for i in range(20)] + [Node(f"Phone:{i}", "Phone", "", wave=i // 4) for i in range(8)]
print(positions(nodes, [Edge(f"Order:{i}", f"Phone:{(i * 3) % 8}", ("OwnPhone",), now) for i in range(20)]))
"""
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, other = (
        subprocess.run([sys.executable, "-c", drawn], env=env, check=True, capture_output=True, text=True).stdout for env in seeds
    )
    assert one == other != ""
