"""The lake: one append-only Delta table per list; what the ledger's last row names is what exists.

Delta commits one table at a time. A batch therefore writes all its tables and then one row of the ledger: a process that dies in
between leaves tables that ran ahead, which no reader opens and which the next writer takes back.
"""

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.transaction import AddAction, create_table_with_add_actions

from sandan.record.catalog import CATALOG
from sandan.record.errors import OutputError
from sandan.record.home import make_private
from sandan.record.ledger import LEDGER, Entry, append_entry, read_ledger

# Tables of the lake that are not lists: what was refused, and what became of each file.
REJECTS = pa.schema(
    [
        ("batch_id", pa.string()),
        ("file", pa.string()),
        ("position", pa.int64()),
        ("list", pa.string()),
        ("reason_code", pa.string()),
        ("reason", pa.string()),
    ]
)
FILES = pa.schema(
    [
        ("batch_id", pa.string()),
        ("file", pa.string()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("n_records", pa.int64()),
        ("message_guid", pa.string()),
        ("cop_code", pa.string()),
        ("dxp_id", pa.string()),
    ]
)
# How good what was received is: the figure of an index is total / n, so that batches can be added up.
QUALITY = pa.schema(
    [
        ("batch_id", pa.string()),
        ("source", pa.string()),
        ("list", pa.string()),
        ("index", pa.string()),
        ("total", pa.float64()),
        ("n", pa.int64()),
    ]
)
SCHEMAS: dict[str, pa.Schema] = {
    **{name: spec.schema for name, spec in CATALOG.items()},
    "rejects": REJECTS,
    "files": FILES,
    "quality": QUALITY,
}
# The library would forget versions after a month; a kept run may name an older one.
_CONFIGURATION = {"delta.enableExpiredLogCleanup": "false"}


@dataclass(frozen=True, slots=True)
class NewPart:
    """A Parquet file in the schema of a table that is to become part of it; it is moved, not copied."""

    path: Path
    n_rows: int


class Lake:
    """One lake as the ledger's last row describes it when the object is made, or as an older row does.

    Args:
        folder: The lake's folder.
        seq: Number of the ledger's row; None: the last. Vacuum keeps the files of the last row, of rows that a kept run read, and of
            rows that were the last one not long ago.
    """

    def __init__(self, folder: Path, seq: int | None = None) -> None:
        self.folder = folder
        self.entries = [entry for entry in read_ledger(folder) if seq is None or entry.seq <= seq]

    @property
    def head(self) -> Entry | None:
        """The last row of the ledger; None for an empty lake."""
        return self.entries[-1] if self.entries else None

    @property
    def batches(self) -> list[Entry]:
        """The rows of the ledger that stand for a batch."""
        return [entry for entry in self.entries if entry.kind == "batch"]

    def files(self, name: str) -> list[str]:
        """Parquet files of one table, sorted; none if it holds nothing yet."""
        version = self.head.versions.get(name) if self.head else None
        if version is None:
            return []
        return sorted(DeltaTable(str(self.folder / name), version=version).file_uris())

    def recover(self) -> None:
        """Take back what a writer left unfinished; call it under the home's lock before writing.

        Raises:
            OutputError: The lake cannot be written.
        """
        make_private(self.folder)
        versions = self.head.versions if self.head else {}
        with writing(self.folder):
            for name in SCHEMAS:
                path = self.folder / name
                if not path.exists():
                    continue
                if name not in versions:
                    shutil.rmtree(path)
                elif (path / "_delta_log" / f"{versions[name] + 1:020}.json").exists():
                    table = DeltaTable(str(path))
                    table.restore(versions[name])
                    # The restored state is a new version; it equals the one the ledger names, so naming it changes nothing.
                    versions[name] = table.version()

    def commit(
        self,
        batch_id: str,
        tables: Mapping[str, Sequence[NewPart]],
        account: dict[str, Any],
        known_to: dt.datetime | None,
        *,
        now: dt.datetime,
    ) -> Entry:
        """Append one batch whole; afterwards this object shows the new head.

        Args:
            batch_id: Its id; must sort behind those before.
            tables: New parts by table, on the file system of the lake.
            account: What is told of the batch.
            known_to: Largest `known_at` among the new rows.
            now: Time of the commit.

        Raises:
            OutputError: The lake cannot be written; nothing of the batch is visible.
        """
        versions = dict(self.head.versions) if self.head else {}
        with writing(self.folder):
            for name, parts in tables.items():
                if parts:
                    versions[name] = self._append(name, batch_id, parts)
            times = [t for t in (known_to, self.head.known_to if self.head else None) if t is not None]
            entry = Entry((self.head.seq if self.head else 0) + 1, batch_id, now, versions, max(times, default=None), account)
            self.enter(entry)
        return entry

    def enter(self, entry: Entry) -> None:
        """Write a row of the ledger; afterwards this object shows it as the head."""
        append_entry(self.folder, entry)
        self.entries.append(entry)

    def _append(self, name: str, batch_id: str, parts: Sequence[NewPart]) -> int:
        """Move parts into the folder of a table and add them to it; return the table's new version."""
        folder, schema = self.folder / name, SCHEMAS[name]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        actions = []
        for number, part in enumerate(parts):
            target = folder / f"{batch_id}-{number}.parquet"
            with part.path.open("rb") as file:
                os.fsync(file.fileno())
            part.path.rename(target)
            kept = target.stat()
            stats = json.dumps({"numRecords": part.n_rows})
            actions.append(AddAction(target.name, kept.st_size, {}, int(kept.st_mtime * 1000), True, stats))
        if not DeltaTable.is_deltatable(str(folder)):
            create_table_with_add_actions(str(folder), DeltaSchema.from_arrow(schema), actions, configuration=_CONFIGURATION)
            return 0
        table = DeltaTable(str(folder))
        if not _CONFIGURATION.items() <= table.metadata().configuration.items():
            table.alter.set_table_properties(_CONFIGURATION)
        have = {column.name for column in table.schema().fields}
        if added := [column for column in DeltaSchema.from_arrow(schema).fields if column.name not in have]:
            table.alter.add_columns(added)
        table.create_write_transaction(actions, mode="append", schema=table.schema())
        table.update_incremental()
        return int(table.version())


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Translate what the operating system or the Delta library says of a failed write.

    Raises:
        OutputError: The write failed.
    """
    try:
        yield
    except OSError as exc:
        raise OutputError(f"{folder}: cannot write ({exc}); free space or mend permissions, then run the command again") from exc
    except Exception as exc:
        # The library raises its own classes without a common base of ours; what they say of the cause is kept.
        if type(exc).__module__.startswith(("deltalake", "_internal")) or "Os error" in str(exc):
            raise OutputError(f"{folder}: cannot write ({exc}); free space or mend permissions, then run the command again") from exc
        raise


def lake_tables() -> tuple[str, ...]:
    """Names of all tables of a lake, the ledger included."""
    return (*SCHEMAS, LEDGER)
