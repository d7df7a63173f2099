"""Shipment clusters: counterfeit goods under many names (frauds), and honest senders who look alike (hard negatives)."""

from dataclasses import dataclass, replace

from sandan.synthetic.consignment import Truth
from sandan.synthetic.dice import Dice
from sandan.synthetic.groups import Plot, whole_span
from sandan.synthetic.honest import World
from sandan.synthetic.marks import MARKS, WARES, Mark, Ware
from sandan.synthetic.people import telephone_number
from sandan.synthetic.places import Address, warehouse
from sandan.synthetic.shipments import (
    Receiver,
    Sender,
    Shipment,
    city_address,
    company_sender,
    fair,
    habit,
    private_name,
    receiver,
    said,
    shipment,
    shop_name,
)

_SWAPS = {"o": "0", "i": "1", "l": "I", "e": "3", "a": "@", "s": "5", "n": "m", "y": "i"}


@dataclass(frozen=True, slots=True)
class _Signs:
    """Which signs a workshop leaves."""

    senders: bool = True
    countries: bool = True
    express: bool = True


def _goods(dice: Dice) -> tuple[Mark, Ware]:
    """A recorded brand and goods for which it is recorded."""
    mark = dice.pick(MARKS)
    return mark, dice.pick([ware for ware in WARES if mark.fits(ware)])


def look_alike(dice: Dice, brand: str) -> str:
    """A brand written so that a buyer knows it and a search does not."""
    places = [i for i, letter in enumerate(brand) if i and letter in _SWAPS]
    place = dice.pick(places) if places else len(brand) - 1
    manner = dice.unit()
    if manner < 0.4:
        return brand[:place] + _SWAPS.get(brand[place], brand[place] * 2) + brand[place + 1 :]
    if manner < 0.55:
        return brand[:place] + "*" + brand[place + 1 :]
    if manner < 0.7:
        return f"{brand[:place]}-{brand[place:]}"
    return brand[:place] + brand[place + 1 :] if manner < 0.85 else f"{brand[: len(brand) // 2]} style"


def _wordings(dice: Dice, mark: Mark, ware: Ware) -> list[str]:
    """How one workshop describes its goods: mostly without the brand, else in words that only insiders read."""
    manner = dice.unit()
    made = []
    for name in dice.some(ware.names, 3):
        if manner < 0.5:
            made.append(name + dice.pick(("", "", " no brand", " sample", " model A", " gift")))
        elif manner < 0.8:
            made.append(f"{look_alike(dice, mark.brand)} {name}")
        else:
            lines = [alias for alias in mark.aliases if alias != mark.brand and alias.isascii()]
            made.append(f"{dice.pick(lines) if lines else look_alike(dice, mark.brand)} {name}")
    return made


def _workshop(world: World, told: Truth, size: int, signs: _Signs) -> list[Shipment]:
    """One workshop's parcels over some weeks."""
    dice, span = world.plan, whole_span(world).part(world.plan, 6, 30)
    mark, ware = _goods(dice)
    words = _wordings(dice, mark, ware)
    way = habit(world, 0, dice.between(0.85, 0.99) if signs.express else 0, "express" if signs.express else "")
    targets = dice.some(list(world.words.abroad), dice.pick((1, 1, 2, 3)))
    senders = _names(world, size) if signs.senders else _strangers(world, size)
    # A few collectors abroad, or a buyer for each parcel.
    few = [receiver(world, country) for country in targets for _ in range(dice.whole(1, 3))] if dice.chance(0.4) else []
    cents, weight = int(ware.price * dice.between(0.06, 0.25) * 100), ware.weight * dice.between(0.8, 1.1) * dice.pick((1, 1, 2, 4))
    made = []
    for i in range(size):
        bunched = signs.countries and dice.chance(0.93)
        country = dice.pick(targets) if bunched else way.countries[way.draw_country.place(dice)]
        to = dice.pick(few) if few and bunched else receiver(world, country)
        channel, carrier = way.way(dice)
        value = cents if dice.chance(0.6) else int(cents * dice.between(0.93, 1.07))
        heavy = weight * dice.between(0.98, 1.02)
        made.append(
            shipment(world, told, senders[i], to, span.moment(world, (9, 21)), carrier, channel, dice.pick(words), value, heavy)
        )  # fmt: skip
    return made


