"""Opens tables whose values are typed: Parquet and JSON Lines."""

import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.ingest.reject import BadFile
from sandan.ingest.sources.opened_table import CHUNK_CHARS, CHUNK_ROWS, Chunk, OpenedTable

# No record is so long; a file without line ends must not be held whole.
_LINE_CHARS = 1 << 24
# No table has so many; each would be a column of every chunk.
_MOST_COLUMNS = 1_000
# Whole numbers up to this are exact in a fraction of so many bits.
_EXACT_IN = {64: 10**15, 32: 10**7, 16: 10**3}


def open_parquet(stream: BinaryIO) -> OpenedTable:
    """Open a Parquet file.

    Raises:
        BadFile: It is none.
    """
    try:
        file = pq.ParquetFile(stream)
        # As dictionaries: a file of 20 KB can say a text of a MB ten thousand times.
        texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        file = pq.ParquetFile(stream, read_dictionary=texts)
        names = file.schema_arrow.names
    except (pa.ArrowException, OSError) as exc:
        raise BadFile("unreadable", "not a readable Parquet file") from exc
    except UnicodeDecodeError as exc:
        raise BadFile("bad_encoding", "a column of the Parquet file has a name that is no UTF-8") from exc

    def chunks() -> Iterator[Chunk]:
        position = 1
        for batch in file.iter_batches(CHUNK_ROWS):
            for piece in _pieces(batch):
                yield (
                    {name: texts_of(column) for name, column in zip(names, piece.columns, strict=True)},
                    range(position, position + piece.num_rows),
                )
                position += piece.num_rows

    return OpenedTable(names, chunks())


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows of a batch in pieces whose texts are no longer than a chunk's, or that have one row."""
    length = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            length += pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False)
    at = np.cumsum(length) // CHUNK_CHARS
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
        if pa.types.is_floating(kind):
            return _fractions(values)
        if pa.types.is_timestamp(kind) and kind.tz is not None:
            values = pc.cast(values, pa.timestamp(kind.unit, "UTC"))
        return pc.cast(values, pa.string())
    except pa.ArrowException:
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())


def _fractions(values: pa.Array) -> pa.Array:
    """Binary fractions as plain decimals; whole numbers beyond what they hold for certain stay powers of ten, to be refused as numbers."""
    texts = pc.cast(values, pa.string())
    odd = pc.fill_null(pc.match_substring(texts, "e"), False)
    if not pc.any(odd).as_py():
        return texts
    most = _EXACT_IN[values.type.bit_width]
    plain = [
        text if abs(value) >= most else format(Decimal(text), "f")
        for text, value in zip(texts.filter(odd).to_pylist(), values.filter(odd).to_pylist(), strict=True)
    ]
    return pc.replace_with_mask(texts, odd, pa.array(plain, pa.string()))


def open_jsonl(stream: BinaryIO) -> OpenedTable:
    """Open a file with one JSON object a line.

    Raises:
        BadFile: Its first line is none.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig")
    lines = (line for line in _lines(text) if line.strip())
    try:
        first = _object(next(lines))
    except (BadFile, StopIteration, UnicodeDecodeError) as exc:
        text.detach()
        raise BadFile("unreadable", "its first line is not a JSON object") from exc
    table = OpenedTable(list(first), iter(()))

    def chunks() -> Iterator[Chunk]:
        rows, position, n_chars = [first], 1, 0
        try:
            for line in lines:
                rows.append(_object(line))
                n_chars += len(line)
                if len(rows) == CHUNK_ROWS or n_chars >= CHUNK_CHARS:
                    yield _by_column(rows, table.late), range(position, position + len(rows))
                    position, rows, n_chars = position + len(rows), [], 0
        finally:
            # The file is its opener's to close, not the wrapper's.
            text.detach()
        if rows:
            yield _by_column(rows, table.late), range(position, position + len(rows))

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
    if isinstance(value, float) and "e-" in text:
        text = format(Decimal(text), "f")
    # Half of a pair of surrogates, which JSON can write and no text can hold.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _object(line: str) -> dict[str, Any]:
    """One line of JSON Lines.

    Raises:
        BadFile: It is no JSON object, or one that nobody should read: nested without end, a number of thousands of digits.
    """
    try:
        row = json.loads(line, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as exc:
        raise BadFile("unreadable", "one of its lines is not a JSON object") from exc
    if not isinstance(row, dict):
        raise BadFile("unreadable", "one of its lines is not a JSON object")
    return row


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that names a column twice does not say which of the two values is meant."""
    row = dict(pairs)
    if len(row) < len(pairs):
        raise BadFile("duplicate_column", "one of its lines names a column twice")
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
