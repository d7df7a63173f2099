"""The indexes in the order and words in which they are shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard.i18n import TEXTS, Language, text, word
from sandan.dashboard.measures.words import WORDS

Row = Mapping[str, Any]
TEXTS.update(WORDS)
# Name of the section, and its indexes.
_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("clearance", ("order_to_release", "payment_to_release", "declaration_to_release")),
    ("share", ("inspection_share",)),
    ("hits", ("hit_rate", "breach_rate")),
    ("budget", ("precision_at_budget", "recall_at_budget")),
    ("missed", ("missed_breaches",)),
    ("revenue", ("revenue_found", "revenue_at_stake")),
    ("decay", ("typology_hit_rate", "typology_decay")),
    ("complete", ("completeness",)),
    ("late", ("lateness",)),
)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that are drawn and listed together.

    Attributes:
        name: Of its title among the words.
        indexes: In the order of their colours; none: it is listed and not drawn.
        rows: Its rows.
    """

    name: str
    indexes: tuple[str, ...]
    rows: tuple[Row, ...]

    def title(self, language: Language) -> str:
        """Its heading."""
        return text(f"measures_section_{self.name}", language)


def sections(rows: Sequence[Row]) -> Iterator[Section]:
    """Sections that have rows; in the last one everything that no other has."""
    for name, indexes in _SECTIONS:
        if own := tuple(row for row in rows if row["index"] in indexes):
            yield Section(name, indexes, own)
    drawn = {index for _, indexes in _SECTIONS for index in indexes}
    if rest := tuple(row for row in rows if row["index"] not in drawn):
        yield Section("rest", (), rest)


def days(rows: Sequence[Row], language: Language) -> str:
    """The first and last day of the data behind any row."""
    found = sorted({day for row in rows for day in (row["from"], row["to"]) if day})
    return text("measures_days", language, first=found[0], last=found[-1]) if found else text("measures_no_data", language)


def index_name(row: Row, language: Language) -> str:
    """What an index is called."""
    return word("index", row["index"], language)


def part_name(row: Row, language: Language) -> str:
    """Of which part a row is: a grade, a method, a typology, a list, a sender."""
    kind, _, name = row["of"].partition(":")
    if kind == "grade":
        own = word("grade_risk", name, language)
    elif kind == "method":
        own = word("method", name, language)
    elif kind == "typology":
        own = registry().label(name, language)
    else:
        own = word("list", row["list"], language) if row["list"] else row["of"] if row["of"] not in ("", "all") else ""
    return " ".join(filter(None, (own, row["source"]))) or text("measures_all", language)


def shown(row: Row, value: float | None, language: Language) -> str:
    """A value of a row in its unit."""
    if value is None:
        return "–"
    if row["unit"] == "hours":
        sign, minutes = "-" if value < 0 else "", round(abs(value) * 60)
        return sign + text("measures_hours", language, h=f"{minutes // 60:,}", m=minutes % 60)
    if row["unit"] == "share":
        return f"{value:+.1%}" if row["index"] == "typology_decay" else f"{value:.1%}"
    if row["unit"] == "CNY":
        return text("measures_cny", language, n=f"{value:,.2f}")
    return text("measures_consignments", language, n=f"{value:,.1f}") if row["unit"] == "consignments" else f"{value:,.4g}"


def interval(row: Row, language: Language) -> str:
    """The interval of a row; empty without one."""
    if row["low"] is None or row["high"] is None:
        return ""
    return f"{shown(row, row['low'], language)} – {shown(row, row['high'], language)}"


def cells(row: Row, language: Language) -> tuple[str, ...]:
    """A row as texts, in the order of `HEADS`."""
    number = f"{row['n']:,}"
    return (
        index_name(row, language), part_name(row, language), shown(row, row["value"], language), interval(row, language), number,
        row["from"], row["to"], row["quality"],
    )  # fmt: skip


HEADS = tuple(f"measures_{name}" for name in ("index", "of", "value", "interval", "n", "from", "to", "quality"))
NUMBERS = (2, 3, 4)


def described(section: Section, language: Language) -> Iterator[tuple[str, str]]:
    """Name of each index of a section, with its definition, origin and method."""
    stop = "。" if language == "zh" else ". "
    colon = "：" if language == "zh" else ": "
    for row in {row["index"]: row for row in section.rows}.values():
        parts = [row["definition"], *(f"{text(f'measures_{name}', language)}{colon}{row[name]}" for name in ("origin", "method"))]
        yield index_name(row, language), stop.join(parts) + stop.strip()
