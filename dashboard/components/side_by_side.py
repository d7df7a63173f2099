"""A consignment's lists as one table: a line per fact, a column per list, each marked cell with the numbers of its reasons."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandan.algorithms.read_models.consignment import ConsignmentView, ListView
from sandan.algorithms.vocabulary.labels import FIELDS, LISTS, label
from sandan.dashboard.i18n import Language, text

# Fields that say the same thing under other names stand in one line.
_LINES: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("group_numbers", (("order_no",), ("pay_transaction_id",), ("logistics_no",), ("invt_no",))),
    (
        "group_companies",
        (("ebp_code",), ("ebc_code",), ("pay_code",), ("logistics_code",), ("agent_code",), ("customs_code",), ("trade_mode",)),
    ),
    ("group_people", (("buyer", "payer"), ("consignee",), ("telephone",), ("address",), ("country",))),
    ("group_money", (("goods_value", "declared_value"), ("freight",), ("tax_total",), ("discount",), ("actual_paid", "amount_paid"))),
    ("group_goods", (("items",), ("weight",))),
    ("group_times", (("pay_time",), ("app_time",), ("decl_time",), ("delivered_at",))),
)
State = Literal["received", "missing", "awaited"]


@dataclass(frozen=True, slots=True)
class Column:
    """One list: its name, whether it came, and the numbers of the reasons that point at it as a whole."""

    kind: str
    title: str
    state: State
    reasons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LineCell:
    """What one list says about one fact; `ref` is its name in findings, `order.buyer`."""

    ref: str
    text: str
    reasons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One fact over all lists."""

    title: str
    cells: tuple[LineCell, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The whole table, its lines in groups."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]


def side_by_side(view: ConsignmentView, language: Language) -> SideBySide:
    """Lay the lists of a consignment side by side; lines that no list fills are left out."""
    marks = [marks_of(finding) for finding in view.findings]
    names = _titles(view.lists, language)
    columns = tuple(
        Column(item.kind, name, _state(item), _pointing(marks, item.kind)) for item, name in zip(view.lists, names, strict=True)
    )
    groups = []
    for group, fields_of_lines in (*_LINES, ("group_numbers", _others(view.lists))):
        lines = tuple(line for fields in fields_of_lines if (line := _line(fields, view.lists, marks, language)))
        if lines:
            groups.append((text(group, language), lines))
    return SideBySide(columns, tuple(groups))


def marks_of(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """What a finding points at: a list, a field of a list (`order.buyer`) or a field of every list (`address`)."""
    return tuple(finding["marked"])


def _line(fields: tuple[str, ...], lists: Sequence[ListView], marks: Sequence[tuple[str, ...]], language: Language) -> Line | None:
    cells, used = [], []
    for item in lists:
        found = next((cell for cell in item.cells if cell.name in fields), None)
        ref = f"{item.kind}.{found.name if found else fields[0]}"
        if found and found.name not in used:
            used.append(found.name)
        cells.append(LineCell(ref, found.text if found else "", _numbers(marks, found.name, ref) if found and found.marked else ()))
    titles = dict.fromkeys(label(FIELDS, name, language) for name in fields if name in used)
    return Line(" / ".join(titles), tuple(cells)) if used else None


def _numbers(marks: Sequence[tuple[str, ...]], name: str, ref: str) -> tuple[int, ...]:
    return tuple(n for n, mark in enumerate(marks, 1) if ref in mark or name in mark)


def _pointing(marks: Sequence[tuple[str, ...]], kind: str) -> tuple[int, ...]:
    return tuple(n for n, mark in enumerate(marks, 1) if kind in mark)


def _others(lists: Sequence[ListView]) -> tuple[tuple[str, ...], ...]:
    """Fields that the lines do not know yet: shown at the end rather than dropped."""
    known = {name for _, lines in _LINES for fields in lines for name in fields}
    return tuple((name,) for name in dict.fromkeys(cell.name for item in lists for cell in item.cells) if name not in known)


def _state(item: ListView) -> State:
    return "received" if item.found else "missing" if item.marked else "awaited"


def _titles(lists: Sequence[ListView], language: Language) -> list[str]:
    n_of, so_far = Counter(item.kind for item in lists), Counter[str]()
    titles = []
    for item in lists:
        so_far[item.kind] += 1
        name = label(LISTS, item.kind, language)
        titles.append(f"{name} {so_far[item.kind]}" if n_of[item.kind] > 1 else name)
    return titles
