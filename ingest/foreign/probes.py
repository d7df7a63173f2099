"""What the values of a column look like: times and their format, numbers and their signs, codes, persons, places."""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sandan.ingest.columns.numbers import NumberForm
from sandan.ingest.columns.times import TimeForm
from sandan.ingest.foreign.names import country_names, words
from sandan.record.values import code, moment
from sandan.record.values.code_tables import ISO_CURRENCY_NUMBERS
from sandan.record.values.inspection import METHODS, OUTCOMES
from sandan.record.values.parties import identity

_LOOKED_AT = 1000
_NEARLY_ALL = 0.97
# What a column may hold that has a fixed choice.
CHOICES: dict[str, frozenset[str]] = {
    "channel": frozenset(("cbec", "post", "express")),
    "role": frozenset(("platform", "seller", "payment", "logistics", "agent")),
    "credit": frozenset(("aeo", "registered", "dishonest")),
    "method": frozenset(METHODS),
    "outcome": frozenset(OUTCOMES),
    "level": frozenset(("watch", "control")),
    "flow": frozenset(("import", "export", "i", "e")),
}
_CLOCKS = (" %H:%M:%S", " %H:%M", "")
_ORDERED = (
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%Y年%m月%d日",
    "%d/%m/%y",
    "%m/%d/%y",
)
FORMATS = (
    *(day + clock for day in _ORDERED for clock in (*_CLOCKS, " %I:%M:%S %p", " %I:%M %p")),
    "%Y年%m月%d日 %H时%M分", "%Y年%m月%d日%H时%M分", "%Y年%m月%d日%H:%M", "%Y年%m月%d日%H:%M:%S", "epoch_ms", "epoch_s", "excel",
)  # fmt: skip
_EARLY, _LATE = "2000", "2099"
_COUNTED_DIGITS = {"epoch_ms": 13, "epoch_s": 10, "excel": 5}
_NUMBER_FORMS = (("", ""), ("", ","), (",", ""), (",", "."), (",", " "), ("", "'"))
_TELEPHONE = re.compile(r"(\+|00)\d[\d\s()./-]{6,18}|1[3-9]\d{9}|\(?0\d{1,4}[)\s/-]+[\d\s-]{5,12}|\d{3,4}[ -]\d{3,4}[ -]\d{3,4}")
_STREET = re.compile(
    r"[省市区县镇乡路街道巷弄号栋幢室]|\b(street|st|road|rd|avenue|ave|lane|drive|dr|blvd|platz|weg|calle|avenida|plaza|via|rue|no\.?)\b|stra(ss|ß)e|str\.|gasse",
    re.IGNORECASE,
)
_CHINESE_NAME = re.compile(r"[㐀-鿿·]{2,5}")
_LATIN_NAME = re.compile(r"[^\W\d_]+[.'’-]?([ '’-][^\W\d_]+[.]?){1,4}")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_./-]{3,39}")
# No code looks like this.
_AMOUNT = re.compile(r"\d{1,9}[.,]\d{1,4}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?|([01]\d|2[0-3])[0-5]\d[0-5]\d")
_BARCODE = re.compile(r"\d{8}|\d{12,14}")
_WORD = re.compile(r"[^\W\d_]{3,}|[㐀-鿿]{2,}")


# Sums stand under a table, in its column of days.
_MOST_DAYS = 0.5


@dataclass(frozen=True, slots=True)
class Looks:
    """What a column's values look like.

    Attributes:
        fits: Kind of the reference -> share of the values that can be one, in [0, 1]; empty for an empty column.
        formats: Formats that together read every time; none: they read by themselves, or are no times.
        other_formats: Formats that read them just as well and mean other days.
        number: Decimal sign and thousands sign.
        other_number: Signs that read the numbers just as well and mean other amounts.
        codes: Values that are known names of countries, or numbers of ISO 4217 -> ISO letters.
        choices: Columns with a fixed choice that hold all values.
    """

    fits: dict[str, float] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    other_formats: tuple[str, ...] = ()
    number: tuple[str, str] = ("", "")
    other_number: tuple[str, str] | None = None
    codes: dict[str, str] = field(default_factory=dict)
    choices: frozenset[str] = frozenset()


