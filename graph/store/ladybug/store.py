"""The embedded store: every load builds a new file, readers open it read-only and change over between queries."""

import contextlib
import errno
import logging
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ladybug

from sandan.graph.cypher.guard import check_parameters, ladybug_query
from sandan.graph.cypher.portable import check_comparisons
from sandan.graph.schema import NODES, RELATIONS
from sandan.graph.store.base import GraphCounts, QueryResult
from sandan.graph.store.ddl import ladybug_statements
from sandan.graph.store.ladybug.errors import query_error
from sandan.graph.store.ladybug.masks import cuts_before_match, masks_cross_a_cut
from sandan.graph.store.ladybug.schema import check_schema
from sandan.graph.store.layout import GraphLayout, checked_counts, node_file, relation_file, sync
from sandan.graph.store.values import plain_parameters, plain_value
from sandan.record.errors import OutputError, StoreError, StoreUnavailable

log = logging.getLogger(__name__)

_READ_POOL_BYTES = 512 * 2**20
_BUILD_POOL_BYTES = 2**30
_COUNT_TIMEOUT_S = 300.0
# Room that a file needs while it is built: every pair of relationships takes pages though it has no rows; rows take more than in Parquet.
_BUILD_LEAST_BYTES = 64 * 2**20
_BUILD_BYTES_PER_TABLE_BYTE = 3
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_INNER_KEYS = frozenset({"_ID", "_SRC", "_DST"})
_OUTER_KEYS = {"_LABEL": "_label", "_NODES": "_nodes", "_RELS": "_relations"}


@dataclass(slots=True)
class _Opened:
    """A version that is open for reading; closed when the last query on it has ended and another version is in use."""

    identity: tuple[str, int, int]
    database: Any
    n_users: int = 0
    is_retired: bool = False


class LadybugStore:
    """The graph of a home, embedded; may be used from several threads, after any fork.

    Args:
        layout: The folder `<home>/graph`.
        n_threads: Threads that one query or the build may use.
        run_id: The run whose results are in what is loaded; empty: none.
    """

    def __init__(self, layout: GraphLayout, *, n_threads: int = 2, run_id: str = "") -> None:
        self._run_id = run_id
        self._layout = layout
        self._n_threads = n_threads
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def load(self, tables: Path) -> None:
        """Build a new file from the tables of a version of this home, and make that version, with its run, the one in use.

        Raises:
            StoreError: The tables are not whole or do not fit together; the version in use stays.
            OutputError: The home is not writable.
        """
        version = tables.parent.name
        if tables.resolve() != self._layout.tables(version).resolve():
            raise ValueError(f"{tables}: not the tables of a version in {self._layout.root}")
        build_file(tables, self._layout.database(version), n_threads=self._n_threads)
        self._layout.write_contents(version, self._run_id)
        self._layout.move_pointer(version)

    def counts(self) -> GraphCounts:
        """How much is in the graph.

        Raises:
            StoreUnavailable: There is no graph yet.
        """
        try:
            with self._connection(_COUNT_TIMEOUT_S) as connection:
                return _counts(connection)
        except RuntimeError as exc:
            raise query_error(str(exc), "counts", {}, _COUNT_TIMEOUT_S) from exc

    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
        """Rows of a reading query; see `Store.query`."""
        allowed = ladybug_query(text)
        check_parameters(allowed, parameters)
        check_comparisons(text, plain_parameters(parameters))
        try:
            with self._connection(timeout_s) as connection:
                return fetch(connection, allowed, parameters, max_rows)
        except RuntimeError as exc:
            raise query_error(str(exc), text, parameters, timeout_s) from exc

    def close(self) -> None:
        """Close the file; a query that still runs in another thread ends first."""
        with self._lock:
            self._retire()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _connection(self, timeout_s: float) -> Iterator[Any]:
        """A fresh connection to the version in use: statements with parameters stay cached in a connection and hold memory."""
        with self._lock:
            opened = self._current()
            opened.n_users += 1
        try:
            with reading_connection(opened.database, self._n_threads, timeout_s) as connection:
                yield connection
        finally:
            with self._lock:
                opened.n_users -= 1
                _close_if_done(opened)

    def _current(self) -> _Opened:
        while True:
            version = self._layout.current()
            if version is None:
                raise StoreUnavailable(f"{self._layout.root}: no graph yet; run `sandan graph build`")
            try:
                return self._version(version)
            except StoreUnavailable:
                # Others may have published twice between the look at the pointer and the opening, which removes what it named.
                if self._layout.current() == version:
                    raise

    def _version(self, version: str) -> _Opened:
        path = self._layout.database(version)
        try:
            status = path.stat()
        except OSError as exc:
            raise StoreUnavailable(f"{path}: the embedded graph is not there; run `sandan graph build`") from exc
        identity = (version, status.st_ino, status.st_mtime_ns)
        if self._opened is None or self._opened.identity != identity:
            self._retire()
            self._layout.check_files(version, [path])
            self._opened = _Opened(identity, open_file(path, self._n_threads))
            log.info("graph version %s opened", version)
        return self._opened

    def _retire(self) -> None:
        if self._opened is not None:
            self._opened.is_retired = True
            _close_if_done(self._opened)
            self._opened = None


