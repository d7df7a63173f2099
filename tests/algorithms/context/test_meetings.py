"""Counts over the days around each consignment, against a plain loop."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.context.meetings import Clock, Meetings

# Key, value, mark and time of a consignment; -1 is unknown. Few moments, so that ends of stretches meet.
ROWS = st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 1), st.integers(-1, 3), st.integers(0, 1), st.integers(0, 12)), max_size=25)


@given(ROWS, st.sampled_from([1.0, 2.5, 4.0]))
def test_every_answer_is_that_of_a_plain_loop(rows: list[tuple[int, int, int, int, int]], days: float) -> None:
    key, other, value, mark = (np.array([row[k] for row in rows], dtype=np.int64) for k in range(4))
    t = np.array([row[4] / 2 for row in rows])
    inside = [i for i in range(len(rows)) if key[i] >= 0 and other[i] >= 0]
    met = Meetings([key, other], np.array(inside, dtype=np.int64), Clock(t))

    def expected(answer: Callable[[int, list[int]], float], first: float, last: float) -> npt.NDArray[np.float64]:
        found = np.full(len(rows), np.nan)
        for i in inside:
            same = [j for j in inside if (key[j], other[j]) == (key[i], other[i]) and t[i] + first <= t[j] <= t[i] + last]
            found[i] = answer(i, same)
        return found

    np.testing.assert_array_equal(met.count(-days, days), expected(lambda _, same: len(same), -days, days))
    np.testing.assert_array_equal(met.count(-7, -days), expected(lambda _, same: len(same), -7, -days))
    np.testing.assert_array_equal(met.age(3), expected(lambda i, same: t[i] - min(t[j] for j in same), -3, 0))
    values = expected(lambda _, same: len({int(value[j]) for j in same if value[j] >= 0}), -days, days)
    np.testing.assert_array_equal(met.different(value, days), values)
    shares = expected(lambda i, same: (sum(mark[j] for j in same) - mark[i]) / max(len(same) - 1, 1), -days, days)
    np.testing.assert_array_equal(met.share_of_others(mark.astype(float), days), shares)
    # A sum over those whose amount is known.
    amount = np.where(value >= 0, value / 100, np.nan)
    known = expected(
        lambda _, same: sum(int(value[j]) for j in same if value[j] >= 0) / 100 if any(value[same] >= 0) else np.nan, -days, days
    )
    np.testing.assert_array_equal(met.total(amount, -days, days), known)


def test_both_ends_of_a_stretch_are_compared_as_they_are_written() -> None:
    # A tenth has no end in binary: 0.3 - 0.2 lies before 0.1, (0.1 + 0.2) - 0.2 behind it.
    met = Meetings([np.zeros(3, dtype=np.int64)], np.arange(3), Clock(np.array([0.1, 0.3, 0.1 + 0.2])))
    assert met.count(-0.2, 0).tolist() == [1, 2, 2]
