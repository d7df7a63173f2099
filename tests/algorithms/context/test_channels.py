"""Which exports go by express and e-commerce more than such goods do."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sandan.algorithms.context.context import fast_shares
from sandan.algorithms.context.sign_statistics import fast_channels


def stream(own: int, own_fast: int, others: int, others_fast: int, chain: int = 0, chain_fast: int = 0, hs4: bool = True) -> Any:
    """One sender's fast parcel: of `own` parcels `own_fast` go fast, of `others` under the heading, and of those in the chain."""
    n = own + others
    values = pd.DataFrame(
        {
            "unbranded": 1.0,
            "seller_exports_n": float(own),
            "seller_exports_m_fast": (own_fast - 1) / max(own - 1, 1),
            "senders2_n": float(chain),
            "senders2_m_fast": chain_fast / max(chain, 1),
            "hs4_n": float(n) if hs4 else np.nan,
            "hs4_m_fast": (own_fast + others_fast - 1) / (n - 1) if hs4 else np.nan,
        },
        index=range(2),
    )
    rows = pd.DataFrame({"imp": [0, 1], "fast": [1, 0]})
    values = values.assign(**fast_shares(rows, values))
    return SimpleNamespace(rows=rows, values=values, column=lambda name: np.nan_to_num(values[name].to_numpy(float)))


def surely(*counts: int, **more: Any) -> float:
    return float(fast_channels(stream(*counts, **more))[0])


def test_a_sender_that_takes_fast_channels_alone_is_found_and_one_like_the_others_is_not() -> None:
    assert surely(12, 12, 300, 90) > 8
    assert surely(12, 4, 300, 100) < 0.5
    assert surely(12, 12, 300, 300) < 0.5  # light, dear goods that all send fast


def test_few_parcels_say_nothing_and_more_say_more() -> None:
    assert surely(3, 3, 300, 90) == 0.0
    assert surely(5, 5, 300, 90) < surely(10, 10, 300, 90) < surely(20, 20, 300, 90)


def test_what_a_chain_of_senders_does_counts_where_each_sends_little() -> None:
    assert surely(1, 1, 300, 90, chain=14, chain_fast=14) > 8
    assert surely(1, 1, 300, 90, chain=14, chain_fast=4) == 0.0


def test_imports_have_no_share() -> None:
    made = stream(12, 12, 300, 90)
    assert np.isnan(made.values.fast_share[1]) and fast_channels(made)[1] == 0.0


def test_without_a_heading_all_exports_are_compared_with() -> None:
    assert stream(12, 12, 300, 90, hs4=False).values.goods_fast_share[0] == pytest.approx(1.0)
