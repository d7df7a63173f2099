"""Staging: rows of many files gathered into few Parquet files that no reader sees before the batch is committed.

A file is the unit: its rows join the others only when it has been read to its end. Rows of small files wait as texts and are converted
together; those of a large file are converted on the way and wait on the disk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.ingest.ceb.messages import MESSAGES, Message
from sandan.ingest.convert import REFUSED, Converted, Converter, Intake, RawRows, digest, staged_schema
from sandan.ingest.quality import Figures
from sandan.ingest.reject import BadFile, ours_to_report, unconvertible
from sandan.ingest.waiting import Waiting
from sandan.record.catalog import CATALOG, ListSpec
from sandan.record.lake import REJECTS

# Records that wait as texts, and the bytes that may wait with them.
_WAITING_RECORDS = 8_000
_WAITING_BYTES = 32 << 20
# What a record that is kept as it is takes beside its text.
_OTHER_BYTES = 1 << 10
# A part of the lake has about so many rows.
_PART_ROWS = 200_000
_PART_BYTES = 64 << 20
# Rows of one file that wait in memory; more go to the disk.
_HELD_BYTES = 32 << 20
# What is kept beside a part of lines and of rejects, to tell them by their records and files.
LINE_KEYS = ("file_no", "position")
REJECT_KEYS = ("file_no", "list", "reason_code")
# A record of a message that is not parsed: its file, its place there, its source, and what `keep.kept` made of it.
Other = tuple[int, int, str, Sequence[Any]]
_FILE_FACTS = ("signature", "message_guid", "cop_code", "dxp_id", "file")


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


@dataclass(frozen=True, slots=True)
class Part:
    """One staged Parquet file of a table, and the file of its keys."""

    path: str
    keys: str
    n_rows: int


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

    stage: "Stage"
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
        return self.stage.converter.intake

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
        if len(waiting) >= _WAITING_RECORDS or self._waiting_bytes >= _WAITING_BYTES:
            self.convert_waiting()

    def convert_waiting(self) -> None:
        """Convert the records that wait."""
        waiting = self._waiting
        if waiting is not None and len(waiting):
            whole = Waiting(waiting.message)
            whole.absorb(self.facts.file_no, waiting)
            self._hold(self.stage.converter.convert(CATALOG[waiting.message.list_name], whole.raw(), whole.message.kind))
        self._waiting, self._waiting_bytes = None, 0

    def table(self, spec: ListSpec, columns: Mapping[str, pa.Array], positions: Sequence[int] | np.ndarray[Any, Any]) -> None:
        """Take rows of a table: texts by column, and the place of each row in its file."""
        n = len(positions)
        self._count(spec.name, n)
        raw = RawRows(columns, np.full(n, self.facts.file_no, np.int64), np.asarray(positions, np.int64))
        self._hold(self.stage.converter.convert(spec, raw, "table"))

    def refuse(self, list_name: str, code: str, faults: Sequence[tuple[int, str]]) -> None:
        """Count records as read and rejected: the place of each and what is wrong with it."""
        n = len(faults)
        self._count(list_name, n)
        places, texts = zip(*faults, strict=True)
        rows = [[self.facts.file_no] * n, places, [list_name] * n, [code] * n, texts]
        self.held.add("rejects", pa.Table.from_arrays([pa.array(v, f.type) for v, f in zip(rows, REFUSED, strict=True)], schema=REFUSED))

    def refuse_all(self, code: str, text: str) -> None:
        """Reject every record that the file gave."""
        read = self.read
        self.forget()
        for name, n in read.items():
            self.refuse(name, code, [(place, text) for place in range(1, n + 1)])

    def keep_as_is(self, row: Sequence[Any], *, source: str) -> None:
        """Keep one record of a message that is not parsed: `row` is kind, content, app_type, app_time and what it says."""
        self._others.append((self.facts.file_no, self._count("other"), source, row))
        self._other_bytes += len(row[1]) + _OTHER_BYTES
        if self._other_bytes > _WAITING_BYTES:
            self.held.add("other", other_rows(self._others, self.stage.converter.intake))
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


@dataclass(slots=True)
class Stage:
    """Rows of one worker's files on their way into Parquet parts.

    Attributes:
        folder: Where the parts go.
        worker: Word that keeps the names of its parts apart from others'.
        converter: Makes the rows.
        parts: What was written, by table.
        lines: Lines of records that were taken, by the records' list.
        quality: How good what was staged is.
        refused: Files that broke only when their records were converted with others', and why; for the caller to count.
    """

    folder: Path
    worker: str
    converter: Converter
    parts: dict[str, list[Part]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    quality: Figures = field(default_factory=Figures)
    _facts: dict[int, FileFacts] = field(default_factory=dict)
    refused: list[tuple[FileSink, BadFile]] = field(default_factory=list)
    _waiting_sinks: dict[str, list[FileSink]] = field(default_factory=dict)
    _waiting_records: dict[str, int] = field(default_factory=dict)
    _waiting_bytes: dict[str, int] = field(default_factory=dict)
    _pending: dict[str, list[pa.Table]] = field(default_factory=dict)
    _pending_size: dict[str, tuple[int, int]] = field(default_factory=dict)

    def open(self, facts: FileFacts) -> FileSink:
        """A sink for the records of one file."""
        return FileSink(self, facts, Held(self.folder / f"held-{self.worker}-{facts.file_no}"))

    def take(self, sink: FileSink) -> None:
        """Add the rows of a file that was read to its end.

        Raises:
            Exception: They cannot be converted; nothing of them is added.
        """
        number = sink.facts.file_no
        others = other_rows(sink._others, self.converter.intake) if sink._others else None
        if sink.held.is_used:
            # A part of its records is converted already: the rest must not fail alone later.
            sink.convert_waiting()
        self._facts[number] = sink.facts
        for name, table in sink.held.drain():
            self._add(name, table)
        if others is not None:
            self._add("other", others)
        if sink._waiting is not None and len(sink._waiting):
            kind = sink._waiting.message.kind
            self._waiting_sinks.setdefault(kind, []).append(sink)
            self._waiting_records[kind] = n_records = self._waiting_records.get(kind, 0) + len(sink._waiting)
            self._waiting_bytes[kind] = n_bytes = self._waiting_bytes.get(kind, 0) + sink._waiting_bytes
            if n_records >= _WAITING_RECORDS or n_bytes >= _WAITING_BYTES:
                self._convert(kind)

    def close(self) -> None:
        """Convert and write what is left."""
        for kind in list(self._waiting_sinks):
            self._convert(kind)
        for name in list(self._pending):
            self._write(name)

    def _convert(self, kind: str) -> None:
        """Convert what waits of one kind of message; if that fails, file by file, so that it costs the one that breaks it only."""
        sinks = self._waiting_sinks.pop(kind)
        self._waiting_bytes.pop(kind, None)
        self._waiting_records.pop(kind, None)
        try:
            made = [self._converted(sinks)]
        except Exception as exc:
            ours_to_report(exc)
            made = []
            for sink in sinks:
                try:
                    made.append(self._converted([sink]))
                except Exception as broken:
                    self._refuse_late(sink, broken)
        for sink in sinks:
            sink._waiting = None
        for converted in made:
            for name, table in (*converted.tables.items(), ("rejects", converted.refused)):
                self._add(name, table)

    def _converted(self, sinks: Sequence[FileSink]) -> Converted:
        waits = [(sink.facts.file_no, sink._waiting) for sink in sinks if sink._waiting is not None]
        whole = Waiting(waits[0][1].message)
        for number, waiting in waits:
            whole.absorb(number, waiting)
        return self.converter.convert(CATALOG[whole.message.list_name], whole.raw(), whole.message.kind)

    def _refuse_late(self, sink: FileSink, exc: Exception) -> None:
        """Refuse a file that was taken already."""
        message = MESSAGES[sink.facts.kind]
        bad = unconvertible(exc, message.list_name)
        sink.refuse_file(bad)
        for name, table in sink.held.drain():
            self._add(name, table)
        self.refused.append((sink, bad))

    def _add(self, name: str, table: pa.Table) -> None:
        """Rows of whole files, completed by the facts of their files."""
        if not table.num_rows:
            return
        if name.endswith(".lines"):
            head = next(spec.name for spec in CATALOG.values() if spec.lines == name.removesuffix(".lines"))
            self.lines[head] = self.lines.get(head, 0) + table.num_rows
        pending = self._pending.setdefault(name, [])
        pending.append(self._with_facts(name, table))
        n_rows, n_bytes = self._pending_size.get(name, (0, 0))
        self._pending_size[name] = n_rows, n_bytes = n_rows + table.num_rows, n_bytes + pending[-1].nbytes
        if n_rows >= _PART_ROWS or n_bytes >= _PART_BYTES:
            self._write(name)

    def _with_facts(self, name: str, table: pa.Table) -> pa.Table:
        numbers, place = np.unique(table["file_no"].to_numpy(), return_inverse=True)
        at = pa.array(place)
        facts = {name: pa.array([getattr(self._facts[n], name) for n in numbers], pa.string()).take(at) for name in _FILE_FACTS}
        intake, n = self.converter.intake, table.num_rows
        facts["batch_id"] = pa.repeat(pa.scalar(intake.batch_id), n)
        if name == "rejects":
            return pa.table({**{f.name: table[f.name] for f in REFUSED}, "file": facts["file"], "batch_id": facts["batch_id"]})
        facts["received_at"] = pa.repeat(pa.scalar(intake.received_at, pa.timestamp("us", tz="UTC")), n)
        for fact, values in facts.items():
            table = table.append_column(fact, values)
        return table

    def _write(self, name: str) -> None:
        tables = self._pending.pop(name, [])
        self._pending_size.pop(name, None)
        if not tables:
            return
        rows = pa.concat_tables(tables)
        path = self.folder / f"{name}-{self.worker}-{len(self.parts.get(name, []))}.parquet"
        keys = path.with_suffix(".keys.parquet")
        if name == "rejects":
            own = rows.select(REJECTS.names)
            pq.write_table(rows.select(REJECT_KEYS), keys, compression="snappy")
        else:
            spec = CATALOG[name.removesuffix(".lines")]
            own = rows.select(spec.schema.names)
            self.quality.rows(name, own)
            kept = rows.select(LINE_KEYS) if name.endswith(".lines") else _keys(spec, rows)
            pq.write_table(kept, keys, compression="snappy")
        pq.write_table(own, path, compression="snappy", row_group_size=_PART_ROWS)
        self.parts.setdefault(name, []).append(Part(str(path), str(keys), rows.num_rows))


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


def _keys(spec: ListSpec, rows: pa.Table) -> pa.Table:
    """The keys of staged rows: what says which of two versions is newer stands with them."""
    version = rows[spec.known_by or "known_at"]
    if pa.types.is_date32(version.type):
        version = pc.cast(version, pa.timestamp("us"))
    app_type = rows["app_type"] if "app_type" in rows.column_names else pa.nulls(rows.num_rows, pa.string())
    return pa.table(
        {
            "record_id": rows["record_id"], "key_id": rows["key_id"], "version_at": pc.cast(version, pa.int64()), "app_type": app_type,
            "file_no": rows["file_no"], "position": rows["position"],
        }
    )  # fmt: skip
