"""Exchange rates of a world: one for each week, wandering."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sandan.synthetic.dice import Dice

# ISO letters -> CNY for one unit in the first week, and the spread of its move from week to week, as a share.
_FREE = {
    "USD": (7.18, 0.004), "EUR": (7.76, 0.008), "JPY": (0.0482, 0.012), "GBP": (9.27, 0.009), "KRW": (0.00498, 0.009),
    "AUD": (4.55, 0.010), "NZD": (4.12, 0.010), "CHF": (8.15, 0.009),
}  # fmt: skip
# Currencies held at a fixed price in another one.
_PEGGED = {"HKD": ("USD", 0.1285), "DKK": ("EUR", 0.134)}
# Countries whose buyers are asked for their own money; all others are asked for dollars.
_AT_HOME = {"DE": "EUR", "FR": "EUR", "ES": "EUR", "IT": "EUR", "NL": "EUR", "GB": "GBP", "JP": "JPY", "AU": "AUD", "KR": "KRW"}
# Currencies without a hundredth.
_WHOLE = frozenset(("JPY", "KRW"))
# Share of sales to such countries in dollars all the same.
_DOLLARS = 0.5


@dataclass(frozen=True, slots=True)
class Rates:
    """CNY for one unit of each currency, week by week.

    Attributes:
        begins: First day of the first week, a week before the world's.
        weekly: ISO letters -> rate of each week.
    """

    begins: dt.date
    weekly: dict[str, tuple[float, ...]]

    def cny(self, currency: str, day: dt.date) -> float:
        """The rate of a day; before the first week and after the last one theirs. 1 for CNY."""
        if currency == "CNY":
            return 1.0
        known = self.weekly[currency]
        return known[min(max((day - self.begins).days // 7, 0), len(known) - 1)]

    def moved(self, currency: str, day: dt.date) -> float:
        """What a unit costs on a day as a multiple of its price in the first week."""
        return self.cny(currency, day) / self.cny(currency, self.begins)

    def minor(self, fen: float, currency: str, day: dt.date) -> int:
        """Hundredths of a currency for an amount in fen; whole units where it has no hundredth. At least one."""
        amount = fen / self.cny(currency, day)
        return max(100, round(amount / 100) * 100) if currency in _WHOLE else max(1, round(amount))

    def rows(self) -> Iterator[dict[str, str]]:
        """Rows of the table `exchange_rates`."""
        for currency, known in self.weekly.items():
            for week, rate in enumerate(known):
                yield {"currency": currency, "cny": f"{rate:.5f}", "valid_from": str(self.begins + dt.timedelta(days=7 * week))}


def rates(dice: Dice, start: dt.date, days: int) -> Rates:
    """Draws the rates of a world that begins on a day and lasts so many."""
    weeks = -(-days // 7) + 1
    weekly = {}
    for currency, (first, spread) in _FREE.items():
        known = [first]
        while len(known) < weeks:
            known.append(known[-1] * (1 + dice.normal(spread)))
        weekly[currency] = tuple(round(rate, 5) for rate in known)
    for currency, (anchor, price) in _PEGGED.items():
        weekly[currency] = tuple(round(rate * price, 5) for rate in weekly[anchor])
    return Rates(start - dt.timedelta(days=7), weekly)


def asked_in(dice: Dice, country: str) -> str:
    """The currency in which a buyer of a country is asked to pay: dollars, or his own."""
    return "USD" if dice.chance(_DOLLARS) else _AT_HOME.get(country, "USD")
