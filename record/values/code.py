"""Codes of currencies and countries: customs' numbers, ISO letters and common names are read, ISO is kept.

Customs' numbers are three digits, and so are the numbers of ISO 4217 and ISO 3166; the lists never use the latter, so 110 is always Hong
Kong. A number that stands for no country (499 the rest of Latin America, 701 unknown) stays as it is.
"""

import re
import unicodedata
from collections.abc import Callable

from sandan.record.values.code_tables import COUNTRY_LINES, CURRENCY_LINES, FORMER_COUNTRY_NUMBERS, OTHER_CURRENCIES

# Signs and words that mean one currency only; `$` and `¥` are several.
_SIGNS = {"HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD", "€": "EUR", "£": "GBP", "₩": "KRW", "美金": "USD"}
# A number that a spreadsheet or a data frame took for a fraction.
_FRACTION = re.compile(r"(\d{3})[.,]0+", re.ASCII)
# Number, letters and name that stand beside each other: 142-人民币, 人民币(CNY).
_WORD = re.compile(r"\d+|[A-Z$€£₩]+|[㐀-鿿]+", re.ASCII)
_LONGEST = 40


def _read_currencies() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Writing -> letters, letters -> number of customs, all letters."""
    writings, numbers = {"RMB": "CNY", "CNH": "CNY", "US$": "USD", "USDOLLAR": "USD", **_SIGNS}, {}
    for line in CURRENCY_LINES.split("\n")[1:-1]:
        letters, number, names = line.split()
        writings.update(dict.fromkeys(names.split("/"), letters))
        if number != "-":
            writings[number] = letters
            numbers[letters] = number
    letters_in_use = frozenset(writings.values()) | OTHER_CURRENCIES
    return writings, numbers, letters_in_use


def _read_countries() -> tuple[dict[str, str], dict[str, str], frozenset[str], dict[str, str]]:
    """Writing -> two letters, two letters -> number of customs, all two letters, English name in small letters -> two letters."""
    writings, numbers, all_letters, english = {"UK": "GB", **FORMER_COUNTRY_NUMBERS}, {}, set[str](), dict[str, str]()
    for line in COUNTRY_LINES.split("\n")[1:-1]:
        two, three, number, names, name = line.split(" ", 4)
        all_letters.add(two)
        writings[three] = two
        if names != "-":
            writings.update(dict.fromkeys(names.split("/"), two))
        if number != "-":
            writings[number] = two
            numbers[two] = number
        english.update({one.casefold(): two for one in name.split("/")})
    writings.update({name.upper(): two for name, two in english.items()})
    return writings, numbers, frozenset(all_letters), english


CURRENCIES, _CURRENCY_NUMBERS, _ALL_CURRENCIES = _read_currencies()
COUNTRIES, _COUNTRY_NUMBERS, _ALL_COUNTRIES, COUNTRY_NAMES = _read_countries()


def currency(text: str) -> str:
    """ISO letters of a currency; an unknown code as it is, in capitals."""
    return _one_of(text, lambda code: CURRENCIES.get(code, code), is_currency)


def country(text: str) -> str:
    """Two ISO letters of a country; an unknown code as it is, in capitals."""
    return _one_of(text, lambda code: COUNTRIES.get(code, code), is_country)


def _one_of(text: str, read: Callable[[str], str], is_known: Callable[[str], bool]) -> str:
    """What a text names; several words only where all of them name the same."""
    plain = text.strip().upper()
    if is_known(found := read(plain)) or len(plain) > _LONGEST:
        return found
    folded = unicodedata.normalize("NFKC", plain).strip()
    folded = match[1] if (match := _FRACTION.fullmatch(folded)) else folded
    if is_known(found := read(folded)) or is_known(found := read(folded.replace(" ", ""))):
        return found
    named = {read(word) for word in _WORD.findall(folded)}
    return named.pop() if len(named) == 1 and all(map(is_known, named)) else plain


def is_currency(iso: str) -> bool:
    """Whether these are the ISO 4217 letters of a currency in use."""
    return iso in _ALL_CURRENCIES


def is_country(iso: str) -> bool:
    """Whether these are two letters of ISO 3166."""
    return iso in _ALL_COUNTRIES


def all_currencies() -> frozenset[str]:
    """ISO 4217 letters of all currencies in use."""
    return _ALL_CURRENCIES


def customs_currency(iso: str) -> str:
    """Customs' number of a currency; the ISO letters where it has none here."""
    return _CURRENCY_NUMBERS.get(iso, iso)


def customs_country(iso: str) -> str:
    """Customs' number of a country; the ISO letters where it has none here."""
    return _COUNTRY_NUMBERS.get(iso, iso)
