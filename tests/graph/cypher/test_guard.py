"""What an analyst's statement may and may not do; every refusal is a `BadQuery` with a reason."""

from typing import Any

import pytest

from sandan.graph.cypher.guard import check_neo4j_plan, ladybug_query, neo4j_query
from sandan.graph.store.neo4j.store import Neo4jStore, neo4j_address
from sandan.record.errors import BadQuery

WRITES = (
    "CREATE (:Order {id: 'x'})",
    "MERGE (:Order {id: 'x'})",
    "MATCH (o:Order) SET o.score = 1",
    "MATCH (o:Order) DELETE o",
    "MATCH (o:Order) DETACH DELETE o",
    "MATCH (o:Order) REMOVE o.score",
    "MATCH (o:Order) WITH o CREATE (:Order {id: 'y'}) RETURN o",
    "UNWIND [1] AS x MERGE (:Order {id: 'x'})",
    "match (o:Order) sEt o.score = 1",
    "MATCH (o:Order) /* harmless */ SET o.score = 1",
    "MATCH (o:Order) // harmless\nSET o.score = 1",
    "MATCH (o:Order) /* // */ SET o.score = 1 // */",
    "MATCH (o:Order) WHERE o.id = '//' SET o.score = 1",
    "MATCH (o:Order) WHERE o.id = \"/*\" DELETE o RETURN '*/'",
    "MATCH (o:Order) WHERE o.id = 'it\\'s' SET o.score = 1",
    "MATCH (`o`:Order) SET `o`.score = 1",
    "MATCH (`//`:Order) SET `//`.score = 1",
    "/* MATCH */ CREATE (:Order {id: 'x'})",
    "// MATCH\nCREATE (:Order {id: 'x'})",
    "FOREACH (x IN [1] | CREATE (:Order))",
    "DROP CONSTRAINT sandan_order_id",
    "RETURN 1; MATCH (n) DETACH DELETE n",
    "RETURN 1; RETURN 2",
    ";;",
    "",
    "   \n ",
    "// nothing",
    "\\u0043REATE (:Order {id: 'x'})",
    "MATCH (o:Order) \\u0053ET o.score = 1",
    "MATCH (o:Order) RETURN 'no end",
    'MATCH (o:Order) RETURN "no end',
    "MATCH (`o:Order) RETURN 1",
    "MATCH (o:Order) RETURN 1 /* no end",
    "RETURN 1CREATE (:Order)",
    "\ufeffMATCH (o:Order) RETURN o",
    "MATCH (o:Order)\u200b RETURN o",
    "RETURN $",
    "RETURN $1",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n",
    "BEGIN TRANSACTION",
    "COMMIT",
    "nonsense",
)

LADYBUG_REFUSED = (
    "LOAD FROM '/etc/passwd' (file_format='csv', header=false) RETURN *",
    "UNWIND [1] AS x LOAD FROM '/etc/passwd' (file_format='csv') RETURN *",
    "RETURN 1LOAD FROM 'x.csv' RETURN *",
    "RETURN 1e5LOAD FROM 'x.csv' RETURN *",
    "LOAD FROM frame RETURN *",
    "LOAD EXTENSION '/tmp/x.so'",
    "COPY (MATCH (o:Order) RETURN o.id) TO '/tmp/x.csv'",
    "COPY Brand FROM '/tmp/x.csv'",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "INSTALL httpfs",
    "UNINSTALL httpfs",
    "UPDATE httpfs",
    "ATTACH '/tmp/x.db' AS x (dbtype sqlite)",
    "DETACH x",
    "USE x",
    "CALL timeout=0",
    "CALL threads=64",
    "CALL current_setting('timeout') RETURN *",
    "CALL show_tables() RETURN * UNION ALL CALL timeout=0",
    "CALL show_tables() WITH * CALL show_functions() RETURN *",
    "CALL show_tables",
    "CALL `show_tables`() RETURN *",
    "CALL project_graph('g', ['Order'], ['IS'])",
    "CALL read_parquet('/tmp/x.parquet') RETURN *",
    "MATCH (o:Order) CALL table_info('Order') RETURN *",
    "CHECKPOINT",
    "/* x */ CHECKPOINT",
    "FORCE CHECKPOINT",
    "RETURN 1 CHECKPOINT",
    "ALTER TABLE Brand ADD x STRING",
    "DROP TABLE Brand",
    "COMMENT ON TABLE Brand IS 'x'",
    "CREATE MACRO f(x) AS x",
    "ROLLBACK",
    "ANALYZE",
    "MATCH (o:Order) \uff33\uff25\uff34 o.score = 1",
    "CREATE NODE TABLE X(id STRING PRIMARY KEY)",
)

