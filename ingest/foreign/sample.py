"""The first rows of anybody's table, to guess from: CSV, JSON Lines or Parquet, also packed."""

import csv
import gzip
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.ingest.foreign.preamble import header_line
from sandan.ingest.reject import REMEDIES
from sandan.ingest.sources.csv_table import CsvForm, encoding_of
from sandan.ingest.sources.formats import office_document, other_format
from sandan.record.errors import InputError
from sandan.record.values.identifier import unmarked

ROWS = 5000
_PEEK_BYTES = 65_536
_TEXT_BYTES = 1 << 23
_PARQUET_BYTES = 1 << 29
_MOST_COLUMNS = 2000
_CELL_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a table.

    Attributes:
        columns: Its columns in their order, each with the texts that are not empty.
        skip: Lines before the header.
    """

    columns: Mapping[str, list[str]]
    skip: int = 0


def read_sample(path: Path) -> Sample:
    """The first rows of a table.

    Raises:
        InputError: The file cannot be read, or is no table.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if start[:2] == b"\x1f\x8b":
                with gzip.open(file) as plain:
                    return _sampled(plain, path)
            if start == b"PK\x03\x04":
                with zipfile.ZipFile(file) as archive:
                    if (document := office_document(archive.namelist())) is not None:
                        raise InputError(f"{path}: {document.text}; {REMEDIES[document.code]}")
                    members = [
                        name for name in sorted(archive.namelist()) if not name.endswith("/") and not Path(name).name.startswith(".")
                    ]
                    if not members:
                        raise InputError(f"{path}: an empty archive; name a file with a table")
                    with archive.open(members[0]) as plain:
                        return _sampled(plain, path)
            return _sampled(file, path)
    except (OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException, csv.Error) as exc:
        raise InputError(f"{path}: cannot be read as a table; correct its permissions or fetch it again from its sender") from exc


def _sampled(stream: Any, path: Path) -> Sample:
    start, skip = stream.read(_TEXT_BYTES), 0
    if (other := other_format(start[:_PEEK_BYTES])) is not None:
        raise InputError(f"{path}: {other.text}; {REMEDIES[other.code]}")
    if start.startswith(b"PAR1"):
        rows = _parquet(io.BytesIO(start + stream.read(_PARQUET_BYTES)))
    elif b"\x00" in start[:_PEEK_BYTES] or start.lstrip()[:1] == b"<":
        raise InputError(f"{path}: neither CSV, JSON Lines nor Parquet; export the table as one of them, CSV in UTF-8 or GB18030")
    else:
        text = start.decode(encoding_of(start[:_PEEK_BYTES]), errors="replace")
        # A line that the sample cuts is left out.
        text = text if len(start) < _TEXT_BYTES else text.rpartition("\n")[0]
        if text.lstrip().startswith("{"):
            rows = _jsonl(text, path)
        else:
            form = CsvForm.of(start[:_PEEK_BYTES])
            if not form.skip and (skip := header_line(text)):
                form = CsvForm.of(start[:_PEEK_BYTES], skip)
            rows = _csv(text.split("\n", form.skip)[form.skip], form.delimiter)
    columns: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.items():
            if name and (name in columns or len(columns) < _MOST_COLUMNS):
                cells = columns.setdefault(name, [])
                if value is not None and (text := unmarked(str(value), is_name=True)):
                    cells.append(text[:_CELL_CHARS])
    if not columns:
        raise InputError(f"{path}: no columns in it; name a file with a table that has a header")
    return Sample(columns, skip)


def _csv(text: str, delimiter: str) -> Iterable[dict[str, Any]]:
    csv.field_size_limit(_TEXT_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    # Without a row the header still counts.
    yield dict.fromkeys(header)
    rows = [row for row, _ in zip(reader, range(ROWS), strict=False) if row]
    # Sums under the table have other cells.
    whole = [row for row in rows if len(row) == len(header)]
    for row in whole if 2 * len(whole) >= len(rows) else rows:
        yield dict(zip(header, row, strict=False))


def _jsonl(text: str, path: Path) -> Iterable[dict[str, Any]]:
    for line in [line for line in text.split("\n") if line.strip()][:ROWS]:
        try:
            row = json.loads(line, parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as exc:
            raise InputError(f"{path}: one of its lines is not a JSON object; fetch the file again from its sender") from exc
        if isinstance(row, dict):
            yield row


def _parquet(stream: BinaryIO) -> Iterable[dict[str, Any]]:
    with pq.ParquetFile(stream) as file:
        yield dict.fromkeys(file.schema_arrow.names)
        for batch in file.iter_batches(ROWS):
            for row in batch.to_pylist():
                yield {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
            return
