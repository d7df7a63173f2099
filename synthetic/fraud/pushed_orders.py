"""Orders of a seller's own channel copied into a platform (推单, frauds), and honest sales that look so."""

import datetime as dt
from dataclasses import dataclass, replace

from sandan.synthetic.market.companies import Company, Platform, Seller
from sandan.synthetic.market.goods import Item
from sandan.synthetic.population.people import Person
from sandan.synthetic.schemes.adaptation import after_detection
from sandan.synthetic.schemes.drift import hiding
from sandan.synthetic.schemes.groups import MOST_ORDER, Plot, Shop, flat, order_of, shop, someone
from sandan.synthetic.schemes.scheme import shift
from sandan.synthetic.schemes.spans import Span, life_span, whole_span
from sandan.synthetic.trade.consignment import Case, GroundTruth, Line, Trade
from sandan.synthetic.trade.honest import World, date_payment, deliver

# So many orders are pushed whatever happens.
_BEFORE = 5


@dataclass(frozen=True, slots=True)
class _Channel:
    """Where orders of many sellers are put.

    Attributes:
        agents: Those whose accounts pay.
        prices: Item number -> fen of its price list, which no promotion moves.
    """

    platform: Platform
    sellers: list[Seller]
    carrier: Company
    agents: list[Person]
    prices: dict[str, int]

    def order(self, world: World, person: Person, ordered: dt.datetime) -> Trade:
        """One order of a person at the list price."""
        dice = world.plan
        seller = dice.pick(self.sellers)
        where = Shop(seller, self.platform, self.carrier)
        lines = [self._line(world, where, item, ordered.date()) for item in dice.some(where.stock(), dice.pick((1, 1, 1, 2)))]
        made = order_of(world, person, ordered, where, lines)
        if made.goods_value > MOST_ORDER:
            made.lines = made.lines[:1]
        made.discount = 0
        return made

    def _line(self, world: World, where: Shop, item: Item, day: dt.date) -> Line:
        price = self.prices.setdefault(item.item_no, where.price(world, item, day))
        return Line(item, max(1, min(world.plan.pick((1, 1, 1, 2, 3)), MOST_ORDER // price)), price, item.name)


def _channel(world: World) -> _Channel:
    """A platform with two to five of its sellers, mostly small ones, and one carrier for all."""
    dice = world.plan
    platform = dice.pick([platform for platform in world.market.platforms if not platform.profile])
    sellers = dice.some([seller for seller in world.market.sellers if platform in seller.platforms], dice.whole(2, 5))
    agents = [someone(world, flat(world)) for _ in range(dice.whole(1, 3))]
    return _Channel(platform, sellers or [shop(world).seller], dice.pick(world.market.carriers), agents, {})


def pushed_by_agents(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Agents of the chat shop collect the money and pay on the platform in their own names."""
    return _pushed(world, truth, size, in_own_name=True)


def pushed_copies(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """Payments are copied in the buyers' names; only the accounts' telephones are the agents'."""
    return _pushed(world, truth, size, in_own_name=False)


def _pushed(world: World, truth: GroundTruth, size: int, in_own_name: bool) -> list[Case]:
    # Labels go before the payments by days, and lie in the files.
    dice, life = world.plan, life_span(world, truth.kind).after(3).part(world.plan, 8, 30)
    hidden = hiding(world, life.begins)
    channel, batches = _channel(world), [life.part(dice, 0.1, 0.6) for _ in range(max(2, size // 5))]
    habits = after_detection(world, truth, life, lambda: flat(world))
    then = channel
    if habits.since is not None:
        fresh = _channel(world)
        then = fresh if habits.elsewhere else replace(channel, agents=fresh.agents)
    cases = []
    for i in range(size):
        ordered = dice.pick(batches).moment(world, (10, 23))
        late = habits.changed(ordered) and i >= _BEFORE
        if late and habits.stops:
            continue
        using = then if late else channel
        made = using.order(world, world.population.stranger(dice), ordered)
        agent = dice.pick(using.agents)
        if not dice.chance(0.4 * hidden):
            made.payer = agent if in_own_name else replace(made.payer, telephone=agent.telephone)
        # The parcel was packed and labelled when the real sale was made.
        if not dice.chance(0.3 * hidden):
            made.waybill_sent = shift(made.paid, dice, -70 + 45 * hidden, -3)
        cases.append(Case(made, truth))
    return cases


def live_room(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A live room with goods of several sellers and the platform's checkout: flat prices, few evenings, everybody pays himself."""
    dice = world.plan
    channel, evenings = _channel(world), [whole_span(world).part(dice, 0.3, 0.5) for _ in range(dice.whole(1, 3))]
    cases = []
    for _ in range(size):
        person = world.population.stranger(dice) if dice.chance(0.7) else someone(world, flat(world))
        cases.append(Case(channel.order(world, person, dice.pick(evenings).moment(world, (19, 23))), truth))
    return cases


def late_sync(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """A shop moved platforms or its system stood still: labels were printed at once, orders and payments entered hours or days later."""
    dice, where = world.plan, shop(world)
    span, cases = whole_span(world).part(dice, 2, 9), list[Case]()
    for _ in range(size):
        made = order_of(world, world.population.stranger(dice), span.moment(world), where)
        made.waybill_sent = made.ordered + dice.minutes(90)
        made.paid = shift(made.waybill_sent, dice, 3, 60)
        made.order_sent = made.paid + dice.minutes(made.platform.lag)
        made.payment_sent = made.paid + dice.minutes(12)
        made.declared = max(made.declared, max(made.order_sent, made.payment_sent) + dice.hours(1, 20))
        deliver(made, dice)
        date_payment(made)
        cases.append(Case(made, truth))
    return cases


def leader_pays(world: World, truth: GroundTruth, size: int) -> list[Case]:
    """One or two of a chat group of neighbours order and pay for the others, each parcel goes to its own address."""
    dice, channel = world.plan, _channel(world)
    near = dice.pick(world.places)
    leaders = [someone(world, flat(world)) for _ in range(dice.pick((1, 1, 2)))]
    days: Span = whole_span(world).part(dice, 0.5, 20)
    cases = []
    for _ in range(size):
        made = channel.order(world, world.population.resident(near.city, dice), days.moment(world, (9, 22)))
        made.payer = dice.pick(leaders)
        cases.append(Case(made, truth))
    return cases


PUSHED: tuple[Plot, ...] = (
    Plot(
        "pushed_by_agents",
        ("pushed_order", "payer_not_buyer"),
        "Sales of chat shops copied into a platform; few agents paid for all.",
        pushed_by_agents,
        7,
        25,
        0.05,
    ),
    Plot(
        "pushed_copies",
        ("pushed_order",),
        "Sales of chat shops copied into a platform, payments too, from few agents' accounts.",
        pushed_copies,
        7,
        25,
        0.05,
    ),
)
INNOCENT_PUSHED: tuple[Plot, ...] = (
    Plot("live_room", ("pushed_order",), "A live room with the platform's checkout: flat prices, many sellers.", live_room, 8, 30, 0.07),
    Plot("late_sync", ("pushed_order", "time_order"), "Labels printed before a late system took the orders over.", late_sync, 6, 20, 0.06),
    Plot("leader_pays", ("pushed_order", "payer_not_buyer"), "One of a chat group pays for the neighbours.", leader_pays, 6, 16, 0.05),
)
