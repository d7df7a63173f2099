"""Forged transactions: what each actor does, so that its sign is really in the lists."""

import datetime as dt

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import status, yuan
from sandan.synthetic.fraud.misdeclaration import MISDECLARED
from sandan.synthetic.market.goods import price_tag, shelf_price
from sandan.synthetic.population.people import Person
from sandan.synthetic.population.places import home
from sandan.synthetic.schemes.scheme import Group, Scheme, carried_out, shift, with_buyer
from sandan.synthetic.trade.consignment import Case, Line, Lists, Trade
from sandan.synthetic.trade.honest import World
from sandan.synthetic.trade.offers import general_shop

# Goods that no seller has on a platform: these are left to the frauds, the first ten to honest novelties.
FIRST_FOR_FRAUD = 10
_LARGEST_ACTOR = 6


def _without_order(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    lists.order = None


def _without_payment(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    lists.payments = []


def _without_waybill(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    lists.waybill = lists.status = None
    lists.delivered_to = ""


def _other_platform(group: Group, made: Trade, world: World) -> None:
    """The payment company serves the other platform too: only the platform itself is wrong."""
    services = world.market.services
    others = [platform.company for platform in world.market.platforms if platform is not made.platform]
    pairs = [(pay, other) for pay in made.platform.payments for other in others if (pay.code, other.code) in services]
    made.pay, group.firm = pairs[group.number % len(pairs)] if pairs else (made.pay, others[0])


def _names_other(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    lists.payments[0].head |= {"ebpCode": group.firm.code, "ebpName": group.firm.name}


def _unserved(group: Group, made: Trade, world: World) -> None:
    services = world.market.services
    strangers = [pay for pay in world.market.payments if (pay.code, made.platform.company.code) not in services]
    made.pay = strangers[group.number % len(strangers)]


def _unlisted(group: Group, made: Trade, world: World) -> None:
    absent = list(made.platform.absent.values())
    # In the smallest worlds a platform may lack no more than what is left to honest novelties.
    absent = absent[FIRST_FOR_FRAUD:] or absent
    item = absent[int(group.level * len(absent))]
    price = shelf_price(item, made.ordered.date(), world.season, made.platform.level)
    made.lines = [Line(item, max(1, min(world.plan.whole(1, 2), 450_000 // price)), price, item.name)]
    made.discount = 0


def _one_payer(group: Group, made: Trade, world: World) -> None:
    made.payer = group.payer
    if made.buyer.household == group.payer.household:
        with_buyer(made, _unrelated(world, group.payer.household))
        made.payer = group.payer


def _bought_identity(group: Group, made: Trade, world: World) -> None:
    made.payer = _unrelated(world, made.buyer.household)


def _unrelated(world: World, household: int) -> Person:
    while True:
        person = world.population.stranger(world.plan)
        if person.household != household:
            return person


def _paid_otherwise(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    share = dice.between(0.03, 0.6) * (1 - 0.8 * group.hiding)
    paid = made.actual_paid * (1 + share) if dice.chance(0.25) else made.actual_paid * (1 - share)
    lists.payments[0].head["amountPaid"] = yuan(round(paid))


def _broken_sum(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    paid = yuan(round(made.actual_paid * (1 - dice.between(0.05, 0.5) * (1 - 0.8 * group.hiding))))
    lists.payments[0].head["amountPaid"] = paid
    if lists.order is not None:
        lists.order.head["acturalPaid"] = paid


def _near_depot(group: Group, made: Trade, world: World) -> None:
    """Every other actor uses people of the depot's own city."""
    if group.number % 2:
        with_buyer(made, world.population.resident(group.depot.place.city, world.plan))


def _depot_waybill(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    if lists.waybill is not None:
        lists.waybill.head["consigneeAddress"] = _written(group, dice)
    lists.delivered_to = _written(group, dice)


def _depot_delivery(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    lists.delivered_to = _written(group, dice)


def _depot_everywhere(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    if lists.waybill is not None:
        streets = [group.depot.street, made.address.street]
        lists.waybill.head["consigneeAddress"] = home(dice, made.address.place, streets).plain()
    lists.delivered_to = _written(group, dice)


def _written(group: Group, dice: Dice) -> str:
    return group.depot.otherwise(dice) if dice.chance(0.15) else group.depot.plain()


def _paid_after(group: Group, made: Trade, world: World) -> None:
    dice = world.plan
    next_day = dt.datetime.combine(made.declared.date() + dt.timedelta(days=1), dt.time())
    made.order_sent = made.ordered + dice.minutes(made.platform.lag)
    made.paid = shift(next_day, dice, 7, 4 * 24)
    made.payment_sent = made.paid + dice.minutes(25)


def _waybill_ahead(group: Group, made: Trade, world: World) -> None:
    made.waybill_sent = shift(made.paid, world.plan, -6 * 24, -2 * 24)


def _delivered_before(group: Group, made: Trade, world: World) -> None:
    """Handed over on a day before the declaration; only a carrier that sends the status can show it."""
    dice, market = world.plan, world.market
    if made.carrier.code in market.silent:
        made.carrier = next(carrier for carrier in market.carriers if carrier.code not in market.silent)
        made.logistics_no = world.numbers.waybill(made.carrier)
    made.declared = shift(made.declared, dice, 30, 60)
    day = dt.datetime.combine(made.declared.date() - dt.timedelta(days=1), dt.time(dice.whole(9, 19), dice.whole(0, 59)))
    made.delivered = day if day > made.paid else made.paid + dt.timedelta(hours=2)
    if made.delivered.date() >= made.declared.date():
        made.declared += dt.timedelta(days=1)
    made.waybill_sent = min(made.waybill_sent, made.paid + (made.delivered - made.paid) / 2).replace(microsecond=0)
    made.status_sent = made.delivered + dice.minutes(60)


def _with_status(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    if lists.status is None:
        lists.status = status(made, dice)


def _cheap(group: Group, made: Trade, world: World) -> None:
    """A quarter to three fifths of the going price, a quarter more where they hide; half of the actors speak of a sale."""
    share = 0.25 + 0.25 * group.hiding + 0.35 * (0.7 * group.level + 0.3 * world.plan.unit())
    day = made.ordered.date()
    for line in made.lines:
        line.price = price_tag(line.item, shelf_price(line.item, day, world.season, made.platform.level) * share)
    made.discount = 0
    if group.number % 2:
        made.note = world.plan.pick(("促销", "清仓", "临期特价"))


def _milk_powder(group: Group, made: Trade, world: World) -> None:
    items = [item for item in world.items if item.hs_code.startswith("190110")]
    item = items[int(group.level * len(items))]
    made.lines = [Line(item, world.plan.whole(2, 6), 0, item.name)]
    made.freight = 0
    _cheap(group, made, world)
    _unserved(group, made, world)


def _milk_powder_lists(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    _without_order(group, made, lists, dice)
    _depot_delivery(group, made, lists, dice)


SINGLE: dict[str, tuple[Scheme, ...]] = {
    "missing_order": (
        Scheme("phantom_sale", ("missing_order",), "Stock declared as sold to strangers; no order was ever placed.", lists=_without_order),
    ),
    "missing_payment": (
        Scheme("unpaid_stock", ("missing_payment",), "Stock ordered in strangers' names; nobody paid.", lists=_without_payment),
    ),
    "missing_waybill": (
        Scheme("paper_parcel", ("missing_waybill",), "Waybill number invented; no parcel went to the buyer.", lists=_without_waybill),
    ),
    "platform_mismatch": (
        Scheme(
            "borrowed_payments", ("platform_mismatch",), "Payments bought from another platform's trade.", _other_platform, _names_other
        ),
        Scheme("unserved_provider", ("platform_mismatch",), "Payments of a company that has no service on the platform.", _unserved),
        Scheme("unlisted_goods", ("platform_mismatch",), "Goods that were never on sale on the platform.", _unlisted),
    ),
    "payer_not_buyer": (
        Scheme("single_payer", ("payer_not_buyer",), "One organiser paid for unrelated buyers.", _one_payer),
        Scheme("bought_identities", ("payer_not_buyer",), "Bought identities, each paid for by another stranger.", _bought_identity),
    ),
    "amount_mismatch": (
        Scheme("paid_otherwise", ("amount_mismatch",), "Another amount was paid than the order says.", lists=_paid_otherwise),
        Scheme(
            "broken_sum", ("amount_mismatch",), "The amount paid does not follow from value, freight, tax and discount.", lists=_broken_sum
        ),
    ),
    "address_mismatch": (
        Scheme(
            "depot_waybill", ("address_mismatch",), "Waybill and delivery go to a depot, the order to a home.", _near_depot, _depot_waybill
        ),
        Scheme(
            "depot_delivery",
            ("address_mismatch",),
            "Order and waybill name a home, the parcel went to a depot.",
            _near_depot,
            _depot_delivery,
        ),
        Scheme("depot_everywhere", ("address_mismatch",), "Order, waybill and delivery name three places.", _near_depot, _depot_everywhere),
    ),
    "time_order": (
        Scheme("paid_after_declaration", ("time_order",), "Payments made days after the declaration.", _paid_after),
        Scheme("waybill_bought_ahead", ("time_order",), "Waybills sent days before anybody paid.", _waybill_ahead, after=6.1),
        Scheme("delivered_before_declared", ("time_order",), "Delivered before the goods were declared.", _delivered_before, _with_status),
    ),
    "undervaluation": (
        Scheme(
            "low_price",
            ("undervaluation",),
            "Ordered and declared at 25 to 60 % of the going price, or up to 85 % where they hide.",
            _cheap,
        ),
    ),
    **MISDECLARED,
}
COMPOSITE = Scheme(
    "milk_powder",
    ("missing_order", "platform_mismatch", "address_mismatch", "undervaluation"),
    "Milk powder without a sale, paid through a company without a service there, delivered to a depot, undervalued.",
    _milk_powder,
    _milk_powder_lists,
    where=general_shop,
)


def share_of(wanted: int, n_orders: int) -> tuple[int, int]:
    """Orders that bear each typology, and orders of the composite actors, so that all frauds together are about `wanted`.

    A composite order bears four of the n typologies: total = n each - 3 composite. From 80 consignments on there are two of each.
    """
    if wanted <= 0:
        return 0, 0
    each = max(min(2, n_orders // 40), round(wanted / (len(SINGLE) - 1.5)))
    return each, each // 2


def plan_frauds(world: World, each: int, composite: int) -> list[Case]:
    """Forged consignments, `each` for every typology; actors stay small however large the world is.

    Args:
        world: The world, with its hard negatives planned: what they added to registers and listings is not free for frauds.
        each: Consignments that bear a typology.
        composite: Those of them that bear several.
    """
    cases = _actors(world, (COMPOSITE,), composite)
    for typology, schemes in SINGLE.items():
        cases += _actors(world, schemes, each - composite if typology in COMPOSITE.typologies else each)
    return cases


def _actors(world: World, schemes: tuple[Scheme, ...], count: int) -> list[Case]:
    """`count` consignments by as many actors as are needed, the schemes in turn."""
    n_actors = min(count, max(len(schemes), -(-count // _LARGEST_ACTOR)))
    # Where there are too few for all schemes, chance chooses.
    chosen = schemes if n_actors >= len(schemes) else world.plan.some(schemes, n_actors)
    cases = []
    for number in range(n_actors):
        size = count // n_actors + (number < count % n_actors)
        cases += carried_out(world, chosen[number % len(chosen)], size, "fraud", number // len(chosen) + 1)
    return cases
