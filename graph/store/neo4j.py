"""The graph on a Neo4j server, over Bolt."""

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import neo4j
import pyarrow as pa
import pyarrow.parquet as pq
from neo4j import exceptions as faults
from neo4j import graph as shapes
from neo4j import time as clocks

from sandan.graph.guard import check_neo4j_plan, check_parameters, neo4j_query
from sandan.graph.schema import NODES, RELATIONS, node_schema, relation_schema
from sandan.graph.store.base import GraphCounts, QueryResult
from sandan.graph.store.ddl import constraint_name, neo4j_statements
from sandan.graph.store.layout import checked_counts, node_file, relation_file
from sandan.graph.store.values import plain_parameters, plain_value, without_parameters
from sandan.record.errors import BadQuery, ConfigError, SandanError, StoreError, StoreUnavailable

log = logging.getLogger(__name__)

_SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
_DATABASE = "neo4j"  # the only one that the Community edition has
_BATCH_ROWS = 20_000
_CONNECT_TIMEOUT_S = 10.0
_EXPLAIN_TIMEOUT_S = 10.0
_GRACE_S = 2.0
_INDEX_TIMEOUT_S = 300
_OLDEST = (5, 23)  # the first with `CALL (n) { … }`
_MAX_KNOWN_TEXTS = 1000
_REFUSED_WRITE = "Neo.ClientError.Statement.AccessMode"


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
                telemetry_disabled=True,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
            )
        try:
            self._check_version()
        except BaseException:
            self._driver.close()
            raise

    def load(self, tables: Path) -> None:
        """Empty the database and fill it from the tables; who reads meanwhile sees a graph that is not whole.

        Raises:
            StoreError: The tables are not whole or do not fit together, the database holds something else than sandan's graph, or not all
                arrived.
            StoreUnavailable: The server went away.
        """
        expected = checked_counts(tables)
        with self._translated("load"), self._session(neo4j.WRITE_ACCESS) as session:
            self._check_own(session)
            # Relations go first: a hub's would all be removed in one transaction with it.
            session.run(f"MATCH ()-[r]->() CALL (r) {{ DELETE r }} IN TRANSACTIONS OF {_BATCH_ROWS} ROWS").consume()
            session.run(f"MATCH (n) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {_BATCH_ROWS} ROWS").consume()
            for statement in neo4j_statements():
                session.run(statement).consume()
            session.run(f"CALL db.awaitIndexes({_INDEX_TIMEOUT_S})").consume()
            for statement, rows in _batches(tables):
                # CREATE, not MERGE: twice as fast, keeps rows that differ in nothing, and a batch is in the database whole or not at all.
                session.execute_write(_run, statement, rows)
        if differences := self.counts().differences(expected):
            what = "; ".join(differences)
            raise StoreError(f"{self._address}: does not hold what the tables hold ({what}); run `sandan graph build` again")

    def counts(self) -> GraphCounts:
        """How much is in the graph.

        Raises:
            StoreUnavailable: The server cannot be reached.
        """
        names = [*(node.label for node in NODES), *(relation.name for relation in RELATIONS)]
        parts = [f"MATCH (n:`{node.label}`) RETURN '{node.label}' AS name, count(n) AS n" for node in NODES]
        parts += [f"MATCH ()-[r:`{relation.name}`]->() RETURN '{relation.name}' AS name, count(r) AS n" for relation in RELATIONS]
        with self._translated("counts"), self._session(neo4j.READ_ACCESS) as session:
            found = {record["name"]: int(record["n"]) for record in session.run(" UNION ALL ".join(parts))}
        numbers = {name: found.get(name, 0) for name in names}
        return GraphCounts({node.label: numbers[node.label] for node in NODES}, {r.name: numbers[r.name] for r in RELATIONS})

    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
        """Rows of a reading query; see `Store.query`."""
        check_parameters(text, parameters)
        allowed = neo4j_query(text, parameters)
        answer: list[QueryResult | BaseException] = []
        asked = threading.Thread(target=self._answer, args=(answer, text, allowed, parameters, max_rows, timeout_s), daemon=True)
        asked.start()
        asked.join(timeout_s + _EXPLAIN_TIMEOUT_S + _GRACE_S)
        if not answer:
            # The server looks at its clock between rows only; who asked must not wait for what happens inside of one.
            self._is_abandoned = True
            raise _too_long(text)
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
            self._check_plan(session, allowed)
            result = session.run(neo4j.Query(allowed, timeout=timeout_s), plain_parameters(parameters))
            columns = tuple(result.keys())
            rows: list[tuple[object, ...]] = []
            for record in result:
                if len(rows) == max_rows:
                    return QueryResult(columns, rows, truncated=True)
                rows.append(tuple(_value(value) for value in record.values()))
            return QueryResult(columns, rows, truncated=False)

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
                record = session.run(
                    "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0] AS v"
                ).single()
        except (BadQuery, StoreError) as exc:
            if isinstance(exc, StoreUnavailable):
                raise
            raise ConfigError(f"graph: {self._address} does not answer like a Neo4j; {remedy}") from exc
        version = str(record["v"]) if record else "of no version"
        if not _is_new_enough(version):
            raise ConfigError(f"graph: the Neo4j {version} at {self._address} is too old; {remedy}")

    def _check_own(self, session: neo4j.Session) -> None:
        """Loading empties the database, so a wrong address must not cost anybody their data."""
        record = session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)
        names = {str(record["name"]) for record in session.run("SHOW CONSTRAINTS YIELD name")}
        is_ours = all(constraint_name(node.label) in names for node in NODES) and int(record["n"]) == self.counts().n_nodes
        if record["n"] and not is_ours:
            remedy = "name a server of its own in SANDAN_GRAPH, or empty this one"
            raise StoreError(f"{self._address}: its database holds something else than sandan's graph; {remedy}")

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
            raise _error(exc, self._address, text, parameters or {}) from exc


