"""Identity numbers in pieces, with words between their digits: 前六位330106，生日1990年3月7日，尾号4475.

What is written so may be anything but a number in one piece, so more is asked of it: a province that exists, and pieces that begin and end
where the number does.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from sandan.record.values.parties import identity

# So far apart two pieces of one number may stand.
_MOST_WORDS = 24
_DIGITS = re.compile(r"\d+", re.ASCII)
_LONE_X = re.compile(rf"[^\d\x1f]{{0,{_MOST_WORDS}}}?X(?![A-Za-z\d])", re.ASCII)
# A character, seen or not, as programs write it: &#51; &#x33; %33 \u0033.
_ESCAPED = re.compile(r"&#(\d{1,7});|&#[xX]([0-9A-Fa-f]{1,6});|%([0-9A-Fa-f]{2})|\\[uUxX]([0-9A-Fa-f]{2,4})", re.ASCII)
# Digits that count pieces and belong to none: 前6位, 后12位, 第2段, 1).
_COUNTS = re.compile(
    r"(?<=[前后後末尾首第])\d{1,2}(?=[位段部组組节節码碼个個])|(?<!\d)\d{1,2}(?=[位)）])|(?<!\d)\d(?=[.:：、]\s*\d{2})", re.ASCII
)
_YEAR, _MONTH, _DAY, _SERIAL = 6, 10, 12, 14
_FEW_CUTS = 3
_LENGTH, _OLD_LENGTH = 18, 15
_FEWEST = _OLD_LENGTH - 2  # month and day without their nought
_OLD_CUTS = frozenset({6, 12})
_CUTS = frozenset({_YEAR, _SERIAL})
# A filler as long as what it stands for, so that places in a text stay.
_FILLER = "~"

Piece = tuple[int, int]
Spelled = tuple[int, int, str]


def looks_so(*, is_prose: bool) -> str:
    """An RE2 pattern of the texts in which `spelled` may find something."""
    digit, gap, signs = "[0-9０-９¹²³]", "[^0-9０-９¹²³\\x1f]*", "[^0-9０-９¹²³\\x1f]+"
    escaped = r"&#[xX]?[0-9A-Fa-f]{1,7};|%[0-9A-Fa-f]{2}|\\[uUxX][0-9A-Fa-f]{2}"
    if not is_prose:
        return f"{digit}{{6}}{signs}{digit}{{4}}{gap}{digit}{{1,2}}{gap}{digit}{{1,2}}{signs}{digit}{{3}}|{escaped}"
    year = f"(?:[1１¹]{gap}[9９]|[2２²]{gap}[0０]){gap}{digit}{gap}{digit}"
    month = f"(?:(?:[0０]{gap}[1-9１-９¹²³]|[1１¹]{gap}[0-2０-２¹²]){gap}|{digit}{signs})"
    day = f"(?:[0-3０-３¹²³]{gap}{digit}{gap}|{digit}{signs})"
    count = "[0-9０-９一二三四五六七八九十两]"
    return "|".join(
        (
            f"{gap.join([digit] * 6)}{gap}{year}{gap}{month}{day}{gap.join([digit] * 3)}",
            f"{digit}{{6}}{signs}{digit}{gap}{digit}{gap}{month}{day}{gap.join([digit] * 3)}",
            f"(?:[前后後末尾首第]{count}{{1,2}}[段部组組节節码碼个個]|{count}位)",
            r"(?:^|[^0-9.])1[)）、.:：][^\x1f]*[^0-9]2[)）、.:：]",
            escaped,
        )
    )


def spelled(
    ways: Sequence[str], is_division: Callable[[str], bool], is_day: Callable[[str], bool], *, youngest: int, is_prose: bool
) -> list[Spelled]:
    """Where numbers in pieces stand in a text, and the numbers; none overlaps another.

    Args:
        ways: A text as it may be read, each of its length: with plain digits, and an `X` for whatever stands for one.
        is_division: Whether six digits may name a county.
        is_day: Whether eight digits are a day on which somebody may have been born.
        youngest: Born in this year or later is nobody: what is sold and sent now has such dates, beside numbers of all kinds.
        is_prose: Whether people write in it. In a code only a right check digit tells a number.
    """
    texts: dict[str, None] = {}
    for shown in dict.fromkeys(map(unescaped, ways)):
        if len(pieces := _pieces(shown)) > 1 and sum(end - start for start, end in pieces) >= _FEWEST:
            texts |= dict.fromkeys((_without_counts(shown), shown) if is_prose else (shown,))
    if not texts:
        return []
    parted = [(text, _pieces(text)) for text in texts]

    def is_person(digits: str, cuts: frozenset[int]) -> bool:
        is_old = len(digits) == _OLD_LENGTH
        county, day = digits[:_YEAR], f"19{digits[6:12]}" if is_old else digits[_YEAR:_SERIAL]
        if not (is_division(county) and is_day(day)):
            return False
        return cuts >= _OLD_CUTS and digits[6:8] > "29" if is_old else cuts >= _CUTS and int(day[:4]) < youngest

    def is_number(digits: str, cuts: frozenset[int]) -> bool:
        if len(digits) != _LENGTH or digits[:2] not in identity.PROVINCES or not (facts := identity.facts(digits)).is_valid:
            return False
        if (facts.birth_year or youngest) >= youngest or not is_division(digits[:_YEAR]):
            return False
        return _is_regular(cuts) if is_prose else cuts >= _CUTS

    hits: list[Spelled] = []
    for is_one in (is_number, is_person) if is_prose else (is_number,):
        for text, pieces in parted:
            for first in range(len(pieces)):
                hit = _from(text, pieces, first, is_one)
                if hit and not any(hit[0] < end and start < hit[1] for start, end, _ in hits):
                    hits.append(hit)
    return sorted(hits)


def _pieces(text: str) -> list[Piece]:
    return [match.span() for match in _DIGITS.finditer(text)]


def unescaped(text: str) -> str:
    """A text of the same length in which programs' writings of single characters are digits or fillers."""

    def one(match: re.Match[str]) -> str:
        character = chr(min(int(match[1]) if match[1] else int(match[match.lastindex or 1], 16), 0x10FFFF))
        is_part = character.isascii() and (character.isdigit() or character in "xX")
        return (character if is_part else _FILLER).ljust(len(match[0]), _FILLER).replace("x", "X")

    return _ESCAPED.sub(one, text) if "&#" in text or "%" in text or "\\" in text else text


