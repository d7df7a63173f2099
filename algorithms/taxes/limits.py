"""What the law lets a person buy at the reduced rate: in one transaction, and in a calendar year."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa

# Sums in CNY to the fen, exact: as a column of Arrow, and of Ibis.
MONEY, IBIS_MONEY = pa.decimal128(38, 2), "decimal(38, 2)"


class Limits(NamedTuple):
    """Limits in CNY of dutiable value.

    Attributes:
        transaction: Most of one transaction.
        year: Most of one person in a calendar year of Beijing, over all platforms.
    """

    transaction: Decimal
    year: Decimal


# By their first day, the newest first. Source: circulars Cai Guan Shui 2016 no. 18 and 2018 no. 49.
LIMITS = (
    (dt.date(2019, 1, 1), Limits(Decimal(5000), Decimal(26000))),
    (dt.date.min, Limits(Decimal(2000), Decimal(20000))),
)
TODAY = LIMITS[0][1]


def limits_on(day: dt.date) -> Limits:
    """Limits in force on a day in Beijing."""
    return next(limits for first, limits in LIMITS if first <= day)
