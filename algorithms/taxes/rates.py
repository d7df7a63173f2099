"""Rates of tax by goods code and day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

# Within the limits of retail import, VAT and consumption tax are due at this share and no duty. Source: circular Cai Guan Shui 2016 no. 18.
REDUCTION = Decimal("0.7")
_ONE, _TEN, _HUNDRED = Decimal(1), Decimal(10), Decimal(100)


class Rate(NamedTuple):
    """Rates of one line, as shares.

    Attributes:
        vat: Value-added tax.
        consumption: Consumption tax, below 1.
        reduction: Share of both that is due within the limits.
    """

    vat: Decimal
    consumption: Decimal
    reduction: Decimal


class Rates:
    """The table `tax_rates`, looked up by code and day."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take the rows of `tax_rates`: hs_prefix, vat, consumption, valid_from, reduction (None: that of the law)."""
        self._by_prefix: dict[str, list[tuple[dt.date, Rate]]] = defaultdict(list)
        for row in rows:
            self._by_prefix[row["hs_prefix"]].append((row["valid_from"], _rate(row)))
        for known in self._by_prefix.values():
            known.sort(key=lambda entry: entry[0], reverse=True)
        self._found: dict[tuple[str, dt.date], Rate | None] = {}

    def on(self, code: str, day: dt.date) -> Rate | None:
        """The rate of the longest prefix of a code that has one on the day, of those the newest; None where there is none.

        A rate that is negative, of a consumption tax of 100 % or more, or of a VAT of 1000 % or more, is none.
        """
        key = code, day
        if key not in self._found:
            self._found[key] = self._look_up(code, day)
        return self._found[key]

    def _look_up(self, code: str, day: dt.date) -> Rate | None:
        for length in range(len(code), -1, -1):
            for first, rate in self._by_prefix.get(code[:length], ()):
                if first <= day:
                    return rate if min(rate) >= 0 and rate.consumption < _ONE and rate.vat < _TEN else None
        return None


def _rate(row: Mapping[str, Any]) -> Rate:
    reduction = row["reduction"]
    return Rate(_share(row["vat"]), _share(row["consumption"]), REDUCTION if reduction is None else _reduction(reduction))


def _share(rate: Decimal) -> Decimal:
    """A rate as a share; no tax is 100 % or above, so that such a figure is per cent."""
    return rate / _HUNDRED if rate >= _ONE else rate


def _reduction(share: Decimal) -> Decimal:
    return share / _HUNDRED if share > _ONE else share
