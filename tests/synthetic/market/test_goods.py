import datetime as dt
from dataclasses import replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.goods import ean, going_price, import_items
from sandan.synthetic.market.season import season


def test_ean_has_its_check_digit() -> None:
    assert ean("400638133393") == "4006381333931"


def test_catalogue_is_wide_and_fits_the_lists() -> None:
    items = import_items(Dice(1, 1))
    assert len(items) >= 150
    assert len({item.item_no for item in items}) == len({item.name for item in items}) == len(items)
    assert all(len(item.hs_code) == 10 and len(item.item_no) <= 20 and len(item.unit) == 3 for item in items)


def test_prices_drift_slowly_and_fall_in_promotions() -> None:
    item = import_items(Dice(1, 1))[0]
    calendar = season(Dice(1, 2), dt.date(2025, 3, 1), 60)
    prices = {calendar.start + dt.timedelta(days=i): going_price(item, calendar.start + dt.timedelta(days=i), calendar) for i in range(60)}
    full = {day: price / (1 - calendar.off(day)) for day, price in prices.items()}
    assert {day for day, price in prices.items() if price < full[day]} == {day for day in prices if calendar.rush(day) > 1}
    assert max(full.values()) / min(full.values()) < 1.25


def test_a_dearer_currency_makes_its_goods_dearer_by_a_part() -> None:
    item = next(item for item in import_items(Dice(1, 1)) if item.origin == "116")
    calendar, day = season(Dice(1, 2), dt.date(2025, 3, 1), 60), dt.date(2025, 4, 20)
    assert item.currency == "JPY"
    known = dict(calendar.rates.weekly)
    dearer = replace(
        calendar, rates=replace(calendar.rates, weekly=known | {"JPY": tuple(1.1**week * r for week, r in enumerate(known["JPY"]))})
    )
    share = (going_price(item, day, dearer) / going_price(item, day, calendar)) - 1
    moved = dearer.rates.moved("JPY", day) / calendar.rates.moved("JPY", day) - 1
    assert 0.3 < share / moved < 0.5
    other = next(item for item in import_items(Dice(1, 1)) if item.origin == "305")
    assert going_price(other, day, dearer) == going_price(other, day, calendar)
