"""A text in both languages, with places for values that are written as an officer reads them."""

import datetime as dt
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
        text = self.zh if language == "zh" else self.en
        return _FILL.vformat(text, (), values)

    @property
    def names(self) -> frozenset[str]:
        """Names of the values that stand in either language."""
        return frozenset(name for text in (self.en, self.zh) for _, name, _, _ in string.Formatter().parse(text) if name)


class _Fill(string.Formatter):
    """Fills sentences: a value without a format of its own is written as an officer reads it, an unknown one as a question mark."""

    def format_field(self, value: object, format_spec: str) -> str:
        return format(value, format_spec) if format_spec and value is not None else _shown(value)


_FILL = _Fill()


def _shown(value: object) -> str:
    """A value as an officer reads it: two decimals, minutes in Beijing time."""
    if value is None:
        return "?"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, dt.date):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else f"{value:%Y-%m-%d}"
    return str(value)
