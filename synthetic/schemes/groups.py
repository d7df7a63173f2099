"""Groups, innocent or not: how many of each kind there are, when they act, and how one member's order is made.

No single consignment of a group need look odd; what its members share is the sign.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import Shipment
from sandan.synthetic.market.companies import Company, Platform, Seller
from sandan.synthetic.market.goods import Item, shelf_price
from sandan.synthetic.population.people import Person, newcomer
from sandan.synthetic.population.places import Address, home
from sandan.synthetic.schemes.scheme import with_buyer
from sandan.synthetic.trade.consignment import Case, GroundTruth, Line, Lists, Trade
from sandan.synthetic.trade.honest import World, trade

# Fen: the most that one order may cost.
MOST_ORDER = 490_000
ORDINARY = GroundTruth()


@dataclass(frozen=True, slots=True)
class Plot:
    """One kind of group.

    Attributes:
        kind: Its name in the key.
        typologies: What the group bears (frauds), or the sign that it shares with them (hard negatives).
        sentence: What was done, in English.
        act: Makes the consignments of one group of a size; may add ordinary ones of bystanders.
        low: Fewest consignments of a group.
        high: Most.
        weight: Share of all members that are of this kind; any positive scale.
    """

    kind: str
    typologies: tuple[str, ...]
    sentence: str
    act: Callable[[World, GroundTruth, int], Sequence[Case | Shipment]]
    low: int
    high: int
    weight: float = 1.0


def share_out(dice: Dice, total: int, plots: Sequence[Plot]) -> list[tuple[Plot, int]]:
    """Groups with their sizes, about `total` members together.

    Every typology once as far as that goes, then every kind, then those that lag behind.
    """
    scale = total / sum(plot.weight for plot in plots)
    given = dict.fromkeys((plot.kind for plot in plots), 0)
    made: list[tuple[Plot, int]] = []

    def take(plot: Plot, most: int) -> int:
        size = min(most, int(plot.low * ((plot.high + 1) / plot.low) ** dice.unit()))
        given[plot.kind] += size
        made.append((plot, size))
        return size

    left = total
    first, others = _new_typologies(dice.some(plots, len(plots)))
    for turn, plot in enumerate(first + others):
        # Small groups where otherwise nothing would be left for the next typology.
        kept = sum(later.low for later in first[turn + 1 :])
        if plot.low <= left:
            left -= take(plot, max(plot.low, min(left - kept, plot.high, max(plot.low, round(2 * plot.weight * scale)))))
    while fitting := [plot for plot in plots if plot.low <= left]:
        left -= take(max(fitting, key=lambda plot: plot.weight * scale - given[plot.kind]), left)
    return made


def _new_typologies(plots: Sequence[Plot]) -> tuple[list[Plot], list[Plot]]:
    """Those that together bear every typology, in their order, and the rest."""
    first: list[Plot] = []
    borne: dict[str, None] = {}
    for plot in plots:
        if any(typology not in borne for typology in plot.typologies):
            borne |= dict.fromkeys(plot.typologies)
            first.append(plot)
    return first, [plot for plot in plots if plot not in first]


def carried_out(world: World, plots: Sequence[Plot], total: int, label: str) -> tuple[list[Case], list[Shipment]]:
    """All groups of some kinds.

    Args:
        world: The world; its registers may get rows.
        plots: The kinds.
        total: Members wanted, all together.
        label: `fraud` or `hard_negative`.
    """
    cases: list[Case] = []
    shipments: list[Shipment] = []
    numbers: dict[str, int] = {}
    for plot, size in share_out(world.plan, total, plots):
        numbers[plot.kind] = number = numbers.get(plot.kind, 0) + 1
        truth = GroundTruth(label, plot.typologies, plot.kind, f"{plot.kind}-{number}", plot.sentence)
        for made in plot.act(world, truth, size):
            if isinstance(made, Case):
                cases.append(made)
            else:
                shipments.append(made)
    return cases, shipments


@dataclass(frozen=True, slots=True)
class Shop:
    """Where a group orders: a seller on one of its platforms, with one of its carriers."""

    seller: Seller
    platform: Platform
    carrier: Company

    def price(self, world: World, item: Item, day: dt.date) -> int:
        """Fen that it asks for a piece."""
        return shelf_price(item, day, world.season, self.platform.level)

    def stock(self) -> list[Item]:
        """What it sells."""
        return [item for item in self.seller.items if item.item_no not in self.platform.absent]

    def line(self, world: World, item: Item, qty: int, day: dt.date) -> Line:
        """Some pieces at the going price, fewer where an order would become too dear."""
        price = self.price(world, item, day)
        return Line(item, max(1, min(qty, MOST_ORDER // price)), price, item.name)


def shop(world: World, seller: Seller | None = None) -> Shop:
    """A shop; without a seller any of them, small and large alike."""
    dice = world.plan
    seller = seller or dice.pick(world.market.sellers)
    return Shop(seller, dice.pick(seller.platforms), dice.pick(seller.carriers))


def order_of(world: World, person: Person, ordered: dt.datetime, where: Shop | None = None, lines: list[Line] | None = None) -> Trade:
    """One ordinary order of a person, who pays and receives it.

    Args:
        world: The world.
        person: Who buys.
        ordered: When.
        where: The shop; None for any, the large ones more often.
        lines: What is bought; None for a usual basket.
    """
    if where is None:
        made = trade(world, ordered, buyer=person)
    else:
        made = trade(world, ordered, where.seller, where.platform, where.carrier, buyer=person)
    with_buyer(made, person)
    if lines is not None:
        share = made.discount / made.goods_value
        made.lines = lines
        # A rebate keeps its share: rings have no fewer of them than others.
        made.discount = int(made.goods_value * share) // 100 * 100
    return made


def one_writing(made: Trade, dice: Dice) -> Callable[[Lists], None]:
    """All lists of the order with one writing of the address, not the usual one."""

    def alter(lists: Lists) -> None:
        text = made.address.otherwise(dice)
        for record in (lists.order, lists.waybill, lists.inventory):
            if record is not None:
                record.head["consigneeAddress"] = text
        if lists.delivered_to:
            lists.delivered_to = text

    return alter


def flat(world: World) -> Address:
    """A home somewhere."""
    return home(world.plan, world.plan.pick(world.places), world.words.streets)


def someone(world: World, address: Address, telephone: str = "", surname: str = "", region: str = "", age: int = 0) -> Person:
    """Somebody outside the population (see `newcomer`)."""
    return newcomer(world.plan, world.words, world.population, address, telephone, surname, region, age)
