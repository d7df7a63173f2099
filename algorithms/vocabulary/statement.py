"""What is said, as data: the name of a message and the values that stand in it. Words are made of it where somebody reads it."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

# Name of the value of a statement whose words are all that an older version kept: [English, Chinese].
AS_WRITTEN = "as_written"
# Values that JSON has no type for, by the key that stands in for the type.
_TIME, _DAY, _DECIMAL = "$time", "$day", "$decimal"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said.

    Attributes:
        message: Name of a reason of a typology, or of a message of `sandan.algorithms.wording.messages`.
        values: Of its sentence, by name: texts, numbers, times, days, and lists of them.
    """

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a report."""
        return {"message": self.message, "values": _plain(self.values)}

    def as_text(self) -> str:
        """As it is kept in a table."""
        return json.dumps(self.as_json(), ensure_ascii=False)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Statement":
        """What `as_json` gave."""
        return cls(kept["message"], _typed(kept["values"]))

    @classmethod
    def of_text(cls, kept: str) -> "Statement":
        """What `as_text` gave."""
        return cls.of_json(json.loads(kept))


def values_text(values: Mapping[str, Any]) -> str:
    """Values as JSON that gives them back with their types."""
    return json.dumps(_plain(values), ensure_ascii=False)


def values_of(text: str) -> dict[str, Any]:
    """What `values_text` gave."""
    found: dict[str, Any] = _typed(json.loads(text))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, dt.datetime):
        return {_TIME: value.isoformat()}
    if isinstance(value, dt.date):
        return {_DAY: value.isoformat()}
    return {_DECIMAL: str(value)} if isinstance(value, Decimal) else value


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [(str(name), str(text))] if name == _TIME:
            return dt.datetime.fromisoformat(text)
        case [(str(name), str(text))] if name == _DAY:
            return dt.date.fromisoformat(text)
        case [(str(name), str(text))] if name == _DECIMAL:
            return Decimal(text)
    return {name: _typed(inner) for name, inner in value.items()}
