"""Innocent trade whose goods or prices look odd: other words, other units, rare editions, new lines, boxes used again."""

from decimal import Decimal

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import later_record, yuan
from sandan.synthetic.market.catalogue import NEIGHBOURS
from sandan.synthetic.market.companies import Platform, Seller
from sandan.synthetic.market.goods import price_tag, shelf_price
from sandan.synthetic.schemes.scheme import Group, Scheme, shift
from sandan.synthetic.trade.consignment import Line, Lists, Record, Trade
from sandan.synthetic.trade.honest import World
from sandan.synthetic.trade.offers import MOST_RAISED, offer, specialised_shop

# How many units of another currency a yuan is.
_SLIPS = (4.5, 4.8, 5.0)
# A set of several, in the code list of units.
_SET = "006"
# Goods whose picture is that of a powder.
_POWDERS = ("婴儿奶粉", "保健食品", "咖啡", "洗衣液")


def _other_words(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The agent's own words for the goods, as a translation has them."""
    if lists.inventory is None:
        return
    for line, said in zip(made.lines, lists.inventory.lines, strict=True):
        brand = line.item.gmodel.split("|")[1].split()[0]
        said["itemName"] = f"{brand} {line.item.family} {line.item.name.split()[-1]}"
        said["gname"] = dice.pick((line.item.gname, line.item.family))
    if lists.waybill is not None and dice.chance(0.5):
        lists.waybill.head["goodsInfo"] = made.lines[0].item.family


def _one_kit(group: Group, made: Trade, world: World) -> None:
    """Two articles of the shop, sold as one kit; the shop lists it under the first."""
    first = made.lines[0]
    stock = [item for item in made.seller.items if item is not first.item and item.item_no not in made.platform.absent]
    day, level = made.ordered.date(), made.platform.level
    second = min(stock, key=lambda item: item.base)
    first.qty = 1
    made.lines = [first, Line(second, 1, shelf_price(second, day, world.season, level), second.name)]
    made.discount = 0
    world.renamed_listings[made.platform.company.code, first.item.item_no] = _kit_name(made)


def _kit_name(made: Trade) -> str:
    return f"{made.lines[0].name}+{made.lines[1].item.family}套装"


def _kit_in_parts(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The order has the kit in one line, the declaration has its parts."""
    if lists.order is None:
        return
    total = yuan(made.goods_value)
    kit = lists.order.lines[0] | {"itemName": _kit_name(made), "unit": _SET, "price": total, "totalPrice": total}
    lists.order.lines = [kit]


def _several_pieces(group: Group, made: Trade, world: World) -> None:
    """Two to six pieces of one thing."""
    line = made.lines[0]
    made.lines = [line]
    line.price = min(line.price, MOST_RAISED // 2)
    line.qty = max(2, min(world.plan.whole(2, 6), MOST_RAISED // line.price))


def _other_unit(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The agent declares the pieces as one set."""
    if lists.inventory is not None:
        total = yuan(made.lines[0].qty * made.lines[0].price)
        lists.inventory.lines[0] |= {"qty": "1", "unit": _SET, "price": total, "totalPrice": total}


def _classified_otherwise(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The agent takes the neighbouring code."""
    if lists.inventory is not None:
        for line in lists.inventory.lines:
            line["gcode"] = line["gcode"][:8] + ("10" if line["gcode"].endswith("90") else "90")


def _rare(group: Group, made: Trade, world: World) -> None:
    """A limited or made-to-order edition at 1.8 to 5 times the price of the usual one."""
    share = 1.8 + 3.2 * (0.7 * group.level + 0.3 * world.plan.unit())
    day, level = made.ordered.date(), made.platform.level
    stock = [item for item in made.seller.items if item.item_no not in made.platform.absent]
    item = min(world.plan.some(stock, 3), key=lambda item: item.base)
    made.lines = [Line(item, 1, min(MOST_RAISED, price_tag(item, shelf_price(item, day, world.season, level) * share)), item.name)]
    made.discount = 0
    made.note = "限量版" if world.plan.chance(0.6) else ""


def _small_thing(group: Group, made: Trade, world: World) -> None:
    """A box of three to six, which the shop's system calls one piece."""
    stock = [item for item in made.seller.items if item.item_no not in made.platform.absent]
    item = min(world.plan.some(stock, 3), key=lambda item: item.base)
    price = shelf_price(item, made.ordered.date(), world.season, made.platform.level)
    made.lines = [Line(item, max(1, min(world.plan.whole(3, 6), MOST_RAISED // price)), price, item.name)]
    made.discount = 0


def _called_one(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """One piece at the price of all; only the weight shows it."""
    total = yuan(made.goods_value)
    for record in (lists.order, lists.inventory):
        if record is not None:
            record.lines[0] |= {"qty": "1", "price": total, "totalPrice": total}
    if lists.inventory is not None and made.lines[0].item.legal_unit != "035":
        lists.inventory.lines[0]["qty1"] = "1"


def _other_currency(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Prices in another currency typed as yuan, in the order and the declaration; corrected a day or two later. The payment was right."""
    rate = Decimal(str(dice.pick(_SLIPS)))
    for record in (lists.order, lists.inventory):
        if record is None:
            continue
        lists.extra.append(later_record(record, dice, shift(record.sent, dice, 15, 45), "2"))
        _times(record, rate)


def _times(record: Record, rate: Decimal) -> None:
    for part in (record.head, *record.lines):
        for element in ("price", "totalPrice", "goodsValue", "freight", "discount", "taxTotal", "acturalPaid"):
            if element in part:
                part[element] = str((Decimal(part[element]) * rate).quantize(Decimal("0.01")))


def _new_line(group: Group, made: Trade, world: World) -> None:
    """Something that the platform did not have: what lies next to its goods, or anything that it tries out."""
    near = NEIGHBOURS[made.platform.profile]
    families = sorted({item.family for item in world.items if not made.platform.fits(item) and (group.number % 2 or item.family in near)})
    _new(made, world, families[int(group.level * len(families))])
    offer(world, made.platform, made.lines[0].item, group.begins.date())


def _of_the_season(group: Group, made: Trade, world: World) -> None:
    """Presents for a holiday, of any kind."""
    families = sorted({item.family for item in world.items if not made.platform.fits(item) and item.base < 900})
    _new(made, world, world.plan.pick(families))
    made.note = "礼物" if world.plan.chance(0.4) else ""
    offer(world, made.platform, made.lines[0].item, group.begins.date())


def _new(made: Trade, world: World, family: str) -> None:
    item = world.plan.pick([item for item in world.items if item.family == family])
    price = shelf_price(item, made.ordered.date(), world.season, made.platform.level)
    made.lines = [Line(item, 1, price, item.name)]
    made.discount = 0


def _powder_shop(world: World) -> tuple[Seller, Platform]:
    dice = world.plan
    sellers = [seller for seller in world.market.sellers if any(item.family in _POWDERS for item in seller.items)]
    seller = dice.pick(sellers or world.market.sellers)
    return seller, dice.pick(seller.platforms)


def _powder(group: Group, made: Trade, world: World) -> None:
    stock = [item for item in made.seller.items if item.item_no not in made.platform.absent]
    item = world.plan.pick([item for item in stock if item.family in _POWDERS] or stock)
    made.lines = [Line(item, 1, shelf_price(item, made.ordered.date(), world.season, made.platform.level), item.name)]
    made.discount = 0


INNOCENT_GOODS: dict[str, tuple[Scheme, ...]] = {
    "goods_mismatch": (
        Scheme("declared_in_other_words", ("goods_mismatch",), "The agent's own words for the same goods.", lists=_other_words, size=3),
        Scheme("kit_in_parts", ("goods_mismatch",), "Ordered as a kit, declared in parts.", _one_kit, _kit_in_parts, size=2),
        Scheme("other_unit", ("goods_mismatch",), "Ordered in pieces, declared as a set.", _several_pieces, _other_unit, size=2),
        Scheme("classified_otherwise", ("goods_mismatch",), "The agent takes a neighbouring code.", lists=_classified_otherwise, size=3),
    ),
    "overvaluation": (
        Scheme("rare_edition", ("overvaluation",), "A limited or made-to-order edition at several times the usual price.", _rare, size=4),
        Scheme("unit_slip", ("overvaluation",), "A box of several, entered as one piece.", _small_thing, _called_one, size=2),
        Scheme(
            "currency_slip",
            ("overvaluation", "amount_mismatch"),
            "Prices in another currency typed as yuan, corrected later.",
            lists=_other_currency,
            noisy=False,
        ),
    ),
    "profile_mismatch": (
        Scheme(
            "new_product_line",
            ("profile_mismatch",),
            "A seller tries out goods that its platform did not have.",
            _new_line,
            size=5,
            where=specialised_shop,
        ),
        Scheme(
            "presents_of_a_season",
            ("profile_mismatch",),
            "Presents for a holiday, of any kind.",
            _of_the_season,
            size=3,
            where=specialised_shop,
        ),
    ),
    "scan_mismatch": (
        Scheme(
            "powdery_goods", ("scan_mismatch",), "Powder or capsules, whose picture looks like drugs.", _powder, size=3, where=_powder_shop
        ),
        Scheme("reused_box", ("scan_mismatch",), "Packed in a box of another brand.", size=2),
        Scheme("packed_together", ("scan_mismatch",), "A sample or a present lies in the parcel and not on the paper.", size=2),
    ),
}
