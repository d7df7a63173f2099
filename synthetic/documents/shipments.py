"""Parcels to abroad that stand in no declaration list: what express companies and the post report in house waybills."""

import datetime as dt
import re
from dataclasses import dataclass

from sandan.synthetic.dice import Dice, Weighted
from sandan.synthetic.documents.imports import Writing
from sandan.synthetic.market.companies import Company
from sandan.synthetic.market.marks import MARKS, WARES, Mark, Ware
from sandan.synthetic.market.rates import asked_in
from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.population.places import Address, home, warehouse
from sandan.synthetic.trade.consignment import GroundTruth
from sandan.synthetic.trade.honest import World

CHANNELS = ("express", "post", "cbec")
_DIGIT = re.compile(r"\d")
_ORDINARY = GroundTruth(sentence="Ordinary parcel.")
_SHOPS = ("数码小店", "优品铺", "外贸店", "手工坊", "百货行", "饰品店", "潮玩社", "户外店")
_MEAN_PARCELS = 4.0
_MOST_PARCELS = 45
# Share of ordinary parcels with a small value on the paper: samples, presents, used things, and people who save duty.
_LITTLE = 0.06


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands parcels in; `address` is None where the carrier does not report it."""

    name: str
    telephone: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a parcel abroad."""

    name: str
    address: str
    telephone: str
    country: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel.

    Attributes:
        row: What the house waybill says.
        brand: Recorded brand that the goods bear though the paper may not say so; "" for none.
    """

    carrier: Company
    number: str
    shipped: dt.datetime
    truth: GroundTruth
    row: dict[str, str]
    brand: str = ""


def receiver(world: World, country: str) -> Receiver:
    """A person abroad: a name of the country, a street of it with other numbers."""
    dice, known = world.plan, world.words.abroad[country]
    name, other, (_, address, telephone) = dice.pick(known)[0], dice.pick(known)[0], dice.pick(known)
    # Given names of one, family name of another; names without a space stay whole.
    if " " in name and " " in other:
        name = f"{name.rsplit(' ', 1)[0]} {other.rsplit(' ', 1)[1]}"
    return Receiver(name, _renumbered(address, dice), _renumbered(telephone, dice), country)


def _renumbered(text: str, dice: Dice) -> str:
    digits = iter(dice.digits(24))
    # No zero in front of a house number.
    return _DIGIT.sub(lambda found: max("1", next(digits)) if found.start() == 0 else next(digits, "7"), text)


def city_address(world: World, trader: bool) -> Address:
    """A home, or a yard where goods are packed."""
    dice = world.plan
    place = dice.pick(world.places)
    return (warehouse if trader else home)(dice, place, world.words.streets)


def private_name(world: World) -> str:
    """Name of a person."""
    dice, words = world.plan, world.words
    return dice.pick(words.surnames) + dice.pick(words.men if dice.chance(0.5) else words.women)


def shop_name(world: World) -> str:
    """Name of a small shop."""
    dice = world.plan
    return dice.pick(world.words.surnames) + dice.pick(world.words.men)[:1] + dice.pick(_SHOPS)


def company_sender(world: World, company: Company) -> Sender:
    """A registered company; the carrier knows its telephone as in all other house waybills."""
    if company.code not in world.yards:
        world.yards[company.code] = city_address(world, trader=True)
    return Sender(company.name, "0571" + company.uscc[8:16], world.yards[company.code])


def shipment(
    world: World,
    truth: GroundTruth,
    sender: Sender,
    to: Receiver,
    shipped: dt.datetime,
    carrier: Company,
    channel: str,
    description: str,
    cents: int,
    weight: float,
    brand: str = "",
) -> Shipment:
    """One parcel with the row that the carrier reports; `cents` of a dollar, `brand` is what the goods bear."""
    write = Writing(world.plan)
    number = world.numbers.waybill(carrier)
    currency, day = asked_in(world.plan, to.country), shipped.date()
    value = world.season.rates.minor(cents * world.season.rates.cny("USD", day), currency, day)
    if cents % 100 == 0:
        # Who rounds, rounds in the money he writes.
        value = max(100, round(value / 100) * 100)
    mobile = len(sender.telephone) == 11
    telephone = write.telephone(sender.telephone) if mobile else sender.telephone
    row = {
        "logistics_code": carrier.code, "logistics_no": number, "channel": channel, "sender_name": sender.name,
        "receiver_name": to.name, "receiver_address": to.address, "receiver_country": to.country, "description": description,
        "declared_value": f"{value // 100}.{value % 100:02d}", "currency": currency, "weight_kg": f"{max(weight, 0.01):.3f}",
        "shipped_at": shipped.isoformat(), "flow": "export", "sender_telephone": telephone,
        "receiver_telephone": to.telephone,
    }  # fmt: skip
    if sender.address is not None:
        row["sender_address"] = write.address(sender.address)
    return Shipment(carrier, number, shipped, truth, row, brand)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a sender sends: countries and channels with their weights, and one carrier for each channel."""

    countries: list[str]
    draw_country: Weighted
    draw_channel: Weighted
    carriers: list[Company]

    def way(self, dice: Dice) -> tuple[str, Company]:
        """Channel and carrier of one parcel."""
        index = self.draw_channel.index(dice)
        return CHANNELS[index], self.carriers[index]


