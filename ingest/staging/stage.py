"""Staging: rows of many files gathered into few Parquet files that no reader sees before the batch is committed.

A file is the unit: its rows join the others only when it has been read to its end. Rows of small files wait as texts and are converted
together; those of a large file are converted on the way and wait on the disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.ingest.columns.convert import Converter
from sandan.ingest.columns.rows import REFUSED, Converted
from sandan.ingest.quality import Figures
from sandan.ingest.staging.sink import WAITING_BYTES, WAITING_RECORDS, FileFacts, FileSink, Held, other_rows
from sandan.ingest.staging.waiting import Waiting
from sandan.record.catalog.columns import ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.tables import REJECTS

# A part of the lake has about so many rows.
_PART_ROWS = 200_000
_PART_BYTES = 64 << 20
# What is kept beside a part of lines and of rejects, to find them by their records and files.
LINE_KEYS = ("file_no", "position")
REJECT_KEYS = ("file_no", "list", "reason_code")
_FILE_FACTS = ("signature", "message_guid", "cop_code", "dxp_id", "file")


@dataclass(frozen=True, slots=True)
class Part:
    """One staged Parquet file of a table, and the file of its keys."""

    path: str
    keys: str
    n_rows: int


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
    """

    folder: Path
    worker: str
    converter: Converter
    parts: dict[str, list[Part]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    quality: Figures = field(default_factory=Figures)
    _sinks: dict[int, FileSink] = field(default_factory=dict)
    _waiting_sinks: dict[str, list[FileSink]] = field(default_factory=dict)
    _waiting_records: dict[str, int] = field(default_factory=dict)
    _waiting_bytes: dict[str, int] = field(default_factory=dict)
    _pending: dict[str, list[pa.Table]] = field(default_factory=dict)
    _pending_size: dict[str, tuple[int, int]] = field(default_factory=dict)

    def open(self, facts: FileFacts) -> FileSink:
        """A sink for the records of one file."""
        return FileSink(self.converter, facts, Held(self.folder / f"held-{self.worker}-{facts.file_no}"))

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
        self._sinks[number] = sink
        for name, table in sink.held.drain():
            self._add(name, table)
        if others is not None:
            self._add("other", others)
        if sink._waiting is not None and len(sink._waiting):
            kind = sink._waiting.message.kind
            self._waiting_sinks.setdefault(kind, []).append(sink)
            self._waiting_records[kind] = n_records = self._waiting_records.get(kind, 0) + len(sink._waiting)
            self._waiting_bytes[kind] = n_bytes = self._waiting_bytes.get(kind, 0) + sink._waiting_bytes
            if n_records >= WAITING_RECORDS or n_bytes >= WAITING_BYTES:
                self._convert(kind)

    def close(self) -> None:
        """Convert and write what is left.

        Raises:
            Exception: Rows of some file cannot be converted or written.
        """
        for kind in list(self._waiting_sinks):
            self._convert(kind)
        for name in list(self._pending):
            self._write(name)

    def drop(self) -> None:
        """Remove everything that was written."""
        for part in [part for parts in self.parts.values() for part in parts]:
            Path(part.path).unlink(missing_ok=True)
            Path(part.keys).unlink(missing_ok=True)
        for sink in self._sinks.values():
            sink.held.drop()

    def _convert(self, kind: str) -> None:
        sinks = self._waiting_sinks.pop(kind)
        self._waiting_bytes.pop(kind, None)
        self._waiting_records.pop(kind, None)
        converted = self._converted(sinks)
        for sink in sinks:
            sink._waiting = None
        for name, table in (*converted.tables.items(), ("rejects", converted.refused)):
            self._add(name, table)

    def _converted(self, sinks: Sequence[FileSink]) -> Converted:
        waits = [(sink.facts.file_no, sink._waiting) for sink in sinks if sink._waiting is not None]
        whole = Waiting(waits[0][1].message)
        for number, waiting in waits:
            whole.absorb(number, waiting)
        return self.converter.convert(CATALOG[whole.message.list_name], whole.raw(), whole.message.kind)

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
        numbers, index = np.unique(table["file_no"].to_numpy(), return_inverse=True)
        at = pa.array(index)
        facts = {name: pa.array([getattr(self._sinks[n].facts, name) for n in numbers], pa.string()).take(at) for name in _FILE_FACTS}
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
            own, kept = rows.select(REJECTS.names), rows.select(REJECT_KEYS)
        else:
            spec = CATALOG[name.removesuffix(".lines")]
            own = rows.select(spec.schema.names)
            self.quality.rows(name, own)
            kept = rows.select(LINE_KEYS) if name.endswith(".lines") else _keys(spec, rows)
        pq.write_table(kept, keys, compression="snappy")
        pq.write_table(own, path, compression="snappy", row_group_size=_PART_ROWS)
        self.parts.setdefault(name, []).append(Part(str(path), str(keys), rows.num_rows))


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
