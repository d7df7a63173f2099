"""What a hostile analyst tries, on both stores: writes, files, the network, procedures, time, memory, rows; all is refused or stopped."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import READ_ACCESS, GraphDatabase
from neo4j.exceptions import Neo4jError

from sandan.graph.store.analyst import open_for_analyst
from sandan.graph.store.neo4j import store as module
from sandan.record.errors import BadQuery

WRITING = (
    "CREATE (:Brand {id: 'made'})",
    "MERGE (b:Brand {id: 'made'}) RETURN b",
    "MATCH (b:Brand) SET b.right_holder = 'me' RETURN b",
    "MATCH (b:Brand) DETACH DELETE b",
    "MATCH (b:Brand) REMOVE b.right_holder",
    "UNWIND [1] AS x CREATE (:Brand {id: 'made'})",
    "MATCH (b:Brand) WITH b LIMIT 1 FOREACH (x IN [1] | SET b.right_holder = 'me')",
    "DROP TABLE Sender",
    "DROP CONSTRAINT sandan_brand_id",
    "ALTER TABLE Brand ADD x STRING",
    "CALL db.createLabel('Made')",
    "MATCH (b:Brand) CALL (b) { DETACH DELETE b } IN TRANSACTIONS OF 1 ROWS",
    "CHECKPOINT",
    "COMMIT",
    "RETURN 1; CREATE (:Brand {id: 'made'})",
)
FILES = (
    "LOAD FROM '{file}' (file_format='csv', header=false) RETURN *",
    "UNWIND [1] AS x LOAD FROM '{file}' (file_format='csv', header=false) RETURN *",
    "LOAD CSV FROM 'file://{file}' AS row RETURN row",
    "MATCH (b:Brand) CALL (b) {{ LOAD CSV FROM 'file://{file}' AS row RETURN row }} RETURN row",
    "RETURN 1 AS row UNION ALL LOAD CSV FROM 'file://{file}' AS row RETURN row",
    "COPY Brand FROM '{file}'",
    "COPY (MATCH (b:Brand) RETURN b.id) TO '{made}'",
    "EXPORT DATABASE '{made}'",
    "IMPORT DATABASE '{made}'",
    "ATTACH '{file}' AS x (dbtype sqlite)",
    "CALL apoc.load.json('file://{file}')",
    "RETURN apoc.load.json('file://{file}')",
    "CALL apoc.export.csv.all('{made}', {{}})",
    "CALL read_csv('{file}') RETURN *",
    "LOAD EXTENSION '{file}'",
)
NETWORK = (
    "LOAD CSV FROM 'http://127.0.0.1:{port}/x' AS row RETURN row",
    "LOAD CSV FROM 'ftp://127.0.0.1:{port}/x' AS row RETURN row",
    "LOAD FROM 'http://127.0.0.1:{port}/x.csv' RETURN *",
    "MATCH (b:Brand) CALL (b) {{ LOAD CSV FROM 'http://127.0.0.1:{port}/x' AS row RETURN row }} RETURN row",
    "INSTALL httpfs",
    "INSTALL httpfs FROM 'http://127.0.0.1:{port}/'",
    "UPDATE httpfs",
    "ATTACH 'http://127.0.0.1:{port}/x' AS x (dbtype lbug)",
    "CALL apoc.load.json('http://127.0.0.1:{port}/x')",
)
PROCEDURES = (
    "CALL dbms.listConfig()",
    "CALL dbms.listConnections()",
    "CALL dbms.killConnections(['bolt-1'])",
    "CALL gds.graph.drop('g')",
    "CALL gds.graph.project('g', 'Order', 'IS')",
    "SHOW TRANSACTIONS",
    "SHOW SETTINGS",
    "SHOW USERS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "CALL timeout=0",
    "CALL threads=64",
    "CALL enable_semi_mask=true",
    "CALL current_setting('timeout') RETURN *",
    "USE system SHOW USERS",
    "CREATE USER x SET PASSWORD 'password'",
    "PROFILE MATCH (n) RETURN n",
    "EXPLAIN MATCH (n) RETURN n",
)
SLOW = {
    "walks": "MATCH (a)-[*1..30]-(b) RETURN count(*) AS n",
    "products": "MATCH (a), (b), (c), (d) WHERE a.id + b.id = c.id + d.id RETURN count(*) AS n",
    "a long range": "UNWIND range(1, 2000000000) AS x WITH x WHERE x % 7 = 8 RETURN count(x) AS n",
    "a walk inside of a row": "RETURN reduce(s = 0, x IN range(1, 3000000000) | s + x) AS n",
    "an expression that backtracks": "RETURN '" + "a" * 60 + "!' =~ '(a|a)*(a|a)*(a|aa)*b' AS n",
}
LARGE = {
    "a collected product": "MATCH (a), (b), (c), (d) RETURN size(collect(a.id + b.id + c.id + d.id)) AS n",
    "a text that doubles": "WITH 'aaaaaaaaaaaaaaaa' AS s " + "WITH s + s AS s " * 28 + "RETURN size(s) AS n",
    "a collected list": "UNWIND range(1, 100000) AS x UNWIND range(1, 10000) AS y RETURN size(collect(x + y)) AS n",
}


def answers(asked: Any) -> bool:
    return bool(asked.query("MATCH (b:Brand) RETURN count(b) AS n", {}, timeout_s=30).rows == [(7,)])


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.mark.parametrize("text", [*WRITING, *PROCEDURES])
def test_writes_and_procedures_are_refused(asked: Any, text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        asked.query(text, {}, max_rows=10, timeout_s=10)
    assert len(str(caught.value).split()) > 3
    assert answers(asked)


@pytest.mark.parametrize("text", FILES)
def test_no_file_is_read_or_written(asked: Any, tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("kept,close\n", encoding="utf-8")
    with pytest.raises(BadQuery) as caught:
        asked.query(text.format(file=file, made=tmp_path / "made"), {}, max_rows=10, timeout_s=10)
    assert "kept" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


@pytest.mark.parametrize("text", NETWORK)
def test_the_network_is_not_reached(asked: Any, listener: socket.socket, text: str) -> None:
    with pytest.raises(BadQuery):
        asked.query(text.format(port=listener.getsockname()[1]), {}, max_rows=10, timeout_s=10)
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
def test_nothing_runs_for_long(asked: Any, text: str) -> None:
    started = time.monotonic()
    with contextlib.suppress(BadQuery):
        asked.query(text, {}, max_rows=10, timeout_s=1)
    assert time.monotonic() - started < 15
    assert answers(asked)


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_nothing_takes_all_memory(asked: Any, text: str) -> None:
    with pytest.raises(BadQuery):
        asked.query(text, {}, max_rows=10, timeout_s=15)
    assert answers(asked)


def test_rows_are_cut_while_they_are_fetched(asked: Any) -> None:
    result = asked.query("MATCH (a), (b), (c) RETURN a.id AS a, b.id AS b, c.id AS c", {}, max_rows=25, timeout_s=30)
    assert (len(result.rows), result.truncated) == (25, True)


@pytest.mark.parametrize(
    "text", ["LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r", "LOAD CSV FROM 'http://127.0.0.1:{port}/x' AS r RETURN r"]
)
def test_the_server_itself_is_set_to_refuse(published_served: Any, listener: socket.socket, text: str) -> None:
    with GraphDatabase.driver(published_served.settings.graph) as driver:
        session = driver.session(database="neo4j", default_access_mode=READ_ACCESS)
        with session, pytest.raises(Neo4jError):
            session.run(text.format(port=listener.getsockname()[1])).consume()
    with pytest.raises(TimeoutError):
        listener.accept()


def test_who_asked_does_not_wait_for_a_server_that_does_not_stop(published_served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "neo4j_query", lambda text, parameters: text)
    monkeypatch.setattr(module, "_EXPLAIN_TIMEOUT_S", 1.0)
    started = time.monotonic()
    with open_for_analyst(published_served.settings) as store, pytest.raises(BadQuery, match="took too long"):
        store.query("RETURN reduce(s = 0, x IN range(1, 400000000) | s + x % 7) AS n", {}, max_rows=1, timeout_s=0.5)
    assert time.monotonic() - started < 10