def habit(world: World, home_market: float = 0.0, channel: float = 0.0, favourite: str = "") -> Habit:
    """A habit.

    Args:
        world: The world.
        home_market: Share of parcels that go to one country; 0: broadly.
        channel: Share of parcels by one channel; 0: as they come.
        favourite: That channel; "" for any.
    """
    dice = world.plan
    countries = dice.some(list(world.words.abroad), len(world.words.abroad))
    rest = [1 / (rank + 2) for rank in range(len(countries) - 1)]
    weights = [home_market / max(0.001, 1 - home_market) * sum(rest) if home_market else 1.0, *rest]
    ways = [dice.between(0.2, 1.0) for _ in CHANNELS]
    if channel:
        index = CHANNELS.index(favourite) if favourite else dice.whole(0, 2)
        others = sum(ways) - ways[index]
        ways[index] = channel / max(0.001, 1 - channel) * others
    carriers = world.market.carriers
    # The post is one carrier; the express companies are the others.
    return Habit(countries, Weighted(weights), Weighted(ways), [dice.pick(carriers[1:]), carriers[0], dice.pick(carriers[1:])])


def background(world: World, count: int) -> list[Shipment]:
    """Ordinary parcels of many senders, each with its goods, countries and channels."""
    made: list[Shipment] = []
    while len(made) < count:
        made += _of_sender(world, min(count - len(made), _MOST_PARCELS, 1 + int(world.plan.waiting(_MEAN_PARCELS))))
    return made


def _of_sender(world: World, count: int) -> list[Shipment]:
    dice = world.plan
    roll = dice.unit()
    if roll < 0.45:
        sender, count = Sender(private_name(world), telephone_number(dice), city_address(world, trader=False)), min(count, 4)
    elif roll < 0.8:
        sender = Sender(shop_name(world), telephone_number(dice), city_address(world, trader=True))
    else:
        sender = company_sender(world, dice.pick(world.market.exporters).company)
    if dice.chance(0.08):
        sender = Sender(sender.name, sender.telephone, None)
    way = habit(world, dice.between(0.5, 0.9) if dice.chance(0.35) else 0, dice.between(0.6, 0.95) if dice.chance(0.5) else 0)
    wares = dice.some(WARES, dice.pick((1, 1, 2, 3, 5)))
    marks = [mark for mark in MARKS if any(mark.fits(ware) for ware in wares)]
    # Some sell brands, with the brand on the paper; most do not.
    mark = dice.pick(marks) if marks and dice.chance(0.4) else None
    customers: list[Receiver] = []
    made = []
    for _ in range(count):
        if not customers or not dice.chance(0.12):
            customers.append(receiver(world, way.countries[way.draw_country.index(dice)]))
        to = customers[-1] if dice.chance(0.88) else dice.pick(customers)
        made.append(_parcel(world, sender, to, way, dice.pick(wares), mark))
    return made


def _parcel(world: World, sender: Sender, to: Receiver, way: Habit, ware: Ware, mark: Mark | None) -> Shipment:
    dice = world.plan
    channel, carrier = way.way(dice)
    qty = dice.pick((1, 1, 1, 1, 2, 2, 3, 5))
    cents, weight = fair(dice, ware, qty)
    if dice.chance(_LITTLE):
        cents = max(50, int(cents * dice.between(0.08, 0.45)))
    brand = mark.brand if mark is not None and mark.fits(ware) else ""
    return shipment(
        world, _ORDINARY, sender, to, shipping_time(world), carrier, channel, said(dice, ware, mark, qty), cents, weight, brand
    )  # fmt: skip


def fair(dice: Dice, ware: Ware, qty: int) -> tuple[int, float]:
    """US cents and kilograms of some pieces, as an honest sender states them."""
    price = ware.price * dice.between(0.75, 1.25)
    return round(price * qty) * 100 if dice.chance(0.4) else int(price * qty * 100), ware.weight * qty * dice.between(0.85, 1.15) + 0.04


def said(dice: Dice, ware: Ware, mark: Mark | None, qty: int) -> str:
    """A description; a brand is named where there is one."""
    name = dice.pick(ware.names)
    if mark is not None and mark.fits(ware):
        name = f"{dice.pick(mark.aliases) if dice.chance(0.4) else mark.brand} {name}"
    elif dice.chance(0.08):
        name += dice.pick((" no brand", " unbranded", " (no logo)", " sample", " gift", " model A", " model B"))
    elif ware.heading in ("3926", "8544", "4202") and dice.chance(0.06):
        # For a brand's goods, not of the brand.
        name += f" for {dice.pick(MARKS).brand}"
    return f"{name} x{qty}" if qty > 1 and dice.chance(0.5) else name


def shipping_time(world: World) -> dt.datetime:
    """When an ordinary parcel leaves: on any day of the world, in the daytime."""
    dice = world.plan
    day = world.season.start + dt.timedelta(days=world.day_weights.index(dice))
    return dt.datetime.combine(day, dt.time(dice.whole(8, 21), dice.whole(0, 59), dice.whole(0, 59)))
