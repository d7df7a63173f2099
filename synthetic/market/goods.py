"""Goods: items with codes, bar codes and brands, and what they cost on a day."""

import datetime as dt
import math
from dataclasses import dataclass

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.catalogue import EXPORT_FAMILIES, IMPORT_FAMILIES
from sandan.synthetic.market.season import Season

_LETTERS = "ABCDEFGHKM"
# Customs' number of a country -> currency in which its goods are bought.
_BOUGHT_IN = {
    "116": "JPY", "133": "KRW", "301": "EUR", "302": "DKK", "304": "EUR", "305": "EUR", "307": "EUR", "331": "CHF", "502": "USD",
    "601": "AUD", "609": "NZD", "142": "CNY",
}  # fmt: skip
# Share of a currency's move that shops pass on.
_PASSED_ON = 0.4


@dataclass(frozen=True, slots=True)
class Item:
    """One article.

    Attributes:
        item_no: Seller's number, at most 20 characters.
        name: As sold, with the brand.
        gname: As declared.
        base: Price in CNY on the first day.
        weight: Gross kilograms a piece.
        origin: Customs number of the country.
        currency: ISO letters of what it is bought in.
        trend: Change of the price each day, as a share.
        phase: Where its slow wave of prices begins, in radians.
    """

    item_no: str
    family: str
    name: str
    gname: str
    gmodel: str
    brand: str
    hs_code: str
    bar_code: str
    unit: str
    legal_unit: str
    origin: str
    currency: str
    base: float
    weight: float
    trend: float
    phase: float


def going_price(item: Item, day: dt.date, calendar: Season, level: float = 1.0) -> float:
    """CNY for a piece on a day: slow drift, a wave, part of what its currency moved, and less in promotions."""
    offset = (day - calendar.start).days
    wave = 1 + 0.03 * math.sin(item.phase + offset / 9)
    moved = 1 + _PASSED_ON * (calendar.rates.moved(item.currency, day) - 1)
    return item.base * level * (1 + item.trend * offset) * wave * moved * (1 - calendar.off(day))


def shelf_price(item: Item, day: dt.date, calendar: Season, level: float) -> int:
    """Fen that a platform asks: the going price at an ending that shops use."""
    return price_tag(item, going_price(item, day, calendar, level) * 100)


def price_tag(item: Item, fen: float) -> int:
    """About so many fen at an ending that shops use, for one article always the same; nobody asks less than a yuan."""
    return max(100, round(fen / 100) * 100 - (10 if round(item.phase * 100) % 2 and fen > 2000 else 0))


def import_items(dice: Dice) -> list[Item]:
    """What is sold into China, about 200 articles."""
    return _items(dice, IMPORT_FAMILIES, ("300", "400", "490", "800", "880", "930", "941"))


def export_items(dice: Dice) -> list[Item]:
    """What is sold abroad, mostly without a brand."""
    return _items(dice, EXPORT_FAMILIES, ("690", "693", "697"))


def _items(dice: Dice, table: str, prefixes: tuple[str, ...]) -> list[Item]:
    made: list[Item] = []
    for line in table.strip().split("\n"):
        family, hs_code, unit, legal_unit, origin, kinds, brands = line.split("|")
        for brand in brands.split(","):
            for kind in kinds.split(","):
                name, price, weight = kind.rsplit(":", 2)
                short = brand.split()[-1] if brand else ""
                made.append(
                    Item(
                        item_no=f"{dice.pick(_LETTERS)}{dice.pick(_LETTERS)}{1000 + len(made)}-{dice.digits(3)}",
                        family=family,
                        name=f"{short} {name}".strip(),
                        gname=f"{short}{name.split()[0]}" if brand else family,
                        gmodel=f"{name}|{brand or '无品牌'}|{family}",
                        brand=brand.split()[0] if brand else "",
                        hs_code=hs_code,
                        bar_code="无" if dice.chance(0.08) else ean(dice.pick(prefixes) + dice.digits(9)),
                        unit=unit,
                        legal_unit=legal_unit,
                        origin=origin,
                        currency=_BOUGHT_IN[origin],
                        base=float(price) * dice.between(0.85, 1.2),
                        weight=float(weight),
                        trend=dice.between(-0.0012, 0.0015),
                        phase=dice.between(0, 6.28),
                    )
                )
    return made


def ean(body: str) -> str:
    """A bar code of 13 digits from its first twelve."""
    total = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body))
    return body + str(-total % 10)
