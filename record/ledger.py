"""The ledger: one row per batch or compaction, whose last row names the version of every table that readers open."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import TableNotFoundError

from sandan.record.catalog import TIME

LEDGER = "ledger"
# What a row stands for: rows that came in, or the same rows in fewer files.
Kind = Literal["batch", "compaction"]
# Only the ledger's newest state is ever read: the record of how it came about need not be kept long.
_CONFIGURATION = {"delta.logRetentionDuration": "interval 1 days"}
_SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("batch_id", pa.string()),
        ("committed_at", TIME),
        ("versions", pa.string()),
        ("known_to", TIME),
        ("account", pa.string()),
        ("kind", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger.

    Attributes:
        seq: Number of the row, from 1.
        batch_id: The batch that was committed with it; ids sort by time. Empty for a compaction.
        committed_at: When.
        versions: Version of every table after it.
        known_to: The largest `known_at` in the lake after it; None while it is empty.
        account: What `sandan ingest` printed.
        kind: What it stands for; `batch` in ledgers from before there were compactions.
    """

    seq: int
    batch_id: str
    committed_at: dt.datetime
    versions: dict[str, int]
    known_to: dt.datetime | None
    account: dict[str, Any]
    kind: Kind = "batch"


def read_ledger(lake: Path) -> list[Entry]:
    """All rows of a lake's ledger in their order; none for a lake that has no ledger yet."""
    if not (lake / LEDGER).is_dir():
        return []
    try:
        table = DeltaTable(str(lake / LEDGER))
    except TableNotFoundError:  # its first writer died before the first row
        return []
    rows = table.to_pyarrow_table().sort_by("seq").to_pylist()
    return [_entry(row) for row in rows]


def _entry(row: dict[str, Any]) -> Entry:
    versions, account = json.loads(row["versions"]), json.loads(row["account"])
    return Entry(row["seq"], row["batch_id"], row["committed_at"], versions, row["known_to"], account, row.get("kind") or "batch")


def append_entry(lake: Path, entry: Entry) -> None:
    """Write one row; with it, and not before, its versions are what readers see."""
    row = {
        "seq": entry.seq,
        "batch_id": entry.batch_id,
        "committed_at": entry.committed_at,
        "versions": json.dumps(entry.versions, sort_keys=True),
        "known_to": entry.known_to,
        "account": json.dumps(entry.account, sort_keys=True),
        "kind": entry.kind,
    }
    rows = pa.Table.from_pylist([row], schema=_SCHEMA)
    write_deltalake(str(lake / LEDGER), rows, mode="append", schema_mode="merge", configuration=_CONFIGURATION)