def build_file(tables: Path, path: Path, *, n_threads: int) -> None:
    """Make the file of an embedded graph from a version's tables; it appears under its name only when it is whole and on the disk.

    Raises:
        StoreError: The tables are not whole or do not fit together; nothing is left behind.
        OutputError: The folder is not writable, or there is no room.
    """
    expected = checked_counts(tables)
    workshop = path.with_name("building")
    try:
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(mode=0o700)
        _check_room(tables, workshop)
        _fill(tables, workshop / path.name, expected, n_threads)
        if leftovers := [file.name for file in workshop.iterdir() if file.name != path.name]:
            raise StoreError(f"{path}: the build did not end cleanly ({', '.join(sorted(leftovers))} left); run `sandan graph build` again")
        sync(workshop / path.name)
        (workshop / path.name).replace(path)
        sync(path.parent)
    except OSError as exc:
        raise OutputError(f"{path}: cannot be written ({exc.strerror}); make the home writable and try again") from exc
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _check_room(tables: Path, workshop: Path) -> None:
    """See that the disk has room, by taking it and giving it back: where it ends in the midst of a build, the library may end the process.

    Raises:
        OutputError: It has not.
    """
    n_bytes = sum(file.stat().st_size for folder in ("nodes", "relations") for file in (tables / folder).glob("*.parquet"))
    needed = _BUILD_LEAST_BYTES + _BUILD_BYTES_PER_TABLE_BYTE * n_bytes
    with (workshop / "room").open("wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, needed)
        except OSError as exc:
            if exc.errno not in _NO_ROOM:
                log.info("%s: whether there is room cannot be found out (%s)", workshop, exc.strerror)
                return
            why = f"{needed / 2**20:,.0f} MiB are needed while it is built: {exc.strerror}"
            raise OutputError(f"{workshop.parent}: no room for the embedded graph ({why}); free space, then run the command again") from exc
        finally:
            (workshop / "room").unlink()


def _fill(tables: Path, path: Path, expected: GraphCounts, n_threads: int) -> None:
    # The first failure ends the build and its file: a second COPY after a failed one kills the process.
    try:
        with (
            contextlib.closing(
                ladybug.Database(str(path), buffer_pool_size=_BUILD_POOL_BYTES, max_num_threads=n_threads, auto_checkpoint=False)
            ) as database,
            contextlib.closing(ladybug.Connection(database, num_threads=n_threads)) as connection,
        ):
            for statement in ladybug_statements():
                connection.execute(statement).close()
            for node in NODES:
                _copy(connection, node.label, node_file(tables, node.label), "")
            for relation in RELATIONS:
                for source, target in relation.pairs:
                    file = relation_file(tables, relation.name, source, target)
                    _copy(connection, relation.name, file, f"from='{source}', to='{target}', ")
            if faults := _counts(connection).differences(expected):
                raise StoreError(f"{path.parent.parent}: the embedded graph does not hold what its tables hold ({'; '.join(faults)})")
            connection.execute("CHECKPOINT").close()
    except RuntimeError as exc:
        if str(path) in str(exc) and "IO exception" in str(exc):
            raise OutputError(f"{path}: cannot be written ({exc}); free space, then run the command again") from exc
        # The library's text can hold a key; keys are hashes, so it may be shown.
        raise StoreError(f"{tables}: cannot be made into a graph ({exc}); correct what is named and run `sandan graph build`") from exc


def _copy(connection: Any, table: str, file: Path, pair: str) -> None:
    # COPY takes no parameter for a path, and reads `*` and `[` in it as a pattern. The name of an open file holds digits only.
    handle = os.open(file, os.O_RDONLY)
    try:
        connection.execute(f"COPY `{table}` FROM '/dev/fd/{handle:d}' ({pair}file_format='parquet')").close()
    except RuntimeError as exc:
        raise RuntimeError(f"{file.name}: {exc}") from exc
    finally:
        os.close(handle)


def open_file(path: Path, n_threads: int, *, pool_bytes: int = _READ_POOL_BYTES) -> Any:
    """The embedded graph of a file, for reading.

    Raises:
        StoreUnavailable: It is no graph, or one of another version of the library or of the schema.
    """
    try:
        database = ladybug.Database(str(path), buffer_pool_size=pool_bytes, max_num_threads=n_threads, read_only=True)
    except RuntimeError as exc:
        remedy = "it may be of another version of the library: run `sandan graph build`"
        raise StoreUnavailable(f"{path}: cannot be opened ({exc}); {remedy}") from exc
    try:
        check_schema(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _close_if_done(opened: _Opened) -> None:
    if opened.is_retired and opened.n_users == 0:
        opened.database.close()


def _counts(connection: Any) -> GraphCounts:
    nodes = {node.label: _count(connection, f"MATCH (n:`{node.label}`) RETURN count(*)") for node in NODES}
    relations = {relation.name: _count(connection, f"MATCH ()-[r:`{relation.name}`]->() RETURN count(*)") for relation in RELATIONS}
    return GraphCounts(nodes, relations)


def _count(connection: Any, statement: str) -> int:
    with contextlib.closing(connection.execute(statement)) as result:
        return int(result.get_next()[0])


def _value(value: object) -> object:
    """Nodes, relationships and paths in the form of `QueryResult`, everything else plain."""
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return plain_value(value)
    inner = {_OUTER_KEYS.get(key, key): _value(item) for key, item in value.items() if key not in _INNER_KEYS}
    # A node's dict has every property of its table; the other store has only those that are not null.
    return {key: item for key, item in inner.items() if item is not None} if "_LABEL" in value else inner


@contextlib.contextmanager
def reading_connection(database: Any, n_threads: int, timeout_s: float) -> Iterator[Any]:
    """A fresh connection for one query, which ends in time."""
    with contextlib.closing(ladybug.Connection(database, num_threads=n_threads)) as connection:
        # What is not known to stand them gets no masks.
        connection.execute("CALL enable_semi_mask=false").close()
        connection.set_query_timeout(max(1, round(timeout_s * 1000)))
        yield connection


def fetch(connection: Any, allowed: str, parameters: Mapping[str, object], max_rows: int) -> QueryResult:
    """Rows of a statement that the guard let through.

    Raises:
        RuntimeError: As the library says it; `query_error` makes it one of sandan's.
    """
    connection.execute("CALL enable_semi_mask=true").close()
    if cuts_before_match(allowed) and masks_cross_a_cut(_plan(connection, allowed, parameters)):
        connection.execute("CALL enable_semi_mask=false").close()
    with contextlib.closing(connection.execute(allowed, plain_parameters(parameters))) as result:
        columns = tuple(result.get_column_names())
        rows: list[tuple[object, ...]] = []
        while result.has_next() and len(rows) < max_rows:
            rows.append(tuple(_value(value) for value in result.get_next()))
        return QueryResult(columns, rows, bool(result.has_next()))


def _plan(connection: Any, allowed: str, parameters: Mapping[str, object]) -> str:
    with contextlib.closing(connection.execute(f"EXPLAIN {allowed}", plain_parameters(parameters))) as result:
        return str(result.get_next()[0])
