"""The tax due on one declaration of retail import, to the fen.

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

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import NamedTuple

from sandan.algorithms.taxes.rates import Rate

FEN = Decimal("0.01")
# Enough digits that a quotient never rounds across half a fen: products of three stored decimals have at most 57.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
# Sums above it are no value of goods, and would not fit the columns of results.
MOST = Decimal(10) ** 15
_ONE, _ZERO = Decimal(1), Decimal(0)


class Due(NamedTuple):
    """Tax on one declaration, in CNY with two decimals.

    Attributes:
        reduced: VAT and consumption tax at the reduced rate.
        full: Both without reduction.
    """

    reduced: Decimal
    full: Decimal


def fen(value: Decimal) -> Decimal:
    """A sum rounded half up to the fen."""
    return value.quantize(FEN, ROUND_HALF_UP, EXACT)


def dutiable_values(values: Sequence[Decimal], extras: Decimal) -> list[Decimal] | None:
    """Dutiable value of each line, with its part of freight and insurance, in CNY with two decimals.

    Args:
        values: Values of the lines in CNY, unrounded.
        extras: Freight and insurance in CNY that are not in the prices.

    Returns:
        None for what is no value of goods: a negative sum, nothing but goods free of charge, or more than 10^15 CNY.
    """
    with localcontext(EXACT):
        whole, so_far, given = sum(values, _ZERO), _ZERO, _ZERO
        if min(values, default=_ZERO) < 0 or extras < 0 or not 0 < whole + extras <= MOST or not whole:
            return None
        found = []
        for value in values:
            so_far += value
            upto = fen(extras * so_far / whole)
            found.append(fen(value) + upto - given)
            given = upto
        return found


def taxes_of(dutiable: Decimal, rate: Rate, share: Decimal) -> tuple[Decimal, Decimal]:
    """Consumption tax and value-added tax of a line.

    Args:
        dutiable: Its dutiable value in CNY.
        rate: Its rates.
        share: How much of the legal tax is due, 1 for all.
    """
    with localcontext(EXACT):
        # Divided last: what is exactly half a fen then is so in digits.
        legal, rest = dutiable * share, _ONE - rate.consumption
        return fen(legal * rate.consumption / rest), fen(legal * rate.vat / rest)


def tax_due(dutiable: Sequence[Decimal], rates: Sequence[Rate]) -> Due:
    """Tax on a declaration.

    Args:
        dutiable: Dutiable values of its lines in CNY.
        rates: Their rates on the day of declaration, in the same order.
    """
    with localcontext(EXACT):
        lines = list(zip(dutiable, rates, strict=True))
        return Due(
            sum((tax for value, rate in lines for tax in taxes_of(value, rate, rate.reduction)), _ZERO),
            sum((tax for value, rate in lines for tax in taxes_of(value, rate, _ONE)), _ZERO),
        )


def at_rates(values: Sequence[Decimal], rates: Sequence[Rate]) -> Decimal:
    """Reduced tax on values, unrounded: what bounds are made of."""
    with localcontext(EXACT):
        parts = ((v * r.reduction * (r.vat + r.consumption) / (_ONE - r.consumption)) for v, r in zip(values, rates, strict=True))
        return sum(parts, _ZERO)
