"""The store on a Neo4j server: addresses, passwords, other people's data, loads that break off."""

from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase

from sandan.graph.store.access import graph_layout, open_store, publish
from sandan.graph.store.neo4j import store as module
from sandan.graph.store.neo4j.store import neo4j_address
from sandan.record.errors import ConfigError, StoreError, StoreUnavailable


@pytest.mark.parametrize(
    ("text", "uri", "user"),
    [
        ("bolt://me@host:7688", "bolt://host:7688", "me"),
        ("bolt://host", "bolt://host:7687", "neo4j"),
        ("neo4j+s://x@a.example.org/", "neo4j+s://a.example.org:7687", "x"),
        ("bolt://[::1]:7000", "bolt://[::1]:7000", "neo4j"),
    ],
)
def test_address_names_server_and_user(text: str, uri: str, user: str) -> None:
    address = neo4j_address(text)
    assert (address.uri, address.user) == (uri, user)


@pytest.mark.parametrize("text", ["http://host", "bolt://", "host:7687", "bolt://host:port", "bolt://host/db", "bolt://host?x=1"])
def test_what_is_no_address_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError, match="bolt://user@host:7687"):
        neo4j_address(text)


def test_an_address_with_a_password_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigError, match="SANDAN_GRAPH_PASSWORD") as caught:
        neo4j_address("bolt://me:hidden@host:7687")
    assert "hidden" not in str(caught.value)


def test_a_server_that_is_not_there_is_unavailable(make_home: Any) -> None:
    with pytest.raises(StoreUnavailable, match=r"bolt://127\.0\.0\.1:1.*start the server") as caught:
        make_home("bolt://127.0.0.1:1").open()
    assert caught.value.exit_code == 69


def test_a_wrong_password_is_a_config_error(make_home: Any, neo4j_with_password: tuple[str, str], tmp_path: Path) -> None:
    uri, password = neo4j_with_password
    settings = make_home(uri).settings
    for wrong in ("", "wrong"):
        with pytest.raises(ConfigError, match="SANDAN_GRAPH_PASSWORD") as caught:
            open_store(settings.model_copy(update={"graph_password": wrong}))
        assert caught.value.exit_code == 78
    file = tmp_path / "password"
    file.write_text(f"{password}\n", encoding="utf-8")
    for right in ({"graph_password": password}, {"graph_password_file": file}):
        with open_store(settings.model_copy(update=right)) as store:
            assert store.query("RETURN 1 AS one", {}, max_rows=1, timeout_s=30).rows == [(1,)]


def test_an_old_server_is_named(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OLDEST", (9999, 1))
    with pytest.raises(ConfigError, match=r"Neo4j 5\.26\.\d+ .* too old; use Neo4j 9999\.1 or newer"):
        served.open()


def test_a_server_that_takes_writes_while_reading_gets_no_queries(served: Any, graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(graph, "v1")
    monkeypatch.setattr(module, "_REFUSED_WRITE", "another code")
    with served.open() as store:
        with pytest.raises(StoreError, match="does not refuse writes"):
            store.query("RETURN 1", {}, max_rows=1, timeout_s=5)
        assert store.counts().nodes["Order"] == 7


@pytest.mark.parametrize("statement", ["CREATE (:Film {id: 'x'})", "CREATE (:Film)-[:SHOWN_IN]->(:Order {id: 'cinema'})"])
def test_a_database_with_other_data_is_not_emptied(served: Any, graph: Any, statement: str) -> None:
    served.publish(graph, "v1")
    with GraphDatabase.driver(served.settings.graph) as driver:
        driver.execute_query(statement, database_="neo4j")
        with pytest.raises(StoreError, match="something else than sandan's graph"):
            served.publish(graph, "v2")
        assert driver.execute_query("MATCH (n:Film) RETURN count(n) AS n", database_="neo4j").records[0]["n"] == 1


def test_a_load_that_broke_off_is_not_served(served: Any, graph: Any, make_graph: Any) -> None:
    served.publish(graph, "v1")
    torn = make_graph(graph.nodes, {("SERVES", "Operator", "Platform"): [{"from": "Operator:0", "to": "nowhere"}]})
    with pytest.raises(StoreError, match="SERVES: 0, not 1"):
        served.publish(torn, "v2")
    with pytest.raises(StoreUnavailable, match="sandan graph build"):
        served.open()
    assert graph_layout(served.settings).current() == "v1"
    publish(served.settings, "v1")
    with served.open() as store:
        assert dict(store.counts().nodes) == graph.n_nodes()


def test_a_server_that_goes_away_is_unavailable(served: Any, graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(graph, "v1")
    with served.open() as store:
        store.close()
        with pytest.raises(StoreError):
            store.counts()
