"""Honest senders of parcels who look like those of copies or of drugs (hard negatives)."""

from dataclasses import replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import (
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
from sandan.synthetic.fraud.wordings import branded_goods
from sandan.synthetic.market.marks import MARKS, WARES, Mark, Ware
from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.population.places import warehouse
from sandan.synthetic.schemes.groups import Plot
from sandan.synthetic.schemes.spans import whole_span
from sandan.synthetic.trade.consignment import GroundTruth
from sandan.synthetic.trade.honest import World

# Headings of goods that look like powder.
_POWDERS = ("0902", "9603", "6308")


def consolidator(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
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
        made.append(shipment(world, truth, sender, to, sent, carrier, channel, said(dice, ware, mark, qty), *fair(dice, ware, qty)))
    return made


def _receiver(world: World, countries: list[str]) -> Receiver:
    return receiver(world, world.plan.pick(countries))


def unbranded_factory(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """A maker of plain goods, to its warehouse abroad or its home market."""
    dice, whole = world.plan, whole_span(world)
    _, ware = branded_goods(dice)
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
        made.append(shipment(world, truth, sender, to, sent, carrier, channel, dice.pick(names), cents, weight))
    return made


def _again(dice: Dice, cents: int, weight: float) -> tuple[int, float]:
    """The same goods once more: mostly at the same price, and of nearly the same weight."""
    return cents if dice.chance(0.6) else int(cents * dice.between(0.9, 1.1)), weight * dice.between(0.98, 1.02)


def brand_owner_shop(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """The right holder's own shop: its brand on the paper, by express."""
    mark, ware = branded_goods(world.plan)
    sender = Sender(f"{mark.brand} Holding", telephone_number(world.plan), city_address(world, trader=True))
    return _branded(world, truth, size, sender, mark, ware, 0.0, "express")


def fan_shop(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """A small shop with customers in one country: true brand, true price."""
    mark, ware = branded_goods(world.plan)
    sender = Sender(shop_name(world), telephone_number(world.plan), city_address(world, trader=False))
    return _branded(world, truth, size, sender, mark, ware, 0.96, "")


def _branded(
    world: World, truth: GroundTruth, size: int, sender: Sender, mark: Mark, ware: Ware, home_market: float, channel: str
) -> list[Shipment]:
    dice, whole = world.plan, whole_span(world)
    way, each = habit(world, home_market, 0.95 if channel else 0.0, channel), fair(dice, ware, 1)
    made = []
    for _ in range(size):
        to, (by, carrier) = receiver(world, way.countries[way.draw_country.index(dice)]), way.way(dice)
        text = f"{dice.pick(mark.aliases) if dice.chance(0.3) else mark.brand} {dice.pick(ware.names)}"
        made.append(shipment(world, truth, sender, to, whole.moment(world, (9, 21)), carrier, by, text, *_again(dice, *each)))
    return made


def powder_sender(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """Tea, dried flowers, colours: bags whose picture looks like drugs."""
    return _of_one(world, truth, size, [ware for ware in WARES if ware.heading in _POWDERS])


def box_reuser(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """Somebody packs everything into used boxes of brands, or lays a present into the parcel."""
    return _of_one(world, truth, size, world.plan.some(WARES, 3))


def _of_one(world: World, truth: GroundTruth, size: int, wares: list[Ware]) -> list[Shipment]:
    """Some parcels of a small sender over the whole time."""
    dice, way, whole = world.plan, habit(world), whole_span(world)
    sender = Sender(
        private_name(world) if dice.chance(0.5) else shop_name(world), telephone_number(dice), city_address(world, dice.chance(0.5))
    )
    made = []
    for _ in range(size):
        ware, qty = dice.pick(wares), dice.pick((1, 1, 1, 2, 3))
        to, (channel, carrier) = receiver(world, way.countries[way.draw_country.index(dice)]), way.way(dice)
        text, (cents, weight) = said(dice, ware, None, qty), fair(dice, ware, qty)
        made.append(shipment(world, truth, sender, to, whole.moment(world, (8, 21)), carrier, channel, text, cents, weight))
    return made


INNOCENT_SENDERS: tuple[Plot, ...] = (
    Plot("consolidator", ("sender_cluster",), "A registered forwarder packs for many clients.", consolidator, 15, 70, 0.2),
    Plot(
        "unbranded_factory",
        ("brand_omitted", "destination_concentration"),
        "A maker of plain goods sends to one country.",
        unbranded_factory,
        10,
        60,
        0.22,
    ),
    Plot("brand_owner_shop", ("channel_preference",), "The right holder's own shop, by express.", brand_owner_shop, 8, 40, 0.12),
    Plot("fan_shop", ("destination_concentration",), "Branded goods, declared, to one country of fans.", fan_shop, 8, 40, 0.08),
    Plot("powder_sender", ("scan_mismatch",), "Bags of tea or flowers, whose picture looks like drugs.", powder_sender, 3, 12, 0.05),
    Plot("box_reuser", ("scan_mismatch",), "Used boxes of brands, and presents that the paper leaves out.", box_reuser, 3, 12, 0.04),
)
