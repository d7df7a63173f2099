"""Names of persons."""

import re

from sandan.record.values import mask
from sandan.record.values.text import HAN_LETTERS, bare, folded, simplified

_TITLES = tuple("先生 女士 小姐 老师 同学 经理 主任 医生 教授 师傅 太太 夫人 律师 博士 同志 校长 院长".split())
_LATIN_TITLES = frozenset(
    "mr mrs ms miss mister dr doctor prof professor sir madam mme mlle monsieur madame herr frau señor señora sr sra signor signora".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv phd md esq ltd inc llc co gmbh".split())
# Letters that are written where a minority's name has its middle dot, and that are no letters of the name: 阿凡提ㆍ买买提.
_DOT_LETTERS = str.maketrans("", "", "ㆍᆞᐧ")
# Behind the name of who uses a lent telephone number: its last digits.
_LENT = re.compile(
    r"\s*[\[(【<{《「]\d{3,6}[\])】>}》」]$|(?<=[㐀-鿿])(?:\s+|\s*[-_#转轉,、/:;.]\s*)\d{4}$|(?<=^[㐀-鿿]{2})\d{4}$|(?<=^[㐀-鿿]{3})\d{4}$|"
    r"^[\[(【<{《「]\d{3,6}[\])】>}》」]\s*(?=\w)|^\d{4}\s*[-_#转轉,、/:;.]?\s*(?=[㐀-鿿])"
)
# What labels say beside the name.
_LABEL = re.compile(
    r"^(?:收[件货]人|姓名|收)\s*:\s*|^(?:尊敬的|收[件货]人)\s*|\s*\((?:亲?收|转|亲启|本人收?|代收|先生|女士|小姐|公司|单位|学校|家里?|自提)\)$|\s+(?:亲?收|亲启)$"
)
_HAN = re.compile(f"[㐀-鿿豈-﫿{HAN_LETTERS}·]+")
_HAN_SIGN = re.compile(f"[㐀-鿿豈-﫿{HAN_LETTERS}]")
_WORD = re.compile(r"[^\W_]+")


def normal(text: str) -> str | None:
    """The name in one writing: half width, small letters, no spaces, dots or titles; None if nothing is left.

    A masked name has none either: 张*三, 张某, 张先生 and 张 alone fit many.
    Traditional characters are written as simplified ones. `Zhang, Wei` is `Wei Zhang`; the order is not changed otherwise, as nothing
    says which of two words is the family's.
    """
    plain = _unlabelled(text).translate(_DOT_LETTERS)
    if mask.is_name(plain):
        return None
    if plain.isascii() or "," in plain or "." in plain or " " in plain:
        plain = " ".join(_in_order(plain))
    name = whole = bare(plain)
    while title := next((t for t in _TITLES if name.endswith(t) and len(name) > len(t)), ""):
        name = name.removesuffix(title)
    # A family's name alone says no more than a masked one.
    return None if _HAN_SIGN.fullmatch(name) and whole else name or None


def differ(first: str, second: str) -> bool:
    """Whether two writings can not be one person's name; of a masked one what is shown counts.

    However many signs hide a part, it may have any length: programs write as many as they like.
    """
    one, other = normal(first), normal(second)
    if one and other:
        return one != other
    shown = [mask.shown_of_name(_masked(text)) for text, clear in ((first, one), (second, other)) if not clear]
    if None in shown:
        return False
    parts = [part for part in shown if part]
    if clear := one or other:
        return _HAN.fullmatch(clear) is not None and not re.fullmatch(".+".join(map(re.escape, parts[0])), clear)
    heads, tails = sorted((p[0] for p in parts), key=len), sorted((p[-1][::-1] for p in parts), key=len)
    return not heads[1].startswith(heads[0]) or not tails[1].startswith(tails[0])


def _masked(text: str) -> str:
    """A masked name in one writing: `张先生` hides what stands behind the family's name."""
    plain = "".join(_unlabelled(text).split())
    while title := next((t for t in _TITLES if plain.endswith(t) and len(plain) > len(t)), ""):
        plain = plain.removesuffix(title)
        if mask.is_name(plain):
            return plain
    family = bare(plain)
    return f"{family}*" if _HAN_SIGN.fullmatch(family) and not mask.is_name(plain) else plain


def _unlabelled(text: str) -> str:
    plain = simplified(folded(text))
    for _ in range(3):
        before, plain = plain, _LABEL.sub("", _LENT.sub("", plain))
        if plain == before:
            break
    return plain


def _in_order(plain: str) -> list[str]:
    """The words without titles in front; `last, first` as first, last."""
    last, _, first = plain.partition(",")
    before, behind = _untitled(_WORD.findall(first)), _untitled(_WORD.findall(last))
    if before and behind and "," not in first and before[0] not in _SUFFIXES:
        return _untitled([*before, *behind])
    return _untitled(_WORD.findall(plain))


def _untitled(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _LATIN_TITLES:
        words = words[1:]
    return words
