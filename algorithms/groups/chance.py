"""How likely a group's togetherness is by chance: nulls of the same size, drawn from the same consignments."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from sandan.record.values.moment import DAY_US

# One in twenty is where evidence begins, one in a thousand where it is full.
SURE, _FULL = 0.05, 0.001
Rows = npt.NDArray[np.int64]


class Chance:
    """Draws groups of the same size at random and compares.

    Args:
        pool: Places of the items that could have been in a group.
        times: int64 [items], microseconds.
        seed: Of the draws; the same seed gives the same p-values.
        draws: Random groups per question; the smallest p-value is 1 / (draws + 1).
    """

    def __init__(self, pool: Rows, times: npt.NDArray[np.int64], seed: int = 1, draws: int = 999) -> None:
        self._pool = pool[np.argsort(times[pool], kind="stable")]
        self._pool_times = times[self._pool]
        self._times, self._seed, self._draws = times, seed, draws
        self._gaps: dict[int, npt.NDArray[np.float64]] = {}

    def burst(self, items: Rows) -> float:
        """Chance that as many consignments at random follow each other as closely: by the median gap between neighbours in time.

        Two waves weeks apart are a burst too, because the median looks at neighbours.
        """
        n = len(items)
        if n < 3 or len(self._pool) < 2 * n:
            return 1.0
        size = n if n <= 60 else int(round(n, -1))
        if size not in self._gaps:
            rng = np.random.default_rng((self._seed, size))
            drawn = np.sort(self._pool_times[rng.integers(0, len(self._pool), (self._draws, size))], axis=1)
            self._gaps[size] = np.sort(np.median(np.diff(drawn, axis=1), axis=1))
        # Gaps shrink as 1 / (n + 1): a group of a size between is held against the drawn size on its scale.
        seen = np.median(np.diff(np.sort(self._times[items]))) * (n + 1) / (size + 1)
        return (1 + int(np.searchsorted(self._gaps[size], seen, side="right"))) / (self._draws + 1)

    def alike(self, items: Rows, codes: npt.NDArray[np.int64]) -> float:
        """Chance that as many consignments of the same days agree as often in a property.

        Args:
            items: The group.
            codes: int64 [items of the view]; the property of each item, negative where unknown.
        """
        n = len(items)
        first, last = self._times[items].min() - DAY_US, self._times[items].max() + DAY_US
        low, high = np.searchsorted(self._pool_times, [first, last])
        pool = self._pool[low:high] if high - low >= 10 * n else self._pool
        known = pool[codes[pool] >= 0]
        own = codes[items][codes[items] >= 0]
        if len(own) < 3 or len(known) < 2 * len(own):
            return 1.0
        rng = np.random.default_rng((self._seed, int(items[0]), n))
        drawn = np.sort(codes[known[rng.integers(0, len(known), (self._draws, len(own)))]], axis=1)
        n_alike = _pairs_alike(drawn)
        return (1 + int((n_alike >= _pairs_alike(np.sort(own)[None, :])[0]).sum())) / (self._draws + 1)


def _pairs_alike(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pairs of equal codes in each row; rows are sorted."""
    n_rows, n = rows.shape
    total = np.zeros(n_rows, dtype=np.int64)
    run = np.zeros(n_rows, dtype=np.int64)
    for place in range(1, n):
        run = np.where(rows[:, place] == rows[:, place - 1], run + 1, 0)
        total += run
    return total


def together(p_values: Sequence[float]) -> float:
    """One p-value for several questions about one group (Fisher's method)."""
    return float(stats.combine_pvalues(list(p_values), method="fisher").pvalue) if p_values else 1.0


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for the number of groups that were asked about (Benjamini and Hochberg 1995)."""
    return [float(q) for q in stats.false_discovery_control(list(p_values))] if p_values else []


def evidence(p_value: float, q_value: float) -> float:
    """Strength in [0, 1]: nothing above one in twenty or where the number of groups explains it, all of it from one in a thousand.

    Args:
        p_value: Chance of what was seen.
        q_value: The same, corrected for the number of groups.
    """
    if p_value > SURE or q_value > SURE:
        return 0.0
    return min(1.0, float(np.log10(SURE / max(p_value, 1e-12)) / np.log10(SURE / _FULL)))


def days(start: int, end: int) -> float:
    """Days between two times in microseconds."""
    return (end - start) / DAY_US


def moment(micros: int) -> dt.datetime:
    """A time in microseconds as a datetime in UTC."""
    return dt.datetime.fromtimestamp(micros / 1_000_000, dt.UTC)
