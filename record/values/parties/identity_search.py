"""Finds identity numbers in texts, however they are disguised: other digits, signs, spaces or invisible characters between the digits.

A number of 18 digits is recognised by its date and check digit. One of 15 digits (issued until 1999) and one with a mistyped check digit
have none: they are recognised by date and division, and only where they stand apart from other digits.
"""

import datetime as dt
import functools
import re
import sys
import unicodedata
from importlib.resources import files
from typing import NamedTuple

from sandan.record.values import addresses
from sandan.record.values.parties import identity
from sandan.record.values.parties.identity_words import looks_so, spelled

SHORTEST = 15
_MOBILE_DIGITS = 11
_MOBILE = re.compile(r"1[3-9]", re.ASCII)
# Born in this year or later is not taken for a person in a document's number, which may be made of a shop's code, the day and a serial.
_YOUNGEST = 2012
_CHINESE = dict(zip("〇零○一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖", "000123456789122334566789", strict=True))
_CHINESE_DIGIT = re.compile(f"[{''.join(_CHINESE)}]")
_EXES = dict.fromkeys("xХхΧχ×✕✖ⅩⅹＸｘ", "X")
# What may stand between two digits of one number: signs, spaces, characters that cannot be seen, a tag, an entity.
_SIGNS = (
    (0x20, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xA9), (0xAB, 0xB1), (0xB4, 0xB4), (0xB6, 0xB8), (0xBB, 0xBB), (0xBF, 0xBF),
    (0xD7, 0xD7), (0xF7, 0xF7), (0x300, 0x36F), (0x600, 0x605), (0x61C, 0x61C), (0x180B, 0x180E), (0x2000, 0x206F), (0x20A0, 0x20BF),
    (0x2190, 0x245F), (0x2500, 0x2775), (0x2794, 0x2BFF), (0x2E00, 0x2E2E), (0x2E30, 0x2E7F), (0x3000, 0x3004), (0x3008, 0x3020),
    (0x3030, 0x3030), (0x30FB, 0x30FB), (0xFE00, 0xFE6F), (0xFEFF, 0xFEFF), (0xFF01, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF40),
    (0xFF5B, 0xFF65), (0x1F000, 0x1F0FF), (0x1F300, 0x1FAFF), (0xE0000, 0xE01EF),
)  # fmt: skip
_MARKUP = r"&[a-zA-Z]{2,6};|<[^<>0-9\x1f]{0,20}>"
_CLASS = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in _SIGNS)
_BETWEEN = re.compile(f"(?:[{_CLASS}\t\n\r]|{_MARKUP})+")
_DIGITS_RUN = re.compile(r"\d+", re.ASCII)
_BEFORE_X = re.compile(f"(?:[{_CLASS}\\t\\n\\r]|{_MARKUP})*X")


class Found(NamedTuple):
    """Where a number stands in a text, and the number in normal form."""

    start: int
    end: int
    number: str


@functools.cache
def _plain_digits() -> dict[int, str]:
    """Every character that is a digit, in any script, as the ASCII digit of its value."""
    table = {ord(c): d for c, d in (_CHINESE | _EXES).items()}
    for code in range(0x80, sys.maxunicode + 1):
        value = unicodedata.digit(chr(code), None)
        if value is not None:
            table[code] = str(value)
    return table


@functools.cache
def _digits_of_numbers() -> dict[int, str]:
    """The same but for Chinese digits, of which words are made."""
    return {code: digit for code, digit in _plain_digits().items() if chr(code) not in _CHINESE}


@functools.cache
def exotic_digits() -> str:
    """Digits that are neither ASCII nor full width nor a superscript as in m², as ranges of a regular expression's class."""
    codes = sorted(code for code in _plain_digits() if chr(code) not in _CHINESE and chr(code) not in _EXES)
    codes = [code for code in codes if not 0xFF10 <= code <= 0xFF19 and code not in (0xB2, 0xB3, 0xB9)]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)


def _element(low: int, high: int) -> str:
    """One ASCII, full width or raised digit between two values."""
    raised = "".join(c for c, value in (("²", 2), ("³", 3), ("¹", 1)) if low <= value <= high)
    return f"[{low}-{high}{chr(0xFF10 + low)}-{chr(0xFF10 + high)}{raised}]"


