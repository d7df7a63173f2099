"""What an address of the app says: which page, in which language, with which filters, and which part of the network."""

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlencode

from sandan.dashboard.i18n import Language
from sandan.dashboard.theme import GRADES

OVERVIEW, ALERTS, OPERATORS, CONSIGNMENT, NETWORK, CLUSTERS = "/overview", "/alerts", "/operators", "/consignment/", "/network", "/clusters"
CASES, CASE, NEXT, OPERATOR = "/cases", "/case/", "/next/", "/operator/"
WORK = ("open", "mine", "decided")
UNFOLDED = "no"
DEFAULT_GRADES = ("high", "medium")
VIEWS = ("list", "picture")
# Parts of an address that are of the scene, in the order of `Scene.pairs`.
SCENE_NAMES = (
    "key", "cluster", "kinds", "since", "until", "expand", "hide", "pin", "from", "to", "group", "view", "case", "kept", "of",
)  # fmt: skip
# Those that a step on the page changes: not how it is looked at, nor where from.
STEP_NAMES = tuple(name for name in SCENE_NAMES if name not in ("view", "case", "kept"))
Pin = tuple[str, int, int]
_LONGEST, _LONGEST_ID, _MOST_EXPANDED = 80, 160, 16
# So that an address stays shorter than what the server reads of one.
MOST_HIDDEN, MOST_PINNED = 60, 60
_FARTHEST = 100_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NAME = re.compile(r"[a-z_]{1,40}")
_SORT = re.compile(r"[a-z]{1,20}:(asc|desc)")
_KINDS = re.compile(r"[A-Za-z]{1,20}(,[A-Za-z]{1,20}){0,19}")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows, and how; empty text means anything.

    Attributes:
        grades: Grades.
        typology: A typology that a consignment shows.
        status: Its state at customs.
        flow: `import` or `export`.
        operator: Code of an operator that took part.
        q: Part of a number.
        work: How far the officers are: one of `WORK`.
        cluster: A cluster that it belongs to.
        fold: `no` where each consignment has a row of its own; else those of one cluster stand in one row.
        sort: Column and direction, `value:asc`; empty text: the highest score first.
    """

    grades: tuple[str, ...] = DEFAULT_GRADES
    typology: str = ""
    status: str = ""
    flow: str = ""
    operator: str = ""
    q: str = ""
    work: str = ""
    cluster: str = ""
    fold: str = ""
    sort: str = ""

    @property
    def folds(self) -> bool:
        """Whether the consignments of one cluster stand in one row."""
        return self.fold != UNFOLDED and not self.cluster


@dataclass(frozen=True, slots=True)
class Scene:
    """What the network page draws, and which clusters the list of clusters shows.

    Attributes:
        key: A consignment in the middle; empty text where it is a cluster.
        cluster: A cluster; empty text where it is a consignment.
        kinds: Kinds of identifiers, joined by commas; empty text means those that matter most here, `none` none.
        since: First day, `2025-04-01`; empty text means the first there is.
        until: Last day.
        expand: Ids of expanded nodes, in the order of expansion.
        hide: Ids of nodes that are left out.
        pin: Nodes that stand where they were put: id, x, y.
        start: Id of the node where a way begins.
        end: Id of the node where it ends.
        group: `yes` where alike consignments are drawn as one.
        view: `list` or `picture`; empty text means as its size suggests.
        case: Number of the case that it was opened from.
        kept: Number of the picture kept with that case that it was opened from.
        of: Kind of clusters in the list of clusters; empty text means all.
    """

    key: str = ""
    cluster: str = ""
    kinds: str = ""
    since: str = ""
    until: str = ""
    expand: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    pin: tuple[Pin, ...] = ()
    start: str = ""
    end: str = ""
    group: str = ""
    view: str = ""
    case: str = ""
    kept: str = ""
    of: str = ""

    @classmethod
    def of_values(cls, given: Mapping[str, str]) -> Self:
        """Read from the parts of an address; what makes no sense counts as absent."""
        kinds, of = given.get("kinds", ""), given.get("of", "")
        return cls(
            key=given.get("key", "")[:_LONGEST_ID],
            cluster=given.get("cluster", "")[:_LONGEST],
            kinds=kinds if _KINDS.fullmatch(kinds) else "",
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
            expand=_ids(given.get("expand", ""), _MOST_EXPANDED),
            hide=_ids(given.get("hide", ""), MOST_HIDDEN),
            pin=_pins(given.get("pin", "")),
            start=given.get("from", "")[:_LONGEST_ID],
            end=given.get("to", "")[:_LONGEST_ID],
            group="yes" if given.get("group") == "yes" else "",
            view=given.get("view", "") if given.get("view") in VIEWS else "",
            case=_number(given.get("case", "")),
            kept=_number(given.get("kept", "")),
            of=of if _NAME.fullmatch(of) else "",
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Parts of an address."""
        pins = ",".join(f"{_quoted(node)}@{x}@{y}" for node, x, y in self.pin)
        given = [self.key, self.cluster, self.kinds, self.since, self.until, _joined(self.expand), _joined(self.hide), pins]
        given += [self.start, self.end, self.group, self.view, self.case, self.kept, self.of]
        return list(zip(SCENE_NAMES, given, strict=True))

    @property
    def step(self) -> dict[str, str]:
        """The parts that a step on the page changes, without empty ones."""
        return {name: value for name, value in self.pairs if value and name in STEP_NAMES}


