"""Resident identity numbers: what they tell before they are hashed."""

import datetime as dt
import operator
import re
import unicodedata
from dataclasses import dataclass

_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
_OLD_FORM = re.compile(r"\d{15}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
# Digits are taken by their codes, which are 48 too high.
_OFFSET = 48 * sum(_WEIGHTS)


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """What an identity number says of its holder; fields are None where the number does not fit the standard."""

    birth_year: int | None
    sex: str | None
    region: str | None
    is_valid: bool


def normal(number: str) -> str:
    """The number half width, without spaces and with capital letters; a resident's number also without signs between its digits."""
    if number.isascii() and number.isalnum():
        return number.upper()
    plain = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    digits = "".join(str(unicodedata.digit(c, c)) for c in plain if c.isalnum())
    return digits if _FORM.fullmatch(digits) or _OLD_FORM.fullmatch(digits) else plain


def facts(number: str) -> IdentityFacts:
    """Birth year, sex (`M`, `F`) and two-digit province code of a number in normal form.

    Source:
        GB 11643-1999: region (6), birth date (8), sequence (3, odd for men), check digit.
    """
    nothing = IdentityFacts(None, None, None, False)
    if not _FORM.fullmatch(number):
        return nothing
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return nothing
    if not number.isascii() or _CHECK[sum(map(operator.mul, number[:17].encode(), _WEIGHTS), -_OFFSET) % 11] != number[17]:
        return nothing
    return IdentityFacts(born.year, "M" if int(number[16]) % 2 else "F", number[:2], True)


def masked(number: str) -> str:
    """The number with all but its last four characters hidden."""
    return "*" * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else "*" * len(number)
