"""Identity numbers that are told in pieces with words between them are found, and other numbers, dates and keys are left alone."""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandan.record.values.parties.identity_search import found, looks_like_one

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_COUNTIES = ("330106", "440305", "110105", "510107", "310108", "320502", "650202", "230102")
_WORDS = ("，生日", " born ", "出生于", "（浙江省杭州市西湖区）", "再", "A", "以及", " - 后面是 ", "и", "과", "<b>换行</b>", "号;")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    body = f"{draw(st.sampled_from(_COUNTIES))}{draw(st.dates(dt.date(1931, 1, 1), dt.date(2009, 12, 31))):%Y%m%d}{draw(st.integers(1, 999)):03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _is_told(text: str, *, is_prose: bool = True) -> bool:
    return bool(pc.match_substring_regex(pa.array([f"a\x1f{text}\x1fb"]), looks_like_one(is_prose=is_prose))[0].as_py())


def _day(number: str, form: str) -> str:
    year, month, day = number[6:10], number[10:12], number[12:14]
    return form.format(y=year, m=month, d=day, M=int(month), D=int(day))


def _hex(number: str, form: str) -> str:
    return "".join(form.format(ord(sign)) for sign in number)


# Writings of a whole number, and whether one that writes so may write it in a code too.
WRITINGS: dict[str, Callable[[str], str]] = {
    "前六位…后四位": lambda n: f"前六位{n[:6]}，生日{n[6:14]}，后四位{n[14:]}",
    "前6位…后12位": lambda n: f"前6位{n[:6]}后12位{n[6:]}",
    "6位…": lambda n: f"6位{n[:6]} 8位{n[6:14]} 4位{n[14:]}",
    "第一段": lambda n: f"第一段{n[:6]}第二段{n[6:14]}第三段{n[14:]}",
    "第1段": lambda n: f"第1段{n[:6]}第2段{n[6:14]}第3段{n[14:]}",
    "1) 2) 3)": lambda n: f"1) {n[:6]} 2) {n[6:14]} 3) {n[14:]}",
    "1. 2. 3.": lambda n: f"1. {n[:6]} 2. {n[6:14]} 3. {n[14:]}",
    "1、2、": lambda n: f"1、{n[:6]} 2、{n[6:14]} 3、{n[14:]}",
    "年月日": lambda n: f"{n[:6]}，{_day(n, '{y}年{m}月{d}日')}生，尾号{n[14:]}",
    "年月日 without noughts": lambda n: f"{n[:6]}，{_day(n, '{y}年{M}月{D}日')}生，尾号{n[14:]}",
    "signs without noughts": lambda n: f"{n[:6]} {_day(n, '{y}-{M}-{D}')} {n[14:]}",
    "two halves": lambda n: f"上半{n[:10]}下半{n[10:]}",
    "check digit apart": lambda n: f"{n[:6]}生于{n[6:14]}顺序{n[14:17]}校验{n[17]}",
    "a word behind each": "个".join,
    "a letter behind each": "a".join,
    "fours": lambda n: f"{n[:4]}一段{n[4:8]}一段{n[8:12]}一段{n[12:]}".replace("一段", "段"),
    "chinese and words": lambda n: "".join("〇一二三四五六七八九"[int(c)] for c in n[:6]) + "生于" + n[6:14] + "，" + n[14:],
    "numbered signs": lambda n: _hex(n, "&#{};"),
    "numbered signs, hexadecimal": lambda n: _hex(n, "&#x{:x};"),
    "as in an address": lambda n: _hex(n, "%{:02X}"),
    "as in a program": lambda n: _hex(n, "\\u{:04x}"),
    "blanks of an address": lambda n: f"{n[:6]}%20{n[6:14]}%20{n[14:]}",
    "unseen signs of a program": lambda n: f"{n[:6]}\\u200b{n[6:14]}\\u200b{n[14:]}",
    "numbered blanks": lambda n: f"{n[:6]}&#160;{n[6:14]}&#8203;{n[14:]}",
}


