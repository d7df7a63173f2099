"""Whether a file of the embedded graph has the schema of this version: one of an older release would answer that a label is unknown."""

import contextlib
from pathlib import Path
from typing import Any

import ladybug

from sandan.graph.schema import NODES, RELATIONS
from sandan.record.errors import StoreUnavailable

_REMEDY = "it was made by another version of sandan: run `sandan graph build`"


def check_schema(database: Any, path: Path) -> None:
    """See that an open file has the tables, properties and pairs that statements of this version may name, and no others of these tables.

    Raises:
        StoreUnavailable: It has not.
    """
    try:
        with contextlib.closing(ladybug.Connection(database, num_threads=1)) as connection:
            found = _rows(connection, _properties_query()) | _rows(connection, _pairs_query())
    except RuntimeError as exc:
        raise StoreUnavailable(f"{path}: its schema is not the one of this version ({exc}); {_REMEDY}") from exc
    if differing := sorted({row[0] for row in found ^ _expected()}):
        raise StoreUnavailable(f"{path}: its schema is not the one of this version ({', '.join(differing)} differ); {_REMEDY}")


def _rows(connection: Any, query: str) -> set[tuple[str, str, str]]:
    with contextlib.closing(connection.execute(query)) as result:
        return {(str(table), str(one), str(other)) for table, one, other in result.get_all()}


# Names come from the schema's closed list, never from input.
def _properties_query() -> str:
    names = [*(node.label for node in NODES), *(relation.name for relation in RELATIONS)]
    return " UNION ALL ".join(f"CALL table_info('{name}') RETURN '{name}' AS t, name AS one, type AS other" for name in names)


def _pairs_query() -> str:
    columns = "`source table name` AS one, `destination table name` AS other"
    return " UNION ALL ".join(f"CALL show_connection('{relation.name}') RETURN '{relation.name}' AS t, {columns}" for relation in RELATIONS)


def _expected() -> set[tuple[str, str, str]]:
    rows = {(node.label, name, kind) for node in NODES for name, kind in (("id", "STRING"), *node.properties)}
    rows |= {(relation.name, name, kind) for relation in RELATIONS for name, kind in relation.properties}
    return rows | {(relation.name, *pair) for relation in RELATIONS for pair in relation.pairs}
