"""The local Neo4j: what its settings refuse, what is said where it cannot be had, and its whole life on a real one."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, Neo4jError

from sandan.graph.check import differences, served_checksums
from sandan.graph.checksum import table_checksums
from sandan.graph.server import jars
from sandan.graph.server.config import Instance, write_config
from sandan.graph.server.local import LocalServer
from sandan.graph.server.offline import import_tables
from sandan.graph.store.access import graph_layout
from sandan.jobs.local_neo4j import import_graph, print_password, print_status, start_server, stop_server
from sandan.record.errors import ConfigError, OutputError, StoreError, StoreUnavailable


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SANDAN_JAVA", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "not permitted|allow_csv_import_from_file_urls"),
        ("LOAD CSV FROM 'http://127.0.0.1:1/x' AS line RETURN line", "blocked"),
        ("CALL apoc.load.json('file:///etc/passwd') YIELD value RETURN value", "no procedure"),
        ("CALL gds.graph.export.csv('none', {exportName: 'x'}) YIELD graphName RETURN graphName", "."),
        ("UNWIND range(1, 100000000) AS x WITH collect(x) AS every RETURN size(every)", "memory|Memory"),
    ],
)
def test_the_settings_refuse_what_reads_files_or_takes_all_memory(neo4j_uri: str, statement: str, said: str) -> None:
    with GraphDatabase.driver(neo4j_uri) as driver, driver.session(database="neo4j") as session, pytest.raises(Neo4jError, match=said):
        session.run(statement).consume()


def test_a_query_has_a_time_limit_and_only_loopback_is_listened_to(neo4j_uri: str) -> None:
    wanted = {"db.transaction.timeout": "2m", "server.default_listen_address": "127.0.0.1", "server.http.enabled": "false"}
    with GraphDatabase.driver(neo4j_uri) as driver:
        text = "SHOW SETTINGS YIELD name, value WHERE name IN $names RETURN name, value"
        found = driver.execute_query(text, names=list(wanted), database_="neo4j").records
    assert {record["name"]: record["value"] for record in found} == wanted


def test_settings_ask_for_a_password_unless_a_test_says_otherwise(tmp_path: Path) -> None:
    write_config(Instance(tmp_path, tmp_path / "dist", 7000))
    lines = (tmp_path / "conf" / "neo4j.conf").read_text(encoding="utf-8").splitlines()
    assert "dbms.security.auth_enabled=true" in lines
    assert "server.bolt.listen_address=127.0.0.1:7000" in lines
    assert LocalServer(tmp_path.parent).root == tmp_path.parent / "neo4j"


def test_without_java_it_is_said_how_to_get_it(no_programs: None) -> None:
    with pytest.raises(ConfigError, match=r"Java 17 or 21.*openjdk-17") as caught:
        jars.find_java()
    assert caught.value.exit_code == 78


def test_without_maven_it_is_said_how_to_get_it(no_programs: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jars, "find_java", lambda: "java")
    with pytest.raises(ConfigError, match=r"no Maven.*--jars"):
        jars.bring(tmp_path / "cache")


def test_a_maven_that_fails_leaves_nothing_that_looks_like_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho '[ERROR] Could not transfer artifact from central'\nexit 1\n", encoding="utf-8")
    maven.chmod(0o755)
    monkeypatch.setattr(jars, "find_java", lambda: "java")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    said: list[str] = []
    with pytest.raises(StoreUnavailable, match=r"Could not transfer artifact.*needs the network"):
        jars.bring(tmp_path / "cache", step=said.append)
    assert said
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_taken_port_is_named(tmp_path: Path, neo4j_dist: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} .*--port"):
            LocalServer(tmp_path).start(neo4j_dist, port=port, heap="512m")
    assert not (tmp_path / "neo4j" / "process").exists()


def test_a_folder_without_jars_is_named(make_home: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no lib/ and plugins/"):
        start_server(make_home("").settings, port=None, heap="1g", jars=tmp_path)


@pytest.mark.parametrize("act", [print_status, print_password])
def test_before_the_first_start_there_is_no_server(make_home: Any, act: Callable[[Any], None]) -> None:
    with pytest.raises(StoreUnavailable, match="run `sandan neo4j start`"):
        act(make_home("").settings)


def test_a_lost_password_is_not_made_anew(tmp_path: Path, neo4j_dist: Path) -> None:
    (tmp_path / "neo4j" / "data" / "databases" / "system").mkdir(parents=True)
    with pytest.raises(ConfigError, match="put the file back"):
        LocalServer(tmp_path).start(neo4j_dist, port=free_port(), heap="512m")


def test_a_server_that_cannot_start_is_told_why(tmp_path: Path, neo4j_dist: Path) -> None:
    with pytest.raises(StoreError, match="did not start: write --heap as"):
        LocalServer(tmp_path).start(neo4j_dist, port=free_port(), heap="much")


def test_tables_that_do_not_fit_together_are_not_imported(embedded: Any, make_graph: Any, neo4j_dist: Path, tmp_path: Path) -> None:
    torn = make_graph(
        {"Order": [{"id": "o"}], "Platform": [{"id": "p"}]}, {("PLACED_ON", "Order", "Platform"): [{"from": "o", "to": "nowhere"}]}
    )
    instance = Instance(tmp_path / "neo4j", neo4j_dist, 7000)
    write_config(instance)
    with pytest.raises(StoreError, match=r"cannot be imported .*nowhere.*sandan graph build"):
        import_tables(instance, embedded.write(torn, "v1"), heap="256m")
    assert not list(instance.root.glob("importing-*"))


def test_a_folder_that_cannot_be_written_is_an_output_error(embedded: Any, graph: Any, neo4j_dist: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="sandan neo4j import"):
        import_tables(Instance(tmp_path / "absent", neo4j_dist, 7000), embedded.write(graph, "v1"))


@pytest.mark.slow
def test_a_server_lives_from_its_first_start_to_its_end(
    make_home: Any, graph: Any, neo4j_dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    home = make_home("")
    settings, server = home.settings, LocalServer(home.settings.home)
    start_server(settings, port=port, heap="512m", jars=neo4j_dist)
    try:
        assert f"bolt://127.0.0.1:{port}" in capsys.readouterr().out
        assert stat.S_IMODE(server.password_file.stat().st_mode) == 0o600
        words = Path(f"/proc/{server.process()}/cmdline").read_bytes()
        assert server.password().encode() not in words
        start_server(settings, port=None, heap="512m", jars=neo4j_dist)  # finds it running
        print_status(settings)
        assert "graph algorithms 2." in capsys.readouterr().out
        with pytest.raises(AuthError), GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", "neo4j")) as driver:
            driver.verify_connectivity()

        # What was published in the embedded store goes over with one command, and stays up to date by what changes.
        home.publish(graph, "v1")
        served = settings.model_copy(update={"graph": f"bolt://neo4j@127.0.0.1:{port}", "graph_password": server.password()})
        import_graph(served, heap="512m", jars=neo4j_dist)
        assert list(differences(served_checksums(served), table_checksums(graph_layout(served).tables("v1")))) == []
        graph.nodes["Order"][0]["flow"] = "export"
        type(home)(served).publish(graph, "v2")
        assert list(differences(served_checksums(served), table_checksums(graph_layout(served).tables("v2")))) == []

        stop_server(settings)
        with pytest.raises(StoreUnavailable, match="not running"):
            print_status(settings)
        stop_server(settings)
        assert "it was not running" in capsys.readouterr().out
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
