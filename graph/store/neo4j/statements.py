"""The statements that write a graph into Neo4j; made from the schema's closed list of names, never from input.

Each takes `$rows`, a list of maps. They CREATE and do not MERGE: twice as fast, rows that differ in nothing are kept, and a batch is in the
database whole or not at all.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.graph.parts import Part, parts

BATCH_ROWS = 20_000

Batch = tuple[str, list[dict[str, object]]]


def create(part: Part) -> str:
    """Nodes or relationships that are not there yet."""
    if part.ends is None:
        return f"UNWIND $rows AS row CREATE (n:`{part.name}`) SET n = row"
    source, target = part.ends
    properties = ", ".join(f"`{name}`: row.`{name}`" for name, _ in part.properties)
    return (
        f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.`from`}}) MATCH (b:`{target}` {{id: row.`to`}}) "
        f"CREATE (a)-[r:`{part.name}`]->(b) SET r = {{{properties}}}"
    )


def update_nodes(part: Part) -> str:
    """Nodes that are there, with other properties."""
    return f"UNWIND $rows AS row MATCH (n:`{part.name}` {{id: row.id}}) SET n = row"


def delete_nodes(part: Part) -> str:
    """Nodes whose relationships are gone already."""
    return f"UNWIND $rows AS row MATCH (n:`{part.name}` {{id: row.id}}) DELETE n"


def delete_relations(part: Part) -> str:
    """As many of the relationships that are like a row as its `surplus` says."""
    assert part.ends
    source, target = part.ends
    alike = " AND ".join(f"(r.`{name}` = row.`{name}` OR (r.`{name}` IS NULL AND row.`{name}` IS NULL))" for name, _ in part.properties)
    # WITH keeps the planner from starting at one end and walking through all relationships of a hub.
    return (
        f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.`from`}}) MATCH (b:`{target}` {{id: row.`to`}}) WITH row, a, b "
        f"MATCH (a)-[r:`{part.name}`]->(b){f' WHERE {alike}' if alike else ''} "
        "WITH row, collect(r)[..row.surplus] AS found UNWIND found AS r DELETE r"
    )


def creations(tables: Path) -> Iterator[Batch]:
    """Everything in a version's tables, nodes first."""
    for part in parts():
        statement = create(part)
        if part.ends is None:
            with pq.ParquetFile(part.file(tables)) as file:
                for batch in file.iter_batches(BATCH_ROWS):
                    yield statement, pa.Table.from_batches([batch]).cast(part.schema).to_pylist()
        else:
            table = pq.read_table(part.file(tables)).cast(part.schema)
            # A relationship locks both its nodes: in the order of sources, one batch does not wait for another client's.
            for batch in table.sort_by([("from", "ascending"), ("to", "ascending")]).to_batches(BATCH_ROWS):
                yield statement, batch.to_pylist()
