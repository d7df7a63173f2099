"""What takes the records of one file: they join the others' only when the file was read to its end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sandan.ingest.ceb.messages import MESSAGES, Message
from sandan.ingest.columns.convert import Converter, Intake
from sandan.ingest.columns.rows import REFUSED, Converted, RawRows, digest, staged_schema
from sandan.ingest.reject import BadFile
from sandan.ingest.staging.waiting import Waiting
from sandan.record.catalog.columns import ListSpec
from sandan.record.catalog.tables import CATALOG

# Records that wait as texts, and the bytes that may wait with them.
WAITING_RECORDS = 8_000
WAITING_BYTES = 32 << 20
# What a record that is kept as it is takes beside its text.
_OTHER_BYTES = 1 << 10
# Rows of one file that wait in memory; more go to the disk.
_HELD_BYTES = 32 << 20
# A record of a message that is not parsed: its file, its position there, its source, and what `keep.kept` made of it.
Other = tuple[int, int, str, Sequence[Any]]


@dataclass(slots=True)
class FileFacts:
    """What is known of a file once it was read."""

    file_no: int
    file: str
    kind: str = ""
    message_guid: str | None = None
    cop_code: str | None = None
    dxp_id: str | None = None
    signature: str = "none"
    status: str = "read"
    n_records: int = 0


@dataclass(slots=True)
class Held:
    """Converted rows of one file that is not read to its end yet; in memory, then on the disk."""

    path: Path
    tables: list[tuple[str, pa.Table]] = field(default_factory=list)
    spilled: dict[str, pa.RecordBatchStreamWriter] = field(default_factory=dict)
    n_bytes: int = 0

    @property
    def is_used(self) -> bool:
        """Whether rows are kept."""
        return bool(self.tables or self.spilled)

    def add(self, name: str, table: pa.Table) -> None:
        """Keep rows of one table."""
        self.tables.append((name, table))
        self.n_bytes += table.nbytes
        if self.n_bytes > _HELD_BYTES:
            for held_name, held in self.tables:
                if held_name not in self.spilled:
                    self.spilled[held_name] = pa.ipc.new_stream(str(self._path(held_name)), held.schema)
                self.spilled[held_name].write_table(held)
            self.tables, self.n_bytes = [], 0

    def drain(self) -> Iterator[tuple[str, pa.Table]]:
        """All rows by table, a piece at a time."""
        for name, writer in self.spilled.items():
            writer.close()
            # Not by its path: Arrow would map the file, and what was read of it stays in memory.
            with pa.OSFile(str(self._path(name))) as file, pa.ipc.open_stream(file) as reader:
                for batch in reader:
                    yield name, pa.Table.from_batches([batch])
        yield from self.tables
        self.drop()

    def drop(self) -> None:
        """Forget everything."""
        for name, writer in self.spilled.items():
            writer.close()
            self._path(name).unlink(missing_ok=True)
        self.spilled, self.tables = {}, []

    def _path(self, name: str) -> Path:
        return self.path.with_name(f"{self.path.name}-{name}.arrows")


@dataclass(slots=True)
class FileSink:
    """Takes the records of one file."""

    converter: Converter
    facts: FileFacts
    held: Held
    read: dict[str, int] = field(default_factory=dict)
    _waiting: Waiting | None = None
    _others: list[Other] = field(default_factory=list)
    _other_bytes: int = 0
    _waiting_bytes: int = 0

    @property
    def intake(self) -> Intake:
        """The run."""
        return self.converter.intake

    def waiting(self, message: Message) -> Waiting:
        """Where the records of a message wait that are not converted yet; ask again after `counted`."""
        if self._waiting is None:
            self._waiting = Waiting(message)
        return self._waiting

    def weigh(self, n_bytes: int) -> None:
        """So many bytes of the file were read: records of unusual length are converted earlier."""
        self._waiting_bytes += n_bytes

    def counted(self) -> None:
        """One more record of the message is whole; a large file's are converted on the way."""
        waiting = self._waiting
        assert waiting is not None
        waiting.position.append(self._count(waiting.message.list_name))
        if len(waiting) >= WAITING_RECORDS or self._waiting_bytes >= WAITING_BYTES:
            self.convert_waiting()

    def convert_waiting(self) -> None:
        """Convert the records that wait."""
        waiting = self._waiting
        if waiting is not None and len(waiting):
            whole = Waiting(waiting.message)
            whole.absorb(self.facts.file_no, waiting)
            self._hold(self.converter.convert(CATALOG[waiting.message.list_name], whole.raw(), whole.message.kind))
        self._waiting, self._waiting_bytes = None, 0

    def table(self, spec: ListSpec, columns: Mapping[str, pa.Array], positions: Sequence[int] | np.ndarray[Any, Any]) -> None:
        """Take rows of a table: texts by column, and the position of each row in its file."""
        n = len(positions)
        self._count(spec.name, n)
        raw = RawRows(columns, np.full(n, self.facts.file_no, np.int64), np.asarray(positions, np.int64))
        self._hold(self.converter.convert(spec, raw, "table"))

    def refuse(self, list_name: str, code: str, faults: Sequence[tuple[int, str]]) -> None:
        """Count records as read and rejected: the position of each and what is wrong with it."""
        n = len(faults)
        self._count(list_name, n)
        positions, texts = zip(*faults, strict=True)
        rows = [[self.facts.file_no] * n, positions, [list_name] * n, [code] * n, texts]
        self.held.add("rejects", pa.Table.from_arrays([pa.array(v, f.type) for v, f in zip(rows, REFUSED, strict=True)], schema=REFUSED))

    def refuse_all(self, code: str, text: str) -> None:
        """Reject every record that the file gave."""
        read = self.read
        self.forget()
        for name, n in read.items():
            self.refuse(name, code, [(position, text) for position in range(1, n + 1)])

    def keep_as_is(self, row: Sequence[Any], *, source: str) -> None:
        """Keep one record of a message that is not parsed: `row` is kind, content, app_type, app_time and what it says."""
        self._others.append((self.facts.file_no, self._count("other"), source, row))
        self._other_bytes += len(row[1]) + _OTHER_BYTES
        if self._other_bytes > WAITING_BYTES:
            self.held.add("other", other_rows(self._others, self.converter.intake))
            self._others, self._other_bytes = [], 0

    def forget(self) -> None:
        """Drop every row that the file gave: it broke off."""
        self._waiting, self._others = None, []
        self.held.drop()
        self.read, self.facts.n_records = {}, 0

    def refuse_file(self, bad: BadFile) -> None:
        """Drop what a file gave before it broke; it counts as one record, read and rejected."""
        self.forget()
        self.facts.status = "rejected"
        self.refuse(bad.list_name, bad.code, [(0, bad.text)])

    def _hold(self, converted: Converted) -> None:
        for name, table in converted.tables.items():
            self.held.add(name, table)
        if converted.refused.num_rows:
            self.held.add("rejects", converted.refused)

    def _count(self, list_name: str, n: int = 1) -> int:
        self.read[list_name] = count = self.read.get(list_name, 0) + n
        self.facts.n_records += n
        return count


def other_rows(others: Sequence[Other], intake: Intake) -> pa.Table:
    """Staged rows of messages that are kept as they are."""
    made = []
    for file_no, position, source, (kind, text, app_type, app_time, said) in others:
        known, defect = app_time or intake.received_at, None
        if intake.by_receipt:
            known = intake.received_at
        elif known > intake.received_at:
            known, defect = intake.received_at, "app_time_in_future"
        record = digest("other", kind, said)
        made.append([kind, text, app_type, app_time, record, record, known, defect, source, file_no, position, None])
    schema = staged_schema(CATALOG["other"])
    return pa.Table.from_arrays([pa.array(v, f.type) for v, f in zip(zip(*made, strict=True), schema, strict=True)], schema=schema)


def list_of(kind: str) -> str:
    """The list of what was recognised as a kind of message or as a table; `unknown` for neither."""
    message = MESSAGES.get(kind)
    return message.list_name if message else kind if kind in CATALOG else "unknown"
