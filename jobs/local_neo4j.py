"""`sandan neo4j`: the local server of a home, and the graph put into it offline."""

from collections.abc import Callable
from pathlib import Path

from sandan.graph.check import loose_ends
from sandan.graph.parts import parts
from sandan.graph.server.config import Instance
from sandan.graph.server.jars import bring, jars_folder, versions
from sandan.graph.server.local import LocalServer
from sandan.graph.server.offline import import_tables
from sandan.graph.store.access import graph_layout
from sandan.graph.store.layout import GraphLayout, checked_counts, write_durably
from sandan.graph.store.neo4j.store import Neo4jStore, neo4j_address
from sandan.jobs.terminal.progress import say
from sandan.record.errors import ConfigError, StoreError, StoreUnavailable
from sandan.record.home import HomePaths
from sandan.record.processes.lock import home_lock
from sandan.record.processes.orphans import ended_unless_done
from sandan.record.settings import Settings


def start_server(settings: Settings, *, port: int | None, heap: str, jars: Path | None) -> None:
    """Start the server, and print its address and how sandan is set to use it.

    Raises:
        ConfigError, StoreError, OutputError, BusyError: As `bring` and `LocalServer.start`.
    """
    server = LocalServer(settings.home)
    instance = _start(server, port=port, heap=heap, jars=jars)
    print(f"Neo4j {versions()['neo4j']} is ready: {instance.uri}")
    say(f"use it: export SANDAN_GRAPH={_address(instance)} SANDAN_GRAPH_PASSWORD_FILE={server.password_file}\nthen: sandan graph build")


def stop_server(settings: Settings) -> None:
    """Stop the server.

    Raises:
        StoreError, BusyError: As `LocalServer.stop`.
    """
    print("stopped" if LocalServer(settings.home).stop(say) else "it was not running")


def print_status(settings: Settings) -> None:
    """Print where the server answers, and what it is.

    Raises:
        StoreUnavailable: It does not run, or does not answer.
    """
    server = LocalServer(settings.home)
    instance = server.status()
    with Neo4jStore(neo4j_address(_address(instance)), server.password()) as store:
        found = store.components()
    print(f"running: {instance.uri}, process {server.process()}, Neo4j {found['neo4j']}, graph algorithms {found['gds'] or 'none'}")
    print(f"data: {server.root / 'data'}\nlogs: {server.root / 'logs'}")


def print_password(settings: Settings) -> None:
    """Print the password of the user `neo4j`.

    Raises:
        StoreUnavailable: There is no server yet.
    """
    server = LocalServer(settings.home)
    print(server.password())
    say(f"the user is neo4j; kept in {server.password_file}, which SANDAN_GRAPH_PASSWORD_FILE may name")


def import_graph(settings: Settings, *, heap: str, jars: Path | None) -> None:
    """Put the graph's tables into the local server by its bulk import, with the server stopped meanwhile; it runs afterwards.

    Raises:
        StoreUnavailable: There is no graph yet.
        ConfigError, StoreError, OutputError, BusyError: As `import_tables` and `LocalServer.start`.
    """
    server, layout = LocalServer(settings.home), graph_layout(settings)
    with home_lock(HomePaths(settings.home)):
        version = _wanted(layout)
        n_rows = (counts := checked_counts(layout.tables(version))).n_nodes + counts.n_relations
        layout.check_files(version, [part.file(layout.tables(version)) for part in parts()])
        if said := list(loose_ends(layout.tables(version))):
            raise StoreError("\n".join([f"{layout.tables(version)}: cannot be imported", *said, "run `sandan graph build`"]))
        # The first start makes the server's folders and its password. Later ones are not needed: an import that was broken off left
        # nothing on which a server could start.
        instance = _configure(server, jars=jars) if server.is_set_up else _start(server, port=None, heap=heap, jars=jars)
        is_configured = _is_same(settings.graph, instance)
        server.stop(say)
        with server.lock():
            if is_configured:
                write_durably(layout.loading, f"{version}\n")
            write_durably(server.importing, f"{version}\n")
            import_tables(instance, layout.tables(version), heap=heap, step=say)
            server.importing.unlink()
        with ended_unless_done() as ends_with_us:  # a server with half of what it needs is not left behind
            _start(server, port=instance.port, heap=heap, jars=instance.dist, started=ends_with_us)
            say("making the keys unique")
            with Neo4jStore(neo4j_address(_address(instance)), server.password()) as store:
                store.take_over(layout.tables(version))
        if is_configured:
            layout.move_pointer(version)
            layout.loading.unlink(missing_ok=True)
    print(f"graph version {version}: {n_rows} rows are in {instance.uri}")
    if not is_configured:
        say(f"use it: export SANDAN_GRAPH={_address(instance)} SANDAN_GRAPH_PASSWORD_FILE={server.password_file}")


def _start(
    server: LocalServer, *, port: int | None, heap: str, jars: Path | None, started: Callable[[int], None] = lambda _: None
) -> Instance:
    dist, former = _chosen(server, jars)
    return server.start(dist, port=port or former, heap=heap, step=say, started=started)


def _configure(server: LocalServer, *, jars: Path | None) -> Instance:
    dist, former = _chosen(server, jars)
    return server.configure(dist, port=former)


def _chosen(server: LocalServer, jars: Path | None) -> tuple[Path, int]:
    """The jars, and the port that the server had last."""
    if jars is not None and not ((jars / "lib").is_dir() and (jars / "plugins").is_dir()):
        raise ConfigError(f"{jars}: has no lib/ and plugins/; name a folder that has, or leave --jars out")
    try:
        former = server.instance()
    except StoreUnavailable:
        former = None
    return jars.absolute() if jars else bring(jars_folder(), step=say), former.port if former else 7687


def _wanted(layout: GraphLayout) -> str:
    """The version that a load which was broken off was about, else the one in use."""
    broken_off = layout.loading.read_text(encoding="ascii").strip() if layout.loading.exists() else ""
    if broken_off and layout.tables(broken_off).is_dir():
        return broken_off
    version = layout.current()
    if version is None:
        raise StoreUnavailable(f"{layout.root}: no graph yet; run `sandan graph build`")
    return version


def _address(instance: Instance) -> str:
    return f"bolt://neo4j@127.0.0.1:{instance.port}"


def _is_same(graph: str, instance: Instance) -> bool:
    return bool(graph) and neo4j_address(graph).uri.replace("localhost", "127.0.0.1") == instance.uri
