"""Forged goods and prices: other goods than ordered, money moved in high prices, goods that no platform of its kind sells, drugs."""

from collections.abc import Callable

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import yuan
from sandan.synthetic.market.catalogue import NEIGHBOURS
from sandan.synthetic.market.companies import Platform
from sandan.synthetic.market.goods import Item, price_tag, shelf_price
from sandan.synthetic.schemes.scheme import Group, Scheme
from sandan.synthetic.trade.consignment import Line, Lists, Trade
from sandan.synthetic.trade.honest import World
from sandan.synthetic.trade.offers import MOST_RAISED, offer, on_sale, specialised_shop

# What copies are made of.
_COPIED = ("手提包", "钱包", "运动鞋", "手表", "太阳镜", "耳机")


def _dearest(made: Trade) -> int:
    """Index of the line with the highest value."""
    return max(range(len(made.lines)), key=lambda index: made.lines[index].qty * made.lines[index].price)


def _covered(group: Group, made: Trade, world: World) -> None:
    """For its dearest goods it names others of about the same price, which the platform sells too. Who hides leaves the rest true."""
    if not world.plan.chance(group.hiding):
        made.lines = [made.lines[_dearest(made)]]
        made.discount = 0
    real = made.lines[_dearest(made)].item
    others = [item for item in on_sale(world, made.platform) if item.family != real.family] or world.items
    others.sort(key=lambda item: abs(item.base - real.base))
    group.instead[made.order_no] = others[int(group.level * min(4, len(others)))]