def _run(transaction: neo4j.ManagedTransaction, statement: str, rows: list[dict[str, object]]) -> None:
    transaction.run(statement, rows=rows).consume()


def _batches(tables: Path) -> Iterator[tuple[str, list[dict[str, object]]]]:
    for node in NODES:
        statement = f"UNWIND $rows AS row CREATE (n:`{node.label}`) SET n = row"
        with pq.ParquetFile(node_file(tables, node.label)) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                yield statement, pa.Table.from_batches([batch]).cast(node_schema(node.label)).to_pylist()
        log.info("label %s loaded", node.label)
    for relation in RELATIONS:
        for source, target in relation.pairs:
            properties = ", ".join(f"`{name}`: row.`{name}`" for name, _ in relation.properties)
            statement = (
                f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.`from`}}) MATCH (b:`{target}` {{id: row.`to`}}) "
                f"CREATE (a)-[r:`{relation.name}`]->(b) SET r = {{{properties}}}"
            )
            table = pq.read_table(relation_file(tables, relation.name, source, target)).cast(relation_schema(relation.name))
            # A relation locks both its nodes: in the order of sources, one batch does not wait for another client's.
            for batch in table.sort_by([("from", "ascending"), ("to", "ascending")]).to_batches(_BATCH_ROWS):
                yield statement, batch.to_pylist()
        log.info("relation %s loaded", relation.name)


def _is_new_enough(version: str) -> bool:
    numbers = version.split("-")[0].split(".")
    return len(numbers) >= 2 and numbers[0].isdecimal() and numbers[1].isdecimal() and (int(numbers[0]), int(numbers[1])) >= _OLDEST


def _value(value: object) -> object:
    """Nodes, relations and paths in the form of `QueryResult`, everything else plain."""
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


def _too_long(text: str) -> BadQuery:
    return BadQuery(f"{' '.join(text.split())[:200]}: stopped because it took too long; ask for less, or for one step at a time with LIMIT")


def _error(exc: Exception, address: Neo4jAddress, text: str, parameters: Mapping[str, object]) -> SandanError:
    code = (exc.code or "") if isinstance(exc, faults.Neo4jError) else ""
    shown = " ".join(text.split())[:200]
    message = without_parameters(str(getattr(exc, "message", None) or exc).split("\n", 1)[0], parameters)
    if isinstance(exc, faults.AuthError) or code.startswith("Neo.ClientError.Security"):
        return ConfigError(f"graph: {address} refuses the user or password; set SANDAN_GRAPH_PASSWORD (or graph_password_file) anew")
    if isinstance(exc, (faults.ConfigurationError, faults.AuthConfigurationError)):
        return ConfigError(f"graph: {address} cannot be used ({message}); write SANDAN_GRAPH=bolt://user@host:7687")
    if code.startswith("Neo.ClientError.Transaction.TransactionTimedOut"):
        return _too_long(text)
    if "MemoryPool" in code or "Java heap space" in message or "exceeds implementation limit" in message:
        return BadQuery(f"{shown}: needs more memory than one query may use; ask for less, or for one step at a time with LIMIT")
    if code == _REFUSED_WRITE:
        return BadQuery(f"{shown}: not a reading query; nothing can be changed here")
    if code.startswith("Neo.ClientError.Schema.Constraint") or isinstance(exc, faults.ConstraintError):
        return StoreError(f"{address}: two nodes have one id ({message}); run `sandan graph build`")
    if code.startswith(("Neo.ClientError.Statement", "Neo.ClientError.Procedure")):
        return BadQuery(f"{shown}: {message}")
    if isinstance(exc, faults.DriverError) or code.startswith("Neo.TransientError") or "Unavailable" in code:
        return StoreUnavailable(f"{address}: cannot be reached ({message}); start the server or mend SANDAN_GRAPH, then try again")
    return StoreError(f"{address}: {shown} failed ({code}: {message}); look into the server's log")
