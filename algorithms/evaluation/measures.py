"""Every figure of a run against an answer key, with its interval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sandan.algorithms.evaluation.alarms import alarm_family
from sandan.algorithms.evaluation.answers import KEY_COLUMNS, Answer, answers
from sandan.algorithms.evaluation.bootstrap import DRAWS, Floats, intervals
from sandan.algorithms.evaluation.grouping import grouping_family
from sandan.algorithms.evaluation.ranking import ranking_family
from sandan.algorithms.evaluation.resolution import MENTIONS, Concluded, resolution_family


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    Attributes:
        measure: Its name.
        of: Typology, or another part that it is taken of; "" for all.
        at: Budget or grade that it is taken at; "" where there is none.
        value: None where there is nothing to measure.
        low, high: Ends of the 95 % interval; None where all that it is about is one group, of which nothing could be drawn otherwise.
        n: How many it is a share or a mean of.
        definition: What it is, in one sentence.
    """

    measure: str
    of: str
    at: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    definition: str


def measures(
    key: Sequence[Mapping[str, str]],
    alerts: pa.Table,
    members: pa.Table,
    concluded: Concluded | None,
    count: int = DRAWS,
) -> list[Measure]:
    """All figures that the key allows and of which there is at least one case; the order of the rows does not matter.

    Args:
        key: Rows of the answer key, see `answers`; without `group` there are no rings, without `tax_at_stake` no revenue, without the
            persons' columns no resolution.
        alerts: All alerts of the run, low ones too.
        members: Members of the run's clusters.
        concluded: Persons of the run's graph; None where it is not kept any more.
        count: Draws of an interval. What is drawn is the key's groups; a consignment without one is its own.
    """
    if not key:
        return []
    # In an order of their own: sums of fractions are then the same to the last bit.
    held = sorted(answers(key, alerts), key=_place)
    families = [ranking_family(held), alarm_family(held)]
    if "group" in key[0]:
        families.append(grouping_family(held, members))
    if concluded is not None and set(MENTIONS) <= set(key[0]):
        families.append(resolution_family(held, concluded))
    groups = np.unique([_group(answer) for answer in held], return_inverse=True)[1].astype(np.int64)

    def values(weight: Floats) -> list[float]:
        return [value for family in families for value in family.values(weight)]

    found = zip(
        (figure for family in families for figure in family.figures),
        values(np.ones(len(held))),
        intervals(values, groups, count),
        strict=True,
    )
    made = []
    for figure, value, ends in found:
        low, high = ends if len(np.unique(groups[figure.rows])) > 1 else (math.nan, math.nan)
        if figure.n:
            texts = (_number(value), _number(low), _number(high), figure.n, figure.definition)
            made.append(Measure(figure.measure, figure.of, figure.at, *texts))
    return made


def _place(answer: Answer) -> tuple[str, ...]:
    return tuple(answer.row[name] for name in KEY_COLUMNS)


def _group(answer: Answer) -> str:
    # A name that no group has, because groups have no line breaks.
    return answer.row.get("group") or "\n".join(_place(answer))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
