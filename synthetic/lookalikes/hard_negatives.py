"""Hard negatives: innocent trade that bears the sign of a fraud."""

from collections import Counter
from collections.abc import Sequence
from itertools import cycle

from sandan.synthetic.lookalikes import documents, trades
from sandan.synthetic.lookalikes.goods import INNOCENT_GOODS
from sandan.synthetic.schemes.scheme import Scheme, carried_out, rounds
from sandan.synthetic.trade.consignment import Case
from sandan.synthetic.trade.honest import World

NEGATIVES: dict[str, tuple[Scheme, ...]] = {
    "missing_order": (
        Scheme("late_order_list", ("missing_order",), "The order list came days after the declaration.", trades.order_list_late),
        Scheme(
            "platform_other_code",
            ("missing_order",),
            "The declaration names the platform by its credit code.",
            lists=documents.credit_code_declared,
        ),
        Scheme(
            "order_by_carrier", ("missing_order",), "The carrier sent the order list for the platform.", lists=documents.order_by_carrier
        ),
        Scheme("sub_order_number", ("missing_order",), "Declared under a sub-order number: A123-1 for A123.", trades.sub_order, rarity=3),
    ),
    "missing_payment": (
        Scheme("late_payment_list", ("missing_payment",), "The payment list came days after the declaration.", trades.payment_list_late),
        Scheme("split_payment", ("missing_payment",), "Paid in two or three parts.", lists=documents.split_payment),
        Scheme(
            "combined_payment",
            ("missing_payment", "amount_mismatch"),
            "Two orders of one buyer paid at once: one payment list for both.",
            trades.same_buyer_and_payment,
            documents.combined_payment,
            size=2,
            noisy=False,
            fewest=2,
        ),
        Scheme(
            "gift_order",
            ("missing_payment",),
            "A present of the shop at price 0: nothing to pay.",
            trades.gift_order,
            documents.nothing_paid,
        ),
        Scheme("paid_by_points", ("missing_payment",), "Wholly paid by points and vouchers.", trades.points, documents.nothing_paid),
    ),
    "missing_waybill": (
        Scheme("late_waybill_list", ("missing_waybill",), "The waybill list came days after the declaration.", trades.waybill_list_late),
        Scheme(
            "carrier_changed",
            ("missing_waybill",),
            "Carried under another number; the declaration was corrected.",
            lists=documents.carrier_changed,
        ),
        Scheme(
            "waybill_list_lost", ("missing_waybill",), "The carrier's list was lost; the parcel came.", lists=documents.waybill_list_lost
        ),
        Scheme("waybill_spaces", ("missing_waybill",), "Spaces round the waybill number.", lists=documents.waybill_spaces),
    ),
    "platform_mismatch": (
        Scheme(
            "platform_code_in_payment",
            ("platform_mismatch",),
            "The payment names the platform by its credit code.",
            lists=documents.credit_code_paid,
        ),
        Scheme(
            "register_behind",
            ("platform_mismatch",),
            "The payment company's service came on the register weeks later.",
            trades.register_behind,
            size=4,
            early=True,
        ),
        Scheme(
            "newly_listed", ("platform_mismatch",), "The listing was seen only after the order.", trades.newly_listed, size=3, early=True
        ),
        Scheme(
            "listed_otherwise",
            ("platform_mismatch",),
            "Listed under another name, with the same bar code.",
            trades.listed_otherwise,
            size=3,
        ),
    ),
    "payer_not_buyer": (
        Scheme("household_payer", ("payer_not_buyer",), "Another member of the household paid.", trades.household_payer, size=3),
        Scheme(
            "corporate_payer",
            ("payer_not_buyer",),
            "A registered firm paid presents for its staff.",
            trades.staff,
            documents.firm_pays,
            size=6,
        ),
        Scheme("gift_to_other_city", ("payer_not_buyer",), "A present sent to somebody in another city.", trades.gift_to_other_city),
        Scheme(
            "payer_name_variant",
            ("payer_not_buyer",),
            "Same identity number, the name written otherwise.",
            lists=documents.payer_name_variant,
        ),
    ),
    "amount_mismatch": (
        Scheme(
            "instalment_interest", ("amount_mismatch",), "Paid by instalments with 1 to 3 % interest.", lists=documents.instalment_interest
        ),
        Scheme(
            "unlisted_coupon", ("amount_mismatch",), "A coupon that the order does not list as a discount.", lists=documents.unlisted_coupon
        ),
        Scheme("coupon_order", ("amount_mismatch",), "A large coupon; the sum is right.", trades.coupon),
        Scheme(
            "partial_refund",
            ("amount_mismatch",),
            "Part of the money paid back and the payment list changed.",
            lists=documents.partial_refund,
            noisy=False,
        ),
        Scheme(
            "rounding",
            ("amount_mismatch",),
            "Prices with five decimals, the payment in whole fen.",
            trades.three_for_one,
            documents.rounding,
            noisy=False,
        ),
    ),
    "address_mismatch": (
        Scheme("written_otherwise", ("address_mismatch",), "One address in three writings.", lists=documents.addresses_otherwise),
        Scheme("parcel_locker", ("address_mismatch",), "Put into a parcel locker near the home.", lists=documents.parcel_locker),
        Scheme("forwarder", ("address_mismatch",), "Sent through a registered forwarder's warehouse.", lists=documents.forwarder),
        Scheme(
            "address_changed", ("address_mismatch",), "The buyer changed the address, in the same city.", lists=documents.address_changed
        ),
    ),
    "time_order": (
        Scheme("pre_sale", ("time_order",), "Deposit paid first, the rest after the declaration.", lists=documents.pre_sale),
        Scheme("nightly_batch", ("time_order",), "All lists sent in a batch at night, seconds apart.", trades.nightly_batch, size=4),
        Scheme("clock_offset", ("time_order",), "The carrier's clock shows universal time.", trades.clock_offset),
        Scheme(
            "delivery_day_slip",
            ("time_order",),
            "The courier's device had the wrong day.",
            trades.delivery_day_slip,
            noisy=False,
        ),
        Scheme("bank_transfer", ("time_order",), "Bank transfer credited hours after the waybill was printed.", trades.bank_transfer),
    ),
    "undervaluation": (
        Scheme("clearance_sale", ("undervaluation",), "Clearance at 55 to 75 % of the going price.", trades.clearance_sale, size=4),
        Scheme("near_expiry", ("undervaluation",), "Near expiry, at 55 to 75 % of the going price.", trades.near_expiry, size=3),
        Scheme("bundle", ("undervaluation",), "A bundle: the second article at 40 % of its price.", trades.bundle),
        Scheme("gift_line", ("undervaluation",), "A free gift in the order, at price 0.", trades.gift_line),
    ),
    **INNOCENT_GOODS,
}


def plan_negatives(world: World, wanted: int, at_least: int) -> list[Case]:
    """About `wanted` hard negatives, equally many for each typology.

    Args:
        world: The world; listings and the register of services may get rows.
        wanted: Consignments; 0 for none.
        at_least: Consignments for each typology, as many as it has frauds.
    """
    if wanted <= 0:
        return []
    cases: list[Case] = []
    for schemes in NEGATIVES.values():
        cases += _of_typology(world, schemes, max(at_least, round(wanted / len(NEGATIVES))))
    trades.open_late_listings(world)
    return cases


def _of_typology(world: World, schemes: Sequence[Scheme], count: int) -> list[Case]:
    cases: list[Case] = []
    numbers = Counter[str]()
    turns = cycle(rounds(schemes))
    while len(cases) < count:
        scheme = next(turns)
        numbers[scheme.kind] += 1
        # Larger groups only where they leave room for the other kinds.
        size = max(min(scheme.size, count // (2 * len(schemes)) + 1), scheme.fewest)
        cases += carried_out(world, scheme, size, "hard_negative", numbers[scheme.kind])
    return cases
