"""Reference prices: market and peers, and where the line to too cheap lies."""

from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.matching import match_lists
from sandan.algorithms.prices import Prices, compare_prices

MILK = {"gcode": "1901101000", "item": "婴儿配方奶粉 900g"}


def _compared(trade: Any, bench_of: Callable[[Any], Bench]) -> tuple[Prices, dict[str, dict[str, Any]]]:
    bench = bench_of(trade)
    numbers = {row["consignment_id"]: row["order_no"] for row in match_lists(bench).to_pyarrow().to_pylist()}
    prices = compare_prices(bench)
    return prices, {numbers[row["consignment_id"]]: row for row in prices.ratios.to_pyarrow().to_pylist()}


@pytest.fixture(scope="module")
def market(trade: Any, bench_of: Callable[[Any], Bench]) -> tuple[Prices, dict[str, dict[str, Any]]]:
    def seen(price: float, on: str = "2025-03-20", **more: Any) -> None:
        row = {"hs_code": "1901101000", "item_name": "婴儿配方奶粉 900g", "price": price, "currency": "CNY", "seen_on": on}
        trade.add("market_prices", **{**row, **more})

    for day, price in enumerate((290, 300, 1000), start=10):
        seen(price, f"2025-03-{day}")
    seen(1, "2024-11-01")  # too long ago
    seen(1, "2025-06-01")  # too long after
    seen(10, hs_code="9506999000", item_name="瑜伽垫", currency="USD")
    seen(40, hs_code="3304990039", item_name="完全不同的货物")
    trade.add("exchange_rates", currency="USD", cny=6, valid_from="2024-01-01")
    trade.add("exchange_rates", currency="USD", cny=7, valid_from="2025-01-01")
    trade.add("exchange_rates", currency="USD", cny=9, valid_from="2025-03-21")
    trade.declaration("FAIR", 300, **MILK)
    trade.declaration("CHEAP", 90, **MILK)
    trade.declaration("RENAMED", 300, gcode="1901101000", item="进口 婴儿配方奶粉 900g 罐装")
    trade.declaration("DOLLARS", 70, gcode="9506999000", item="瑜伽垫")
    trade.declaration("GIFT", 0, **MILK)
    trade.declaration("UNKNOWN", 5)
    return _compared(trade, bench_of)


def test_the_reference_is_the_median_of_market_prices_near_the_day(market: tuple[Prices, dict[str, Any]]) -> None:
    row = market[1]["FAIR"]
    assert (row["reference"], row["declared"], row["ratio"], row["source"], row["n"]) == (300.0, 300.0, 1.0, "market", 3)


def test_a_cheap_declaration_has_a_low_ratio(market: tuple[Prices, dict[str, Any]]) -> None:
    assert market[1]["CHEAP"]["ratio"] == pytest.approx(0.3)


def test_goods_under_another_name_of_the_same_code_are_the_same_goods(market: tuple[Prices, dict[str, Any]]) -> None:
    assert market[1]["RENAMED"]["reference"] == 300.0


def test_foreign_prices_are_converted_with_the_rate_of_their_day(market: tuple[Prices, dict[str, Any]]) -> None:
    assert market[1]["DOLLARS"]["reference"] == 70.0


def test_gifts_and_goods_without_a_reference_are_left_out(market: tuple[Prices, dict[str, Any]]) -> None:
    assert set(market[1]) == {"FAIR", "CHEAP", "RENAMED", "DOLLARS"}
    assert market[0].n_compared == 4


def test_the_threshold_stays_where_cheap_is_neither_never_nor_always_unusual(market: tuple[Prices, dict[str, Any]]) -> None:
    assert 0.45 <= market[0].threshold <= 0.72


def test_without_any_reference_nothing_is_compared(bench_of: Callable[[Any], Bench], trade: Any) -> None:
    lone = type(trade)()
    lone.declaration("LONE", 90, **MILK)
    prices, ratios = _compared(lone, bench_of)
    assert (prices.n_compared, ratios) == (0, {})


@pytest.mark.parametrize(("n_sellers", "known"), [(2, False), (3, True)])
def test_peers_are_a_reference_where_several_sellers_declare_the_same_and_one_cannot_move_it(
    bench_of: Callable[[Any], Bench], trade: Any, n_sellers: int, known: bool
) -> None:
    peers = type(trade)()
    for i in range(8):
        peers.declaration(f"PEER{i}", 200, ebc_code=f"S{i % n_sellers}", **MILK)
    for i in range(20):
        peers.declaration(f"DUMP{i}", 50, ebc_code="S0", **MILK)
    prices, ratios = _compared(peers, bench_of)
    assert bool(prices.n_compared) is known
    if known:
        assert (ratios["DUMP7"]["source"], ratios["DUMP7"]["reference"], ratios["DUMP7"]["ratio"]) == ("peers", 200.0, 0.25)
