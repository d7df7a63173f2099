"""Trades of look-alikes: what happens in innocent trades that look odd; `hard_negatives` lists them."""

import datetime as dt

from sandan.synthetic.market.goods import Item, price_tag, shelf_price
from sandan.synthetic.schemes.scheme import Group, shift, with_buyer
from sandan.synthetic.trade.consignment import Line, Trade
from sandan.synthetic.trade.honest import World, deliver, schedule

# A list counts as late from three days after the declaration.
_LATE_HOURS = (70.0, 185.0)
# Of a platform's absent goods: the first five come late, the next five bear another name.
_NEW, _RENAMED = slice(0, 5), slice(5, 10)


def order_list_late(group: Group, made: Trade, world: World) -> None:
    """The order list is late."""
    made.order_sent = shift(made.declared, world.plan, *_LATE_HOURS)


def payment_list_late(group: Group, made: Trade, world: World) -> None:
    """The payment list is late; the payment was not."""
    made.payment_sent = shift(made.declared, world.plan, *_LATE_HOURS)


def waybill_list_late(group: Group, made: Trade, world: World) -> None:
    """The waybill list is late, and the delivery status after it."""
    made.waybill_sent = shift(made.declared, world.plan, *_LATE_HOURS)
    made.status_sent = max(made.status_sent, made.waybill_sent + dt.timedelta(hours=3))


def sub_order(group: Group, made: Trade, world: World) -> None:
    """The agent declares the first part of a split order."""
    made.declared_no = f"{made.order_no}-1"


def same_buyer_and_payment(group: Group, made: Trade, world: World) -> None:
    """The second order of a group belongs to the buyer of the first and is paid with it."""
    first = group.trades[0]
    if made is first:
        return
    with_buyer(made, first.buyer)
    made.pay, made.transaction, made.platform = first.pay, first.transaction, first.platform
    made.ordered = first.ordered + world.plan.minutes(5)
    made.order_no = made.declared_no = world.numbers.order(made.platform, made.ordered)
    made.cop_no = world.numbers.declaration(made.ordered)
    schedule(made, world.plan)
    made.paid = first.paid = max(first.paid, made.ordered + dt.timedelta(seconds=40))
    for one in (first, made):
        one.order_sent = max(one.order_sent, one.paid + dt.timedelta(seconds=20))
        one.payment_sent = max(one.payment_sent, one.paid + dt.timedelta(seconds=20))
        one.declared = max(one.declared, one.order_sent + dt.timedelta(hours=1))
        one.waybill_sent = max(one.waybill_sent, one.paid + dt.timedelta(minutes=20))
        deliver(one, world.plan)


def gift_order(group: Group, made: Trade, world: World) -> None:
    """The shop gives something away."""
    made.lines = made.lines[:1]
    made.lines[0].qty, made.lines[0].price = 1, 0
    made.freight = made.discount = 0
    made.note = "赠品" if world.plan.chance(0.5) else ""


def points(group: Group, made: Trade, world: World) -> None:
    """Points and vouchers settle everything."""
    made.lines = made.lines[:1]
    made.lines[0].qty = 1
    made.discount = made.goods_value + made.freight + made.tax


def register_behind(group: Group, made: Trade, world: World) -> None:
    """A payment company begins on the platform; the register learns it some weeks later."""
    services = world.market.services
    platform = made.platform.company.code
    served = {pay.code: None for pay in made.platform.payments}
    strangers = [pay for pay in world.market.payments if pay.code not in served]
    # One newcomer for each platform; the other strangers stay strangers.
    made.pay = strangers[0]
    day = min(group.ends + dt.timedelta(days=3 + int(group.level * 8)), world.horizon - dt.timedelta(days=1)).date()
    services[made.pay.code, platform] = max(day, services.get((made.pay.code, platform), day))


def newly_listed(group: Group, made: Trade, world: World) -> None:
    """Sold before anybody saw the listing."""
    item = _absent(group, made, _NEW)
    _sell(made, item, world)
    pair = (made.platform.company.code, item.item_no)
    world.late_listings[pair] = max(made.paid.date(), world.late_listings.get(pair, made.paid.date()))


def open_late_listings(world: World) -> None:
    """Each late listing is seen some days after its last order; new goods that a platform never lacked are listed in time."""
    lacking = {platform.company.code: platform.absent for platform in world.market.platforms}
    for (code, number), day in world.late_listings.items():
        if number in lacking[code]:
            world.late_listings[code, number] = day + dt.timedelta(days=world.plan.whole(1, 6))


def listed_otherwise(group: Group, made: Trade, world: World) -> None:
    """On sale under another name with the same bar code."""
    item = _absent(group, made, _RENAMED)
    _sell(made, item, world)
    brand = item.gmodel.split("|")[1].split()
    world.renamed_listings[made.platform.company.code, item.item_no] = f"【海外直邮】{brand[0]} {item.family} {item.name.split()[-1]}"


