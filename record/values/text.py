"""Plain text: what every value goes through before anything else."""

import functools
import re
import unicodedata

# Chinese characters that this Python does not know yet, and those that have a private code: letters of names all the same.
HAN_LETTERS = "\U00020000-\U0003fffd\ue000-\uf8ff"
# Unified Chinese characters; compatibility ones are unified by `folded`.
_UNIFIED = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x323B0))
# Names of counties are written with it today (乾县, 乾安).
_KEPT = "乾"
# Variants that differ in print only, which the table of traditional characters does not have.
_PRINTED_OTHERWISE = {
    "兪": "俞", "囯": "国", "妳": "你", "尙": "尚", "徳": "德", "晧": "皓", "歩": "步", "淸": "清", "甦": "苏", "甯": "宁", "礆": "硷",
    "衞": "卫", "鄕": "乡", "锺": "钟", "馀": "余", "靑": "青", "髙": "高",
}  # fmt: skip
_FIRST_PRIVATE = 0xE815
_OF_2022 = dict(
    zip(
        (0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE831, 0xE832, 0xE83B, 0xE843, 0xE854, 0xE855, 0xE864),
        "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
        strict=True,
    )
)
_NOT_WORD = re.compile(rf"(?:[^\w{HAN_LETTERS}]|_)+")
_HAN_LETTER = re.compile(f"[{HAN_LETTERS}]")


def clean(text: str | None) -> str | None:
    """The text without spaces round it; None if nothing is left.

    Control characters, which no list has a use for, become spaces; characters that cannot be seen go.
    """
    if text is None:
        return None
    text = text.strip()
    if not text:
        return None
    if not text.isprintable():
        text = "".join(
            c if c.isprintable() or _HAN_LETTER.match(c) else "" if unicodedata.category(c) == "Cf" else " " for c in text
        ).strip()
    return text or None


def folded(text: str) -> str:
    """Full width to half width, small letters, single spaces (Unicode NFKC)."""
    small = unicodedata.normalize("NFKC", text).casefold()
    # Small letters of a few signs are not in normal form again.
    return " ".join((small if small.isascii() else unicodedata.normalize("NFKC", small)).split())


def simplified(text: str) -> str:
    """The text with simplified characters for traditional ones, character by character.

    Source:
        OpenCC's table of characters, without its table of words: a name is no sentence.
    """
    return text if text.isascii() else text.translate(_simplified())


@functools.cache
def _simplified() -> dict[int, str]:
    from opencc import OpenCC

    characters = [chr(code) for first, last in _UNIFIED for code in range(first, last)]
    # One line each, so that no two are taken for a word.
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b and a not in _KEPT}
    table |= {ord(a): b for a, b in _PRINTED_OTHERWISE.items()}
    return table | {code: table.get(ord(c), c) for code, c in _of_private_codes().items()}


def _of_private_codes() -> dict[int, str]:
    """The Chinese characters that GBK gave codes of private use, as Windows still writes them: 䶮 in a name as U+E863.

    Source:
        GB 18030-2005, which gives the last row of GBK's extension the codes of Unicode, and its edition of 2022 for those left.
    """
    cells = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
    characters = {_FIRST_PRIVATE + n: bytes((0xFE, trail)).decode("gb18030") for n, trail in enumerate(cells)}
    return {code: c for code, c in characters.items() if code != ord(c)} | _OF_2022


def bare(text: str) -> str:
    """The folded text with letters and digits only."""
    return _NOT_WORD.sub("", folded(text))
