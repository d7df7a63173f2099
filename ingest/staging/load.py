"""From staged rows to the lake: which are new, which are older versions, which were here before.

Only the keys of staged rows are looked at. A part whose rows are all new goes into the lake as it is; of another one the rest is
written anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.ingest.account import FileCount
from sandan.ingest.staging.stage import Part
from sandan.record.catalog.columns import ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.lake import Lake, NewPart

# What the engine may hold; more goes to the disk beside the staged parts.
_MEMORY = "256MB"
# A part that is written anew passes through memory in slices of about this size.
_SLICE_BYTES = 8 << 20


@dataclass(slots=True)
class Placed:
    """What classification says of one list.

    Attributes:
        by_file: Loaded, superseded and duplicate records by file.
        stale: Rows that do not go into the lake, by part.
        stale_records: Files and positions of their records.
    """

    by_file: dict[int, FileCount] = field(default_factory=dict)
    stale: dict[str, list[int]] = field(default_factory=dict)
    stale_records: pa.Table | None = None


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in UTC that spills into a folder."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"SET memory_limit = '{_MEMORY}'")
    con.execute(f"SET temp_directory = {_quoted(str(folder / 'spill'))}")
    con.execute("SET enable_progress_bar = false")
    return con


def classify(con: duckdb.DuckDBPyConnection, spec: ListSpec, parts: Sequence[Part], lake: Lake) -> Placed:
    """Give each staged row of a list its state.

    A row is a *duplicate* if the record is here already or stands earlier in the batch; of the rest it is *superseded* if a newer
    record of its key is known or in the batch, else *loaded*. Newer: docs/intake.md, versions of a record.
    """
    old = lake.files(spec.name)
    con.execute(
        "CREATE TEMP TABLE staged AS SELECT record_id, key_id, version_at, app_type, file_no, position, filename AS part, "
        f"file_row_number AS part_row FROM read_parquet({_paths([p.keys for p in parts])}, filename=true, file_row_number=true)"
    )
    if old:
        columns = {f.name for path in old[:1] for f in pq.read_schema(path)}
        version = f"epoch_us(CAST({spec.known_by or 'known_at'} AS TIMESTAMPTZ))"
        app_type = "app_type" if "app_type" in columns else "NULL"
        con.execute(
            f"CREATE TEMP TABLE known AS SELECT record_id, key_id, {version} AS version_at, {app_type} AS app_type, batch_id "
            f"FROM read_parquet({_paths(old)}, union_by_name=true) WHERE key_id IN (SELECT key_id FROM staged)"
        )
    else:
        con.execute("CREATE TEMP TABLE known AS SELECT record_id, key_id, version_at, app_type, '' AS batch_id FROM staged WHERE false")
    if spec.replaces:
        # A later batch replaces: what counts is the newest batch that had the key; an older row that comes again is news.
        con.execute("DELETE FROM known WHERE (key_id, batch_id) NOT IN (SELECT key_id, max(batch_id) FROM known GROUP BY key_id)")
    con.execute(
        "CREATE TEMP TABLE fresh AS SELECT part, part_row, record_id, key_id, version_at, app_type, file_no FROM staged "
        "WHERE record_id NOT IN (SELECT record_id FROM known) "
        "QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY file_no, position) = 1"
    )
    newest = (
        "SELECT key_id, record_id FROM (SELECT record_id, key_id, version_at, app_type FROM fresh "
        + ("" if spec.replaces else "UNION ALL SELECT record_id, key_id, version_at, app_type FROM known ")
        + ") QUALIFY row_number() OVER (PARTITION BY key_id ORDER BY "
        + ("" if spec.replaces else "version_at DESC NULLS LAST, app_type DESC NULLS LAST, ")
        + "record_id DESC) = 1"
    )
    con.execute(f"CREATE TEMP TABLE loaded AS SELECT file_no FROM fresh SEMI JOIN ({newest}) USING (record_id)")
    placed = Placed()
    for file_no, n_staged, n_fresh, n_loaded in con.execute(
        "SELECT file_no, n_staged, coalesce(n_fresh, 0), coalesce(n_loaded, 0) "
        "FROM (SELECT file_no, count(*) AS n_staged FROM staged GROUP BY 1) "
        "LEFT JOIN (SELECT file_no, count(*) AS n_fresh FROM fresh GROUP BY 1) USING (file_no) "
        "LEFT JOIN (SELECT file_no, count(*) AS n_loaded FROM loaded GROUP BY 1) USING (file_no)"
    ).fetchall():
        placed.by_file[file_no] = FileCount(n_loaded, n_fresh - n_loaded, n_staged - n_fresh)
    con.execute("CREATE TEMP TABLE stale AS SELECT * FROM staged ANTI JOIN fresh USING (part, part_row)")
    for keys, rows in con.execute("SELECT part, list(part_row) FROM stale GROUP BY 1").fetchall():
        placed.stale[keys] = rows
    if placed.stale and spec.lines:
        placed.stale_records = con.execute("SELECT file_no, position FROM stale").to_arrow_table()
    for table in ("staged", "known", "fresh", "loaded", "stale"):
        con.execute(f"DROP TABLE {table}")
    return placed


def stale_lines(con: duckdb.DuckDBPyConnection, records: pa.Table, parts: Sequence[Part]) -> dict[str, list[int]]:
    """Rows of lines, by part, whose records do not go into the lake."""
    con.register("records", records)
    found = con.execute(
        "SELECT filename, list(file_row_number) FROM "
        f"read_parquet({_paths([p.keys for p in parts])}, filename=true, file_row_number=true) "
        "SEMI JOIN records USING (file_no, position) GROUP BY 1"
    ).fetchall()
    con.unregister("records")
    return dict(found)


def new_parts(parts: Sequence[Part], stale: Mapping[str, Sequence[int]]) -> list[NewPart]:
    """The parts that go into the lake: as they are, or without their stale rows."""
    made = []
    for part in parts:
        rows = stale.get(part.keys)
        if not rows:
            made.append(NewPart(Path(part.path), part.n_rows))
        elif len(rows) < part.n_rows:
            made.append(_without(part, rows))
    return made


def _without(part: Part, rows: Sequence[int]) -> NewPart:
    """A part written anew without some of its rows; a slice at a time, as its texts may be long."""
    mask = np.ones(part.n_rows, dtype=bool)
    mask[list(rows)] = False
    path = Path(part.path).with_suffix(".new.parquet")
    with pq.ParquetFile(part.path) as file, pq.ParquetWriter(path, file.schema_arrow, compression="snappy") as writer:
        n_bytes = sum(file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups))
        n_done = 0
        for batch in file.iter_batches(batch_size=max(part.n_rows // (n_bytes // _SLICE_BYTES + 1), 1)):
            kept = batch.filter(pa.array(mask[n_done : n_done + batch.num_rows]))
            n_done += batch.num_rows
            if kept.num_rows:
                writer.write_batch(kept)
    return NewPart(path, int(mask.sum()))


def latest(con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[NewPart]]) -> object:
    """The largest `known_at` of the new rows; None if there are none."""
    paths = [str(part.path) for name, found in parts.items() if name in CATALOG for part in found]
    if not paths:
        return None
    [(found,)] = con.execute(f"SELECT max(known_at) FROM read_parquet({_paths(paths)}, union_by_name=true)").fetchall()
    return found


def _paths(paths: Sequence[str]) -> str:
    """A list of file names as a DuckDB literal; names come from us and the lake, quotes are doubled all the same."""
    return "[" + ", ".join(_quoted(path) for path in paths) + "]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
