"""Reference prices: market and peers, and where the line to too cheap lies."""

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import gather_facts
from sandan.algorithms.matching.matching import match_lists
from sandan.algorithms.prices.prices import Prices, compare_prices, joined_intervals
from sandan.algorithms.scoring.detect import detect
from sandan.algorithms.wording.render import because
from sandan.record.settings import load_settings

AS_OF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)

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


TIN = {"gcode": "1901101000"}


def _declare(home: Any, number: str, price: float, *, item: str, gcode: str, ebc_code: str = "S1", **line: Any) -> None:
    """A declaration of one line that says more than the name and the price."""
    home.declaration(number, price, item=item, gcode=gcode, ebc_code=ebc_code)
    home.tables["inventory_items"][-1] |= line


def _ratios(trade: Any, bench_of: Callable[[Any], Bench]) -> dict[str, dict[str, Any]]:
    return _compared(trade, bench_of)[1]


@pytest.fixture(scope="module")
def packs(trade: Any, bench_of: Callable[[Any], Bench]) -> dict[str, dict[str, Any]]:
    """Many sellers of an 800 g tin of stage 2, a price list, and lines that are those goods or others."""
    home = type(trade)()
    for i in range(12):
        _declare(home, f"TIN{i}", 280 + i, ebc_code=f"S{i % 4}", item=("婴儿配方奶粉2段 800g", "2段奶粉 婴儿配方 0.8kg")[i % 2], **TIN)
        _declare(home, f"PHONE{i}", 7900 + i, ebc_code=f"S{i % 4}", item="iPhone 16 256GB", gcode="8517130000")
        _declare(home, f"MASK{i}", 60, ebc_code=f"S{i % 4}", item="补水面膜 10片", gcode="3304990029")
        _declare(home, f"HONEY{i}", 240 + i, ebc_code=f"S{i % 4}", item="麦卢卡蜂蜜", gcode="0409000000", unit="千克", qty1=1, unit1="千克")
    home.add(
        "market_prices",
        hs_code="2204210000",
        item_name="干红葡萄酒 750ml",
        price=130,
        currency="CNY",
        seen_on="2025-03-20",
        bar_code="3211111111111",
    )
    home.add("market_prices", hs_code="8518300000", item_name="无线耳机", price=1300, currency="CNY", seen_on="2025-03-20", brand="Sony")
    _declare(home, "SMALL", 140, item="婴儿配方奶粉2段 400g", **TIN)
    _declare(home, "CASE", 900, item="婴儿配方奶粉2段 800g*6罐", **TIN)
    _declare(home, "STAGE", 90, item="婴儿配方奶粉1段 800g", **TIN)
    _declare(home, "SAMPLE", 20, item="婴儿配方奶粉2段 800g 试用装", **TIN)
    _declare(home, "UNDER", 112, item="嬰兒配方奶粉 Ⅱ段 800克", **TIN)
    _declare(home, "SMALL-UNDER", 50, item="婴儿配方奶粉2段 400g", **TIN)
    _declare(home, "OLD-PHONE", 3200, item="iPhone 12 256GB", gcode="8517130000")
    _declare(home, "LESS-STORAGE", 3200, item="iPhone 16 128GB", gcode="8517130000")
    _declare(home, "PHONE-UNDER", 3000, item="IPHONE16 256G", gcode="8517130000", ebc_code="S2")
    _declare(home, "BOTTLES", 125, item="干红葡萄酒 750ml*6瓶", gcode="2204210000", qty=6, unit="瓶")
    _declare(home, "BOTTLES-UNDER", 50, item="干红葡萄酒 750ml", gcode="2204210000", unit="瓶")
    _declare(home, "DOZEN", 1500, item="干红葡萄酒 750ml", gcode="2204210000", unit="打")
    _declare(home, "CODE", 50, item="red wine", gcode="2204210000", bar_code="3211111111111")
    _declare(home, "HALF-BOTTLE", 62, item="干红葡萄酒 375ml", gcode="2204210000", bar_code="3211111111111")
    _declare(home, "OTHER-BRAND", 300, item="无线耳机", gcode="8518300000", gmodel="杂牌|无线耳机")
    _declare(home, "SAME-BRAND", 500, item="无线耳机", gcode="8518300000", gmodel="Sony牌|无线耳机")
    _declare(home, "GRAMS", 0.1, item="麦卢卡蜂蜜", gcode="0409000000", unit="克", qty=1000, qty1=1, unit1="千克")
    _declare(home, "PIECES", 6, item="补水面膜 10片", gcode="3304990029", unit="片", qty=20)
    return _ratios(home, bench_of)


@pytest.mark.parametrize(
    ("number", "ratio", "scaled"),
    [
        ("UNDER", 112 / 285, False),  # other writing of the same tin
        ("SMALL", 140 / 142.5, True),  # half the pack for half the price
        ("SMALL-UNDER", 50 / 142.5, True),
        ("CASE", 900 / 285, True),  # six tins cost no less than one
        ("PHONE-UNDER", 3000 / 7905, False),
        ("BOTTLES", 125 / 130, False),  # six bottles of a six-pack are priced by the bottle
        ("BOTTLES-UNDER", 50 / 130, False),
        ("DOZEN", 125 / 130, False),
        ("CODE", 50 / 130, False),  # the bar code says what the name does not
        ("HALF-BOTTLE", 62 / 65, True),  # and does not say what the name says otherwise
        ("SAME-BRAND", 500 / 1300, False),
        ("GRAMS", 100 / 245, False),
        ("PIECES", 1.0, False),
    ],
)
def test_prices_are_held_against_those_of_the_same_pack_or_a_bound(packs: dict[str, Any], number: str, ratio: float, scaled: bool) -> None:
    assert packs[number]["ratio"] == pytest.approx(ratio, rel=0.03)
    assert packs[number]["scaled"] is scaled


