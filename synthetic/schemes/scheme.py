"""What frauds and hard negatives have in common: a scheme that a group carries out in some consignments."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import Company, Platform, Seller
from sandan.synthetic.market.goods import Item
from sandan.synthetic.population.people import Person
from sandan.synthetic.population.places import Address, warehouse
from sandan.synthetic.schemes.adaptation import after_detection
from sandan.synthetic.schemes.drift import hiding, window
from sandan.synthetic.schemes.spans import Span, hanging_over
from sandan.synthetic.trade.consignment import Case, GroundTruth, Lists, Trade
from sandan.synthetic.trade.honest import World, date_payment, trade

# An actor of fewer consignments is over before officers come back.
_FEWEST_TO_CHANGE = 3


@dataclass(slots=True, eq=False)
class Group:
    """Those who act together: an actor with its partners, a household, a firm.

    Attributes:
        begins: First day of its life; `ends` the last.
        depot: An address of its own.
        payer: Somebody who may pay for all.
        firm: A registered company that may pay for all, or the one that payments name.
        level: A share that all its consignments have in common, in [0, 1].
        number: Place among the groups of its scheme.
        hiding: How much it hides, in [0, 1].
        instead: Order number -> article that is named in place of the true one.
    """

    name: str
    seller: Seller
    platform: Platform
    carrier: Company
    begins: dt.datetime
    ends: dt.datetime
    depot: Address
    payer: Person
    firm: Company
    level: float
    number: int
    hiding: float = 0.0
    trades: list[Trade] = field(default_factory=list)
    instead: dict[str, Item] = field(default_factory=dict)


def no_facts(group: Group, made: Trade, world: World) -> None:
    """The trade is as any other."""


def no_lists(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The lists say what happened."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to act.

    Attributes:
        kind: Its name in the key.
        typologies: What the lists bear of it (frauds), or the sign that it shares with them (hard negatives).
        sentence: What was done, in English.
        facts: Changes what happens, when the world is planned.
        lists: Changes what is written.
        size: Most consignments of one group.
        rarity: Of so many rounds over all schemes it takes part in one.
        noisy: Its lists may also be corrected or sent twice.
        fewest: Fewest consignments of one group.
        early: It ends so long before the world does that what follows from it still lies in the files.
        after: Days from the beginning of the world on which nobody acts, so that what goes before lies in the files.
        where: Chooses the seller and the platform; None for any.
    """

    kind: str
    typologies: tuple[str, ...]
    sentence: str
    facts: Callable[[Group, Trade, World], None] = no_facts
    lists: Callable[[Group, Trade, Lists, Dice], None] = no_lists
    size: int = 1
    rarity: int = 1
    noisy: bool = True
    fewest: int = 1
    early: bool = False
    after: float = 0.05
    where: Callable[[World], tuple[Seller, Platform]] | None = None


def with_buyer(made: Trade, person: Person) -> None:
    """Gives the trade to another buyer, who also pays and receives."""
    made.buyer = made.payer = made.consignee = person
    made.address = person.address


def shift(moment: dt.datetime, dice: Dice, low: float, high: float) -> dt.datetime:
    """The moment and some hours."""
    return moment + dice.hours(low, high)