@pytest.mark.parametrize("writing", WRITINGS)
@settings(deadline=None, max_examples=30)
@given(numbers(), st.sampled_from(("", "证件：", "buyer id ", "电话13800138000，")))
def test_a_number_told_in_pieces_is_found(writing: str, number: str, before: str) -> None:
    text = f"{before}{WRITINGS[writing](number)}。"
    assert number in [one.number for one in found(text)], text
    assert _is_told(text)


@settings(deadline=None)
@given(numbers(), st.sampled_from(_WORDS), st.sampled_from(_WORDS), st.booleans())
def test_whatever_words_stand_between(number: str, one: str, other: str, is_prose: bool) -> None:
    text = f"{number[:6]}{one}{number[6:14]}{other}{number[14:]}"
    [hit] = found(text, is_prose=is_prose)
    assert (hit.number, hit.start, hit.end) == (number, 0, len(text))
    assert _is_told(text, is_prose=is_prose)


@settings(deadline=None)
@given(numbers(), st.sampled_from(_WORDS), st.sampled_from(_WORDS))
def test_so_are_one_of_fifteen_digits_and_one_that_is_mistyped(number: str, one: str, other: str) -> None:
    if number[6:8] == "19":
        [hit] = found(f"{number[:6]}{one}{number[8:14]}{other}{number[14:17]}。")
        assert hit.number == number[:6] + number[8:17]
    wrong = number[:17] + next(digit for digit in "37" if digit != number[17])
    [hit] = found(f"{wrong[:6]}{one}{wrong[6:14]}{other}{wrong[14:]}。")
    assert hit.number == wrong


def _others(dice: random.Random) -> Iterator[str]:
    """What has many digits with words between them, and names nobody."""
    day = dt.date(2024, 1, 1) + dt.timedelta(days=dice.randrange(700))
    six, phone = dice.randrange(100_000, 855_000), f"1{dice.choice('3578')}{dice.randrange(10**9):09}"
    yield f"单号{dice.randrange(10**12)}，{day:%Y年%m月%d日}下单，共{dice.randrange(1, 9)}件，合计{dice.randrange(10, 9999)}.{dice.randrange(100):02}元"
    yield f"浙江省杭州市西湖区文三路{dice.randrange(1, 999)}号{dice.randrange(1, 30)}幢{dice.randrange(101, 3009)}室 邮编{six} 电话{phone}"
    yield f"邮编{six}，{day:%Y%m%d}发货，取件码{dice.randrange(1000, 9999)}"
    yield f"{dice.randrange(10**5, 10**6)} pcs {day:%Y-%m-%d} box {dice.randrange(100, 9999)}"
    yield str(uuid.UUID(int=dice.getrandbits(128)))
    yield f"{dice.getrandbits(128):032x}"
    yield f"https://shop.example/{dice.randrange(10**6)}/item?id={dice.randrange(10**12)}&t={dice.randrange(10**10)}"
    yield f"LOT{dice.randrange(10**6)} EXP{day:%Y%m%d} SN{dice.randrange(10**4):04}"
    yield f"{phone} 张三 {dice.randrange(10**7)} 李四 {dice.randrange(10**5)}"
    yield f"型号{dice.randrange(10**4)}-{dice.randrange(10**4)}，规格{dice.randrange(999)}x{dice.randrange(999)}x{dice.randrange(999)}mm，{dice.randrange(10**6)}"


@pytest.mark.parametrize("is_prose", [True, False])
def test_no_more_than_one_in_a_thousand_of_other_texts_is_taken_for_a_number(is_prose: bool) -> None:
    dice = random.Random(11)
    others = [text for _ in range(2_000) for text in _others(dice)]
    hit = [text for text in others if found(text, is_prose=is_prose)]
    assert len(hit) <= len(others) / 1000, (len(hit), hit[:10])
