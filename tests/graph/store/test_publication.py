"""Publishing the embedded graph: killed anywhere, on a full disk, under readers; what was served before is served on, whole."""

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ladybug
import pyarrow.parquet as pq
import pytest

from sandan.graph.store.access import graph_layout, open_store, publish
from sandan.graph.store.ddl import ladybug_statements
from sandan.graph.store.layout import GraphLayout, node_file
from sandan.graph.store.neo4j.store import Neo4jStore
from sandan.ingest.intake import ingest
from sandan.record.errors import OutputError, StoreError, StoreUnavailable
from sandan.record.settings import Settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

# Ends its own process at the nth call of a function of the product.
DYING = """
import importlib, os, signal, sys
from pathlib import Path
home, point, nth, version = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
module, _, rest = point.partition(":")
owner = importlib.import_module(module)
*path, name = rest.split(".")
for step in path:
    owner = getattr(owner, step)
former, calls = getattr(owner, name), []
def dying(*arguments, **named):
    calls.append(1)
    if len(calls) == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return former(*arguments, **named)
setattr(owner, name, dying)
from sandan.record.settings import Settings
if version:
    from sandan.graph.store.access import publish
    publish(Settings(home=home), version)
else:
    from sandan.jobs.pipeline import build_graph
    build_graph(Settings(home=home))
"""
# Function, the call of it that is the last, and whether the new version is then the one in use.
POINTS = {
    "before the first row": ("sandan.graph.store.ladybug.store:_copy", 1, False),
    "in the midst of the nodes": ("sandan.graph.store.ladybug.store:_copy", 9, False),
    "in the midst of the relations": ("sandan.graph.store.ladybug.store:_copy", 31, False),
    "before the file is whole": ("sandan.graph.store.ladybug.store:_counts", 1, False),
    "before the file has its name": ("sandan.graph.store.ladybug.store:sync", 1, False),
    "before the pointer is written": ("sandan.graph.store.layout:GraphLayout.move_pointer", 1, False),
    "before the pointer is replaced": ("pathlib:Path.replace", 3, False),
    "before old versions are removed": ("sandan.graph.store.layout:GraphLayout.remove_versions", 1, True),
}


def killed(processes: Any, home: Path, point: str, nth: int, version: str) -> None:
    done = processes.run(DYING, home, point, str(nth), version)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("name", POINTS)
def test_a_publication_killed_anywhere_leaves_one_whole_version_served(
    embedded: Any, graph: Any, make_graph: Any, own_processes: Any, name: str
) -> None:
    point, nth, is_new = POINTS[name]
    embedded.publish(graph, "v1")
    new = make_graph({"Platform": [{"id": f"P{i}"} for i in range(9)]})
    embedded.write(new, "v2")
    with embedded.open() as before:
        assert before.counts().n_nodes
        killed(own_processes, embedded.settings.home, point, nth, "v2")
        for store in (before, embedded.open()):
            assert dict(store.counts().nodes) == (new if is_new else graph).n_nodes()
            assert dict(store.counts().relations) == (new if is_new else graph).n_relations()
            store.close()
    # Nothing that it left is in the way of the next, and nothing of it stays.
    embedded.publish(new, "v3")
    with embedded.open() as store:
        assert dict(store.counts().nodes) == new.n_nodes()
    root = graph_layout(embedded.settings).root
    assert sorted(path.name for path in root.iterdir()) == ["CURRENT", "v2" if is_new else "v1", "v3"]