def look(values: Sequence[str]) -> Looks:
    """What the texts of a column look like."""
    texts = list(dict.fromkeys(values))[:_LOOKED_AT]
    if not texts:
        return Looks()
    times, formats, others = _times(texts)
    numbers, form, other_form = _numbers(texts)
    codes = {text: iso for text in texts if not code.is_country(code.country(text)) and (iso := country_names().get(words(text)))}
    # Numbers of ISO 4217, which customs' own are not: all of them, or the column means something else.
    is_iso = all(text in ISO_CURRENCY_NUMBERS for text in texts)
    codes |= {text: ISO_CURRENCY_NUMBERS[text] for text in texts if is_iso}
    share = _sharing(texts)
    fits = {
        "time": times,
        "day": times,
        "clock": share(lambda text: _CLOCK.fullmatch(text) is not None),
        "number": numbers,
        "integer": share(lambda text: text.isascii() and text.isdigit() and len(text) < 10),
        "ratio": share(lambda text: re.fullmatch(r"0?\.\d+|[01](\.0*)?", text) is not None),
        "currency": 1.0 if is_iso else share(lambda text: code.is_currency(code.currency(text))),
        "country": share(lambda text: (text in codes and not is_iso) or code.is_country(code.country(text))),
        "identity": share(lambda text: identity.facts(identity.normal(text)).is_valid),
        "telephone": share(lambda text: _TELEPHONE.fullmatch(text) is not None),
        "barcode": share(lambda text: _BARCODE.fullmatch(text) is not None),
        "address": share(lambda text: len(text) >= 8 and _STREET.search(text) is not None and _WORD.search(text) is not None),
        "name": share(lambda text: (_CHINESE_NAME.fullmatch(text) or _LATIN_NAME.fullmatch(text)) is not None),
        "goods": share(lambda text: _WORD.search(text) is not None),
        "code": share(lambda text: _CODE.fullmatch(text) is not None),
        "amount": share(lambda text: _AMOUNT.fullmatch(text) is not None),
        "text": 1.0,
    }
    low = {text.casefold() for text in texts}
    choices = frozenset(column for column, allowed in CHOICES.items() if low <= allowed)
    return Looks(fits, formats, others, form, other_form, codes, choices)


def _sharing(texts: Sequence[str]) -> Callable[[Callable[[str], bool]], float]:
    return lambda fits: sum(map(fits, texts)) / len(texts)


def _times(texts: Sequence[str]) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """Share of times, the fewest formats that read them, and formats that read them as other days."""
    by_itself = {text for text in texts if _reads(moment.parse_time, text)}
    if len(by_itself) >= _NEARLY_ALL * len(texts):
        return len(by_itself) / len(texts), (), ()
    if not any(character.isdigit() for character in texts[0]):
        return 0.0, (), ()
    read = {form: fit for form in FORMATS if (fit := _read_by(form, texts))}
    left, chosen = set(texts), []
    for _ in range(3):
        best = max(read, key=lambda form: (len(left & read[form].keys()), -FORMATS.index(form)), default=None)
        if best is None or not left & read[best].keys():
            break
        chosen.append(best)
        left -= read[best].keys()
    share = 1 - len(left) / len(texts)
    if share < len(by_itself) / len(texts):
        return len(by_itself) / len(texts), (), ()
    others: tuple[str, ...] = ()
    if chosen:
        first = read[chosen[0]]
        others = tuple(
            form
            for form, found in read.items()
            if form != chosen[0] and len(found) == len(first) and found != first and found.keys() == first.keys()
        )
    return share, tuple(chosen), others


def _read_by(form: str, texts: Sequence[str]) -> dict[str, str]:
    """Texts that a format reads, with the day that it reads; nothing if the first ones do not fit."""
    reader = TimeForm((form,), "UTC")
    found: dict[str, str] = {}
    for i, text in enumerate(texts):
        if i == 50 and not found:
            break
        if form in _COUNTED_DIGITS and len(text.partition(".")[0]) != _COUNTED_DIGITS[form]:
            continue
        try:
            day = reader.read(text)[:10]
        except ValueError:
            continue
        if _EARLY <= day[:4] <= _LATE:
            found[text] = day
    return found


def _reads(read: Callable[[str], dt.datetime], text: str) -> bool:
    try:
        read(text)
    except (ValueError, OverflowError):
        return False
    return True


def _numbers(texts: Sequence[str]) -> tuple[float, tuple[str, str], tuple[str, str] | None]:
    """Share of numbers, their signs, and other signs that read all of them differently."""
    read: dict[tuple[str, str], dict[str, str]] = {}
    for form in _NUMBER_FORMS:
        reader = NumberForm(*form)
        read[form] = {}
        for text in texts:
            try:
                read[form][text] = reader.read(text)
            except ValueError:
                continue
    best = max(_NUMBER_FORMS, key=lambda form: len(read[form]))
    if not read[best]:
        return 0.0, ("", ""), None
    other = next((form for form, found in read.items() if found.keys() == read[best].keys() and found != read[best]), None)
    return len(read[best]) / len(texts), best, other


def day_and_clock(looks: Mapping[str, Looks]) -> tuple[str, ...]:
    """A column of days and the one behind it of the time of day; none unless there is one such pair."""
    names = [name for name, seen in looks.items() if seen.fits]
    pairs = [
        (day, clock)
        for day, clock in itertools.pairwise(names)
        if looks[clock].fits["clock"] == 1.0
        and looks[day].fits["day"] >= _MOST_DAYS
        and not looks[day].formats
        and not looks[day].fits["clock"]
    ]
    return pairs[0] if len(pairs) == 1 else ()
