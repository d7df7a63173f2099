"""Addresses written in Latin letters: one writing, and the country, postcode and city where their usual order shows them.

Orders that are read: `street, city, STATE zip, country` and `street, zip city, country`. What stands otherwise stays unknown.
"""

import re
import unicodedata
from typing import NamedTuple

from sandan.record.values.code import COUNTRY_NAMES, is_country

_SHORT_WORDS = {"street": "st", "avenue": "ave", "road": "rd", "apartment": "apt", "building": "bldg", "boulevard": "blvd", "drive": "dr"}
_NOT_WORD = re.compile(r"[^\w]+")
_LONGEST_NAME = max(len(name.split()) for name in COUNTRY_NAMES)
# Names of countries as they stand in an address without its punctuation.
_NAMES = {" ".join(_NOT_WORD.sub(" ", name).split()): iso for name, iso in COUNTRY_NAMES.items()}
_NAMES |= {"u s a": "US", "u k": "GB", "p r china": "CN"}
_STATES = frozenset(
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut "
    "vt va wa wv wi wy dc pr".split()
)
_US = rf"(?P<state>{'|'.join(sorted(_STATES))})\.? (?P<code>\d{{5}}(?:-\d{{4}})?)"
_CA = r"(?:(?P<state>ab|bc|mb|nb|nl|ns|nt|nu|on|pe|qc|sk|yt) )?(?P<code>[a-ceghj-nprstvxy]\d[a-z] ?\d[a-z]\d)"
_AU = r"(?P<state>nsw|vic|qld|wa|sa|tas|act|nt) (?P<code>\d{4})"
_GB = r"(?P<code>[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})"
_FIVE, _FOUR, _SIX = r"(?P<code>\d{5})", r"(?P<code>\d{4})", r"(?P<code>\d{6})"
# Postcodes by country, as the postal services write them (Universal Postal Union, addressing of mail).
_PATTERNS = {
    "US": _US, "CA": _CA, "AU": _AU, "GB": _GB, "NL": r"(?P<code>\d{4} ?[a-z]{2})", "JP": r"(?:〒 ?)?(?P<code>\d{3}-\d{4})",
    "PT": r"(?P<code>\d{4}-\d{3})", "PL": r"(?P<code>\d{2}-\d{3})", "SE": r"(?P<code>\d{3} ?\d{2})", "CZ": r"(?P<code>\d{3} ?\d{2})",
    "BR": r"(?P<code>\d{5}-?\d{3})", "CN": _SIX, "SG": _SIX, "IN": _SIX, "RU": _SIX, "NZ": _FOUR,
    **dict.fromkeys(("DE", "FR", "ES", "IT", "KR", "MX", "TR", "TH", "MY", "FI", "MC", "UA", "SA"), _FIVE),
    **dict.fromkeys(("AT", "BE", "CH", "DK", "NO", "HU", "PH", "ZA", "LU"), _FOUR),
}  # fmt: skip
_POSTCODES = {iso: re.compile(rf"(?<![\w-]){pattern}(?![\w-])") for iso, pattern in _PATTERNS.items()}
# Where no country is named, these are like no other country's: a state with its number, letters and digits in turn.
_TELLING = ("US", "CA", "AU", "GB")
_SEPARATOR = re.compile(r"\s*[,;\n]\s*")


class Abroad(NamedTuple):
    """What an address in Latin letters says: ISO country, state where the country has them, city and postcode."""

    country: str | None
    state: str | None
    city: str | None
    postcode: str | None


def normal(folded: str) -> str | None:
    """Words without punctuation and accents, short words for street, road and the like, a country behind them as its ISO letters."""
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)).casefold()
    words = [_SHORT_WORDS.get(word, word) for word in _NOT_WORD.sub(" ", folded).split()]
    iso, length = _country_behind(words)
    if iso is not None and length < len(words):
        words[-length:] = [iso.lower()]
    return " ".join(words) or None


def read(folded: str, known: str | None) -> Abroad:
    """Country, state, city and postcode of a folded address.

    Args:
        folded: Single spaces, small letters.
        known: ISO letters of its country, if the list says it; None to look for it at the end.
    """
    pieces = [piece for piece in _SEPARATOR.split(folded.strip(" ,;.")) if piece]
    iso, rest = known, pieces
    if pieces:
        named, rest = _without_country(pieces, known)
        iso = known or named
    for candidate in (iso,) if iso else _TELLING:
        found = _postcode(rest, candidate)
        if found is not None:
            return Abroad(candidate, *found)
    return Abroad(iso, None, None, None)


def _without_country(pieces: list[str], known: str | None) -> tuple[str | None, list[str]]:
    """The country named behind, and the pieces without it."""
    *before, last = pieces
    words = _NOT_WORD.sub(" ", last).split()
    if before and len(last) == 2 and is_country(last.upper()) and (last not in _STATES or known == last.upper()):
        return last.upper(), before
    if before and last == "uk":
        return "GB", before
    iso, length = _country_behind(words)
    if iso is None:
        return None, pieces
    shortened = " ".join(last.split()[:-length]) if length < len(words) else ""
    return iso, [*before, shortened] if shortened else before


def _country_behind(words: list[str]) -> tuple[str | None, int]:
    """The country that the last words name, and how many they are."""
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        iso = _NAMES.get(" ".join(words[-length:]))
        if iso is not None:
            return iso, length
    return None, 0


def _postcode(pieces: list[str], iso: str | None) -> tuple[str | None, str | None, str] | None:
    """State, city and postcode in the last two pieces."""
    pattern = _POSTCODES.get(iso or "")
    if pattern is None:
        return None
    for at in range(len(pieces) - 1, max(len(pieces) - 3, -1), -1):
        piece = pieces[at]
        matches = list(pattern.finditer(piece))
        if not matches:
            continue
        match = matches[-1]  # house numbers stand before the postcode
        groups = match.groupdict()
        state = groups.get("state")
        beside = f"{piece[: match.start()]} {piece[match.end() :]}".strip(" .-")
        city: str | None = beside
        if not beside:
            city = pieces[at - 1] if at > 0 else None
        elif iso == "CN" or any(c.isdigit() for c in beside):
            city = None  # a province in Latin letters; street and city without a comma between them
        return state.upper() if state else None, _title(city), groups["code"].upper()
    return None


def _title(city: str | None) -> str | None:
    return " ".join(word.capitalize() for word in city.split()) if city and len(city) <= 60 else None
