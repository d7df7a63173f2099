"""Codes of currencies and countries: customs' numbers, ISO letters and common names are read, ISO is kept.

Customs' numbers are three digits, and so are the numbers of ISO 4217 and ISO 3166; the lists never use the latter, so 110 is always Hong
Kong. A number that stands for no country (499 the rest of Latin America, 701 unknown) stays as it is.
"""

from sandan.record.values.code_tables import COUNTRY_LINES, CURRENCY_LINES, FORMER_COUNTRY_NUMBERS, OTHER_CURRENCIES


def _read_currencies() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Writing -> letters, letters -> number of customs, all letters."""
    writings, numbers = {"RMB": "CNY", "CNH": "CNY", "US$": "USD", "USDOLLAR": "USD"}, {}
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
    code = text.strip().upper()
    return CURRENCIES.get(code, code)


def country(text: str) -> str:
    """Two ISO letters of a country; an unknown code as it is, in capitals."""
    code = text.strip().upper()
    return COUNTRIES.get(code, code)


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
