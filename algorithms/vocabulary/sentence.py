"""A text in both languages, with places for values that are written as an officer reads them."""

import datetime as dt
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from sandan.record.values.moment import BEIJING


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text in both languages; `{name}` stands for a value."""

    en: str
    zh: str

    def render(self, language: str, values: Mapping[str, object]) -> str:
        """The text in one language with its values filled in; English for a language that is not there."""
        return _FILL.vformat(self.zh, (), values) if language == "zh" else _english(self.en, values)

    @property
    def names(self) -> frozenset[str]:
        """Names of the values that stand in either language."""
        return frozenset(name for text in (self.en, self.zh) for _, name, _, _ in string.Formatter().parse(text) if name)


class _Fill(string.Formatter):
    """Fills sentences: a value without a format of its own is written as an officer reads it, an unknown one as a question mark."""

    def format_field(self, value: object, format_spec: str) -> str:
        return format(value, format_spec) if format_spec and value is not None else _shown(value)


_FILL = _Fill()
# What is counted in sentences, and one of it.
_ONE_OF = {
    "buyers": "buyer", "consignments": "consignment", "days": "day", "doors": "door", "hours": "hour", "identities": "identity",
    "inspections": "inspection", "lines": "line", "listings": "listing", "names": "name", "orders": "order", "parcels": "parcel",
    "pieces": "piece", "prices": "price", "sellers": "seller", "senders": "sender", "telephones": "telephone",
}  # fmt: skip
_COUNTED = re.compile(rf"^ ({'|'.join(_ONE_OF)})\b")


def _english(text: str, values: Mapping[str, object]) -> str:
    """The text with its values; what is counted is singular behind a 1."""
    parts, before = [], ""
    for literal, name, spec, _ in string.Formatter().parse(text):
        parts.append(_COUNTED.sub(lambda found: " " + _ONE_OF[found[1]], literal) if before == "1" else literal)
        before = "" if name is None else _FILL.format_field(_FILL.get_field(name, (), values)[0], spec or "")
        parts.append(before)
    return "".join(parts)


def _shown(value: object) -> str:
    """A value as an officer reads it: two decimals, minutes in Beijing time."""
    if value is None:
        return "?"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, dt.date):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else f"{value:%Y-%m-%d}"
    return str(value)
