"""Shipment clusters: counterfeit goods under many names."""

from dataclasses import dataclass, replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import Habit, Sender, Shipment, city_address, habit, private_name, receiver, shipment, shop_name
from sandan.synthetic.fraud.smugglers import SMUGGLERS
from sandan.synthetic.fraud.wordings import branded_goods, wordings
from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.population.places import Address
from sandan.synthetic.schemes.adaptation import Habits, after_detection
from sandan.synthetic.schemes.drift import hiding
from sandan.synthetic.schemes.groups import Plot
from sandan.synthetic.schemes.spans import life_span
from sandan.synthetic.trade.consignment import GroundTruth
from sandan.synthetic.trade.honest import World

# So many parcels a workshop sends whatever happens: with fewer it would be none.
_BEFORE = 5


@dataclass(frozen=True, slots=True)
class _Signs:
    """Which signs a workshop leaves."""

    senders: bool = True
    countries: bool = True
    express: bool = True


@dataclass(frozen=True, slots=True)
class _Work:
    """What a workshop makes and how it sends it, until it changes its ways.

    Attributes:
        words: What it writes on its parcels.
        cents: US cents that it declares.
        weight: Kilograms of a parcel.
        way: Its countries, channels and carriers.
        brand: What is really on the goods.
    """

    words: list[str]
    cents: int
    weight: float
    way: Habit
    brand: str


def _work(world: World, signs: _Signs) -> _Work:
    dice = world.plan
    mark, ware = branded_goods(dice)
    cents = int(ware.price * dice.between(0.06, 0.25) * 100)
    return _Work(
        # Whole dollars as often as others write them.
        wordings(dice, mark, ware), max(1, round(cents / 100)) * 100 if dice.chance(0.38) else cents,
        ware.weight * dice.between(0.8, 1.1) * dice.pick((1, 1, 2, 4)),
        habit(world, 0, dice.between(0.75, 0.95) if signs.express else 0, "express" if signs.express else ""), mark.brand,
    )  # fmt: skip


def _workshop(world: World, truth: GroundTruth, size: int, signs: _Signs) -> list[Shipment]:
    """One workshop's parcels over some weeks; after an inspection it sends from elsewhere, other goods in another way, or nothing."""
    dice, span = world.plan, life_span(world, truth.kind).part(world.plan, 6, 30)
    hidden = hiding(world, span.begins)
    targets = dice.some(list(world.words.abroad), dice.pick((1, 1, 2, 3)))
    senders = _names(world, size, hidden) if signs.senders else _strangers(world, size)
    # A few collectors abroad, or a buyer for each parcel.
    few = [receiver(world, country) for country in targets for _ in range(dice.whole(1, 3))] if dice.chance(0.4) else []
    habits = after_detection(world, truth, span, lambda: city_address(world, trader=True))
    first, made = _work(world, signs), []
    then = _work(world, signs) if habits.elsewhere else first
    for i in range(size):
        sent = span.moment(world, (9, 21))
        sender, work = senders[i], first
        if habits.changed(sent) and i >= _BEFORE:
            if habits.stops:
                continue
            sender, work = _changed(sender, habits), then
        bunched = signs.countries and dice.chance(0.93 - 0.25 * hidden)
        country = dice.pick(targets) if bunched else work.way.countries[work.way.draw_country.index(dice)]
        to = dice.pick(few) if few and bunched else receiver(world, country)
        channel, carrier = work.way.way(dice)
        value = work.cents if dice.chance(0.6) else _about(work.cents, dice)
        heavy = work.weight * dice.between(0.96, 1.04)
        made.append(shipment(world, truth, sender, to, sent, carrier, channel, dice.pick(work.words), value, heavy, work.brand))
    return made


def _about(cents: int, dice: Dice) -> int:
    """A little more or less, in whole dollars where the usual value is."""
    value = cents * dice.between(0.93, 1.07)
    return max(1, round(value / 100)) * 100 if cents % 100 == 0 else int(value)


def _changed(sender: Sender, habits: Habits) -> Sender:
    address = habits.address(sender.address) if sender.address is not None else None
    return replace(sender, telephone=habits.telephone(sender.telephone), address=address)


def _names(world: World, size: int, hidden: float) -> list[Sender]:
    """Many names under few telephones and addresses; some share only one of both."""
    dice = world.plan
    telephones = [_line(dice) for _ in range(dice.whole(1, max(1, min(4, size // 8))))]
    addresses: list[Address] = [city_address(world, trader=dice.chance(0.75))]
    for _ in range(dice.whole(0, min(2, size // 10))):
        addresses.append(replace(addresses[0], room=f"{dice.whole(1, 6)}{dice.whole(1, 20):02d}"))
    loose, people = dice.between(0, 0.25) + 0.3 * hidden, []
    for _ in range(max(3, round(size * dice.between(0.4, 1)))):
        telephone, address = dice.pick(telephones), dice.pick(addresses)
        if dice.chance(loose):
            # Not everybody uses all that is shared.
            own = dice.chance(0.5)
            telephone, address = (telephone_number(dice), address) if own else (telephone, city_address(world, trader=False))
        people.append(Sender(_name(world), telephone, address))
    return [people[i] if i < len(people) else dice.pick(people) for i in range(size)]


def _name(world: World) -> str:
    """A person, a small shop, or an exporter whose name is used."""
    roll = world.plan.unit()
    return private_name(world) if roll < 0.3 else shop_name(world) if roll < 0.75 else world.plan.pick(world.market.exporters).company.name


def _line(dice: Dice) -> str:
    """A mobile number, or one of an office."""
    return telephone_number(dice) if dice.chance(0.6) else "0571" + dice.digits(8)


def _strangers(world: World, size: int) -> list[Sender]:
    """Senders who share nothing: helpers who take goods home and send them."""
    dice = world.plan
    people = [Sender(_name(world), _line(dice), city_address(world, trader=dice.chance(0.6))) for _ in range(max(4, size * 2 // 3))]
    return [*people[:size], *(dice.pick(people) for _ in range(size - len(people)))]


def workshop(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """All four signs."""
    return _workshop(world, truth, size, _Signs())


def workshop_any_channel(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """By any channel."""
    return _workshop(world, truth, size, _Signs(express=False))


def workshop_worldwide(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """To everywhere, by any channel: brand and senders only."""
    return _workshop(world, truth, size, _Signs(countries=False, express=False))


def helpers(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """Unrelated senders: brand and destination only."""
    return _workshop(world, truth, size, _Signs(senders=False, express=False))


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
    *SMUGGLERS,
)
