"""Ordinary trade: who orders what from whom and when, and when each list is sent."""

import datetime as dt
from dataclasses import dataclass, field, replace

from sandan.synthetic.dice import Dice, Weighted
from sandan.synthetic.market.companies import Company, Market, Platform, Seller
from sandan.synthetic.market.goods import Item, shelf_price
from sandan.synthetic.market.rates import asked_in
from sandan.synthetic.market.season import Season
from sandan.synthetic.population.people import Person, Population, telephone_number
from sandan.synthetic.population.places import Address, City
from sandan.synthetic.population.words import Words
from sandan.synthetic.trade.consignment import Line, Trade
from sandan.synthetic.trade.numbers import Numbers

# Fen. Single orders stay under 5,000 yuan.
MOST_BASKET = 480_000
_TRIES = 200
# What somebody may spend on top of ordinary orders (see `agenda`).
_MOST_APART = 600_000
# Weights of the hours of a day: a hill before noon, a higher one in the evening.
_HOURS = (3, 1.5, 1, 0.5, 0.5, 0.7, 1.5, 3, 5, 7, 8.5, 8, 7, 6.5, 6, 6, 6, 6, 6.5, 8, 10, 11, 9.5, 6)
_COUNTRIES = ("US", "US", "US", "DE", "FR", "GB", "GB", "JP", "RU", "ES", "AU")
_NOTES = ("促销", "清仓", "临期特价", "礼物", "周末送货", "尽快发货", "工作日送货", "老客户", "限量版")
# Share of lines with many pieces.
_STOCK = 0.02
# Share of orders whose payment account has another number of the buyer.
_SECOND_NUMBER = 0.02


@dataclass(slots=True)
class World:
    """All that trades are made of.

    Attributes:
        plan: Stream that decides what happens; `write` the one that decides how it is written.
        items: Goods of the imports.
        late_listings: (platform code, item number) -> first day of a listing that came late.
        renamed_listings: (platform code, item number) -> another name under which it is on sale.
        spent: Identity number -> fen so far, of buyers who were drawn one by one.
        yards: Code of a company -> where it packs its parcels.
        difficulty: How much forgers hide, in [0, 1].
        label_rate: Share of consignments that officers inspect at random.
        label_bias: How well officers choose, in [0, 1].
        drift: How much forgers' ways change from the first day to the last, in [0, 1].
        detections: Group -> when an inspection found it; from then on it does otherwise, or nothing.
    """

    plan: Dice
    write: Dice
    words: Words
    places: list[City]
    items: list[Item]
    population: Population
    market: Market
    season: Season
    numbers: Numbers
    day_weights: Weighted
    hour_weights: Weighted
    late_listings: dict[tuple[str, str], dt.date] = field(default_factory=dict)
    renamed_listings: dict[tuple[str, str], str] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    yards: dict[str, Address] = field(default_factory=dict)
    difficulty: float = 0.0
    label_rate: float = 0.02
    label_bias: float = 0.5
    drift: float = 0.0
    detections: dict[str, dt.datetime] = field(default_factory=dict)

    @property
    def horizon(self) -> dt.datetime:
        """End of the world: what would be sent later is not in the files."""
        return dt.datetime.combine(self.season.start, dt.time()) + dt.timedelta(days=self.season.days)

    @property
    def tail_days(self) -> float:
        """Last days of the world, whose consignments may still lack lists that are on their way."""
        return min(13.0, self.season.days * 0.45)

    def in_time(self, moment: dt.datetime) -> dt.datetime:
        """The moment, or one shortly before the end: the last orders still have an hour to send their first list."""
        return min(moment, self.horizon - dt.timedelta(minutes=60 + self.plan.whole(0, 90)))

    def is_settled(self, moment: dt.datetime) -> bool:
        """Whether all lists of what happened then lie in the files."""
        return moment < self.horizon - dt.timedelta(days=self.tail_days)


def day_weights(calendar: Season) -> Weighted:
    """Orders on each day: more at week ends, many more in promotions."""
    days = [calendar.start + dt.timedelta(days=i) for i in range(calendar.days)]
    return Weighted([(1.25 if day.weekday() >= 5 else 1.0) * calendar.rush(day) for day in days])


def hour_weights() -> Weighted:
    """Orders in each hour of a day."""
    return Weighted(_HOURS)


