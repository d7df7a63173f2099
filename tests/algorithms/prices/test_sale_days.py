"""Days on which everybody is cheap are known by the sellers, not by the lines."""

import datetime as dt
import math
import random

import pandas as pd
import pytest

from sandan.algorithms.prices.sale_days import sale_days

_FIRST = dt.date(2025, 5, 1)


def _sellers(level: dict[int, float], cheats: int = 0, n: int = 30, days: int = 30) -> pd.DataFrame:
    """Ratios of `n` sellers a day with a spread of a tenth; `cheats` of them sell at two fifths from the tenth day on."""
    draw = random.Random(7)
    rows = [
        {
            "flow": "import",
            "day": _FIRST + dt.timedelta(days=day),
            "ebc_code": f"S{i}",
            "log_ratio": math.log(0.4 if i < cheats and day >= 10 else level.get(day, 1.0)) + draw.gauss(0, 0.1),
        }
        for day in range(days)
        for i in range(n)
    ]
    return pd.DataFrame(rows)


def _found(rows: pd.DataFrame) -> dict[int, float]:
    return {(row.day.date() - _FIRST).days: row.sale for row in sale_days(rows).itertuples()}


def test_a_day_on_which_the_median_seller_is_cheap_is_a_sale() -> None:
    found = _found(_sellers({14: 0.6, 15: 0.6, 16: 0.6}))
    assert found[15] == pytest.approx(0.63, abs=0.04)
    assert all(sale > 0.9 for day, sale in found.items() if not 13 <= day <= 17)


@pytest.mark.parametrize("cheats", [1, 5, 9])
def test_what_some_sellers_do_is_no_sale(cheats: int) -> None:
    assert all(sale > 0.85 for sale in _found(_sellers({}, cheats=cheats)).values())


def test_few_sellers_make_no_sale_and_none_is_no_error() -> None:
    assert _found(_sellers({14: 0.5}, n=11)) == {}
    assert sale_days(pd.DataFrame({"flow": [], "day": [], "ebc_code": [], "log_ratio": []})).empty


def test_always_cheap_is_the_usual_level() -> None:
    assert all(sale > 0.9 for sale in _found(_sellers(dict.fromkeys(range(30), 0.6))).values())
