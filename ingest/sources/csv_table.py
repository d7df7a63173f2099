"""Opens a CSV: its encoding, separator and header, rows as chunks of texts, quotes that are not closed."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sandan.ingest.reject import BadFile
from sandan.ingest.sources.opened_table import Chunk, OpenedTable

# No record is so long.
_BLOCK_BYTES = 4 << 20
_LONGEST_CELL = 1 << 24
_PEEK_BYTES = 65_536
_TAIL_BYTES = 65_536
_NEVER_CLOSED = "a quote that is never closed, or a text in quotes that has one inside"
_SWALLOWED = "a cell that holds whole rows, behind a quote that is never closed"
# In fewer columns a text of several lines may have as many commas as a row.
_LEAST_WIDTH = 5
_TWO_LINES = 2
_LINE_END = re.compile(r"\r\n?|\n")
# The first line of some files, by which Excel knows the separator.
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(?P<sign>.)\"?[ \t]*\r?\n", re.IGNORECASE)


def open_csv(stream: BinaryIO, skip: int = 0) -> OpenedTable:
    """Open a CSV with a header.

    Args:
        stream: The file from its first byte on; seekable.
        skip: Lines before the header.

    Raises:
        BadFile: It has no readable header; while rows are read also that a quote is never closed.
    """
    start = stream.read(_PEEK_BYTES)
    stream.seek(0)
    form = CsvForm.of(start, skip)
    try:
        text = io.StringIO(start.decode(form.encoding, "ignore"), newline="")
        for _ in range(form.skip):
            text.readline()
        first = next(csv.reader(text, delimiter=form.delimiter), [])
    except csv.Error as exc:
        raise BadFile("unreadable", "not a readable CSV header") from exc
    table = OpenedTable(first, iter(()))
    broken: list[int] = []
    ahead: list[int] = []
    plain = _Utf8(stream, form)

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
            pa.PythonFile(plain, mode="r"),
            # The header is read as a row, so that nothing is made of its names.
            read_options=pacsv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, autogenerate_column_names=True),
            parse_options=pacsv.ParseOptions(delimiter=form.delimiter, newlines_in_values=True, invalid_row_handler=odd_row),
            convert_options=pacsv.ConvertOptions(
                column_types={f"f{i}": pa.string() for i in range(len(first))}, strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )
        is_first = True
        for batch in reader:
            yield batch.slice(1) if is_first else batch
            is_first = False

    def chunks() -> Iterator[Chunk]:
        position, may_swallow = 1, False
        try:
            for batch in batches():
                if batch.num_columns != len(first):
                    raise BadFile("unreadable", "not a readable CSV header")
                several = [
                    (k, column.filter(lines)) for k, column in enumerate(batch.columns) if pc.any(lines := _of_lines(column)).as_py()
                ]
                may_swallow = may_swallow or bool(several)
                if any(_holds_row(text, k, len(first), form.delimiter) for k, cells in several for text in cells.to_pylist()):
                    raise BadFile("unreadable", _SWALLOWED)
                # Rows that were left out keep their positions; the parser reads ahead, so some lie further on.
                positions = np.arange(position, position + batch.num_rows + len(ahead))
                positions = positions[~np.isin(positions, ahead)][: batch.num_rows]
                position = int(positions[-1]) + 1 if len(positions) else position
                ahead[:] = [number for number in ahead if number >= position]
                yield {name: column for name, column in zip(first, batch.columns, strict=True) if name}, positions
        except pa.ArrowException:
            if broken:
                raise BadFile("unreadable", _NEVER_CLOSED) from None
            raise
        # Of a row that lacks no cell the parser does not say that its last quote is open: rows behind it are in its last cell.
        if (may_swallow or plain.ends_in_quotes) and not _is_closed(stream, form):
            raise BadFile("unreadable", _NEVER_CLOSED)

    table.chunks = chunks()
    return table


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a CSV is written.

    Attributes:
        encoding: Its encoding.
        delimiter: What stands between cells.
        skip: Lines before the header.
    """

    encoding: str
    delimiter: str
    skip: int = 0

    @classmethod
    def of(cls, start: bytes, skip: int = 0) -> "CsvForm":
        """The form of a file by its first bytes.

        Args:
            start: The first bytes.
            skip: Lines that are known to stand before the header; the line `sep=,` is stepped over by itself.
        """
        encoding = encoding_of(start)
        text = start.decode(encoding, "ignore")
        if match := _SEP_LINE.match(text):
            return cls(encoding, match["sign"], max(skip, 1))
        lines = text.split("\n", skip + 1)
        return cls(encoding, delimiter_of(lines[skip]) if len(lines) > skip else ",", skip)


def _of_lines(column: pa.Array) -> pa.Array:
    """Which cells have more than one line."""
    return pc.match_substring_regex(column, r"[\n\r]")


def _holds_row(text: str, place: int, width: int, delimiter: str) -> bool:
    """Whether a cell of several lines holds the end of its row, rows, or the beginning of another: two quotes that are not closed meet.

    Args:
        text: The cell.
        place: Its column, from 0.
        width: Number of columns.
        delimiter: What stands between cells.
    """
    counts = [line.count(delimiter) for line in _LINE_END.split(text)]
    if width < _LEAST_WIDTH or len(counts) < _TWO_LINES:
        return False
    return width - 1 in counts[1:-1] or (counts[0], counts[-1]) == (width - 1 - place, place)


def _is_closed(stream: BinaryIO, form: CsvForm) -> bool:
    """Whether every quoted cell of a file ends with its quote, and a separator or the end of the line behind it."""
    csv.field_size_limit(_LONGEST_CELL)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=form.encoding, newline="")
    try:
        for _ in range(form.skip):
            text.readline()
        for _ in csv.reader(text, delimiter=form.delimiter, strict=True):
            pass
    except csv.Error:
        return False
    finally:
        text.detach()
    return True


class _Utf8(io.RawIOBase):
    """Bytes in some encoding as UTF-8; a byte that does not fit raises UnicodeDecodeError."""

    def __init__(self, stream: BinaryIO, form: CsvForm) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(form.encoding)()
        self._rest = b""
        self._is_done = False
        self._to_skip = form.skip
        self._tail = b""

    @property
    def ends_in_quotes(self) -> bool:
        """Whether the last line has an odd number of quotes."""
        return bool(self._tail.rstrip(b"\r\n").replace(b"\r", b"\n").rpartition(b"\n")[2].count(b'"') % 2)

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
            while self._to_skip and (end := self._rest.find(b"\n")) >= 0:
                self._rest, self._to_skip = self._rest[end + 1 :], self._to_skip - 1
        given, self._rest = self._rest[:size], self._rest[size:]
        self._tail = (self._tail + given)[-_TAIL_BYTES:] if len(given) < _TAIL_BYTES else given[-_TAIL_BYTES:]
        return given


def encoding_of(start: bytes) -> str:
    """UTF-8, with or without a mark, else GB18030, which Chinese spreadsheets write."""
    try:
        # Incremental, because the last bytes may be half a character.
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def delimiter_of(line: str) -> str:
    """The separator that a header has most of."""
    return max((",", ";", "\t", "|"), key=line.count)
