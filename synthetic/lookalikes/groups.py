"""Innocent groups that share telephones, addresses, payers, goods or hours."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from sandan.synthetic.fraud.pushed_orders import INNOCENT_PUSHED
from sandan.synthetic.fraud.quotas import INNOCENT_QUOTAS
from sandan.synthetic.fraud.triangles import INNOCENT_TRIANGLES
from sandan.synthetic.lookalikes.documents import paid_by_firm
from sandan.synthetic.market.companies import Company
from sandan.synthetic.market.goods import Item
from sandan.synthetic.population.people import Person, telephone_number
from sandan.synthetic.population.places import Address, dormitory, home, locker, warehouse
from sandan.synthetic.schemes.groups import Plot, Shop, flat, one_writing, order_of, shop, someone
from sandan.synthetic.schemes.spans import Span, whole_span
from sandan.synthetic.trade.consignment import Case, GroundTruth, Lists
from sandan.synthetic.trade.honest import World

_OFFICES = ("国际大厦", "商务中心", "科技大厦", "金融广场", "创新中心")
_HOSTELS = ("青年公寓", "职工之家", "人才公寓", "蓝领公寓")


def _case(world: World, truth: GroundTruth, person: Person, ordered: dt.datetime) -> Case:
    """A usual order of somebody, anywhere; now and then the address is written otherwise throughout."""
    made = order_of(world, person, ordered)
    return Case(made, truth, one_writing(made, world.write) if world.plan.chance(0.15) else None)


def _coming_back(world: World, people: list[Person], size: int) -> list[Person]:
    """Who orders, `size` times: everybody once, some again."""
    return [*people[:size], *(world.plan.pick(people) for _ in range(size - len(people)))]


def household(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A family: one address, mostly one telephone, sometimes one account; any of them pays for any."""
    dice, whole = world.plan, whole_span(world)
    address, telephone, account = flat(world), telephone_number(dice), dice.digits(8) if dice.chance(0.3) else ""
    surname, people = dice.pick(world.words.surnames), []
    for member_no in range(min(size, dice.whole(2, 6))):
        own = "" if member_no == 0 or dice.chance(0.75) else telephone_number(dice)
        member = someone(world, address, own or telephone, "" if member_no == 1 else surname)
        people.append(replace(member, account=account) if account else member)
    cases = []
    for person in _coming_back(world, people, size):
        case = _case(world, truth, person, whole.moment(world))
        if dice.chance(0.35):
            case.trade.payer = dice.pick(people)
        cases.append(case)
    return cases


def _building(world: World) -> Address:
    """A dormitory of students or of workers."""
    dice = world.plan
    building = dormitory(dice, dice.pick(world.places), world.words.streets)
    return building if dice.chance(0.5) else replace(building, site=dice.pick(_HOSTELS))


def _lodgers(world: World, count: int) -> list[Person]:
    """Those who live in a dormitory: with their rooms, or all at its gate; telephones are their own."""
    dice = world.plan
    building, rooms = _building(world), dice.chance(0.6)
    made = []
    for _ in range(count):
        address = replace(building, room=f"{dice.whole(1, 6)}{dice.whole(1, 12):02d}") if rooms else building
        made.append(someone(world, address, age=dice.whole(18, 30)))
    return made


