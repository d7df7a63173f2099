"""What kind of place an address names, by its words."""

import re

from sandan.record.values.text import folded

_LOCKER = re.compile(
    r"快递柜|智能柜|丰巢|自提|驿站|代收|提货点|菜鸟|速递易|近邻宝|兔喜|云柜|格格货栈|信箱|"
    r"locker|pick-?up|parcel ?(?:shop|point)|packstation|paketshop|postfach|inpost|paczkomat|relais colis|point relais|\bp\.? ?o\.? ?box\b"
)
_FORWARDER = re.compile(
    r"转运|集运|货代|货运代理|仓库|保税仓|中转仓|海外仓|forward|freight|warehouse|consolidat|reship|fulfil+ment|"
    # A customer's number as the flat: the house of a company that sends parcels on.
    r"\b(?:suite|ste|unit|apt) ?#? ?[a-z]{2,4}-?\d{3,8}\b"
)
_DORMITORY = re.compile(r"宿舍|寝室|公寓楼|学生公寓|dormitor|\bdorm\b|residence hall|student (?:housing|residence|village)|wohnheim")
_HOME = re.compile(r"[0-9a-z一二三四五六七八九十](?:室|栋|幢|单元|号楼)|小区|单元|\b(?:apt|apartment|flat|unit)\b")
_KINDS = (("locker", _LOCKER), ("forwarder", _FORWARDER), ("dormitory", _DORMITORY))
# Characters of which every word above has at least one; most addresses have none and need no closer look.
_TELLING = re.compile(r"[柜巢提驿收鸟递邻喜栈箱运代仓库舍寝寓]|[a-z]{2}")


def place_kind(text: str | None) -> str:
    """`locker`, `forwarder`, `dormitory`, `home` or `unknown`, by the words that an address uses.

    A locker is any place where parcels wait for their receivers, a forwarder any store that sends them on. `home` only where a flat or a
    house is named and nothing else; what the words do not say is unknown.
    """
    return kind_of_folded(folded(text)) if text else "unknown"


def kind_of_folded(plain: str) -> str:
    """`place_kind` of a text that is folded already."""
    if _TELLING.search(plain):
        for kind, pattern in _KINDS:
            if pattern.search(plain):
                return kind
    return "home" if _HOME.search(plain) else "unknown"