@functools.cache
def looks_like_one(*, is_prose: bool = True) -> str:
    """An RE2 pattern of texts that have to be looked at: every text in which `found` finds something fits it, and few others.

    Fields of a record may be put together by U+001F, which stands inside of no number.
    """
    ranges = "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in _SIGNS)
    gap = rf"(?:[\t\n\r{ranges}]|{_MARKUP})*"
    digit = _element(0, 9)
    month = f"(?:{_element(0, 0)}{gap}{_element(1, 9)}|{_element(1, 1)}{gap}{_element(0, 2)})"
    day = f"{_element(0, 3)}{gap}{digit}"
    year = f"(?:{_element(1, 1)}{gap}{_element(9, 9)}|{_element(2, 2)}{gap}{_element(0, 0)})"
    region = gap.join([_element(1, 9), *[digit] * 5])
    long = gap.join([region, year, digit, digit, month, day, digit, digit, digit])
    short = gap.join([region, digit, digit, month, day, digit, digit, digit])
    chinese = "[" + "".join(_CHINESE) + "]"
    return "|".join(
        (
            long,
            f"(?:^|[^0-9０-９]){short}(?:$|[^0-9０-９])",
            *((f"(?:{digit}){{{SHORTEST + _MOBILE_DIGITS}}}",) if is_prose else ()),
            f"[{exotic_digits()}]",
            gap.join([chinese] * 4),
            f"[0-9０-９]{gap}{chinese}{gap}[0-9０-９]",
            looks_so(is_prose=is_prose),
        )
    )


def found(text: str, *, is_prose: bool = True) -> list[Found]:
    """The identity numbers in a text, in their order; none overlaps another.

    Args:
        text: Any text.
        is_prose: Whether people write in it. In a code or a document's number only a resident's number with a right check digit, and one
            of 15 digits, is meant to be one.
    """
    if len(text) < SHORTEST:
        return []
    plain = text.upper() if text.isascii() else text.translate(_plain_digits())
    if len(plain) != len(text):
        return []
    hits: list[Found] = []
    for run in _runs(plain):
        hits += _in_run(plain, run, is_prose=is_prose)
    # Chinese digits may be digits of a number, or of words such as 一个.
    ways = [plain, text.translate(_digits_of_numbers())] if _CHINESE_DIGIT.search(text) else [plain]
    in_pieces = spelled(ways, _is_division, _is_day, youngest=_YOUNGEST, is_prose=is_prose)
    for one in map(Found._make, in_pieces):
        across = [hit for hit in hits if one.start < hit.end and hit.start < one.end]
        # What has a right check digit is a number, what has none may be a part of it.
        if not across or (_is_sound(one.number) and not any(_is_sound(hit.number) for hit in across)):
            hits = [*(hit for hit in hits if hit not in across), one]
    return sorted(hits)


def _is_sound(number: str) -> bool:
    return identity.facts(number).is_valid and _is_division(number[:6])


def _runs(plain: str) -> list[list[tuple[int, int]]]:
    """Pieces of digits, put together where nothing but signs stands between them; runs too short for a number are left out."""
    runs: list[list[tuple[int, int]]] = []
    for match in _DIGITS_RUN.finditer(plain):
        if runs and _BETWEEN.fullmatch(plain, runs[-1][-1][1], match.start()):
            runs[-1].append(match.span())
        else:
            runs.append([match.span()])
    return [run for run in runs if sum(end - start for start, end in run) >= SHORTEST]


def _in_run(plain: str, run: list[tuple[int, int]], *, is_prose: bool) -> list[Found]:
    at = [index for start, end in run for index in range(start, end)]
    digits = "".join(plain[index] for index in at)
    starts = {0}
    ends = set()
    n = 0
    for start, end in run:
        starts.add(n)
        n += end - start
        ends.add(n)
    if is_prose and len(run) == 1:
        _part_stuck_together(digits, starts, ends)
    hits: list[Found] = []
    i = 0
    while i + SHORTEST <= len(digits):
        hit = _at(plain, digits, at, i, is_prose=is_prose, starts=starts, ends=ends)
        if hit is None:
            i += 1
            continue
        hits.append(hit)
        while i < len(digits) and at[i] < hit.end:
            i += 1
    return hits


