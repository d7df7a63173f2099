"""Tables on the command line: one way to print or write any of them."""

import datetime as dt
import io
import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from sandan.record.errors import OutputError
from sandan.record.values.csv_text import csv_text, flat_text


class Format(StrEnum):
    """How a table is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: Format, out: Path | None, *, n_more: int = 0) -> None:
    """Write rows in the order of the columns.

    Args:
        rows: What to write.
        columns: Names, in their fixed order.
        form: As what.
        out: File; None or `-`: standard output.
        n_more: Rows that were left out of a printed table; it says so.

    Raises:
        OutputError: The file cannot be written.
    """
    try:
        if form is Format.PARQUET:
            _parquet(rows, columns, out)
        elif out is None or str(out) == "-":
            if form is Format.TABLE:
                _print(rows, columns, n_more)
            else:
                sys.stdout.write(_text(rows, columns, form))
        elif form is Format.TABLE:
            with out.open("w", encoding="utf-8") as file:
                _print(rows, columns, n_more, Console(file=file, width=240))
        else:
            out.write_text(_text(rows, columns, form), encoding="utf-8")
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise OutputError(f"{out}: cannot write ({exc.strerror or exc}); name another file") from exc


def write_new(text: str, out: Path | None) -> None:
    """Write a text into a new file; None or `-`: standard output. What somebody may have edited is not written over.

    Raises:
        OutputError: The file is there already, or cannot be written.
    """
    if out is None or str(out) == "-":
        sys.stdout.write(text)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as exc:
        raise OutputError(f"{out}: is there already; remove it or name another file") from exc
    except OSError as exc:
        raise OutputError(f"{out}: cannot write ({exc.strerror or exc}); name another file") from exc


def _text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: Format) -> str:
    if form is Format.JSON:
        return json.dumps([{c: _json(row.get(c)) for c in columns} for row in rows], ensure_ascii=False, indent=1) + "\n"
    return csv_text(rows, columns)


def _parquet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], out: Path | None) -> None:
    table = pa.table({c: pa.array([row.get(c) for row in rows]) for c in columns})
    if out is None or str(out) == "-":
        sink = io.BytesIO()
        pq.write_table(table, sink)
        sys.stdout.buffer.write(sink.getvalue())
    else:
        pq.write_table(table, out)


def _print(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], n_more: int, console: Console | None = None) -> None:
    # Where nobody set a width (a log, a pipe), a line may be long; a terminal keeps its own.
    console = console or (Console() if sys.stdout.isatty() else Console(width=180))
    table = Table(header_style="bold", row_styles=["", "dim"], expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*[flat_text(row.get(c)).replace("|", "\n") for c in columns])
    console.print(table, markup=False)
    if n_more:
        console.print(f"… and {n_more} more; `--format csv` gives all of them", markup=False)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, dt.date) else value
