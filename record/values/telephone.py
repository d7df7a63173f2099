"""Telephone numbers."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

_PREFIX = re.compile(r"^(00)+")
_EMPTY = frozenset({"", "0", "无", "none", "null", "n/a"})
_MOBILE = re.compile(r"(?:86)*0?(1[3-9]\d{9})")
_SEPARATOR = re.compile(r"[/;,、|]|或")
# Behind a whole number: who in the house is meant.
_EXTENSION = re.compile(r"(?:(?:转|轉|分机|ext(?:ension)?\.?|[x#]) ?:? ?\d{1,6}|(?<=\d{7})-\d{1,5})$")
# Service numbers without an area code.
_WITHOUT_AREA = ("400", "800")
# More numbers in one text are nobody's telephone.
_MOST_NUMBERS = 8
_LONGEST = 40


def normal(text: str, region: str = "CN") -> str | None:
    """The number in one writing; None if there is none.

    A Chinese mobile number has its eleven digits: `+86 138-0013-8000`, `0086 13800138000` and `13800138000` are one. A Chinese landline
    has its area code with the nought before it and no extension: `0571-88886666`, `+86 571 88886666` and `0571-88886666转801` are
    057188886666. A foreign number is written after ITU-T E.164, plus and digits. What is no possible number keeps its digits. Of several
    numbers in one text the first counts.

    Args:
        text: As written.
        region: ISO letters of the country in which a number without prefix is meant.
    """
    if len(text) == 11 and text[0] == "1" and text.isascii() and text.isdigit():
        return text
    return _read(text, region) if len(text) <= _LONGEST else _read.__wrapped__(text, region)


@lru_cache(maxsize=65536)
def _read(text: str, region: str) -> str | None:
    found = _once(text, region)
    # What a strange text left may itself be a writing of something: the normal form is where that ends.
    for _ in range(4):
        again = None if found is None else _once(found, region)
        if again == found:
            break
        found = again
    return found


def _once(text: str, region: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    if folded in _EMPTY:
        return None
    whole = _digits(folded)
    if not whole.strip("0"):
        return None
    for one in _SEPARATOR.split(folded, _MOST_NUMBERS)[:_MOST_NUMBERS]:
        number = _number(one.strip(), region)
        if number is not None:
            return number
    return _PREFIX.sub("", whole)


def _number(text: str, region: str) -> str | None:
    """One number; None if the text is no possible one."""
    digits = _PREFIX.sub("", _digits(text))
    if len(digits) < 5 or len(text) > _LONGEST:
        return None
    is_foreign = text.startswith("+") and not digits.startswith("86")
    if region == "CN" and not is_foreign:
        mobile = _MOBILE.fullmatch(digits)
        if mobile is not None:
            return mobile.group(1)
        # Digits alone that begin with no prefix may be foreign ones that are in normal form already.
        if text == digits and digits[0] != "0" and not (digits.startswith("86") and len(digits) in (12, 13)):
            return None
        if text == digits and digits[0] != "0":
            text = f"+{digits}"
    written = _EXTENSION.sub("", text)
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    if parsed.country_code != 86:
        # With its plus: +1 650 253 0000 has the digits of a Chinese mobile.
        return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    national = phonenumbers.national_significant_number(parsed)
    if _MOBILE.fullmatch(national) or national.startswith(_WITHOUT_AREA):
        return national
    area_is_known = len(national) >= 9 and (phonenumbers.is_valid_number(parsed) or written.startswith(("0", "+")))
    if area_is_known:
        return f"0{national}"
    # Too short for an area code: a nought in front is no trunk prefix, so it stays.
    return digits if written.startswith("0") else national


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())
