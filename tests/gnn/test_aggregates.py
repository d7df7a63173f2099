"""Counts up to a moment, against counting by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.network.aggregates import Timeline

EVENTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30), st.floats(-5, 5)), max_size=40)
QUESTIONS = st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 32)), min_size=1, max_size=10)


@given(EVENTS, QUESTIONS)
def test_counts_and_sums_are_those_of_a_loop(events: list[tuple[int, int, float]], questions: list[tuple[int, int]]) -> None:
    targets, times = np.array([e[0] for e in events], dtype=np.int64), np.array([e[1] for e in events], dtype=np.int64)
    values = np.array([[e[2]] for e in events]).reshape(-1, 1)
    line = Timeline(targets, times, 5, values)
    asked, until = np.array([q[0] for q in questions]), np.array([q[1] for q in questions])
    assert line.count(asked, until).tolist() == [sum(t == q and at <= u for t, at, _ in events) for q, u in questions]
    expected = [sum(v for t, at, v in events if t == q and at <= u) for q, u in questions]
    assert np.allclose(line.total(asked, until)[:, 0], expected)
