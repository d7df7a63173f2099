import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.algorithms.read_models.network.atlas import FACT_COLUMNS, KINDS, Atlas
from sandan.algorithms.read_models.network.neighbourhood import Network, cluster_network, kinds_of, neighbourhood
from sandan.algorithms.read_models.network.reach import Window
from sandan.graph.schema import NODES, node_schema
from sandan.graph.store.layout import node_file
from sandan.graph.view import Contacts, GraphView
from sandan.record.errors import UnknownId

START = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def atlas(tmp_path: Path) -> Callable[..., Atlas]:
    """An atlas over a drawn view; node tables hold the texts that are given."""

    def make(
        view: GraphView, *, score: dict[int, float] | None = None, members: dict[str, list[int]] | None = None, **texts: dict[str, str]
    ) -> Atlas:
        (tmp_path / "nodes").mkdir(exist_ok=True)
        for node in NODES:
            rows = [
                {"id": name, "masked": told, "masked_name": told, "name": told} for name, told in sorted(texts.get(node.label, {}).items())
            ]
            kept = [{k: v for k, v in row.items() if k in node_schema(node.label).names} for row in rows]
            pq.write_table(pa.Table.from_pylist(kept, schema=node_schema(node.label)), node_file(tmp_path, node.label))
        facts = pa.table({name: pa.array([], pa.float64() if name in ("score", "declared_cny") else pa.string()) for name in FACT_COLUMNS})
        scores = np.zeros(view.n)
        for place, value in (score or {}).items():
            scores[place] = value
        caps = dict.fromkeys(KINDS, 20)
        places = {name: np.array(items, dtype=np.int64) for name, items in (members or {}).items()}
        return Atlas(view, tmp_path, np.full(view.n, -1), facts, scores, caps, places)

    return make


def key(place: int) -> str:
    return f"import:P:{place:06d}"


def shown(network: Network, kind: str) -> set[str]:
    return {node.id.partition(":")[2] for node in network.nodes if node.kind == kind}


