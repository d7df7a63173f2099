"""Areas that are no divisions of the standard, which people write before a district, behind it or in its place.

The state's new areas, development zones that everybody knows by the city's name, and districts that were merged into a larger one and
live on as the name of a part of it. What an area is called adds nothing to an address that names its district too.

Source:
    The State Council's approvals of new areas (国家级新区); the merged districts are those that `divisions.txt` has in brackets.
"""

import re
from typing import NamedTuple


class Area(NamedTuple):
    """An area that a text names.

    Attributes:
        code: The smallest division in which it lies whole: six digits of a county, a prefecture or a province.
        end: Where the rest of the text begins.
    """

    code: str
    end: int


# By the smallest division in which they lie whole. Those that need no city before them come first.
_ALONE = {
    "130600": ("河北雄安新区", "雄安新区"),
    "210213": ("大连金普新区", "金普新区"),
    "330900": ("浙江舟山群岛新区", "舟山群岛新区"),
    "360000": ("江西赣江新区", "赣江新区"),
    "370211": ("青岛西海岸新区", "西海岸新区"),
    "410100": ("郑州郑东新区", "郑东新区"),
    "430100": ("湖南湘江新区", "湘江新区"),
    "440115": ("广州南沙新区",),
    "440307": ("深圳大鹏新区", "大鹏新区"),
    "440402": ("珠海横琴新区", "横琴新区", "横琴粤澳深度合作区"),
    "500000": ("重庆两江新区", "两江新区"),
    "510000": ("四川天府新区",),
    "510100": ("成都天府新区", "成都东部新区"),
    "520000": ("贵州贵安新区", "贵安新区"),
    "530100": ("云南滇中新区", "滇中新区"),
    "610000": ("陕西西咸新区", "西咸新区"),
}
_IN_CITY = {
    "110115": ("北京经济技术开发区", "亦庄经济技术开发区", "亦庄经济开发区", "亦庄开发区", "经济技术开发区"),
    "120116": (
        "天津经济技术开发区", "天津开发区", "经济技术开发区", "开发区", "泰达开发区",
        "天津港保税区", "东疆保税港区", "中新天津生态城", "中新生态城",
    ),
    "210213": ("大连经济技术开发区", "大连开发区", "经济技术开发区", "开发区"),
    "220100": ("长春新区", "新区"),
    "230100": ("哈尔滨新区", "新区"),
    "310115": ("自由贸易试验区临港新片区", "自由贸易试验区"),
    "320100": ("南京江北新区", "江北新区"),
    "350100": ("福州新区", "新区"),
    "370211": ("青岛经济技术开发区", "青岛开发区", "经济技术开发区", "开发区"),
    "510000": ("天府新区",),
    "510100": ("东部新区",),
    "620100": ("兰州新区", "新区"),
}  # fmt: skip
# Merged districts as names of parts of what they were merged into. Not where it is the name of a town or a road: 川沙新镇, 南汇新城镇.
_PARTS = {"110115": "亦庄", "120116": "塘沽|汉沽|大港", "310115": "南汇|川沙", "370211": "胶南|黄岛", "210213": "金州|开发区"}
_NOT_PART = r"(?!街道|新?[镇乡村]|新城|[东西南北中]?[一二三四五六]?(?:路|街|巷|大道|大街)|[港站桥湾口])"
_AREAS = [(name, code) for table in (_ALONE, _IN_CITY) for code, names in table.items() for name in names]
_AREAS.sort(key=lambda pair: -len(pair[0]))
_BY_START: dict[str, list[tuple[str, str]]] = {}
for _name, _code in _AREAS:
    _BY_START.setdefault(_name[:2], []).append((_name, _code))
_STARTS_ALONE = {name: code for code, names in _ALONE.items() for name in names}
_PART = {code: re.compile(f"(?:{names}){_NOT_PART}") for code, names in _PARTS.items()}


def alone(text: str, at: int) -> Area | None:
    """The area that begins here, if its name is enough to know where it lies."""
    for name, _ in _BY_START.get(text[at : at + 2], ()):
        if name in _STARTS_ALONE and text.startswith(name, at):
            return Area(_STARTS_ALONE[name], at + len(name))
    return None


def within(code: str, text: str, at: int) -> Area | None:
    """The area in or around a division that begins here.

    Args:
        code: The division, six digits.
        text: An address without spaces and punctuation.
        at: Where to look.
    """
    for name, lies in _BY_START.get(text[at : at + 2], ()):
        if text.startswith(name, at) and _touch(code, lies):
            return Area(lies, at + len(name))
    part = _PART.get(code)
    found = part.match(text, at) if part else None
    return Area(code, found.end()) if found else None


def _touch(one: str, other: str) -> bool:
    """Whether one of two divisions lies in the other."""
    short = min(len(_digits(one)), len(_digits(other)))
    return one[:short] == other[:short]


def _digits(code: str) -> str:
    """The digits that say which division it is: two of a province, four of a prefecture, six of a county."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code
