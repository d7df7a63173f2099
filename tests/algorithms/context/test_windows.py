"""Who meets whom in the days around a consignment."""

import numpy as np
import pandas as pd
import pytest

from sandan.algorithms.context.windows import WINDOWS, window_values

KEYS = {key for window in WINDOWS.values() for key in (*window.keys, *window.different)}
MARKS = {mark for window in WINDOWS.values() for mark in window.shares}


def rows(n: int, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({key: pd.Series([None] * n, dtype=object) for key in KEYS} | {mark: np.zeros(n) for mark in MARKS})
    return frame.assign(imp=1, parcel=0, t=np.arange(n, dtype=float), value=10.0).assign(**columns)


def test_counts_reach_twelve_days_to_either_side_and_no_further() -> None:
    found = window_values(rows(4, tel="a", buyer=list("pqrp"), t=[0.0, 12.0, 24.5, 60.0]))
    assert found.tel_n.tolist() == [2, 2, 1, 1]
    assert found.tel_d_buyer.tolist() == [2, 2, 1, 1]
    assert found.tel_age.tolist() == [0, 12, 24.5, 60]


def test_a_share_is_that_of_the_others() -> None:
    found = window_values(rows(3, seller="s", lost=[1.0, 0.0, 0.0]))
    assert found.seller_m_lost.tolist() == [0.0, 0.5, 0.5]


def test_an_unknown_key_is_no_window() -> None:
    found = window_values(rows(3, tel=["a", None, "a"], buyer="b"))
    assert found.tel_n.isna().tolist() == [False, True, False]


def test_pairs_that_meet_more_than_their_sizes_explain_have_a_lift() -> None:
    n = 200
    seller = ["s" if i < 20 else f"t{i % 9}" for i in range(n)]
    carrier = ["c" if i < 20 else f"d{i % 7}" for i in range(n)]
    found = window_values(rows(n, seller=seller, carrier=carrier, agent="a", t=np.linspace(0, 100, n)))
    assert found.seller_carrier_lift[:20].mean() > found.seller_carrier_lift[20:].mean() + 1


def test_the_order_of_consignments_changes_nothing() -> None:
    dice = np.random.default_rng(3)
    n = 150
    frame = rows(n, **{key: dice.integers(0, 12, n).astype(str) for key in sorted(KEYS)}, t=dice.uniform(0, 90, n))
    order = dice.permutation(n)
    once, again = window_values(frame), window_values(frame.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(once.iloc[order].reset_index(drop=True), again, check_exact=False, rtol=1e-9)


def test_what_comes_after_the_window_changes_nothing_of_a_row() -> None:
    early = rows(5, tel="a", seller="s", buyer=list("pqrst"))
    late = rows(6, tel="a", seller="s", buyer=[*"pqrst", "u"], t=[0.0, 1, 2, 3, 4, 300])
    counts = [c for c in window_values(early) if c.startswith("tel_") and not c.endswith("burst")]
    assert window_values(late)[counts][:5].equals(window_values(early)[counts])


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_and_one_consignment_are_borne(n: int) -> None:
    assert len(window_values(rows(n))) == n