def order_time(world: World, day: int = -1) -> dt.datetime:
    """When somebody orders, on a day of the world; -1: on any."""
    dice = world.plan
    index = day if day >= 0 else world.day_weights.index(dice)
    moment = dt.datetime.combine(world.season.start + dt.timedelta(days=index), dt.time(world.hour_weights.index(dice))) + dt.timedelta(
        seconds=dice.whole(0, 3599)
    )
    # The last orders still have an hour to send their first list.
    return world.in_time(moment)


def trade(
    world: World,
    ordered: dt.datetime,
    seller: Seller | None = None,
    platform: Platform | None = None,
    carrier: Company | None = None,
    buyer: Person | None = None,
    most: int = MOST_BASKET,
) -> Trade:
    """One ordinary import for at most so many fen; what is not given is drawn."""
    dice, market = world.plan, world.market
    seller = seller or market.sellers[market.draw_seller.index(dice)]
    platform = platform or dice.pick(seller.platforms)
    carrier = carrier or dice.pick(seller.carriers)
    is_drawn, buyer = buyer is None, buyer or _buyer(world)
    relative = world.population.relative(buyer, dice) if dice.chance(0.12) else None
    lines = _basket(world, seller, platform, ordered.date(), most)
    value = sum(line.qty * line.price for line in lines)
    discount = int(value * dice.between(0.03, 0.15)) // 100 * 100 if dice.chance(0.15) else 0
    if is_drawn:
        world.spent[buyer.number] = world.spent.get(buyer.number, 0) + value
    made = Trade(
        "import", platform, seller, dice.pick(platform.payments), carrier, seller.agent, buyer, buyer, relative or buyer,
        buyer.address, world.numbers.order(platform, ordered), "", world.numbers.waybill(carrier), world.numbers.payment(ordered),
        world.numbers.declaration(ordered), lines, dice.whole(6, 35) * 100 if dice.chance(0.4) else 0, discount,
        ordered, ordered, ordered, ordered, ordered, ordered, ordered, ordered,
    )  # fmt: skip
    if dice.chance(_SECOND_NUMBER):
        made.payer = replace(buyer, telephone=telephone_number(dice))
    made.declared_no = made.order_no
    made.note = dice.pick(_NOTES) if dice.chance(0.06) else ""
    schedule(made, dice)
    _straggle(made, dice)
    date_payment(made)
    return made


def schedule(made: Trade, dice: Dice) -> None:
    """Sets all times after `ordered`: lists follow each other within hours or days, the waybill before or after the declaration."""
    made.paid = made.ordered + (dice.minutes(4) if dice.chance(0.9) else dice.hours(0.3, 14))
    made.order_sent = made.paid + dice.minutes(made.platform.lag)
    made.payment_sent = made.paid + dice.minutes(12 if dice.chance(0.85) else 150)
    wait = min(1 + dice.waiting(made.seller.lag_hours), 46.0)
    made.declared = _by_day(max(made.order_sent, made.payment_sent) + dt.timedelta(seconds=int(wait * 3600)), dice)
    if dice.chance(0.65):
        made.waybill_sent = made.paid + (made.declared - made.paid) * dice.between(0.15, 0.95)
    else:
        made.waybill_sent = made.declared + dt.timedelta(seconds=int(min(0.2 + dice.waiting(9), 46) * 3600))
    made.waybill_sent = made.waybill_sent.replace(microsecond=0)
    deliver(made, dice)


def _straggle(made: Trade, dice: Dice) -> None:
    """One list in fifty comes only after the declaration, up to two days."""
    if dice.chance(0.02):
        made.order_sent = made.declared + dice.hours(0.1, 50)
    if dice.chance(0.02):
        made.payment_sent = made.declared + dice.hours(0.1, 50)


def date_payment(made: Trade) -> None:
    """Payment numbers begin with the day of the payment."""
    made.transaction = f"{made.paid:%Y%m%d}{made.transaction[8:]}"


def deliver(made: Trade, dice: Dice) -> None:
    """Sets the delivery, days after the release, in the daytime."""
    left = max(made.declared + dice.hours(1, 6), made.waybill_sent) + dice.hours(18, 130)
    made.delivered = left.replace(hour=dice.whole(8, 20)) if left.hour < 8 or left.hour > 20 else left
    if made.delivered <= made.waybill_sent:
        made.delivered += dt.timedelta(days=1)
    made.status_sent = made.delivered + (dice.minutes(40) if dice.chance(0.8) else dice.hours(3, 16))


