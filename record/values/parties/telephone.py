"""Telephone numbers."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

from sandan.record.values import mask
from sandan.record.values.parties import lent_number

_PREFIX = re.compile(r"^(00)+")
_EMPTY = frozenset({"", "0", "无", "none", "null", "n/a"})
_MOBILE = re.compile(r"(?:0?86)*0?(1[3-9]\d{9})")
# A mobile number of which a part is hidden under whatever sign: 138----5678, 138△△△△5678, 138某某某某5678. No landline begins with 1.
_MASKED_MOBILE = re.compile(r"(?:(?:\+|00)?86[ -]?)?(?=(?:\D*\d){5,10}\D*$)1[3-9]\d{0,5}[^\d/;,、|或]+\d{1,5}")
# Two in one text with nothing but space between them.
_MOBILES = re.compile(r"(1[3-9]\d{9})(?:1[3-9]\d{9})+")
# The last digits alone, which somebody says instead of the number: 尾号7804.
_LAST_DIGITS = 4
_SEPARATOR = re.compile(r"[/;,、|]|或")
# Behind a whole number: who in the house is meant.
_EXTENSION = re.compile(r"(?:(?:转|轉|分机|ext(?:ension)?\.?|[x#]) ?:? ?\d{1,6}|(?<=\d{7})-\d{1,5})$")
# Service numbers without an area code.
_WITHOUT_AREA = ("400", "800")
# Numbers of Hong Kong, Macao and Taiwan by their country code, as numbering plans have them: new blocks are given out every year.
_NEIGHBOURS = {"852": re.compile(r"[2-9]\d{7}"), "853": re.compile(r"[268]\d{7}"), "886": re.compile(r"9\d{8}|[2-8]\d{7,8}")}
# More numbers in one text are nobody's telephone.
_MOST_NUMBERS = 8
_LONGEST = 40


def normal(text: str, region: str = "CN") -> str | None:
    """The number in one writing; None if there is none.

    A Chinese mobile number has its eleven digits: `+86 138-0013-8000`, `0086 13800138000` and `13800138000` are one. A Chinese landline
    has its area code with the nought before it and no extension: `0571-88886666`, `+86 571 88886666` and `0571-88886666转801` are
    057188886666. A foreign number is written after ITU-T E.164, plus and digits. What is no possible number keeps its digits. Of several
    numbers in one text the first counts.

    A mobile or service number with digits behind it is lent to one parcel, and they are a part of it: `18473461913-7804` and
    `18473461913转7804` are 18473461913#7804. A masked number has no normal form: it fits many.

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
    if not folded.isascii():
        folded = "".join(str(unicodedata.digit(c, c)) if c.isdecimal() else c for c in folded)
    if region == "CN" and lent_number.is_hidden(folded):
        return None
    if region == "CN" and (lent := lent_number.read(folded)) is not None:
        return lent
    if mask.is_telephone(folded) or (region == "CN" and _MASKED_MOBILE.fullmatch(folded)):
        return None
    whole = _digits(folded)
    if not whole.strip("0") or len(whole) <= _LAST_DIGITS:
        return None
    if several := _MOBILES.fullmatch(whole):
        return several[1]
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
    if region == "CN" and (neighbour := _of_neighbour(text, digits)) is not None:
        return neighbour
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


def _of_neighbour(text: str, digits: str) -> str | None:
    """A number of Hong Kong, Macao or Taiwan with its country code in front, in whatever writing; None for any other."""
    code = digits[:3]
    is_trunk = text.lstrip("( ").startswith("0") and not text.lstrip("( ").startswith("00")
    if code not in _NEIGHBOURS or is_trunk:
        return None
    local = _PREFIX.sub("", _digits(_EXTENSION.sub("", text)))[3:].lstrip("0")
    return f"+{code}{local}" if _NEIGHBOURS[code].fullmatch(local) else None


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())