def _names(world: World, size: int) -> list[Sender]:
    """Many names under few telephones and addresses; some share only one of both."""
    dice = world.plan
    telephones = [telephone_number(dice) for _ in range(dice.whole(1, max(1, min(4, size // 8))))]
    doors: list[Address] = [city_address(world, trader=dice.chance(0.6))]
    for _ in range(dice.whole(0, min(2, size // 10))):
        doors.append(replace(doors[0], room=f"{dice.whole(1, 6)}{dice.whole(1, 20):02d}"))
    loose, people = dice.between(0, 0.25), []
    for _ in range(max(3, round(size * dice.between(0.4, 1)))):
        telephone, door = dice.pick(telephones), dice.pick(doors)
        if dice.chance(loose):
            # Not everybody uses all that is shared.
            own = dice.chance(0.5)
            telephone, door = (telephone_number(dice), door) if own else (telephone, city_address(world, trader=False))
        people.append(Sender(private_name(world) if dice.chance(0.7) else shop_name(world), telephone, door))
    return [people[i] if i < len(people) else dice.pick(people) for i in range(size)]


def _strangers(world: World, size: int) -> list[Sender]:
    """Senders who share nothing: helpers who take goods home and send them."""
    dice = world.plan
    people = [Sender(private_name(world), telephone_number(dice), city_address(world, trader=False)) for _ in range(max(4, size * 2 // 3))]
    return [*people[:size], *(dice.pick(people) for _ in range(size - len(people)))]


def workshop(world: World, told: Truth, size: int) -> list[Shipment]:
    """All four signs."""
    return _workshop(world, told, size, _Signs())


def workshop_any_channel(world: World, told: Truth, size: int) -> list[Shipment]:
    """By any channel."""
    return _workshop(world, told, size, _Signs(express=False))


def workshop_worldwide(world: World, told: Truth, size: int) -> list[Shipment]:
    """To everywhere, by any channel: brand and senders only."""
    return _workshop(world, told, size, _Signs(countries=False, express=False))


def helpers(world: World, told: Truth, size: int) -> list[Shipment]:
    """Unrelated senders: brand and destination only."""
    return _workshop(world, told, size, _Signs(senders=False, express=False))


def consolidator(world: World, told: Truth, size: int) -> list[Shipment]:
    """A registered forwarder packs for many clients: one address and telephone, all goods, all countries."""
    dice, way, whole = world.plan, habit(world), whole_span(world)
    firm = dice.pick(world.market.forwarders)
    yard = warehouse(dice, dice.pick(world.places), world.words.streets, forwarder=dice.chance(0.5))
    own = Sender(firm.name, "0571" + firm.uscc[8:16], yard)
    clients = [replace(own, name=private_name(world) if dice.chance(0.5) else shop_name(world)) for _ in range(max(4, size * 2 // 3))]
    in_own_name = dice.chance(0.4)
    made = []
    for _ in range(size):
        ware = dice.pick(WARES)
        fitting = [mark for mark in MARKS if mark.fits(ware)]
        mark = dice.pick(fitting) if fitting and dice.chance(0.15) else None
        qty = dice.pick((1, 1, 2, 3))
        to, (channel, carrier), sent = _receiver(world, way.countries), way.way(dice), whole.moment(world, (9, 20))
        sender = own if in_own_name else dice.pick(clients)
        made.append(shipment(world, told, sender, to, sent, carrier, channel, said(dice, ware, mark, qty), *fair(dice, ware, qty)))
    return made


def _receiver(world: World, countries: list[str]) -> Receiver:
    return receiver(world, world.plan.pick(countries))


def unbranded_factory(world: World, told: Truth, size: int) -> list[Shipment]:
    """A maker of plain goods, to its warehouse abroad or its home market."""
    dice, whole = world.plan, whole_span(world)
    _, ware = _goods(dice)
    way = habit(world, 0, dice.between(0.7, 0.95) if dice.chance(0.5) else 0)
    sender = company_sender(world, dice.pick(world.market.exporters).company)
    country = dice.pick(way.countries)
    stock = replace(receiver(world, country), name=dice.pick(("Fulfilment Centre", "Overseas Warehouse", "Logistics Hub")) + f" {country}")
    to_warehouse = dice.chance(0.5)
    names = [name + dice.pick(("", " no brand", " unbranded", " OEM")) for name in ware.names]
    each = fair(dice, ware, dice.whole(5, 30) if to_warehouse else 1)
    made = []
    for _ in range(size):
        to = stock if to_warehouse else receiver(world, country if dice.chance(0.9) else dice.pick(way.countries))
        channel, carrier = way.way(dice)
        cents, weight = _again(dice, *each)
        sent = whole.moment(world, (9, 18))
        made.append(shipment(world, told, sender, to, sent, carrier, channel, dice.pick(names), cents, weight))
    return made


def _again(dice: Dice, cents: int, weight: float) -> tuple[int, float]:
    """The same goods once more: mostly at the same price, and of nearly the same weight."""
    return cents if dice.chance(0.6) else int(cents * dice.between(0.9, 1.1)), weight * dice.between(0.98, 1.02)


def brand_owner_shop(world: World, told: Truth, size: int) -> list[Shipment]:
    """The right holder's own shop: its brand on the paper, by express."""
    mark, ware = _goods(world.plan)
    sender = Sender(f"{mark.brand} Holding", telephone_number(world.plan), city_address(world, trader=True))
    return _branded(world, told, size, sender, mark, ware, 0.0, "express")


def fan_shop(world: World, told: Truth, size: int) -> list[Shipment]:
    """A small shop with customers in one country: true brand, true price."""
    mark, ware = _goods(world.plan)
    sender = Sender(shop_name(world), telephone_number(world.plan), city_address(world, trader=False))
    return _branded(world, told, size, sender, mark, ware, 0.96, "")


def _branded(
    world: World, told: Truth, size: int, sender: Sender, mark: Mark, ware: Ware, home_market: float, channel: str
) -> list[Shipment]:
    dice, whole = world.plan, whole_span(world)
    way, each = habit(world, home_market, 0.95 if channel else 0.0, channel), fair(dice, ware, 1)
    made = []
    for _ in range(size):
        to, (by, carrier) = receiver(world, way.countries[way.draw_country.place(dice)]), way.way(dice)
        text = f"{dice.pick(mark.aliases) if dice.chance(0.3) else mark.brand} {dice.pick(ware.names)}"
        made.append(shipment(world, told, sender, to, whole.moment(world, (9, 21)), carrier, by, text, *_again(dice, *each)))
    return made


WORKSHOPS: tuple[Plot, ...] = (
    Plot(
        "workshop",
        ("brand_omitted", "destination_concentration", "sender_cluster", "channel_preference"),
        "A workshop's copies under many names, without the brand, by express to few countries.",
        workshop,
        8,
        60,
        0.14,
    ),
    Plot(
        "workshop_any_channel",
        ("brand_omitted", "destination_concentration", "sender_cluster"),
        "A workshop's copies under many names, by any channel to few countries.",
        workshop_any_channel,
        8,
        60,
        0.08,
    ),
    Plot(
        "workshop_worldwide",
        ("brand_omitted", "sender_cluster"),
        "A workshop's copies under many names to everywhere.",
        workshop_worldwide,
        8,
        40,
        0.05,
    ),
    Plot(
        "helpers",
        ("brand_omitted", "destination_concentration"),
        "Copies sent by helpers who share no telephone, to few countries.",
        helpers,
        8,
        40,
        0.05,
    ),
)
INNOCENT_SENDERS: tuple[Plot, ...] = (
    Plot("consolidator", ("sender_cluster",), "A registered forwarder packs for many clients.", consolidator, 15, 70, 0.12),
    Plot(
        "unbranded_factory",
        ("brand_omitted", "destination_concentration"),
        "A maker of plain goods sends to one country.",
        unbranded_factory,
        10,
        60,
        0.09,
    ),
    Plot("brand_owner_shop", ("channel_preference",), "The right holder's own shop, by express.", brand_owner_shop, 8, 40, 0.06),
    Plot("fan_shop", ("destination_concentration",), "Branded goods, declared, to one country of fans.", fan_shop, 8, 40, 0.06),
)
