"""Goods that leave by post and express, and the recorded brands that some of them bear. All brands are invented."""

from dataclasses import dataclass

# goods | heading | price USD | weight kg ; sold as, by "/"
_PLAIN = """
cotton T-shirt/printed T-shirt/men's tee|6109|9|0.22
hooded sweatshirt/hoodie|6110|22|0.55
summer dress/women's dress|6204|26|0.3
baseball cap/sun hat|6505|8|0.12
running shoes/sports shoes/sneakers|6404|48|0.9
canvas shoes/casual shoes|6404|24|0.75
backpack/school bag/travel bag|4202|28|0.8
handbag/shoulder bag/leather bag|4202|65|0.7
wallet/card holder|4202|22|0.15
sunglasses/polarised glasses|9004|24|0.12
quartz watch/wrist watch/ladies watch|9102|85|0.2
necklace/bracelet/ring set|7117|7|0.05
hair clips/hair band|9615|4|0.06
phone case/silicone cover/protective shell|3926|6|0.06
USB cable/charging cable|8544|4|0.06
wireless earphones/earbuds/bluetooth headset|8518|38|0.15
power bank/portable charger|8507|19|0.35
game controller/gamepad|9504|29|0.3
plastic figure/toy figure/collectible figure|9503|18|0.2
building blocks/toy bricks|9503|32|0.7
plush toy/stuffed doll|9503|14|0.25
puzzle/board game|9503|15|0.5
LED lamp/night light|9405|13|0.4
kitchen knife/peeler set|8211|16|0.4
stainless bowl/spoon set|7323|12|0.5
vacuum flask/drinking bottle|9617|15|0.4
wall sticker/poster|4911|5|0.15
notebook/stationery set|4820|6|0.3
fishing lures/fishing reel|9507|17|0.25
yoga mat/fitness band|9506|16|0.9
car phone holder/car accessories|8708|11|0.3
LED strip/light string|9405|12|0.35
curtain/table cloth|6303|19|0.7
face brush/cosmetic tools|9603|9|0.15
pet collar/dog leash|4201|8|0.15
tea/dried flowers|0902|13|0.3
embroidery kit/sewing set|6308|11|0.2
bicycle lamp/bell|8512|9|0.15
"""
# brand | names on record, product lines too | headings ; some of the brands also come in, see the catalogue of imports.
_MARKS = """
Strydon|S-Runner,斯泰登|6404,9102,6109
Velopace|VeloAir,维步|6404,8518
Auralis|AuraPods,奥瑞|8518,9504
Klodsen|Klod City,克洛森|9503
Castellani|C. Firenze,卡斯黛|4202,9004
Helvaris|HV Chrono,赫维瑞|9102
Nodoka|JoyNodo,和歌|9504,9617
Moonpop|Moonpop,月泡,Lumi Bunny,露米兔|9503
Fernwick|Fernwick,蕨芬,FW Heritage|6109,6110,6505
Octashell|Octashell,八壳,OctaCase|3926,8507
Zephyrine|Zephyrine,泽芙琳,Zephyr Knot|7117,9004
Brightlark|Brightlark,云雀光,B-Lark|9405,8512
"""


@dataclass(frozen=True, slots=True)
class Ware:
    """Goods as senders describe them.

    Attributes:
        names: What they are called, in English.
        heading: First four digits of the commodity code.
        price: USD a piece.
        weight: Kilograms a piece.
    """

    names: tuple[str, ...]
    heading: str
    price: float
    weight: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A brand on record.

    Attributes:
        aliases: All names that are on record, product lines too.
        headings: For what it is recorded.
    """

    brand: str
    aliases: tuple[str, ...]
    headings: tuple[str, ...]

    def fits(self, ware: Ware) -> bool:
        """Whether the brand is recorded for such goods."""
        return ware.heading in self.headings


def _wares() -> tuple[Ware, ...]:
    rows = [line.split("|") for line in _PLAIN.strip().split("\n")]
    return tuple(Ware(tuple(names.split("/")), heading, float(price), float(weight)) for names, heading, price, weight in rows)


def _marks() -> tuple[Mark, ...]:
    rows = [line.split("|") for line in _MARKS.strip().split("\n")]
    return tuple(Mark(brand, tuple(aliases.split(",")), tuple(headings.split(","))) for brand, aliases, headings in rows)


WARES, MARKS = _wares(), _marks()
