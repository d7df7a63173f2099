"""The tables of which a graph consists, one for each label and for each relationship between two labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sandan.graph.schema import NODES, RELATIONS, Properties, node_schema, node_type, relation_schema, relation_type
from sandan.graph.store.layout import node_file, relation_file


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the graph: a label, or a relationship between two labels."""

    name: str
    ends: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.ends[0]} to {self.ends[1]})" if self.ends else self.name

    @property
    def schema(self) -> pa.Schema:
        """Columns of its table."""
        return relation_schema(self.name) if self.ends else node_schema(self.name)

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns with ids."""
        return ("from", "to") if self.ends else ("id",)

    @property
    def properties(self) -> Properties:
        """What its nodes or relationships have beside their ids."""
        return relation_type(self.name).properties if self.ends else node_type(self.name).properties

    @property
    def reading(self) -> str:
        """Cypher, for either store, that returns every row with the columns of the schema, in their order."""
        if self.ends is None:
            return f"MATCH (n:`{self.name}`) RETURN {', '.join(f'n.`{name}`' for name in self.schema.names)}"
        source, target = self.ends
        columns = ["a.id", "b.id", *(f"r.`{name}`" for name, _ in self.properties)]
        return f"MATCH (a:`{source}`)-[r:`{self.name}`]->(b:`{target}`) RETURN {', '.join(columns)}"

    def file(self, tables: Path) -> Path:
        """Its file in a version's tables."""
        return relation_file(tables, self.name, *self.ends) if self.ends else node_file(tables, self.name)

    def glob(self, tables: Path) -> str:
        """The file as DuckDB takes it, which reads `*`, `?` and `[` as a pattern."""
        return "".join(f"[{c}]" if c in "*?[" else c for c in str(self.file(tables)))


def parts() -> Iterator[Part]:
    """Every table of the schema, nodes first."""
    for node in NODES:
        yield Part(node.label)
    for relation in RELATIONS:
        for pair in relation.pairs:
            yield Part(relation.name, pair)
