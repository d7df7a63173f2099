"""Hard negatives: innocent trade that bears the sign of a fraud."""

from collections import Counter
from collections.abc import Sequence
from itertools import cycle

from sandan.synthetic import innocent_lists as written
from sandan.synthetic import innocent_trades as happened
from sandan.synthetic.consignment import Case
from sandan.synthetic.honest import World
from sandan.synthetic.innocent_goods import INNOCENT_GOODS
from sandan.synthetic.schemes import Scheme, carried_out, rounds

NEGATIVES: dict[str, tuple[Scheme, ...]] = {
    "missing_order": (
        Scheme("late_order_list", ("missing_order",), "The order list came days after the declaration.", happened.order_list_late),
        Scheme(
            "platform_other_code",
            ("missing_order",),
            "The declaration names the platform by its credit code.",
            lists=written.credit_code_declared,
        ),
        Scheme("order_by_carrier", ("missing_order",), "The carrier sent the order list for the platform.", lists=written.order_by_carrier),
        Scheme("sub_order_number", ("missing_order",), "Declared under a sub-order number: A123-1 for A123.", happened.sub_order, rarity=3),
    ),
    "missing_payment": (
        Scheme("late_payment_list", ("missing_payment",), "The payment list came days after the declaration.", happened.payment_list_late),
        Scheme("split_payment", ("missing_payment",), "Paid in two or three parts.", lists=written.split_payment),
        Scheme(
            "combined_payment",
            ("missing_payment", "amount_mismatch"),
            "Two orders of one buyer paid at once: one payment list for both.",
            happened.same_buyer_and_payment,
            written.combined_payment,
            size=2,
            noisy=False,
            fewest=2,
        ),
        Scheme(
            "gift_order",
            ("missing_payment",),
            "A present of the shop at price 0: nothing to pay.",
            happened.gift_order,
            written.nothing_paid,
        ),
        Scheme("paid_by_points", ("missing_payment",), "Wholly paid by points and vouchers.", happened.points, written.nothing_paid),
    ),
    "missing_waybill": (
        Scheme("late_waybill_list", ("missing_waybill",), "The waybill list came days after the declaration.", happened.waybill_list_late),
        Scheme(
            "carrier_changed",
            ("missing_waybill",),
            "Carried under another number; the declaration was corrected.",
            lists=written.carrier_changed,
        ),
        Scheme("waybill_list_lost", ("missing_waybill",), "The carrier's list was lost; the parcel came.", lists=written.waybill_list_lost),
        Scheme("waybill_spaces", ("missing_waybill",), "Spaces round the waybill number.", lists=written.waybill_spaces),
    ),
    "platform_mismatch": (
        Scheme(
            "platform_code_in_payment",
            ("platform_mismatch",),
            "The payment names the platform by its credit code.",
            lists=written.credit_code_paid,
        ),
        Scheme(
            "register_behind",
            ("platform_mismatch",),
            "The payment company's service came on the register weeks later.",
            happened.register_behind,
            size=4,
            early=True,
        ),
        Scheme(
            "newly_listed", ("platform_mismatch",), "The listing was seen only after the order.", happened.newly_listed, size=3, early=True
        ),
        Scheme(
            "listed_otherwise",
            ("platform_mismatch",),
            "Listed under another name, with the same bar code.",
            happened.listed_otherwise,
            size=3,
        ),
    ),
    "payer_not_buyer": (
        Scheme("household_payer", ("payer_not_buyer",), "Another member of the household paid.", happened.household_payer, size=3),
        Scheme(
            "corporate_payer",
            ("payer_not_buyer",),
            "A registered firm paid presents for its staff.",
            happened.staff,
            written.firm_pays,
            size=6,
        ),
        Scheme("gift_to_other_city", ("payer_not_buyer",), "A present sent to somebody in another city.", happened.gift_to_other_city),
        Scheme(
            "payer_name_variant",
            ("payer_not_buyer",),
            "Same identity number, the name written otherwise.",
            lists=written.payer_name_variant,
        ),
    ),
    "amount_mismatch": (
        Scheme(
            "instalment_interest", ("amount_mismatch",), "Paid by instalments with 1 to 3 % interest.", lists=written.instalment_interest
        ),
        Scheme(
            "unlisted_coupon", ("amount_mismatch",), "A coupon that the order does not list as a discount.", lists=written.unlisted_coupon
        ),
        Scheme("coupon_order", ("amount_mismatch",), "A large coupon; the sum is right.", happened.coupon),
        Scheme(
            "partial_refund",
            ("amount_mismatch",),
            "Part of the money paid back and the payment list changed.",
            lists=written.partial_refund,
            noisy=False,
        ),
        Scheme(
            "rounding",
            ("amount_mismatch",),
            "Prices with five decimals, the payment in whole fen.",
            happened.three_for_one,
            written.rounding,
            noisy=False,
        ),
    ),
    "address_mismatch": (
        Scheme("written_otherwise", ("address_mismatch",), "One address in three writings.", lists=written.addresses_otherwise),
        Scheme("parcel_locker", ("address_mismatch",), "Put into a parcel locker near the home.", lists=written.parcel_locker),
        Scheme("forwarder", ("address_mismatch",), "Sent through a registered forwarder's warehouse.", lists=written.forwarder),
        Scheme("address_changed", ("address_mismatch",), "The buyer changed the address, in the same city.", lists=written.address_changed),
    ),
    "time_order": (
        Scheme("pre_sale", ("time_order",), "Deposit paid first, the rest after the declaration.", lists=written.pre_sale),
        Scheme("nightly_batch", ("time_order",), "All lists sent in a batch at night, seconds apart.", happened.nightly_batch, size=4),
        Scheme("clock_offset", ("time_order",), "The carrier's clock shows universal time.", happened.clock_offset),
        Scheme(
            "delivery_day_slip",
            ("time_order",),
            "The courier's device had the wrong day.",
            happened.delivery_day_slip,
            noisy=False,
        ),
        Scheme("bank_transfer", ("time_order",), "Bank transfer credited hours after the waybill was printed.", happened.bank_transfer),
    ),
    "undervaluation": (
        Scheme("clearance_sale", ("undervaluation",), "Clearance at 55 to 75 % of the going price.", happened.clearance_sale, size=4),
        Scheme("near_expiry", ("undervaluation",), "Near expiry, at 55 to 75 % of the going price.", happened.near_expiry, size=3),
        Scheme("bundle", ("undervaluation",), "A bundle: the second article at 40 % of its price.", happened.bundle),
        Scheme("gift_line", ("undervaluation",), "A free gift in the order, at price 0.", happened.gift_line),
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
    happened.open_late_listings(world)
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
