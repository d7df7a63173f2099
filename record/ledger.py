"""The ledger: one row per batch, whose last row names the version of every table that readers open."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from sandan.record.catalog import TIME

LEDGER = "ledger"
_SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("batch_id", pa.string()),
        ("committed_at", TIME),
        ("versions", pa.string()),
        ("known_to", TIME),
        ("account", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger.

    Attributes:
        seq: Number of the row, from 1.
        batch_id: The batch that was committed with it; ids sort by time.
        committed_at: When.
        versions: Version of every table after it.
        known_to: The largest `known_at` in the lake after it; None while it is empty.
        account: What `sandan ingest` printed.
    """

    seq: int
    batch_id: str
    committed_at: dt.datetime
    versions: dict[str, int]
    known_to: dt.datetime | None
    account: dict[str, Any]


def read_ledger(lake: Path) -> list[Entry]:
    """All rows of a lake's ledger in their order; none for a lake that has no ledger yet."""
    path = lake / LEDGER
    if not DeltaTable.is_deltatable(str(path)):
        return []
    rows = DeltaTable(str(path)).to_pyarrow_table().sort_by("seq").to_pylist()
    return [
        Entry(r["seq"], r["batch_id"], r["committed_at"], json.loads(r["versions"]), r["known_to"], json.loads(r["account"])) for r in rows
    ]


def append_entry(lake: Path, entry: Entry) -> None:
    """Write one row; with it, and not before, its versions are what readers see."""
    row = {
        "seq": entry.seq,
        "batch_id": entry.batch_id,
        "committed_at": entry.committed_at,
        "versions": json.dumps(entry.versions, sort_keys=True),
        "known_to": entry.known_to,
        "account": json.dumps(entry.account, sort_keys=True),
    }
    write_deltalake(str(lake / LEDGER), pa.Table.from_pylist([row], schema=_SCHEMA), mode="append")
