"""Administrative divisions of China: what a six-digit code names, and which division a text begins with.

Source:
    GB/T 2260, codes for the administrative divisions of the People's Republic of China; the table is `divisions.txt` beside this file.
"""

import re
from typing import NamedTuple

from sandan.record.values.addresses import areas
from sandan.record.values.addresses.division_table import MUNICIPALITIES, PROVINCES, Forms, Node, Table, divisions

__all__ = ["MUNICIPALITIES", "PROVINCES", "Found", "find", "named"]

# Cities that nobody takes for anything else: they are known without their suffix where no province stands before them.
_GREAT = frozenset(
    "广州 深圳 杭州 南京 苏州 武汉 成都 西安 郑州 长沙 青岛 济南 沈阳 大连 哈尔滨 长春 石家庄 太原 合肥 福州 厦门 南昌 宁波 温州 无锡 "
    "佛山 东莞 昆明 贵阳 南宁 兰州 西宁 银川 乌鲁木齐 呼和浩特".split()
)
_SUFFIX = re.compile(r"新区|自治[州县旗]|地区|林区|特区|[市区县旗盟州]")
_CITY_SUFFIX = re.compile(r"自治州|地区|[市盟州]")
# What people write for a province of the same first two characters.
_SHORTER_PROVINCE = {"内蒙古": "内蒙"}
_PROVINCE_SUFFIX = re.compile(r"省|(?:壮族|回族|维吾尔族?)?自治区|特别行政区|特区")
# Words of the standard that name no place: counties directly under a province, the districts of a city taken together.
_FILLER = re.compile(r"市辖区|(?:省|自治区)?直辖县(?:级行政(?:区划|单位)|级)?")
# A road is named after many a city: 南京东路, 北京路, 余杭街道.
_ROAD = re.compile(r"[东西南北中]?[一二三四五六]?(?:路|街|巷|大道|胡同|道(?![里外县孚真]))")
# A city's name before one of these is a county's: 朝阳区 is not 朝阳市, 长沙县 is not 长沙市.
_COUNTY = ("区", "县", "旗")
# 塔城 and 阿勒泰 are prefectures of their own by their codes, and stand under the prefecture 伊犁 in many an address.
_WITH_PREFECTURES = {"654000": frozenset({"654200", "654300"})}
# They became cities when forms had long asked for city and county: 日喀则市 in 日喀则市.
_LATE_CITIES = frozenset({"540200", "650400", "650500"})
# Third and fourth digit of a county-level city directly under its province, which many write behind the prefecture around it.
_DIRECT = "90"
_LOOSE = "省市区县-#"


class Found(NamedTuple):
    """What a text begins with.

    Attributes:
        province: Short, `浙江`; None if none is named and none follows.
        city: `杭州市`; of a municipality its own name; a county directly under a province.
        district: District or county, `余杭区`.
        short: All of them in one short writing, `浙江杭州余杭`; empty if none was found.
        end: Where the rest of the text begins.
    """

    province: str | None
    city: str | None
    district: str | None
    short: str
    end: int


_NOTHING = Found(None, None, None, "", 0)


def named(code: str) -> tuple[str, str | None, str | None] | None:
    """Province (short), city and district of a six-digit code; None for an unknown one. Codes given up name what took their place."""
    return divisions().codes.get(code.strip())


def find(text: str) -> Found:
    """The divisions that a text without spaces and punctuation begins with.

    A part left out is filled in where only one can be meant: the city of a county whose name is unique in its province, the province of a
    city or of a county with its suffix whose name is unique in the country. Parts that contradict each other are not reconciled: reading
    stops where they do. Steps are bounded by the number of levels, whatever the length of the text.
    """
    table = divisions()
    start = _loose(text, 0)
    for at in (0, start) if start else (0,):
        province = table.provinces.get(text[at : at + 2])
        if province is not None and (end := _province_end(table, province, text, at)):
            return _below_province(province, text, end)
        if (found := _without_province(table, text, at)) is not None:
            return found
    return _NOTHING


