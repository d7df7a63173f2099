"""Resident identity numbers: what is read from them before they are hashed."""

import datetime as dt
import operator
import re
import unicodedata
from dataclasses import dataclass

from sandan.record.values import mask

_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
_OLD_FORM = re.compile(r"\d{15}", re.ASCII)
_LENGTH, _OLD_LENGTH = 18, 15
_LENGTHS = (_LENGTH, _OLD_LENGTH)
# First two digits of the numbers of residents, by province; 81-83 are residence permits of people from Hong Kong, Macao and Taiwan.
PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split())
# Permits of people from Hong Kong and Macao (a letter, eight digits) and from Taiwan (eight digits) with the digits of their renewal.
_PERMIT = re.compile(r"([HM]\d{8})[^\dA-Z]*(?:\d{2})[^\dA-Z]*", re.ASCII)
_TAIWAN_PERMIT = re.compile(r"(\d{8})(?:(?:0\d|[12]\d)|[^\dA-Z]+(?:\d{1,2}|[A-Z])[^\dA-Z]*|[A-Z])(?:\([A-Z]\))?", re.ASCII)
# A resident's number with words around it: 身份证330106199003074475.
_NAMED = re.compile(r"\D*?(?<!\d)(\d{17}[\dX]|\d{15})(?![\dX])\D*", re.ASCII)
# Or with letters or the number of the kind of paper before it, and a sign between: ID:330106199003074475, 1/3301….
_BEHIND_KIND = re.compile(r"(?:[A-Z]{2,4}[^\dA-Z]*|[01]{1,2}[^\dA-Z]+)(\d{17}[\dX]|\d{15})[^\dA-Z]*", re.ASCII)
# Any other paper behind its name.
_PAPER = re.compile(r"[㐀-鿿]{2,}(?:NO\.?)?[^\dA-Z]*([A-Z]{0,2}\d{6,}[^㐀-鿿]*)")
# A passport or permit: letters and seven or eight digits, signs or not.
_LETTERED = re.compile(r"([A-Z]{1,2})[^\dA-Z]*(\d{7,8})[^\dA-Z()]*", re.ASCII)
# The last four alone, or the first six before them.
_LAST = re.compile(r"(?:(?:尾号|[后後末尾][四4]位)[ :.]*)?(\d{3}[\dX])", re.ASCII)
_ENDS = re.compile(r"(\d{6})\s+(\d{3}[\dX])", re.ASCII)
# What people write for the X of a check digit.
_EXES = dict.fromkeys("ХхΧχ×✕✖ⅩⅹＸｘx", "X")
# The identity card of Macao: eight digits, the last of which stands behind a stroke or in brackets.
_MACAO = re.compile(r"([1578])/?(\d{6})(?:/(\d)|\((\d)\))", re.ASCII)
# The identity card of Hong Kong, whose check digit stands in brackets or not.
_HONG_KONG = re.compile(r"([A-Z]{1,2}\d{6})[^\dA-Z]*([\dA])[^\dA-Z]*", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
# Digits are taken by their codes, which are 48 too high.
# What a spreadsheet makes of the digits behind the fifteenth.
_ROUNDED = "000"
_OFFSET = 48 * sum(_WEIGHTS)


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """What an identity number says of its holder; fields are None where the number does not fit the standard."""

    birth_year: int | None
    sex: str | None
    region: str | None
    is_valid: bool


def normal(number: str) -> str:
    """The number of one person in one writing: half width, without spaces and with capital letters.

    A resident's number loses the signs between its digits, and the fifteen digits of cards issued until 1999 become the eighteen of today.
    A permit loses the digits of its renewal, the check digit of a Hong Kong card stands in brackets, and that
    of a Macao card does not. Words before a number go, and signs in a passport's. Other papers keep their signs. Where somebody gives no
    more than the last four characters, what is missing is hidden under a sign: `*4475`.
    """
    plain = number.upper()
    if not number.isascii() or not number.isalnum():
        if ends := _ENDS.fullmatch(plain.strip()):
            return f"{ends[1]}********{ends[2]}"
        plain = "".join(unicodedata.normalize("NFKC", number).split()).upper()
        if plain[-1:] in _EXES and plain[:-1].isdecimal() and len(plain) == _LENGTH:
            plain = f"{plain[:-1]}X"
        digits = "".join(str(unicodedata.digit(c, c)) for c in plain if c.isalnum())
        if _FORM.fullmatch(digits) or _OLD_FORM.fullmatch(digits):
            plain = digits
    if len(plain) == _LENGTH and plain.isascii():
        return plain
    if _OLD_FORM.fullmatch(plain):
        return _of_today(plain)
    if ((named := _NAMED.fullmatch(plain)) is not None and not plain.isascii()) or (named := _BEHIND_KIND.fullmatch(plain)):
        return _of_today(named[1]) if len(named[1]) == _OLD_LENGTH else named[1]
    if card := _MACAO.fullmatch(plain):
        return f"{card[1]}{card[2]}{card[3] or card[4]}"
    if permit := _PERMIT.fullmatch(plain) or _TAIWAN_PERMIT.fullmatch(plain):
        return permit[1]
    if card := _HONG_KONG.fullmatch(plain):
        return f"{card[1]}({card[2]})"
    if last := _LAST.fullmatch(plain):
        return f"*{last[1]}"
    if (paper := _PAPER.fullmatch(plain)) is not None:
        return normal(paper[1])
    lettered = _LETTERED.fullmatch(plain)
    return f"{lettered[1]}{lettered[2]}" if lettered else plain


def _of_today(old: str) -> str:
    """Eighteen digits for fifteen, if they name a day; they were issued to people born in the twentieth century."""
    body = f"{old[:6]}19{old[6:]}"
    try:
        dt.date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return old
    return body + _check(body)


def _check(body: str) -> str:
    return _CHECK[sum(map(operator.mul, body[:17].encode(), _WEIGHTS), -_OFFSET) % 11]


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
    if not number.isascii() or _check(number) != number[17]:
        return nothing
    return IdentityFacts(born.year, "M" if int(number[16]) % 2 else "F", number[:2], True)


def is_rounded(number: str) -> bool:
    """Whether a spreadsheet took a number in normal form for an amount and made noughts of its last three digits: it fits many then."""
    return len(number) == _LENGTH and number.isdecimal() and number.endswith(_ROUNDED) and not facts(number).is_valid


def without_rounding(number: str) -> str:
    """A rounded number with its lost digits hidden."""
    return number.removesuffix(_ROUNDED) + "*" * len(_ROUNDED)


def shown(number: str) -> tuple[str, IdentityFacts] | None:
    """What a number in normal form, of which a part is hidden, shows: all but its last characters hidden, and facts; None if it is whole.

    Only a part at either end has its place: many programs write as many signs as they like. What hides a part of fifteen digits shows no
    last characters, because the number of today has one more.
    """
    ends = mask.shown_of_identity(number)
    if ends is None:
        return None
    head, tail = ends
    region = head[:2] if len(head) >= 2 and head[:2] in PROVINCES and (len(head) >= 6 or len(number) in _LENGTHS) else None
    year = int(head[6:10]) if len(head) >= 10 and head[:10].isdecimal() and head[6:8] in ("19", "20") else None
    last = "" if len(number) == _OLD_LENGTH else tail[-4:]
    sex = ("M" if int(head[16]) % 2 else "F") if len(head) == 17 and head.isdecimal() else None
    return "*" * max(len(number) - len(last), 1) + last, IdentityFacts(year, sex, region, False)


def masked(number: str) -> str:
    """The number with all but its last four characters hidden."""
    return "*" * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else "*" * len(number)
