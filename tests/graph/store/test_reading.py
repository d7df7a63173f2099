"""What every store must read alike: one graph in the embedded one and in a real Neo4j, which these tests only read."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from sandan.record.errors import BadQuery

BEIJING = timezone(timedelta(hours=8))
SINCE = datetime(2024, 2, 29, 12, 59, 59, 999_999, tzinfo=BEIJING)  # an order is of this very microsecond

QUERIES: dict[str, tuple[str, dict[str, object]]] = {
    "properties": ("MATCH (o:Order) RETURN o.id, o.amount_cny, o.ordered_at, o.order_no, o.grade ORDER BY o.id", {}),
    "several of one pair": (
        "MATCH (o:Order)-[r:PAID_BY]->(p:Payer) RETURN o.id, p.id, r.pay_transaction_id, r.amount_cny, r.paid_at "
        "ORDER BY o.id, p.id, r.pay_transaction_id, r.paid_at",
        {},
    ),
    "shared address": (
        "MATCH (a:Order)-[:SHIPPED_TO]->(x:Address)<-[:SHIPPED_TO]-(b:Order) WHERE a.id < b.id "
        "RETURN a.id AS one, b.id AS other, x.id AS address, count(*) AS n ORDER BY one, other, address",
        {},
    ),
    "two sources": ("MATCH (n:Order|Parcel)-[:SHIPPED_TO]->(a:Address) RETURN n.id, a.id, count(*) AS n ORDER BY n.id, a.id", {}),
    "optional": ("MATCH (o:Order) OPTIONAL MATCH (o)-[:PLACED_ON]->(p:Platform) RETURN o.id, p.id, p.name ORDER BY o.id, p.id", {}),
    "optional node": (
        "MATCH (p:Payer) OPTIONAL MATCH (p)-[:IS]->(x:Person {id: $id}) RETURN p.id, x ORDER BY p.id",
        {"id": "Person:1"},
    ),
    "sum of integers": ("MATCH (p:Person) RETURN sum(p.n_mentions) AS n, count(*) AS persons, max(p.n_mentions) AS most", {}),
    "time bound": ("MATCH (o:Order) WHERE o.ordered_at >= $since RETURN o.id, o.ordered_at ORDER BY o.ordered_at", {"since": SINCE}),
    "naive time bound": ("MATCH (o:Order) WHERE o.ordered_at < $t RETURN o.id ORDER BY o.id", {"t": datetime(2024, 2, 29, 5)}),
    "day bound": ("MATCH (p:Platform) WHERE p.registered_on > $day RETURN p.id, p.revoked_on ORDER BY p.id", {"day": date(2024, 3, 1)}),
    "list parameter": ("MATCH (o:Order) WHERE o.id IN $ids RETURN o.id ORDER BY o.id", {"ids": ["Order:1", "Order:3", "none"]}),
    "empty list": ("MATCH (o:Order) WHERE o.id IN $ids RETURN o.id", {"ids": []}),
    "exists": ("MATCH (o:Order) WHERE EXISTS { MATCH (o)-[:IN_CLUSTER]->(:Cluster {id: 'Cluster:1'}) } RETURN o.id ORDER BY o.id", {}),
    "count of a pattern": ("MATCH (o:Order) RETURN o.id, COUNT { MATCH (o)-[:CONTAINS]->(:Goods) } AS n ORDER BY o.id", {}),
    "relation's properties": (
        "MATCH (n:Parcel)-[r:CONTAINS]->(g:Goods) RETURN n.id, g.id, r.gnum, r.qty, r.price_cny, r.declared_price_cny "
        "ORDER BY n.id, g.id, r.gnum",
        {},
    ),
    "nodes": ("MATCH (o:Order) RETURN o ORDER BY o.id", {}),
    "relations": ("MATCH (a:Buyer)-[r:IS]->(p:Person) RETURN r, p ORDER BY a.id, p.id", {}),
    "paths": ("MATCH p = (o:Order)-[:SHIPPED_IN]->(x:Parcel) RETURN p ORDER BY o.id, x.id", {}),
    "types of relations": ("MATCH (:Order)-[r]->() RETURN type(r) AS type, count(*) AS n ORDER BY type", {}),
    "lists of values": ("MATCH (c:Cluster) WITH c ORDER BY c.id LIMIT 100 RETURN collect(c.first_seen) AS seen, collect(c.id) AS ids", {}),
    "union": (
        "MATCH (b:Buyer) RETURN b.id AS id, b.birth_year AS year UNION ALL MATCH (s:Payer) RETURN s.id AS id, s.birth_year AS year",
        {},
    ),
    "page": ("MATCH (a:Address) RETURN a.id ORDER BY a.id SKIP $s LIMIT $l", {"s": 2, "l": 3}),
    "two steps": (
        "MATCH (o:Order {id: $id})-[:BOUGHT_BY]->(b:Buyer) WITH o, b ORDER BY b.id LIMIT 5 "
        "MATCH (b)-[:REACHED_AT]->(t:Phone) RETURN o.id, b.id, t.masked ORDER BY b.id, t.id",
        {"id": "Order:0"},
    ),
    "null tests": (
        "MATCH (o:Order) WHERE o.amount_cny IS NULL OR o.declared_cny > 1 RETURN o.id, o.amount_cny ORDER BY o.amount_cny, o.id",
        {},
    ),
    "strings": ("MATCH (g:Goods) WHERE g.name STARTS WITH $s RETURN g.id, g.name, size(g.hs_code) ORDER BY g.id", {"s": "值 '"}),
    "any end": ("MATCH (f:Finding)-[:ABOUT]->(x) RETURN f.id, x.id ORDER BY f.id, x.id", {}),
    "case": ("MATCH (p:Parcel) RETURN p.id, CASE WHEN p.score > 0.5 THEN 'much' ELSE 'little' END AS much ORDER BY p.id", {}),
    "rows of maps": (
        "UNWIND $rows AS row MATCH (o:Order {id: row.id}) RETURN row.n, o.id ORDER BY row.n",
        {"rows": [{"id": "Order:2", "n": 1}]},
    ),
}


@pytest.fixture(scope="module")
def graph(whole: Any) -> Any:
    return whole


@pytest.fixture(scope="module", params=["ladybug", "neo4j"])
def held(request: pytest.FixtureRequest) -> Any:
    """The graph in either store."""
    return request.getfixturevalue("published" if request.param == "ladybug" else "published_served")


def rows(store: Any, name: str) -> list[tuple[object, ...]]:
    text, parameters = QUERIES[name]
    result = store.query(text, parameters, max_rows=1000, timeout_s=30)
    assert not result.truncated
    return list(result.rows) if "ORDER BY" in text else sorted(result.rows, key=repr)


def test_every_label_and_relation_is_counted_as_its_tables_say(held: Any, graph: Any) -> None:
    with held.open() as store:
        counts = store.counts()
    assert dict(counts.nodes) == graph.n_nodes()
    assert dict(counts.relations) == graph.n_relations()
    assert all(counts.nodes.values())
    assert all(counts.relations.values())


def test_both_stores_answer_every_query_alike(published: Any, published_served: Any) -> None:
    with published.open() as one, published_served.open() as other:
        assert one.counts() == other.counts()
        for name in QUERIES:
            assert rows(one, name) == rows(other, name), name


def test_every_query_of_the_comparison_finds_something(published: Any) -> None:
    with published.open() as store:
        assert [name for name in QUERIES if not rows(store, name)] == ["empty list"]


def test_values_come_back_plain(held: Any, graph: Any) -> None:
    order = graph.nodes["Order"][0]
    with held.open() as store:
        text = "MATCH (o:Order {id: 'Order:0'}) RETURN o, o.ordered_at AS at, o.flow AS flow"
        result = store.query(text, {}, max_rows=1, timeout_s=30)
        (total,) = store.query("MATCH (p:Person) RETURN sum(p.n_mentions)", {}, max_rows=1, timeout_s=30).rows
    node, at, flow = result.rows[0]
    assert result.columns == ("o", "at", "flow")
    assert at == order["ordered_at"].replace(tzinfo=UTC)
    assert flow == order["flow"]
    expected = {name: value for name, value in order.items() if value is not None}
    assert node == {"_label": "Order", **expected, "ordered_at": at}
    assert type(total[0]) is int


def test_every_relation_of_a_pair_is_kept(held: Any, graph: Any) -> None:
    wanted = sorted(str(row["pay_transaction_id"]) for row in graph.relations["PAID_BY", "Order", "Payer"] if row["from"] == "Order:0")
    with held.open() as store:
        text = "MATCH (:Order {id: 'Order:0'})-[r:PAID_BY]->(:Payer) RETURN r.pay_transaction_id"
        found = store.query(text, {}, max_rows=100, timeout_s=30).rows
    assert len(wanted) == 4
    assert sorted(str(row[0]) for row in found) == wanted


def test_rows_are_cut_at_max_rows(held: Any, graph: Any) -> None:
    with held.open() as store:
        cut = store.query("MATCH (o:Order) RETURN o.id ORDER BY o.id", {}, max_rows=3, timeout_s=30)
        whole = store.query("MATCH (o:Order) RETURN o.id ORDER BY o.id", {}, max_rows=7, timeout_s=30)
    assert [row[0] for row in cut.rows] == ["Order:0", "Order:1", "Order:2"]
    assert (cut.truncated, whole.truncated, len(whole.rows)) == (True, False, 7)


@pytest.mark.parametrize(
    ("text", "parameters", "said"),
    [
        ("MATCH (o:Order RETURN o", {}, "MATCH"),
        ("MATCH (o:Order) RETURN o.id = $key", {}, r"\$key"),
        ("MATCH (o:Order) RETURN nonsense(o.id)", {}, "(?i)nonsense"),
        ("MATCH (o:Order) SET o.score = 1", {}, "."),
        ("UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(x + y)", {}, "stopped"),
    ],
)
def test_a_query_that_cannot_run_is_a_bad_query(held: Any, graph: Any, text: str, parameters: dict[str, object], said: str) -> None:
    with held.open() as store, pytest.raises(BadQuery, match=said):
        store.query(text, parameters, max_rows=10, timeout_s=1)


def test_an_error_shows_no_parameter(held: Any, graph: Any) -> None:
    with held.open() as store, pytest.raises(BadQuery) as caught:
        store.query("MATCH (o:Order) RETURN date($secret)", {"secret": "330106199001011234"}, max_rows=10, timeout_s=10)
    assert "330106199001011234" not in str(caught.value)
