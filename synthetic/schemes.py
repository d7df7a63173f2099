"""What frauds and hard negatives have in common: a scheme that a group carries out in some consignments."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sandan.synthetic.companies import Company, Platform, Seller
from sandan.synthetic.consignment import Case, Lists, Trade, Truth
from sandan.synthetic.dice import Dice
from sandan.synthetic.honest import World, date_payment, trade
from sandan.synthetic.people import Person
from sandan.synthetic.places import Address, warehouse


@dataclass(slots=True, eq=False)
class Group:
    """Those who act together: an actor with its partners, a household, a firm.

    Attributes:
        begins: First day of its life; `ends` the last.
        depot: A place of its own.
        payer: Somebody who may pay for all.
        firm: A registered company that may pay for all.
        level: A share that all its consignments have in common, in [0, 1].
        number: Place among the groups of its scheme.
        hiding: How much it hides, in [0, 1].
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
        early: It ends so long before the world does that what follows from it still lies in the files.
    """

    kind: str
    typologies: tuple[str, ...]
    sentence: str
    facts: Callable[[Group, Trade, World], None] = no_facts
    lists: Callable[[Group, Trade, Lists, Dice], None] = no_lists
    size: int = 1
    rarity: int = 1
    noisy: bool = True
    early: bool = False


def with_buyer(made: Trade, person: Person) -> None:
    """Gives the trade to another buyer, who also pays and receives."""
    made.buyer = made.payer = made.consignee = person
    made.address = person.address


def shift(moment: dt.datetime, dice: Dice, low: float, high: float) -> dt.datetime:
    """The moment and some hours."""
    return moment + dice.hours(low, high)


def carried_out(world: World, scheme: Scheme, count: int, truth: str, number: int) -> list[Case]:
    """One group's consignments.

    Args:
        world: The world, whose registers may be changed.
        scheme: What they do.
        count: Consignments.
        truth: `fraud` or `hard_negative`.
        number: Number of the group among those of the scheme.
    """
    # Forgers are more often small sellers, the innocent as large as any.
    small = 0.5 if truth == "fraud" else 0.3
    group = _group(world, scheme, number, small, lone=count == 1)
    cases = []
    for _ in range(count):
        span = (group.ends - group.begins).total_seconds()
        day = (group.begins + dt.timedelta(seconds=world.plan.unit() * span)).replace(microsecond=0)
        ordered = world.in_time(day.replace(hour=world.hour_weights.place(world.plan)))
        made = trade(world, ordered, group.seller, group.platform, group.carrier)
        group.trades.append(made)
        scheme.facts(group, made, world)
        told = Truth(truth, scheme.typologies, scheme.kind, group.name, scheme.sentence)
        cases.append(Case(made, told, _alteration(scheme, group, made, world.write), not scheme.noisy))
    for made in group.trades:
        date_payment(made)
    return cases


def _alteration(scheme: Scheme, group: Group, made: Trade, dice: Dice) -> Callable[[Lists], None]:
    return lambda lists: scheme.lists(group, made, lists, dice)


def _group(world: World, scheme: Scheme, number: int, small: float, lone: bool) -> Group:
    dice, market = world.plan, world.market
    start = dt.datetime.combine(world.season.start, dt.time())
    # To the last day, as everybody: where frauds stopped earlier, the day alone would tell them.
    last = world.season.days - (world.tail_days if scheme.early else 0.0)
    life = dice.between(0.5, 1.5) if lone else min(dice.between(4, 20), last - 1)
    first = dice.between(0.3, max(0.31, last - life))
    seller = dice.pick(market.sellers) if dice.chance(small) else market.sellers[market.draw_seller.place(dice)]
    place = dice.pick(world.places)
    # One depot in four calls itself a forwarder's: the name alone must not clear an address.
    depot = warehouse(dice, place, world.words.streets, forwarder=dice.chance(0.25))
    return Group(
        f"{scheme.kind}-{number}", seller, dice.pick(seller.platforms), dice.pick(seller.carriers), start + dt.timedelta(days=first),
        start + dt.timedelta(days=first + life), depot, world.population.stranger(dice),
        dice.pick(market.staff_firms), dice.unit(), number, world.difficulty,
    )  # fmt: skip


def rounds(schemes: Sequence[Scheme]) -> list[Scheme]:
    """The schemes in the order in which they take turns; a rare one comes once in several rounds, and last."""
    longest = max(scheme.rarity for scheme in schemes)
    return [scheme for turn in range(longest) for scheme in schemes if (turn + 1) % scheme.rarity == 0]
