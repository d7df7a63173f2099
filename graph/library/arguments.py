"""What a statement of the library is given: words of a command line, or values, made into its parameters' types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sandan.record.errors import BadQuery
from sandan.record.values.moment import BEIJING

ParameterType = Literal["text", "integer", "number", "time", "hours"]

_NEWEST = re.compile(r"newest(?:-(\d{1,5})d)?")
_MEANT: dict[ParameterType, str] = {
    "text": "a text",
    "integer": "a whole number that is not negative",
    "number": "a number",
    "time": "an ISO time, a day (its start, Beijing time), `newest` or `newest-30d` (before the newest time in the graph)",
    "hours": "a number of hours",
}
_MOST = 10**9  # both stores count rows with more, but no question needs it
_MOST_HOURS = 24 * 366 * 100


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a statement takes.

    Attributes:
        name: Without the `$`.
        kind: Its type.
        default: What counts where nothing is given; None: it must be given.
        meaning, meaning_zh: What it is.
    """

    name: str
    kind: ParameterType
    default: str | int | float | None
    meaning: str
    meaning_zh: str


@dataclass(frozen=True, slots=True)
class BeforeNewest:
    """A time given as how long before the newest time in the graph; the graph must be asked for that one."""

    days: int


Argument = str | int | float | datetime | timedelta | BeforeNewest


def arguments(name: str, parameters: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, Argument]:
    """A value for every parameter: what is given, as its type, else its default.

    Args:
        name: Of the statement, for messages.
        parameters: What it takes.
        given: Texts (as typed) or values.

    Raises:
        BadQuery: Something is unknown, missing or of another type; the message names all and says what would do.
    """
    known = {parameter.name: parameter for parameter in parameters}
    takes = ", ".join(known) or "nothing"
    faults = [f"{word}: no such parameter; it takes {takes}" for word in given if word not in known]
    found: dict[str, Argument] = {}
    for parameter in parameters:
        value = given.get(parameter.name, parameter.default)
        if value is None:
            faults.append(f"{parameter.name}: not given; write {parameter.name}=… ({parameter.meaning})")
            continue
        made = _value(parameter.kind, value)
        if made is None:
            faults.append(f"{parameter.name}: {str(value)[:40]!r} does not fit; give {_MEANT[parameter.kind]}")
        else:
            found[parameter.name] = made
    if faults:
        raise BadQuery("\n".join([f"{name}: cannot run like this", *faults]))
    return found


def _value(kind: ParameterType, value: object) -> Argument | None:
    """The value as the type; None where it does not fit."""
    if isinstance(value, bool):
        return None
    if kind == "text":
        return value if isinstance(value, str) else None
    if kind == "integer":
        return _integer(value)
    if kind == "number":
        return _number(value)
    if kind == "hours":
        hours = _number(value)
        return timedelta(hours=hours) if hours is not None and 0 <= hours <= _MOST_HOURS else None
    return _time(value)


def _integer(value: object) -> int | None:
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"\d{1,10}", value, re.ASCII) else None
    return value if isinstance(value, int) and 0 <= value <= _MOST else None


def _number(value: object) -> float | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value, re.ASCII):
        value = float(value)
    return float(value) if isinstance(value, (int, float)) and abs(value) < 1e15 else None


def _time(value: object) -> Argument | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    if match := _NEWEST.fullmatch(value):
        return BeforeNewest(int(match[1] or 0))
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=BEIJING).astimezone(UTC)
