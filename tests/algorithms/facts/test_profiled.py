"""Risk profiles: what bears all of their traits, and what bears all but one."""

from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.profiled import profiled
from sandan.algorithms.matching.matching import match_lists

_FIT: list[dict[str, Any]] = [
    {"hs_prefixes": "3304"},
    {"hs_prefixes": "9503|33"},
    {"words": "奶粉|面霜"},
    {"words": "la mer"},
    {"countries": "jp|KR"},
    {"trade_flow": "import", "hs_prefixes": "33", "countries": "KR", "words": "面霜"},
    {"words": "vinyl figure", "countries": "US"},
]
_NOT: list[dict[str, Any]] = [
    {},
    {"hs_prefixes": "|"},
    {"trade_flow": "import"},
    {"hs_prefixes": "304"},
    {"words": "mer l"},
    {"words": "amer"},
    {"countries": "FR"},
    {"trade_flow": "export", "hs_prefixes": "33"},
    {"hs_prefixes": "33", "countries": "US"},  # of two consignments one trait each
    {"hs_prefixes": "33", "valid_to": "2025-03-31"},
    {"hs_prefixes": "33", "valid_from": "2025-04-02"},
]


@pytest.fixture(scope="module")
def bench(trade: Any, bench_of: Callable[[Any], Bench]) -> Bench:
    home = type(trade)()
    home.whole("A")
    home.tables["inventory_items"][-1] |= {"gmodel": "LA MER|50ml", "country": "KR"}
    home.add("house_waybills", logistics_code="L9", logistics_no="E1", channel="express", sender_name="王小明", receiver_name="John Doe",
             receiver_address="1 Main St, Austin", receiver_country="US", description="vinyl figure", declared_value=20, currency="USD", weight_kg=1,
             shipped_at="2025-04-01")  # fmt: skip
    row = {"reason": "r", "source": "s", "valid_from": "2025-04-01"}
    for place, traits in enumerate([*_FIT, *_NOT]):
        home.add("risk_profiles", profile=f"case {place}", **{**row, **traits})
    made = bench_of(home)
    match_lists(made)
    made.keep("every_profile", made.current("risk_profiles"))
    return made


def _fitting(bench: Bench, place: int) -> list[dict[str, Any]]:
    every = bench.current("every_profile")
    bench.keep("risk_profiles", every.filter(every.profile == f"case {place}"))
    assert bench.current("risk_profiles").count().execute() == 1
    rows: list[dict[str, Any]] = profiled(bench).to_pyarrow().to_pylist()
    return rows


@pytest.mark.parametrize("place", range(len(_FIT)))
def test_what_bears_all_traits_is_found(bench: Bench, place: int) -> None:
    [row] = _fitting(bench, place)
    assert (row["profile_name"], row["profile_reason"], row["profile_source"]) == (f"case {place}", "r", "s")


@pytest.mark.parametrize("place", range(len(_NOT)))
def test_what_lacks_a_trait_or_the_day_is_not(bench: Bench, place: int) -> None:
    assert _fitting(bench, len(_FIT) + place) == []