NEO4J_REFUSED = (
    "LOAD CSV FROM 'http://127.0.0.1:1/x' AS row RETURN row",
    "MATCH (o:Order) LOAD CSV FROM 'http://127.0.0.1:1/x' AS row RETURN row",
    "MATCH (n) CALL (n) { LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row } RETURN row",
    "RETURN 1 AS x UNION ALL LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row AS x",
    "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10 ROWS",
    "UNWIND [1] AS x CALL (x) { CREATE (:Order) } IN TRANSACTIONS",
    "CALL { CREATE (n:Order) RETURN n } RETURN n",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "SHOW TRANSACTIONS",
    "SHOW TRANSACTIONS YIELD transactionId AS t TERMINATE TRANSACTIONS t YIELD message RETURN message",
    "SHOW SETTINGS",
    "SHOW USERS",
    "SHOW DATABASES",
    "SHOW PROCEDURES",
    "SHOW FUNCTIONS",
    "SHOW CURRENT USER",
    "SHOW PRIVILEGES",
    "CALL dbms.listConfig()",
    "CALL dbms.listConnections()",
    "CALL dbms.killConnections(['bolt-1'])",
    "CALL dbms.queryJmx('*:*')",
    "CALL db.createLabel('X')",
    "CALL db.clearQueryCaches()",
    "CALL db.awaitIndexes(1)",
    "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()",
    "MATCH (n) CALL dbms.listConfig() YIELD name RETURN name",
    "MATCH (n) CALL (n) { CALL dbms.listConfig() YIELD name RETURN name } RETURN name",
    "CALL `dbms`.`listConfig`()",
    "CALL /* x */ dbms.listConfig()",
    "CALL tx.setMetaData({a: 1})",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
    "CREATE USER x SET PASSWORD 'password'",
    "CREATE DATABASE x",
    "CREATE INDEX x FOR (n:Order) ON (n.flow)",
    "DROP DATABASE neo4j",
    "STOP DATABASE neo4j",
    "USE system SHOW USERS",
    "CYPHER runtime=slotted MATCH (n) RETURN n",
    "RETURN apoc.cypher.runFirstColumnSingle('LOAD CSV FROM \"x\" AS r RETURN r', {})",
    "RETURN `apoc`.`load`.`json`('x')",
    "RETURN apoc /* x */ . load . json('x')",
    "RETURN graph.byName('system')",
    "RETURN 'a\\u0027 + apoc.load.json(\\u0027x'",
    "PROFILE /* x */ MATCH (n) RETURN n",
)

ALLOWED = (
    "MATCH (o:Order) RETURN o",
    "match (o:Order) return o.id limit 3",
    "MATCH (o:Order) RETURN o.id;",
    "MATCH (o:`Order`) RETURN o.id ;; // the end",
    "// orders\nMATCH (o:Order) /* all */ RETURN o.id",
    "OPTIONAL MATCH (o:Order {id: 'none'}) RETURN o",
    "UNWIND [1, 2] AS x RETURN x * 1.5e3",
    "WITH 1 AS x RETURN x",
    "RETURN 'CREATE (n) SET n.x = 1; DELETE n'",
    "RETURN \"LOAD CSV FROM 'x'\" AS text",
    "RETURN 'it\\'s; DROP TABLE x'",
    "MATCH (o:Order) WHERE o.id = 'SET' RETURN o.id AS `DELETE`",
    "MATCH (o:Order) WHERE o.id <> '// no comment' RETURN count(*)",
    "MATCH (n:Order|Parcel) RETURN count(n)",
    "MATCH (n:Parcel|Order)-[:SHIPPED_TO|CARRIED_BY]->(x) RETURN count(x)",
    "MATCH (:Order)-[r:CONTAINS]->(:Goods) WHERE EXISTS { MATCH (:Order)-[:SHIPPED_IN]->(:Parcel) } RETURN count(r)",
    "MATCH (o : Order ) RETURN o.id ORDER BY o.id SKIP 1 LIMIT 2",
    "MATCH (o:Order) RETURN o.id AS \u8ba2\u5355",
    "MATCH (o:Order)-[:PAID_BY]->(p:Payer)<-[:PAID_BY]-(x:Order) WHERE o.id < x.id RETURN count(DISTINCT p)",
    "MATCH (o:Order) RETURN CASE WHEN o.score > 0.5 THEN 1 ELSE 0 END AS much UNION ALL MATCH (o:Parcel) RETURN 2 AS much",
)

