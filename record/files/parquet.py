"""A Parquet table that is one file, or a folder of files as several writers leave it."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def files_of(path: Path) -> list[Path]:
    """Files of a table in the order of its rows.

    Raises:
        FileNotFoundError: There is none.
    """
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"{path}: holds no Parquet file")
    return files


def pattern_of(path: Path) -> str:
    """The files of a table as DuckDB reads them, in the order of its rows."""
    return str(path / "*.parquet") if path.is_dir() else str(path)


def n_rows(path: Path) -> int:
    """Rows of a table, from the ends of its files."""
    return sum(int(pq.read_metadata(file).num_rows) for file in files_of(path))


def schema_of(path: Path) -> pa.Schema:
    """Columns of a table."""
    return pq.read_schema(files_of(path)[0])


def batches_of(path: Path, rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of a table in their order, at most so many at a time."""
    for name in files_of(path):
        with pq.ParquetFile(name) as file:
            yield from file.iter_batches(rows)
