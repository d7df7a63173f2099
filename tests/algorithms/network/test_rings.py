"""Rings among honest trade, and the innocent groups that look like them."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sandan.algorithms.groups.rings import Ring, find_rings
from sandan.algorithms.network.communities import find_communities
from sandan.algorithms.network.ties import shared_identifiers
from sandan.algorithms.scoring.clusters import first_code
from sandan.graph.view import GraphView
from sandan.record.settings import Settings

GRADES = Settings().grade


def rings_of(view: GraphView, firms: frozenset[str] = frozenset(), seed: int = 1) -> list[Ring]:
    ties = shared_identifiers(view, cut=sorted(firms))
    properties = {"seller": first_code(view, "Seller"), "goods": first_code(view, "Goods")}
    return find_rings(view, ties, find_communities(ties), properties, firms, seed)


def of(rings: list[Ring], items: list[int]) -> Ring | None:
    """The ring that holds most of these items."""
    best = max(rings, key=lambda ring: int(np.isin(ring.items, items).sum()), default=None)
    return best if best is not None and np.isin(best.items, items).any() else None


def score(rings: list[Ring], items: list[int]) -> float:
    ring = of(rings, items)
    return ring.score if ring else 0.0


def bought(drawing: Any, size: int, phones: int, start: float = 20, span: float = 6) -> list[int]:
    """Bought identities under few telephones, in a week, at one shop."""
    numbers = [drawing.new("phone") for _ in range(phones)]
    dice = np.random.default_rng(size)
    return [
        drawing.order(start + float(dice.uniform(0, span)), phone=numbers[i % phones], seller="s1", goods=f"g{i % 3}") for i in range(size)
    ]


def test_a_ring_among_honest_people_stands_out(drawing: Any) -> None:
    drawing.honest(2000)
    members = bought(drawing, 8, 1)
    rings = rings_of(drawing.view())
    ring = of(rings, members)
    assert ring is not None
    assert sorted(ring.items.tolist()) == members
    assert (ring.n_identities, ring.n_phones, ring.own, ring.explained) == (8, 1, 1.0, "")
    assert ring.score >= GRADES.t_medium
    assert ring.p_burst <= 0.01
    assert ring.p_alike <= 0.01
    assert ring.q_value <= 0.05
    # Nobody honest has a ring.
    assert len(rings) == 1


@pytest.mark.parametrize("size", [5, 8, 15, 30])
def test_rings_of_several_telephones_are_found(drawing: Any, size: int) -> None:
    drawing.honest(2000)
    members = bought(drawing, size, max(1, size // 6))
    ring = of(rings_of(drawing.view()), members)
    assert ring is not None
    assert ring.score >= GRADES.t_medium
    assert np.isin(ring.items, members).all()


def test_a_ring_by_address_and_by_payer_is_found(drawing: Any) -> None:
    drawing.honest(2000)
    by_door = [drawing.order(20 + i / 2, door=f"door-{i % 2}", phone=f"pair-{i // 2}", seller="s1", goods="g1") for i in range(10)]
    by_payer = [drawing.order(30 + i / 2, Payer="payer", seller="s2", goods="g2") for i in range(8)]
    rings = rings_of(drawing.view())
    assert score(rings, by_payer) >= GRADES.t_medium
    assert score(rings, by_door) > 0.2


def test_a_family_is_a_household(drawing: Any) -> None:
    drawing.honest(2000)
    people = [drawing.new("person") for _ in range(5)]
    dice = np.random.default_rng(4)
    family = [
        drawing.order(float(dice.uniform(0, 60)), who=people[i % 5], phone="home", door="flat", seller=f"s{i}", goods=f"g{i}")
        for i in range(10)
    ]
    ring = of(rings_of(drawing.view()), family)
    assert ring is None or (ring.explained == "household" and ring.score < GRADES.t_medium)


def test_a_hall_is_one_place(drawing: Any) -> None:
    drawing.honest(2000)
    dice = np.random.default_rng(5)
    hall = [drawing.order(float(dice.uniform(0, 60)), door="hall", seller=f"s{i % 40}", goods=f"g{i}") for i in range(40)]
    ring = of(rings_of(drawing.view()), hall)
    assert ring is not None
    assert (ring.explained, ring.n_identities) == ("one place", 40)
    assert ring.score <= 0.3


def test_a_reception_with_its_telephone_on_the_parcels_is_one_place(drawing: Any) -> None:
    drawing.honest(2000)
    dice = np.random.default_rng(6)
    office = []
    for i in range(20):
        office.append(
            drawing.order(
                float(dice.uniform(0, 60)), door="office", seller=f"s{i}", goods=f"g{i}", **({"DropPhone": "desk"} if i % 3 == 0 else {})
            )
        )
    ring = of(rings_of(drawing.view()), office)
    assert ring is not None
    assert ring.explained == "one place"
    assert ring.score <= 0.3


@pytest.mark.parametrize("size", [8, 20])
def test_a_group_purchase_is_explained(drawing: Any, size: int) -> None:
    drawing.honest(2000)
    neighbours = [drawing.order(30 + i / 600, door="leader", seller="s7", goods="g9") for i in range(size)]
    ring = of(rings_of(drawing.view()), neighbours)
    assert ring is not None
    assert ring.explained == "group purchase"
    assert ring.score <= 0.35


def test_what_a_firm_pays_for_its_staff_is_no_ring(drawing: Any) -> None:
    drawing.honest(1000)
    staff = [drawing.order(30 + i / 20, Payer="firm", seller="s3", goods="g4") for i in range(12)]
    view = drawing.view()
    assert score(rings_of(view), staff) >= GRADES.t_medium
    assert score(rings_of(view, frozenset({"firm"})), staff) == 0.0


def test_what_the_owner_of_a_stolen_identity_buys_himself_is_not_in_the_ring(drawing: Any) -> None:
    drawing.honest(2000)
    own = [drawing.order(day, who="owner", phone="owner's", door="owner's home", seller="s9", goods="g99") for day in (1, 33, 58)]
    members = bought(drawing, 8, 1)
    shared = drawing.items[members[0]]["touched"]["OwnPhone"]
    members.append(drawing.order(22, who="owner", phone=shared, seller="s1", goods="g1"))
    ring = of(rings_of(drawing.view()), members)
    assert ring is not None
    assert sorted(ring.items.tolist()) == members
    assert not np.isin(own, ring.items).any()


def test_the_family_of_a_stolen_identity_is_not_in_the_ring(drawing: Any) -> None:
    drawing.honest(2000)
    family = ["owner", *(drawing.new("person") for _ in range(3))]
    own = [
        drawing.order(3.0 * i, who=family[i % 4], phone=f"{family[i % 4]}'s", door="flat", seller=f"s{i}", goods=f"g{i}") for i in range(18)
    ]
    members = bought(drawing, 12, 2)
    door = drawing.items[members[0]]["touched"]["Address"]
    drawing.items[members[1]]["touched"]["Address"] = door
    drawing.items[members[4]]["touched"] |= {"Buyer": "owner", "Payer": "owner"}
    rings = rings_of(drawing.view())
    ring = of(rings, members)
    assert ring is not None
    assert sorted(ring.items.tolist()) == members
    assert ring.score >= GRADES.t_medium
    assert score(rings, own) < GRADES.t_medium


def test_a_neighbour_who_buys_often_is_not_in_the_ring(drawing: Any) -> None:
    drawing.honest(500)
    members = bought(drawing, 10, 2)
    drawing.items[members[1]]["touched"]["Address"] = drawing.items[members[0]]["touched"]["Address"]
    door = drawing.items[members[5]]["touched"]["Address"]
    for day in range(5):
        drawing.order(10 * day, who="neighbour", phone="neighbour's", door=door, goods=f"g{day}")
    ring = of(rings_of(drawing.view()), members)
    assert ring is not None
    assert sorted(ring.items.tolist()) == members


def test_three_identities_are_too_few(drawing: Any) -> None:
    drawing.honest(500)
    three = bought(drawing, 3, 1)
    assert of(rings_of(drawing.view()), three) is None


def test_honest_trade_alone_has_no_rings(drawing: Any) -> None:
    drawing.honest(1000)
    assert rings_of(drawing.view()) == []


def test_rings_do_not_depend_on_the_order_of_contacts(drawing: Any) -> None:
    drawing.honest(300)
    bought(drawing, 9, 2)
    seen = []
    for shuffle in (None, 1, 2):
        seen.append([(ring.items.tolist(), ring.score, ring.p_value, ring.explained) for ring in rings_of(drawing.view(shuffle))])
    assert seen[0] == seen[1] == seen[2]


def test_what_is_learned_later_is_not_used(drawing: Any) -> None:
    drawing.honest(800)
    members = bought(drawing, 8, 1, start=40)
    view = drawing.view()
    early = view.until(dt.datetime(2025, 3, 1, tzinfo=dt.UTC) + dt.timedelta(days=39))
    assert of(rings_of(early), members) is None
    assert of(rings_of(view), members) is not None
