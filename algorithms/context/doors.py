"""One key per door and per building, in whatever order an address names road, compound, house and flat."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sandan.record.values.addresses import address

_SEGMENT = re.compile(r"[^-]+")
_NAME_AND_NUMBER = re.compile(r"^(.*?)(\d*[a-z]?)$")
_CHINESE = re.compile(r"[一-鿿]")
_LAST_NUMBERS = re.compile(r"(-\d+)+$")
# Whole townships, quarters and roads: whoever writes no more than that has named no place at which people meet.
_AREA = re.compile(r"\D*(镇|乡|街道|路|街|大道)")


class Door(NamedTuple):
    """Where an address leads.

    Attributes:
        door: Key of the flat; None where the address is unknown, or names no more than a district, a township or a road.
        building: Key of the house; None where the address is not in China or names none.
    """

    door: str | None
    building: str | None


class _Place(NamedTuple):
    district: str | None
    door: str | None
    building: str | None


def doors(addresses: Iterable[str]) -> dict[str, Door]:
    """Door and building of normal addresses.

    Of the parts of an address that bear numbers, the one with the most of them is the compound with house, stair and flat; the road
    is another way to the same door and is left out. An address without its district is in the only district that has such a door
    among the addresses given, where there is exactly one.

    Args:
        addresses: Texts in the form of `sandan.record.values.addresses.address.normal`.

    Returns:
        By address.
    """
    places = {text: _place(text) for text in dict.fromkeys(addresses)}
    of_door, of_building = (_only_districts(places.values(), level) for level in ("door", "building"))
    found = {}
    for text, place in places.items():
        door = None if place.door is None else f"{place.door}@{place.district or of_door.get(place.door, '?')}"
        building = None if place.building is None else f"{place.building}@{place.district or of_building.get(place.building, '?')}"
        found[text] = Door(door, building)
    return found


def _only_districts(places: Iterable[_Place], level: str) -> dict[str, str]:
    districts: dict[str, set[str]] = {}
    for place in places:
        key = getattr(place, level)
        if key is not None and place.district is not None:
            districts.setdefault(key, set()).add(place.district)
    return {key: next(iter(found)) for key, found in districts.items() if len(found) == 1}


def _place(text: str) -> _Place:
    parts = address.parts(text)
    if parts.country not in (None, "CN") or not _CHINESE.search(text):
        return _Place(None, text, None)
    detail = parts.detail or ("" if parts.country else text)
    if not detail or _AREA.fullmatch(detail):
        return _Place(parts.district, None, None)
    units = _units(detail)
    if not units:
        return _Place(parts.district, text, text)
    name, numbers = max(units, key=lambda unit: len(unit[1]))
    if len(numbers) < 2 and len(units) > 1:
        # No compound: road and shop, village and group. All of it is the door.
        return _Place(parts.district, detail, _LAST_NUMBERS.sub("", detail))
    return _Place(parts.district, f"{name}|{'-'.join(numbers)}", f"{name}|{numbers[0]}" if len(numbers) > 1 else name)


def _units(detail: str) -> list[tuple[str, list[str]]]:
    """Names with the numbers behind them, in order: `丽景苑32-3-1903` is one name with three numbers."""
    units: list[tuple[str, list[str]]] = []
    for segment in _SEGMENT.findall(detail):
        found = None if segment.isdigit() else _NAME_AND_NUMBER.match(segment)
        if found is None or not found.group(1):
            if units:
                units[-1][1].append(segment)
            else:
                units.append(("", [segment]))
        else:
            units.append((found.group(1), [found.group(2)] if found.group(2) else []))
    return units
