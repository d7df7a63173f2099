"""Forged trade that only a group shows: rings of bought identities. All kinds of such groups are listed here."""

import datetime as dt
from dataclasses import replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.fraud.lots import LOTS
from sandan.synthetic.fraud.pushed_orders import PUSHED
from sandan.synthetic.fraud.quotas import QUOTAS
from sandan.synthetic.fraud.triangles import TRIANGLES
from sandan.synthetic.population.people import Person, telephone_number
from sandan.synthetic.population.places import Address, home
from sandan.synthetic.schemes.adaptation import after_detection
from sandan.synthetic.schemes.drift import hiding
from sandan.synthetic.schemes.groups import ORDINARY, Plot, flat, one_writing, order_of, shop, someone
from sandan.synthetic.schemes.organisers import addresses, room, telephones
from sandan.synthetic.schemes.spans import Span, life_span
from sandan.synthetic.trade.consignment import Case, GroundTruth
from sandan.synthetic.trade.honest import World, order_time

# Share of neighbouring parts of a ring that have one order in common.
_TIED = 0.85
# So many orders a ring has whatever happens: with fewer it would be none.
_BEFORE = 5
# Telephone and address of each order of a ring.
_Contacts = list[tuple[str, Address]]


def _few(dice: Dice, size: int, hiding: float) -> int:
    """How many things a group shares: one for three to nine orders, for two to four where it hides well."""
    return max(1, round(size / dice.between(3 - hiding, 9 - 5 * hiding)))


def _homes(world: World, count: int) -> list[Address]:
    """Different homes: in one city or all over the country."""
    dice = world.plan
    city = dice.pick(world.places).city if dice.chance(0.5) else ""
    near = [place for place in world.places if place.city == city] or world.places
    return [home(dice, dice.pick(near), world.words.streets) for _ in range(count)]


def _waves(world: World, truth: GroundTruth) -> list[Span]:
    """The days or weeks in which a ring orders."""
    dice, life = world.plan, life_span(world, truth.kind)
    return [life.part(dice, 1.5, 12) for _ in range(dice.pick((1, 1, 2)))]


