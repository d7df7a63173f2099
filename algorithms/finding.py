"""What a detector says: rules over matched consignments, and the sentences in which a finding is told."""

import datetime as dt
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir

from sandan.record.values.moment import BEIJING

# Forged transactions that show on a single consignment, out of the contract's fixed vocabulary.
FORGED = (
    "missing_order", "missing_payment", "missing_waybill", "platform_mismatch", "payer_not_buyer", "amount_mismatch", "address_mismatch",
    "time_order", "undervaluation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One reason in both languages; `{name}` stands for a value of the finding."""

    en: str
    zh: str

    def told(self, language: str, values: Mapping[str, object]) -> str:
        """The sentence in one language with its values filled in."""
        text = self.zh if language == "zh" else self.en
        return _WORDS.vformat(text, (), values)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a typology shows on a consignment.

    Attributes:
        typology: Name of the contract's vocabulary.
        reason: Name of the rule; key of its sentence.
        cause: What it may share with other rules; of one cause only the strongest counts.
        when: True for the consignments it finds.
        score: Strength in (0, 1): how far the sign alone speaks for forgery.
        values: What the sentence names, by column.
        evidence: Columns whose ids prove it.
        sentence: The reason in words.
        asked: True for the consignments on which it could be found at all; None for all. How common it is counts among these.
        usual: Share of honest consignments that bear it, as is assumed until enough were asked; None for that of most rules.
    """

    typology: str
    reason: str
    cause: str
    when: ir.BooleanValue
    score: ir.FloatingValue | float
    sentence: Sentence
    values: Mapping[str, ir.Value] = field(default_factory=dict)
    evidence: tuple[str, ...] = ("consignment_id",)
    asked: ir.BooleanValue | None = None
    usual: float | None = None

    @property
    def evidence_columns(self) -> tuple[str, ...]:
        """Columns of the facts that say whether a piece of the evidence is there; the consignment itself always is."""
        return tuple(column for column in self.evidence if column != "consignment_id")


class _Words(string.Formatter):
    """Fills sentences: a value without a format of its own is written as an officer reads it, an unknown one as a question mark."""

    def format_field(self, value: object, format_spec: str) -> str:
        return format(value, format_spec) if format_spec and value is not None else _shown(value)


_WORDS = _Words()


def _shown(value: object) -> str:
    """A value as an officer reads it: two decimals, minutes in Beijing time."""
    if value is None:
        return "?"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, dt.date):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else f"{value:%Y-%m-%d}"
    return str(value)
