"""Lines that stand before a table's header: a title, who made it, a period, dashes."""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from sandan.record.values.identifier import unmarked

_LOOKED_AT = 200
_FURTHEST = 60
_DELIMITERS = (",", "\t", ";", "|")
# What stands in a row and in no header.
_VALUE = re.compile(r"[-+]?[\d,.]*\d%?|\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*")


def header_line(text: str) -> int:
    """The number of lines before the header of a CSV; 0 where its first line is one, or none can be made out.

    The header is the first line with as many cells as most lines have, more than half of them filled, each by another name and none by a
    number or a day.
    """
    lines = text.split("\n", _LOOKED_AT)[:_LOOKED_AT]
    counts = {sign: Counter(len(cells) for line in lines if len(cells := _cells(line, sign)) > 1) for sign in _DELIMITERS}
    sign = max(_DELIMITERS, key=lambda sign: max((n * width for width, n in counts[sign].items()), default=0))
    if not counts[sign]:
        return 0
    width = max(counts[sign], key=lambda width: (counts[sign][width], width))
    for i, line in enumerate(lines[:_FURTHEST]):
        cells = _cells(line, sign)
        if len(cells) == width and _is_header(cells):
            return i
    return 0


def _cells(line: str, sign: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line.rstrip("\r")], delimiter=sign), [])]
    except csv.Error:
        return []


def _is_header(cells: Sequence[str]) -> bool:
    names = [unmarked(cell.lstrip("\ufeff"), is_name=True) for cell in cells if cell]
    return 2 * len(names) > len(cells) and len(set(names)) == len(names) and not any(_VALUE.fullmatch(name) for name in names)
