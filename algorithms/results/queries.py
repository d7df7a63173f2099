"""SQL over the tables of a run, in one DuckDB engine of the process: statements with parameters, rows as dictionaries."""

import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.results.former_results import in_form, is_in_form

_lock = threading.Lock()
_engine: duckdb.DuckDBPyConnection | None = None


def query(tables: Mapping[str, Path | pa.Table], sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of a statement.

    Args:
        tables: What the statement may name: Parquet files, of which the engine reads only the columns and row groups that it needs, or
            tables in memory. Each row of a file has its place in it as `file_row_number`.
        sql: One SELECT; everything that comes from a user is a parameter `$name` of it.
        values: The parameters; those that the statement does not name are left out.
    """
    with _cursor() as cursor:
        parts, given = [], {name: value for name, value in values.items() if re.search(rf"\${name}\b", sql)}
        for name, table in tables.items():
            if isinstance(table, Path) and is_in_form(pq.read_schema(table)):
                given[f"file_of_{name}"] = str(table)
                source = f"read_parquet($file_of_{name}, file_row_number = true)"
            else:
                whole = in_form(pq.read_table(table)) if isinstance(table, Path) else table
                # Numbered like the rows of a file; what an older version wrote is converted as a whole.
                numbered = whole.append_column("file_row_number", pa.array(range(whole.num_rows), pa.int64()))
                cursor.register(f"rows_of_{name}", numbered)
                source = f"rows_of_{name}"
            parts.append(f"{name} AS NOT MATERIALIZED (SELECT * FROM {source})")
        rows: list[dict[str, Any]] = cursor.execute(_with(parts, sql), given).to_arrow_table().to_pylist()
        return rows


def _with(parts: Sequence[str], sql: str) -> str:
    head, own = f"WITH {', '.join(parts)}", sql.removeprefix("WITH ")
    return f"{head} {sql}" if own == sql else f"{head}, {own}"


def _cursor() -> duckdb.DuckDBPyConnection:
    """A connection of its own on the engine of this process: an engine for each statement would take longer than the statement."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = duckdb.connect()
            # Times as UTC, whatever the machine's clock says.
            _engine.execute("SET TimeZone = 'UTC'")
        return _engine.cursor()
