"""How good a ranking is, with intervals that know which rows belong together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
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
    order = np.argsort(-score, kind="stable")
    hits, seen = np.cumsum((y * w)[order]), np.cumsum(w[order])
    if not len(y) or hits[-1] <= 0:
        return float("nan")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits, seen = hits[last], seen[last]
    gained = np.diff(np.concatenate([[0.0], hits])) / hits[-1]
    return float((gained * hits / np.maximum(seen, 1e-12)).sum())


def with_interval(y: Floats, score: Floats, groups: Ints, seed: int = 1) -> Estimate:
    """Average precision; the interval draws whole groups, because the rows of one ring are one observation."""
    draws = [average_precision(y, score, w) for w in _weights(groups, seed)]
    return Estimate(average_precision(y, score), *_bounds(draws))


def difference(y: Floats, better: Floats, worse: Floats, groups: Ints, seed: int = 1) -> Estimate:
    """Gain in average precision of one ranking over another on the same draws of groups."""
    draws = [average_precision(y, better, w) - average_precision(y, worse, w) for w in _weights(groups, seed)]
    return Estimate(average_precision(y, better) - average_precision(y, worse), *_bounds(draws))


def _weights(groups: Ints, seed: int) -> list[Floats]:
    rng = np.random.default_rng(seed)
    _, own = np.unique(groups, return_inverse=True)
    n = int(own.max(initial=-1)) + 1
    return [np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)[own] for _ in range(_DRAWS)]


def _bounds(draws: list[float]) -> tuple[float, float]:
    known = np.array([d for d in draws if np.isfinite(d)])
    return (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975))) if len(known) else (float("nan"), float("nan"))
