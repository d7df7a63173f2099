import datetime as dt

from sandan.synthetic.dice import Dice
from sandan.synthetic.goods import ean, going_price, import_items, season


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
    promoted = [price for day, price in prices.items() if calendar.promoted(day)]
    ordinary = [price for day, price in prices.items() if not calendar.promoted(day)]
    assert max(promoted) < min(ordinary)
    assert max(ordinary) / min(ordinary) < 1.25