def _province_end(table: Table, province: Node, text: str, at: int) -> int:
    """Where the name of the province ends, repetitions included; 0 if the text means something else."""
    short, name = province.short, province.name
    written = short if text.startswith(short, at) else _SHORTER_PROVINCE.get(short, "")
    if not written or not text.startswith(written, at):
        return 0
    end = at + len(written)
    is_municipality = short in MUNICIPALITIES
    if match := _PROVINCE_SUFFIX.match(text, end):
        end = match.end()
    elif is_municipality and text.startswith("市", end):
        end += 1
    elif any(whole and text.startswith(form, at) for form, whole, _ in table.cities.get(text[at : at + 2], ())):
        return 0  # 吉林市, 海南藏族自治州
    elif _ROAD.match(text, end) and not _matched(province.below, text, end):
        return 0
    while text.startswith(name, end):
        end += len(name)
    if is_municipality and text.startswith(short, end) and _matched(province.below, text, end + len(short)):
        end += len(short)
    return end


def _below_province(province: Node, text: str, at: int) -> Found:
    at = _filler(text, at)
    if province.short in MUNICIPALITIES:
        return _with_district(province, province.short, province.name, province, text, at)
    if (area := areas.within(province.code, text, _loose(text, at))) is not None:
        return _in_area(province, area, text)
    node, end = _step(province.below, text, at)
    if node is not None:
        return _in_city(province, node, text, end)
    node, end = _step(province.inner, text, at)
    if node is not None and node.above is not None:
        return Found(province.short, node.above.name, node.name, province.short + node.above.short + node.short, end)
    return Found(province.short, None, None, province.short, at)


def _in_area(province: Node, area: areas.Area, text: str) -> Found:
    """What is named behind an area; else where the area lies."""
    found = _below_province(province, text, area.end)
    if found.city is not None or area.code == province.code:
        return found
    city = _below(province.below, f"{area.code[:4]}00")
    if city is None:
        return found
    return _with_district(province, province.short + city.short, city.name, city, text, area.end, _below(city.below, area.code))


def _below(forms: Forms, code: str) -> Node | None:
    """The division of a code among the forms of those below another."""
    return next((node for entries in forms.values() for _, _, node in entries if node.code == code), None)


def _without_province(table: Table, text: str, at: int) -> Found | None:
    if (area := areas.alone(text, at)) is not None:
        province = next(node for node in table.provinces.values() if node.code[:2] == area.code[:2])
        if province.short not in MUNICIPALITIES:
            return _in_area(province, area, text)
        return _with_district(province, province.short, province.name, province, text, area.end)
    for form, whole, city in table.cities.get(text[at : at + 2], ()):
        if text.startswith(form, at) and city.above is not None:
            end = at + len(form)
            if not whole:
                suffix = _CITY_SUFFIX.match(text, end)
                if suffix is None:
                    if text[end : end + 1] in _COUNTY:
                        continue
                    known = form in _GREAT and not _ROAD.match(text, end)
                    if not known and not _matched(city.below, text, end):
                        continue
                else:
                    end = at if _names_its_city(city, form, text, at) else suffix.end()
            return _in_city(city.above, city, text, _before_its_district(city, text, end))
    for name, district in table.districts.get(text[at : at + 2], ()):
        if text.startswith(name, at):
            if district is None or district.above is None:
                return None
            city = district.above
            end = at + len(name)
            if city.above is None:
                return Found(city.short, city.name, district.name, city.short + district.short, end)
            return Found(city.above.short, city.name, district.name, city.above.short + city.short + district.short, end)
    return None


def _in_city(province: Node, city: Node, text: str, end: int) -> Found:
    while text.startswith(city.name, end) and not _is_seat(city, text, end):
        end += len(city.name)
    if city.code in _WITH_PREFECTURES and (lower := _prefecture_in(province, city, text, end)) is not None:
        return lower
    return _with_district(province, province.short + city.short, city.name, city, text, _filler(text, end))


