"""Addresses: a normal form that bears different writings of one place, and how alike two are."""

import re
from collections import Counter

from sandan.record.values.text import folded

# Province-level divisions by the first two characters of their names, which tell them apart (GB/T 2260).
PROVINCES: dict[str, str] = {
    name[:2]: name
    for name in (
        "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 "
        "陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
    ).split()
}
_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
_COUNTRY = re.compile(r"^(中国|中华人民共和国|prchina|china)")
_POSTCODE = re.compile(r"(?<!\d)\d{6}$")
_AUTONOMOUS = re.compile(r"(壮族|回族|维吾尔)?自治区|特别行政区")
_DIVISION = re.compile(r"[省市区县]")
_UNIT = re.compile(r"号楼|单元|[号栋幢座室房层楼弄#]")
_DASHES = re.compile(r"-+")
_NUMBERS = re.compile(r"\d+")
_PICKUP = re.compile(r"快递柜|丰巢|自提|驿站|代收|提货点|菜鸟|locker|pick-?up|parcel shop|packstation")
_FORWARDER = re.compile(r"转运|集运|货代|仓库|forward|freight|warehouse|consolidat")
_DORMITORY = re.compile(r"宿舍|寝室|公寓楼|dormitor|dorm\b")
_LATIN = {"street": "st", "avenue": "ave", "road": "rd", "apartment": "apt", "building": "bldg", "boulevard": "blvd", "drive": "dr"}


def normal(text: str) -> str | None:
    """One writing of an address; None if nothing is left.

    `浙江省杭州市余杭区文一西路969号3幢501室`, `浙江杭州余杭区文一西路９６９号3-501` and the same with a postcode behind give one form.
    Latin text loses its punctuation and gets short words for street, road and the like.
    """
    folded_text = folded(text)
    if folded_text.isascii():
        words = re.sub(r"[^\w]+", " ", folded_text).split()
        return " ".join(_LATIN.get(word, word) for word in words) or None
    plain = _POSTCODE.sub("", folded_text).strip()
    plain = re.sub(r"[^\w#-]+", "", plain).replace("_", "")
    plain = _COUNTRY.sub("", plain)
    plain = _DIVISION.sub("", _AUTONOMOUS.sub("", plain))
    plain = _DASHES.sub("-", _UNIT.sub("-", plain)).strip("-")
    # `上海市上海市浦东新区` and `上海市浦东新区` are one place.
    for city in _MUNICIPALITIES:
        if plain.startswith(city + city):
            plain = plain.removeprefix(city)
    return plain or None


def province(normal_form: str | None) -> str | None:
    """Name of the Chinese province-level division that a normal form begins with; None if it begins with none."""
    return PROVINCES.get(normal_form[:2]) if normal_form else None


def place_kind(text: str | None) -> str:
    """`locker`, `forwarder`, `dormitory` or `unknown`, by the words that an address uses."""
    if text:
        plain = folded(text)
        for kind, pattern in (("locker", _PICKUP), ("forwarder", _FORWARDER), ("dormitory", _DORMITORY)):
            if pattern.search(plain):
                return kind
    return "unknown"


def likeness(first: str, second: str) -> float:
    """How alike two normal forms are, in [0, 1]: 1 for one place, about 0 for places that share nothing.

    Letters count by pairs of neighbours (Dice), numbers by how many stand in both: two flats of one house are alike, not equal.
    An address that is another one with the end left out is nearly equal; a house number cut in two is another house.
    """
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    if len(short) >= 4 and long.startswith(short) and not (short[-1].isdigit() and long[len(short)].isdigit()):
        return 0.95
    letters = _dice(_pairs(_NUMBERS.sub(" ", first)), _pairs(_NUMBERS.sub(" ", second)))
    numbers_a, numbers_b = Counter(_NUMBERS.findall(first)), Counter(_NUMBERS.findall(second))
    if not numbers_a or not numbers_b:
        return letters
    return 0.7 * letters + 0.3 * _dice(numbers_a, numbers_b)


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def _dice(a: Counter[str], b: Counter[str]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
