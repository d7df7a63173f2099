"""A run compared with an answer key: what was found, what was missed, which honest ones were flagged."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from sandan.algorithms.evaluation.answers import GRADES, answers


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


def evaluate(key: Sequence[Mapping[str, str]], alerts: pa.Table) -> list[Part]:
    """Shares by grade for every typology, every kind of hard negatives, and the honest.

    Args:
        key: Rows of the answer key, see `answers`.
        alerts: All alerts of the run, low ones too.
    """
    groups: dict[tuple[str, str], list[tuple[str | None, bool]]] = defaultdict(list)
    for answer in answers(key, alerts):
        grade = answer.alert["grade"] if answer.alert else None
        groups[answer.truth, ""].append((grade, True))
        if answer.truth == "fraud":
            for typology in answer.typologies:
                groups[answer.truth, typology].append((grade, typology in answer.named))
        elif answer.truth == "hard_negative":
            groups[answer.truth, answer.row["kind"]].append((grade, True))
    return [_part(part, name, seen) for (part, name), seen in sorted(groups.items())]


def _part(part: str, name: str, seen: Sequence[tuple[str | None, bool]]) -> Part:
    n = len(seen)
    share = {grade: sum((given or "low") == grade for given, _ in seen) / n for grade in GRADES}
    named = sum(is_named for _, is_named in seen) / n if part == "fraud" and name else None
    return Part(part, name, n, sum(given is None for given, _ in seen), share["low"], share["medium"], share["high"], named)


def as_rows(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts as rows of a table."""
    return [asdict(part) for part in parts]
