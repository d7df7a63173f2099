"""The tax due on declarations of retail import, to the fen.

Source:
    Dutiable value is the price with freight and insurance; consumption tax = dutiable / (1 - c) * c, value-added tax =
    (dutiable + consumption tax) * v; within the limits 70 % of both and no duty, above them all of both: circulars Cai Guan Shui 2016
    no. 18 and 2018 no. 49. Values and taxes are rounded half up to the fen: GACC Order 124, kept by its successor, Order 272 of 2024;
    a real 816 says 37.31 on 410.00 at 13 %.

Assumed:
    The 816 names value and taxes by line, so that each line is rounded by itself and the head sums the lines. Freight and insurance are
    divided among the lines by their value: line k takes what is due to the first k lines, rounded, less what the lines before it took.
    The reduction is applied before rounding, once. Duty above the limits is not in `tax_rates`: the full tax is without it.
"""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

import numpy as np

from sandan.algorithms.taxes.exact import Bools, Exact, Ints, rounded, sums
from sandan.algorithms.taxes.rates import Rate

FEN = Decimal("0.01")
# Decimal places of values in CNY, the product of three stored decimals; of rates; and of bounds.
PLACES, RATE_PLACES, BOUND_PLACES = 15, 7, 5
_UNITS_OF_FEN, _ONE = 10 ** (PLACES - 2), 10**RATE_PLACES
# Sums above it are no value of goods, and would not fit the columns of results.
MOST = Decimal(10) ** 15
MOST_UNITS = int(MOST) * 10**PLACES
_EXACT = Context(prec=120, rounding=ROUND_HALF_UP)


class Rated(NamedTuple):
    """Rates of lines, one entry each, in units of `RATE_PLACES` decimals; 0 where a line has none.

    Attributes:
        vat: Value-added tax.
        consumption: Consumption tax, below 1.
        reduction: Share of both that is due within the limits.
        known: bool [lines].
    """

    vat: Exact
    consumption: Exact
    reduction: Exact
    known: Bools


def fen(value: Decimal) -> Decimal:
    """A sum rounded half up to the fen."""
    return value.quantize(FEN, ROUND_HALF_UP, _EXACT)


def rated(rates: Sequence[Rate | None], place: Ints) -> Rated:
    """Rates of lines: line k has `rates[place[k]]`."""
    rows = [(0, 0, 0) if rate is None else tuple(int(share.scaleb(RATE_PLACES, _EXACT)) for share in rate) for rate in rates]
    table = np.array(rows, dtype=object).reshape(-1, 3)  # of no rows too: a home without declarations
    known = np.array([rate is not None for rate in rates], dtype=bool)
    vat, consumption, reduction = (table[place, k] for k in range(3))
    return Rated(vat, consumption, reduction, known[place])


def dutiable_values(values: Exact, extras: Exact, starts: Ints) -> tuple[Exact, Bools]:
    """Dutiable value of each line, with its part of freight and insurance, in fen.

    Args:
        values: [lines]; their values in CNY, unrounded, in units of `PLACES` decimals.
        extras: [declarations]; freight and insurance in CNY that are not in the prices, in the same units.
        starts: int64 [declarations + 1]; the lines of declaration k are `starts[k]` to `starts[k + 1]`.

    Returns:
        Its values; and bool [declarations], false for what is no value of goods: a negative sum, nothing but goods free of charge, or more
        than 10^15 CNY. Values of lines of these mean nothing.
    """
    n = np.diff(starts)
    whole = sums(values, starts)
    below = sums((values < 0).astype(np.int64).astype(object), starts)
    sound = np.asarray((below == 0) & (extras >= 0) & (whole > 0) & (whole + extras <= MOST_UNITS), dtype=bool)
    values, extras, whole = np.where(np.repeat(sound, n), values, 0), np.where(sound, extras, 0), np.where(sound, whole, 1)
    before = np.concatenate([np.zeros(1, dtype=np.int64).astype(object), np.cumsum(values)])
    so_far = before[1:] - np.repeat(before[starts[:-1]], n)
    upto = rounded(np.repeat(extras, n) * so_far, np.repeat(whole, n) * _UNITS_OF_FEN)
    given = np.concatenate([np.zeros(1, dtype=np.int64).astype(object), upto[:-1]])[: len(upto)]
    given[starts[:-1][n > 0]] = 0
    return rounded(values, _UNITS_OF_FEN) + upto - given, sound


def taxes_of(dutiable: Exact, rates: Rated, share: Exact | int) -> tuple[Exact, Exact]:
    """Consumption tax and value-added tax of lines, in fen.

    Args:
        dutiable: [lines], dutiable values in fen.
        rates: Their rates.
        share: How much of the legal tax is due, in the units of the rates.
    """
    # Divided last: what is exactly half a fen then is so in digits.
    legal, rest = dutiable * share, _ONE * (_ONE - rates.consumption)
    return rounded(legal * rates.consumption, rest), rounded(legal * rates.vat, rest)


def tax_due(dutiable: Exact, rates: Rated, starts: Ints) -> tuple[Exact, Exact]:
    """Tax on declarations, in fen: at the reduced rate, and without reduction.

    Args:
        dutiable: [lines], dutiable values in fen.
        rates: Their rates on the day of declaration.
        starts: The lines of each declaration.
    """
    reduced, full = (sum(taxes_of(dutiable, rates, share)) for share in (rates.reduction, _ONE))
    return sums(np.asarray(reduced, dtype=object), starts), sums(np.asarray(full, dtype=object), starts)


def tax_bounds(values: Exact, extras: Exact, days: Sequence[Rated], starts: Ints) -> tuple[Exact, Exact]:
    """What the reduced tax of declarations may be at least and at most, in units of `BOUND_PLACES` decimals, rounded down and up.

    Args:
        values: [lines]; their values in CNY, unrounded, in units of `PLACES` decimals.
        extras: [declarations]; what freight and insurance may add to them at most, in the same units.
        days: Rates of the lines on each day whose rates may count; those of a day on which a line has none do not.
        starts: The lines of each declaration.

    Returns:
        Nothing to go by for a declaration without a sum above 0, or with a line that has no rate on the first day.
    """
    rests = [_ONE - day.consumption for day in days]
    # Over one denominator, so that they are added and compared without rounding.
    common = math.lcm(*{rest for part in rests for rest in part.tolist()})
    least = most = None
    for day, rest in zip(days, rests, strict=True):
        taxes = sums(values * day.reduction * (day.vat + day.consumption) * (common // rest), starts)
        known = sums((~day.known).astype(np.int64).astype(object), starts) == 0
        least = taxes if least is None else np.where(known & (taxes < least), taxes, least)
        most = taxes if most is None else np.where(known & (taxes > most), taxes, most)
    assert least is not None and most is not None
    whole = sums(values, starts)
    whole = np.where(whole > 0, whole, 1)
    unit = common * 10 ** (PLACES + RATE_PLACES - BOUND_PLACES)
    return least // unit, -(-most * (whole + extras) // (unit * whole))
