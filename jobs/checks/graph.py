"""`sandan graph check`: the served graph against its tables, these against the lake."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from sandan.algorithms.bench import Bench
from sandan.algorithms.results.results import Results, open_results
from sandan.algorithms.vocabulary.registry import use
from sandan.algorithms.wording.render import with_texts
from sandan.graph.check import differences, loose_ends, served_checksums, unnamed_consignments
from sandan.graph.checksum import Checksum, digest, table_checksums
from sandan.graph.parts import Part, parts
from sandan.graph.results import add_results
from sandan.graph.store.access import graph_layout
from sandan.graph.store.layout import GraphLayout, checked_counts
from sandan.graph.tables import write_graph_tables
from sandan.jobs.terminal.progress import counted, say
from sandan.record.errors import NothingScored, StoreError, StoreUnavailable, UnknownId
from sandan.record.home import HomePaths, make_private
from sandan.record.ids import open_keyring
from sandan.record.lake.as_of import known_to_of
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock
from sandan.record.settings import Settings


def check_graph(settings: Settings, *, with_lake: bool) -> None:
    """Print one line for everything that is not as it should be, or what was found to agree.

    Args:
        settings: The home.
        with_lake: Make the tables once more from the lake, which takes as long as `sandan graph build`, and compare them too.

    Raises:
        StoreError: Something differs; or the tables are not whole.
        StoreUnavailable: There is no graph yet, or the store cannot be reached.
        BusyError: A run is at work on the home.
    """
    use(settings)
    layout = graph_layout(settings)
    with home_lock(HomePaths(settings.home)):
        version = layout.current()
        if version is None:
            raise StoreUnavailable(f"{layout.root}: no graph yet; run `sandan graph build`")
        tables = layout.tables(version)
        counts = checked_counts(tables)
        said = [f"tables: {text}" for text in _damaged(layout, version)]
        try:
            expected = table_checksums(tables)
            said += [f"tables: {text}" for text in loose_ends(tables)]
        except duckdb.Error as exc:
            raise StoreError("\n".join([*said, f"{tables}: cannot be read ({exc}); run `sandan graph build`"])) from exc
        with counted("reading what is served") as report:
            said += [f"served: {text}" for text in differences(served_checksums(settings, report), expected)]
        if with_lake:
            said += _against_lake(settings, version, tables, expected)
    for line in said:
        print(line)
    if said:
        raise StoreError(f"graph version {version}: {len(said)} differences; run `sandan graph build`, or `sandan score` for new records")
    print(f"graph version {version}: {counts.n_nodes} nodes and {counts.n_relations} relationships agree, checksum {digest(expected)}")


def _damaged(layout: GraphLayout, version: str) -> Iterator[str]:
    """A phrase for every table that is not what was written."""
    for part in parts():
        try:
            layout.check_files(version, [part.file(layout.tables(version))])
        except StoreError as exc:
            yield str(exc)


def _against_lake(settings: Settings, version: str, tables: Path, expected: dict[Part, Checksum]) -> list[str]:
    """Make the tables once more, as of the same date and with the same run, and say what differs."""
    paths = HomePaths(settings.home)
    lake = Lake(paths.lake)
    if lake.head is None:
        return ["lake: it is empty, and the graph is not"]
    results = _results(paths, version)
    as_of: dt.datetime | None = results.as_of if results else known_to_of(lake)
    folder = paths.runs / "check.work"
    shutil.rmtree(folder, ignore_errors=True)
    make_private(folder)
    con = connect()
    try:
        say(f"making the tables from the lake as of {as_of:%Y-%m-%d %H:%M}" if as_of else "making the tables from the lake")
        lists = Bench(Frames(lake, con, as_of), folder).current
        write_graph_tables(lists, open_keyring(settings), folder / "tables", con)
        if results:
            add_results(folder / "tables", lambda name: with_texts(name, results.table(name)))
        said, named = unnamed_consignments(lists, tables)
        say("consignments by list: " + ", ".join(f"{name} {n}" for name, n in named.items()))
        return [f"lake: {text}" for text in [*said, *differences(expected, table_checksums(folder / "tables"))]]
    finally:
        con.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def _results(paths: HomePaths, version: str) -> Results | None:
    """Of the run whose results are in the graph: its own, or the newest where the graph was built after it."""
    try:
        return open_results(paths, version)
    except UnknownId:
        pass
    try:
        return open_results(paths)
    except NothingScored:
        return None
