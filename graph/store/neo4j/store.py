"""The graph on a Neo4j server, over Bolt."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import neo4j
import pyarrow as pa
from neo4j import exceptions as faults
from neo4j import graph as shapes
from neo4j import time as clocks

from sandan.graph.checksum import digest, table_checksums
from sandan.graph.cypher.guard import check_neo4j_plan, check_parameters, neo4j_query
from sandan.graph.parts import Part
from sandan.graph.store.base import GraphCounts, QueryResult
from sandan.graph.store.layout import checked_counts
from sandan.graph.store.neo4j.contents import count, read_part
from sandan.graph.store.neo4j.errors import REFUSED_WRITE, too_long, translated
from sandan.graph.store.neo4j.fill import check_counts, fill, prepare, seal
from sandan.graph.store.neo4j.marker import Marker, read_marker
from sandan.graph.store.values import plain_parameters, plain_value
from sandan.record.errors import BadQuery, ConfigError, StoreError, StoreUnavailable

_SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
_DATABASE = "neo4j"  # the only one that the Community edition has
_CONNECT_TIMEOUT_S = 10.0
_EXPLAIN_TIMEOUT_S = 10.0
_RETRY_S = 30.0
_GRACE_S = 2.0
_OLDEST = (5, 23)  # the first with `CALL (n) { … }`
_KERNEL = "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel'"
_MAX_KNOWN_TEXTS = 1000
_REFUSED_WRITE = REFUSED_WRITE


@dataclass(frozen=True, slots=True)
class Neo4jAddress:
    """Where a server is and as whom to speak to it; its text holds no password."""

    uri: str
    user: str

    def __str__(self) -> str:
        return self.uri


def neo4j_address(text: str) -> Neo4jAddress:
    """The address in `bolt://user@host:port`; the user is `neo4j` where none is named.

    Raises:
        ConfigError: It is no such address, or holds a password.
    """
    remedy = "write SANDAN_GRAPH=bolt://user@host:7687"
    try:
        parts = urlsplit(text)
        port = parts.port or 7687
    except ValueError as exc:
        raise ConfigError(f"graph: not an address; {remedy}") from exc
    if parts.password is not None:
        raise ConfigError(f"graph: the address holds a password, which logs would show; {remedy} and put it into SANDAN_GRAPH_PASSWORD")
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ConfigError(f"graph: {text} is not the address of a Neo4j; {remedy}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Neo4jAddress(f"{parts.scheme}://{host}:{port}", parts.username or "neo4j")


class Neo4jStore:
    """The graph in the one database of a Neo4j server; may be used from several threads.

    Args:
        address: Where the server is.
        password: Of the user in the address; empty: the server asks for none.

    Raises:
        ConfigError: The server refuses the password, or is not a Neo4j that is new enough.
        StoreUnavailable: It cannot be reached.
    """

    def __init__(self, address: Neo4jAddress, password: str) -> None:
        self._address = address
        self._allowed: dict[str, None] = {}
        self._lock = threading.Lock()
        self._is_canary_alive = False
        self._is_abandoned = False
        with self._translated("connect"):
            self._driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=(address.user, password) if password else None,
                connection_timeout=_CONNECT_TIMEOUT_S,
                connection_acquisition_timeout=2 * _CONNECT_TIMEOUT_S,
                max_transaction_retry_time=_RETRY_S,
                telemetry_disabled=True,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
            )
        try:
            self._check_version()
        except BaseException:
            self._driver.close()
            raise

    def load(self, tables: Path) -> None:
        """Write what changed since the version that the server holds, or empty the database and fill it; see `neo4j_fill`.

        Raises:
            StoreError: The tables are not whole or do not fit together, the database holds something else than sandan's graph, or not all
                arrived.
            StoreUnavailable: The server went away; the next call completes.
        """
        expected = checked_counts(tables)
        with self._translated("load"), self._session(neo4j.WRITE_ACCESS) as session:
            fill(session, tables, expected, str(self._address))

    def take_over(self, tables: Path) -> None:
        """Make keys unique in a database that was filled with these tables otherwise, see that it is whole, and mark it.

        Raises:
            StoreError: It does not hold what the tables hold.
            StoreUnavailable: The server cannot be reached.
        """
        expected, sums = checked_counts(tables), table_checksums(tables)
        with self._translated("load"), self._session(neo4j.WRITE_ACCESS) as session:
            prepare(session)
            check_counts(session, expected, str(self._address))
            seal(session, tables, digest(sums))

    def counts(self) -> GraphCounts:
        """How much is in the graph.

        Raises:
            StoreUnavailable: The server cannot be reached.
        """
        with self._translated("counts"), self._session(neo4j.READ_ACCESS) as session:
            return count(session)

    def read_part(self, part: Part) -> Iterator[pa.RecordBatch]:
        """Every row of a label or relationship, piece by piece and in no order.

        Raises:
            StoreUnavailable: The server cannot be reached.
        """
        with self._translated("check"), self._session(neo4j.READ_ACCESS, fetch_size=10_000) as session:
            yield from read_part(session, part)

    def marker(self) -> Marker | None:
        """What the server says that it holds.

        Raises:
            StoreUnavailable: It is being filled, or cannot be reached.
        """
        with self._translated("check"), self._session(neo4j.READ_ACCESS) as session:
            return self._check_whole(session)

    def components(self) -> dict[str, str]:
        """Version of the server (`neo4j`) and of its graph algorithms (`gds`, empty where it has none).

        Raises:
            StoreUnavailable: The server cannot be reached.
        """
        with self._translated("components"), self._session(neo4j.READ_ACCESS) as session:
            record = session.run(f"{_KERNEL} RETURN versions[0] AS v").single()
            has_gds = session.run("SHOW FUNCTIONS YIELD name WHERE name = 'gds.version' RETURN count(*) AS n").single(strict=True)["n"]
            gds = session.run("RETURN gds.version() AS v").single(strict=True)["v"] if has_gds else ""
        return {"neo4j": str(record["v"]) if record else "", "gds": str(gds)}

    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
        """Rows of a reading query; see `Store.query`."""
        check_parameters(text, parameters)
        parameters = plain_parameters(parameters)
        allowed = neo4j_query(text, parameters)
        answer: list[QueryResult | BaseException] = []
        asked = threading.Thread(target=self._answer, args=(answer, text, allowed, parameters, max_rows, timeout_s), daemon=True)
        asked.start()
        asked.join(timeout_s + _EXPLAIN_TIMEOUT_S + _GRACE_S)
        if not answer:
            # The server looks at its clock between rows only; who asked must not wait for what happens inside of one.
            self._is_abandoned = True
            raise too_long(text)
        if isinstance(answer[0], BaseException):
            raise answer[0]
        return answer[0]

    def _answer(
        self,
        answer: list[QueryResult | BaseException],
        text: str,
        allowed: str,
        parameters: Mapping[str, object],
        max_rows: int,
        timeout_s: float,
    ) -> None:
        try:
            answer.append(self._fetch(text, allowed, parameters, max_rows, timeout_s))
        except BaseException as exc:  # raised again in the thread that asked
            answer.append(exc)

    def _fetch(self, text: str, allowed: str, parameters: Mapping[str, object], max_rows: int, timeout_s: float) -> QueryResult:
        with self._translated(text, parameters), self._session(neo4j.READ_ACCESS, fetch_size=min(1000, max_rows + 1)) as session:
            self._check_canary(session)
            before = self._check_whole(session)
            self._check_plan(session, allowed)
            result = session.run(neo4j.Query(allowed, timeout=timeout_s), dict(parameters))
            columns = tuple(result.keys())
            rows: list[tuple[object, ...]] = []
            is_truncated = False
            for record in result:
                if len(rows) == max_rows:
                    is_truncated = True
                    result.consume()
                    break
                rows.append(tuple(_value(value) for value in record.values()))
            if self._check_whole(session) != before:
                raise StoreUnavailable(f"{self._address}: the graph was changed while it was read; ask again")
            return QueryResult(columns, rows, is_truncated)

    def close(self) -> None:
        """Close the connections; one that still waits for an abandoned query closes when its server answers, and nobody waits for that."""
        if self._is_abandoned:
            threading.Thread(target=self._driver.close, daemon=True).start()
        else:
            self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _session(self, access: str, *, fetch_size: int = 1000) -> neo4j.Session:
        return self._driver.session(database=_DATABASE, default_access_mode=access, fetch_size=fetch_size)

    def _check_version(self) -> None:
        remedy = f"use Neo4j {'.'.join(map(str, _OLDEST))} or newer"
        try:
            with self._translated("connect"), self._session(neo4j.READ_ACCESS) as session:
                record = session.run(f"{_KERNEL} RETURN versions[0] AS v").single()
        except (BadQuery, StoreError) as exc:
            if isinstance(exc, StoreUnavailable):
                raise
            raise ConfigError(f"graph: {self._address} does not answer like a Neo4j; {remedy}") from exc
        version = str(record["v"]) if record else "of no version"
        if not _is_new_enough(version):
            raise ConfigError(f"graph: the Neo4j {version} at {self._address} is too old; {remedy}")

    def _check_canary(self, session: neo4j.Session) -> None:
        """A write in READ mode must be refused by this very server, else nobody's query may run; the driver calls the mode a mere hint."""
        if self._is_canary_alive:
            return
        try:
            with session.begin_transaction() as transaction:
                transaction.run("CREATE (n:`Order`) RETURN n").consume()
                transaction.rollback()
        except faults.ClientError as exc:
            self._is_canary_alive = exc.code == _REFUSED_WRITE
        if not self._is_canary_alive:
            remedy = "put Neo4j itself there, without anything between"
            raise StoreError(f"{self._address}: does not refuse writes in a reading session, so queries stay off; {remedy}")

    def _check_whole(self, session: neo4j.Session) -> Marker | None:
        """What the server holds; a graph that is being filled, from wherever, is not to be read."""
        marker = read_marker(session)
        if marker is not None and marker.state == "loading":
            raise StoreUnavailable(
                f"{self._address}: the graph is being loaded, or that was broken off; wait, or run `sandan graph build` again"
            )
        return marker

    def _check_plan(self, session: neo4j.Session, text: str) -> None:
        if text in self._allowed:
            return
        summary = session.run(neo4j.Query(f"EXPLAIN {text}", timeout=_EXPLAIN_TIMEOUT_S)).consume()
        check_neo4j_plan(summary.query_type, summary.plan)
        with self._lock:
            if len(self._allowed) >= _MAX_KNOWN_TEXTS:
                self._allowed.clear()
            self._allowed[text] = None

    @contextlib.contextmanager
    def _translated(self, text: str, parameters: Mapping[str, object] | None = None) -> Iterator[None]:
        try:
            yield
        except (faults.Neo4jError, faults.DriverError) as exc:
            raise translated(exc, str(self._address), text, parameters or {}) from exc


def _is_new_enough(version: str) -> bool:
    numbers = version.split("-")[0].split(".")
    return len(numbers) >= 2 and numbers[0].isdecimal() and numbers[1].isdecimal() and (int(numbers[0]), int(numbers[1])) >= _OLDEST


def _value(value: object) -> object:
    """Nodes, relationships and paths in the form of `QueryResult`, everything else plain."""
    if isinstance(value, shapes.Node):
        return {"_label": next(iter(value.labels), ""), **_properties(value)}
    if isinstance(value, shapes.Relationship):
        return {"_label": value.type, **_properties(value)}
    if isinstance(value, shapes.Path):
        return {"_nodes": [_value(node) for node in value.nodes], "_relations": [_value(relation) for relation in value.relationships]}
    if isinstance(value, (clocks.DateTime, clocks.Date, clocks.Time)):
        return plain_value(value.to_native())
    if isinstance(value, clocks.Duration):
        return str(value)
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    return plain_value(value)


def _properties(entity: shapes.Entity) -> dict[str, Any]:
    return {name: _value(value) for name, value in entity.items()}