def _part_stuck_together(digits: str, starts: set[int], ends: set[int]) -> None:
    """Add where a number of 15 digits may begin and end that has a mobile number or its like before or behind it, with no sign between."""
    if len(digits) == 2 * SHORTEST:
        starts.add(SHORTEST)
        ends.add(SHORTEST)
    elif len(digits) == SHORTEST + _MOBILE_DIGITS:
        if _MOBILE.match(digits):
            starts.add(_MOBILE_DIGITS)
        if _MOBILE.match(digits, SHORTEST):
            ends.add(SHORTEST)


def _at(plain: str, digits: str, at: list[int], i: int, *, is_prose: bool, starts: set[int], ends: set[int]) -> Found | None:
    """The number that begins at a digit of a run."""
    if digits[i] == "0":
        return None
    if digits[i + 6 : i + 8] in ("19", "20") and i + 17 <= len(digits):
        last = at[i + 16] + 1
        candidates = []
        if i + 18 <= len(digits):
            candidates.append((digits[i : i + 18], at[i + 17] + 1, i + 18 in ends))
        if match := _BEFORE_X.match(plain, last):
            candidates.append((digits[i : i + 17] + "X", match.end(), True))
        for number, end, stands_apart in candidates:
            facts = identity.facts(number)
            if facts.is_valid:
                if is_prose or (number[:2] in identity.PROVINCES and (facts.birth_year or 0) < _YOUNGEST):
                    return Found(at[i], end, number)
            elif is_prose and i in starts and stands_apart and _is_division(number[:6]) and _is_day(number[6:14]):
                return Found(at[i], end, number)
    if i in starts and i + 15 in ends and digits[i + 6 : i + 8] > "29" and _is_day("19" + digits[i + 6 : i + 12]):
        # Orders and parcels have numbers of 15 digits too: where the number begins with the day on which it may have been given out, only
        # a county of today's table counts. Most numbers of 15 digits name a county that is no more.
        county = digits[i : i + 6]
        is_strict = "15" < county[:2] < "30" and _is_day("20" + county)
        if county in _counties() if is_strict else _is_division(county):
            return Found(at[i], at[i + 14] + 1, digits[i : i + 15])
    return None


def _is_day(text: str) -> bool:
    try:
        day = dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return 1900 <= day.year <= dt.datetime.now(dt.UTC).year


@functools.cache
def _counties() -> frozenset[str]:
    """Codes of all counties, as they are and, where the table says so, as they were."""
    divisions = set()
    for line in files(addresses).joinpath("divisions.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            above, _, *cells = line.split()
            divisions |= {above[: 6 - len(digits)] + digits for cell in cells for digits in _DIGITS_RUN.findall(cell)}
    return frozenset(divisions)


@functools.cache
def _prefectures() -> frozenset[str]:
    """First four digits of all divisions."""
    lines = files(addresses).joinpath("divisions.txt").read_text(encoding="utf-8").splitlines()
    codes = {code[:4] for line in lines if not line.startswith("#") and not (code := line.split()[0]).endswith("0000")}
    codes |= {code[:4] for code in _counties()}
    # Municipalities have their districts under 01 and 02; Chongqing was a city of Sichuan, the divisions of Hainan had no prefecture.
    return frozenset(codes | {f"{province}0{i}" for province in ("11", "12", "31", "50") for i in (1, 2)} | {"4600", "5102"})


def _is_division(code: str) -> bool:
    """Whether six digits may name a county, today or when numbers were given out: counties' codes changed, their pattern did not."""
    if code[:2] not in identity.PROVINCES:
        return False
    county = int(code[4:])
    if code[:4] in _prefectures():
        # Districts, counties, county-level cities; few others were ever counted further, and they are in today's table.
        return 1 <= county <= 15 or 21 <= county <= 32 or 81 <= county <= 84 or code in _counties()
    # Regions, now cities: their counties began with 21, their towns with 01.
    return 21 <= int(code[2:4]) <= 33 and (1 <= county <= 2 or 21 <= county <= 32)