def carried_out(world: World, scheme: Scheme, count: int, label: str, number: int) -> list[Case]:
    """One group's consignments.

    Args:
        world: The world, whose registers may be changed.
        scheme: What they do.
        count: Consignments.
        label: `fraud` or `hard_negative`.
        number: Number of the group among those of the scheme.
    """
    # Forgers are more often small sellers, the innocent as large as any.
    small = 0.35 if label == "fraud" else 0.3
    group = _group(world, scheme, number, small, lone=count == 1)
    truth = GroundTruth(label, scheme.typologies, scheme.kind, group.name, scheme.sentence)
    since, later = _after_detection(world, scheme, group, truth) if label == "fraud" and count >= _FEWEST_TO_CHANGE else (group.ends, group)
    cases = []
    for _ in range(count):
        span = (group.ends - group.begins).total_seconds()
        day = (group.begins + dt.timedelta(seconds=world.plan.unit() * span)).replace(microsecond=0)
        acting = group if day <= since else later
        if acting is None:
            # Those who stop have sent everything before.
            acting = group
            day = (group.begins + (day - group.begins) * ((since - group.begins) / (group.ends - group.begins))).replace(microsecond=0)
        ordered = world.in_time(day.replace(hour=world.hour_weights.index(world.plan)))
        made = trade(world, ordered, acting.seller, acting.platform, acting.carrier)
        group.trades.append(made)
        scheme.facts(acting, made, world)
        cases.append(Case(made, truth, _alteration(scheme, acting, made, world.write), not scheme.noisy))
    for made in group.trades:
        date_payment(made)
    return cases


def _after_detection(world: World, scheme: Scheme, group: Group, truth: GroundTruth) -> tuple[dt.datetime, Group | None]:
    """When an actor changes its ways, and what it is from then on; None: it has stopped."""
    life = Span(group.begins, (group.ends - group.begins) / dt.timedelta(days=1))
    habits = after_detection(world, truth, life, lambda: group.depot)
    if habits.since is None or habits.since >= group.ends:
        return group.ends, group
    if habits.stops:
        return habits.since, None
    seller, platform, carrier = _shop(world, scheme, 1.0)
    payer, firm = world.population.stranger(world.plan), world.plan.pick(world.market.staff_firms)
    # All that officers know of it is given up.
    return habits.since, replace(
        group, seller=seller, platform=platform, carrier=carrier, depot=_depot(world), payer=payer, firm=firm
    )  # fmt: skip


def _alteration(scheme: Scheme, group: Group, made: Trade, dice: Dice) -> Callable[[Lists], None]:
    return lambda lists: scheme.lists(group, made, lists, dice)


def _group(world: World, scheme: Scheme, number: int, small: float, lone: bool) -> Group:
    dice, market = world.plan, world.market
    start = dt.datetime.combine(world.season.start, dt.time())
    # To the last day, as everybody: where frauds stopped earlier, the day alone would identify them.
    last = world.season.days - (world.tail_days if scheme.early else 0.0)
    opens, closes = (share * last for share in window(world, scheme.kind))
    life = dice.between(0.5, 1.5) if lone else min(dice.between(4, 20), closes - max(scheme.after, opens) - 1)
    first, until = hanging_over(dice, life, max(scheme.after, opens), closes)
    seller, platform, carrier = _shop(world, scheme, small)
    begins, depot = start + dt.timedelta(days=first), _depot(world)
    return Group(
        f"{scheme.kind}-{number}", seller, platform, carrier, begins, start + dt.timedelta(days=until), depot,
        world.population.stranger(dice), dice.pick(market.staff_firms), dice.unit(), number, hiding(world, begins),
    )  # fmt: skip


def _shop(world: World, scheme: Scheme, small: float) -> tuple[Seller, Platform, Company]:
    """Seller, platform and carrier; a share `small` of sellers is drawn whatever their size."""
    dice, market = world.plan, world.market
    if scheme.where is not None:
        seller, platform = scheme.where(world)
    else:
        seller = dice.pick(market.sellers) if dice.chance(small) else market.sellers[market.draw_seller.index(dice)]
        platform = dice.pick(seller.platforms)
    return seller, platform, dice.pick(seller.carriers)


def _depot(world: World) -> Address:
    dice = world.plan
    # One depot in four calls itself a forwarder's: the name alone must not clear an address.
    return warehouse(dice, dice.pick(world.places), world.words.streets, forwarder=dice.chance(0.25))


def rounds(schemes: Sequence[Scheme]) -> list[Scheme]:
    """The schemes in the order in which they take turns; a rare one comes once in several rounds, and last."""
    longest = max(scheme.rarity for scheme in schemes)
    return [scheme for turn in range(longest) for scheme in schemes if (turn + 1) % scheme.rarity == 0]
