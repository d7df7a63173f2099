"""What must be done to a graph that holds one version's tables, so that it holds another's."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sandan.graph.parts import Part, parts
from sandan.graph.store.neo4j.statements import BATCH_ROWS, Batch, create, delete_nodes, delete_relations, update_nodes


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows that two versions do not share, worked out and ready to be read; valid inside of `difference`.

    Attributes:
        n_changes: Rows to write.
    """

    n_changes: int
    _con: duckdb.DuckDBPyConnection
    _places: dict[tuple[Part, str], int]

    def batches(self) -> Iterator[Batch]:
        """Statements with their rows, in an order in which every one finds what it needs.

        Relationships go before the nodes they join, and come after them; each in the order of its endpoints: no batch waits for another's.
        """
        every = list(parts())
        nodes, relations = [p for p in every if not p.ends], [p for p in every if p.ends]
        yield from (batch for part in relations for batch in self._rows(part, "gone", delete_relations(part)))
        yield from (batch for part in nodes for batch in self._rows(part, "gone", delete_nodes(part)))
        yield from (batch for part in nodes for batch in self._rows(part, "new", create(part)))
        yield from (batch for part in nodes for batch in self._rows(part, "changed", update_nodes(part)))
        yield from (batch for part in relations for batch in self._rows(part, "new", create(part)))

    def _rows(self, part: Part, kind: str, statement: str) -> Iterator[Batch]:
        place = self._places.get((part, kind))
        if place is None:
            return
        keys = ", ".join(f'"{name}"' for name in part.keys)
        for batch in self._con.execute(f"FROM found_{place} ORDER BY {keys}").to_arrow_reader(BATCH_ROWS):
            yield statement, batch.to_pylist()


@contextmanager
def difference(old: Path, new: Path, among: Collection[Part]) -> Iterator[Difference]:
    """Compare the tables of two versions.

    Args:
        old: The tables that the graph holds.
        new: The tables that it shall hold.
        among: The parts of them that are not alike.

    Cost:
        Reads these parts of both once; keeps what differs in memory.
    """
    with duckdb.connect() as con:
        places: dict[tuple[Part, str], int] = {}
        n_changes = 0
        for part in among:
            for name, tables in (("old", old), ("new", new)):
                con.read_parquet(part.glob(tables)).create_view(name, replace=True)
            for kind, query in (_relation_queries(part) if part.ends else _node_queries()).items():
                place = len(places)
                con.execute(f"CREATE TEMP TABLE found_{place} AS {query}")
                if n := _count(con, f"found_{place}"):
                    n_changes += n
                    places[part, kind] = place
                else:
                    con.execute(f"DROP TABLE found_{place}")
        yield Difference(n_changes, con, places)


def _node_queries() -> dict[str, str]:
    return {
        "gone": "SELECT id FROM old ANTI JOIN new USING (id)",
        "new": "SELECT new.* FROM new ANTI JOIN old USING (id)",
        "changed": "FROM (FROM new EXCEPT FROM old) AS other SEMI JOIN old USING (id)",
    }


def _relation_queries(part: Part) -> dict[str, str]:
    """A relationship has no id: what counts is how often a row is there. One with another property is another row."""
    columns = ", ".join(f'"{name}"' for name in part.schema.names)
    both = f"SELECT {columns}, 1 AS side FROM new UNION ALL SELECT {columns}, -1 AS side FROM old"
    more = f"SELECT {columns}, CAST(sum(side) AS BIGINT) AS surplus FROM ({both}) GROUP BY {columns}"
    return {
        "gone": f"SELECT {columns}, -surplus AS surplus FROM ({more}) WHERE surplus < 0",
        "new": f"SELECT {columns} FROM (SELECT {columns}, unnest(range(surplus)) FROM ({more}) WHERE surplus > 0)",
    }


def _count(con: duckdb.DuckDBPyConnection, source: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {source}").fetchone()
    return int(found[0]) if found else 0
