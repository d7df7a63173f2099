"""What an address of the app says: which page, in which language, with which filters."""

import re
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlencode

from sandan.dashboard.i18n import Language
from sandan.dashboard.theme import GRADES

ALERTS, OPERATORS, CONSIGNMENT = "/alerts", "/operators", "/consignment/"
DEFAULT_GRADES = ("high", "medium")
_LONGEST = 80
_NAME = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows; empty text means anything."""

    grades: tuple[str, ...] = DEFAULT_GRADES
    typology: str = ""
    status: str = ""
    flow: str = ""
    operator: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """The part of an address behind the question mark."""

    language: Language
    filters: Filters = Filters()

    @classmethod
    def parse(cls, search: str | None, default: Language) -> Self:
        """Read the query part of an address; what makes no sense counts as absent."""
        given = {name: values[0][:_LONGEST].strip() for name, values in parse_qs((search or "").lstrip("?")).items()}
        language: Language = "zh" if given.get("lang") == "zh" else "en" if given.get("lang") == "en" else default
        names = {name: given.get(name, "") for name in ("typology", "status", "flow")}
        filters = Filters(
            grades=_grades(given.get("grade", "")),
            operator=given.get("operator", ""),
            q=given.get("q", ""),
            **{name: value if _NAME.fullmatch(value) else "" for name, value in names.items()},
        )
        return cls(language, filters)

    @property
    def search(self) -> str:
        """The query part, with nothing in it that is the default but the language."""
        filters = self.filters
        grades = "" if filters.grades == DEFAULT_GRADES else "all" if filters.grades == GRADES else ",".join(filters.grades)
        pairs = [("grade", grades), *((name, getattr(filters, name)) for name in ("typology", "status", "flow", "operator", "q"))]
        return "?" + urlencode([*((name, value) for name, value in pairs if value), ("lang", self.language)])

    def to(self, path: str) -> str:
        """Another page with the same language and filters."""
        return path + self.search

    def having(self, **changes: str | tuple[str, ...]) -> "Address":
        """The address with some filters changed."""
        return replace(self, filters=replace(self.filters, **changes))  # type: ignore[arg-type]

    def without_filters(self) -> "Address":
        """The address with the default filters."""
        return replace(self, filters=Filters())

    def speaking(self, language: Language) -> "Address":
        """The address in another language."""
        return replace(self, language=language)


def consignment_path(key: str) -> str:
    """Path of a consignment's page."""
    return CONSIGNMENT + quote(key, safe="")


def consignment_key(path: str) -> str:
    """The key in the path of a consignment's page."""
    return unquote(path.removeprefix(CONSIGNMENT).rstrip("/"))


def ordered_grades(chosen: list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Known grades, the worst first; none chosen means all, since a queue without grades would be empty for no visible reason."""
    return tuple(g for g in GRADES if g in (chosen or ())) or GRADES


def _grades(value: str) -> tuple[str, ...]:
    if not value:
        return DEFAULT_GRADES
    known = [part for part in value.split(",") if part in GRADES]
    return GRADES if value == "all" else ordered_grades(known) if known else DEFAULT_GRADES
