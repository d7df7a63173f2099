"""What a graph store does, whichever it is.

One version of the graph is a folder in `<home>/graph`:

    <version>/tables/nodes/<Label>.parquet                       one file per label, columns `schema.node_schema`
    <version>/tables/relationships/<TYPE>.<From>.<To>.parquet        one file per relationship and pair, columns `schema.relation_schema`
    <version>/graph.lbug                                         the embedded graph made from them (not with Neo4j)
    <version>/view/arrays.arrows                                 the same as arrays, mapped into whoever asks (`graph.arrays`)
    <version>/contents.json                                      the run whose results are in it, and the checksums of these files
    CURRENT                                                      the name of the version in use, and so of the newest run, and the checksum
                                                                 of its contents.json; replaced as a whole
    LOADING                                                      only while Neo4j is being filled: what it holds now is not whole

Every label and every pair has its file, with no rows where there are none. The tables are the truth; a store holds exactly what they hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class GraphCounts:
    """How many nodes each label and how many relationships each type has; every name of the schema is there."""

    nodes: Mapping[str, int]
    relations: Mapping[str, int]

    @property
    def n_nodes(self) -> int:
        """Nodes of all labels."""
        return sum(self.nodes.values())

    @property
    def n_relations(self) -> int:
        """Relationships of all types."""
        return sum(self.relations.values())

    def differences(self, other: "GraphCounts") -> list[str]:
        """One phrase for every label and type whose number differs from the other's; empty where all agree."""
        mine, theirs = {**self.nodes, **self.relations}, {**other.nodes, **other.relations}
        return [
            f"{name}: {mine.get(name, 0)}, not {theirs.get(name, 0)}" for name in mine | theirs if mine.get(name, 0) != theirs.get(name, 0)
        ]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of a query.

    Values are plain Python and the same on every store: whole numbers are int, times are aware and in UTC, days are `date`; a node or
    relationship is a dict of its properties that are not null, with its label or type under `_label`; a path is a dict of lists, `_nodes`
    and `_relations`.
    `truncated` says that there were more rows than asked for.
    """

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    truncated: bool


class Store(Protocol):
    """A graph that can be filled whole, counted and asked."""

    def load(self, tables: Path) -> None:
        """Make the content exactly that of the tables of one version.

        Raises:
            StoreError: The tables are not whole, or the store does not hold all of them afterwards.
            StoreUnavailable: The store cannot be reached.
        """
        ...

    def counts(self) -> GraphCounts:
        """How much is in the graph.

        Raises:
            StoreUnavailable: There is no graph yet, or the store cannot be reached.
        """
        ...

    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
        """Rows of a reading query; nothing but reading gets past the guard.

        Args:
            text: One Cypher statement.
            parameters: Values for its `$name`s; times may be aware (of any zone) or naive (UTC).
            max_rows: Rows to return at most.
            timeout_s: Seconds after which the store stops working on it.

        Raises:
            BadQuery: The query may not run, cannot be understood, lacks a parameter or took too long.
            StoreUnavailable: There is no graph yet, or the store cannot be reached.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections; the store cannot be used afterwards."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
