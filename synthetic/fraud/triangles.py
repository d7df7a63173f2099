"""Seller, carrier, agent and payment company who act together: behind paper trades (frauds), or in honest groups and small ports."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import yuan
from sandan.synthetic.market.companies import Company, Seller
from sandan.synthetic.population.places import Address, locker, warehouse
from sandan.synthetic.schemes.adaptation import Habits, after_detection
from sandan.synthetic.schemes.drift import hiding
from sandan.synthetic.schemes.groups import Plot, Shop, flat, order_of, shop, someone
from sandan.synthetic.schemes.spans import life_span, whole_span
from sandan.synthetic.trade.consignment import Case, GroundTruth, Lists, Trade
from sandan.synthetic.trade.honest import World

_BEFORE = 6
_Alter = Callable[[Lists], None]


@dataclass(frozen=True, slots=True)
class _Circle:
    """Companies that act together."""

    where: Shop
    agent: Company
    pay: Company

    def take(self, made: Trade) -> None:
        """Makes them the declarant and the payment company of a trade."""
        made.agent, made.pay = self.agent, self.pay


def _circle(world: World) -> _Circle:
    """A small seller with a carrier and an agent that it does not use otherwise."""
    dice, market = world.plan, world.market
    seller: Seller = dice.pick(market.sellers[len(market.sellers) // 3 :])
    platform = dice.pick(seller.platforms)
    carrier = dice.pick([carrier for carrier in market.carriers if carrier not in seller.carriers])
    agent = dice.pick([agent for agent in market.agents if agent is not seller.agent])
    return _Circle(Shop(seller, platform, carrier), agent, dice.pick(platform.payments))


def paper_circle(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """All lists are made by four companies who know each other; some of them not well."""
    dice, span = world.plan, life_span(world, truth.kind).part(world.plan, 10, 40)
    hidden = hiding(world, span.begins)
    circle, depot, faulty = _circle(world), _depot(world), dice.between(0.25, 0.6) * (1 - 0.6 * hidden)
    habits = after_detection(world, truth, span, lambda: _depot(world))
    then, then_depot = _after(world, circle, habits), habits.address(depot)
    at_one_desk = dice.chance(0.6)
    cases = []
    for i in range(size):
        ordered = span.moment(world, (8, 22))
        late = habits.changed(ordered) and i >= _BEFORE
        if late and habits.stops:
            continue
        using, place = (then, then_depot) if late else (circle, depot)
        # Identities of people who also order for themselves, or of others.
        person = world.population.stranger(dice) if dice.chance(0.6) else someone(world, flat(world))
        made = order_of(world, person, ordered, using.where)
        using.take(made)
        if at_one_desk and dice.chance(faulty):
            _seconds_apart(made, dice)
        alter = dice.pick((_elsewhere(place), _amount_off(made, dice), _nothing_arrived)) if dice.chance(faulty) else None
        cases.append(Case(made, truth, alter))
    return cases


def _depot(world: World) -> Address:
    return warehouse(world.plan, world.plan.pick(world.places), world.words.streets)


def _after(world: World, circle: _Circle, habits: Habits) -> _Circle:
    """One of the four is given up, or all but the seller."""
    if habits.since is None or habits.stops:
        return circle
    other = _circle(world)
    if habits.elsewhere:
        return other
    return replace(circle, agent=other.agent, where=replace(circle.where, carrier=other.where.carrier))


def _seconds_apart(made: Trade, dice: Dice) -> None:
    """Order, payment and waybill leave one desk within a minute."""
    made.order_sent = max(made.order_sent, made.payment_sent)
    made.payment_sent = made.order_sent + dice.minutes(0.2)
    made.waybill_sent = made.payment_sent + dice.minutes(0.2)


def _elsewhere(depot: Address) -> _Alter:
    def alter(lists: Lists) -> None:
        lists.delivered_to = depot.plain()

    return alter


def _amount_off(made: Trade, dice: Dice) -> _Alter:
    """A few per cent less or more was paid."""
    share = dice.pick((-1, 1, -1)) * dice.between(0.01, 0.08)

    def alter(lists: Lists) -> None:
        lists.payments[0].head["amountPaid"] = yuan(round(made.actual_paid * (1 + share)))

    return alter


def _nothing_arrived(lists: Lists) -> None:
    """No delivery was ever reported."""
    lists.status, lists.delivered_to = None, ""


def integrated_group(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A seller with sister companies that carry, declare and take the money; one system sends their lists."""
    dice, whole = world.plan, whole_span(world)
    circle, one_system, slips = _circle(world), dice.chance(0.6), dice.between(0.05, 0.25)
    cases = []
    for _ in range(size):
        made = order_of(world, world.population.stranger(dice), whole.moment(world), circle.where)
        circle.take(made)
        if one_system and dice.chance(0.5):
            _seconds_apart(made, dice)
        cases.append(Case(made, truth, _slip(made, dice) if dice.chance(slips) else None))
    return cases


def small_port(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A port with one agent and one carrier: who sells there takes both."""
    dice, whole, port = world.plan, whole_span(world), _circle(world)
    shops = [shop(world, seller) for seller in dice.some(world.market.sellers[len(world.market.sellers) // 3 :], dice.whole(1, 3))]
    slips, cases = dice.between(0.05, 0.25), list[Case]()
    for _ in range(size):
        where = replace(dice.pick(shops), carrier=port.where.carrier)
        made = order_of(world, world.population.stranger(dice), whole.moment(world), where)
        made.agent = port.agent
        cases.append(Case(made, truth, _slip(made, dice) if dice.chance(slips) else None))
    return cases


def _slip(made: Trade, dice: Dice) -> _Alter:
    """What goes a little wrong anywhere: a rebate or interest that the order does not know, a locker, a delivery nobody reported."""
    return dice.pick((_amount_off(made, dice), _elsewhere(locker(dice, made.address)), _nothing_arrived))


TRIANGLES: tuple[Plot, ...] = (
    Plot(
        "paper_circle",
        ("operator_triangle",),
        "Seller, carrier, agent and payment company make up trades together; some lists have small faults.",
        paper_circle,
        9,
        25,
        0.1,
    ),
)
INNOCENT_TRIANGLES: tuple[Plot, ...] = (
    Plot(
        "integrated_group",
        ("operator_triangle",),
        "Sister companies sell, carry, declare and take the money.",
        integrated_group,
        10,
        40,
        0.11,
    ),
    Plot("small_port", ("operator_triangle",), "A small port with one agent and one carrier.", small_port, 10, 30, 0.09),
)