def _without_counts(text: str) -> str:
    return _COUNTS.sub(lambda match: _FILLER * len(match[0]), text)


def _from(text: str, pieces: Sequence[Piece], first: int, is_one: Callable[[str, frozenset[int]], bool]) -> Spelled | None:
    """The number that begins with a piece and has at least one more."""
    for digits, cuts, end in _put_together(text, pieces, first):
        if len(digits) == _LENGTH - 1 and (match := _LONE_X.match(text, end)) and is_one(f"{digits}X", cuts):
            return pieces[first][0], match.end(), f"{digits}X"
        if len(digits) in (_OLD_LENGTH, _LENGTH) and is_one(digits, cuts):
            return pieces[first][0], end, digits
    return None


def _is_regular(cuts: frozenset[int]) -> bool:
    """Whether somebody may have cut a number so: a check sum or a key of letters and digits has many pieces of any length."""
    steps = {later - sooner for sooner, later in itertools.pairwise((0, *sorted(cuts)))}
    return cuts >= _CUTS or len(cuts) <= _FEW_CUTS or len(steps) == 1


def _put_together(text: str, pieces: Sequence[Piece], first: int) -> Iterator[tuple[str, frozenset[int], int]]:
    """What the pieces from one on may be, with the places where they are cut and the end: months and days may be without their nought."""
    start, end = pieces[first]
    if text[start] in "09" or end - start >= _LENGTH:
        return
    waiting = [(first + 1, text[start:end], frozenset[int]())]
    while waiting:
        n, digits, cuts = waiting.pop()
        end = pieces[n - 1][1]
        if n - first > 1 and _OLD_LENGTH <= len(digits) <= _LENGTH:
            yield digits, cuts, end
        if n == len(pieces) or len(digits) >= _LENGTH or pieces[n][0] - end > _MOST_WORDS:
            continue
        more = text[slice(*pieces[n])]
        cut = cuts | {len(digits)}
        month, day = (_MONTH, _DAY) if digits[_YEAR : _YEAR + 2] in ("19", "20") else (_MONTH - 2, _DAY - 2)
        # A month without its nought stands behind a year, not behind a single digit.
        if more in "123456789" and (len(digits) == day or (len(digits) == month and end - pieces[n - 1][0] > 1)):
            waiting.append((n + 1, f"{digits}0{more}", cut))
        waiting.append((n + 1, digits + more, cut))
