"""The arrays read out of each store by Cypher are the arrays made from the tables, for every kind of contact that relations tell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.algorithms.bench import Bench
from sandan.graph.arrays import shared_view
from sandan.graph.store.access import graph_layout, publish
from sandan.graph.store.base import Store
from sandan.graph.tables import write_graph_tables
from sandan.graph.view import GraphView, open_view
from sandan.ingest.intake import ingest
from sandan.record.home import HomePaths
from sandan.record.ids import open_keyring
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

ITEMS = {
    "Order": "MATCH (n:Order) RETURN n.id AS id, n.flow AS flow",
    "Parcel": "MATCH (n:Parcel) WHERE COUNT { MATCH (n)<-[:SHIPPED_IN]-(:Order) } <> 1 RETURN n.id AS id, '' AS flow",
}
# A contact of a parcel is its order's where it belongs to one; an address, telephone or country is told by lists that relations leave out.
CONTACTS = {
    "Buyer": ["MATCH (n:Order)-[:BOUGHT_BY]->(x:Buyer) RETURN DISTINCT n.id, x.id"],
    "Payer": ["MATCH (n:Order)-[:PAID_BY]->(x:Payer) RETURN DISTINCT n.id, x.id"],
    "Seller": ["MATCH (n:Order)-[:SOLD_BY]->(x:Operator) RETURN DISTINCT n.id, x.id"],
    "Payment": ["MATCH (n:Order)-[:CHARGED_BY]->(x:Operator) RETURN DISTINCT n.id, x.id"],
    "Agent": ["MATCH (n:Order)-[:DECLARED_BY]->(x:Operator) RETURN DISTINCT n.id, x.id"],
    # A payment names a platform too, which is no contact: what others named has a seller.
    "Platform": ["MATCH (x:Platform)<-[:PLACED_ON]-(n:Order)-[:SOLD_BY]->(:Operator) RETURN DISTINCT n.id, x.id"],
    "Logistics": [
        "MATCH (n:Order)-[:CARRIED_BY]->(x:Operator) RETURN DISTINCT n.id, x.id",
        "MATCH (n:Order)-[:SHIPPED_IN]->(:Parcel)-[:CARRIED_BY]->(x:Operator) RETURN DISTINCT n.id, x.id",
        "MATCH (n:Parcel)-[:CARRIED_BY]->(x:Operator) RETURN DISTINCT n.id, x.id",
    ],
    "Sender": [
        "MATCH (n:Order)-[:SHIPPED_IN]->(:Parcel)-[:SENT_BY]->(x:Sender) RETURN DISTINCT n.id, x.id",
        "MATCH (n:Parcel)-[:SENT_BY]->(x:Sender) RETURN DISTINCT n.id, x.id",
    ],
    "Goods": [
        "MATCH (n:Order)-[:CONTAINS]->(x:Goods) RETURN DISTINCT n.id, x.id",
        "MATCH (n:Parcel)-[:CONTAINS]->(x:Goods) RETURN DISTINCT n.id, x.id",
    ],
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a small world, not published yet."""
    folder = tmp_path_factory.mktemp("view")
    settings = Settings(home=folder / "home")
    ingest([write_world(folder / "world", world_params("demo", n_orders=250, seed=31)).folder], settings)
    made = graph_layout(settings).tables("v1")
    con = connect()
    (folder / "bench").mkdir()
    lists = Bench(Frames(Lake(HomePaths(settings.home).lake), con, None), folder / "bench").current
    write_graph_tables(lists, open_keyring(settings), made, con)
    con.disconnect()
    return made


@pytest.fixture(params=["ladybug", "neo4j"])
def store(request: pytest.FixtureRequest, tables: Path) -> Iterator[Store]:
    home = request.getfixturevalue("embedded" if request.param == "ladybug" else "served")
    there = graph_layout(home.settings).tables("v1")
    there.parent.mkdir(parents=True)
    there.symlink_to(tables)
    publish(home.settings, "v1")
    with home.open() as opened:
        yield opened


def rows(store: Store, text: str) -> list[tuple[Any, ...]]:
    result = store.query(text, {}, max_rows=1_000_000, timeout_s=60)
    assert not result.truncated
    return result.rows


def pairs(view: GraphView, rows: list[tuple[Any, ...]], names: pa.Array) -> np.ndarray:
    """Places of items and targets, sorted; items that have no place are parcels of one order."""
    items = view.places(pa.array([row[0] for row in rows], pa.string()))
    targets = pa.compute.index_in(pa.array([row[1] for row in rows], pa.string()), value_set=names).fill_null(-1)
    both = np.column_stack([items, np.asarray(targets, dtype=np.int32)])
    return np.unique(both[items >= 0], axis=0)


def test_arrays_out_of_a_store_are_those_made_from_the_tables(store: Store, tables: Path) -> None:
    view = shared_view(tables)
    told = {label: rows(store, text) for label, text in ITEMS.items()}
    ids = sorted(row[0] for found in told.values() for row in found)
    assert view.ids.to_pylist() == ids
    assert view.ids.filter(pa.array(view.is_parcel)).to_pylist() == sorted(row[0] for row in told["Parcel"])
    exports = sorted(row[0] for row in told["Order"] if row[1] == "export")
    assert view.ids.filter(pa.array(view.is_export & ~view.is_parcel)).to_pylist() == exports
    for kind, statements in CONTACTS.items():
        contacts = view.contacts[kind]
        found = pairs(view, [row for text in statements for row in rows(store, text)], contacts.names)
        expected = np.unique(np.column_stack([contacts.items, contacts.targets]), axis=0)
        assert len(expected) > 10, kind
        assert np.array_equal(found, expected), kind
        # The integers of both are those of the sorted ids.
        assert contacts.names.to_pylist() == sorted(contacts.names.to_pylist()), kind


def test_the_mapped_arrays_of_a_real_world_are_those_of_its_tables(tables: Path) -> None:
    mapped, made = shared_view(tables), open_view(tables)
    assert mapped.ids.equals(made.ids)
    assert mapped.n > 250
    for kind, contacts in made.contacts.items():
        theirs = mapped.contacts[kind]
        assert contacts.names.equals(theirs.names), kind
        for part in ("items", "targets", "times"):
            assert np.array_equal(getattr(contacts, part), getattr(theirs, part)), (kind, part)
