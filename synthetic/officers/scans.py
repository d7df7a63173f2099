"""What the image-analysis system says of the few parcels that it looks at: mostly right, with errors, misses and false alarms."""

import datetime as dt

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import Shipment
from sandan.synthetic.market.marks import MARKS, WARES
from sandan.synthetic.trade.consignment import Case, GroundTruth, Trade

# Share of all parcels that go through the machine, whoever sends them.
SCANNED = 0.05
DRUGS = "drugs"
_WITH_DRUGS = ("drug_parcel", "drug_sender")
# Nothing travelled.
_NO_PARCEL = ("paper_parcel", "cancelled")
# Share of drugs that the machine sees, and of parcels without any in which it sees some: powders, and all others.
_SEEN, _POWDER_ALARM, _ALARM = 0.72, 0.3, 0.004
_POWDERS = ("powdery_goods", "powder_sender")
_BOXES, _TOGETHER = ("reused_box", "box_reuser"), ("packed_together", "box_reuser")
_WRONG, _OVERLOOKED, _BRAND_READ = 0.06, 0.12, 0.45
# Things that look alike in a picture.
_SHAPES = (
    ("护肤品", "香水", "洗护", "保健食品", "蜂蜜", "葡萄酒", "洗衣液", "保温杯"),
    ("面膜", "巧克力", "饼干", "积木玩具", "彩妆", "牙膏", "玩具"),
    ("婴儿奶粉", "咖啡", "猫粮", "保健食品", "纸尿裤", "卫生巾"),
    ("手提包", "钱包", "双肩包", "T恤"),
    ("电动牙刷", "剃须刀", "吹风机", "耳机", "游戏机", "手表", "手机壳", "数据线", "灯具"),
    ("运动鞋", "太阳镜", "锅具", "厨房用品", "饰品"),
)


def scan(made: Case | Shipment, dice: Dice, rate: float = SCANNED) -> dict[str, str] | None:
    """The row of the table `scans` of a consignment; None if it was not looked at.

    Args:
        made: A consignment with lists, or a parcel without.
        dice: Stream of the machine.
        rate: Share of parcels that are looked at.
    """
    if not dice.chance(rate) or made.truth.kind in _NO_PARCEL:
        return None
    if isinstance(made, Case):
        trade = made.trade
        code, number, passed = trade.carrier.code, trade.logistics_no, trade.declared
        goods, brand = list(dict.fromkeys(line.item.family for line in trade.lines)), _brand(trade)
    else:
        code, number, passed = made.carrier.code, made.number, made.shipped
        goods, brand = [_ware(made.row["description"])], made.brand
    seen, brand, confidence = _picture(made.truth, goods, brand, dice)
    prohibited, sure = _alarm(made.truth, dice)
    if prohibited:
        seen, confidence = [*seen, prohibited], sure
    return {
        "logistics_no": number, "scanned_at": (passed + dice.hours(0.3, 12)).isoformat(), "recognised": "|".join(seen),
        "confidence": f"{confidence:.2f}", "logistics_code": code, "brand": brand, "prohibited": prohibited,
    }  # fmt: skip


def scanned_before(row: dict[str, str], horizon: dt.datetime) -> bool:
    """Whether the picture was taken before the end of the world."""
    return row["scanned_at"] < horizon.isoformat()


def _brand(trade: Trade) -> str:
    """What the largest packing shows."""
    return max(trade.lines, key=lambda line: line.item.weight).item.brand


def _ware(description: str) -> str:
    """The first name of the goods that a description means."""
    known = [(len(name), ware.names[0]) for ware in WARES for name in ware.names if name in description]
    return max(known)[1] if known else "parcel"


def _picture(truth: GroundTruth, goods: list[str], brand: str, dice: Dice) -> tuple[list[str], str, float]:
    """Goods, brand and confidence."""
    seen = [one for one in goods if len(goods) == 1 or not dice.chance(_OVERLOOKED)] or goods[:1]
    if truth.kind in _TOGETHER and dice.chance(0.8):
        seen.append(_other(seen[0], dice))
    is_wrong = dice.chance(_WRONG)
    if is_wrong:
        seen[0] = _alike(seen[0], dice)
    read = brand if brand and dice.chance(_BRAND_READ) else ""
    if (truth.kind in _BOXES and dice.chance(0.7)) or dice.chance(0.004):
        read = dice.pick(MARKS).brand
    unsure = is_wrong or dice.chance(0.15)
    return list(dict.fromkeys(seen)), read, dice.between(0.22, 0.75) if unsure else dice.between(0.6, 0.99)


def _alike(name: str, dice: Dice) -> str:
    """Something of the same shape."""
    near = [other for shape in _SHAPES if name in shape for other in shape if other != name]
    return dice.pick(near) if near else _other(name, dice)


def _other(name: str, dice: Dice) -> str:
    """Anything else, in the language of the first."""
    if name.isascii():
        return dice.pick([ware.names[0] for ware in WARES if ware.names[0] != name])
    return dice.pick([other for shape in _SHAPES for other in shape if other != name])


def _alarm(truth: GroundTruth, dice: Dice) -> tuple[str, float]:
    """Prohibited goods that the machine reports, rightly or not, and how sure it is; "" for none."""
    if truth.kind in _WITH_DRUGS:
        return (DRUGS, dice.between(0.5, 0.97)) if dice.chance(_SEEN) else ("", 0.0)
    if dice.chance(_POWDER_ALARM if truth.kind in _POWDERS else _ALARM):
        return DRUGS, dice.between(0.3, 0.85)
    return "", 0.0