def dormitory_life(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A dormitory over the whole time: many platforms and goods."""
    whole = whole_span(world)
    people = _lodgers(world, min(60, max(20, round(size * world.plan.between(0.5, 0.9)))))
    return [_case(world, truth, person, whole.moment(world)) for person in _coming_back(world, people, size)]


def dormitory_promotion(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A dormitory on the day of a promotion: one best seller, everybody for himself."""
    dice, whole = world.plan, whole_span(world)
    days = [dt.datetime.combine(day, dt.time()) for day in world.season.promotions]
    within = [day for day in days if whole.begins < day < whole.begins + dt.timedelta(days=whole.days)]
    day = Span(dice.pick(within), 0.9) if within else whole.part(dice, 0.9, 0.9)
    where = shop(world, world.market.sellers[world.market.draw_seller.index(dice)])
    item = where.stock()[0]
    cases = []
    for person in _lodgers(world, size):
        ordered = day.moment(world)
        lines = [where.line(world, item, dice.pick((1, 1, 1, 2)), ordered.date())] if dice.chance(0.85) else None
        cases.append(Case(order_of(world, person, ordered, where, lines), truth))
    return cases


def office_reception(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """An office: parcels go to the desk, some under its telephone."""
    dice, whole = world.plan, whole_span(world)
    yard = warehouse(dice, dice.pick(world.places), world.words.streets)
    address = replace(yard, site=dice.pick(_OFFICES), house=dice.pick((0, 1, 2)), room=f"{dice.whole(3, 28)}{dice.whole(1, 12):02d}")
    desk, share = telephone_number(dice), dice.between(0.2, 0.6)
    people = [someone(world, address, desk if dice.chance(share) else "") for _ in range(max(5, round(size * dice.between(0.4, 0.8))))]
    return [_case(world, truth, person, whole.moment(world)) for person in _coming_back(world, people, size)]


def pickup_point(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A locker or a shop that takes parcels in, for a whole quarter."""
    dice, whole = world.plan, whole_span(world)
    near = flat(world)
    box = locker(dice, near)
    if dice.chance(0.3):
        # A corner shop that does not say what it is.
        box = replace(box, site=near.site + dice.pick(("便利店", "水果店", "物业")))
    people = [someone(world, box) for _ in range(max(5, round(size * dice.between(0.6, 0.95))))]
    return [_case(world, truth, person, whole.moment(world)) for person in _coming_back(world, people, size)]


def forwarder_warehouse(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A registered forwarder that sends parcels on; few customers leave its telephone."""
    dice, whole = world.plan, whole_span(world)
    address = warehouse(dice, dice.pick(world.places), world.words.streets, forwarder=dice.chance(0.5))
    if dice.chance(0.6):
        address = replace(address, site=dice.pick(world.market.forwarders).name + address.site)
    desk, share = telephone_number(dice), dice.pick((0.0, 0.1, 0.3))
    people = [someone(world, address, desk if dice.chance(share) else "") for _ in range(max(8, round(size * dice.between(0.6, 0.95))))]
    return [_case(world, truth, person, whole.moment(world)) for person in _coming_back(world, people, size)]


def staff_gifts(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A registered firm pays one present for each of its staff, sent home, before one or two holidays."""
    dice, whole = world.plan, whole_span(world)
    firm, where = dice.pick(world.market.staff_firms), shop(world)
    city = dice.pick(world.places).city
    near = [place for place in world.places if place.city == city]
    waves = [whole.part(dice, 0.5, 3) for _ in range(dice.pick((1, 1, 2)))]
    item, cases = dice.pick(where.stock()), []
    for _ in range(size):
        ordered = dice.pick(waves).moment(world, (9, 17))
        person = someone(world, home(dice, dice.pick(near), world.words.streets))
        made = order_of(world, person, ordered, where, [where.line(world, item, 1, ordered.date())])
        cases.append(Case(made, truth, _pays(firm)))
    return cases


def _pays(firm: Company) -> Callable[[Lists], None]:
    return lambda lists: paid_by_firm(firm, lists)


def group_buy(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Neighbours order the same within the hour, to the leader's address; everybody pays himself. Once, or each month."""
    dice, whole, where = world.plan, whole_span(world), shop(world)
    leader = someone(world, flat(world))
    receives, rounds = dice.chance(0.5), 2 if whole.days > 34 and size >= 10 and dice.chance(0.5) else 1
    members = [leader, *(someone(world, leader.address) for _ in range(-(-size // rounds) - 1))]
    first = whole.part(dice, 0.5, 0.5) if rounds == 1 else Span(whole.begins, whole.days - 29).part(dice, 0.5, 0.5)
    hour = first.moment(world, (10, 21))
    cases: list[Case] = []
    for turn in range(rounds):
        item, numbers = dice.pick(where.stock()), world.numbers.waybills(where.carrier, len(members)) if dice.chance(0.4) else []
        for i, person in enumerate(members[: size - len(cases)]):
            ordered = world.in_time(hour + dt.timedelta(days=28 * turn, seconds=dice.whole(0, 3600)))
            made = order_of(world, person, ordered, where, [where.line(world, item, dice.pick((1, 1, 2)), ordered.date())])
            if receives:
                made.consignee = leader
            if numbers:
                made.logistics_no = numbers[i]
            cases.append(Case(made, truth))
    return cases


def influencer_wave(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """After a live show many unrelated people buy the same thing within hours or days."""
    dice, where = world.plan, shop(world)
    days, item = whole_span(world).part(dice, 0.4, 2.5), dice.pick(where.stock())
    cases = []
    for _ in range(size):
        ordered = days.moment(world, (19, 23) if dice.chance(0.6) else None)
        person = world.population.stranger(dice) if dice.chance(0.6) else someone(world, flat(world))
        cases.append(Case(order_of(world, person, ordered, where, [where.line(world, item, 1, ordered.date())]), truth))
    return cases


def monthly_supplies(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Somebody buys the same supplies again and again, with weeks between."""
    dice, whole, where = world.plan, whole_span(world), shop(world)
    person, item = world.population.stranger(dice), _supply(world, where)
    # Never nearer than nine days, however short the world is.
    count = max(1, min(size, int(whole.days / 9)))
    step = whole.days / count
    cases = []
    for turn in range(count):
        ordered = Span(whole.begins + dt.timedelta(days=turn * step), min(step * 0.2, 1.5)).moment(world)
        lines = [where.line(world, item, dice.whole(2, 5), ordered.date())]
        cases.append(Case(order_of(world, person, ordered, where, lines), truth))
    return cases


def _supply(world: World, where: Shop) -> Item:
    """Something that is used up: the cheapest of a few."""
    return min(world.plan.some(where.stock(), 4), key=lambda item: item.base)


INNOCENT: tuple[Plot, ...] = (
    Plot("household", ("identity_ring", "payer_not_buyer"), "A family with one address and one telephone.", household, 4, 14, 0.13),
    Plot("dormitory", ("identity_ring",), "A dormitory: many people at one address, each with a telephone.", dormitory_life, 22, 90, 0.12),
    Plot("office_reception", ("identity_ring",), "Parcels of staff go to the desk, some under its number.", office_reception, 10, 50, 0.09),
    Plot("pickup_point", ("identity_ring",), "A pick-up point: many strangers at one address.", pickup_point, 10, 60, 0.09),
    Plot(
        "forwarder_warehouse", ("identity_ring",), "A registered forwarder's warehouse sends parcels on.", forwarder_warehouse, 12, 70, 0.1
    ),
    Plot("staff_gifts", ("identity_ring", "payer_not_buyer"), "A registered firm pays presents for its staff.", staff_gifts, 6, 30, 0.06),
    Plot("group_buy", ("identity_ring", "split_lot"), "A group buys together; everybody pays himself.", group_buy, 6, 25, 0.14),
    Plot("influencer_wave", ("identity_ring",), "Unrelated people buy what a live show praised.", influencer_wave, 12, 60, 0.08),
    Plot("monthly_supplies", ("split_lot",), "The same supplies for the same person, weeks apart.", monthly_supplies, 3, 6, 0.08),
    Plot(
        "dormitory_promotion",
        ("identity_ring", "split_lot"),
        "A dormitory on the day of a promotion: one best seller, different people.",
        dormitory_promotion,
        8,
        40,
        0.1,
    ),
    *INNOCENT_QUOTAS,
    *INNOCENT_PUSHED,
    *INNOCENT_TRIANGLES,
)