LADYBUG_ALLOWED = (
    "CALL show_tables() RETURN *",
    "CALL table_info('Order') RETURN name, type",
    "MATCH (a:Order)-[e* SHORTEST 1..3]-(b:Parcel) RETURN count(*)",
    "MATCH p = (a:Order)-[e:SHIPPED_TO* TRAIL 1..2]-(b) RETURN label(a), count(*)",
)

NEO4J_ALLOWED = (
    "CALL db.labels()",
    "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType",
    "SHOW CONSTRAINTS",
    "SHOW INDEXES",
    "MATCH (o:Order) RETURN date.truncate('month', o.ordered_at), datetime.fromEpoch(1, 0)",
    "MATCH (o:Order) CALL (o) { MATCH (o)-[r]->() RETURN count(r) AS n } RETURN o.id, n",
    "MATCH p = shortestPath((a:Order)-[*..3]-(b:Parcel)) WHERE a.id = 'Order:1' RETURN length(p)",
    "MATCH (o:Order) RETURN o {.id, .flow}, [x IN [1, 2] WHERE x > 1 | x] AS list",
)


@pytest.mark.parametrize("text", [*WRITES, *LADYBUG_REFUSED])
def test_ladybug_refuses(text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        ladybug_query(text)
    assert len(str(caught.value).split()) > 3


@pytest.fixture(scope="module")
def neo4j_store(neo4j_uri: str) -> Any:
    with Neo4jStore(neo4j_address(neo4j_uri), "") as store:
        yield store


@pytest.mark.parametrize("text", [*WRITES, *NEO4J_REFUSED])
def test_neo4j_refuses(neo4j_store: Any, text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        neo4j_store.query(text, {}, max_rows=10, timeout_s=10)
    assert len(str(caught.value).split()) > 3
    assert neo4j_store.counts().n_nodes == 0


@pytest.mark.parametrize("text", [*ALLOWED, *NEO4J_ALLOWED])
def test_neo4j_allows(neo4j_store: Any, text: str) -> None:
    neo4j_store.query(text, {}, max_rows=10, timeout_s=30)


def test_ladybug_allows(embedded: Any, graph: Any) -> None:
    embedded.publish(graph, "v1")
    with embedded.open() as store:
        for text in [*ALLOWED, *LADYBUG_ALLOWED]:
            store.query(text, {}, max_rows=10, timeout_s=30)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("MATCH (o:Order) RETURN o", "MATCH (o:`Order`) RETURN o"),
        ("MATCH (:Order)-->(n:Parcel|Order)", "MATCH (:`Order`)-->(n:Parcel|`Order`)"),
        ("MATCH (n:Order|:Parcel)", "MATCH (n:`Order`|:Parcel)"),
        ("MATCH (n: /* x */ Order)", "MATCH (n:   `Order`)"),
        ("MATCH (n:`Order`) RETURN ':Order'", "MATCH (n:`Order`) RETURN ':Order'"),
        ("MATCH (n:OrderLine) RETURN n.Order ORDER BY n.id", "MATCH (n:OrderLine) RETURN n.Order ORDER BY n.id"),
        ("MATCH (n) // :Order\nRETURN n", "MATCH (n)   RETURN n"),
    ],
)
def test_reserved_labels_are_quoted_as_labels_only(text: str, sent: str) -> None:
    assert ladybug_query(text) == sent


def test_neo4j_statement_loses_its_comments_only() -> None:
    assert neo4j_query("MATCH (o:Order) /* x */ RETURN 'a // b';") == "MATCH (o:Order)   RETURN 'a // b'"


@pytest.mark.parametrize(
    ("query_type", "plan"),
    [
        ("w", {"operatorType": "Create@neo4j"}),
        ("rw", {"operatorType": "ProduceResults@neo4j"}),
        ("r", None),
        ("r", {"operatorType": "ProduceResults@neo4j", "children": [{"operatorType": "LoadCSV@neo4j"}]}),
        ("r", {"operatorType": "ProcedureCall@neo4j", "args": {"Details": "db.labelsX(1)"}}),
        ("r", {"operatorType": "ProcedureCall@neo4j"}),
    ],
)
def test_a_plan_that_does_more_than_read_is_refused(query_type: str, plan: dict[str, Any] | None) -> None:
    with pytest.raises(BadQuery):
        check_neo4j_plan(query_type, plan)
