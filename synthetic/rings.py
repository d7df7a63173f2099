"""Forged trade that only a group shows: rings of bought identities, and one lot in many parcels."""

import datetime as dt
from dataclasses import replace

from sandan.synthetic.adapting import after_a_hit
from sandan.synthetic.consignment import Case, Line, Truth
from sandan.synthetic.dice import Dice
from sandan.synthetic.goods import Item
from sandan.synthetic.groups import MOST_ORDER, ORDINARY, Plot, Shop, Span, flat, one_writing, order_of, shop, someone, whole_span
from sandan.synthetic.honest import World, order_time
from sandan.synthetic.people import Person, telephone_number
from sandan.synthetic.places import Address, City, home, warehouse

# Fen that a person may spend in a year, with a margin.
_MOST_YEAR = 2_450_000
# Share of neighbouring parts of a ring that have one order in common.
_TIED = 0.85
# So many orders a ring has whatever happens: with fewer it would be none.
_BEFORE = 5
# Telephone and address of each order of a ring.
_Doors = list[tuple[str, Address]]


def _telephones(world: World, count: int) -> list[str]:
    """Numbers of an organiser: a block of new cards, single ones, now and then one of an ordinary person."""
    dice = world.plan
    if dice.chance(0.3):
        first = telephone_number(dice)[:7]
        start = dice.whole(0, 9999 - count)
        return [f"{first}{start + step:04d}" for step in range(count)]
    return [world.population.stranger(dice).telephone if dice.chance(0.06) else telephone_number(dice) for _ in range(count)]


def _addresses(world: World, count: int) -> list[Address]:
    """Places of an organiser, near each other: flats, rooms of one house, a yard, now and then an ordinary person's home."""
    dice, streets = world.plan, world.words.streets
    place = dice.pick(world.places)
    first = _place(world, place)
    one_house = dice.chance(0.3)
    made = [first]
    while len(made) < count:
        other = replace(first, room=_room(dice)) if one_house and first.room else home(dice, place, streets)
        if other not in made:
            made.append(other)
    return made


def _place(world: World, place: City) -> Address:
    dice = world.plan
    roll = dice.unit()
    if roll < 0.15:
        return world.population.stranger(dice).address
    return home(dice, place, world.words.streets) if roll < 0.75 else warehouse(dice, place, world.words.streets)


def _room(dice: Dice) -> str:
    return f"{dice.whole(1, 26)}{dice.whole(1, 4):02d}"


def _few(dice: Dice, size: int, hiding: float) -> int:
    """How many things a group shares: one for three to nine orders, for two to four where it hides well."""
    return max(1, round(size / dice.between(3 - hiding, 9 - 5 * hiding)))


def _homes(world: World, count: int) -> list[Address]:
    """Different homes: in one city or all over the country."""
    dice = world.plan
    city = dice.pick(world.places).city if dice.chance(0.5) else ""
    near = [place for place in world.places if place.city == city] or world.places
    return [home(dice, dice.pick(near), world.words.streets) for _ in range(count)]


def shared_telephones(world: World, told: Truth, size: int) -> list[Case]:
    """Few telephones, each order with an address of its own."""
    shared = _telephones(world, _few(world.plan, size, world.difficulty))
    doors = [(shared[i % len(shared)], address) for i, address in enumerate(_homes(world, size))]
    for i in range(1, len(shared)):
        # Mostly one door ties the telephones together.
        if world.plan.chance(_TIED):
            doors[i] = (shared[i], doors[i - 1][1])
    return _ring(world, told, doors)


def shared_addresses(world: World, told: Truth, size: int) -> list[Case]:
    """Few addresses, each order with a telephone of its own."""
    shared = _addresses(world, _few(world.plan, size, world.difficulty))
    doors = [(telephone, shared[i % len(shared)]) for i, telephone in enumerate(_telephones(world, size))]
    for i in range(1, len(shared)):
        if world.plan.chance(_TIED):
            doors[i] = (doors[i - 1][0], shared[i])
    return _ring(world, told, doors)


def shared_both(world: World, told: Truth, size: int) -> list[Case]:
    """Few telephones and few addresses in any combination."""
    dice = world.plan
    telephones, addresses = _telephones(world, _few(dice, size, world.difficulty)), _addresses(world, _few(dice, size, world.difficulty))
    # Every third order under the first telephone ties all together.
    return _ring(world, told, [(telephones[0] if i % 3 == 0 else dice.pick(telephones), dice.pick(addresses)) for i in range(size)])


