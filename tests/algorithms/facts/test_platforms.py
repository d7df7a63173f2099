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


def _unlisted(trade: Any, bench_of: BenchOf) -> set[str]:
    bench = bench_of(trade)
    matched = match_lists(bench)
    numbers = {row["consignment_id"]: row["order_no"] for row in matched.to_pyarrow().to_pylist()}
    return {numbers[row["consignment_id"]] for row in unlisted_goods(bench).to_pyarrow().to_pylist()}


@pytest.mark.parametrize(("item", "unlisted"), [("保湿面霜 50ml", False), ("保湿面霜50ML", False), ("电动牙刷 黑色", True)])
def test_goods_that_no_shop_of_the_platform_lists(trade: Any, bench_of: BenchOf, item: str, unlisted: bool) -> None:
    trade.order("A")
    trade.declaration("A", item=item)
    trade.add("listings", ebp_code="P1", item_no="1", item_name="保湿面霜 50ml", seen_on="2025-03-01")
    assert _unlisted(trade, bench_of) == ({"A"} if unlisted else set())


def test_a_catalogue_that_is_known_in_part_says_nothing(trade: Any, bench_of: BenchOf) -> None:
    trade.order("A")
    trade.declaration("A", item="电动牙刷 黑色")
    for i in range(30):
        # Thirty lines of other sellers, of which fewer than nine in ten are in the catalogue.
        trade.order(f"B{i}", ebc_code="S2")
        trade.declaration(f"B{i}", item="保湿面霜 50ml" if i < 26 else f"奶粉 {i} 段", ebc_code="S2")
    trade.add("listings", ebp_code="P1", item_no="1", item_name="保湿面霜 50ml", seen_on="2025-03-01")
    assert "A" not in _unlisted(trade, bench_of)
