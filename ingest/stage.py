"""Staging: rows of many files gathered into few Parquet files that no reader sees before the batch is committed.

A file is the unit: its rows join the others only when it has been read to its end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.ingest.convert import Intake, Raw, RowMaker, content, digest, identity_numbers, known_at, record_key
from sandan.ingest.reject import BadRecord, Reject
from sandan.record.catalog import CATALOG, ListSpec

FLUSH_ROWS = 50_000
# Columns of a staged row behind its list's own: what load.py completes with the facts of the file.
STAGED = pa.schema(
    [
        ("record_id", pa.string()),
        ("key_id", pa.string()),
        ("known_at", pa.timestamp("us", tz="UTC")),
        ("defects", pa.string()),
        ("received_as", pa.string()),
        ("file_no", pa.int64()),
        ("position", pa.int64()),
        ("parent_id", pa.string()),
    ]
)


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
class FileSink:
    """Takes the records of one file; its rows wait here until the file is whole."""

    facts: FileFacts
    intake: Intake
    makers: dict[str, RowMaker]
    rows: dict[str, list[list[Any]]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def maker(self, list_name: str) -> RowMaker:
        """The row maker of a list, made once per process."""
        if list_name not in self.makers:
            self.makers[list_name] = RowMaker(CATALOG[list_name], self.intake)
        return self.makers[list_name]

    def add(self, list_name: str, raw: Raw, raw_lines: Sequence[Raw] = (), *, source: str) -> None:
        """Convert one record with its lines and keep it, or count it as rejected.

        Args:
            list_name: Its list.
            raw: Text by column.
            raw_lines: The same for each line.
            source: Message kind or `table`.
        """
        self.read[list_name] = position = self.read.get(list_name, 0) + 1
        self.facts.n_records += 1
        try:
            head, lines = self._converted(list_name, raw, raw_lines)
        except BadRecord as bad:
            self.rejects.append(Reject(self.facts.file, position, list_name, bad.code, bad.text))
            return
        spec, columns = CATALOG[list_name], self.maker(list_name).columns
        line_columns = self.maker(spec.lines).columns if lines else ()
        row = dict(zip(columns, head, strict=True))
        try:
            key_id = digest(list_name, *record_key(list_name, row))
        except BadRecord as bad:
            self.rejects.append(Reject(self.facts.file, position, list_name, bad.code, bad.text))
            return
        record_id = digest(list_name, content(columns, head), *(content(line_columns, line) for line in lines))
        known, defect = known_at(spec, row, self.intake)
        facts = [record_id, key_id, known, defect, source, self.facts.file_no, position, None]
        self.rows.setdefault(list_name, []).append(head + facts)
        for number, line in enumerate(lines):
            line_facts = [digest(record_id, str(number)), digest(key_id, str(line[line_columns.index("gnum")])), known, None, source]
            self.rows.setdefault(f"{spec.lines}.lines", []).append([*line, *line_facts, self.facts.file_no, position, record_id])
        self.lines[list_name] = self.lines.get(list_name, 0) + len(lines)

    def _converted(self, list_name: str, raw: Raw, raw_lines: Sequence[Raw]) -> tuple[list[Any], list[list[Any]]]:
        spec = CATALOG[list_name]
        numbers = identity_numbers(spec, raw)
        head = self.maker(list_name).values(raw, numbers)
        lines = []
        for number, raw_line in enumerate(raw_lines, start=1):
            inherited = {column: raw.get(column) for column in CATALOG[spec.lines].key if column != "gnum"}
            try:
                line = self.maker(spec.lines).values({**inherited, **raw_line}, numbers)
            except BadRecord as bad:
                raise BadRecord("bad_line", f"line {number}: {bad.text}") from bad
            if raw_line.get("gnum") is None:
                raise BadRecord("bad_line", f"line {number}: gnum: empty")
            lines.append(line)
        return head, lines

    def keep_as_is(self, row: Sequence[Any], *, source: str) -> None:
        """Keep one record of a message that is not parsed: `row` is kind, content, app_type, app_time and the hash of what it says."""
        kind, text, app_type, app_time, said = row
        spec = CATALOG["other"]
        known, defect = known_at(spec, {"app_time": app_time}, self.intake)
        self.read["other"] = position = self.read.get("other", 0) + 1
        self.facts.n_records += 1
        identity = digest("other", kind, said)
        facts = [identity, identity, known, defect, source, self.facts.file_no, position, None]
        self.rows.setdefault("other", []).append([kind, text, app_type, app_time, *facts])


@dataclass(slots=True)
class Stage:
    """Writes the rows of whole files into Parquet parts of one worker."""

    folder: Path
    worker: str
    pending: dict[str, list[list[Any]]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def take(self, rows: Mapping[str, list[list[Any]]]) -> None:
        """Add the rows of one file that was read to its end."""
        for name, new in rows.items():
            kept = self.pending.setdefault(name, [])
            kept.extend(new)
            if len(kept) >= FLUSH_ROWS:
                self._flush(name)

    def close(self) -> dict[str, list[str]]:
        """Write what is left; return the parts by table."""
        for name in list(self.pending):
            self._flush(name)
        return self.parts

    def _flush(self, name: str) -> None:
        rows = self.pending.pop(name, [])
        if not rows:
            return
        schema = staged_schema(CATALOG[name.removesuffix(".lines")])
        columns: Iterable[Sequence[Any]] = zip(*rows, strict=True)
        arrays = [pa.array(values, type=kind.type) for values, kind in zip(columns, schema, strict=True)]
        path = self.folder / f"{name}-{self.worker}-{len(self.parts.get(name, []))}.parquet"
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="snappy")
        self.parts.setdefault(name, []).append(str(path))


def staged_schema(spec: ListSpec) -> pa.Schema:
    """Arrow schema of a staged part of a list."""
    own = [pa.field(name, kind) for column in spec.columns for name, kind in column.stored]
    return pa.schema([*own, *STAGED])
