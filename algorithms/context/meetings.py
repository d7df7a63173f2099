"""Who shares a key with whom within some days: counts over the stretch of time around each consignment, all of them at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_UNITS = 1_000_000


class Clock:
    """Times by their rank, so that both ends of a stretch are compared exactly.

    Args:
        t: float64 [n], days.
    """

    def __init__(self, t: Floats) -> None:
        self.t = t
        self.moments, rank = np.unique(t, return_inverse=True)
        self.rank = rank.astype(np.int64)
        self._ranks: dict[tuple[float, bool], Ints] = {}

    def from_(self, days: float) -> Ints:
        """Rank of the first moment at or after so many days from each, int64 [n]."""
        return self._rank_of(days, False)

    def after(self, days: float) -> Ints:
        """Rank of the first moment later than so many days from each, int64 [n]."""
        return self._rank_of(days, True)

    def _rank_of(self, days: float, later: bool) -> Ints:
        key = days, later
        if key not in self._ranks:
            self._ranks[key] = np.searchsorted(self.moments, self.t + days, side="right" if later else "left").astype(np.int64)
        return self._ranks[key]


class Meetings:
    """Consignments by the values of some columns and by time; those that are not among them are NaN in every answer.

    Args:
        codes: int64 [n] each; the columns that must agree, 0 or more where `rows`.
        rows: int64 [m]; the consignments, ascending.
        clock: Their times.
    """

    def __init__(self, codes: Sequence[Ints], rows: Ints, clock: Clock) -> None:
        group = codes[0][rows]
        for code in codes[1:]:
            group = pd.factorize(group * (int(code.max(initial=0)) + 1) + code[rows])[0].astype(np.int64)
        self._span, self._clock, self._n = len(clock.moments) + 1, clock, len(clock.t)
        key = group * self._span + clock.rank[rows]
        order = np.argsort(key, kind="stable")
        self._rows, self._key, self._start = rows[order], key[order], group[order] * self._span
        self._group = group[order]
        self._ends: dict[tuple[float, bool], Ints] = {}

    def count(self, first: float, last: float) -> Floats:
        """How many there are from some days on to others, both ends included; days before are negative."""
        return self._spread(self._end(last, True) - self._end(first, False))

    def age(self, days: float) -> Floats:
        """Days since the first of them within so many days before."""
        first = self._key[self._end(-days, False)] - self._start
        return self._spread(self._clock.t[self._rows] - self._clock.moments[first])

    def share_of_others(self, mark: Floats, days: float) -> Floats:
        """Sum of a mark (0 or 1) over the others within so many days on either side, divided by their number; 0 where there are none."""
        low, high = self._end(-days, False), self._end(days, True)
        own = mark[self._rows]
        upto = np.concatenate([[0.0], np.cumsum(np.nan_to_num(own))])
        return self._spread((upto[high] - upto[low] - own) / np.maximum(high - low - 1, 1))

    def total(self, amount: Floats, first: float, last: float) -> Floats:
        """Sum of an amount over those from some days on to others; NaN where none is known.

        Exact to a millionth: the sum of floats would differ in its last digits with the order in which they are added up.
        """
        low, high = self._end(first, False), self._end(last, True)
        own = amount[self._rows]
        known = np.concatenate([[0], np.cumsum(~np.isnan(own))])
        upto = np.concatenate([[0], np.cumsum(np.rint(np.nan_to_num(own) * _UNITS).astype(np.int64))])
        return self._spread(np.where(known[high] > known[low], (upto[high] - upto[low]) / _UNITS, np.nan))

    def different(self, code: Ints, days: float) -> Floats:
        """How many different known values a column has within so many days on either side.

        Every value counts once for each time it occurs, less once for each time that it occurs again. A recurrence lies in the stretches
        of a run of neighbours, because both ends of a stretch move forward only.
        """
        low, high = self._end(-days, False), self._end(days, True)
        own = code[self._rows]
        upto = np.concatenate([[0], np.cumsum(own >= 0)])
        place = np.flatnonzero(own >= 0)
        value = self._group[place] * (int(own.max(initial=0)) + 1) + own[place]
        order = np.argsort(value, kind="stable")
        again = value[order[1:]] == value[order[:-1]]
        earlier, later = place[order[:-1][again]], place[order[1:][again]]
        first, end = np.searchsorted(high, later, side="right"), np.searchsorted(low, earlier, side="right")
        both = first < end
        m = len(self._rows)
        change = np.bincount(first[both], minlength=m + 1) - np.bincount(end[both], minlength=m + 1)
        return self._spread(upto[high] - upto[low] - np.cumsum(change)[:m])

    def _end(self, days: float, later: bool) -> Ints:
        key = days, later
        if key not in self._ends:
            ranks = self._clock.after(days) if later else self._clock.from_(days)
            self._ends[key] = np.searchsorted(self._key, self._start + ranks[self._rows]).astype(np.int64)
        return self._ends[key]

    def _spread(self, values: npt.NDArray[np.generic]) -> Floats:
        every = np.full(self._n, np.nan)
        every[self._rows] = values
        return every
