"""The table of the administrative divisions of China (`divisions.txt`), with the forms under which people write each of them."""

import re
from collections import Counter
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
_PEOPLES = (
    "蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|"
    "东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族?|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|塔吉克族?|怒族|鄂温克族?|保安族|裕固族|"
    "独龙族|各族"
)
# What stands behind the proper name of a division.
_KIND = re.compile(rf"(?<=..)(?:(?:{_PEOPLES})*自治[州县旗]|(?:{_PEOPLES})区|新区|林区|特区|地区|[市区县旗盟])$")
_COUNTY_OR_CITY = ("市", "区", "县")
_CELL = re.compile(r"(\d*)([^\d(]+)(?:\(([^)]+)\))?")
_ABBREVIATION = 2
# What a city or county was called before it became a district: 上虞市 is 上虞区, 徐水县 is 徐水区.
_FORMER_KINDS = ("市", "县")


@dataclass(slots=True, eq=False)
class Node:
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
    above: "Node | None" = None
    below: "Forms" = field(default_factory=dict)
    inner: "Forms" = field(default_factory=dict)


Form = tuple[str, bool, Node]
Forms = dict[str, list[Form]]


class Table(NamedTuple):
    """All divisions.

    Attributes:
        provinces: By the first two characters of their names.
        cities: Forms of the prefectures of all provinces.
        districts: Whole names of counties by their first two characters; None behind a name that several have.
        codes: Province (short), city and district by code.
    """

    provinces: dict[str, Node]
    cities: Forms
    districts: dict[str, list[tuple[str, Node | None]]]
    codes: dict[str, tuple[str, str | None, str | None]]


@cache
def divisions() -> Table:
    """The table of `divisions.txt`; read once, when first needed."""
    made = Table({}, {}, {}, {})
    province, seen = Node("", "", ""), dict[str, set[Node]]()
    counties: list[tuple[Node, list[str]]] = []
    for line in files(__package__).joinpath("divisions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, called, *cells = line.split()
        ((_, name, before),) = _CELL.findall(called)
        if code.endswith("0000"):
            short = name[:3] if name[:3] in PROVINCES else name[:2]
            here = province = Node(code, name, short)
            made.provinces[name[:2]] = province
            made.codes[code] = (short, name if short in MUNICIPALITIES else None, None)
        else:
            here = Node(code, name, _stem(name), province)
            former_names = before.split(",") if before else []
            _add(province.below, here, [name, *former_names])
            # 巴州 alone may begin with 巴州区.
            _add(made.cities, here, [name, *(old for old in former_names if len(old) > _ABBREVIATION)])
            made.codes[code] = (province.short, name, None)
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
                made.codes[known] = (province.short, city, node.name)
    for node, names in counties:
        for name in names:
            seen.setdefault(name, set()).add(node)
        _inner(node, names)
    stems_of = Counter(stem for node, _ in counties if (stem := _stem(node.name)) != node.name)
    taken = {name for _, names in counties for name in names} | {form for forms in made.cities.values() for form, _, _ in forms}
    for node, names in counties:
        stem = _stem(node.name)
        if node.name.endswith("区") and node.name == f"{stem}区" and stems_of[stem] == 1:
            names = [*names, *(name for kind in _FORMER_KINDS if (name := stem + kind) not in taken)]
        for name in names:
            seen.setdefault(name, set()).add(node)
            entry = (name, node if len(seen[name]) == 1 else None)
            entries = made.districts.setdefault(name[:2], [])
            if entry not in entries:
                entries.append(entry)
    for forms in _all_forms(made):
        forms.sort(key=lambda form: -len(form[0]))
    for entries in made.districts.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    for province in made.provinces.values():
        _keep_unique(province.inner)
    return made


def _children(above: Node, cells: list[str]) -> Iterator[tuple[Node, list[str]]]:
    for cell in cells:
        match = _CELL.fullmatch(cell)
        if match is None:
            raise ValueError(f"divisions.txt: {cell}")
        digits, name, former = match.groups()
        yield Node(above.code[: 6 - len(digits)] + digits, name, name, above), former.split(",") if former else []


def _stem(name: str) -> str:
    stem = _KIND.sub("", name)
    return stem if len(stem) >= 2 else name


def _add(forms: Forms, node: Node, names: list[str]) -> None:
    """Forms under which a division is found: its names whole, and without their suffix where its short writing has none."""
    for name in names:
        forms.setdefault(name[:2], []).append((name, True, node))
        stem = _stem(name)
        if stem != name and (stem == node.short or name != node.name):
            forms.setdefault(stem[:2], []).append((stem, False, node))


def _inner(node: Node, names: list[str]) -> None:
    city = node.above
    if city is not None and city.above is not None:
        _add(city.above.inner, node, names)


def _keep_unique(forms: Forms) -> None:
    """Drop forms that several divisions share, and lists left empty."""
    for first, entries in list(forms.items()):
        several = {form for form, _, node in entries if any(form == other and node is not same for other, _, same in entries)}
        forms[first] = [entry for entry in entries if entry[0] not in several]
        if not forms[first]:
            del forms[first]


def _all_forms(table: Table) -> Iterator[list[Form]]:
    yield from table.cities.values()
    for province in table.provinces.values():
        yield from province.below.values()
        yield from province.inner.values()
        for entries in province.below.values():
            for _, _, city in entries:
                yield from city.below.values()
