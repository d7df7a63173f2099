"""How much a text says a piece of goods holds: net content, counted pieces, and how many such pieces one pack has."""

import re
from typing import NamedTuple

from sandan.record.values.commodities.unit import is_each, measure_words, normal

# Single pieces are counted; what holds something is packed. Both by their word in a text.
_COUNTED = (
    "粒 片 颗 丸 枚 贴 抽 张 capsules capsule caps tablets tablet tabs tab softgels softgel gummies pcs pc pieces piece counts count ct "
    "sheets sheet wipes pills"
)
_PACKED = (
    "罐 瓶 盒 袋 包 支 条 桶 听 板 双 对 组 件 个 只 箱 卷 管 杯 枝 块 提 套 bottles bottle cans can tins tin boxes box bags bag packs "
    "pack pk sachets sachet sticks stick tubes tube rolls roll pairs pair"
)
_NUMERALS = {"单": 1, "一": 1, "二": 2, "两": 2, "双": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_LATIN_NUMERALS = {"single": 1, "twin": 2, "double": 2, "triple": 3, "two": 2, "three": 3, "four": 4, "six": 6}
_MEASURES = measure_words()


# Where a Latin word ends, at an x between two numbers too: 15gx10.
_END = r"(?!(?!x\s*\d)[a-z])"


def _either(words: str) -> str:
    """Alternatives, the longest first; Latin words end where the letters end."""
    ordered = sorted(words.split(), key=len, reverse=True)
    return "|".join(re.escape(word) + (_END if word.isascii() else "") for word in ordered)


_NUMBER = r"\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,6})?|\d{1,8}(?:[.,]\d{1,6})?"
# Numerals in characters begin names too (三只松鼠): they count before 装 and at the end of the words.
_WHOLE = rf"\d{{1,6}}|[{''.join(_NUMERALS)}]?十[一二三四五六七八九]?|[{''.join(_NUMERALS)}]"
_FRESH = r"(?<![a-z0-9.])"
_MEASURE = rf"(?:{'|'.join(re.escape(w) + (_END if w.isascii() else '') for w in sorted(_MEASURES, key=len, reverse=True))})(?!拉|级)"
_COUNTED_WORD, _PACKED_WORD = _either(_COUNTED), rf"(?:{_either(_PACKED)})(?!月|套|孔|层|头|色)"
_ANY_WORD = rf"{_COUNTED_WORD}|{_PACKED_WORD}"
_TIMES = r"\s*(?:x|\*)\s*"
_TIMES_MORE = rf"(?:(?:\s*/\s*(?:{_ANY_WORD}))?{_TIMES}(?:{_WHOLE})\s*(?:{_ANY_WORD})?)*"
# 750ml, 750ml*6, 750ml/瓶 x 6瓶, 30片*2盒; 6*750ml, 6瓶 x 750ml.
_AMOUNT = rf"(?:{_NUMBER})\s*-?\s*(?:{_MEASURE})|\d{{1,6}}\s*-?\s*(?:{_ANY_WORD})|(?:{_WHOLE})\s*(?:{_ANY_WORD})(?=装|[^一-鿿]|$)"
_BEFORE = rf"(?:(?:{_WHOLE})\s*(?:{_PACKED_WORD})?{_TIMES})*"
_STATED = re.compile(rf"{_FRESH}(?P<before>{_BEFORE})(?P<amount>{_AMOUNT})(?P<after>{_TIMES_MORE})(?:\s*/\s*(?:{_ANY_WORD}))?装?")
_ONE = re.compile(rf"({_NUMBER}|{_WHOLE})\s*-?\s*({_MEASURE}|{_ANY_WORD})?")
_PACK_OF = re.compile(
    rf"(?:packs?|sets?|boxes|box|case) of (\d{{1,4}})|(?<![a-z])({'|'.join(_LATIN_NUMERALS)})[\s-]+packs?(?![a-z])"
    rf"|(?:{_TIMES}|\(x)(\d{{1,4}})(?![\w.])\)?"
)
_GROSS = re.compile(rf"(?:毛重|gross(?: weight)?)\s*:?\s*(?:{_NUMBER})\s*(?:{_MEASURE})")
# Contents this near are the same: pounds and ounces are rounded to grams on labels.
TOLERANCE = 0.01


class Content(NamedTuple):
    """What a text says about how much there is.

    Attributes:
        piece: Of one piece, by dimension: `g`, `ml`, `n` (counted); each once, sorted.
        pack: Pieces in the pack; 1 where the text has none.
        packed_in: Customs' code of the unit of a piece in the pack.
        rest: The text without these words.
    """

    piece: tuple[tuple[str, float], ...]
    pack: int
    packed_in: str | None
    rest: str


def content(text: str) -> Content:
    """Reads net content and pack out of a folded text in simplified characters.

    `400g`, `0.4kg` and `400克` are 400 g; `750ml*6`, `6x750ml` and `750毫升 6瓶装` six times 750 ml; `30片*2盒` twice 30 pieces. What is
    summed up behind (`250g*2 (500g)`) counts once, gross weights not at all.
    """
    text = _GROSS.sub(" ", re.sub("[×✕✖╳]", "x", text))
    piece: dict[str, float] = {}
    packs: dict[str, int] = {}
    first: str | None = None

    def take(found: re.Match[str]) -> str:
        nonlocal first
        one = _ONE.match(found["amount"])
        assert one is not None
        number, word = _value(one[1]), one[2] or ""
        factors = [_one_of(part) for side in ("before", "after") for part in re.split(_TIMES, found[side].strip()) if part.strip(" x*/")]
        measure = _MEASURES.get(word)
        dimension = measure[0] if measure else "n" if word in _COUNTED.split() else None
        if dimension is None:
            packs.setdefault(word, int(number))
            first = first or word
        elif dimension not in piece:
            piece[dimension] = number * (measure[1] if measure else 1.0)
        elif found["after"] or found["before"]:
            # A product after the sum of it: 500g (250g*2).
            piece[dimension] = number * (measure[1] if measure else 1.0)
        elif "+" in text[max(found.start() - 2, 0) : found.start()]:
            piece[dimension] += number * (measure[1] if measure else 1.0)
        for factor, unit in factors:
            packs.setdefault(unit or f"x{len(packs)}", factor)
            first = first or unit
        return " "

    rest = _STATED.sub(take, text)
    for words in _PACK_OF.findall(rest):
        number = next(int(word) if word.isdigit() else _LATIN_NUMERALS[word] for word in words if word)
        packs.setdefault("of", number)
    rest = _PACK_OF.sub(" ", rest)
    pack = 1
    for factor in packs.values():
        pack *= max(factor, 1)
    return Content(tuple(sorted(piece.items())), pack, normal(first) if first and is_each(first) else None, rest)


def totals(one: Content) -> dict[str, float]:
    """What the whole pack holds, by dimension; only `pack` where nothing is said of a piece."""
    return {dimension: amount * one.pack for dimension, amount in one.piece} or {"pack": float(one.pack)}


def _one_of(part: str) -> tuple[int, str | None]:
    """Number and word of a factor: `6瓶`, `/瓶` (none)."""
    found = _ONE.match(part.strip())
    return (max(int(_value(found[1])), 1), found[2]) if found else (1, None)


def _value(number: str) -> float:
    if number[0].isdigit():
        return float(number.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number) else number.replace(",", "."))
    if "十" in number:
        tens, _, ones = number.partition("十")
        return 10.0 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)
    return float(_NUMERALS[number])
