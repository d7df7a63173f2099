"""No identity number reaches the disk, however it is written: every number, in every field of every list, in every disguise.

Searched for by digits alone: whatever stands between them, and in whatever script they are, is taken away first.
"""

import csv
import datetime as dt
import itertools
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.ingest.ceb.messages import MESSAGES
from sandan.ingest.columns.privacy import FREE_TEXT, without_numbers
from sandan.record.catalog.tables import CATALOG
from sandan.record.ids import KEY_BYTES, Keyring

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_COUNTIES = (
    "330106",
    "440305",
    "110105",
    "510107",
    "310108",
    "320502",
    "650202",
    "230102",
    "460107",
    "500106",
    "150102",
    "540102",
    "350203",
    "610113",
)
N_NUMBERS = 115


def _valid(body: str) -> str:
    return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _numbers() -> list[str]:
    draw = random.Random("numbers")
    made: list[str] = []
    while len(made) < N_NUMBERS:
        born = dt.date(1940, 1, 1) + dt.timedelta(days=draw.randrange(58 * 365))
        number = _valid(f"{draw.choice(_COUNTIES)}{born:%Y%m%d}{draw.randrange(1, 999):03}")
        # Every fifth ends with X, which has disguises of its own.
        if number.endswith("X") or len(made) % 5:
            made.append(number)
    return made


def _old(number: str) -> str:
    return number[:6] + number[8:17]


def _joined(sign: str, *cuts: int) -> Callable[[str], str]:
    def write(number: str) -> str:
        ends = [0, *(cuts or range(1, len(number))), len(number)]
        return sign.join(number[a:b] for a, b in itertools.pairwise(ends))

    return write


def _script(zero: int) -> Callable[[str], str]:
    return lambda number: "".join(chr(zero + int(c)) if c.isdigit() else c for c in number)


def _mistyped(number: str) -> str:
    return number[:17] + next(c for c in "3715" if c != number[17])


# Whether it is meant for prose only: a code may be any 18 digits, of which the check digit is wrong.
DISGUISES: dict[str, tuple[Callable[[str], str], bool]] = {
    "plain": (str, False),
    "small x": (str.lower, False),
    "full width": (lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n), False),
    "full width, small x": (lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n.lower()), False),
    "cyrillic x": (lambda n: n.replace("X", "Х"), False),
    "times sign": (lambda n: n.replace("X", "×"), False),
    "spaces in three": (_joined(" ", 6, 14), False),
    "spaces everywhere": (_joined(" "), False),
    "hyphens": (_joined("-", 6, 14), False),
    "dots": (_joined(".", 3, 6, 10, 14), False),
    "slashes": (_joined("/", 6, 14), False),
    "underscores": (_joined("_", 6, 10, 14), False),
    "middle dots": (_joined("·", 6, 14), False),
    "stars": (_joined("*", 9), False),
    "commas": (_joined("，", 6, 14), False),
    "colons": (_joined(":", 6), False),
    "bars": (_joined("|", 6, 14), False),
    "ideographic spaces": (_joined("\u3000", 6, 14), False),
    "no-break spaces": (_joined("\u00a0", 6, 14), False),
    "zero width spaces": (_joined("\u200b"), False),
    "zero width joiners": (_joined("\u200d", 5, 9), False),
    "word joiners": (_joined("\u2060"), False),
    "byte order marks": (_joined("\ufeff", 9), False),
    "soft hyphens": (_joined("\u00ad", 6, 14), False),
    "left to right marks": (_joined("\u200e", 6), False),
    "variation selectors": (_joined("\ufe0f", 6, 12), False),
    "tags": (_joined("<br>", 6, 14), False),
    "entities": (_joined("&nbsp;", 6, 14), False),
    "em dashes": (_joined("—", 6, 14), False),
    "two signs": (_joined(" - ", 6, 14), False),
    "emoji": (_joined("😀", 9), False),
    "arabic digits": (_script(0x660), False),
    "devanagari digits": (_script(0x966), False),
    "bold digits": (_script(0x1D7CE), False),
    "in a word": (lambda n: f"ID{n}号", False),
    "behind a telephone": (lambda n: f"13800138000 / {n}", False),
    "two of them": (lambda n: f"{n};{n}", False),
    "fifteen digits": (_old, False),
    "fifteen digits with spaces": (lambda n: _joined(" ", 6, 12)(_old(n)), False),
    "mistyped check digit": (_mistyped, True),
    "mistyped, with hyphens": (lambda n: _joined("-", 6, 14)(_mistyped(n)), True),
    "words": (lambda n: f"{n[:6]}生于{n[6:14]}尾号{n[14:]}", False),
    "letters": (lambda n: f"{n[:6]}A{n[6:14]}B{n[14:]}", False),
    "counted words": (lambda n: f"前六位{n[:6]}，后十二位{n[6:]}", True),
    "date in words": (lambda n: f"{n[:6]}，{n[6:10]}年{n[10:12]}月{n[12:14]}日，{n[14:]}", False),
    "numbered signs": (lambda n: "".join(f"&#{ord(c)};" for c in n), True),
    "chinese digits": (lambda n: "".join("〇一二三四五六七八九"[int(c)] if c.isdigit() else c for c in n), True),
}
_CHINESE = dict(zip("〇一二三四五六七八九", "0123456789", strict=True))
_MARKUP = re.compile(r"&[a-zA-Z]{2,6};|<[^<>]{0,20}>")


