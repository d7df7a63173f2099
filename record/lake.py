"""The lake: one append-only Delta table per list; what the ledger's last row names is what exists.

Delta commits one table at a time. A batch therefore writes all its tables and then one row of the ledger: a process that dies in
between leaves tables that ran ahead, which no reader opens and which the next writer takes back.
"""

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

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
SCHEMAS: dict[str, pa.Schema] = {**{name: spec.schema for name, spec in CATALOG.items()}, "rejects": REJECTS, "files": FILES}


class Lake:
    """One lake as the ledger's last row describes it when the object is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries = read_ledger(folder)

    @property
    def head(self) -> Entry | None:
        """The last row of the ledger; None for an empty lake."""
        return self.entries[-1] if self.entries else None

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
        with _writing(self.folder):
            for name in SCHEMAS:
                path = self.folder / name
                if not path.exists():
                    continue
                if name not in versions:
                    shutil.rmtree(path)
                elif (table := DeltaTable(str(path))).version() > versions[name]:
                    table.restore(versions[name])
                    # The restored state is a new version; it equals the one the ledger names, so naming it changes nothing.
                    versions[name] = table.version()

    def commit(
        self,
        batch_id: str,
        tables: Mapping[str, pa.RecordBatchReader | pa.Table],
        account: dict[str, Any],
        known_to: dt.datetime | None,
        *,
        now: dt.datetime,
    ) -> Entry:
        """Append one batch whole; afterwards this object shows the new head.

        Args:
            batch_id: Its id; must sort behind those before.
            tables: New rows by table.
            account: What is told of the batch.
            known_to: Largest `known_at` among the new rows.
            now: Time of the commit.

        Raises:
            OutputError: The lake cannot be written; nothing of the batch is visible.
        """
        versions = dict(self.head.versions) if self.head else {}
        with _writing(self.folder):
            for name, rows in tables.items():
                path = str(self.folder / name)
                write_deltalake(path, rows, mode="append", schema_mode="merge")
                versions[name] = DeltaTable(path).version()
            times = [t for t in (known_to, self.head.known_to if self.head else None) if t is not None]
            entry = Entry((self.head.seq if self.head else 0) + 1, batch_id, now, versions, max(times, default=None), account)
            append_entry(self.folder, entry)
        self.entries.append(entry)
        return entry


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Translate what the operating system or the Delta library says of a failed write."""
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
