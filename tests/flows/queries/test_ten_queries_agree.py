"""The same reading Cypher gives the same rows on the embedded store and on a real Neo4j.

`labels(n)` is left out: the embedded store gives a text where Neo4j gives a list.
"""

import pytest

from sandan.graph.store.base import Store

Stores = tuple[Store, Store]

QUERIES = {
    "orders by grade and flow": "MATCH (o:Order) RETURN o.flow AS flow, o.grade AS grade, count(*) AS n ORDER BY flow, grade",
    "payers per telephone": "MATCH (p:Payer)-[:REACHED_AT]->(t:Phone) WITH t, count(DISTINCT p) AS payers WHERE payers > 1 "
    "RETURN t.id AS id, t.masked AS telephone, payers ORDER BY payers DESC, id LIMIT 50",
    "payers of many buyers": "MATCH (b:Buyer)<-[:BOUGHT_BY]-(o:Order)-[:PAID_BY]->(p:Payer) WHERE p.id <> b.id "
    "RETURN p.id AS id, p.masked_name AS payer, count(DISTINCT b) AS buyers, count(o) AS orders ORDER BY buyers DESC, orders DESC, id LIMIT 50",
    # Such a payment makes an order of its own number on its own platform: the trade exists as soon as any list names it.
    "payments that name another platform": "MATCH (o:Order)-[:DECLARED_BY]->(:Operator), (x:Order)-[r:PAID_BY]->(:Payer) WHERE x.order_no = o.order_no AND x.ebp_code <> o.ebp_code "
    "RETURN o.id AS id, o.ebp_code AS platform, r.ebp_code AS named, r.amount_cny AS amount, r.paid_at AS paid_at, o.grade AS grade ORDER BY id, named, r.pay_transaction_id",
    "neighbourhood of an order": "MATCH (o:Order) WHERE o.grade = 'high' WITH o ORDER BY o.id LIMIT 1 "
    "MATCH (o)-[r]-(n) RETURN o.id AS id, type(r) AS relation, n.id AS other ORDER BY relation, other",
    "top sellers by high orders": "MATCH (o:Order)-[:SOLD_BY]->(s:Operator) WHERE o.grade = 'high' "
    "RETURN s.code AS code, s.name AS name, s.grade AS grade, s.score AS score, count(o) AS n_high ORDER BY n_high DESC, code LIMIT 20",
    "addresses of many consignees": "MATCH (c:Consignee)<-[:CONSIGNED_TO]-(o:Order)-[:SHIPPED_TO]->(a:Address) "
    "RETURN a.id AS id, a.masked AS address, a.region AS region, a.kind AS kind, count(DISTINCT c) AS consignees ORDER BY consignees DESC, id LIMIT 50",
    "findings by typology": "MATCH (f:Finding)-[:ABOUT]->(o:Order) RETURN f.typology AS typology, o.grade AS grade, count(*) AS n, max(f.score) AS strongest ORDER BY typology, grade",
    "goods sold most, with their prices": "MATCH (o:Order)-[c:CONTAINS]->(g:Goods) RETURN g.id AS id, g.hs_code AS hs_code, g.name AS name, count(*) AS lines, "
    "min(c.price_cny) AS least, max(c.price_cny) AS most ORDER BY lines DESC, id LIMIT 30",
    "orders without a payment by carrier": "MATCH (o:Order)-[:SHIPPED_IN]->(w:Parcel)-[:CARRIED_BY]->(l:Operator) WHERE NOT (o)-[:PAID_BY]->() AND o.flow = 'import' "
    "RETURN l.code AS carrier, count(DISTINCT o) AS orders, sum(w.weight_kg) AS kg ORDER BY orders DESC, carrier",
    "services that began after a day": "MATCH (q:Operator)-[s:SERVES]->(p:Platform) RETURN q.code AS provider, p.id AS platform, s.active_from AS since, s.active_to AS until ORDER BY provider, platform, since",
}


def test_the_same_graph_has_the_same_counts_in_both_stores(stores: Stores) -> None:
    embedded, remote = (store.counts() for store in stores)
    assert embedded == remote
    assert embedded.n_nodes + embedded.n_relations > 10_000


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_gives_the_same_rows_in_both_stores(stores: Stores, query: str) -> None:
    embedded, remote = (store.query(query, {}, max_rows=1000, timeout_s=60) for store in stores)
    assert embedded.rows
    assert embedded.columns == remote.columns
    assert [list(row) for row in embedded.rows] == [_close(row) for row in remote.rows]


def _close(row: tuple[object, ...]) -> list[object]:
    """A row whose sums may differ in their last bits: that depends on the order in which a store adds."""
    return [pytest.approx(value, rel=1e-9) if isinstance(value, float) else value for value in row]
