"""Amounts in CNY: the rate of the day, and which list states the amount."""

from collections.abc import Callable
from typing import Any

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.declared_value import declared_cny
from sandan.algorithms.matching.matching import match_lists


def _values(trade: Any, bench_of: Callable[[Any], Bench]) -> dict[str, float | None]:
    bench = bench_of(trade)
    matched = match_lists(bench)
    known = {row["consignment_id"]: row["declared_cny"] for row in declared_cny(bench, matched).to_pyarrow().to_pylist()}
    rows = matched.to_pyarrow().to_pylist()
    assert len(known) == len(rows)
    return {row["order_no"] or row["logistics_no"]: known[row["consignment_id"]] for row in rows}


def test_each_amount_has_the_rate_of_its_day(trade: Any, bench_of: Callable[[Any], Bench]) -> None:
    for cny, day in ((7, "2025-01-01"), (8, "2025-04-01"), (9, "2025-04-02")):
        trade.add("exchange_rates", currency="USD", cny=cny, valid_from=day)
    trade.add("exchange_rates", currency="EUR", cny=8.5, valid_from="2025-06-01")
    trade.order("FIRST", currency="EUR", goods_value=10)
    trade.order("EARLY", currency="USD", goods_value=10, app_time="20240601100000")
    trade.order("BEFORE", currency="USD", goods_value=10, app_time="20250331100000")
    trade.order("ON", currency="USD", goods_value=10, app_time="20250401100000")
    trade.order("YUAN", currency="CNY", goods_value=10)
    trade.order("NORATE", currency="ISK", goods_value=10)
    assert _values(trade, bench_of) == {"FIRST": 85, "EARLY": 70, "BEFORE": 70, "ON": 80, "YUAN": 10, "NORATE": None}


def test_the_declaration_goes_before_the_order_and_parcels_state_their_own(trade: Any, bench_of: Callable[[Any], Bench]) -> None:
    trade.add("exchange_rates", currency="EUR", cny=8, valid_from="2025-01-01")
    trade.order("A", goods_value=500)
    trade.declaration("A", 300)
    trade.add(
        "house_waybills", logistics_code="L9", logistics_no="P1", channel="express", sender_name="张三", receiver_name="J", receiver_address="1 Main St",
        receiver_country="DE", description="shoes", declared_value=25, currency="EUR", weight_kg=1, shipped_at="2025-04-01T10:00:00",
    )  # fmt: skip
    values = _values(trade, bench_of)
    assert (values["A"], values["P1"]) == (300, 200)