def shared_telephones(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Few telephones, each order with an address of its own."""
    waves = _waves(world, truth)
    shared = telephones(world, _few(world.plan, size, hiding(world, waves[0].begins)))
    contacts = [(shared[i % len(shared)], address) for i, address in enumerate(_homes(world, size))]
    for i in range(1, len(shared)):
        # Mostly one address joins the telephones together.
        if world.plan.chance(_TIED):
            contacts[i] = (shared[i], contacts[i - 1][1])
    return _ring(world, truth, contacts, waves)


def shared_addresses(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Few addresses, each order with a telephone of its own."""
    waves = _waves(world, truth)
    shared = addresses(world, _few(world.plan, size, hiding(world, waves[0].begins)))
    contacts = [(telephone, shared[i % len(shared)]) for i, telephone in enumerate(telephones(world, size))]
    for i in range(1, len(shared)):
        if world.plan.chance(_TIED):
            contacts[i] = (contacts[i - 1][0], shared[i])
    return _ring(world, truth, contacts, waves)


def shared_both(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Few telephones and few addresses in any combination."""
    dice, waves = world.plan, _waves(world, truth)
    hidden = hiding(world, waves[0].begins)
    numbers, places = telephones(world, _few(dice, size, hidden)), addresses(world, _few(dice, size, hidden))
    # Every third order under the first telephone ties all together.
    contacts = [(numbers[0] if i % 3 == 0 else dice.pick(numbers), dice.pick(places)) for i in range(size)]
    return _ring(world, truth, contacts, waves)


def chained(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Telephone A with address 1, address 1 with telephone B, telephone B with address 2, and so on."""
    each = world.plan.pick((1, 2, 2, 3))
    links = (size - 1) // each
    numbers, places = telephones(world, (links + 1) // 2 + 1), addresses(world, links // 2 + 1)
    contacts = [(numbers[(i // each + 1) // 2], places[i // each // 2]) for i in range(size)]
    return _ring(world, truth, contacts, _waves(world, truth))


def _ring(world: World, truth: GroundTruth, contacts: _Contacts, waves: list[Span]) -> list[Case]:
    """One order for each pair of telephone and address, in a name and with an identity number of its own."""
    dice = world.plan
    shops = [shop(world, seller) for seller in dice.some(world.market.sellers, dice.pick((1, 1, 2, 3)))]
    hours = (9, 18) if dice.chance(0.4) else None
    regions = dice.some(world.words.regions, dice.pick((1, 2))) if dice.chance(0.4) else [""]
    account = dice.digits(8) if dice.chance(0.2) else ""
    payer_telephone = telephone_number(dice) if dice.chance(0.15) else ""
    alike, otherwise, item = dice.between(0.05, 0.9), dice.between(0.1, 0.6), dice.pick(shops[0].stock())
    # Some are typed in at one desk, one after the other.
    desk = waves[0].moment(world, (9, 14)) if dice.chance(0.2) else None
    pace = dice.whole(3, 15)
    habits = after_detection(world, truth, waves[-1], lambda: addresses(world, 1)[0])
    other = shop(world) if habits.elsewhere else None
    cases = []
    for i, (old_telephone, old_address) in enumerate(contacts):
        ordered = dice.pick(waves).moment(world, hours)
        if desk is not None:
            ordered = world.in_time(desk + dt.timedelta(days=i // 12, minutes=pace * (i % 12), seconds=dice.whole(0, 90)))
        telephone, address, where = old_telephone, old_address, shops[0] if dice.chance(0.5) else dice.pick(shops)
        if habits.changed(ordered) and i >= _BEFORE:
            if habits.stops:
                continue
            telephone, address, where = habits.telephone(telephone), habits.address(address), other or where
        person = someone(world, address, telephone, region=dice.pick(regions))
        if dice.chance(0.12):
            # A number bought from somebody who also orders for himself.
            owner = world.population.stranger(dice)
            person = replace(owner, address=address, telephone=telephone, household=-1)
        if account and dice.chance(0.7):
            person = replace(person, account=account)
        lines = None
        if dice.chance(alike):
            what = item if where is shops[0] else where.stock()[0]
            lines = [where.line(world, what, dice.pick((1, 1, 2, 3)), ordered.date())]
        made = order_of(world, person, ordered, where, lines)
        if payer_telephone:
            made.payer = replace(person, telephone=payer_telephone)
        cases.append(Case(made, truth, one_writing(made, world.write) if dice.chance(otherwise) else None))
    return cases + _bystanders(world, *dice.pick(contacts))


def _bystanders(world: World, telephone: str, address: Address) -> list[Case]:
    """Ordinary people who live in the ring's house, and one to whom a telephone belongs now or belonged before."""
    dice = world.plan
    people: list[Person] = []
    if dice.chance(0.4):
        people += [someone(world, replace(address, room=room(dice))) for _ in range(dice.whole(1, 3))]
    if dice.chance(0.2):
        people.append(someone(world, flat(world), telephone))
    return [Case(order_of(world, person, order_time(world)), ORDINARY) for person in people]


RINGS: tuple[Plot, ...] = (
    Plot(
        "shared_telephones",
        ("identity_ring",),
        "Bought identities with addresses of their own; few telephones answer for all.",
        shared_telephones,
        5,
        40,
        0.15,
    ),
    Plot(
        "shared_addresses",
        ("identity_ring",),
        "Bought identities with telephones of their own; all parcels go to few addresses.",
        shared_addresses,
        5,
        40,
        0.14,
    ),
    Plot("shared_both", ("identity_ring",), "Bought identities under few telephones and few addresses.", shared_both, 5, 40, 0.09),
    Plot("chained", ("identity_ring",), "Bought identities; telephones and addresses pass from one to the next.", chained, 6, 40, 0.12),
    *LOTS,
    *QUOTAS,
    *PUSHED,
    *TRIANGLES,
)
