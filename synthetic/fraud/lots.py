"""One commercial lot in many parcels, in one name or in few lent ones."""

import datetime as dt
from dataclasses import replace

from sandan.synthetic.market.goods import Item
from sandan.synthetic.population.people import Person
from sandan.synthetic.schemes.adaptation import after_detection
from sandan.synthetic.schemes.groups import MOST_ORDER, Plot, Shop, order_of, shop, someone
from sandan.synthetic.schemes.organisers import addresses, telephones
from sandan.synthetic.schemes.spans import life_span
from sandan.synthetic.trade.consignment import Case, GroundTruth, Line
from sandan.synthetic.trade.honest import World

# Fen that a person may spend in a year, with a margin.
_MOST_YEAR = 2_450_000
# So many parcels come whatever happens: with fewer it would be no lot.
_BEFORE = 5


def split_to_one(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """One lot for one person."""
    return _lot(world, truth, size, [someone(world, addresses(world, 1)[0])])


def split_to_lent(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """One lot in the names of a few people who lent theirs, to one address or under one telephone, or both."""
    dice = world.plan
    count = min(dice.whole(2, 5), size // 2)
    roll = dice.unit()
    numbers = telephones(world, count if roll < 0.4 else 1) * count
    places = addresses(world, count) if 0.4 <= roll < 0.6 else addresses(world, 1) * count
    return _lot(world, truth, size, [someone(world, places[i], numbers[i]) for i in range(count)])


def _lot(world: World, truth: GroundTruth, size: int, people: list[Person]) -> list[Case]:
    dice = world.plan
    where = shop(world)
    span = life_span(world, truth.kind).part(dice, 0.8, 6)
    moments = sorted(span.moment(world, (8, 22)) for _ in range(size))
    most = min(MOST_ORDER, _MOST_YEAR * len(people) // size)
    kinds = _lot_goods(world, where, most, moments[0].date())
    numbers = world.numbers.waybills(where.carrier, size) if dice.chance(0.5) else []
    habits = after_detection(world, truth, span, lambda: addresses(world, 1)[0])
    other = shop(world) if habits.elsewhere else where
    cases = []
    for i, ordered in enumerate(moments):
        person, seller = people[i % len(people)], where
        if habits.changed(ordered) and i >= _BEFORE:
            if habits.stops:
                break
            person, seller = replace(person, telephone=habits.telephone(person.telephone), address=habits.address(person.address)), other
        if seller is not where:
            kinds, numbers, where = _lot_goods(world, seller, most, ordered.date()), [], seller
        item = kinds[0] if dice.chance(0.75) else dice.pick(kinds)
        price = where.price(world, item, ordered.date())
        qty = max(1, int(most * dice.between(0.7, 1.0) / price))
        made = order_of(world, person, ordered, where, [Line(item, qty, price, item.name)])
        if made.goods_value + made.freight > MOST_ORDER:
            made.freight = 0
        if numbers:
            made.logistics_no = numbers[i]
        cases.append(Case(made, truth))
    return cases


def _lot_goods(world: World, where: Shop, most: int, day: dt.date) -> list[Item]:
    """Articles under one commodity code, the dearer the better, each under the most that an order may cost."""
    stock = [item for item in where.stock() if where.price(world, item, day) < 0.9 * most] or [
        min(where.stock(), key=lambda item: item.base)
    ]
    first = max(world.plan.some(stock, 3), key=lambda item: item.base)
    return [first, *(item for item in stock if item.hs_code == first.hs_code and item is not first)]


LOTS: tuple[Plot, ...] = (
    Plot("split_to_one", ("split_lot",), "One commercial lot for one person, in many parcels.", split_to_one, 6, 25, 0.1),
    Plot("split_to_lent", ("split_lot",), "One commercial lot in the names of few lenders.", split_to_lent, 6, 25, 0.1),
)
