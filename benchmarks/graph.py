"""The graph beside what its libraries need for the same alone: filling both stores, arrays, two steps from a node.

python -m benchmarks.graph [--orders 20000] [--served 20000] [--repeats 3] [--asked 200] [--jars FOLDER] [--lists-only]

`--served`: orders of the graph that is put into a Neo4j; 0: none. Its jars are brought by Maven on first use.
"""

import argparse
import contextlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ladybug
import neo4j
import pyarrow.parquet as pq

from benchmarks.graphs.hops import HOPS, Waits, ask, draw
from benchmarks.graphs.world import write_graph_world
from benchmarks.harness import Timed, machine, peak_mb, say, table, timed
from sandan.graph.arrays import shared_view
from sandan.graph.schema import NODES, RELATIONS
from sandan.graph.server import offline
from sandan.graph.server.config import Instance, admin_command
from sandan.graph.server.jars import bring, jars_folder
from sandan.graph.server.local import LocalServer
from sandan.graph.store.ddl import ladybug_statements, neo4j_statements
from sandan.graph.store.ladybug.store import LadybugStore, build_file
from sandan.graph.store.layout import GraphLayout, checked_counts, node_file, relation_file, view_file
from sandan.graph.store.neo4j.store import Neo4jStore, neo4j_address
from sandan.graph.view import open_view

_BATCH_ROWS = 20_000
_POOL_BYTES = 2**30
_THREADS = 2
_HEAP = "2g"
# The relations behind the contacts of `GraphView`, and the labels that they join.
_VIEWED = {
    "BOUGHT_BY", "PAID_BY", "SHIPPED_TO", "CONTAINS", "SOLD_BY", "CHARGED_BY", "CARRIED_BY", "DECLARED_BY", "PLACED_ON", "CONSIGNED_TO",
    "REACHED_AT",
}  # fmt: skip

Row = tuple[str, str, str, str, str]


def copy_alone(tables: Path, path: Path) -> None:
    """The same files into a bare embedded database, checked for nothing."""
    with (
        contextlib.closing(ladybug.Database(str(path), buffer_pool_size=_POOL_BYTES, max_num_threads=_THREADS)) as database,
        contextlib.closing(ladybug.Connection(database, num_threads=_THREADS)) as connection,
    ):
        for statement in ladybug_statements():
            connection.execute(statement).close()
        for node in NODES:
            connection.execute(f"COPY `{node.label}` FROM '{node_file(tables, node.label)}'").close()
        for relation in RELATIONS:
            for source, target in relation.pairs:
                file = relation_file(tables, relation.name, source, target)
                connection.execute(f"COPY `{relation.name}` FROM '{file}' (from='{source}', to='{target}')").close()
        connection.execute("CHECKPOINT").close()


def create_alone(driver: neo4j.Driver, tables: Path) -> None:
    """The same rows into an empty Neo4j over Bolt, checked for nothing; keys are unique, else relations could not find their ends."""
    with driver.session(database="neo4j") as session:
        for statement in neo4j_statements():
            session.run(statement).consume()
        session.run("CALL db.awaitIndexes(300)").consume()
        for node in NODES:
            text = f"UNWIND $rows AS row CREATE (n:`{node.label}`) SET n = row"
            for batch in pq.read_table(node_file(tables, node.label)).to_batches(_BATCH_ROWS):
                session.run(text, rows=batch.to_pylist()).consume()
        for relation in RELATIONS:
            for source, target in relation.pairs:
                properties = ", ".join(f"`{name}`: row.`{name}`" for name, _ in relation.properties)
                text = (
                    f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.from}}) MATCH (b:`{target}` {{id: row.to}}) "
                    f"CREATE (a)-[:`{relation.name}` {{{properties}}}]->(b)"
                )
                for batch in pq.read_table(relation_file(tables, relation.name, source, target)).to_batches(_BATCH_ROWS):
                    session.run(text, rows=batch.to_pylist()).consume()


