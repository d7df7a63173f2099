"""What a text about goods states beside their name: content and pack, stage, size, model, edition, strength; and the name that is left.

Source:
    No library reads this in Chinese: quantulum3 0.10 (MIT) knows no Chinese units and no packs, Pint converts units but reads no prose,
    ms-recognizers-text-suite 1.0.1 (MIT) can not be imported. Words and units are those of product labels and of customs' list of units.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandan.record.values.commodities.content import Content, content
from sandan.record.values.text import bare, folded, simplified

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_HAN = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6"}
_STAGE = re.compile(
    r"第?\s*(?<![0-9.])([1-6]|iii|ii|iv|i|v|[一二三四五六]|pre|p)\s*(?:阶段|段)|段\s*(?:数|位)?\s*:?\s*([1-6])(?![0-9])"
    r"|(?<![a-z])(?:stage|step)\s*([1-6]|pre)(?![0-9])|(?<![a-z])(pre)(?![a-z])"
)
# Of a person the goods are for; no content: 9-14kg on nappies.
_RANGE = re.compile(
    r"(?:适用\s*)?(\d+)\s*(?:-|~|–|到|至)\s*(\d+)\s*(个月|月龄|月|周岁|岁|kg|公斤|千克|斤|months?|years?|yrs?|m|y)(?![a-z])"
    r"|(\d+)\s*(个月|月龄|周岁|岁|kg|公斤|months?|years?)\s*(?:以上|以下|\+|起)"
)
_YEAR = re.compile(r"20\d\d\s*(?:年)?\s*(?=新|春|夏|秋|冬|款|版|冬)")
# Strengths and sizes with their unit, as they are written on labels: key, words.
_FIGURES: Mapping[str, str] = {
    "gb": "gb", "tb": "tb", "mb": "mb", "mah": "mah|毫安时?", "iu": "iu|国际单位", "mcg": "mcg|μg|ug|微克", "mg": "mg|毫克",
    "%": "%|percent", "度": "度|°", "mm": "mm|毫米", "cm": "cm|厘米|公分", "inch": "inches|inch|英寸|寸|\"|″", "m": "m|米|公尺",
    "w": "w|瓦", "v": "v|伏", "hz": "hz|赫兹", "k": "k金|k", "克拉": "克拉|carats?|ct", "层": "层|ply",
    "件套": "件套|pieces? set|pcs set|piece set", "号": "号色?|#", "代": "代|gen", "人": "人份|人|pax",
}  # fmt: skip
_FIGURE_WORDS = {
    key: "|".join(word + ("(?![a-z0-9])" if word[-1].isalpha() and word.isascii() else "") for word in words.split("|"))
    for key, words in _FIGURES.items()
}
_NUMBERS = r"\d+(?:[.,]\d+)?(?:\s*[*x+/~-]\s*\d+(?:[.,]\d+)?)*"
_FIGURE = re.compile(rf"(?<![a-z0-9.])({_NUMBERS})\s*({'|'.join(_FIGURE_WORDS.values())})")
_KEYS = {key: re.compile(words) for key, words in _FIGURES.items()}
_STORES = re.compile(r"phone|手机|pad|平板|电脑|笔记本|内存|存储|固态|ssd|硬盘|u盘|memory|laptop|watch|switch|主机")
_STORED = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\s*\+\s*\d{1,4})?)\s*([gt])(?![a-z])")
_NAPPY = re.compile(r"尿|裤|diaper|napp|pants")
_NAPPIES = re.compile(r"(?<![a-z0-9])(nb|xxxl|xxl|xl|[sml])\s*(\d{2,3})(?![0-9a-z.])\s*(?:片|枚|p)?")
_LETTERS = "xxxxl|xxxl|xxl|xl|xs|nb|[sml]|[2345]xl"
_SIZE = re.compile(
    r"(?<![a-z])(eur?|uk|us|size)\s*:?\s*(\d{1,2}(?:\.5)?)(?![0-9])|(?<![0-9.])(\d{2}(?:\.5)?)\s*码|(?<=[男女])\s*(\d{2}(?:\.5)?)(?![0-9.])"
    rf"|(?<![a-z0-9])({_LETTERS})\s*(?:码|号|size)|(?<=码)\s*({_LETTERS})(?![a-z])|(?<![a-z0-9'-])({_LETTERS})(?![a-z0-9'.-])"
    r"|(特大|加大|超大|大|中|小|迷你)(?:号|码|容量|瓶|杯)"
)
_KINDS = re.compile(r"(?<![0-9])(袋|罐|瓶|盒|管|桶)装")
_EDITION = re.compile(r"([一-鿿]{2})(?:版|款)|(?<![a-z])(standard|premium|deluxe|limited|basic|classic)(?: edition)?(?![a-z])")
_WHOSE = re.compile(r"(男|女)(?:款|士|式)?(?=$|[^一-鿿]|鞋|装|表|包)")
# What is another thing where only one of two names has it.
_OTHER: Mapping[str, str] = {
    "pro": r"(?<![a-z])pro(?![a-z])", "max": r"(?<![a-z])max(?![a-z])", "plus": r"(?<![a-z])plus(?![a-z])",
    "mini": r"(?<![a-z])mini(?![a-z])", "ultra": r"(?<![a-z])ultra(?![a-z])", "lite": r"(?<![a-z])lite(?![a-z])",
    "se": r"(?<=[a-z0-9] )se(?![a-z])",
    "gift": r"礼盒|礼品装|gift ?(?:box|set)", "set": r"套装|套盒|组合装|(?<![a-z])(?:bundle|kit)(?![a-z])",
    "sample": r"小样|中样|试用装?|体验装|旅行装|便携装|分装|(?<![a-z])(?:samples?|trial|travel|tester)(?: size)?(?![a-z])",
    "used": r"二手|翻新|中古|瑕疵|(?<![a-z])(?:used|refurbished|second[- ]hand|pre-?owned)(?![a-z])",
    "refill": r"替换装|补充装|替换芯|(?<![a-z])refills?(?![a-z])",
    "expiring": r"临期|近效期|(?<![a-z])(?:near expiry|short[- ]dated)(?![a-z])",
    "more": r"买\s*\S\s*[送赠]\s*\S|附?赠送?|(?<![a-z])bonus(?![a-z])",
    "parts": r"配件|外壳|保护[壳套]|手机壳|钢化膜|表带|耳机套|(?<![a-z])(?:case(?! of)|cover|strap)(?![a-z])",
}  # fmt: skip
_OTHERS = {name: re.compile(pattern) for name, pattern in _OTHER.items()}
_SUFFIX = re.compile(r"(\d)(promax|pro|max|plus|mini|ultra|lite|se)(?![a-z])")
_BRAND = re.compile(r"(?:^|[|;,/\s])(?:品牌|brand)\s*(?:名称|name)?\s*[::]\s*([^|;,]+)|(?:^|[|;,])\s*([^|;,:]{1,30}?)牌(?=$|[|;,])")
_NO_BRAND = re.compile(r"无品牌|无牌|杂牌|无中文品牌|(?<![a-z])(?:no brand|unbranded|non-?brand)(?![a-z])")
_NOISE = re.compile(
    r"进口|原装|正品|包邮|热销|官方|旗舰店|专柜|代购|保税|直邮|新款|爆款|净含量|净重|规格|型号|约|全新|"
    r"(?<![a-z])(?:imported|original|authentic|genuine|new|net (?:wt|weight|content))(?![a-z])"
)
_TOKEN = re.compile(r"[a-z0-9][a-z0-9./-]*")
_JOINED = re.compile(r"(?<![a-z0-9])([a-z]+)[\s-]+(\d{1,4}(?:\.\d)?[a-z]{0,2})(?![a-z0-9.])")
_SIGN = 3
# Names of goods are shorter; what comes behind is description.
_LENGTH = 400
# Longer numbers are codes of articles and registrations.
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Specification:
    """What goods are, beside what they are called.

    Attributes:
        core: The name without all this, letters and digits only.
        content: Net content and pack.
        stated: By what it says (`stage`, `size`, `model`, `brand`, `mg`, ...): the values; two agree where one has all of the other's.
        other: What makes another thing of it where only one of two has it: `pro`, `sample`, `used`, ...
    """

    core: str
    content: Content
    stated: tuple[tuple[str, frozenset[str]], ...]
    other: frozenset[str]


def specification(names: Iterable[str | None], model: str | None = None, brand: str | None = None) -> Specification:
    """What the texts of one line of goods state together; of several contents the first that is stated holds.

    Args:
        names: What the goods are called, the best known first.
        model: Specification and model (规格型号) as they are declared.
        brand: The brand, where it is stated apart.
    """
    parts = [_read(text, False) for text in names if text and text.strip()]
    parts += [_read(model, True)] if model and model.strip() else []
    stated: dict[str, frozenset[str]] = {}
    for part in parts:
        for key, values in part.stated:
            stated[key] = stated.get(key, frozenset()) | values if key == "model" else stated.get(key) or values
    if brand and brand.strip():
        stated["brand"] = frozenset({bare(simplified(brand))} - {""})
    found = next((p.content for p in parts if p.content.piece), None) or next((p.content for p in parts if p.content.pack > 1), None)
    core = parts[0].core if parts else ""
    for value in stated.get("brand", ()):
        core = core.replace(value, "") or core
    other = frozenset[str]().union(*(part.other for part in parts))
    pairs = tuple(sorted((key, values) for key, values in stated.items() if values))
    return Specification(core, found or Content((), 1, None, ""), pairs, other)


@functools.lru_cache(maxsize=200_000)
def _read(text: str, is_model: bool) -> Specification:
    rest = simplified(folded(text[:_LENGTH]))
    stated: dict[str, set[str]] = {}
    if _NO_BRAND.search(rest):
        stated["brand"] = {"-"}
        rest = _NO_BRAND.sub(" ", rest)
    for named in _BRAND.findall(rest):
        stated.setdefault("brand", set()).update({bare(next(filter(None, named)))} - {""})
    rest = _BRAND.sub(" ", rest)

    def put(key: str, value: str) -> str:
        stated.setdefault(key, set()).add(value)
        return " "

    rest = _RANGE.sub(lambda m: put("for", "-".join(filter(None, m.groups()))), _YEAR.sub(" ", rest))
    rest = _STAGE.sub(lambda m: put("stage", _stage(next(filter(None, m.groups())))), rest)
    if _STORES.search(rest):
        rest = _STORED.sub(lambda m: put(m[2] + "b", m[1].replace(" ", "")), rest)
    if _NAPPY.search(rest):
        rest = _NAPPIES.sub(lambda m: put("size", m[1]) + m[2] + "片 ", rest)
    rest = _SUFFIX.sub(r"\1 \2 ", rest).replace("promax", "pro max")
    other = {name for name, pattern in _OTHERS.items() if pattern.search(rest)}
    for name in other:
        rest = _OTHERS[name].sub(" ", rest)
    rest = _FIGURE.sub(lambda m: put(_key(m[2]), re.sub(r"\s", "", m[1]).replace("x", "*")), rest)
    rest = _SIZE.sub(lambda m: put(*_size(m)), rest)
    how_much = content(rest)
    rest = _KINDS.sub(lambda m: put("packing", m[1]), how_much.rest)
    rest = _WHOSE.sub(lambda m: put("whose", m[1]), rest)
    rest = _EDITION.sub(lambda m: put("edition", m[1] or m[2]), _NOISE.sub(" ", rest))
    rest = _JOINED.sub(r"\1\2", rest)
    for token in _TOKEN.findall(rest):
        plain = token.strip("./-").replace("-", "")
        if any(c.isdigit() for c in plain) and not (plain.isdigit() and (is_model or len(plain) > _LONGEST)):
            put("model", plain)
    name = bare(_TOKEN.sub(_named, rest))
    return Specification(
        name or bare(simplified(folded(text))),
        how_much._replace(rest=""),
        tuple((key, frozenset(values)) for key, values in stated.items()),
        frozenset(other),
    )


def _named(found: re.Match[str]) -> str:
    """What a word with a number says of the name: `iphone` of `iphone12`; signs of three letters (spf50, umf10) are no names."""
    word = found[0]
    if not any(c.isdigit() for c in word):
        return word
    letters = re.match("[a-z]*", word)
    return f" {letters[0]} " if letters and len(letters[0]) > _SIGN else " "


def _stage(text: str) -> str:
    return "pre" if text in ("pre", "p") else _ROMAN.get(text) or _HAN.get(text) or text


def _key(word: str) -> str:
    return next(key for key, pattern in _KEYS.items() if pattern.fullmatch(word))


def _size(found: re.Match[str]) -> tuple[str, str]:
    """Sizes of the United Kingdom and the United States count otherwise than those of Europe and China."""
    scale, number, *others = found.groups()
    if scale:
        return f"size {scale}" if scale in ("uk", "us") else "size", number
    return "size", next(filter(None, others))
