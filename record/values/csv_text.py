"""Tables as CSV that is safe to open in a spreadsheet, and values as one line of text."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

# What a formula begins with, also in full width (a Chinese or Japanese spreadsheet takes it), and the sign that makes a cell a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−", "'")
# What a spreadsheet steps over before a formula.
_SKIPPED = " \u00a0\u3000\ufeff\u200b\u200c\u200d\u2060\0"


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """A CSV file with a line of names, in the order of the columns; lines end with a line feed.

    Args:
        rows: What to write.
        columns: Names, in their fixed order.
    """
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow([_cell(c) for c in columns])
    writer.writerows([_cell(row.get(c)) for c in columns] for row in rows)
    return "".join(lines.written)


def flat_text(value: Any) -> str:
    """A value as people read it: times in ISO 8601, numbers with six digits, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


class _Lines:
    """Rows that end with a line feed. The library quotes a carriage return only where its own line end has one, so it keeps that."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, row: str) -> None:
        self.written.append(row.removesuffix("\r\n") + "\n")


def _cell(value: Any) -> str:
    """A cell of a CSV file. A spreadsheet would run a text that begins as a formula does: an apostrophe before it makes it a text.

    An apostrophe that was there gets another one, so that taking one off gives back every text; numbers are left as they are.
    """
    flat = flat_text(value)
    is_text = value is not None and not isinstance(value, int | float | Decimal | dt.date)
    return f"'{flat}" if is_text and flat.lstrip(_SKIPPED).startswith(_FORMULA) else flat
