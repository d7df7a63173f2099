"""The yearly limit of an identity, 26,000 CNY, used up in weeks: lent or bought identities (frauds), and honest people who buy a lot."""

import datetime as dt
from dataclasses import replace

from sandan.synthetic.population.people import Person, telephone_number
from sandan.synthetic.population.places import home
from sandan.synthetic.schemes.adaptation import after_detection
from sandan.synthetic.schemes.drift import hiding
from sandan.synthetic.schemes.groups import MOST_ORDER, Plot, Shop, flat, one_writing, order_of, shop, someone
from sandan.synthetic.schemes.spans import Span, life_span, whole_span
from sandan.synthetic.trade.consignment import Case, GroundTruth, Line, tax_on
from sandan.synthetic.trade.honest import World

# Fen, with tax: what the law leaves to a person each year.
_LIMIT = 2_600_000
# At least so many orders of less than 5,000 CNY make up the limit; usually it takes some more.
_FEWEST, _EACH = 7, 10


def lent_quota(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Villagers or students lend their names for a fee; each has parcels sent home, whence a trader fetches them."""
    people = [someone(world, flat(world)) for _ in range(max(1, size // _EACH))]
    span = life_span(world, truth.kind).part(world.plan, 16, 45)
    return _used_up(world, truth, size, people, span)


def bought_quota(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Bought identities, one after the other used to the limit; parcels go to addresses near the trader."""
    dice = world.plan
    place = dice.pick(world.places)
    people = [someone(world, home(dice, place, world.words.streets)) for _ in range(max(1, size // _EACH))]
    span = life_span(world, truth.kind).part(dice, 8, 24)
    return _used_up(world, truth, size, people, span)


def _used_up(world: World, truth: GroundTruth, size: int, people: list[Person], span: Span) -> list[Case]:
    """Each in turn orders until next to nothing is left of the year."""
    dice, hidden = world.plan, hiding(world, span.begins)
    habits = after_detection(world, truth, span, lambda: flat(world))
    whole = [int(_LIMIT * dice.between(0.94, 0.995) * (1 - 0.15 * hidden)) for _ in people]
    spent, left = [0] * len(people), [size // len(people) + (i < size % len(people)) for i in range(len(people))]
    moments = sorted(span.moment(world) for _ in range(size))
    cases = []
    for i, ordered in enumerate(moments):
        # One name after the other: the next is taken up before the last is used up.
        who = min(i * len(people) // size, len(people) - 1)
        who = who if left[who] else max(range(len(people)), key=left.__getitem__)
        person = people[who]
        if habits.changed(ordered) and i >= _FEWEST:
            if habits.stops:
                break
            person = replace(person, telephone=habits.telephone(person.telephone), address=habits.address(person.address))
        wanted = (whole[who] - spent[who]) // left[who]
        case = _dear(world, truth, person, ordered, min(wanted, whole[who] - spent[who]))
        spent[who] += case.trade.actual_paid
        left[who] -= 1
        cases.append(case)
    return cases


def _dear(world: World, truth: GroundTruth, person: Person, ordered: dt.datetime, fen: int) -> Case:
    """An order for about so many fen, tax included; more only where a shop has nothing so cheap."""
    where = _rich_shop(world, ordered.date())
    goods = min(MOST_ORDER, fen * 1000 // (tax_on(1000) + 1000) - 100)
    made = order_of(world, person, ordered, where, basket(world, where, ordered.date(), goods))
    made.discount = 0
    if made.goods_value + made.freight > goods:
        made.freight = 0
    return Case(made, truth, one_writing(made, world.write) if world.plan.chance(0.15) else None)


def _rich_shop(world: World, day: dt.date) -> Shop:
    """A shop that has something for several hundred yuan; the best of a few."""
    return max((shop(world) for _ in range(5)), key=lambda where: min(90_000, max(where.price(world, item, day) for item in where.stock())))


def basket(world: World, where: Shop, day: dt.date, fen: int) -> list[Line]:
    """Up to four articles of a shop, for nearly so many fen where it has dear enough goods; at least its cheapest."""
    left, lines = fen, list[Line]()
    priced = sorted(((where.price(world, item, day), item) for item in where.stock()), key=lambda pair: -pair[0])
    turns = world.plan.pick((1, 2, 2, 3, 4))
    for turn in range(1, turns + 1):
        fitting = [pair for pair in priced if pair[0] <= left and pair[1] not in [line.item for line in lines]]
        if not fitting:
            break
        price, item = world.plan.pick(fitting[: max(2, len(fitting) // 4)])
        # The last article fills up what is left.
        qty = min(left // price, 5 if turn == turns else world.plan.pick((1, 1, 2, 3)))
        lines.append(Line(item, qty, price, item.name))
        left -= qty * price
    price, item = priced[-1]
    return lines or [Line(item, 1, price, item.name)]


def heavy_buyer(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Somebody who furnishes a flat, has a child, or just likes to buy: to the limit of the year, in weeks or all the time."""
    person = someone(world, flat(world))
    return _honest(world, truth, size, [person], person)


def family_account(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """One of a family orders and pays for all, each parcel to the one whose it is."""
    dice, address, telephone = world.plan, flat(world), telephone_number(world.plan)
    person = someone(world, address, telephone)
    family = [someone(world, address, telephone if dice.chance(0.4) else "", person.name[0]) for _ in range(dice.whole(1, 3))]
    return _honest(world, truth, size, [person, *family], person)


def _honest(world: World, truth: GroundTruth, size: int, receivers: list[Person], buyer: Person) -> list[Case]:
    dice, whole = world.plan, whole_span(world)
    span = whole if dice.chance(0.4) else whole.part(dice, 12, 35)
    limit, cases, spent = int(_LIMIT * dice.between(0.75, 0.99)), list[Case](), 0
    for turn, ordered in enumerate(span.moment(world) for _ in range(size)):
        case = _dear(world, truth, buyer, ordered, int((limit - spent) / (size - turn) * dice.between(0.6, 1.0)))
        case.trade.consignee = dice.pick(receivers)
        spent += case.trade.actual_paid
        cases.append(case)
        if limit - spent < 20_000:
            break
    return cases


QUOTAS: tuple[Plot, ...] = (
    Plot("lent_quota", ("quota",), "Names lent for a fee, each used to the yearly limit in weeks.", lent_quota, _FEWEST, 24, 0.05),
    Plot("bought_quota", ("quota",), "Bought identities, each used to the yearly limit in weeks.", bought_quota, _FEWEST, 24, 0.05),
)
INNOCENT_QUOTAS: tuple[Plot, ...] = (
    Plot("heavy_buyer", ("quota",), "Somebody buys a lot for himself, to the yearly limit.", heavy_buyer, 8, 18, 0.1),
    Plot("family_account", ("quota",), "One of a family orders and pays for all.", family_account, 8, 18, 0.1),
)