def _absent(group: Group, made: Trade, part: slice) -> Item:
    items = list(made.platform.absent.values())
    items = items[part] or items
    return items[int(group.level * len(items))]


def _sell(made: Trade, item: Item, world: World) -> None:
    price = shelf_price(item, made.ordered.date(), world.season, made.platform.level)
    made.lines = [Line(item, 1, price, item.name)]
    made.discount = 0


def household_payer(group: Group, made: Trade, world: World) -> None:
    """One of the family orders, another one pays, by turns."""
    population = world.population
    members: list[int] = []
    start = int(group.level * len(population.households))
    for step in range(len(population.households)):
        members = population.households[(start + step) % len(population.households)]
        if len(members) > 1:
            break
    people = [population.people[i] for i in members]
    turn = len(group.trades)
    with_buyer(made, people[turn % len(people)])
    made.payer = people[(turn + 1) % len(people)]


def staff(group: Group, made: Trade, world: World) -> None:
    """People of the firm's city get presents to their homes."""
    with_buyer(made, world.population.resident(group.depot.place.city, world.plan))


def gift_to_other_city(group: Group, made: Trade, world: World) -> None:
    """Bought and paid here, sent to a friend elsewhere."""
    friend = world.population.stranger(world.plan)
    while friend.address.place.city == made.buyer.address.place.city:
        friend = world.population.stranger(world.plan)
    made.consignee, made.address = friend, friend.address
    made.note = "礼物" if world.plan.chance(0.4) else ""


def coupon(group: Group, made: Trade, world: World) -> None:
    """A large coupon."""
    made.discount = int(made.goods_value * world.plan.between(0.15, 0.4))


def three_for_one(group: Group, made: Trade, world: World) -> None:
    """Three pieces for a total that three does not divide."""
    line = made.lines[0]
    made.lines = [line]
    line.qty, line.price = 3, min(line.price, 150_000)
    made.discount = 0


def nightly_batch(group: Group, made: Trade, world: World) -> None:
    """Platform and payment company send once a night, all lists in a row."""
    night = dt.datetime.combine(made.declared.date() + dt.timedelta(days=1 + int(group.level * 2)), dt.time(2, 0))
    offset = dt.timedelta(seconds=4 * len(group.trades))
    made.order_sent, made.payment_sent = night + offset, night + offset + dt.timedelta(seconds=2)


def clock_offset(group: Group, made: Trade, world: World) -> None:
    """Eight hours early on the carrier's clock."""
    made.waybill_sent = shift(made.paid, world.plan, -7.5, -1)


def delivery_day_slip(group: Group, made: Trade, world: World) -> None:
    """The courier's hand set has another day: it says that the parcel was handed over before it was declared."""
    dice = world.plan
    day = made.declared - dt.timedelta(days=dice.whole(1, 2))
    made.delivered = day.replace(hour=dice.whole(9, 19), minute=dice.whole(0, 59))


def bank_transfer(group: Group, made: Trade, world: World) -> None:
    """The bank credits the money the next morning; the waybill is printed at once."""
    made.waybill_sent = made.ordered + world.plan.minutes(30)
    made.paid = shift(made.waybill_sent, world.plan, 3, 20)
    made.order_sent = made.paid + world.plan.minutes(made.platform.lag)
    made.payment_sent = made.paid + world.plan.minutes(12)
    made.declared = max(made.declared, made.payment_sent + dt.timedelta(hours=2))
    deliver(made, world.plan)


def clearance_sale(group: Group, made: Trade, world: World) -> None:
    """The seller clears its stock."""
    _reduced(group, made, world, "清仓")


def near_expiry(group: Group, made: Trade, world: World) -> None:
    """Goods near their date."""
    _reduced(group, made, world, "临期特价")


def _reduced(group: Group, made: Trade, world: World, note: str) -> None:
    share = 0.55 + 0.2 * (0.7 * group.level + 0.3 * world.plan.unit())
    for line in made.lines:
        line.price = price_tag(line.item, shelf_price(line.item, made.ordered.date(), world.season, made.platform.level) * share)
    made.discount = 0
    made.note = note if world.plan.chance(0.5) else ""


def bundle(group: Group, made: Trade, world: World) -> None:
    """Two articles together; the invoice puts most of the price on the first."""
    _second_line(made, world, 0.4)


def gift_line(group: Group, made: Trade, world: World) -> None:
    """A small gift lies with the order."""
    _second_line(made, world, 0.0)


def _second_line(made: Trade, world: World, share: float) -> None:
    first = made.lines[0]
    first.qty = 1
    others = [item for item in made.seller.items if item is not first.item and item.item_no not in made.platform.absent]
    item = min(others, key=lambda other: abs(other.base - first.item.base)) if share else min(others, key=lambda other: other.base)
    price = price_tag(item, shelf_price(item, made.ordered.date(), world.season, made.platform.level) * share) if share else 0
    made.lines = [first, Line(item, 1, price, item.name)]
    made.discount = 0
