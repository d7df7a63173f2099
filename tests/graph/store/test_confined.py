"""The embedded graph for analysts: limits hold, and what the guard might miss the operating system refuses."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sandan.graph.store.access import graph_layout
from sandan.graph.store.analyst import open_for_analyst
from sandan.graph.store.ladybug import confined
from sandan.graph.store.ladybug.confined import ConfinedLadybug
from sandan.record.errors import BadQuery, SandanError, StoreError, StoreUnavailable
from sandan.record.processes.memory import resident_bytes
from sandan.record.settings import CypherSettings

COUNT = "MATCH (o:Order) RETURN count(*) AS n"
# Each takes far more time or memory than it may; the last is what the library's own timeout does not stop.
HUNGRY = {
    "walks": "MATCH (a:Order)-[*1..30]-(b) RETURN count(*) AS n",
    "numbers": "UNWIND range(1, 100000000) AS x RETURN count(x) AS n",
    "a list": "RETURN size(range(1, 300000000)) AS n",
    "a text": "RETURN size(rpad('a', 2000000000, 'b')) AS n",
    "a text that doubles": "WITH 'aaaaaaaaaaaaaaaa' AS s " + "WITH s + s AS s " * 27 + "RETURN size(s) AS n",
    "a list that doubles": "WITH range(1, 10000000) AS l " + "WITH l + l AS l " * 4 + "RETURN size(l) AS n",
    "collected": "UNWIND range(1, 50000000) AS x RETURN size(collect(x)) AS n",
    "sorted": "UNWIND range(1, 30000000) AS x WITH x, x % 7 AS y ORDER BY y, x LIMIT 20000000 RETURN count(x) AS n",
}


@pytest.fixture(scope="module")
def confined_graph(published: Any) -> Any:
    with ConfinedLadybug(graph_layout(published.settings), max_memory_mb=256) as store:
        yield store


def test_rows_are_those_of_the_store(published: Any, confined_graph: Any) -> None:
    text = "MATCH (o:Order)-[r:PAID_BY]->(p:Payer) RETURN o, r, p.id AS id, r.paid_at AS at, [o.id] AS list, {a: 1.5} AS map ORDER BY id, at LIMIT 9"
    with published.open() as store:
        assert confined_graph.query(text, {}, max_rows=5, timeout_s=10) == store.query(text, {}, max_rows=5, timeout_s=10)


@pytest.mark.parametrize("text", HUNGRY.values(), ids=HUNGRY.keys())
def test_a_hungry_query_is_stopped_and_the_next_one_answered(confined_graph: Any, text: str) -> None:
    started = time.monotonic()
    with pytest.raises(BadQuery, match=r"stopped after|memory") as caught:
        confined_graph.query(text, {}, max_rows=10, timeout_s=1.0)
    assert "ask for less" in str(caught.value)
    assert time.monotonic() - started < 10
    assert confined_graph.query(COUNT, {}, max_rows=10, timeout_s=10).rows == [(7,)]


def test_this_process_does_not_grow_with_a_hungry_query(confined_graph: Any) -> None:
    confined_graph.query(COUNT, {}, max_rows=1, timeout_s=10)
    before = resident_bytes()
    with pytest.raises(BadQuery):
        confined_graph.query(HUNGRY["a list"], {}, max_rows=1, timeout_s=5)
    assert resident_bytes() - before < 50 * 2**20


def test_rows_beyond_the_limit_stay_away(confined_graph: Any) -> None:
    result = confined_graph.query("UNWIND range(1, 100000) AS x RETURN x", {}, max_rows=10, timeout_s=10)
    assert (len(result.rows), result.truncated) == (10, True)


UNGUARDED = (
    "LOAD FROM '/etc/passwd' (file_format='csv', header=false, delim='|') RETURN *",
    "LOAD FROM '{secret}' (file_format='csv', header=false) RETURN *",
    "COPY (MATCH (o:Buyer) RETURN o.id) TO '{out}'",
    "EXPORT DATABASE '{out}'",
    "IMPORT DATABASE '{out}'",
    "CHECKPOINT",
    "INSTALL httpfs",
    "LOAD EXTENSION '{out}'",
    "LOAD FROM 'http://127.0.0.1:1/x.csv' RETURN *",
    "LOAD FROM os RETURN *",
    "ATTACH '{out}' AS x (dbtype lbug)",
    "CREATE (:Buyer {{id: 'x'}})",
    "MATCH (o:Buyer) SET o.sex = 'X'",
    "MATCH (o:Buyer) DETACH DELETE o",
    "DROP TABLE Sender",
    "CREATE MACRO f(x) AS x",
)


@pytest.mark.parametrize("text", UNGUARDED)
def test_without_the_guard_the_system_refuses(confined_graph: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(confined, "ladybug_query", lambda asked: asked)
    secret = tmp_path / "secret.csv"
    secret.write_text("kept,close\n", encoding="utf-8")
    before = {path: path.stat().st_size for path in tmp_path.rglob("*")}
    with pytest.raises(SandanError) as caught:
        confined_graph.query(text.format(secret=secret, out=tmp_path / "out"), {}, max_rows=10, timeout_s=10)
    assert "kept" not in str(caught.value)
    assert {path: path.stat().st_size for path in tmp_path.rglob("*")} == before
    monkeypatch.undo()
    assert confined_graph.query("MATCH (o:Buyer) RETURN count(*) AS n", {}, max_rows=10, timeout_s=10).rows == [(7,)]


def test_turning_off_the_timeout_does_not_help(confined_graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "ladybug_query", lambda asked: asked)
    started = time.monotonic()
    with pytest.raises(BadQuery, match=r"stopped after|memory"):
        confined_graph.query("CALL timeout=0; MATCH (a:Buyer)-[*1..30]-(b) RETURN count(*) AS n", {}, max_rows=10, timeout_s=1.0)
    assert time.monotonic() - started < 10


def test_the_process_has_no_secrets(published: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDAN_GRAPH_PASSWORD", "hidden-word")
    with ConfinedLadybug(graph_layout(published.settings)) as store:
        store.query(COUNT, {}, max_rows=1, timeout_s=10)
        assert store._cell is not None
        assert b"SANDAN" not in Path(f"/proc/{store._cell._process.pid}/environ").read_bytes()


def test_a_new_version_is_seen_and_threads_share_one(embedded: Any, graph: Any, make_graph: Any) -> None:
    embedded.publish(graph, "v1")
    with ConfinedLadybug(graph_layout(embedded.settings)) as store:
        seen: list[object] = []
        threads = [
            threading.Thread(target=lambda: seen.append(store.query(COUNT, {}, max_rows=1, timeout_s=30).rows[0][0])) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [7] * 6
        embedded.publish(make_graph(), "v2")
        assert store.query(COUNT, {}, max_rows=1, timeout_s=10).rows == [(0,)]


def test_without_a_graph_it_says_what_to_do(embedded: Any) -> None:
    with pytest.raises(StoreUnavailable, match="sandan graph build"):
        open_for_analyst(embedded.settings)


def test_a_file_that_is_no_graph_is_unavailable(embedded: Any, graph: Any) -> None:
    embedded.publish(graph, "v1")
    graph_layout(embedded.settings).database("v1").write_bytes(b"this is not a graph" * 1000)
    with open_for_analyst(embedded.settings) as store, pytest.raises(StoreError, match="sandan graph build"):
        store.query(COUNT, {})


def test_an_answer_that_is_no_row_is_not_read() -> None:
    import io
    import pickle

    with pytest.raises(pickle.UnpicklingError):
        confined._RowReader(io.BytesIO(pickle.dumps(os.system))).load()


def test_more_than_the_settings_allow_is_refused_on_both_stores(home: Any, graph: Any) -> None:
    home.publish(graph, "v1")
    settings = home.settings.model_copy(update={"cypher": CypherSettings(max_rows=3, timeout_s=5)})
    with open_for_analyst(settings) as store:
        result = store.query("MATCH (o:Order) RETURN o.id AS id", {})
        assert (len(result.rows), result.truncated) == (3, True)
        with pytest.raises(BadQuery, match="max_rows"):
            store.query(COUNT, {}, max_rows=4)
        with pytest.raises(BadQuery, match="timeout_s"):
            store.query(COUNT, {}, timeout_s=6)
