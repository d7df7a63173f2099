"""From staged rows to the lake: which are new, which are older versions, which were here before."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from sandan.ingest.account import Account
from sandan.ingest.stage import FileFacts
from sandan.record.catalog import CATALOG, ListSpec
from sandan.record.lake import Lake

_FILES = pa.schema(
    [("file_no", pa.int64()), ("file", pa.string()), ("message_guid", pa.string()), ("cop_code", pa.string()), ("dxp_id", pa.string()),
     ("signature", pa.string())]
)  # fmt: skip


def connect(files: Sequence[FileFacts]) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in UTC that knows the facts of the files as table `files`."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    rows = [{name: getattr(facts, name) for name in _FILES.names} for facts in files]
    con.register("files", pa.Table.from_pylist(rows, schema=_FILES))
    return con


def classify(con: duckdb.DuckDBPyConnection, spec: ListSpec, parts: Sequence[str], lake: Lake, account: Account) -> None:
    """Give each staged row of a list its place and leave the rows to append as table `new_<list>`.

    A row is a *duplicate* if the record is here already or stands earlier in the batch; of the rest it is *superseded* if a newer
    record of its key is known or in the batch, else *loaded*. Newer: contracts §1.5.
    """
    version = f"CAST({spec.known_by} AS TIMESTAMPTZ)" if spec.known_by else "known_at"
    app_type = "app_type" if any(column.name == "app_type" for column in spec.columns) else "''"
    old = lake.files(spec.name)
    con.execute(f"CREATE TEMP TABLE staged AS SELECT * FROM read_parquet({_paths(parts)})")
    columns = f"record_id, key_id, {version} AS version_at, {app_type} AS app_type, batch_id"
    if old:
        con.execute(
            f"CREATE TEMP TABLE known AS SELECT {columns} FROM read_parquet({_paths(old)}, union_by_name=true) "
            "WHERE key_id IN (SELECT key_id FROM staged)"
        )
    else:
        con.execute(f"CREATE TEMP TABLE known AS SELECT {columns.replace('batch_id', 'NULL::VARCHAR AS batch_id')} FROM staged WHERE false")
    if spec.replaces:
        # A later batch replaces: what counts is the newest batch that had the key; an older row that comes again is news.
        con.execute("DELETE FROM known WHERE (key_id, batch_id) NOT IN (SELECT key_id, max(batch_id) FROM known GROUP BY key_id)")
    con.execute(
        "CREATE TEMP TABLE fresh AS SELECT * FROM staged WHERE record_id NOT IN (SELECT record_id FROM known) "
        "QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY file_no, position) = 1"
    )
    newest = (
        "SELECT key_id, record_id FROM ("
        f"SELECT record_id, key_id, {version} AS version_at, {app_type} AS app_type FROM fresh "
        + ("" if spec.replaces else "UNION ALL SELECT record_id, key_id, version_at, app_type FROM known ")
        + ") QUALIFY row_number() OVER (PARTITION BY key_id ORDER BY "
        + ("" if spec.replaces else "version_at DESC NULLS LAST, app_type DESC NULLS LAST, ")
        + "record_id DESC) = 1"
    )
    [(n_staged, n_fresh, n_loaded)] = con.execute(
        "SELECT (SELECT count(*) FROM staged), (SELECT count(*) FROM fresh), "
        f"(SELECT count(*) FROM fresh SEMI JOIN ({newest}) USING (record_id))"
    ).fetchall()
    count = account.of(spec.name)
    count.loaded += n_loaded
    count.superseded += n_fresh - n_loaded
    count.duplicate += n_staged - n_fresh
    con.execute(f"CREATE TEMP TABLE new_{spec.name} AS SELECT * FROM fresh")
    for table in ("staged", "known", "fresh"):
        con.execute(f"DROP TABLE {table}")


def lines_of_new(con: duckdb.DuckDBPyConnection, head: ListSpec, parts: Sequence[str]) -> None:
    """Leave the lines of the heads in `new_<head>` as part of table `new_<lines>`."""
    con.execute(
        f"CREATE TEMP TABLE new_lines AS SELECT * FROM read_parquet({_paths(parts)}) l "
        f"SEMI JOIN new_{head.name} h ON l.file_no = h.file_no AND l.position = h.position AND l.parent_id = h.record_id"
    )
    exists = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"new_{head.lines}"]).fetchone() != (0,)
    con.execute(
        f"INSERT INTO new_{head.lines} SELECT * FROM new_lines"
        if exists
        else f"CREATE TEMP TABLE new_{head.lines} AS SELECT * FROM new_lines"
    )
    con.execute("DROP TABLE new_lines")


def rows_to_append(con: duckdb.DuckDBPyConnection, name: str, batch_id: str, received_at: Any) -> pa.Table | None:
    """The rows of `new_<name>` with the facts of their files, as the lake keeps them; None if there are none."""
    schema = CATALOG[name].schema
    own = ", ".join(f"n.{column.name}" for column in schema if column.name not in _COMPLETED)
    found = con.execute(
        f"SELECT {own}, $received AS received_at, f.signature, f.message_guid, f.cop_code, f.dxp_id, $batch AS batch_id, f.file "
        f"FROM new_{name} n JOIN files f USING (file_no) ORDER BY n.key_id, n.record_id",
        {"received": received_at, "batch": batch_id},
    ).to_arrow_table()
    return found.select(schema.names).cast(schema) if found.num_rows else None


_COMPLETED = frozenset({"received_at", "signature", "message_guid", "cop_code", "dxp_id", "batch_id", "file"})


def new_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Lists that have rows to append."""
    names = con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'new\\_%' ESCAPE '\\' ORDER BY 1").fetchall()
    return [name.removeprefix("new_") for (name,) in names]


def merged_parts(shares: Sequence[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    """Parts of all workers by table."""
    parts: dict[str, list[str]] = {}
    for share in shares:
        for name, paths in share.items():
            parts.setdefault(name, []).extend(paths)
    return parts


def _paths(paths: Sequence[str]) -> str:
    """A list of file names as a DuckDB literal; names come from us and the lake, quotes are doubled all the same."""
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
