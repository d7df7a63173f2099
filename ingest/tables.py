"""Reads one table (CSV, Parquet, JSON Lines) whose columns say which list it is."""

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.ingest.reject import BadFile
from sandan.ingest.stage import FileSink
from sandan.record.catalog import CATALOG, ListSpec

_FIELD_BYTES = 1 << 20
# No record is so long; a file without line ends must not be held whole.
_LINE_CHARS = 1 << 24
# Columns, rows, and what lets go of the file when they were read.
Opened = tuple[list[str], Iterator[Mapping[str, str | None]], Callable[[], object]]


def recognise(columns: Sequence[str]) -> ListSpec:
    """The list whose mandatory columns are all there; of several the one that knows most of the columns.

    Raises:
        BadFile: No list fits. `missing_columns` names what is missing from the nearest one.
    """
    have = {column.strip().lower() for column in columns}
    tables = [spec for spec in CATALOG.values() if spec.name != "other"]

    def fit(spec: ListSpec) -> tuple[int, int]:
        return sum(column.name in have for column in spec.columns), len(spec.mandatory)

    whole = [spec for spec in tables if have.issuperset(spec.mandatory)]
    if whole:
        return max(whole, key=fit)
    nearest = max(tables, key=lambda spec: (sum(name in have for name in spec.mandatory) / len(spec.mandatory), *fit(spec)))
    missing = [name for name in nearest.mandatory if name not in have]
    if len(missing) * 2 > len(nearest.mandatory):
        raise BadFile("unknown_format", "its columns are those of no table of the contract")
    raise BadFile("missing_columns", ", ".join(missing), nearest.name)


def read_table(stream: BinaryIO, form: str, sink: FileSink) -> list[str]:
    """Give every row of one table to the sink; return its columns that no list has.

    Args:
        stream: The file from its first byte on; seekable for Parquet.
        form: `csv`, `parquet` or `jsonl`.
        sink: Takes the rows.

    Raises:
        BadFile: The file is broken or is no table of the contract.
    """
    columns, rows, release = _READERS[form](stream)
    try:
        return _read_rows(columns, rows, sink)
    finally:
        release()


def _read_rows(columns: Sequence[str], rows: Iterator[Mapping[str, str | None]], sink: FileSink) -> list[str]:
    """Give the rows to the sink; return columns that no list has."""
    spec = recognise(columns)
    sink.facts.kind = spec.name
    known = {column.name for column in spec.columns}
    names = {column: column.strip().lower() for column in columns}
    try:
        for row in rows:
            # JSON Lines name a column where it has a value: a later row may bring one that the first lacks.
            for column in row.keys() - names.keys() - {""}:
                names[column] = column.strip().lower()
            raw = {names[column]: value for column, value in row.items() if column and names[column] in known}
            _fill(spec, raw)
            sink.add(spec.name, raw, source="table")
    except BadFile as bad:
        raise BadFile(bad.code, bad.text, spec.name) from bad
    except (csv.Error, UnicodeDecodeError, pa.ArrowException) as exc:
        raise BadFile(
            "bad_encoding" if isinstance(exc, UnicodeDecodeError) else "unreadable", "the table breaks off or is broken", spec.name
        ) from exc
    return sorted(set(names.values()) - known)


def _fill(spec: ListSpec, raw: dict[str, str | None]) -> None:
    """Stated defaults: import, new; a house waybill to China is import."""
    if not raw.get("flow"):
        if spec.name == "house_waybills":
            raw["flow"] = "import" if (raw.get("receiver_country") or "").strip().upper() in ("CN", "CHN", "142") else "export"
        else:
            raw["flow"] = "import"
    raw.setdefault("app_type", "1")


def _csv(stream: BinaryIO) -> Opened:
    start = stream.read(65_536)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=_encoding(start), newline="")
    csv.field_size_limit(_FIELD_BYTES)
    try:
        reader = csv.DictReader(_lines(text), dialect=_dialect(start), restkey="", strict=True)
        columns = [column for column in (reader.fieldnames or []) if column]
    except (BadFile, csv.Error, UnicodeDecodeError) as exc:
        text.detach()
        raise BadFile("unreadable", "not a readable CSV header") from exc
    # The file is its opener's to close, not the wrapper's.
    return columns, reader, text.detach


def _encoding(start: bytes) -> str:
    """UTF-8, with or without a mark, else GB18030, which Chinese spreadsheets write."""
    try:
        # Incremental, because the last bytes may be half a character.
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _dialect(start: bytes) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = max((",", ";", "\t"), key=start.partition(b"\n")[0].decode("latin-1").count)

    return Found


def _parquet(stream: BinaryIO) -> Opened:
    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError) as exc:
        raise BadFile("unreadable", "not a readable Parquet file") from exc
    return file.schema_arrow.names, (_as_text(row) for batch in file.iter_batches(10_000) for row in batch.to_pylist()), file.close


def _jsonl(stream: BinaryIO) -> Opened:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig")
    lines = (line for line in _lines(text) if line.strip())
    try:
        first = _object(next(lines))
    except (BadFile, StopIteration, UnicodeDecodeError) as exc:
        text.detach()
        raise BadFile("unreadable", "its first line is not a JSON object") from exc

    def rows() -> Iterator[Mapping[str, str | None]]:
        yield _as_text(first)
        for line in lines:
            yield _as_text(_object(line))

    return list(first), rows(), text.detach


def _object(line: str) -> dict[str, Any]:
    """One line of JSON Lines.

    Raises:
        BadFile: It is no JSON object, or one that nobody should read: nested without end, a number of thousands of digits.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise BadFile("unreadable", "one of its lines is not a JSON object") from exc
    if not isinstance(row, dict):
        raise BadFile("unreadable", "one of its lines is not a JSON object")
    return row


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text, none of them longer than a record can be.

    Raises:
        BadFile: A line has no end.
    """
    while line := text.readline(_LINE_CHARS):
        if len(line) == _LINE_CHARS:
            raise BadFile("unreadable", "one of its lines is longer than any record")
        yield line


def _as_text(row: Mapping[str, Any]) -> dict[str, str | None]:
    """Typed values as the texts that a CSV would hold."""
    return {key: None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value) for key, value in row.items()}


_READERS = {"csv": _csv, "parquet": _parquet, "jsonl": _jsonl}
