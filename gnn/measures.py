"""How good a ranking is, with intervals that know which rows belong together."""

from dataclasses import dataclass

import numpy as np

from sandan.algorithms.evaluation.bootstrap import Floats, Ints, bounds, draws
from sandan.algorithms.evaluation.ranking import step_average_precision

_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def average_precision(y: Floats, score: Floats, weight: Floats | None = None) -> float:
    """Area under precision over recall, by steps; rows with equal scores count together. NaN without a positive.

    Args:
        y: float64 [n], 0 or 1.
        score: float64 [n].
        weight: float64 [n]; how often each row counts.
    """
    w = np.ones(len(y)) if weight is None else weight
    _, block = np.unique(-score, return_inverse=True)
    hits, others = (np.bincount(block, each).astype(np.float64) for each in (w * y, w * (1 - y)))
    return step_average_precision(hits, others.cumsum())


def with_interval(y: Floats, score: Floats, groups: Ints, seed: int = 1) -> Estimate:
    """Average precision; the interval draws whole groups, because the rows of one ring are one observation."""
    drawn = [average_precision(y, score, w) for w in draws(groups, _DRAWS, seed)]
    return Estimate(average_precision(y, score), *bounds(drawn))


def difference(y: Floats, better: Floats, worse: Floats, groups: Ints, seed: int = 1) -> Estimate:
    """Gain in average precision of one ranking over another on the same draws of groups."""
    drawn = [average_precision(y, better, w) - average_precision(y, worse, w) for w in draws(groups, _DRAWS, seed)]
    return Estimate(average_precision(y, better) - average_precision(y, worse), *bounds(drawn))
