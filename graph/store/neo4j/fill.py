"""Making the content of a Neo4j that of a version's tables: by what changed where that is known, else from the ground up."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import neo4j
import pyarrow as pa

from sandan.graph.checksum import Checksum, digest, schema_digest, table_checksums
from sandan.graph.parts import Part
from sandan.graph.store.base import GraphCounts
from sandan.graph.store.ddl import neo4j_statements
from sandan.graph.store.layout import write_durably
from sandan.graph.store.neo4j.contents import count
from sandan.graph.store.neo4j.difference import difference
from sandan.graph.store.neo4j.marker import (
    Marker,
    drop_former_constraints,
    last_write,
    own_constraints,
    quoted,
    read_marker,
    set_marker,
)
from sandan.graph.store.neo4j.statements import BATCH_ROWS, Batch, creations
from sandan.record.errors import StoreError

log = logging.getLogger(__name__)

_INDEX_TIMEOUT_S = 300
_SERVED = "SERVED"


@dataclass(frozen=True, slots=True)
class _Version:
    """The tables of a version, and what their rows add up to."""

    tables: Path
    sums: Mapping[Part, Checksum]


def fill(session: neo4j.Session, tables: Path, expected: GraphCounts, address: str) -> None:
    """Make the database hold exactly these tables.

    Whatever breaks this off leaves the mark `loading`, and the next call then begins anew.

    Args:
        session: May write.
        tables: Of the version; the versions beside it are looked at for the one that the server holds.
        expected: Rows of the tables.
        address: How the server is called in messages.

    Raises:
        StoreError: The database holds something else than sandan's graph, or not all arrived.
        neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError: The server did not do its work.
        OutputError: The version's folder is not writable.
    """
    wanted = table_checksums(tables)
    marker = Marker("loading", schema_digest(), digest(wanted), tables.parent.name)
    held = _held(session, tables)
    if held is None or not _fill_by_difference(session, held, _Version(tables, wanted), expected, marker):
        _fill_anew(session, tables, expected, marker, address)
    seal(session, tables, marker.checksum)


def seal(session: neo4j.Session, tables: Path, checksum: str) -> None:
    """Mark a database as holding these tables, and note beside them when it was last written: who writes later has changed it."""
    set_marker(session, Marker("ready", schema_digest(), checksum, tables.parent.name))
    write_durably(tables.parent / _SERVED, f"{last_write(session)}\n")


def prepare(session: neo4j.Session) -> None:
    """Make keys unique, and wait until every key can be found quickly."""
    drop_former_constraints(session)
    for statement in neo4j_statements():
        session.run(statement).consume()
    session.run(f"CALL db.awaitIndexes({_INDEX_TIMEOUT_S})").consume()


def check_counts(session: neo4j.Session, expected: GraphCounts, address: str) -> None:
    """See that everything arrived.

    Raises:
        StoreError: Something did not; the message names every label and type.
    """
    if differences := count(session).differences(expected):
        what = "; ".join(differences)
        raise StoreError(f"{address}: does not hold what the tables hold ({what}); run `sandan graph build` again")


def _held(session: neo4j.Session, tables: Path) -> _Version | None:
    """The version whose tables the server holds; None where that is not certain."""
    marker = read_marker(session)
    if marker is None or marker.state != "ready" or not marker.is_of_this_schema:
        return None
    held = tables.parent.parent / marker.version / "tables"
    try:
        if (held.parent / _SERVED).read_text(encoding="ascii").strip() == last_write(session):
            sums = table_checksums(held)
            if digest(sums) == marker.checksum:
                return _Version(held, sums)
    except (OSError, UnicodeDecodeError, pa.ArrowException, duckdb.Error) as exc:
        log.info("the tables of version %s cannot be read any more (%s)", marker.version, exc)
    return None


def _fill_by_difference(session: neo4j.Session, held: _Version, wanted: _Version, expected: GraphCounts, marker: Marker) -> bool:
    """Write what changed; whether the result is whole. More changes than rows take longer than a new load."""
    among = [part for part, total in wanted.sums.items() if held.sums[part] != total]
    with difference(held.tables, wanted.tables, among) as found:
        if found.n_changes > max(expected.n_nodes + expected.n_relations, BATCH_ROWS):
            return False
        log.info("%d rows change from version %s", found.n_changes, held.tables.parent.name)
        if found.n_changes:
            set_marker(session, marker)
            _write(session, found.batches())
    return not count(session).differences(expected)


def _fill_anew(session: neo4j.Session, tables: Path, expected: GraphCounts, marker: Marker, address: str) -> None:
    _check_own(session, address)
    set_marker(session, marker)
    # Relationships go first: a hub's would all be removed in one transaction with it. The server's own limit is for queries, not for this.
    for text in (
        f"MATCH ()-[r]->() CALL (r) {{ DELETE r }} IN TRANSACTIONS OF {BATCH_ROWS} ROWS",
        f"MATCH (n) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {BATCH_ROWS} ROWS",
    ):
        session.run(neo4j.Query(text, timeout=0)).consume()
    prepare(session)
    _write(session, creations(tables))
    check_counts(session, expected, address)


def _write(session: neo4j.Session, batches: Iterable[Batch]) -> None:
    n_rows = 0
    for statement, rows in batches:
        # A batch is one transaction. The driver sends it again after what passes (a lock), and not where it may have been taken.
        session.execute_write(_run, statement, rows)
        n_rows += len(rows)
        log.info("%d rows written", n_rows)


def _run(transaction: neo4j.ManagedTransaction, statement: str, rows: list[dict[str, object]]) -> None:
    transaction.run(statement, rows=rows).consume()


def _check_own(session: neo4j.Session, address: str) -> None:
    """Filling anew empties the database, so a wrong address must not cost anybody their data: every node must be of a label of ours."""
    record = session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)
    parts = [f"MATCH (n:{quoted(label)}) RETURN count(n) AS n" for label in sorted(set(own_constraints(session).values()))]
    n_own = sum(int(row["n"]) for row in session.run(" UNION ALL ".join(parts))) if parts else 0
    if record["n"] != n_own:
        remedy = "name a server of its own in SANDAN_GRAPH, or empty this one"
        raise StoreError(f"{address}: its database holds something else than sandan's graph; {remedy}")
