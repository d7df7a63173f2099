"""Suspicion spreads to companions, and to nobody else."""

import numpy as np
import pandas as pd

from sandan.algorithms.scoring.spread import COMPANIONS, spread


def rows(n: int, **columns: object) -> pd.DataFrame:
    keys = {key for kinds in COMPANIONS.values() for group in kinds for key in group}
    frame = pd.DataFrame({key: [None] * n for key in keys} | {"imp": 1, "t": np.linspace(0.0, 5.0, n)})
    return frame.assign(**columns)


def test_a_companion_of_suspects_rises_and_a_stranger_does_not() -> None:
    p = np.array([0.9, 0.9, 0.05, 0.05])
    logits = spread(rows(4, tel=["a", "a", "a", "b"], door=["x", "y", "x", "z"]), p)
    before = np.log(p / (1 - p))
    assert logits[2] > before[2] + 0.5
    assert logits[3] == before[3]


def test_companions_of_other_weeks_do_not_count() -> None:
    p = np.array([0.9, 0.05])
    near, far = (spread(rows(2, tel="a", t=[0.0, days]), p)[1] for days in (10.0, 100.0))
    assert near > far == np.log(0.05 / 0.95)


def test_the_order_of_consignments_changes_nothing() -> None:
    dice = np.random.default_rng(1)
    frame = rows(200, tel=dice.integers(0, 40, 200).astype(str), seller=dice.integers(0, 9, 200).astype(str))
    p, order = dice.uniform(0.01, 0.99, 200), dice.permutation(200)
    assert np.allclose(spread(frame, p)[order], spread(frame.iloc[order].reset_index(drop=True), p[order]), atol=1e-9)


def test_companions_as_many_honest_ones_have_them_raise_nobody() -> None:
    """Where suspicion is common, as without outcomes, only more of it than is usual there counts."""
    n = 2_000
    frame = rows(n, tel=np.repeat(np.arange(n // 2), 2).astype(str))
    p = np.full(n, 0.3)
    logits = spread(frame, p)
    assert np.all(logits <= np.log(0.3 / 0.7) + 1e-9)
    assert np.allclose(spread(frame, p, lower=False), np.log(0.3 / 0.7))
    p[:2] = 0.9
    assert spread(frame, p)[0] > np.log(0.9 / 0.1)
    alone = frame.assign(tel=[str(k) for k in range(n)])
    assert (spread(alone, p, lower=False) == np.log(p / (1 - p))).all()