def _other_goods(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Another article in the declaration; the carrier's list agrees with every other actor's."""
    item = group.instead[made.order_no]
    _classified(group, made, lists, dice)
    if lists.inventory is not None:
        line = lists.inventory.lines[_dearest(made)]
        line |= {"itemNo": item.item_no, "itemName": item.name, "gmodel": item.gmodel, "barCode": item.bar_code, "country": item.origin}
        line["unit"] = item.unit
        if "itemRecordNo" in line:
            line["itemRecordNo"] = item.item_no.replace("-", "")
    if lists.waybill is not None and group.number % 2 and _dearest(made) == 0:
        lists.waybill.head["goodsInfo"] = item.gname


def _classified(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Code and declared name of other goods; names, numbers and prices are those of the order."""
    item, index = group.instead[made.order_no], _dearest(made)
    if lists.inventory is None:
        return
    real = made.lines[index]
    by_weight = item.legal_unit == "035"
    amount = f"{round(real.qty * real.item.weight * 0.9, 3):g}" if by_weight else str(real.qty)
    lists.inventory.lines[index] |= {"gcode": item.hs_code, "gname": item.gname, "qty1": amount, "unit1": item.legal_unit}


def _several(group: Group, made: Trade, world: World) -> None:
    """Two to four pieces of the first thing in the basket."""
    line = made.lines[0]
    others = made.goods_value - line.qty * line.price
    line.price = min(line.price, MOST_RAISED // 2)
    line.qty = max(2, min(line.qty, 4), min(world.plan.pick((2, 2, 3, 4)), (MOST_RAISED - others) // line.price))
    if made.goods_value > MOST_RAISED:
        made.lines = [line]
    made.discount = min(made.discount, made.goods_value // 10)


def _fewer(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Some of the pieces that were ordered and paid are not declared; who hides leaves out one."""
    line = made.lines[0]
    declared = line.qty - 1 if dice.chance(group.hiding) else dice.whole(1, line.qty - 1)
    if lists.inventory is not None:
        item = lists.inventory.lines[0]
        legal = f"{round(declared * line.item.weight * 0.9, 3):g}" if line.item.legal_unit == "035" else str(declared)
        item |= {"qty": str(declared), "qty1": legal, "totalPrice": yuan(declared * line.price)}


def _raised(group: Group, made: Trade, world: World) -> None:
    """Two and a half to six times the going price, less where they hide; now and then it is called a special edition."""
    share = 2.5 + 3.5 * (0.7 * group.level + 0.3 * world.plan.unit()) * (1 - 0.7 * group.hiding)
    made.lines = [_affordable(made, world, MOST_RAISED / share)]
    made.lines[0].price = price_tag(made.lines[0].item, made.lines[0].price * share)
    _end(group, made, world)


def _raised_one(group: Group, made: Trade, world: World) -> None:
    """One small thing at many times its price, together with goods at theirs."""
    share = 3 + 3 * (0.7 * group.level + 0.3 * world.plan.unit()) * (1 - 0.7 * group.hiding)
    first, second = _affordable(made, world, MOST_RAISED / 3), _affordable(made, world, MOST_RAISED / 2 / share)
    second.qty, second.price = 1, price_tag(second.item, second.price * share)
    made.lines = [first, second] if first.item is not second.item else [second]
    _end(group, made, world)


def _end(group: Group, made: Trade, world: World) -> None:
    made.discount = 0
    made.note = world.plan.pick(("限量版", "礼物")) if world.plan.chance(0.2) else ""


def _affordable(made: Trade, world: World, most: float) -> Line:
    """A line of the seller's goods at the going price for so many fen; of the cheapest where all are dearer."""
    day, level = made.ordered.date(), made.platform.level
    stock = [item for item in made.seller.items if item.item_no not in made.platform.absent]
    priced = [(shelf_price(item, day, world.season, level), item) for item in stock]
    price, item = world.plan.pick([pair for pair in priced if pair[0] <= most] or [min(priced, key=lambda pair: pair[0])])
    return Line(item, max(1, min(world.plan.pick((1, 1, 2)), int(most / price))), price, item.name)


def _sell(wanted: Callable[[Group, Platform, Item], bool]) -> Callable[[Group, Trade, World], None]:
    """Sells, and lists, goods that the platform is not made for."""

    def facts(group: Group, made: Trade, world: World) -> None:
        stock = [item for item in world.items if not made.platform.fits(item) and wanted(group, made.platform, item)]
        item = world.plan.pick(stock or world.items)
        made.lines = [Line(item, 1, shelf_price(item, made.ordered.date(), world.season, made.platform.level), item.name)]
        made.discount = 0
        offer(world, made.platform, item, group.begins.date())

    return facts


def _one_family(group: Group, platform: Platform, item: Item) -> bool:
    return item.family == _COPIED[int(group.level * len(_COPIED))]


def _far_off(group: Group, platform: Platform, item: Item) -> bool:
    return item.brand != "" and item.family not in NEIGHBOURS[platform.profile]


MISDECLARED: dict[str, tuple[Scheme, ...]] = {
    "goods_mismatch": (
        Scheme(
            "other_goods_declared",
            ("goods_mismatch",),
            "Other goods declared than were ordered, which are off the list.",
            _covered,
            _other_goods,
        ),
        Scheme("cheaper_code", ("goods_mismatch",), "Declared under the code of other goods, to pay less.", _covered, _classified),
        Scheme("fewer_pieces_declared", ("goods_mismatch",), "Fewer pieces declared than ordered, to pay less.", _several, _fewer),
    ),
    "overvaluation": (
        Scheme("money_out", ("overvaluation",), "Money moved abroad: goods at 2.5 to 6 times their price.", _raised),
        Scheme("padded_line", ("overvaluation",), "Money moved abroad in one line at 3 to 6 times its price.", _raised_one),
    ),
    "profile_mismatch": (
        Scheme(
            "borrowed_shop",
            ("profile_mismatch",),
            "A shop on a specialised platform, borrowed to sell copies of other goods.",
            _sell(_one_family),
            where=specialised_shop,
        ),
        Scheme(
            "shell_range",
            ("profile_mismatch",),
            "A shell on a specialised platform sells copies of anything but what the platform is for.",
            _sell(_far_off),
            where=specialised_shop,
        ),
    ),
    "scan_mismatch": (Scheme("drug_parcel", ("scan_mismatch",), "Drugs sold abroad, in parcels whose papers are perfect."),),
}
