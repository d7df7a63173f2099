"""Providers that serve a platform, and goods that are on sale there."""

from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.platforms import payment_service, unlisted_goods
from sandan.algorithms.matching.matching import match_lists

BenchOf = Callable[[Any], Bench]


def _served(trade: Any, bench_of: BenchOf) -> dict[str, tuple[int, int]]:
    bench = bench_of(trade)
    matched = match_lists(bench)
    numbers = {row["consignment_id"]: row["order_no"] for row in matched.to_pyarrow().to_pylist()}
    found = payment_service(bench, matched).to_pyarrow().to_pylist()
    return {numbers[row["consignment_id"]]: (row["served"], row["service_near"]) for row in found}


@pytest.fixture
def trade(trade: Any) -> Any:
    """Rows of this test alone."""
    return type(trade)()


# First and last day of a service, and whether it counts on the day and near it; each provider and platform has one of its own.
SERVICES = [
    ("2025-01-01", "", (1, 1)),
    ("2025-04-01", "2025-04-01", (1, 1)),
    ("2025-04-02", "", (0, 1)),
    ("2025-05-31", "", (0, 1)),
    ("2025-06-01", "", (0, 0)),
    ("2024-01-01", "2025-03-31", (0, 1)),
    ("2024-01-01", "2025-01-30", (0, 0)),
]


@pytest.fixture(scope="module")
def served(make_trade: Any, bench_of: BenchOf) -> dict[str, tuple[int, int]]:
    made = make_trade()
    for n, (begin, end, _) in enumerate([*SERVICES, ("2025-01-01", "", (0, 0))]):
        made.order(f"A{n}", ebp_code=f"P{n}", pay_code=f"Q{n}")
        made.payment(f"A{n}", ebp_code=f"P{n}", pay_code=f"Q{n}")
        made.waybill(f"A{n}")
        made.declaration(f"A{n}", ebp_code=f"P{n}")
        platform = f"P{n}" if n < len(SERVICES) else "P-other"
        made.add("payment_services", pay_code=f"Q{n}", ebp_code=platform, active_from=begin, active_to=end)
    return _served(made, bench_of)


@pytest.mark.parametrize("n", range(len(SERVICES)))
def test_a_service_counts_on_its_days_and_a_register_may_lag(served: dict[str, tuple[int, int]], n: int) -> None:
    assert served[f"A{n}"] == SERVICES[n][2]


def test_a_provider_of_another_platform_only_does_not_serve(served: dict[str, tuple[int, int]]) -> None:
    assert served[f"A{len(SERVICES)}"] == (0, 0)
    assert len(served) == len(SERVICES) + 1


# Goods that are declared, and whether the catalogue of their platform lacks them; each has a platform of its own.
GOODS = [("保湿面霜 50ml", False), ("保湿面霜50ML", False), ("电动牙刷 黑色", True)]


@pytest.fixture(scope="module")
def unlisted_of(make_trade: Any, bench_of: BenchOf) -> set[str]:
    """Numbers of the orders whose goods no shop lists."""
    trade = make_trade()
    for n, (item, _) in enumerate(GOODS):
        trade.order(f"A{n}", ebp_code=f"P{n}")
        trade.declaration(f"A{n}", item=item, ebp_code=f"P{n}")
        trade.add("listings", ebp_code=f"P{n}", item_no="1", item_name="保湿面霜 50ml", seen_on="2025-03-01")
    # A platform whose catalogue is known in part.
    trade.order("PART", ebp_code="P-part")
    trade.declaration("PART", item="电动牙刷 黑色", ebp_code="P-part")
    for i in range(30):
        # Thirty lines of other sellers, of which fewer than nine in ten are in the catalogue.
        trade.order(f"B{i}", ebc_code="S2", ebp_code="P-part")
        trade.declaration(f"B{i}", item="保湿面霜 50ml" if i < 26 else f"奶粉 {i} 段", ebc_code="S2", ebp_code="P-part")
    trade.add("listings", ebp_code="P-part", item_no="1", item_name="保湿面霜 50ml", seen_on="2025-03-01")
    bench = bench_of(trade)
    matched = match_lists(bench)
    numbers = {row["consignment_id"]: row["order_no"] for row in matched.to_pyarrow().to_pylist()}
    return {numbers[row["consignment_id"]] for row in unlisted_goods(bench).to_pyarrow().to_pylist()}


@pytest.mark.parametrize("n", range(len(GOODS)))
def test_goods_that_no_shop_of_the_platform_lists(unlisted_of: set[str], n: int) -> None:
    assert (f"A{n}" in unlisted_of) is GOODS[n][1]


def test_a_catalogue_that_is_known_in_part_says_nothing(unlisted_of: set[str]) -> None:
    assert "PART" not in unlisted_of
