"""What is in a Neo4j: how much, and row by row."""

from collections.abc import Iterator

import neo4j
import pyarrow as pa
from neo4j import time as clocks

from sandan.graph.parts import Part
from sandan.graph.schema import NODES, RELATIONS
from sandan.graph.store.base import GraphCounts

_PIECE_ROWS = 50_000


def count(session: neo4j.Session) -> GraphCounts:
    """Nodes per label and relationships per type; the server keeps these numbers and need not look."""
    parts = [f"MATCH (n:`{node.label}`) RETURN '{node.label}' AS name, count(n) AS n" for node in NODES]
    parts += [f"MATCH ()-[r:`{relation.name}`]->() RETURN '{relation.name}' AS name, count(r) AS n" for relation in RELATIONS]
    found = {str(record["name"]): int(record["n"]) for record in session.run(" UNION ALL ".join(parts))}
    return GraphCounts({node.label: found.get(node.label, 0) for node in NODES}, {r.name: found.get(r.name, 0) for r in RELATIONS})


def read_part(session: neo4j.Session, part: Part) -> Iterator[pa.RecordBatch]:
    """Every row of a label or of a relationship between two labels, in no order, with the columns of the part's schema."""
    result = session.run(neo4j.Query(part.reading, timeout=0))
    while rows := result.fetch(_PIECE_ROWS):
        columns = zip(*(record.values() for record in rows), strict=True)
        arrays = [pa.array([_native(value) for value in column], field.type) for field, column in zip(part.schema, columns, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=part.schema)


def _native(value: object) -> object:
    return value.to_native() if isinstance(value, (clocks.DateTime, clocks.Date)) else value