EMPTY = Scene()


@dataclass(frozen=True, slots=True)
class Address:
    """The part of an address behind the question mark."""

    language: Language
    filters: Filters = Filters()
    scene: Scene = Scene()

    @classmethod
    def parse(cls, search: str | None, default: Language) -> Self:
        """Read the query part of an address; what makes no sense counts as absent."""
        whole = {name: values[0].strip() for name, values in parse_qs((search or "").lstrip("?")).items()}
        given = {name: value[:_LONGEST] for name, value in whole.items()}
        language: Language = "zh" if given.get("lang") == "zh" else "en" if given.get("lang") == "en" else default
        names = {name: given.get(name, "") for name in ("typology", "status", "flow")}
        filters = Filters(
            grades=_grades(given.get("grade", "")),
            operator=given.get("operator", ""),
            q=given.get("q", ""),
            work=given.get("work", "") if given.get("work", "") in WORK else "",
            cluster=given.get("in", ""),
            fold=UNFOLDED if given.get("fold", "") == UNFOLDED else "",
            sort=given.get("sort", "") if _SORT.fullmatch(given.get("sort", "")) else "",
            **{name: value if _NAME.fullmatch(value) else "" for name, value in names.items()},
        )
        return cls(language, filters, Scene.of_values(whole))

    @property
    def search(self) -> str:
        """The query part for pages that draw no network, with nothing in it that is the default but the language."""
        return self._search([])

    @property
    def search_with_scene(self) -> str:
        """The query part for the network and the clusters."""
        return self._search(self.scene.pairs)

    def _search(self, scene: list[tuple[str, str]]) -> str:
        filters = self.filters
        grades = "" if filters.grades == DEFAULT_GRADES else "all" if filters.grades == GRADES else ",".join(filters.grades)
        named = ("typology", "status", "flow", "work", "operator", "q")
        pairs = [("grade", grades), *((name, getattr(filters, name)) for name in named)]
        # `cluster` is that of the scene: a page may name one cluster and keep a queue that is filtered by another.
        pairs += [("in", filters.cluster), ("fold", filters.fold), ("sort", filters.sort)]
        return "?" + urlencode([*((name, value) for name, value in [*pairs, *scene] if value), ("lang", self.language)])

    def to(self, path: str) -> str:
        """Another page with the same language and filters; the network and the clusters with the same scene too."""
        return path + (self.search_with_scene if path in (NETWORK, CLUSTERS) else self.search)

    def drawing(self, scene: Scene) -> "Address":
        """The address with another scene."""
        return replace(self, scene=scene)

    def seeing(self, **changes: str | tuple[str, ...] | tuple[Pin, ...]) -> "Address":
        """The address with some of its scene changed."""
        return replace(self, scene=replace(self.scene, **changes))  # type: ignore[arg-type]

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


def operator_path(role: str, code: str) -> str:
    """Path of an operator's page."""
    return OPERATOR + quote(f"{role}:{code}", safe="")


def next_path(key: str) -> str:
    """Path that leads to the next open consignment after one."""
    return NEXT + quote(key, safe="")


def case_path(case_id: int, language: Language) -> str:
    """Address of a case."""
    return f"{CASE}{case_id}?lang={language}"


def ordered_grades(chosen: list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Known grades, the worst first; none chosen means all, since a queue without grades would be empty for no visible reason."""
    return tuple(g for g in GRADES if g in (chosen or ())) or GRADES


def _quoted(node: str) -> str:
    """An id as a part of a list: without the signs that divide the list."""
    return quote(node, safe=":/ ")


def _joined(ids: tuple[str, ...]) -> str:
    return ",".join(_quoted(one) for one in ids)


def _ids(value: str, most: int) -> tuple[str, ...]:
    ids = [unquote(part)[:_LONGEST_ID] for part in value.split(",") if part]
    return tuple(dict.fromkeys(ids))[:most]


def _pins(value: str) -> tuple[Pin, ...]:
    found: dict[str, Pin] = {}
    for part in value.split(","):
        node, x, y = [*part.split("@"), "", ""][:3]
        with suppress(ValueError):
            at = int(x), int(y)
            if node and max(map(abs, at)) <= _FARTHEST:
                found[unquote(node)[:_LONGEST_ID]] = (unquote(node)[:_LONGEST_ID], *at)
    return tuple(found.values())[:MOST_PINNED]


def _number(value: str) -> str:
    return value if value.isascii() and value.isdigit() and len(value) < 10 else ""


def _grades(value: str) -> tuple[str, ...]:
    if not value:
        return DEFAULT_GRADES
    known = [part for part in value.split(",") if part in GRADES]
    return GRADES if value == "all" else ordered_grades(known) if known else DEFAULT_GRADES


def _day(value: str) -> str:
    try:
        day = dt.date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return ""
    # What lies beside the calendar's end can not be counted on from: no record is of those years.
    return day.isoformat() if day and _FIRST_YEAR <= day.year <= _LAST_YEAR else ""