def test_who_shares_a_telephone_is_shown_with_the_telephone(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine, other, stranger = drawing.order(phone="t"), drawing.order(phone="t"), drawing.order()
    network = neighbourhood(atlas(drawing.view()), [key(mine)])
    assert shown(network, "Order") == {key(mine), key(other)}
    assert key(stranger) not in shown(network, "Order")
    telephone = next(node for node in network.nodes if node.id == "Phone:t")
    assert (telephone.n, telephone.more, telephone.is_hub) == (2, 0, False)
    tie = next(edge for edge in network.edges if edge.source == f"Order:{key(mine)}" and edge.target == "Phone:t")
    assert tie.contacts == ("OwnPhone", "DropPhone")


def test_buyer_and_payer_of_one_number_are_one_identity(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    own, paid = drawing.order(who="a"), drawing.add(Buyer="b", Payer="a")
    network = neighbourhood(atlas(drawing.view()), [key(own)])
    contacts = {edge.source: edge.contacts for edge in network.edges if edge.target == "Identity:a"}
    assert contacts == {f"Order:{key(own)}": ("Buyer", "Payer"), f"Order:{key(paid)}": ("Payer",)}


def test_rare_identifiers_come_before_common_ones_and_risky_consignments_first(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine = drawing.order(phone="rare", door="common")
    rare = drawing.order(phone="rare")
    common = [drawing.order(door="common") for _ in range(12)]
    network = neighbourhood(atlas(drawing.view(), score={common[7]: 0.9}), [key(mine)], limit=12)
    assert len(network.nodes) <= 12
    assert {key(mine), key(rare), key(common[7])} <= shown(network, "Order")
    assert network.n_left_out > 0


@pytest.mark.parametrize("limit", [1, 5, 40, 150])
def test_the_limit_is_kept(drawing: Any, atlas: Callable[..., Atlas], limit: int) -> None:
    places = [drawing.order(phone=f"t{i % 7}", door=f"d{i % 5}") for i in range(90)]
    made = atlas(drawing.view(), members={"c": places})
    expand = [f"Phone:t{i}" for i in range(7)]
    for network in (
        neighbourhood(made, [key(places[0])], expand=expand, limit=limit),
        cluster_network(made, "c", limit=limit, expand=expand),
    ):
        assert len(network.nodes) <= limit
        ids = {node.id for node in network.nodes}
        assert all(edge.source in ids and edge.target in ids for edge in network.edges)


def test_a_hub_is_one_node_with_its_count_and_is_not_expanded(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine = drawing.order(door="locker")
    for _ in range(40):
        drawing.order(door="locker")
    made = atlas(drawing.view())
    for expand in ((), ("Address:locker",)):
        network = neighbourhood(made, [key(mine)], expand=expand)
        locker = next(node for node in network.nodes if node.id == "Address:locker")
        assert (locker.is_hub, locker.n, locker.more) == (True, 41, 40)
        assert shown(network, "Order") == {key(mine)}


def test_expansion_adds_neighbours_and_leaves_the_rest_as_it_is(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine = drawing.order(phone="t")
    near = drawing.order(phone="t", door="d")
    far = drawing.order(door="d")
    made = atlas(drawing.view())
    before, after = neighbourhood(made, [key(mine)]), neighbourhood(made, [key(mine)], expand=[f"Order:{key(near)}"])
    assert key(far) not in shown(before, "Order") and key(far) in shown(after, "Order")
    assert [node.id for node in after.nodes][: len(before.nodes)] == [node.id for node in before.nodes]
    assert {node.wave for node in after.nodes} == {0, 1}
    assert neighbourhood(made, [key(mine)], expand=["Order:import:P:999999", "Phone:nobody", "Nonsense:x"]) == before


def test_time_hides_later_consignments_and_later_contacts(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine, soon, late = drawing.order(0, phone="t"), drawing.order(1, phone="t"), drawing.order(9, phone="t")
    view = drawing.view()
    whole = neighbourhood(atlas(view), [key(mine)])
    part = neighbourhood(atlas(view), [key(mine)], window=Window(until=START + dt.timedelta(days=2)))
    assert shown(whole, "Order") == {key(mine), key(soon), key(late)}
    assert shown(part, "Order") == {key(mine), key(soon)}
    assert next(node.n for node in part.nodes if node.id == "Phone:t") == 2
    since = neighbourhood(atlas(view), [key(mine)], window=Window(since=START + dt.timedelta(days=5)))
    assert shown(since, "Order") == {key(mine), key(late)}  # what the picture is about stays

    door = view.contacts["Address"]
    later = Contacts(door.items, door.targets, np.where(door.items == mine, door.times + 10 * 86_400_000_000, door.times), door.names)
    moved = replace(view, contacts={**view.contacts, "Address": later})
    assert shown(neighbourhood(atlas(moved), [key(mine)], window=Window(until=START + dt.timedelta(days=2))), "Address") == set()


def test_only_chosen_kinds_are_used(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine = drawing.order(phone="t", door="d", seller="s")
    drawing.order(phone="t", seller="s")
    network = neighbourhood(atlas(drawing.view()), [key(mine)], kinds=["Seller", "Address", "no such kind"])
    assert {node.kind for node in network.nodes} == {"Order", "Seller", "Address"}
    assert neighbourhood(atlas(drawing.view()), [key(mine)], kinds=[]).edges == ()


def test_a_cluster_shows_its_members_and_what_two_of_them_share(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    ring = [drawing.order(phone="t", who=f"w{i}") for i in range(4)]
    outside = drawing.order(phone="t")
    network = cluster_network(atlas(drawing.view(), members={"c": ring}), "c")
    assert shown(network, "Order") == {key(place) for place in ring}
    assert {node.id for node in network.nodes if not node.is_item} == {"Phone:t"}
    assert next(node.more for node in network.nodes if node.id == "Phone:t") == 1
    wider = cluster_network(atlas(drawing.view(), members={"c": ring}), "c", expand=["Phone:t"])
    assert key(outside) in shown(wider, "Order")


def test_a_cluster_of_parcels_is_drawn_by_its_senders(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    orders = [drawing.order(), drawing.order()]
    parcels = [drawing.add(export=True, parcel=True, Sender="s", SenderPhone="t", Country="US") for _ in range(3)]
    made = atlas(drawing.view(), members={"people": orders, "senders": parcels})
    assert "Identity" in kinds_of(made, "people") and "Sender" not in kinds_of(made, "nothing")[:1]
    network = cluster_network(made, "senders")
    assert {"Sender", "Phone", "Parcel"} == {node.kind for node in network.nodes}
    assert network.nodes[0].key.startswith("parcel:")


def test_labels_are_masked_texts_or_the_end_of_a_hash(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    mine = drawing.order(
        who="0123456789abcdef", phone="fedcba9876543210", door="aaaabbbbccccdddd", seller="seller:S1", Account="99990000aaaa1234"
    )
    made = atlas(
        drawing.view(), Phone={"fedcba9876543210": "*******1234"}, Buyer={"0123456789abcdef": "王**"}, Operator={"seller:S1": "无"}
    )
    network = neighbourhood(made, [key(mine)], kinds=[*KINDS])
    labels = {node.kind: node.label for node in network.nodes}
    assert labels == {"Order": "000000", "Identity": "王**", "Phone": "*******1234", "Address": "…dddd", "Seller": "S1", "Account": "…1234"}


def test_what_is_not_there_is_said(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    drawing.order()
    with pytest.raises(UnknownId):
        neighbourhood(atlas(drawing.view()), ["import:P:999999"])
    with pytest.raises(UnknownId):
        cluster_network(atlas(drawing.view()), "c-nothing")


def test_the_order_of_the_contacts_does_not_matter(drawing: Any, atlas: Callable[..., Atlas]) -> None:
    drawing.honest(60, seed=3)
    ring = [drawing.order(phone=f"t{i % 2}") for i in range(9)]
    one, other = (neighbourhood(atlas(drawing.view(shuffle)), [key(ring[0])]) for shuffle in (None, 5))
    assert one == other
