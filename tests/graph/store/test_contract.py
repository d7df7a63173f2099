"""What every store must do alike: run on the embedded one and on a real Neo4j."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandan.graph.schema import NODES, RELATIONS
from sandan.graph.store.access import publish
from sandan.record.errors import StoreError, StoreUnavailable

NODES_AND_PROPERTIES = (
    "MATCH (o:Order) RETURN o ORDER BY o.id",
    "MATCH (n:Parcel)-[r:CONTAINS]->(g:Goods) RETURN n.id, g.id, r.gnum, r.qty, r.price_cny, r.declared_price_cny ORDER BY n.id, g.id, r.gnum",
)


def told(store: Any) -> list[Any]:
    return [store.counts(), *(store.query(text, {}, max_rows=1000, timeout_s=30).rows for text in NODES_AND_PROPERTIES)]


@pytest.fixture
def part(graph: Any, make_graph: Any) -> Any:
    """Some labels of the graph with what joins them: a server takes a while over each statement that it has not seen."""
    labels = {"Order", "Platform", "Parcel", "Payer"}
    return make_graph(
        {label: graph.nodes[label] for label in labels}, {key: rows for key, rows in graph.relations.items() if {*key[1:]} <= labels}
    )


def test_loading_twice_changes_nothing(home: Any, graph: Any) -> None:
    home.publish(graph, "v1")
    with home.open() as store:
        before = told(store)
    home.publish(graph, "v1")
    with home.open() as store:
        assert told(store) == before
    assert all(before[1:])


def test_loading_other_tables_gives_exactly_their_content(home: Any, part: Any, make_graph: Any) -> None:
    home.publish(part, "v1")
    orders = [{"id": "Order:0", "flow": "export"}, {"id": "new"}]
    other = make_graph(
        {"Order": orders, "Platform": [{"id": "P", "name": None}]},
        {("PLACED_ON", "Order", "Platform"): [{"from": "new", "to": "P"}]},
    )
    home.publish(other, "v2")
    with home.open() as store:
        counts = store.counts()
        found = store.query("MATCH (o:Order) RETURN o.id, o.flow, o.amount_cny ORDER BY o.id", {}, max_rows=10, timeout_s=30).rows
    assert (counts.n_nodes, counts.n_relations) == (3, 1)
    assert found == [("Order:0", "export", None), ("new", None, None)]


def test_an_open_store_changes_over_between_queries(home: Any, part: Any, make_graph: Any) -> None:
    home.publish(part, "v1")
    with home.open() as store:
        assert store.counts().nodes["Order"] == 7
        home.publish(make_graph({"Order": [{"id": "x"}]}), "v2")
        assert store.counts().n_nodes == 1
        assert store.query("MATCH (o:Order) RETURN o.id", {}, max_rows=10, timeout_s=30).rows == [("x",)]


def test_an_empty_graph_can_be_asked(home: Any, make_graph: Any) -> None:
    home.publish(make_graph(), "v1")
    with home.open() as store:
        assert store.counts().n_nodes == 0
        assert store.query("MATCH (o:Order)-[:SHIPPED_TO]->(a) RETURN o.id, a.id", {}, max_rows=1, timeout_s=30).rows == []


def test_a_relation_without_its_ends_is_an_error(home: Any, part: Any, make_graph: Any) -> None:
    torn = make_graph(part.nodes, {("PLACED_ON", "Order", "Platform"): [{"from": "Order:0", "to": "nowhere"}]})
    with pytest.raises(StoreError, match="sandan graph build"):
        home.publish(torn, "v1")
    with pytest.raises(StoreUnavailable):
        home.open()
    home.publish(part, "v2")
    with home.open() as store:
        assert store.counts().n_relations == sum(part.n_relations().values())


def test_two_nodes_of_one_id_are_an_error(home: Any, make_graph: Any) -> None:
    with pytest.raises(StoreError):
        home.publish(make_graph({"Brand": [{"id": "x"}, {"id": "x"}]}), "v1")


def test_a_missing_table_is_named(home: Any, graph: Any) -> None:
    tables = home.write(graph, "v1")
    (tables / "nodes" / "Brand.parquet").unlink()
    (tables / "relations" / "IS.Payer.Person.parquet").write_bytes(b"no table")
    with pytest.raises(StoreError, match=r"(?s)Brand\.parquet: missing.*IS\.Payer\.Person\.parquet: cannot be read"):
        publish(home.settings, "v1")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, list[dict[str, object]]], dict[tuple[str, str, str], list[dict[str, object]]]]:
    kinds: dict[str, st.SearchStrategy[object]] = {
        "STRING": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
        "DOUBLE": st.floats(allow_nan=False, allow_infinity=False),
        "INT64": st.integers(-(2**63), 2**63 - 1),
        "TIMESTAMP": st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),
        "DATE": st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    }
    nodes = {}
    for node in NODES:
        ids = draw(st.lists(st.text("ab值:~' ", min_size=1, max_size=4), max_size=3, unique=True))
        nodes[node.label] = [{"id": key} | {name: draw(st.none() | kinds[kind]) for name, kind in node.properties} for key in ids]
    relations = {}
    for relation in RELATIONS:
        for source, target in relation.pairs:
            if nodes[source] and nodes[target]:
                ends = st.fixed_dictionaries(
                    {"from": st.sampled_from([n["id"] for n in nodes[source]]), "to": st.sampled_from([n["id"] for n in nodes[target]])}
                    | {name: st.none() | kinds[kind] for name, kind in relation.properties}
                )
                relations[relation.name, source, target] = draw(st.lists(ends, max_size=3))
    return nodes, relations


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=graphs())
def test_any_graph_is_the_same_on_both_stores(embedded: Any, served: Any, make_graph: Any, made: Any) -> None:
    assert_same(embedded, served, make_graph, made)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=graphs())
def test_more_graphs_are_the_same_on_both_stores(embedded: Any, served: Any, make_graph: Any, made: Any) -> None:
    assert_same(embedded, served, make_graph, made)


def assert_same(embedded: Any, served: Any, make_graph: Any, made: Any) -> None:
    graph = make_graph(*made)
    embedded.publish(graph, "v1")
    served.publish(graph, "v1")
    with embedded.open() as one, served.open() as other:
        assert one.counts() == other.counts()
        assert dict(one.counts().relations) == graph.n_relations()
        for label in ("Order", "Payer", "Platform", "Cluster"):
            text = f"MATCH (n:{label}) RETURN n ORDER BY n.id"
            assert one.query(text, {}, max_rows=99, timeout_s=30) == other.query(text, {}, max_rows=99, timeout_s=30)
        text = "MATCH (o:Order)-[r:PAID_BY]->(p:Payer) RETURN o.id, r, p.id"
        found = [sorted(map(repr, map(by_name, s.query(text, {}, max_rows=99, timeout_s=30).rows))) for s in (one, other)]
        assert found[0] == found[1]


def by_name(row: tuple[object, ...]) -> list[object]:
    return [sorted(item.items()) if isinstance(item, dict) else item for item in row]
