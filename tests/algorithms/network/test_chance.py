"""Chances: even where nothing is planted, small where something is, and corrected for how often one asks."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sandan.algorithms.groups.chance import Chance, days, false_discovery, moment, together

DAY = 86_400_000_000
N = 3000


@pytest.fixture(scope="module")
def times() -> np.ndarray:
    return np.sort(np.random.default_rng(1).integers(0, 60 * DAY, N))


@pytest.fixture(scope="module")
def chance(times: np.ndarray) -> Chance:
    return Chance(np.arange(N), times, draws=499)


@pytest.fixture(scope="module")
def codes() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 30, N)


def groups(size: int, count: int, seed: int = 3) -> list[np.ndarray]:
    dice = np.random.default_rng(seed)
    return [np.sort(dice.choice(N, size, replace=False)) for _ in range(count)]


@pytest.mark.parametrize("size", [4, 8, 20, 74, 115])
def test_closeness_of_random_groups_is_even(chance: Chance, size: int) -> None:
    p_values = [chance.burst(group) for group in groups(size, 300)]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.09


@pytest.mark.parametrize("size", [8, 20])
def test_likeness_of_random_groups_is_never_too_small(chance: Chance, codes: np.ndarray, size: int) -> None:
    p_values = np.array([chance.alike(group, codes) for group in groups(size, 300)])
    # Few pairs agree, so the values come in steps: even from above, not below.
    for level in (0.01, 0.05, 0.2, 0.5):
        assert (p_values <= level).mean() <= level + 2.5 * np.sqrt(level * (1 - level) / 300)
    assert (p_values <= 0.5).mean() >= 0.2


@pytest.mark.parametrize("size", [4, 8, 20])
def test_a_burst_has_a_small_chance(chance: Chance, times: np.ndarray, size: int) -> None:
    first = 1500
    assert chance.burst(np.arange(first, first + size)) <= 0.01
    assert times[first + size] - times[first] < DAY


def test_two_waves_weeks_apart_are_a_burst_too(chance: Chance) -> None:
    assert chance.burst(np.concatenate([np.arange(200, 206), np.arange(2700, 2706)])) <= 0.01


def test_evenly_spread_orders_are_no_burst(chance: Chance) -> None:
    assert chance.burst(np.arange(0, N, N // 12)) > 0.5


def test_a_planted_likeness_has_a_small_chance(chance: Chance, codes: np.ndarray) -> None:
    group = groups(10, 1)[0]
    same = codes.copy()
    same[group[:7]] = 4
    assert chance.alike(group, same) <= 0.01
    assert chance.alike(group, codes) > 0.05


def test_what_everybody_buys_at_that_time_is_no_likeness(times: np.ndarray) -> None:
    codes = np.random.default_rng(5).integers(0, 30, N)
    # For four days in the middle nearly all buy the same.
    sale = (times > 30 * DAY) & (times < 34 * DAY)
    codes[sale & (np.random.default_rng(6).random(N) < 0.9)] = 4
    chance = Chance(np.arange(N), times)
    within = np.flatnonzero(sale & (times > 31 * DAY) & (times < 33 * DAY))
    group = np.sort(np.random.default_rng(7).choice(within, 10, replace=False))
    assert chance.alike(group, codes) > 0.05
    elsewhere = codes.copy()
    elsewhere[~np.isin(np.arange(N), group)] = np.random.default_rng(8).integers(0, 30, N - 10)
    assert chance.alike(group, elsewhere) <= 0.01


def test_unknown_properties_say_nothing(chance: Chance, codes: np.ndarray) -> None:
    group = groups(10, 1)[0]
    unknown = codes.copy()
    unknown[group[2:]] = -1
    assert chance.alike(group, unknown) == 1.0


@pytest.mark.parametrize("size", [0, 1, 2])
def test_too_few_say_nothing(chance: Chance, size: int) -> None:
    assert chance.burst(np.arange(size)) == 1.0


def test_a_small_pool_says_nothing(times: np.ndarray) -> None:
    assert Chance(np.arange(9), times).burst(np.arange(5)) == 1.0


def test_the_same_seed_gives_the_same_values(times: np.ndarray, codes: np.ndarray) -> None:
    group = groups(8, 1)[0]
    values = {(c.burst(group), c.alike(group, codes)) for c in (Chance(np.arange(N), times, seed=9) for _ in range(2))}
    shuffled = Chance(np.random.default_rng(1).permutation(N), times, seed=9)
    assert values == {(shuffled.burst(group), shuffled.alike(group, codes))}


def test_the_smallest_value_is_one_in_the_draws(times: np.ndarray) -> None:
    assert Chance(np.arange(N), times, draws=99).burst(np.arange(100, 130)) == 1 / 100


def test_questions_together_are_those_of_fisher() -> None:
    assert together([]) == 1.0
    assert together([0.2]) == pytest.approx(0.2)
    assert together([0.05, 0.05]) == pytest.approx(stats.chi2.sf(-2 * 2 * np.log(0.05), 4))
    assert together([1.0, 1.0]) == pytest.approx(1.0)


chances = st.lists(st.floats(0.001, 1), min_size=1, max_size=30)


@given(chances)
def test_correction_is_monotone_and_only_raises(p_values: list[float]) -> None:
    q_values = false_discovery(p_values)
    assert all(p <= q + 1e-12 <= 1 + 1e-9 for p, q in zip(p_values, q_values, strict=True))
    order = np.argsort(p_values)
    assert (np.diff(np.array(q_values)[order]) >= -1e-12).all()
    # By the definition of Benjamini and Hochberg.
    n, ranked = len(p_values), sorted(p_values)
    expected = [min(min(1.0, p * n / (place + 1)) for place, p in enumerate(ranked) if place >= rank) for rank in range(n)]
    assert np.allclose(np.array(q_values)[order], expected)


@given(chances, st.integers(0, 29), st.floats(0.1, 1))
def test_a_smaller_chance_never_corrects_to_a_larger_one(p_values: list[float], place: int, factor: float) -> None:
    place %= len(p_values)
    smaller = [p * factor if i == place else p for i, p in enumerate(p_values)]
    assert all(b <= a + 1e-12 for a, b in zip(false_discovery(p_values), false_discovery(smaller), strict=True))


def test_nothing_asked_nothing_corrected() -> None:
    assert false_discovery([]) == []


def test_times_are_utc() -> None:
    assert days(0, 3 * DAY // 2) == 1.5
    assert moment(DAY) == dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