def _digits(text: str, letter: str) -> str:
    """All digits of a text, in ASCII; what cannot be seen or separates is nothing, a letter is what is given for it."""
    kept = []
    text = re.sub("[前后][六十二]+位", "", text)
    for sign in _MARKUP.sub("", re.sub(r"&#(\d+);", lambda told: chr(int(told[1])), text)):
        value = unicodedata.digit(sign, None)
        if sign in _CHINESE or value is not None:
            kept.append(_CHINESE.get(sign) or str(value))
        elif unicodedata.category(sign)[0] == "L":
            kept.append(letter)
    return "".join(kept)


def _bodies(numbers: list[str]) -> dict[str, str]:
    """What gives a number away: its first 17 digits, or all 15 of its old form."""
    return {n[:17]: n for n in numbers} | {_old(n): n for n in numbers}


def _given_away(text: str, bodies: dict[str, str]) -> set[str]:
    found = set()
    for letter in (" ", ""):
        for run in re.findall(r"\d{15,}", _digits(text, letter)):
            for length in (15, 17):
                found |= {run[i : i + length] for i in range(len(run) - length + 1)} & bodies.keys()
    return found


def _cells(home: Path) -> Iterator[tuple[str, str]]:
    """Every text below a home, cell by cell and line by line."""
    for path in sorted(p for p in home.rglob("*") if p.is_file() and p.name != "secret.key"):
        yield str(path), path.name
        if path.suffix == ".parquet":
            table = pq.ParquetFile(path).read()
            for name in table.column_names:
                if pa.types.is_string(table[name].type):
                    for value in table[name].unique().to_pylist():
                        yield f"{path.name}:{name}", value or ""
        elif path.suffix in (".json", ".toml", ".log", ".txt", ".xml"):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                yield path.name, line


class Dealer:
    """Deals out numbers in disguises, so that every field meets every disguise, and every number."""

    def __init__(self) -> None:
        self.numbers, self.n = _numbers(), 0

    def text(self, field: str, row: int) -> str:
        names = list(DISGUISES)
        write, is_for_prose = DISGUISES[names[row % len(names)]]
        if is_for_prose and field not in FREE_TEXT:
            write = str
        self.n += 1
        number = write(self.numbers[self.n % N_NUMBERS])
        return f"证件 {number} 收" if field in FREE_TEXT and row % 3 == 0 else number


def _tables(dealer: Dealer, folder: Path) -> None:
    plain = {"flow": "import", "currency": "CNY", "country": "CN", "time": "2025-04-01T10:00:00", "day": "2025-04-01"}
    numbered = ("number", "integer", "ratio")
    for name, spec in CATALOG.items():
        if not spec.as_table:
            continue
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([c.name for c in spec.columns])
            for row in range(len(DISGUISES) * 3):
                told = ["0.5" if c.kind in numbered else plain.get(c.kind) or dealer.text(c.name, row) for c in spec.columns]
                if row % 10 == 9:  # a record that is refused
                    told = [dealer.text(c.name, row) for c in spec.columns]
                writer.writerow(told)


