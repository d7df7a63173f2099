"""The store that the settings name: opened for reading, or filled with a new version that then is the one in use."""

from pathlib import Path

from sandan.graph.store.base import Store
from sandan.graph.store.ladybug.store import LadybugStore
from sandan.graph.store.layout import GraphLayout, checked_counts, write_durably
from sandan.record.errors import ConfigError, StoreUnavailable
from sandan.record.home import HomePaths
from sandan.record.settings import Settings


def open_store(settings: Settings) -> Store:
    """The configured store, ready for queries; close it, or use it in a `with`.

    Raises:
        ConfigError: The address or password cannot be used.
        StoreUnavailable: There is no graph yet, it is being loaded, or its server cannot be reached.
    """
    layout = graph_layout(settings)
    if not settings.graph and layout.current() is None:
        raise StoreUnavailable(f"{layout.root}: no graph yet; run `sandan graph build`")
    if settings.graph and layout.loading.exists():
        raise StoreUnavailable(
            f"{settings.graph}: the graph is being loaded, or that was broken off; wait, or run `sandan graph build` again"
        )
    return _store(settings, layout)


def publish(settings: Settings, version: str, run_id: str = "") -> None:
    """Fill the configured store from the tables of a version, make that version the one in use, and remove all older than the one before.

    `run_id` is the run whose results are in the tables, empty for none: with the version it becomes the newest, in one step.
    The caller holds the home's lock. Whatever fails, the embedded graph in use stays; a Neo4j that was not filled whole is not served
    until a later call succeeds.

    Raises:
        ConfigError: The address or password cannot be used.
        StoreError: The tables are not whole, or the store did not take all of them.
        StoreUnavailable: The server cannot be reached.
        OutputError: The home is not writable.
    """
    layout = graph_layout(settings)
    before = layout.current()
    tables = layout.tables(version)
    checked_counts(tables)
    with _store(settings, layout, run_id) as store:
        if settings.graph:
            write_durably(layout.loading, f"{version}\n")
            layout.write_contents(version, run_id)
        store.load(tables)
        layout.move_pointer(version)
        layout.loading.unlink(missing_ok=True)
    if before is not None and before != version:
        layout.remove_versions(keep=frozenset({version, before}))


def graph_layout(settings: Settings) -> GraphLayout:
    """Where the versions of the graph of these settings lie."""
    return GraphLayout(HomePaths(settings.home).graph)


def _store(settings: Settings, layout: GraphLayout, run_id: str = "") -> Store:
    if not settings.graph:
        return LadybugStore(layout, n_threads=settings.n_workers, run_id=run_id)
    # Imported here because most installations never speak to a server, and every command would pay for it.
    from sandan.graph.store.neo4j.store import Neo4jStore, neo4j_address

    return Neo4jStore(neo4j_address(settings.graph), _password(settings))


def _password(settings: Settings) -> str:
    path: Path | None = settings.graph_password_file
    if settings.graph_password or path is None:
        return settings.graph_password
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"graph_password_file: {path} cannot be read; name a readable file or set SANDAN_GRAPH_PASSWORD") from exc
