"""Who shares what, and how much that says."""

from math import log2
from typing import Any

import numpy as np
import pytest

from sandan.algorithms.network.ties import PEOPLE, SENDERS, Ties, shared_identifiers


def weights(ties: Ties, item: int) -> dict[str, float]:
    row = ties.incidence[item].tocoo()
    return {f"{ties.kinds[c]}:{ties.names[c]}": pytest.approx(float(w)) for c, w in zip(row.col, row.data, strict=True)}


def hubs(ties: Ties) -> dict[str, Any]:
    return {hub.kind: hub for hub in ties.hubs}


def test_what_many_share_says_less_and_kinds_weigh_differently(drawing: Any) -> None:
    a = drawing.order(who="anna", phone="both", door="house")
    drawing.order(who="boris", phone="both", door="house")
    drawing.order(who="carla", door="house")
    again = drawing.order(who="anna")
    ties = shared_identifiers(drawing.view())
    person = {"Buyer:anna": 1.0, "Payer:anna": 1.0}
    assert weights(ties, a) == person | {"Phone:both": 0.8 / log2(3), "Address:house": 0.6 / log2(4)}
    assert weights(ties, again) == person


def test_what_one_item_alone_touches_ties_nobody(drawing: Any) -> None:
    alone = drawing.order(who="anna", Account="account")
    drawing.order(who="boris")
    ties = shared_identifiers(drawing.view())
    assert ties.incidence.shape == (2, 0)
    assert weights(ties, alone) == {}


def test_a_telephone_is_one_whether_on_the_parcel_or_beside_the_identity(drawing: Any) -> None:
    a = drawing.add(Buyer="anna", OwnPhone="number", DropPhone="number")
    b = drawing.add(Buyer="boris", DropPhone="number")
    ties = shared_identifiers(drawing.view())
    assert weights(ties, a) == weights(ties, b) == {"Phone:number": 0.8 / log2(3)}


def test_parties_are_persons_not_orders(drawing: Any) -> None:
    for who in ("anna", "anna", "anna", "boris"):
        drawing.order(who=who, phone="number")
    # Nobody's number stands on this one, so it counts as somebody of its own.
    drawing.add(DropPhone="number")
    ties = shared_identifiers(drawing.view())
    counts = dict(zip(ties.names.tolist(), ties.parties.tolist(), strict=True))
    assert (counts["number"], counts["anna"]) == (3, 1)
    assert len(set(ties.party.tolist())) == 3


def test_the_buyer_stands_behind_an_order_else_the_payer(drawing: Any) -> None:
    drawing.add(Buyer="anna", Payer="boris")
    drawing.add(Buyer="anna", Payer="carla")
    drawing.add(Payer="carla")
    drawing.add(Payer="carla")
    party = shared_identifiers(drawing.view()).party
    assert party[0] == party[1] != party[2] == party[3]


@pytest.mark.parametrize(("strangers", "cut"), [(60, False), (61, True)])
def test_a_public_identifier_ties_nobody_and_is_reported(drawing: Any, strangers: int, cut: bool) -> None:
    members = [drawing.order(door="locker") for _ in range(strangers)]
    for _ in range(300):
        door = drawing.new("home")
        for _ in range(2):
            drawing.order(door=door)
    ties = shared_identifiers(drawing.view())
    # Homes of two are the usual: the cap is its least.
    assert (hubs(ties)["Address"].cap, hubs(ties)["Address"].n_cut) == (60, int(cut))
    assert hubs(ties)["Phone"].n_cut == 0
    assert ("locker" in ties.names) is not cut
    assert bool(weights(ties, members[0])) is not cut


def test_the_cap_is_learned_per_kind_within_limits(drawing: Any) -> None:
    for size, count in ((5, 200), (10, 20)):
        for _ in range(count):
            door = drawing.new("hall")
            for _ in range(size):
                drawing.order(door=door)
    caps = hubs(shared_identifiers(drawing.view()))
    # A large hall has ten, so two hundred are public; telephones, which nobody shares, keep the least.
    assert (caps["Address"].usual, caps["Address"].cap, caps["Phone"].cap) == (10.0, 200, 60)


def test_the_cap_has_an_upper_limit(drawing: Any) -> None:
    for _ in range(4):
        door = drawing.new("hall")
        for _ in range(30):
            drawing.order(door=door)
    assert hubs(shared_identifiers(drawing.view()))["Address"].cap == 200


def test_cut_ids_tie_nobody_whatever_their_size(drawing: Any) -> None:
    for _ in range(3):
        drawing.order(Payer="firm", door="office")
    assert "firm" in shared_identifiers(drawing.view()).names
    ties = shared_identifiers(drawing.view(), cut=["firm"])
    assert "firm" not in ties.names
    assert "office" in ties.names


def test_senders_are_tied_by_house_waybill_and_by_seller_where_there_is_none(drawing: Any) -> None:
    for day in (0, 1):
        drawing.add(day, parcel=True, export=True, Sender="workshop", SenderPhone="number")
    drawing.add(parcel=True, export=True, Sender="another", SenderPhone="number", Seller="shop")
    for _ in range(2):
        drawing.add(export=True, Seller="shop")
        drawing.add(Seller="shop")
    ties = shared_identifiers(drawing.view(), SENDERS)
    assert weights(ties, 0) == {"Sender:workshop": 1.0, "Phone:number": 0.8 / log2(3)}
    assert weights(ties, 2) == {"Phone:number": 0.8 / log2(3)}
    # The seller of an export ties; that of an import does not, it sells to everybody.
    assert weights(ties, 3) == weights(ties, 5) == {"Seller:shop": 1.0}
    assert weights(ties, 4) == {}


@pytest.mark.parametrize("spec", [PEOPLE, SENDERS])
def test_an_empty_graph_has_no_ties(drawing: Any, spec: Any) -> None:
    ties = shared_identifiers(drawing.view(), spec)
    assert ties.incidence.shape == (0, 0)


def test_the_order_of_contacts_changes_nothing(drawing: Any) -> None:
    drawing.honest(200)
    for _ in range(8):
        drawing.order(phone="number")
    one, other = shared_identifiers(drawing.view()), shared_identifiers(drawing.view(shuffle=3))
    assert (one.incidence != other.incidence).nnz == 0
    assert one.names.tolist() == other.names.tolist()
    assert np.array_equal(one.party, other.party)
    assert one.hubs == other.hubs
