"""Names and bar codes of goods."""

import re

from sandan.record.values.identifier import restored
from sandan.record.values.nothing import is_nothing
from sandan.record.values.text import folded

_CODE_SIGNS = re.compile(r"[\s.\-_·•/,]+")
_DECLARED = (8, 10)
_NOT_NAME = re.compile(r"[^\w.%]+")


def normal(text: str) -> str | None:
    """The name in one writing: half width, small letters, words apart by one space; None if nothing is left."""
    return _NOT_NAME.sub(" ", folded(text)).strip() or None


def barcode(text: str | None) -> str | None:
    """The bar code, or None for one of the ways to say that there is none and for one that lost its digits in a spreadsheet."""
    if text is None:
        return None
    try:
        code = "".join(folded(restored(text)).split())
    except ValueError:
        return None
    return None if not code or code == "no" or is_nothing(code, is_zeroless=True) else code


def code(text: str) -> str:
    """A commodity code, or the digits that it begins with, in one writing: digits only, as many as it has in the tariff.

    `0402.21.00.00`, `0402 2100 00` and `402210000`, of which a spreadsheet ate the nought, are 0402210000: levels of the tariff have two
    digits, so an odd number of them lacks its first. What is no number stays as it is, in capitals.

    Raises:
        ValueError: It lost digits in a spreadsheet: `1.9011E+09`.
    """
    plain = folded(text)
    # Not a fraction's nought: 1901.10 has one.
    written = restored(plain) if plain.isascii() and not re.fullmatch(r"\d{1,8}\.\d\d", plain) else plain
    digits = _CODE_SIGNS.sub("", written)
    if not digits.isascii() or not digits.isdigit():
        return written.upper()
    return digits.zfill(len(digits) + 1) if len(digits) in (3, 5, 7, 9) else digits


def codes(text: str) -> str:
    """Several of them, apart by `|`.

    Raises:
        ValueError: As `code`.
    """
    return "|".join(code(part) for part in text.split("|") if part.strip())