def test_a_build_killed_while_its_tables_are_written_leaves_the_former_graph(graph: Any, own_processes: Any, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", graph="")
    layout = graph_layout(settings)
    ingest([write_world(tmp_path / "world", world_params("demo", n_orders=30, seed=5)).folder], settings)
    graph.write(layout.tables("v1"))
    publish(settings, "v1")
    killed(own_processes, settings.home, "sandan.graph.tables:pq.write_table", 9, "")
    (half,) = (path for path in layout.root.iterdir() if path.name not in {"CURRENT", "v1"})
    assert len(list((half / "tables" / "nodes").iterdir())) == 8
    with open_store(settings) as store:
        assert dict(store.counts().nodes) == graph.n_nodes()
    with pytest.raises(StoreError, match="missing") as caught:
        publish(settings, half.name)
    assert caught.value.exit_code == 69
    assert layout.current() == "v1"
    graph.write(layout.tables("v2"))
    publish(settings, "v2")
    assert sorted(path.name for path in layout.root.iterdir()) == ["CURRENT", "v1", "v2"]


# Every order of a version has the same amount, which is their number; each has one platform of that name.
READING = """
import sys
from pathlib import Path
from sandan.graph.store.access import open_store
from sandan.record.settings import Settings
settings, stop, mode = Settings(home=Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3]
text = "MATCH (o:Order)-[:PLACED_ON]->(p:Platform) RETURN count(o), min(o.amount_cny), max(o.amount_cny), min(p.name), max(p.name)"
store, seen = open_store(settings), []
while not stop.exists():
    if mode == "anew":
        store.close()
        store = open_store(settings)
    ((n, least, most, first, last),) = store.query(text, {}, max_rows=1, timeout_s=60).rows
    assert n == least == most == int(first) == int(last), (n, least, most, first, last)
    seen.append(n)
    print(n, flush=True)
assert seen == sorted(seen), "an older version after a newer one"
"""


def numbered(make_graph: Any, n: int) -> Any:
    orders = [{"id": f"o{i}", "amount_cny": float(n)} for i in range(n)]
    placed = [{"from": f"o{i}", "to": "P"} for i in range(n)]
    return make_graph({"Order": orders, "Platform": [{"id": "P", "name": str(n)}]}, {("PLACED_ON", "Order", "Platform"): placed})


def test_processes_that_read_all_the_time_see_whole_versions_only(embedded: Any, make_graph: Any, tmp_path: Path) -> None:
    sizes = [1000 * i for i in range(1, 7)]
    embedded.publish(numbered(make_graph, sizes[0]), f"v{sizes[0]}")
    stop = tmp_path / "stop"
    readers = []
    for mode in ("open", "anew"):
        command = [sys.executable, "-c", READING, str(embedded.settings.home), str(stop), mode]
        with (tmp_path / mode).open("w") as told:
            readers.append(subprocess.Popen(command, stdout=told, stderr=subprocess.PIPE, text=True))

    def until_all_saw(n: int) -> None:
        deadline = time.monotonic() + 60
        while any(str(n) not in (tmp_path / mode).read_text().split() for mode in ("open", "anew")) and time.monotonic() < deadline:
            assert all(reader.poll() is None for reader in readers), [reader.communicate()[1] for reader in readers if reader.poll()]
            time.sleep(0.01)

    until_all_saw(sizes[0])
    for n in sizes[1:]:
        embedded.publish(numbered(make_graph, n), f"v{n}")
    until_all_saw(sizes[-1])
    stop.touch()
    assert [(reader.communicate()[1], reader.returncode) for reader in readers] == [("", 0), ("", 0)]
    for mode in ("open", "anew"):
        seen = list(map(int, (tmp_path / mode).read_text().split()))
        assert set(seen) <= set(sizes)
        assert {sizes[0], sizes[-1]} <= set(seen)
    root = graph_layout(embedded.settings).root
    assert sorted(path.name for path in root.iterdir()) == ["CURRENT", f"v{sizes[-2]}", f"v{sizes[-1]}"]


def test_a_version_that_goes_away_before_it_is_opened_is_not_missed(
    embedded: Any, graph: Any, make_graph: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.publish(graph, "v1")
    former, told = GraphLayout.database, []

    def overtaken(layout: GraphLayout, version: str) -> Path:
        """Two publications between the look at the pointer and the opening."""
        if not told:
            told.append(version)
            for name in ("v2", "v3"):
                embedded.publish(make_graph({"Order": [{"id": name}]}), name)
            assert not former(layout, version).exists()
        return former(layout, version)

    with embedded.open() as store:
        monkeypatch.setattr(GraphLayout, "database", overtaken)
        assert store.counts().n_nodes == 1
    assert told == ["v1"]


def open_files(folder: Path) -> list[str]:
    """Files below a folder that this process has open, also those that have no name any more."""
    names = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return [name for name in names if name.startswith(f"{folder}/")]


def test_a_removed_version_is_read_on_until_the_query_ends(embedded: Any, graph: Any) -> None:
    embedded.publish(graph, "v1")
    layout = graph_layout(embedded.settings)
    with embedded.open() as store, store._connection(60) as connection:
        embedded.publish(graph, "v2")
        embedded.publish(graph, "v3")
        assert not layout.version("v1").exists()
        assert store.counts().n_nodes
        assert connection.execute("MATCH (o:`Order`) RETURN count(*)").get_next() == [7]
        assert open_files(layout.root / "v1")
    # Then its room is free.
    assert not open_files(layout.root)


def test_a_neo4j_that_is_being_loaded_cannot_be_opened(served: Any, graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(graph, "v1")
    former, refused = Neo4jStore.load, []

    def watched(store: Neo4jStore, tables: Path) -> None:
        for moment in ("before", "after"):
            with pytest.raises(StoreUnavailable, match="being loaded") as caught:
                open_store(served.settings)
            refused.append((moment, caught.value.exit_code, caught.value.retryable))
            if moment == "before":
                former(store, tables)

    monkeypatch.setattr(Neo4jStore, "load", watched)
    served.publish(graph, "v2")
    assert refused == [("before", 69, True), ("after", 69, True)]
    with served.open() as store:
        assert dict(store.counts().nodes) == graph.n_nodes()


@contextmanager
def largest_file(n_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def no_room(monkeypatch: pytest.MonkeyPatch) -> int:
    return 4096


def room_that_is_gone_in_the_midst(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sandan.graph.store.ladybug.store._check_room", lambda *_: None)
    return 1_000_000


@pytest.mark.parametrize("fault", [no_room, room_that_is_gone_in_the_midst])
def test_a_full_disk_is_an_output_error_and_keeps_the_graph(
    embedded: Any, graph: Any, make_graph: Any, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], int]
) -> None:
    embedded.publish(graph, "v1")
    embedded.write(numbered(make_graph, 20_000), "v2")
    with largest_file(fault(monkeypatch)), pytest.raises(OutputError, match="free space") as caught:
        publish(embedded.settings, "v2")
    assert caught.value.exit_code == 73
    layout = graph_layout(embedded.settings)
    assert [path.name for path in layout.version("v2").iterdir()] == ["tables"]
    with embedded.open() as store:
        assert dict(store.counts().nodes) == graph.n_nodes()
    monkeypatch.undo()
    publish(embedded.settings, "v2")
    with embedded.open() as store:
        assert store.counts().nodes["Order"] == 20_000


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"`grade` STRING": "`rank` INT64"}, "Operator, Order, Parcel"),
        ({", FROM `Parcel` TO `Address`": ""}, "SHIPPED_TO"),
        ({"NODE TABLE `Brand`": "NODE TABLE `Trademark`", "TO `Brand`": "TO `Trademark`"}, "Brand"),
        ({"`p_value` DOUBLE": "`p_value` STRING"}, "Cluster"),
    ],
)
def test_a_graph_of_an_older_schema_says_what_to_do(embedded: Any, graph: Any, changes: dict[str, str], named: str) -> None:
    embedded.publish(graph, "v1")
    path = graph_layout(embedded.settings).database("v1")
    path.unlink()
    statements = list(ladybug_statements())
    for instead, by in changes.items():
        assert any(instead in statement for statement in statements)
        statements = [statement.replace(instead, by) for statement in statements]
    connection = ladybug.Connection(ladybug.Database(str(path)))
    for statement in statements:
        connection.execute(statement)
    connection.execute("CHECKPOINT")
    connection.close()
    connection.database.close()
    layout = graph_layout(embedded.settings)
    layout.write_contents("v1")
    layout.move_pointer("v1")
    for ask in (lambda store: store.counts(), lambda store: store.query("MATCH (o:Order) RETURN o.id", {}, max_rows=1, timeout_s=9)):
        with embedded.open() as store, pytest.raises(StoreUnavailable, match=f"(?s){named}.*run `sandan graph build`") as caught:
            ask(store)
        assert caught.value.exit_code == 69
    publish(embedded.settings, "v1")
    with embedded.open() as store:
        assert dict(store.counts().nodes) == graph.n_nodes()


def test_tables_of_an_older_schema_are_named(embedded: Any, graph: Any) -> None:
    embedded.publish(graph, "v1")
    file = node_file(embedded.write(graph, "v2"), "Order")
    pq.write_table(pq.read_table(file).drop_columns(["grade"]), file)
    with pytest.raises(StoreError, match=r"(?s)Order\.parquet: columns .*run `sandan graph build`") as caught:
        publish(embedded.settings, "v2")
    assert caught.value.exit_code == 69
    assert graph_layout(embedded.settings).current() == "v1"
