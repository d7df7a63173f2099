"""Shares and their intervals, and that rates from recorded probabilities lie in them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sandan.algorithms.measurement.rates import Estimate, difference, middle, share, weighted_count, weighted_share
from sandan.algorithms.scoring.planning import plan_inspections
from sandan.record.settings import PlanSettings

N = 3000


def test_a_share_has_the_interval_of_wilson() -> None:
    for hits, n in ((0, 10), (3, 10), (10, 10), (150, 1000)):
        expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
        assert share(hits, n) == (hits / n, pytest.approx(max(expected.low, 0), abs=1e-12), pytest.approx(expected.high), n)
    assert share(0, 0).n == 0 and np.isnan(share(0, 0).value)


def test_a_sample_of_one_probability_has_the_exact_interval() -> None:
    hit = np.arange(200) < 7
    exact = stats.binomtest(7, 200).proportion_ci(method="exact")
    found = weighted_share(hit, np.full(200, 0.02))
    assert found == (pytest.approx(7 / 200), pytest.approx(exact.low), pytest.approx(exact.high), 200)
    count = weighted_count(hit, np.full(200, 0.02))
    # How many the sample stands for is estimated too, which adds a little.
    assert count.value == pytest.approx(350) and exact.high * 10_000 <= count.high <= exact.high * 10_100


def test_what_was_chosen_for_certain_stands_for_itself() -> None:
    hit = np.array([True, True, False, False])
    assert weighted_share(hit, np.ones(4)) == (0.5, 0.5, 0.5, 4)
    # Two of three suspects are breaches; of 100 others, of which ten were drawn, one in ten.
    found = weighted_share(np.array([True, True, False, True, *[False] * 9]), np.array([1, 1, 1, *[0.1] * 10]))
    assert found.value == pytest.approx(12 / 103) and found.low < 12 / 103 < found.high


def test_a_difference_is_that_of_newcombe() -> None:
    # The example of his paper, table II: 56 of 70 and 48 of 80.
    found = difference(share(56, 70), share(48, 80))
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4), found.n) == (0.2, 0.0524, 0.3339, 150)


def test_the_median_of_few_has_all_of_them_as_interval() -> None:
    assert middle(np.array([3.0, 1.0, 2.0])) == (2.0, 1.0, 3.0, 3)
    many = middle(np.arange(1001.0))
    assert many.value == 500 and 460 < many.low < 480 and 520 < many.high < 540


@pytest.mark.parametrize("probability", [0.0, 1.5, -0.1, float("nan")])
def test_what_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        weighted_share(np.array([True]), np.array([probability]))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.001, 1.0)), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_an_estimate_lies_in_its_interval_whatever_the_order(rows: list[tuple[bool, float]], dice: Any) -> None:
    def estimates() -> list[Estimate]:
        hit, probability = (np.array(column) for column in zip(*rows, strict=True))
        return [weighted_share(hit, probability), weighted_count(hit, probability)]

    first = estimates()
    assert all(e.low <= e.value * (1 + 1e-12) and e.value <= e.high * (1 + 1e-12) for e in first)
    assert first[0].low >= 0 and first[0].high <= 1
    dice.shuffle(rows)
    assert all(a == pytest.approx(b) for a, b in zip(first, estimates(), strict=True))


def _stream(dice: np.random.Generator) -> pd.DataFrame:
    """Consignments with a score that is near their chance of a breach, and whether they are one."""
    score = np.where(dice.random(N) < 0.04, dice.uniform(0.33, 0.95, N), dice.beta(0.4, 12, N).clip(0, 0.32))
    return pd.DataFrame({
        "flow": "import", "ebp_code": "p", "order_no": [f"o{k}" for k in range(N)], "invt_no": "", "logistics_no": "", "logistics_code": "", "score": score,
        "grade": np.where(score >= 0.5, "high", np.where(score >= 0.33, "medium", "low")), "typologies": [["undervaluation"]] * N, "cluster_id": "",
        "status": "declared", "consignment_id": [f"id{k}" for k in range(N)], "kind": "declaration", "known_at": pd.Timestamp("2025-04-01", tz="UTC"),
        "declared_cny": 100.0, "ebc_code": [f"s{k}" for k in range(N)], "customs_code": "1", "is_breach": dice.random(N) < score,
    })  # fmt: skip


@pytest.mark.parametrize(("capacity", "explore"), [*(pytest.param(300, e, marks=pytest.mark.slow) for e in (0.5, 0.2)), (60, 0.5)])
def test_rates_from_plans_lie_in_their_interval(capacity: int, explore: float) -> None:
    rows = _stream(np.random.default_rng(7))
    truth = rows.set_index("consignment_id").is_breach
    low = rows[rows.grade == "low"]
    inside, estimates = 0, []
    for repeat in range(100):
        plan = plan_inspections(rows.drop(columns="is_breach"), capacity, explore, PlanSettings(), f"run-{repeat}").inspected
        drawn = plan[plan.why == "explore"]
        found = weighted_share(truth[drawn.consignment_id].to_numpy(), drawn.probability.to_numpy(float))
        inside += found.low <= low.is_breach.mean() <= found.high
        estimates.append(found.value)
    assert inside >= 93
    # Without bias: the mean of the estimates is the rate, but for chance.
    assert abs(np.mean(estimates) - low.is_breach.mean()) < 4 * np.std(estimates) / 10


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rates_with_unequal_probabilities_lie_in_their_interval(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows = _stream(dice)
    # Officers choose the more suspect the likelier, and write down how likely: the raw rate of hits is far too high.
    probability = np.clip(rows.score.to_numpy() * 2, 0.02, 1.0)
    breach = rows.is_breach.to_numpy()
    inside, counted, raw = 0, 0, []
    for _ in range(100):
        chosen = dice.random(N) < probability
        found = weighted_share(breach[chosen], probability[chosen])
        inside += found.low <= breach.mean() <= found.high
        count = weighted_count(breach[chosen], probability[chosen])
        counted += count.low <= breach.sum() <= count.high
        raw.append(breach[chosen].mean())
    assert inside >= 93 and counted >= 93
    assert np.mean(raw) > 3 * breach.mean()
