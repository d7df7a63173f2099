"""Reads one table (CSV, Parquet, JSON Lines) whose columns say which list it is."""

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from sandan.ingest.mapping import TableMapping
from sandan.ingest.reject import BadFile
from sandan.ingest.stage import FileSink
from sandan.record.catalog import CATALOG, ListSpec
from sandan.record.values import code

# No record is so long; a file without line ends must not be held whole.
_BLOCK_BYTES = 4 << 20
_LINE_CHARS = 1 << 24
_CHUNK_ROWS = 10_000
_CHUNK_CHARS = 16 << 20
# No table has so many; each would be a column of every chunk.
_MOST_COLUMNS = 1_000


def recognise(columns: Sequence[str]) -> ListSpec:
    """The list whose mandatory columns are all there; of several the one that knows most of the columns.

    Raises:
        BadFile: No list fits. `missing_columns` names what is missing from the nearest one.
    """
    have = {column.strip().lower() for column in columns}
    tables = [spec for spec in CATALOG.values() if spec.as_table]

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


# Column arrays by name, and the place of each row.
Chunk = tuple[dict[str, pa.Array], Sequence[int] | np.ndarray[Any, Any]]


@dataclass(slots=True)
class _Table:
    """A table that was opened: its columns' names, and its rows as chunks of texts, each with the places of its rows.

    Attributes:
        columns: Names as the header writes them.
        chunks: Column arrays by name, and the place of each row, from 1.
        faults: Rows that do not fit the header: place and what is wrong.
        late: Columns that come up after the header, as JSON Lines may bring them.
    """

    columns: list[str]
    chunks: Iterator[Chunk]
    faults: list[tuple[int, str]] = field(default_factory=list)
    late: set[str] = field(default_factory=set)


def read_table(stream: BinaryIO, form: str, sink: FileSink, mapping: TableMapping | None = None) -> list[str]:
    """Give every row of one table to the sink; return its columns that no list has.

    Args:
        stream: The file from its first byte on; seekable for Parquet.
        form: `csv`, `parquet` or `jsonl`.
        sink: Takes the rows.
        mapping: Says what the columns are, if they are not the contract's.

    Raises:
        BadFile: The file is broken or is no table of the contract.
    """
    table = _READERS[form](stream)
    if mapping is not None:
        if absent := mapping.missing_columns(table.columns):
            raise BadFile("missing_columns", ", ".join(absent), mapping.table)
        spec = CATALOG[mapping.table]
    else:
        spec = recognise(table.columns)
    sink.facts.kind = spec.name
    known = {column.name for column in spec.columns}
    try:
        for columns, places in table.chunks:
            if mapping is not None:
                mapped = mapping.apply(pa.table(columns))
                raw = {name: mapped[name].combine_chunks() for name in mapped.column_names}
            else:
                raw = {plain: column for name, column in columns.items() if (plain := name.strip().lower()) in known}
            sink.table(spec, _filled(spec, raw, len(places)), places)
            _refuse(table, spec, sink)
    except BadFile as bad:
        raise BadFile(bad.code, bad.text, spec.name) from bad
    except (UnicodeDecodeError, pa.ArrowException) as exc:
        is_encoding = isinstance(exc, UnicodeDecodeError) or "invalid UTF8" in str(exc)
        raise BadFile("bad_encoding" if is_encoding else "unreadable", "the table breaks off or is broken", spec.name) from exc
    _refuse(table, spec, sink)
    if mapping is not None:
        return sorted(mapping.unused_columns([*table.columns, *table.late]))
    return sorted({name.strip().lower() for name in {*table.columns, *table.late}} - known - {""})


def _refuse(table: _Table, spec: ListSpec, sink: FileSink) -> None:
    """Tell of the rows that did not fit the header since the last time."""
    if table.faults:
        sink.refuse(spec.name, "bad_row", table.faults)
        table.faults.clear()


def _filled(spec: ListSpec, raw: dict[str, pa.Array], n: int) -> dict[str, pa.Array]:
    """Stated defaults: import, new; a house waybill to China is import."""
    flow: pa.Array | pa.Scalar = pa.scalar("import")
    if spec.name == "house_waybills" and "receiver_country" in raw:
        encoded = raw["receiver_country"].dictionary_encode()
        here = pa.array([code.country(text) == "CN" for text in encoded.dictionary.to_pylist()], pa.bool_())
        is_here = pc.fill_null(here.take(encoded.indices), False)
        flow = pc.if_else(is_here, pa.scalar("import"), pa.scalar("export"))
    if "flow" in raw:
        given = pc.and_(pc.is_valid(raw["flow"]), pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(raw["flow"], "")), ""))
        flow = pc.if_else(given, raw["flow"], flow)
    elif isinstance(flow, pa.Scalar):
        flow = pa.repeat(flow, n)
    return {"app_type": pa.repeat(pa.scalar("1"), n), **raw, "flow": flow}


