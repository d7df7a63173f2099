"""A run held against an answer key: what was found, what was missed, who was wronged."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

KEY_COLUMNS = ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no")
_RANK = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the world: a typology's frauds, a kind of hard negatives, or the plain honest traffic.

    Attributes:
        part: `fraud`, `open` (frauds of the key's last days, whose lists are not all there yet), `hard_negative` or `honest`.
        name: Typology or kind; "" for all of the part.
        n: Consignments.
        missing: Consignments of the key that the run does not have.
        low, medium, high: Shares by grade, in [0, 1].
        named: Share of the frauds in whose alert the true typology is named; None for the innocent.
    """

    part: str
    name: str
    n: int
    missing: int
    low: float
    medium: float
    high: float
    named: float | None

    @property
    def recall(self) -> float:
        """Share graded `medium` or above."""
        return self.medium + self.high


def evaluate(key: Sequence[Mapping[str, str]], alerts: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Shares by grade for every typology, every kind of hard negatives, and the honest.

    Consignments are found by order number and platform, else by parcel number. A consignment with several declarations counts by its
    highest grade; one that the run does not have counts as `low`.

    Args:
        key: Rows of the answer key: the columns of `KEY_COLUMNS`, `truth`, `typologies`, `kind`, maybe `settled`.
        alerts: All alerts of the run, low ones too.
    """
    by_order: dict[tuple[str, ...], Mapping[str, Any]] = {}
    by_parcel: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for alert in alerts:
        for found, names in ((by_order, ("flow", "ebp_code", "order_no")), (by_parcel, ("logistics_code", "logistics_no"))):
            at = tuple(str(alert[name]) for name in names)
            if at not in found or _RANK[alert["grade"]] > _RANK[found[at]["grade"]]:
                found[at] = alert
    groups: dict[tuple[str, str], list[tuple[str | None, bool]]] = defaultdict(list)
    for row in key:
        order = by_order.get((row["flow"], row["ebp_code"], row["order_no"])) if row["order_no"] else None
        met = order or by_parcel.get((row["logistics_code"], row["logistics_no"]))
        grade = met["grade"] if met else None
        named = set(met["typologies"].split("|")) if met else set()
        truth = "open" if row["truth"] == "fraud" and row.get("settled") == "0" else row["truth"]
        groups[truth, ""].append((grade, True))
        if truth == "fraud":
            for typology in row["typologies"].split("|"):
                groups[truth, typology].append((grade, typology in named))
        elif truth == "hard_negative":
            groups[truth, row["kind"]].append((grade, True))
    return [_part(part, name, seen) for (part, name), seen in sorted(groups.items())]


def _part(part: str, name: str, seen: Sequence[tuple[str | None, bool]]) -> Part:
    n = len(seen)
    share = {grade: sum((given or "low") == grade for given, _ in seen) / n for grade in _RANK}
    named = sum(told for _, told in seen) / n if part == "fraud" and name else None
    return Part(part, name, n, sum(given is None for given, _ in seen), share["low"], share["medium"], share["high"], named)


def as_rows(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts as rows of a table."""
    return [asdict(part) for part in parts]
