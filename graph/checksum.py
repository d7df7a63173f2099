"""One number for the rows of a table, whatever their order and wherever they are kept: files, the embedded graph or a server.

A row's hash is made from its values in the types of the schema, so a null is not an empty string, a day is not a moment, and 0.0 equals
-0.0 as it does in every store. The hashes are added up: the order of rows does not matter, and a row that is there twice counts twice.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.graph.parts import Part, parts

_MODULUS = 2**64
_DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many rows there are, and what their ids and their whole rows add up to."""

    n_rows: int = 0
    keys: int = 0
    rows: int = 0

    def __add__(self, other: "Checksum") -> "Checksum":
        return Checksum(self.n_rows + other.n_rows, (self.keys + other.keys) % _MODULUS, (self.rows + other.rows) % _MODULUS)


def table_checksums(tables: Path) -> dict[Part, Checksum]:
    """Of every table of a version; reads each file once, in pieces."""
    with duckdb.connect() as con:
        sums = {}
        for part in parts():
            sums[part] = Checksum()
            if pq.read_metadata(part.file(tables)).num_rows:
                con.read_parquet(part.glob(tables)).create_view("piece", replace=True)
                sums[part] = _sum(con, part, "piece")
        return sums


def batches_checksum(part: Part, batches: Iterable[pa.RecordBatch]) -> Checksum:
    """Of rows that come piece by piece, with the columns of the part's schema."""
    total = Checksum()
    for batch in batches:
        with duckdb.connect() as con:
            con.register("piece", pa.Table.from_batches([batch]))
            total += _sum(con, part, "piece")
    return total


def digest(sums: Mapping[Part, Checksum]) -> str:
    """All of them in one short word."""
    text = "\n".join(f"{part}:{sums[part].n_rows}:{sums[part].rows}" for part in sorted(sums, key=str))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def schema_digest() -> str:
    """One short word for the schema: another where a label, relationship, property or type is another."""
    text = "\n".join(f"{part}: {', '.join(f'{field.name} {field.type}' for field in part.schema)}" for part in parts())
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _sum(con: duckdb.DuckDBPyConnection, part: Part, source: str) -> Checksum:
    # The outer hash makes the last column as well mixed as the first: hash(a, b) alone ends with an exclusive or.
    keys = ", ".join(f'"{name}"' for name in part.keys)
    columns = ", ".join(f'"{name}"' for name in part.schema.names)
    found = con.execute(f"SELECT count(*), sum(hash(hash({keys}))), sum(hash(hash({columns}))) FROM {source}").fetchone()
    n_rows, of_keys, of_rows = found or (0, None, None)
    return Checksum(int(n_rows), int(of_keys or 0) % _MODULUS, int(of_rows or 0) % _MODULUS)
