"""The lake: one append-only Delta table per list; what the ledger's last row names is what exists.

Delta commits one table at a time. A batch therefore writes all its tables and then one row of the ledger: a process that dies in
between leaves tables that ran ahead, which no reader opens and which the next writer takes back.
"""

import datetime as dt
import itertools
import json
import logging
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.transaction import AddAction, create_table_with_add_actions

from sandan.record.errors import DamagedFile, OutputError, SandanError
from sandan.record.files.checksums import Kept, check_file, check_size, checksums_below
from sandan.record.files.durable import write_durably
from sandan.record.home import make_private
from sandan.record.lake.ledger import (
    FIRST,
    Entry,
    append_entry,
    begun_file,
    head_file,
    names_digest,
    read_ledger,
    reading,
    sync_table,
    write_head,
)
from sandan.record.lake.tables import SCHEMAS

log = logging.getLogger(__name__)
RESTORE = "restore it from the backup; without one, ingest the original files into a new home"

_STAMP = re.compile(r"\d{8}T\d{12}")
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
        self._sums: tuple[int, dict[str, Kept]] | None = None

    @property
    def head(self) -> Entry | None:
        """The last row of the ledger; None for an empty lake."""
        return self.entries[-1] if self.entries else None

    @property
    def batches(self) -> list[Entry]:
        """The rows of the ledger that stand for a batch."""
        return [entry for entry in self.entries if entry.kind == "batch"]

    def counts(self) -> dict[str, Counter[str]]:
        """Records of each list over all batches, by the states of the account; `read` is their sum."""
        found: dict[str, Counter[str]] = {}
        for entry in self.batches:
            for name, of_list in entry.account.get("lists", {}).items():
                found.setdefault(name, Counter()).update({state: int(n) for state, n in of_list.items()})
        return found

    @property
    def checksums(self) -> dict[str, Kept]:
        """Size and SHA-256 by path in the lake (`orders/x.parquet`), of every file that came since checksums are kept."""
        return {path: kept for entry in self.entries for path, kept in entry.checksums.items()}

    @property
    def key_check(self) -> str:
        """What the key of this lake makes of a fixed word; empty where no row of the ledger says it."""
        return next((entry.key_check for entry in self.entries if entry.key_check), "")

    def files(self, name: str) -> list[str]:
        """Parquet files of one table, sorted; none if it holds nothing yet. Each is there and as long as it was; none is read.

        Raises:
            DamagedFile: The table or one of its files is missing, or is not what was written as far as names and sizes say.
        """
        version = self.head.versions.get(name) if self.head else None
        if version is None:
            return []
        found = sorted(self.named(name, version))
        listed = next((entry.contents[name] for entry in reversed(self.entries) if name in entry.contents), None)
        if listed is not None and listed != names_digest([Path(file).name for file in found]):
            raise DamagedFile(f"{self.folder / name / '_delta_log'}: names other files than were written; {RESTORE}")
        for file in found:
            if (kept := self.kept(name, file)) is not None:
                check_size(Path(file), kept, RESTORE)
            elif not Path(file).exists():
                raise DamagedFile(f"{file}: missing; {RESTORE}")
        return found

    def checked_files(self, name: str) -> list[str]:
        """The same, each file read once in this process and compared with its checksum, where one was kept.

        Raises:
            DamagedFile: One is not what was written.
        """
        found = self.files(name)
        for file in found:
            if (kept := self.kept(name, file)) is not None:
                check_file(Path(file), kept, RESTORE)
        return found

    def next_batch_id(self, now: dt.datetime) -> str:
        """An id that sorts behind those of all batches before, whatever the clock says: a later batch replaces what an earlier one said."""
        stamp = f"{now:%Y%m%dT%H%M%S%f}"
        last = max((found[0] for entry in self.batches if (found := _STAMP.match(entry.batch_id))), default="")
        if stamp <= last:
            stamp = f"{dt.datetime.strptime(last, '%Y%m%dT%H%M%S%f') + dt.timedelta(microseconds=1):%Y%m%dT%H%M%S%f}"
        return f"{stamp}-{secrets.token_hex(2)}"

    def recover(self) -> None:
        """Take back what a writer left unfinished; call it under the home's lock before writing. What holds rows is moved aside.

        Raises:
            OutputError: The lake cannot be written.
            DamagedFile: A table cannot be read.
        """
        make_private(self.folder)
        versions = self.head.versions if self.head else {}
        with writing(self.folder):
            for name in SCHEMAS:
                path = self.folder / name
                if not path.exists():
                    continue
                if name not in versions:
                    set_aside(path)
                elif (path / "_delta_log" / f"{versions[name] + 1:020}.json").exists():
                    with reading(path, RESTORE):
                        table = DeltaTable(str(path))
                        table.restore(versions[name])
                    # The restored state is a new version; it equals the one the ledger names, so naming it changes nothing.
                    versions[name] = table.version()
            if self.head is not None and self.head.digest:
                if begun_file(self.folder).exists() or not _is_head(self.folder, self.head):
                    write_head(self.folder, self.head)
                begun_file(self.folder).unlink(missing_ok=True)

    def commit(
        self,
        batch_id: str,
        tables: Mapping[str, Sequence[NewPart]],
        account: dict[str, Any],
        known_to: dt.datetime | None,
        *,
        now: dt.datetime,
        key_check: str = "",
    ) -> Entry:
        """Append one batch whole; afterwards this object shows the new head.

        Args:
            batch_id: Its id; must sort behind those before.
            tables: New parts by table, on the file system of the lake.
            account: The account of the batch.
            known_to: Largest `known_at` among the new rows.
            now: Time of the commit.
            key_check: `Keyring.check` of the key with which its ids were made.

        Raises:
            OutputError: The lake cannot be written; nothing of the batch is visible.
        """
        versions = dict(self.head.versions) if self.head else {}
        with writing(self.folder):
            self._begin()
            for name, parts in tables.items():
                if parts:
                    versions[name] = self._append(name, batch_id, parts)
            times = [t for t in (known_to, self.head.known_to if self.head else None) if t is not None]
            seq = (self.head.seq if self.head else 0) + 1
            return self.enter(Entry(seq, batch_id, now, versions, max(times, default=None), account, key_check=key_check))

    def enter(self, entry: Entry) -> Entry:
        """Write a row of the ledger with the checksums of what is new; afterwards this object shows it as the head."""
        self._begin()
        former = self.head.versions if self.head else {}
        listed = {name for one in self.entries for name in one.contents}
        kept = self.checksums
        contents, checksums = dict(entry.contents), dict(entry.checksums)
        for name, version in entry.versions.items():
            if name in listed and former.get(name) == version:
                continue
            files = self.named(name, version)
            contents[name] = names_digest([Path(file).name for file in files])
            fresh = [Path(file) for file in files if f"{name}/{Path(file).name}" not in kept]
            checksums |= checksums_below(self.folder, fresh)
        key_check = "" if self.key_check else entry.key_check
        entry = replace(entry, contents=contents, checksums=checksums, key_check=key_check)
        entry = append_entry(self.folder, entry, self.head)
        self.entries.append(entry)
        begun_file(self.folder).unlink(missing_ok=True)
        return entry

    def _begin(self) -> None:
        """Say that what is here without a row of the ledger is unfinished, until the first row of it stands there."""
        if not head_file(self.folder).exists() and not begun_file(self.folder).exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(begun_file(self.folder), "next" if self.head else FIRST)

    def named(self, name: str, version: int) -> list[str]:
        """Files of a version of a table, as its log names them.

        Raises:
            DamagedFile: The log cannot be read.
        """
        with reading(self.folder / name, RESTORE):
            return [str(self.folder / name / Path(uri).name) for uri in DeltaTable(str(self.folder / name), version=version).file_uris()]

    def kept(self, name: str, file: str) -> Kept | None:
        """Size and SHA-256 of a file of a table; None where none was kept."""
        if self._sums is None or self._sums[0] != len(self.entries):
            self._sums = len(self.entries), self.checksums
        return self._sums[1].get(f"{name}/{Path(file).name}")

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
            sync_table(folder)
            return 0
        table = DeltaTable(str(folder))
        if not _CONFIGURATION.items() <= table.metadata().configuration.items():
            table.alter.set_table_properties(_CONFIGURATION)
        have = {column.name for column in table.schema().fields}
        if added := [column for column in DeltaSchema.from_arrow(schema).fields if column.name not in have]:
            table.alter.add_columns(added)
        table.create_write_transaction(actions, mode="append", schema=table.schema())
        table.update_incremental()
        sync_table(folder)
        return int(table.version())