def import_alone(instance: Instance, words: list[str], folder: Path) -> None:
    """The server's own import of files that are there already."""
    options = ["--overwrite-destination", "--id-type=string", "--max-off-heap-memory=50%"]
    command, environment = admin_command(instance, "database", "import", "full", "neo4j", *options, *words, heap="1g")
    subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True)


def project(driver: neo4j.Driver, tables: Path) -> None:
    """The relations of `GraphView` as a graph in the memory of the server's graph algorithms, which knows only types that occur."""
    ends = {
        relation.name: {
            label for pair in relation.pairs if pq.read_metadata(relation_file(tables, relation.name, *pair)).num_rows for label in pair
        }
        for relation in RELATIONS
        if relation.name in _VIEWED
    }
    labels, types = sorted(set().union(*ends.values())), sorted(name for name, found in ends.items() if found)
    driver.execute_query("CALL gds.graph.drop('all', false) YIELD graphName", database_="neo4j")
    text = "CALL gds.graph.project('all', $labels, $types)"
    driver.execute_query(text, labels=labels, types=types, database_="neo4j")  # type: ignore[arg-type]


def embedded(tables: Path, folder: Path, repeats: int) -> Row:
    """Loading the embedded store."""
    ours, bare = _in_turn(
        repeats,
        lambda: _anew(folder, lambda: build_file(tables, folder / "graph.lbug", n_threads=_THREADS)),
        lambda: _anew(folder, lambda: copy_alone(tables, folder / "graph.lbug")),
    )
    return _row("embedded load", "`COPY` alone", ours, bare, "≤ 2")


def arrays(tables: Path, repeats: int) -> dict[str, Timed]:
    """`GraphView` out of the tables, with its file, and out of its file."""
    path = view_file(tables)
    made, _ = timed(lambda: open_view(tables), repeats)

    def saved() -> None:
        path.unlink(missing_ok=True)
        shared_view(tables)

    kept, _ = timed(saved, repeats)
    mapped, _ = timed(lambda: shared_view(tables), max(repeats, 3))
    return {"out of the tables": made, "out of the tables, and its file written": kept, "out of its file": mapped}


