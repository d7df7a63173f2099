"""Average precision and its intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from sandan.gnn.measures import average_precision, difference, with_interval


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_it_is_scikit_learn_s_figure_also_with_ties(rows: list[tuple[bool, int]]) -> None:
    y, score = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], float)
    if y.any():
        assert average_precision(y, score) == pytest.approx(average_precision_score(y, score))
    else:
        assert np.isnan(average_precision(y, score))


def test_an_interval_over_groups_is_wider_than_one_over_rows() -> None:
    dice = np.random.default_rng(1)
    groups = np.repeat(np.arange(20), 10)
    y = np.repeat(dice.random(20) < 0.3, 10).astype(float)
    score = y * 0.5 + np.repeat(dice.random(20), 10)
    whole, single = with_interval(y, score, groups), with_interval(y, score, np.arange(200))
    assert whole.value == single.value
    assert whole.high - whole.low > single.high - single.low
    assert whole.low <= whole.value <= whole.high


def test_a_ranking_gains_nothing_over_itself() -> None:
    y, score = np.array([0, 1, 0, 1.0]), np.array([0.1, 0.4, 0.3, 0.2])
    gain = difference(y, score, score, np.arange(4))
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)