def _by_day(moment: dt.datetime, dice: Dice) -> dt.datetime:
    """Few agents work at night."""
    if moment.hour < 7 and dice.chance(0.75):
        return moment.replace(hour=dice.whole(7, 9), minute=dice.whole(0, 59))
    return moment


def _buyer(world: World) -> Person:
    for _ in range(_TRIES):
        person = world.population.buyer(world.plan)
        if world.spent.get(person.number, 0) < _MOST_APART - MOST_BASKET:
            return person
    # In a world of frauds alone everybody has spent what he may.
    return world.population.stranger(world.plan)


def _basket(world: World, seller: Seller, platform: Platform, day: dt.date, most: int) -> list[Line]:
    dice = world.plan
    roll = dice.unit()
    wanted = 1 if roll < 0.66 else 2 if roll < 0.88 else 3 if roll < 0.96 else 4
    chosen: dict[str, Line] = {}
    left = most
    for _ in range(12):
        item = seller.items[seller.draw_item.index(dice)]
        if item.item_no in chosen or item.item_no in platform.absent:
            continue
        price = shelf_price(item, day, world.season, platform.level)
        if dice.chance(0.1):
            # Members pay a little less.
            price = int(price * dice.between(0.92, 0.98))
        qty = 1 if dice.chance(0.74) else 2 if dice.chance(0.7) else dice.whole(3, 5)
        if dice.chance(_STOCK):
            # For the office, the class, the whole year.
            qty = dice.whole(6, 40)
        qty = min(qty, left // price)
        if qty:
            chosen[item.item_no] = Line(item, qty, price, item.name)
            left -= qty * price
        if len(chosen) == wanted:
            break
    if chosen:
        return list(chosen.values())
    item = min((item for item in seller.items if item.item_no not in platform.absent), key=lambda item: item.base)
    return [Line(item, 1, shelf_price(item, day, world.season, platform.level), item.name)]


def export_trade(world: World, ordered: dt.datetime) -> Trade:
    """One ordinary export; prices in hundredths of the currency asked for, money weeks later."""
    dice, market = world.plan, world.market
    seller = market.exporters[market.draw_exporter.index(dice)]
    platform = dice.pick(seller.platforms)
    if dice.chance(0.15):
        # A foreign platform has no code; the seller's stands in its place.
        platform = Platform(seller.company, -1, platform.lag, 1.0, platform.payments)
    carrier = dice.pick(seller.carriers)
    country = dice.pick(_COUNTRIES)
    currency = asked_in(dice, country)
    lines = [_export_line(world, item, ordered.date(), currency) for item in dice.some(seller.items, 1 if dice.chance(0.75) else 2)]
    freight = world.season.rates.minor(dice.whole(20, 130) * 100, currency, ordered.date()) // 100 * 100
    nobody = world.population.people[0]
    made = Trade(
        "export", platform, seller, dice.pick(platform.payments), carrier, seller.agent, nobody, nobody, nobody, nobody.address,
        world.numbers.order(platform, ordered), "", world.numbers.waybill(carrier), world.numbers.payment(ordered),
        world.numbers.declaration(ordered), lines, freight, 0,
        ordered, ordered, ordered, ordered, ordered, ordered, ordered, ordered, country, currency=currency,
    )  # fmt: skip
    made.declared_no = made.order_no
    made.order_sent = ordered + dice.minutes(platform.lag)
    made.declared = _by_day(made.order_sent + dice.hours(4, 60), dice)
    made.waybill_sent = made.declared + dice.hours(-3.5, 20)
    made.delivered = made.status_sent = made.declared + dice.hours(150, 400)
    made.paid = ordered + dice.hours(5 * 24, 32 * 24)
    made.payment_sent = made.paid + dice.hours(0.2, 30)
    return made


def _export_line(world: World, item: Item, day: dt.date, currency: str) -> Line:
    dice = world.plan
    fen = max(600.0, shelf_price(item, day, world.season, 1.0) * dice.between(0.95, 1.1))
    return Line(item, dice.pick((1, 1, 1, 2, 3)), world.season.rates.minor(fen, currency, day), item.name)