def set_aside(path: Path) -> Path | None:
    """Move a folder with rows into `aside/` beside it, and say so; remove it where it holds none.

    Raises:
        OSError: It cannot be moved.
    """
    if not any(path.glob("*.parquet")):
        shutil.rmtree(path)
        return None
    aside = make_private(path.parent / "aside")
    target = next(aside / f"{path.name}-{i}" for i in itertools.count(1) if not (aside / f"{path.name}-{i}").exists())
    path.rename(target)
    log.warning("note: %s is in no batch that ended; moved to %s, where it may be removed", path, target)
    return target


def _is_head(folder: Path, entry: Entry) -> bool:
    try:
        return bool(json.loads(head_file(folder).read_text(encoding="utf-8"))["row"] == entry.digest)
    except (OSError, ValueError, KeyError):
        return False


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Translate what the operating system or the Delta library says of a failed write.

    Raises:
        OutputError: The write failed.
    """
    try:
        yield
    except SandanError:
        raise
    except OSError as exc:
        raise OutputError(f"{folder}: cannot write ({exc}); free space or correct the permissions, then run the command again") from exc
    except Exception as exc:
        # The library raises its own classes without a common base of ours; what they say of the cause is kept.
        if type(exc).__module__.startswith(("deltalake", "_internal")) or "Os error" in str(exc):
            raise OutputError(f"{folder}: cannot write ({exc}); free space or correct the permissions, then run the command again") from exc
        raise
