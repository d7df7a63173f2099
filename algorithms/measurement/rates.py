"""Shares with their intervals, from all that was looked at or from a sample with known probabilities.

Source:
    Wilson 1927 for a share; Newcombe 1998 for a difference of two; Horvitz and Thompson 1952, Hajek 1971 for samples with unequal
    probabilities; Clopper and Pearson 1934 with the effective size of the sample (Kish 1965, Korn and Graubard 1998); intervals of strata
    are put together by their distances (Zou and Donner 2008).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
_TAIL = (1.0 - LEVEL) / 2.0
_Z = float(stats.norm.ppf(1.0 - _TAIL))


class Estimate(NamedTuple):
    """A figure with its interval of 95 %.

    Attributes:
        value: The estimate; NaN where there is nothing to estimate from.
        low: Lower end.
        high: Upper end.
        n: Observations.
    """

    value: float
    low: float
    high: float
    n: int


NOTHING = Estimate(float("nan"), float("nan"), float("nan"), 0)


def share(hits: int, n: int) -> Estimate:
    """A share of independent observations."""
    if not n:
        return NOTHING
    interval = stats.binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return Estimate(hits / n, float(interval.low), float(interval.high), n)


def difference(later: Estimate, earlier: Estimate) -> Estimate:
    """How much a share has changed."""
    value = later.value - earlier.value
    low = value - np.hypot(later.value - later.low, earlier.high - earlier.value)
    high = value + np.hypot(later.high - later.value, earlier.value - earlier.low)
    return Estimate(value, float(low), float(high), later.n + earlier.n)


def middle(values: Floats) -> Estimate:
    """The median, with an interval that needs no assumption on the distribution."""
    n = len(values)
    if not n:
        return NOTHING
    ordered = np.sort(values)
    skipped = max(int(stats.binom.ppf(_TAIL, n, 0.5)) - 1, 0)
    return Estimate(float(np.median(ordered)), float(ordered[skipped]), float(ordered[n - 1 - skipped]), n)


def weighted_share(hit: npt.NDArray[np.bool_], probability: Floats) -> Estimate:
    """Share of hits among all that a sample stands for, estimated by inverse probability weighting.

    Args:
        hit: bool [n].
        probability: float64 [n] in (0, 1], with which each was chosen. What had none is not stood for. Those chosen for certain stand for
            themselves alone and add no uncertainty.
    """
    strata = _strata(hit, probability)
    if not strata:
        return NOTHING
    total = sum(s.size for s in strata)
    value = sum(s.size * s.share for s in strata) / total
    low, high = _together(strata, value)
    return Estimate(value, max(value - low / total, 0.0), min(value + high / total, 1.0), len(hit))


def weighted_count(hit: npt.NDArray[np.bool_], probability: Floats) -> Estimate:
    """How many hits there are among all that a sample stands for; as `weighted_share`. Never fewer than were seen."""
    strata = _strata(hit, probability)
    if not strata:
        return NOTHING
    value = sum(s.size * s.share for s in strata)
    low, high = _together(strata, 0.0)
    return Estimate(value, max(value - low, float(hit.sum())), value + high, len(hit))


class _Stratum(NamedTuple):
    """Observations of like probability: how many they stand for and its variance, their share of hits, and its interval."""

    size: float
    variance: float
    share: float
    low: float
    high: float


def _strata(hit: npt.NDArray[np.bool_], probability: Floats) -> list[_Stratum]:
    if not len(hit):
        return []
    if not ((probability > 0) & (probability <= 1)).all():
        raise ValueError("a probability is above 0 and at most 1")
    # Within a factor of two weights differ too little to matter; those chosen for certain are apart.
    codes = np.where(probability >= 1, 1, np.floor(np.log2(probability)))
    found = []
    for code in np.unique(codes):
        own = codes == code
        weight = 1.0 / probability[own]
        size = float(weight.sum())
        rate = float(weight[hit[own]].sum() / size)
        if code == 1:
            found.append(_Stratum(size, 0.0, rate, rate, rate))
        else:
            effective = size**2 / float((weight**2).sum())
            variance = float(((weight - 1.0) * weight).sum())
            found.append(_Stratum(size, variance, rate, *_exact(rate * effective, effective)))
    return found


def _exact(hits: float, n: float) -> tuple[float, float]:
    low = 0.0 if hits <= 0 else float(stats.beta.ppf(_TAIL, hits, n - hits + 1))
    high = 1.0 if hits >= n else float(stats.beta.ppf(1.0 - _TAIL, hits + 1, n - hits))
    return low, high


def _together(strata: list[_Stratum], about: float) -> tuple[float, float]:
    """Distances from the count of hits to its lower and upper end.

    How many a stratum stands for is an estimate too, where each was chosen by itself: it moves the result by how far the stratum's share is
    from `about`, the share of all, or 0 for a count.
    """
    moved = sum(s.variance * (s.share - about) ** 2 for s in strata)
    low = np.sqrt(sum((s.size * (s.share - s.low)) ** 2 for s in strata) + moved * _Z**2)
    high = np.sqrt(sum((s.size * (s.high - s.share)) ** 2 for s in strata) + moved * _Z**2)
    return float(low), float(high)