def chained(world: World, told: Truth, size: int) -> list[Case]:
    """Telephone A with address 1, address 1 with telephone B, telephone B with address 2, and so on."""
    each = world.plan.pick((1, 2, 2, 3))
    links = (size - 1) // each
    telephones, addresses = _telephones(world, (links + 1) // 2 + 1), _addresses(world, links // 2 + 1)
    return _ring(world, told, [(telephones[(i // each + 1) // 2], addresses[i // each // 2]) for i in range(size)])


def _ring(world: World, told: Truth, doors: _Doors) -> list[Case]:
    """One order for each door, in a name and with an identity number of its own."""
    dice, whole = world.plan, whole_span(world)
    shops = [shop(world, seller) for seller in dice.some(world.market.sellers, dice.pick((1, 1, 2, 3)))]
    waves = [whole.part(dice, 1.5, 12) for _ in range(dice.pick((1, 1, 2)))]
    hours = (9, 18) if dice.chance(0.4) else None
    regions = dice.some(world.words.regions, dice.pick((1, 2))) if dice.chance(0.4) else [""]
    account = dice.digits(8) if dice.chance(0.2) else ""
    payer_telephone = telephone_number(dice) if dice.chance(0.15) else ""
    alike, otherwise, item = dice.between(0.05, 0.9), dice.between(0.1, 0.6), dice.pick(shops[0].stock())
    # Some are typed in at one desk, one after the other.
    desk = waves[0].moment(world, (9, 14)) if dice.chance(0.2) else None
    pace = dice.whole(3, 15)
    habits = after_a_hit(world, told, waves[-1], lambda count: _addresses(world, count))
    cases = []
    for i, (old_telephone, old_address) in enumerate(doors):
        ordered = dice.pick(waves).moment(world, hours)
        if desk is not None:
            ordered = world.in_time(desk + dt.timedelta(days=i // 12, minutes=pace * (i % 12), seconds=dice.whole(0, 90)))
        telephone, address, where = old_telephone, old_address, shops[0] if dice.chance(0.5) else dice.pick(shops)
        if habits.changed(ordered) and i >= _BEFORE:
            if habits.stops:
                continue
            telephone, address, where = habits.telephone(telephone), habits.door(address), habits.where or where
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
        cases.append(Case(made, told, one_writing(made, world.write) if dice.chance(otherwise) else None))
    return cases + _bystanders(world, *dice.pick(doors))


def _bystanders(world: World, telephone: str, address: Address) -> list[Case]:
    """Ordinary people who live in the ring's house, and one to whom a telephone belongs now or belonged before."""
    dice = world.plan
    people: list[Person] = []
    if dice.chance(0.4):
        people += [someone(world, replace(address, room=_room(dice))) for _ in range(dice.whole(1, 3))]
    if dice.chance(0.2):
        people.append(someone(world, flat(world), telephone))
    return [Case(order_of(world, person, order_time(world)), ORDINARY) for person in people]


def split_to_one(world: World, told: Truth, size: int) -> list[Case]:
    """One lot for one person."""
    return _lot(world, told, size, [someone(world, _addresses(world, 1)[0])])


def split_to_lent(world: World, told: Truth, size: int) -> list[Case]:
    """One lot in the names of a few people who lent theirs, to one address or under one telephone, or both."""
    dice = world.plan
    count = min(dice.whole(2, 5), size // 2)
    roll = dice.unit()
    telephones = _telephones(world, count if roll < 0.4 else 1) * count
    addresses = _addresses(world, count) if 0.4 <= roll < 0.6 else _addresses(world, 1) * count
    return _lot(world, told, size, [someone(world, addresses[i], telephones[i]) for i in range(count)])


def _lot(world: World, told: Truth, size: int, people: list[Person]) -> list[Case]:
    dice = world.plan
    where = shop(world)
    span: Span = whole_span(world).part(dice, 0.8, 6)
    moments = sorted(span.moment(world, (8, 22)) for _ in range(size))
    most = min(MOST_ORDER, _MOST_YEAR * len(people) // size)
    kinds = _lot_goods(world, where, most, moments[0].date())
    numbers = world.numbers.waybills(where.carrier, size) if dice.chance(0.5) else []
    cases = []
    for i, ordered in enumerate(moments):
        item = kinds[0] if dice.chance(0.75) else dice.pick(kinds)
        price = where.price(world, item, ordered.date())
        qty = max(1, int(most * dice.between(0.7, 1.0) / price))
        made = order_of(world, people[i % len(people)], ordered, where, [Line(item, qty, price, item.name)])
        if made.goods_value + made.freight > MOST_ORDER:
            made.freight = 0
        if numbers:
            made.logistics_no = numbers[i]
        cases.append(Case(made, told))
    return cases


def _lot_goods(world: World, where: Shop, most: int, day: dt.date) -> list[Item]:
    """Articles under one commodity code, the dearer the better, each under the most that an order may cost."""
    stock = [item for item in where.stock() if where.price(world, item, day) < 0.9 * most] or [
        min(where.stock(), key=lambda item: item.base)
    ]
    first = max(world.plan.some(stock, 3), key=lambda item: item.base)
    return [first, *(item for item in stock if item.hs_code == first.hs_code and item is not first)]


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
        "Bought identities with telephones of their own; all parcels go to few doors.",
        shared_addresses,
        5,
        40,
        0.14,
    ),
    Plot("shared_both", ("identity_ring",), "Bought identities under few telephones and few doors.", shared_both, 5, 40, 0.09),
    Plot("chained", ("identity_ring",), "Bought identities; telephones and doors pass from one to the next.", chained, 6, 40, 0.12),
    Plot("split_to_one", ("split_lot",), "One commercial lot for one person, in many parcels.", split_to_one, 6, 25, 0.1),
    Plot("split_to_lent", ("split_lot",), "One commercial lot in the names of few lenders.", split_to_lent, 6, 25, 0.1),
)