@contextlib.contextmanager
def server(folder: Path, jars: Path) -> Iterator[tuple[LocalServer, Callable[[], Neo4jStore], neo4j.Driver]]:
    """A fresh, empty Neo4j, how the product opens it, and a bare driver to it."""
    local = LocalServer(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    instance = local.start(jars, port=port, heap=_HEAP)
    try:
        with neo4j.GraphDatabase.driver(instance.uri, auth=("neo4j", local.password())) as driver:
            yield local, lambda: Neo4jStore(neo4j_address(instance.uri), local.password()), driver
    finally:
        local.stop()


def served(tables: Path, folder: Path, jars: Path, made: Timed, asked: int) -> tuple[list[Row], dict[str, Waits]]:
    """Loading a Neo4j over Bolt and while it is stopped, projecting, asking."""
    say("Neo4j: a bare load over Bolt")
    with server(folder / "bare", jars) as (_, _, driver):
        bare, _ = timed(lambda: create_alone(driver, tables), 1)
    say(f"  {bare.wall:.0f} s; ours")
    with server(folder / "ours", jars) as (local, open_store, driver):
        instance = local.instance()
        with open_store() as store:
            ours, _ = timed(lambda: store.load(tables), 1)
            say(f"  {ours.wall:.0f} s; projection and two steps")
            projected, _ = timed(lambda: project(driver, tables), 3)
            waits = {hops.name: ask(store, tables, hops, asked) for hops in HOPS}
    rows = [
        ("Bolt load", "`UNWIND … CREATE` alone", f"{ours.wall:.1f}", f"{bare.wall:.1f}", f"{bare.wall / ours.wall:.2f} of its rate (≥ .8)"),
        offline_load(instance, tables, folder),
        _row("tables → `GraphView`", "GDS projection of the same relations", made, projected, "no bound"),
    ]
    return rows, waits


def offline_load(instance: Instance, tables: Path, folder: Path) -> Row:
    """The import of a stopped server, from the tables, beside the same import of files that are there already."""
    files = folder / "csv"
    files.mkdir()
    say("Neo4j: offline loads")
    words, _ = offline._write(tables, files)
    ours, bare = _in_turn(1, lambda: offline.import_tables(instance, tables), lambda: import_alone(instance, words, files))
    return _row("offline load", "`neo4j-admin import` alone", ours, bare, "≤ 1.5")


def _in_turn(repeats: int, *actions: Callable[[], object]) -> list[Timed]:
    """Medians by the clock; what is compared runs in turn, so that other work on the machine falls on all alike."""
    walls: list[list[float]] = [[] for _ in actions]
    for _ in range(repeats):
        for action, own in zip(actions, walls, strict=True):
            started = time.perf_counter()
            action()
            own.append(time.perf_counter() - started)
    return [Timed(0.0, statistics.median(own), max(own) / min(own)) for own in walls]


def _anew(folder: Path, action: Callable[[], object]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    action()


def _row(what: str, beside: str, ours: Timed, bare: Timed, asked: str) -> Row:
    return what, beside, f"{ours.wall:.2f}", f"{bare.wall:.2f}", f"{ours.wall / bare.wall:.2f} ({asked})"


def _waits_rows(store: str, limit: int, waits: dict[str, Waits]) -> list[Row]:
    return [(store, name, f"{w.p50:.1f}", f"{w.p95:.1f} (≤ {limit})", f"{w.most:.0f}") for name, w in waits.items()]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--served", type=int, default=20_000, help="orders of the graph that is put into a Neo4j; 0: none")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--asked", type=int, default=200, help="random nodes from which each statement is asked")
    parser.add_argument("--lists-only", action="store_true", help="7.5 relations an order, of its lists alone, instead of 18")
    parser.add_argument("--jars", type=Path, help="folder with lib/ and plugins/ of a Neo4j with graph algorithms")
    chosen = parser.parse_args()
    print(f"{machine('ladybug', 'neo4j', 'pyarrow', 'numpy')}\n")
    with tempfile.TemporaryDirectory(prefix="sandan-bench-") as folder:
        layout = GraphLayout(Path(folder) / "graph")
        tables = layout.tables("v1")
        write_graph_world(tables, chosen.orders, lists_only=chosen.lists_only)
        counts = checked_counts(tables)
        print(f"{chosen.orders:,} orders, {counts.n_nodes:,} nodes, {counts.n_relations:,} relations\n")
        say("embedded loads")
        loads = [embedded(tables, Path(folder) / "work", chosen.repeats)]
        say("arrays")
        views = arrays(tables, chosen.repeats)
        say("two steps in the embedded store")
        with LadybugStore(layout, n_threads=_THREADS) as store:
            store.load(tables)
            waits = {hops.name: ask(store, tables, hops, chosen.asked) for hops in HOPS}
        steps = _waits_rows("embedded", 50, waits)
        steps += _waits_rows("arrays", 50, {"an order, as the dashboard draws it": draw(tables, chosen.asked)})
        if chosen.served:
            jars = chosen.jars or bring(jars_folder())
            if chosen.served != chosen.orders:
                tables = layout.tables("served")
                write_graph_world(tables, chosen.served, lists_only=chosen.lists_only)
                views_served = timed(lambda: open_view(tables), chosen.repeats)[0]
            else:
                views_served = views["out of the tables"]
            rows, waits = served(tables, Path(folder), jars, views_served, chosen.asked)
            loads += rows
            steps += _waits_rows("Neo4j", 100, waits)
        print(f"Seconds by the clock; what goes into a Neo4j has {chosen.served:,} orders.\n")
        print(table(("what", "beside", "ours, s", "alone, s", "ratio (asked)"), loads))
        print("\n" + table(("`GraphView`", "s", "CPU s"), [(name, f"{t.wall:.2f}", f"{t.cpu:.2f}") for name, t in views.items()]))
        print(f"\nTwo steps from {chosen.asked} random nodes, milliseconds:\n")
        print(table(("store", "from", "p50", "p95 (asked)", "most"), steps))
        print(f"\nPeak memory of the process {peak_mb():,.0f} MB.")


if __name__ == "__main__":
    main()