def _csv(stream: BinaryIO) -> _Table:
    start = stream.read(65_536)
    stream.seek(0)
    encoding, delimiter = encoding_of(start), delimiter_of(start)
    try:
        first = next(csv.reader(io.StringIO(start.decode(encoding, "ignore"), newline=""), delimiter=delimiter), [])
    except csv.Error as exc:
        raise BadFile("unreadable", "not a readable CSV header") from exc
    table = _Table(first, iter(()))
    broken: list[int] = []
    ahead: list[int] = []

    def odd_row(row: pacsv.InvalidRow) -> str:
        # A quote that is never closed swallows the rest of the file.
        if row.text.count('"') % 2:
            broken.append(row.number or 0)
            return "error"
        ahead.append((row.number or 1) - 1)
        table.faults.append((ahead[-1], f"{row.actual_columns} cells, but the header has {row.expected_columns}"))
        return "skip"

    def batches() -> Iterator[pa.RecordBatch]:
        reader = pacsv.open_csv(
            pa.PythonFile(_Utf8(stream, encoding), mode="r"),
            # The header is read as a row, so that nothing is made of its names.
            read_options=pacsv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, autogenerate_column_names=True),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=odd_row),
            convert_options=pacsv.ConvertOptions(
                column_types={f"f{i}": pa.string() for i in range(len(first))}, strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )
        is_first = True
        for batch in reader:
            yield batch.slice(1) if is_first else batch
            is_first = False

    def chunks() -> Iterator[Chunk]:
        place = 1
        try:
            for batch in batches():
                if batch.num_columns != len(first):
                    raise BadFile("unreadable", "not a readable CSV header")
                # Rows that were left out keep their places; the parser reads ahead, so some lie further on.
                places = np.arange(place, place + batch.num_rows + len(ahead))
                places = places[~np.isin(places, ahead)][: batch.num_rows]
                place = int(places[-1]) + 1 if len(places) else place
                ahead[:] = [number for number in ahead if number >= place]
                yield {name: column for name, column in zip(first, batch.columns, strict=True) if name}, places
        except pa.ArrowException:
            if broken:
                raise BadFile("unreadable", "a quote that is never closed") from None
            raise

    table.chunks = chunks()
    return table


class _Utf8(io.RawIOBase):
    """Bytes in some encoding as UTF-8; a byte that does not fit raises UnicodeDecodeError."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._rest = b""
        self._is_done = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            raise ValueError("read in pieces")
        # As much as was asked for: what comes in one go is a block, and a row must not lie across three of them.
        while len(self._rest) < size and not self._is_done:
            piece = self._stream.read(max(size, 1 << 16))
            self._is_done = not piece
            self._rest += self._decoder.decode(piece, final=self._is_done).encode()
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def encoding_of(start: bytes) -> str:
    """UTF-8, with or without a mark, else GB18030, which Chinese spreadsheets write."""
    try:
        # Incremental, because the last bytes may be half a character.
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def delimiter_of(start: bytes) -> str:
    """The separator that the first line has most of."""
    return max((",", ";", "\t", "|"), key=start.partition(b"\n")[0].decode("latin-1").count)


def _parquet(stream: BinaryIO) -> _Table:
    try:
        file = pq.ParquetFile(stream)
        # As dictionaries: a file of 20 KB can say a text of a MB ten thousand times.
        texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        file = pq.ParquetFile(stream, read_dictionary=texts)
    except (pa.ArrowException, OSError) as exc:
        raise BadFile("unreadable", "not a readable Parquet file") from exc

    def chunks() -> Iterator[Chunk]:
        place = 1
        for batch in file.iter_batches(_CHUNK_ROWS):
            for piece in _pieces(batch):
                yield (
                    {name: texts_of(column) for name, column in zip(piece.schema.names, piece.columns, strict=True)},
                    range(place, place + piece.num_rows),
                )
                place += piece.num_rows

    return _Table(file.schema_arrow.names, chunks())


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows of a batch in pieces whose texts are no longer than a chunk's, or that have one row."""
    length = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            length += pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False)
    at = np.cumsum(length) // _CHUNK_CHARS
    edges = [0, *(np.flatnonzero(np.diff(at)) + 1).tolist(), batch.num_rows]
    for start, end in itertools.pairwise(edges):
        if start < end:
            yield batch.slice(start, end - start)


def texts_of(values: pa.Array) -> pa.Array:
    """Typed values as the texts that a CSV would hold."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind):
        return values
    try:
        if pa.types.is_timestamp(kind) and kind.tz is not None:
            values = pc.cast(values, pa.timestamp(kind.unit, "UTC"))
        return pc.cast(values, pa.string())
    except pa.ArrowException:
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())


def _jsonl(stream: BinaryIO) -> _Table:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig")
    lines = (line for line in _lines(text) if line.strip())
    try:
        first = _object(next(lines))
    except (BadFile, StopIteration, UnicodeDecodeError) as exc:
        text.detach()
        raise BadFile("unreadable", "its first line is not a JSON object") from exc
    table = _Table(list(first), iter(()))

    def chunks() -> Iterator[Chunk]:
        rows, place, n_chars = [first], 1, 0
        try:
            for line in lines:
                rows.append(_object(line))
                n_chars += len(line)
                if len(rows) == _CHUNK_ROWS or n_chars >= _CHUNK_CHARS:
                    yield _by_column(rows, table.late), range(place, place + len(rows))
                    place, rows, n_chars = place + len(rows), [], 0
        finally:
            # The file is its opener's to close, not the wrapper's.
            text.detach()
        if rows:
            yield _by_column(rows, table.late), range(place, place + len(rows))

    table.chunks = chunks()
    return table


def _by_column(rows: Sequence[Mapping[str, Any]], names: set[str]) -> dict[str, pa.Array]:
    """Columns of objects; `names` gathers those that any of them has."""
    here = dict.fromkeys(name for row in rows for name in row)
    names.update(here)
    if len(names) > _MOST_COLUMNS:
        raise BadFile("unreadable", f"its lines have more than {_MOST_COLUMNS} columns")
    return {name: pa.array([_as_text(row.get(name)) for row in rows], pa.string()) for name in here}


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    # Half of a pair of surrogates, which JSON can write and no text can hold.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


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


_READERS = {"csv": _csv, "parquet": _parquet, "jsonl": _jsonl}