@pytest.mark.parametrize("number", ["STAGE", "SAMPLE", "OLD-PHONE", "LESS-STORAGE", "OTHER-BRAND"])
def test_other_goods_have_no_reference(packs: dict[str, Any], number: str) -> None:
    assert number not in packs


def test_where_a_line_leaves_the_pack_open_its_legal_weight_says_it(trade: Any, bench_of: Callable[[Any], Bench]) -> None:
    home = type(trade)()
    home.add("market_prices", hs_code="1901101000", item_name="婴儿配方奶粉2段 800g", price=285, currency="CNY", seen_on="2025-03-20")
    _declare(home, "OPEN", 140, item="婴儿配方奶粉2段", qty1=0.4, unit1="千克", **TIN)
    _declare(home, "TWO", 280, item="婴儿配方奶粉2段", qty=2, qty1=1.6, unit1="千克", **TIN)
    _declare(home, "UNDER", 100, item="婴儿配方奶粉2段", qty1=0.8, unit1="千克", **TIN)
    ratios = _ratios(home, bench_of)
    assert [round(ratios[number]["ratio"], 2) for number in ("OPEN", "TWO", "UNDER")] == [0.98, 0.98, 0.35]


def test_what_a_line_leaves_open_is_held_against_the_cheapest_that_fits(trade: Any, bench_of: Callable[[Any], Bench]) -> None:
    home = type(trade)()
    for i in range(12):
        _declare(home, f"BIG{i}", 280, ebc_code=f"S{i % 4}", item="婴儿配方奶粉 800g", **TIN)
        _declare(home, f"SMALL{i}", 150, ebc_code=f"S{i % 4}", item="婴儿配方奶粉 400g", **TIN)
    _declare(home, "OPEN", 140, item="婴儿配方奶粉", **TIN)
    assert _ratios(home, bench_of)["OPEN"]["ratio"] == pytest.approx(140 / 150)


def test_a_filler_for_a_bar_code_makes_no_goods_the_same(trade: Any, bench_of: Callable[[Any], Bench]) -> None:
    home = type(trade)()
    for i in range(9):
        for item, gcode, price in (("真皮手袋", "4202210090", 2000), ("拖鞋", "6405900000", 40), ("雨伞", "6601100000", 30)):
            _declare(home, f"{gcode}-{i}", price, ebc_code=f"S{i % 3}", item=item, gcode=gcode, bar_code="6900000000000")
    ratios = _ratios(home, bench_of)
    assert {round(row["ratio"], 2) for row in ratios.values()} == {1.0}


def test_only_the_goods_themselves_at_a_fraction_of_their_price_are_found_and_what_was_cut_is_said(
    trade: Any, bench_of: Callable[[Any], Bench], tmp_path: Path
) -> None:
    home = type(trade)()
    tins = [f"婴儿配方奶粉{stage}段 {grams}g" for stage in (1, 2, 3) for grams in (400, 800)]
    for i in range(12):
        for place, item in enumerate(tins):
            price = (140, 280)[place % 2]
            home.declaration(f"TIN{i}-{place}", price + i, ebc_code=f"S{i % 4}", item=item, **TIN)
            home.declaration(
                f"PHONE{i}-{place}", 2000 + 1100 * place, ebc_code=f"S{i % 4}", item=f"iPhone {12 + place} 128GB", gcode="8517130000"
            )
    home.declaration("CHEAP", 112, item="嬰兒配方奶粉 Ⅲ段 0.8千克", **TIN)
    home.declaration("CHEAP-PACK", 40, item="婴儿配方奶粉3段 200g", **TIN)
    home.declaration("CHEAP-PHONE", 2900, item="IPHONE 17 128G", gcode="8517130000")
    home.declaration("NEW-PHONE", 900, item="iPhone 19 128GB", gcode="8517130000")
    bench = bench_of(home)
    findings = detect(gather_facts(bench, load_settings(tmp_path), AS_OF), "run").findings.to_pylist()
    numbers = {row["consignment_id"]: row["order_no"] for row in bench.current("matched").to_pyarrow().to_pylist()}
    found = {numbers[row["consignment_id"]]: row for row in findings if row["typology"] == "undervaluation"}
    assert set(found) == {"CHEAP", "CHEAP-PACK", "CHEAP-PHONE"}
    assert "cut from another pack" in because(found["CHEAP-PACK"], "en") and "其他规格" in because(found["CHEAP-PACK"], "zh")
    assert "pack" not in because(found["CHEAP"], "en") and "规格" not in because(found["CHEAP"], "zh")


@given(st.lists(st.tuples(st.floats(1, 100), st.floats(0.01, 20)), max_size=12), st.floats(0, 130))
def test_joined_intervals_hold_the_same_numbers(pairs: list[tuple[float, float]], number: float) -> None:
    intervals = [(low, low + width) for low, width in pairs]
    joined = joined_intervals(intervals)
    assert any(low < number < high for low, high in joined) == any(low < number < high for low, high in intervals)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(joined))


def test_a_year_of_rates_of_one_currency_is_one_interval() -> None:
    rates = [7.1 + day / 4000 for day in range(365)]
    assert len(joined_intervals([(rate * 0.95, rate * 1.05) for rate in rates])) == 1
