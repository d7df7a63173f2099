"""When the embedded library may filter a scan by what another part of a statement has found: small steps in a large graph need it.

Ladybug 0.22 passes such masks also below a LIMIT: `WITH a ORDER BY a.id LIMIT 3 MATCH (a)-->(b)` then takes the first three that have a b,
instead of those of the first three. Without masks a MATCH after a WITH reads all relationships of its types, whatever it starts from.
So masks are on where no rows are cut before a MATCH, and else where the plan shows that no mask crosses a cut.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandan.graph.cypher.tokens import tokens

_CUTS = frozenset({"LIMIT", "SKIP", "OFFSET"})
_CUTTING_OPERATORS = frozenset({"LIMIT", "SKIP", "TOP_K", "TOP_K_SCAN"})
_BORDER = frozenset("┌┐└┘┬┴─│ ")
_OPERATOR = re.compile(r"([A-Z_]+)\[(\d+)\]")


def cuts_before_match(query: str) -> bool:
    """Whether a MATCH, also one within EXISTS or COUNT, stands behind a cut of the rows.

    Args:
        query: As the guard let it through.
    """
    is_cut = False
    for token in tokens(query):
        if token.keyword in _CUTS:
            is_cut = True
        elif is_cut and token.keyword == "MATCH":
            return True
    return False


def masks_cross_a_cut(plan: str) -> bool:
    """Whether a mask is made outside of a cut and filters a scan inside of it; true also for a plan that cannot be read.

    Args:
        plan: What EXPLAIN prints: boxes in rows, every operator's first input below it, the others beside that to the right.
    """
    operators = _operators(plan)
    if not operators:
        return True
    for masker in operators.values():
        if masker.name != "SEMI_MASKER":
            continue
        scans = [number for text in masker.details for number in map(int, re.findall(r"\[(\d+)\]", text))]
        if not scans or any(number not in operators for number in scans):
            return True
        around = set(_cuts_above(operators, masker))
        if any(set(_cuts_above(operators, operators[number])) - around for number in scans):
            return True
    return False


@dataclass(slots=True)
class _Operator:
    name: str
    above: int | None
    details: list[str] = field(default_factory=list)


def _operators(plan: str) -> dict[int, _Operator]:
    """Operators by their numbers; empty where boxes are not where they should be.

    Read by hand because Ladybug 0.22 has its plans in no other form: EXPLAIN takes no format, and its package for Python gives no plan.
    """
    lines = plan.splitlines()
    width = next((len(line.rstrip()) for line in lines if line.startswith("┌") and "┬" not in line and "┴" not in line), 0)
    body = lines[_end_of_title(lines) :]
    found: dict[int, _Operator] = {}
    row: dict[int, int] = {}
    is_first = False
    for line in body:
        if "┌" in line and _BORDER.issuperset(line):
            above, row, is_first = row, {}, True
            continue
        cells = [line[at + 1 : at + width - 1].strip(" │") for at in range(0, len(line), width + 1)] if width else []
        if is_first:
            is_first = False
            for column, cell in enumerate(cells):
                if match := _OPERATOR.fullmatch(cell):
                    parents = [place for place in above if place <= column]
                    number = int(match[2])
                    # A name or text with line breaks may look like a part of the plan.
                    if number in found or (found and not parents):
                        return {}
                    found[number] = _Operator(match[1], above[max(parents)] if parents else None)
                    row[column] = number
        else:
            for column, number in row.items():
                if column < len(cells):
                    found[number].details.append(cells[column])
    return found


def _end_of_title(lines: list[str]) -> int:
    """Where the plan itself begins."""
    return next((at + 3 for at, line in enumerate(lines) if "Physical Plan" in line), 0)


def _cuts_above(operators: dict[int, _Operator], operator: _Operator) -> Iterator[int]:
    place = operator.above
    while place is not None:
        if operators[place].name in _CUTTING_OPERATORS:
            yield place
        place = operators[place].above
