"""The days of a world: when shops have promotions, and what currencies cost."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.rates import Rates, rates

# Promotions of all shops: first day as month and day, days, orders as a multiple of an ordinary day's, share off the price. Women's Day,
# 618, Double Eleven with its opening days, Double Twelve.
_FEASTS = (
    (3, 6, 3, 2.0, 0.10), (6, 1, 2, 2.0, 0.12), (6, 16, 3, 3.0, 0.16), (11, 1, 2, 2.5, 0.14), (11, 10, 1, 2.5, 0.14),
    (11, 11, 1, 6.0, 0.20), (12, 11, 2, 2.4, 0.14),
)  # fmt: skip
# Those that come every three weeks or so between them.
_EVERY, _LONG, _RUSH, _OFF = 21, 3, 2.2, 0.12


@dataclass(frozen=True, slots=True)
class Season:
    """Days of the world.

    Attributes:
        promotions: Day of a promotion -> orders as a multiple of an ordinary day's, and share off the price.
        rates: Exchange rates of its weeks.
    """

    start: dt.date
    days: int
    promotions: Mapping[dt.date, tuple[float, float]]
    rates: Rates

    def rush(self, day: dt.date) -> float:
        """Orders of a day as a multiple of those without a promotion."""
        return self.promotions.get(day, (1.0, 0.0))[0]

    def off(self, day: dt.date) -> float:
        """Share off the price on a day."""
        return self.promotions.get(day, (1.0, 0.0))[1]


def season(dice: Dice, start: dt.date, days: int) -> Season:
    """Draws the promotions and rates of a world that begins on a day and lasts so many."""
    found: dict[dt.date, tuple[float, float]] = {}
    for first in range(5, days, _EVERY):
        begins = start + dt.timedelta(days=first + dice.whole(0, 6))
        found.update({begins + dt.timedelta(days=i): (_RUSH, _OFF) for i in range(_LONG)})
    for year in range(start.year, (start + dt.timedelta(days=days)).year + 1):
        for month, day, length, rush, off in _FEASTS:
            found.update({dt.date(year, month, day) + dt.timedelta(days=i): (rush, off) for i in range(length)})
    return Season(start, days, found, rates(dice, start, days))