def _is_seat(city: Node, text: str, at: int) -> bool:
    """Whether the city's name said again means a county in it: its seat had that name before. 铜仁地区铜仁市, but not 铜仁市铜仁市."""
    if not _matched(city.below, text, at, whole_only=True) or _matched(city.below, text, at + len(city.name), whole_only=True):
        return False
    return city.code in _LATE_CITIES or not text.endswith(city.name, 0, at)


def _prefecture_in(province: Node, city: Node, text: str, at: int) -> Found | None:
    """What is named below a prefecture that has prefectures in it: one of those, or a county in one of them."""
    inside = _WITH_PREFECTURES[city.code]
    at = _filler(text, at)
    if _matched(city.below, text, at, whole_only=True):
        return None
    node, end = _step(province.below, text, at)
    if node is not None:
        return _in_city(province, node, text, end) if node.code in inside else None
    node, end = _step(province.inner, text, at)
    if node is not None and node.above is not None and node.above.code in inside:
        return Found(province.short, node.above.name, node.name, province.short + node.above.short + node.short, end)
    return None


def _with_district(province: Node, short: str, city: str, above: Node, text: str, at: int, lies_in: Node | None = None) -> Found:
    area = areas.within(above.code, text, _loose(text, at))
    if area is not None:
        at, lies_in = area.end, _below(above.below, area.code)
    district, end = _step(above.below, text, at)
    if district is None and lies_in is None:
        alone, behind = _step(province.below, text, at) if above is not province else (None, at)
        if alone is not None and alone is not above and alone.code[2:4] == _DIRECT:
            return _with_district(province, province.short + alone.short, alone.name, alone, text, behind)
        return Found(province.short, city, None, short, at)
    if district is None:
        district, end = lies_in, at
    assert district is not None
    while text.startswith(district.name, end):
        end += len(district.name)
    while (area := areas.within(district.code, text, end)) is not None:
        end = area.end
    return Found(province.short, city, district.name, short + district.short, end)


def _step(forms: Forms, text: str, at: int) -> tuple[Node | None, int]:
    """The division that begins here or behind loose suffixes, and where it ends."""
    start = _loose(text, at)
    for begin in (at, start) if start != at else (at,):
        for form, whole, node in forms.get(text[begin : begin + 2], ()):
            if not text.startswith(form, begin):
                continue
            end = begin + len(form)
            if whole:
                return node, _before_its_district(node, text, end)
            match = _SUFFIX.match(text, end)
            if match is not None and match.group() in _COUNTY and node.code.endswith("00"):
                continue
            if match is not None and _names_its_city(node, form, text, begin):
                return node, begin
            if match is not None:
                return node, _before_its_district(node, text, match.end())
            if not _ROAD.match(text, end) or _matched(node.below, text, end):
                return node, end
    return None, at


def _names_its_city(node: Node, form: str, text: str, at: int) -> bool:
    """Whether a short form is not the prefecture but the city of its name in it: 恩施市 is a city of the prefecture 恩施."""
    return text.startswith("市", at + len(form)) and not node.name.endswith("市") and _matched(node.below, text, at, whole_only=True)


def _before_its_district(node: Node, text: str, end: int) -> int:
    """Where the division ends if its last character may begin the next one: 济南市中区 is 市中区 of 济南."""
    if text[end - 1] == "市" and _matched(node.below, text, end - 1, whole_only=True) and not _matched(node.below, text, end):
        return end - 1
    return end


def _matched(forms: Forms, text: str, at: int, *, whole_only: bool = False) -> bool:
    for form, whole, _ in forms.get(text[at : at + 2], ()):
        if text.startswith(form, at) and (whole or (not whole_only and not _ROAD.match(text, at + len(form)))):
            return True
    return False


def _loose(text: str, at: int) -> int:
    while at < len(text) and text[at] in _LOOSE:
        at += 1
    return at


def _filler(text: str, at: int) -> int:
    start = _loose(text, at)
    match = _FILLER.match(text, at) or _FILLER.match(text, start)
    return match.end() if match else at