def _messages(dealer: Dealer, folder: Path) -> None:
    def clean(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    for kind, message in MESSAGES.items():
        spec = CATALOG[message.list_name]
        kinds = {c.name: c.kind for c in spec.columns} | ({c.name: c.kind for c in CATALOG[spec.lines].columns} if spec.lines else {})

        def element(name: str, row: int, message: Any = message, kinds: dict[str, str] = kinds) -> str:
            column = message.column(name)
            what = kinds.get(column, "text")
            if name in ("appType", "appStatus") or what in ("number", "integer", "ratio"):
                return f"<{name}>1</{name}>"
            if what in ("time", "day"):
                return f"<{name}>20250401100000</{name}>"
            if what in ("currency", "country"):
                return f"<{name}>142</{name}>"
            return f"<{name}>{clean(dealer.text(column, row))}</{name}>"

        body = ""
        for row in range(len(DISGUISES)):
            head = "".join(element(e, row) for e in message.head_fields)
            line = "".join(element(e, row) for e in message.line_fields)
            body += f"<{message.record}>" + (f"<{message.head}>{head}</{message.head}>" if message.head else head)
            body += (f"<{message.line}>{line}</{message.line}>" if message.line else "") + f"</{message.record}>"
        (folder / f"{kind}.xml").write_text(f"<{kind}Message>{body}</{kind}Message>", encoding="utf-8")
    for kind in ("CEB312", "CEB605", "CEB900"):  # kept as they are
        texts = "".join(f"<note>{clean(dealer.text('note', row))}</note>" for row in range(len(DISGUISES)))
        (folder / f"{kind}.xml").write_text(f"<{kind}Message><Other>{texts}</Other></{kind}Message>", encoding="utf-8")


def test_the_search_finds_every_disguise() -> None:
    numbers = _numbers()
    assert len(numbers) == N_NUMBERS and len(DISGUISES) >= 40
    bodies = _bodies(numbers)
    for name, (write, _) in DISGUISES.items():
        for number in numbers:
            assert _given_away(f"证件 {write(number)} 收", bodies), (name, number)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_hides_a_number(disguise: str) -> None:
    numbers = _numbers()
    bodies, keyring = _bodies(numbers), Keyring(b"k" * KEY_BYTES)
    write, is_for_prose = DISGUISES[disguise]
    for number in numbers:
        for is_free in (True,) if is_for_prose else (True, False):
            kept = without_numbers(f"证件 {write(number)} 收", keyring, is_free=is_free)
            assert not _given_away(kept, bodies), (number, kept)
            if not ("mistyped" in disguise or "fifteen" in disguise):
                assert keyring.hash("identity", number) in kept


def test_no_number_in_any_field_or_disguise_is_in_clear_below_the_home(
    reader: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, dealer = tmp_path / "files", Dealer()
    folder.mkdir()
    _tables(dealer, folder)
    _messages(dealer, folder)
    account = reader.read(folder)
    assert account["loaded"] > 1000 and account["rejected"] > 100
    bodies = _bodies(dealer.numbers)
    told = {f"{place}: {text[:120]!r}" for place, text in _cells(reader.home) if _given_away(text, bodies)}
    assert not told, (len(told), sorted(told)[:20])
    assert not _given_away(caplog.text, bodies)


def _others(draw: random.Random) -> Iterator[str]:
    """Numbers of 15 to 18 digits that are no identity numbers: of orders, waybills, payments, made as shops make them."""
    day = dt.date(2025, 1, 1)
    while True:
        day = dt.date(2023, 1, 1) + dt.timedelta(days=draw.randrange(900))
        yield f"{day:%Y%m%d}{draw.randrange(10**9):09}"  # day and a serial
        yield f"{day:%y%m%d}{draw.randrange(10**10):010}"
        yield f"{day:%Y%m%d%H%M%S}{draw.randrange(10**4):04}"
        yield str(draw.randrange(10**14, 10**18))
        yield f"{draw.randrange(10**6, 10**7)}{int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())}"
        yield f"7{draw.randrange(10**14):014}"  # a carrier's
        yield f"42000{draw.randrange(10**13):013}"
        yield f"4403{draw.randrange(10**13):013}"
        yield f"{day:%y%m%d}{draw.randrange(10**9):09}"
        yield f"{day:%Y%m%d}{draw.randrange(10**7):07}"
        yield f"{draw.randrange(1, 10)}{draw.randrange(10**14):014}"
        yield f"{draw.choice(_COUNTIES)[:4]}{draw.randrange(10**11):011}"


def test_no_more_than_one_in_a_thousand_of_other_numbers_is_hidden() -> None:
    keyring, made = Keyring(b"k" * KEY_BYTES), _others(random.Random("others"))
    numbers = [next(made) for _ in range(100_000)]
    numbers = [n for n in numbers if 15 <= len(n) <= 18]
    for is_free in (True, False):
        hidden = [n for n in numbers if without_numbers(n, keyring, is_free=is_free) != n]
        assert len(hidden) <= len(numbers) / 1000, (len(hidden), len(numbers), hidden[:10])
