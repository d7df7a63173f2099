"""Administrative divisions of China: what a six-digit code names, and which division a text begins with.

Source:
    GB/T 2260, codes for the administrative divisions of the People's Republic of China; the table is `divisions.txt` beside this file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
PROVINCES = frozenset(
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 "
    "陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门".split()
)
# Cities that nobody takes for anything else: they are known without their suffix where no province stands before them.
_GREAT = frozenset(
    "广州 深圳 杭州 南京 苏州 武汉 成都 西安 郑州 长沙 青岛 济南 沈阳 大连 哈尔滨 长春 石家庄 太原 合肥 福州 厦门 南昌 宁波 温州 无锡 "
    "佛山 东莞 昆明 贵阳 南宁 兰州 西宁 银川 乌鲁木齐 呼和浩特".split()
)
_PEOPLES = (
    "蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|"
    "东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族?|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|塔吉克族?|怒族|鄂温克族?|保安族|裕固族|"
    "独龙族|各族"
)
# What stands behind the proper name of a division.
_KIND = re.compile(rf"(?<=..)(?:(?:{_PEOPLES})*自治[州县旗]|(?:{_PEOPLES})区|新区|林区|特区|地区|[市区县旗盟])$")
_SUFFIX = re.compile(r"新区|自治[州县旗]|地区|林区|特区|[市区县旗盟州]")
_CITY_SUFFIX = re.compile(r"自治州|地区|[市盟州]")
_PROVINCE_SUFFIX = re.compile(r"省|(?:壮族|回族|维吾尔族?)?自治区|特别行政区|特区")
# Words of the standard that name no place: counties directly under a province, the districts of a city taken together.
_FILLER = re.compile(r"市辖区|(?:省|自治区)?直辖县级行政(?:区划|单位)")
# A road is named after many a city: 南京东路, 北京路, 余杭街道.
_ROAD = re.compile(r"[东西南北中]?[一二三四五六]?(?:路|街|巷|大道|胡同|道(?![里外县孚真]))")
# A city's name before one of these is a county's: 朝阳区 is not 朝阳市, 长沙县 is not 长沙市.
_COUNTY = ("区", "县", "旗")
_COUNTY_OR_CITY = ("市", "区", "县")
# 塔城 and 阿勒泰 are prefectures of their own by their codes, and stand under the prefecture 伊犁 in many an address.
_WITH_PREFECTURES = {"654000": frozenset({"654200", "654300"})}
_LOOSE = "省市区县-#"
_CELL = re.compile(r"(\d+)([^\d(]+)(?:\(([^)]+)\))?")


@dataclass(slots=True, eq=False)
class _Node:
    """A division with what lies in it.

    Attributes:
        code: Six digits.
        name: As in the standard.
        short: Its one short writing.
        above: The division that it lies in.
        below: Forms of the divisions in it, by their first two characters, longest first: form, whole name, division.
        inner: The same of the counties of a province, where only one of that name is in it.
    """

    code: str
    name: str
    short: str
    above: "_Node | None" = None
    below: "_Forms" = field(default_factory=dict)
    inner: "_Forms" = field(default_factory=dict)


_Form = tuple[str, bool, _Node]
_Forms = dict[str, list[_Form]]


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


class _Table(NamedTuple):
    provinces: dict[str, _Node]
    cities: _Forms
    districts: dict[str, list[tuple[str, _Node | None]]]
    codes: dict[str, tuple[str, str | None, str | None]]


def named(code: str) -> tuple[str, str | None, str | None] | None:
    """Province (short), city and district of a six-digit code; None for an unknown one. Codes given up name what took their place."""
    return _table().codes.get(code.strip())


def find(text: str) -> Found:
    """The divisions that a text without spaces and punctuation begins with.

    A part left out is filled in where only one can be meant: the city of a county whose name is unique in its province, the province of a
    city or of a county with its suffix whose name is unique in the country. Parts that contradict each other are not reconciled: reading
    stops where they do. Steps are bounded by the number of levels, whatever the length of the text.
    """
    table = _table()
    start = _loose(text, 0)
    for at in (0, start) if start else (0,):
        province = table.provinces.get(text[at : at + 2])
        if province is not None and (end := _province_end(table, province, text, at)):
            return _below_province(province, text, end)
        if (found := _without_province(table, text, at)) is not None:
            return found
    return _NOTHING


def _province_end(table: _Table, province: _Node, text: str, at: int) -> int:
    """Where the name of the province ends, repetitions included; 0 if the text means something else."""
    short, name = province.short, province.name
    if not text.startswith(short, at):
        return 0
    end = at + len(short)
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


def _below_province(province: _Node, text: str, at: int) -> Found:
    at = _filler(text, at)
    if province.short in MUNICIPALITIES:
        return _with_district(province, province.short, province.name, province, text, at)
    node, end = _step(province.below, text, at)
    if node is not None:
        return _in_city(province, node, text, end)
    node, end = _step(province.inner, text, at)
    if node is not None and node.above is not None:
        return Found(province.short, node.above.name, node.name, province.short + node.above.short + node.short, end)
    return Found(province.short, None, None, province.short, at)


def _without_province(table: _Table, text: str, at: int) -> Found | None:
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


def _in_city(province: _Node, city: _Node, text: str, end: int) -> Found:
    while text.startswith(city.name, end) and not _matched(city.below, text, end, whole_only=True):
        end += len(city.name)
    if city.code in _WITH_PREFECTURES and (lower := _prefecture_in(province, city, text, end)) is not None:
        return lower
    return _with_district(province, province.short + city.short, city.name, city, text, _filler(text, end))


def _prefecture_in(province: _Node, city: _Node, text: str, at: int) -> Found | None:
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


def _with_district(province: _Node, short: str, city: str, above: _Node, text: str, at: int) -> Found:
    district, end = _step(above.below, text, at)
    if district is None:
        return Found(province.short, city, None, short, at)
    while text.startswith(district.name, end):
        end += len(district.name)
    return Found(province.short, city, district.name, short + district.short, end)


def _step(forms: _Forms, text: str, at: int) -> tuple[_Node | None, int]:
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


def _names_its_city(node: _Node, form: str, text: str, at: int) -> bool:
    """Whether a short form is not the prefecture but the city of its name in it: 恩施市 is a city of the prefecture 恩施."""
    return text.startswith("市", at + len(form)) and not node.name.endswith("市") and _matched(node.below, text, at, whole_only=True)


def _before_its_district(node: _Node, text: str, end: int) -> int:
    """Where the division ends if its last character may begin the next one: 济南市中区 is 市中区 of 济南."""
    if text[end - 1] == "市" and _matched(node.below, text, end - 1, whole_only=True) and not _matched(node.below, text, end):
        return end - 1
    return end


def _matched(forms: _Forms, text: str, at: int, *, whole_only: bool = False) -> bool:
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


@cache
def _table() -> _Table:
    """The table of `divisions.txt`; read once, when first needed."""
    table = _Table({}, {}, {}, {})
    province, seen = _Node("", "", ""), dict[str, set[_Node]]()
    counties: list[tuple[_Node, list[str]]] = []
    for line in files(__package__).joinpath("divisions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, name, *cells = line.split()
        if code.endswith("0000"):
            short = name[:3] if name[:3] in PROVINCES else name[:2]
            here = province = _Node(code, name, short)
            table.provinces[name[:2]] = province
            table.codes[code] = (short, name if short in MUNICIPALITIES else None, None)
        else:
            here = _Node(code, name, _stem(name), province)
            _add(province.below, here, [name])
            _add(table.cities, here, [name])
            table.codes[code] = (province.short, name, None)
        lower = list(_children(here, cells))
        stems = [_stem(node.name) for node, _ in lower]
        for (node, former), stem in zip(lower, stems, strict=True):
            # The whole name where the stem alone would say something else: 长沙县 in 长沙, 和田市 and 和田县, 市中区, 辉县市.
            plain = stems.count(stem) == 1 and stem != here.short and not stem.startswith("市") and not stem.endswith(_COUNTY_OR_CITY)
            node.short = stem if plain else node.name
            names = [node.name, *(old.lstrip("0123456789") for old in former)]
            counties.append((node, names))
            _add(here.below, node, names)
            city = here.name if here is not province or province.short in MUNICIPALITIES else None
            for known in (node.code, *(code[: 6 - len(d)] + d for old in former if (d := old[: len(old) - len(old.lstrip("0123456789"))]))):
                table.codes[known] = (province.short, city, node.name)
    for node, names in counties:
        for name in names:
            seen.setdefault(name, set()).add(node)
        _inner(node)
    for node, names in counties:
        for name in names:
            entry = (name, node if len(seen[name]) == 1 else None)
            entries = table.districts.setdefault(name[:2], [])
            if entry not in entries:
                entries.append(entry)
    for forms in _all_forms(table):
        forms.sort(key=lambda form: -len(form[0]))
    for entries in table.districts.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    for province in table.provinces.values():
        _keep_unique(province.inner)
    return table


def _children(above: _Node, cells: list[str]) -> Iterator[tuple[_Node, list[str]]]:
    for cell in cells:
        match = _CELL.fullmatch(cell)
        if match is None:
            raise ValueError(f"divisions.txt: {cell}")
        digits, name, former = match.groups()
        yield _Node(above.code[: 6 - len(digits)] + digits, name, name, above), former.split(",") if former else []


def _stem(name: str) -> str:
    stem = _KIND.sub("", name)
    return stem if len(stem) >= 2 else name


def _add(forms: _Forms, node: _Node, names: list[str]) -> None:
    """Forms under which a division is found: its names whole, and without their suffix where its short writing has none."""
    for name in names:
        forms.setdefault(name[:2], []).append((name, True, node))
        stem = _stem(name)
        if stem != name and (stem == node.short or name != node.name):
            forms.setdefault(stem[:2], []).append((stem, False, node))


def _inner(node: _Node) -> None:
    city = node.above
    if city is not None and city.above is not None:
        _add(city.above.inner, node, [node.name])


def _keep_unique(forms: _Forms) -> None:
    """Drop forms that several divisions share, and lists left empty."""
    for first, entries in list(forms.items()):
        several = {form for form, _, node in entries if any(form == other and node is not same for other, _, same in entries)}
        forms[first] = [entry for entry in entries if entry[0] not in several]
        if not forms[first]:
            del forms[first]


def _all_forms(table: _Table) -> Iterator[list[_Form]]:
    yield from table.cities.values()
    for province in table.provinces.values():
        yield from province.below.values()
        yield from province.inner.values()
        for entries in province.below.values():
            for _, _, city in entries:
                yield from city.below.values()
