"""No count that is shown is small, and none that is left out can be worked out."""

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.measurement.anonymous import shared_statistics, shown_counts


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 60), max_size=8), st.integers(3, 20))
def test_what_is_left_out_is_nothing_or_as_many_as_are_shown_at_least(counts: dict[str, int], least: int) -> None:
    shown = shown_counts(counts, least)
    assert all(n >= least and counts[name] == n for name, n in shown.items())
    hidden = sum(counts.values()) - sum(shown.values())
    assert hidden == 0 or hidden >= least or not shown


def test_the_smallest_large_one_goes_with_a_small_one() -> None:
    assert shown_counts({"low": 900, "medium": 40, "high": 3}, 10) == {"low": 900}
    assert shown_counts({"low": 900, "medium": 40, "high": 10}, 10) == {"low": 900, "medium": 40, "high": 10}
    assert shown_counts({"low": 900, "medium": 7, "high": 6}, 10) == {"low": 900}


def _inspected(*rows: tuple[str, str | float, int, int]) -> pd.DataFrame:
    """Method, typologies, inspections and breaches among them."""
    made: list[dict[str, Any]] = []
    for method, typologies, n, hits in rows:
        made += [{"method": method, "typologies": typologies, "is_hit": k < hits} for k in range(n)]
    return pd.DataFrame(made, columns=["method", "typologies", "is_hit"])


def test_breaches_are_told_where_neither_they_nor_the_others_are_few() -> None:
    alerts = pd.DataFrame({"flow": ["import"] * 30, "grade": ["low"] * 20 + ["high"] * 10})
    inspected = _inspected(("xray", "quota|gnn", 30, 15), ("phone", "gnn", 12, 11), ("document", float("nan"), 11, 0))
    rows = {row["of"]: (row["n"], row["breaches"]) for row in shared_statistics(alerts, inspected, 10)}
    assert rows == {
        "flow:import grade:low": (20, None), "flow:import grade:high": (10, None), "method:xray": (30, 15), "method:phone": (12, None),
        "method:document": (11, None), "typology:quota": (30, 15), "typology:gnn": (42, 26),
    }  # fmt: skip
    assert not list(shared_statistics(alerts.head(0), _inspected(), 10))
