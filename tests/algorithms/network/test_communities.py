"""Communities: rings whole and apart, held against other libraries on the same graph."""

from typing import Any

import networkit as nk
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

from benchmarks.graphs.communities import find_components, to_networkit, to_networkx
from sandan.algorithms.network.communities import Communities, find_communities
from sandan.algorithms.network.ties import Ties, shared_identifiers

Rings = list[list[int]]


def household(drawing: Any, size: int, n_orders: int, **shared: str) -> list[int]:
    """A family at one door with one telephone."""
    people = [drawing.new("person") for _ in range(size)]
    phone, door = drawing.new("phone"), drawing.new("door")
    return [drawing.order(who=people[i % size], **{"phone": phone, "door": door, **shared}) for i in range(n_orders)]


def telephones(drawing: Any, size: int, shared: int) -> list[int]:
    """Bought identities under few telephones, each tied to the next by one door."""
    phones, doors = [drawing.new("phone") for _ in range(shared)], [drawing.new("door") for _ in range(size)]
    for i in range(1, shared):
        doors[i] = doors[i - 1]
    return [drawing.order(phone=phones[i % shared], door=doors[i]) for i in range(size)]


def chain(drawing: Any, size: int) -> list[int]:
    """Telephone A with door 1, door 1 with telephone B, telephone B with door 2, ..."""
    phones, doors = [drawing.new("phone") for _ in range(size)], [drawing.new("door") for _ in range(size)]
    return [drawing.order(phone=phones[(i + 1) // 2], door=doors[i // 2]) for i in range(size)]


def planted(drawing: Any) -> Rings:
    """Rings of three shapes among families, halls and a locker that ties families and rings alike."""
    rings = [telephones(drawing, size, max(1, size // 5)) for size in (5, 6, 8, 10, 13, 17, 20, 25, 30)]
    rings += [chain(drawing, size) for size in (6, 9, 12, 16, 24)]
    locker = drawing.new("locker")
    for i in range(250):
        family = household(drawing, 2 + i % 3, 3)
        if i % 6 == 0:
            drawing.order(who=drawing.items[family[0]]["touched"]["Buyer"], door=locker)
    for ring in rings:
        drawing.order(who=drawing.items[ring[0]]["touched"]["Buyer"], door=locker)
    for _ in range(3):
        hall = drawing.new("hall")
        for _ in range(40):
            drawing.order(door=hall)
    return rings


def ring_f1(label: np.ndarray, rings: Rings) -> float:
    """Median over the rings of the best F1 of any community's items against the ring's."""
    best = []
    for ring in rings:
        scores = [0.0]
        for community in np.unique(label[ring][label[ring] >= 0]):
            members = np.flatnonzero(label == community)
            hits = np.isin(ring, members).sum()
            scores.append(2 * hits / (len(members) + len(ring)))
        best.append(max(scores))
    return float(np.median(best))


def numbered(groups: Any, n: int) -> np.ndarray:
    label = np.full(n, -1)
    for number, group in enumerate(groups):
        for node in group:
            if node[0] == "item":
                label[node[1]] = number
    return label


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    inside = a >= 0
    if (inside != (b >= 0)).any():
        return False
    pairs = set(zip(a[inside].tolist(), b[inside].tolist(), strict=True))
    return len(pairs) == len(set(a[inside].tolist())) == len(set(b[inside].tolist()))


@pytest.fixture(scope="module")
def drawn(draw: Any) -> tuple[Any, Rings]:
    drawing = draw()
    return drawing, planted(drawing)


@pytest.fixture(scope="module")
def world(drawn: tuple[Any, Rings]) -> tuple[Ties, Rings]:
    return shared_identifiers(drawn[0].view()), drawn[1]


@pytest.fixture(scope="module")
def ours(world: tuple[Ties, Rings]) -> Communities:
    return find_communities(world[0])


def test_planted_rings_come_out_better_than_one_pass_and_components(world: tuple[Ties, Rings], ours: Communities) -> None:
    ties, rings = world
    n = ties.incidence.shape[0]
    nk.engineering.setNumberOfThreads(1)
    nk.engineering.setSeed(1, False)
    plp = nk.community.PLP(to_networkit(ties))
    plp.run()
    one_pass = np.asarray(plp.getPartition().getVector(), dtype=np.int64)[:n]
    spread = numbered(nx.community.asyn_lpa_communities(to_networkx(ties), weight="weight", seed=1), n)
    found = {"ours": ring_f1(ours.label, rings), "networkit": ring_f1(one_pass, rings), "networkx": ring_f1(spread, rings),
             "components": ring_f1(find_components(ties).label, rings)}  # fmt: skip
    assert found["ours"] >= 0.95, found
    assert found["components"] <= 0.2, found
    assert found["ours"] >= max(found["networkit"], found["networkx"], found["components"]), found


def test_components_are_those_of_scipy_and_networkx(world: tuple[Ties, Rings]) -> None:
    ties, _ = world
    n = ties.incidence.shape[0]
    found = find_components(ties)
    square = sparse.block_array([[None, ties.incidence], [ties.incidence.T, None]])
    reference = np.where(np.diff(ties.incidence.indptr) > 0, csgraph.connected_components(square, directed=False)[1][:n], -1)
    assert same_partition(found.label, reference)
    assert same_partition(found.label, numbered(nx.connected_components(to_networkx(ties)), n))


def test_a_community_lies_within_one_component(world: tuple[Ties, Rings], ours: Communities) -> None:
    component = find_components(world[0]).label
    assert all(len(set(component[members].tolist())) == 1 for members in ours.members())
    assert ours.n > find_components(world[0]).n


def test_conversions_hold_the_same_graph(world: tuple[Ties, Rings]) -> None:
    ties, _ = world
    kit, x = to_networkit(ties), to_networkx(ties)
    assert kit.numberOfEdges() == x.number_of_edges() == ties.incidence.nnz
    assert kit.totalEdgeWeight() == pytest.approx(ties.incidence.sum())
    assert x.size("weight") == pytest.approx(ties.incidence.sum())
    some = to_networkx(ties, np.array([0, 1]))
    assert {node for node in some if node[0] == "item"} == {("item", 0), ("item", 1)}
    assert some.nodes[next(node for node in some if node[0] == "id")]["kind"] in ties.kinds


@pytest.mark.parametrize("size", [6, 11, 20, 40])
def test_a_chain_of_pairs_stays_one_ring(draw: Any, size: int) -> None:
    drawing = draw()
    ring = chain(drawing, size)
    for _ in range(50):
        household(drawing, 2, 3)
    label = find_communities(shared_identifiers(drawing.view())).label
    assert len(set(label[ring].tolist())) == 1
    assert (label == label[ring[0]]).sum() == size


def test_a_locker_under_its_cap_does_not_merge_the_families_that_use_it(drawing: Any) -> None:
    families = []
    for _ in range(60):
        family = household(drawing, 3, 4)
        drawing.order(who=drawing.items[family[0]]["touched"]["Buyer"], door="locker")
        families.append(family)
    ties = shared_identifiers(drawing.view())
    assert "locker" in ties.names
    assert find_components(ties).n == 1
    label = find_communities(ties).label
    assert all(len(set(label[family].tolist())) == 1 for family in families)
    assert np.bincount(label).max() <= 15
    assert len({int(label[family[0]]) for family in families}) >= 40


@pytest.mark.parametrize("most", [1, 4, 10, 30, 100])
def test_no_community_has_more_parties_than_wanted(world: tuple[Ties, Rings], most: int) -> None:
    ties, _ = world
    found = find_communities(ties, most=most)
    sizes = [len(np.unique(ties.party[members])) for members in found.members()]
    assert max(sizes) <= most
    assert sum(len(members) for members in found.members()) == (np.diff(ties.incidence.indptr) > 0).sum()


def test_communities_are_numbered_by_their_first_item(ours: Communities) -> None:
    first = [int(members[0]) for members in ours.members()]
    assert first == sorted(first)
    assert len(first) == ours.n
    assert all((np.diff(members) > 0).all() for members in ours.members())


def test_the_same_seed_gives_the_same_labels(world: tuple[Ties, Rings], ours: Communities) -> None:
    for _ in range(2):
        assert np.array_equal(find_communities(world[0]).label, ours.label)
    assert ring_f1(find_communities(world[0], seed=2).label, world[1]) >= 0.95


@settings(max_examples=15, deadline=None)
@given(shuffle=st.integers(0, 2**32 - 1))
def test_the_order_of_contacts_does_not_move_a_label(drawn: tuple[Any, Rings], ours: Communities, shuffle: int) -> None:
    assert np.array_equal(find_communities(shared_identifiers(drawn[0].view(shuffle))).label, ours.label)


def test_items_without_ties_are_in_no_community(drawing: Any) -> None:
    drawing.order()
    pair = [drawing.order(phone="number") for _ in range(2)]
    found = find_communities(shared_identifiers(drawing.view()))
    assert found.label.tolist() == [-1, 0, 0]
    assert [members.tolist() for members in found.members()] == [pair]


def test_an_empty_graph_has_no_communities(drawing: Any) -> None:
    ties = shared_identifiers(drawing.view())
    for found in (find_communities(ties), find_components(ties)):
        assert (found.n, found.members()) == (0, [])


def test_a_graph_without_ties_has_no_communities(drawing: Any) -> None:
    drawing.order()
    ties = shared_identifiers(drawing.view())
    for found in (find_communities(ties), find_components(ties)):
        assert (found.n, found.members(), found.label.tolist()) == (0, [], [-1])
