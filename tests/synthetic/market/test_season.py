import datetime as dt

import numpy as np
import pytest

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.rates import asked_in, rates
from sandan.synthetic.market.season import season
from sandan.synthetic.trade.honest import day_weights

YEAR = [dt.date(2025, 1, 1) + dt.timedelta(days=i) for i in range(365)]


def test_double_eleven_is_the_busiest_day_of_a_year() -> None:
    calendar = season(Dice(1, 2), YEAR[0], 365)
    feast = dt.date(2025, 11, 11)
    assert max(YEAR, key=calendar.rush) == max(YEAR, key=calendar.off) == feast
    counts = np.bincount(day_weights(calendar).indexes(np.random.default_rng(1), 40_000), minlength=365)
    assert YEAR[int(counts.argmax())] == feast
    assert counts.max() > 4 * np.median(counts)


def test_feasts_are_those_of_each_year_that_a_world_touches() -> None:
    calendar = season(Dice(1, 2), dt.date(2025, 12, 1), 120)
    assert calendar.off(dt.date(2025, 12, 12)) and calendar.off(dt.date(2026, 3, 8))
    assert 0.05 < np.mean([calendar.rush(dt.date(2025, 12, 1) + dt.timedelta(days=i)) > 1 for i in range(120)]) < 0.4


def test_rates_wander_and_pegged_ones_follow_their_anchor() -> None:
    known = rates(Dice(3, 2), YEAR[0], 365)
    for currency, weekly in known.weekly.items():
        assert 0.7 < min(weekly) / max(weekly) < 1, currency
    assert known.cny("HKD", YEAR[200]) == pytest.approx(0.1285 * known.cny("USD", YEAR[200]), rel=1e-3)
    rows = list(known.rows())
    assert len(rows) == len(known.weekly) * 54
    # The rate of a day is the last that the table has for it.
    day = dt.date(2025, 5, 14)
    last = max((row for row in rows if row["currency"] == "EUR" and row["valid_from"] <= str(day)), key=lambda row: row["valid_from"])
    assert float(last["cny"]) == known.cny("EUR", day)


def test_amounts_in_a_currency_are_worth_the_same() -> None:
    known = rates(Dice(3, 2), YEAR[0], 365)
    assert known.minor(71_800, "USD", YEAR[0]) == pytest.approx(10_000, rel=0.02)
    assert known.minor(10_000, "JPY", YEAR[0]) % 100 == 0
    assert known.minor(0.1, "USD", YEAR[0]) == 1
    assert known.minor(1234, "CNY", YEAR[0]) == 1234


def test_buyers_are_asked_for_dollars_or_for_their_own_money() -> None:
    dice = Dice(1, 1)
    assert {asked_in(dice, "DE") for _ in range(50)} == {"USD", "EUR"}
    assert {asked_in(dice, "BR") for _ in range(50)} == {"USD"}
