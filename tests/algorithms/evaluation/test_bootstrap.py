"""Intervals that draw whole groups."""

from typing import Any

import numpy as np

from sandan.algorithms.evaluation.bootstrap import draws, intervals


def test_groups_are_drawn_whole_as_many_as_there_are_and_by_seed() -> None:
    groups = np.array([0, 0, 0, 1, 2, 2])
    drawn = list(draws(groups, 50, seed=3))
    for weight in drawn:
        assert len(set(weight[:3])) == 1 and weight[4] == weight[5]
        assert weight[0] + weight[3] + weight[4] == 3
    assert len({tuple(weight) for weight in drawn}) > 5
    assert np.array_equal(drawn, list(draws(groups, 50, seed=3)))
    assert not np.array_equal(drawn, list(draws(groups, 50, seed=4)))


def test_an_interval_covers_the_true_share_about_as_often_as_it_says() -> None:
    dice, covered, alone = np.random.default_rng(1), 0, 0
    groups = np.repeat(np.arange(60), 12)
    for _ in range(60):
        # Whole groups are found or not, each with .4.
        found = np.repeat(dice.random(60) < 0.4, 12).astype(float)

        def share(weight: Any, found: Any = found) -> list[float]:
            return [float((weight * found).sum() / weight.sum())]

        ((low, high),) = intervals(share, groups)
        ((lowest, highest),) = intervals(share, np.arange(720))
        covered += low <= 0.4 <= high
        alone += lowest <= 0.4 <= highest
    assert covered >= 51
    # Rows drawn one by one pretend to know more: the interval is sqrt(12) times too narrow and covers .43 of the time.
    assert alone < 40
