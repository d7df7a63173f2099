"""Identity numbers are found in texts whatever stands between their digits, and other numbers are left alone."""

import random
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandan.record.values.parties.identity_search import found, looks_like_one

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_COUNTIES = ("330106", "440305", "110105", "510107", "310108", "320502", "650202", "230102", "460107", "510211", "332601")


@st.composite
def numbers(draw: st.DrawFn, last_year: int = 2009) -> str:
    """Valid numbers of 18 characters."""
    body = (
        f"{draw(st.sampled_from(_COUNTIES))}{draw(st.integers(1930, last_year))}{draw(st.integers(1, 12)):02}{draw(st.integers(1, 28)):02}"
        f"{draw(st.integers(0, 999)):03}"
    )
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _old(number: str) -> str:
    return number[:6] + number[8:17]


def _written(zero: int) -> Callable[[str], str]:
    """A number in another script's digits."""
    return lambda number: "".join(chr(zero + int(c)) if c.isdigit() else c for c in number)


_BETWEEN = (" ", "-", "_", ".", "/", "\\", "·", "•", "\u00a0", "\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u3000", "—", "、", "，", "。", "：",
    "*", "+", "#", "|", ",", ";", ":", "~", "=", "→", "<br>", "&nbsp;", "\t", "\n", "'", '"', "\u202e", "😀", "   ", " - ")  # fmt: skip
_SHAPES = st.sampled_from(("every", "parts", "last", "middle"))
_SCRIPTS = (0xFF10, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x1D7CE, 0x1D7F6)
_AROUND = st.sampled_from(("", "身份证", "id: ", "（", "ID", "证件号码为", "buyer=", "电话13800138000,"))


def _with(number: str, sign: str, shape: str) -> str:
    parts = {
        "every": list(number), "parts": [number[:6], number[6:-4], number[-4:]], "last": [number[:-1], number[-1]],
        "middle": [number[:9], number[9:]],
    }  # fmt: skip
    return sign.join(part for part in parts[shape] if part)


def _is_told(text: str, *, is_prose: bool = True) -> bool:
    """Whether whole columns have the text looked at."""
    return bool(pc.match_substring_regex(pa.array([f"a\x1f{text}\x1fb"]), looks_like_one(is_prose=is_prose))[0].as_py())


@settings(deadline=None)
@given(numbers(), _AROUND, st.sampled_from(_BETWEEN), _SHAPES, st.booleans())
def test_a_number_is_found_whatever_stands_between_its_digits(number: str, before: str, sign: str, shape: str, is_prose: bool) -> None:
    written = _with(number, sign, shape)
    text = f"{before}{written}号"
    [one] = found(text, is_prose=is_prose)
    assert (one.number, text[one.start : one.end]) == (number, written)
    assert _is_told(text, is_prose=is_prose)


@settings(deadline=None)
@given(numbers(1999), _AROUND, st.sampled_from(_BETWEEN), _SHAPES)
def test_so_is_one_of_fifteen_digits(number: str, before: str, sign: str, shape: str) -> None:
    written = _with(_old(number), sign, shape)
    text = f"{before}{written}号"
    [one] = found(text)
    assert (one.number, text[one.start : one.end]) == (_old(number), written)
    assert _is_told(text)


@settings(deadline=None)
@given(numbers(), st.sampled_from(_SCRIPTS))
def test_digits_of_any_script_are_digits(number: str, zero: int) -> None:
    for written in (
        _written(zero)(number),
        _written(zero)(number[:6]) + number[6:],
        number.translate(str.maketrans("0123456789", "零一二三四五六七八九")),
    ):
        assert [one.number for one in found(f"证{written}。")] == [number]
        assert _is_told(f"证{written}。")


@settings(deadline=None)
@given(numbers(), st.integers(0, 9))
def test_one_with_a_mistyped_check_digit_is_found_in_prose(number: str, digit: int) -> None:
    written = number[:17] + str(digit)
    assert [one.number for one in found(f"身份证{written}，请查收")] == [written]


@pytest.mark.parametrize("x", "xX×Ｘｘхχ✕")
def test_whatever_stands_for_its_last_x(x: str) -> None:
    assert [one.number for one in found(f"id 11010519491231002{x}")] == ["11010519491231002X"]


@settings(deadline=None)
@given(numbers(), st.text("0123456789", min_size=1, max_size=12))
def test_a_valid_one_is_found_inside_a_longer_number(number: str, more: str) -> None:
    assert number in {one.number for one in found(f"{number}{more}")} | {one.number for one in found(f"A{number}B")}


def _orders(dice: random.Random) -> list[str]:
    """Numbers of 15 to 18 digits as shops, banks and carriers make them."""
    day = f"20{dice.randrange(20, 27):02}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    clock = f"{dice.randrange(24):02}{dice.randrange(60):02}{dice.randrange(60):02}"
    return [
        *(str(dice.randrange(10 ** (n - 1), 10**n)) for n in (15, 16, 17, 18)),
        *(f"{day}{clock}{dice.randrange(10**n):0{n}}" for n in (1, 2, 3, 4)),
        *(f"{day[2:]}{dice.randrange(10**n):0{n}}" for n in (9, 10, 11, 12)),
        *(f"{dice.choice(('330196', '440196', '310141'))}{dice.randrange(10**4):04}{dice.randrange(10**n):0{n}}" for n in (5, 6, 7, 8)),
        *(f"4200{dice.randrange(10**n):0{n}}" for n in (11, 14)),
        *(f"{dice.choice(('SF', 'YT', 'JD', 'TB'))}{dice.randrange(10**15):015}" for _ in range(2)),
    ]


@pytest.mark.parametrize("is_prose", [True, False])
def test_no_more_than_one_in_a_thousand_of_other_numbers_is_taken_for_one(is_prose: bool) -> None:
    dice = random.Random(7)
    others = [number for _ in range(5_000) for number in _orders(dice)]
    assert len(others) == 100_000
    hit = sum(bool(found(f"单号{number}。" if is_prose else number, is_prose=is_prose)) for number in others)
    assert hit <= len(others) / 1000
    by_length = {n: [number for number in others if number.isdigit() and len(number) == n] for n in (15, 16, 17, 18)}
    for numbers_of_length in by_length.values():
        assert sum(bool(found(number, is_prose=is_prose)) for number in numbers_of_length) <= len(numbers_of_length) / 1000


@settings(deadline=None)
@given(st.text("0123456789 -Xx一二٣³位后a", max_size=60), st.booleans())
def test_every_text_in_which_one_is_found_is_looked_at(text: str, is_prose: bool) -> None:
    if found(text, is_prose=is_prose):
        assert _is_told(text, is_prose=is_prose)


@pytest.mark.parametrize("number", ["330106900101011", "371202850315012"])
@pytest.mark.parametrize("form", ["{n}", "13800138000{n}", "{n}13800138000", "{n}{n}"])
def test_fifteen_digits_are_found_beside_a_mobile_number_and_of_prefectures_that_are_no_more(number: str, form: str) -> None:
    assert {hit.number for hit in found(form.format(n=number))} == {number}
