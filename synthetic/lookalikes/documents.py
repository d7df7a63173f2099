"""Documents of look-alikes: how innocent trades that look odd are written; `hard_negatives` lists them."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import Writing, later_record, payment, yuan
from sandan.synthetic.market.companies import Company
from sandan.synthetic.population.places import home, locker, warehouse
from sandan.synthetic.schemes.scheme import Group, shift
from sandan.synthetic.trade.consignment import Lists, Trade

_FIVE = Decimal("0.00001")
_TWO = Decimal("0.01")


def credit_code_declared(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The declaration names the platform by its other code."""
    if lists.inventory is not None:
        lists.inventory.head["ebpCode"] = made.platform.company.uscc


def credit_code_paid(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The payment names the platform by its other code."""
    lists.payments[0].head["ebpCode"] = made.platform.company.uscc


def order_by_carrier(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The carrier sends the order list for the platform, as the rules allow."""
    if lists.order is not None:
        lists.order.sender = made.carrier


def split_payment(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Two or three payments that add up."""
    parts = dice.pick((2, 2, 3))
    left, write = made.actual_paid, Writing(dice)
    lists.payments = []
    for part in range(parts):
        amount = left if part == parts - 1 else int(left * dice.between(0.25, 0.7))
        left -= amount
        transaction = made.transaction if part == 0 else f"{made.transaction[:12]}{dice.digits(14)}"
        lists.payments.append(payment(made, write, amount, transaction, made.paid + dt.timedelta(seconds=45 * part)))


def combined_payment(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """One payment list for two orders, under the number of the first; both orders name the transaction."""
    if lists.order is not None:
        lists.order.head |= {"payCode": made.pay.code, "payName": made.pay.name, "payTransactionId": made.transaction}
    if made is group.trades[0]:
        lists.payments[0].head["amountPaid"] = yuan(sum(other.actual_paid for other in group.trades))
    else:
        lists.payments = []


def nothing_paid(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """No payment, and none in the order."""
    lists.payments = []
    if lists.order is not None:
        for element in ("payCode", "payName", "payTransactionId"):
            lists.order.head.pop(element, None)


def carrier_changed(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """First declared under a number that never travelled, then corrected."""
    if lists.inventory is None:
        return
    lists.extra.append(later_record(lists.inventory, dice, shift(made.declared, dice, 4, 40), "2"))
    others = [carrier for carrier in made.seller.carriers if carrier is not made.carrier]
    number = made.logistics_no[:2] + dice.digits(12)
    lists.inventory.head["logisticsNo"] = number
    if others and group.number % 2:
        lists.inventory.head |= {"logisticsCode": others[0].code, "logisticsName": others[0].name}


def waybill_spaces(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Spaces before or behind the number, in one of the lists."""
    record = lists.inventory if dice.chance(0.5) else lists.waybill
    if record is not None:
        record.head["logisticsNo"] = dice.pick((" {}", "{} ", "  {} ")).format(made.logistics_no)


def firm_pays(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The payer is a company of the register."""
    paid_by_firm(group.firm, lists)


def paid_by_firm(firm: Company, lists: Lists) -> None:
    """Puts a company in the payer's place."""
    lists.payments[0].head |= {
        "payerIdType": "2",
        "payerIdNumber": firm.uscc,
        "payerName": firm.name,
        "telephone": "0571" + firm.uscc[8:16],
    }


def payer_name_variant(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Same person, the name with a space, a dot or a title."""
    name = made.payer.name
    lists.payments[0].head["payerName"] = dice.pick((f"{name[0]} {name[1:]}", f"{name[0]}·{name[1:]}", f"{name} 先生", f"{name}女士"))


def instalment_interest(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """A little more is paid."""
    lists.payments[0].head["amountPaid"] = yuan(round(made.actual_paid * dice.between(1.01, 1.03)))


def partial_refund(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The payment company changes its list after paying back a part; the order stays as it was."""
    first = lists.payments[0]
    change = later_record(first, dice, shift(made.payment_sent, dice, 20, 90), "2")
    change.head["amountPaid"] = yuan(round(made.actual_paid * dice.between(0.8, 0.96)))
    if dice.chance(0.4):
        change.head["note"] = "部分退款"
    lists.extra.append(change)


def rounding(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Three pieces at a price of five decimals; the order sums exactly, the payment is in whole fen."""
    if lists.order is None or lists.inventory is None:
        return
    total = Decimal(3 * made.lines[0].price + dice.pick((1, 2))) / 100
    price = (total / 3).quantize(_FIVE, ROUND_HALF_UP)
    goods = price * 3
    for record in (lists.order, lists.inventory):
        record.lines[0] |= {"price": str(price), "totalPrice": str(goods)}
    paid = goods + Decimal(made.freight + made.tax - made.discount) / 100
    lists.order.head |= {"goodsValue": str(goods), "acturalPaid": str(paid)}
    lists.payments[0].head["amountPaid"] = str(paid.quantize(_TWO, ROUND_HALF_UP))


def addresses_otherwise(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Each list has its own writing."""
    for record in (lists.order, lists.waybill, lists.inventory):
        if record is not None:
            record.head["consigneeAddress"] = made.address.otherwise(dice)
    if lists.delivered_to:
        lists.delivered_to = made.address.otherwise(dice)


def parcel_locker(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """Delivered into a locker round the corner."""
    lists.delivered_to = locker(dice, made.address).plain()


def forwarder(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The waybill ends at a forwarder, the parcel at home."""
    if lists.waybill is not None:
        address = warehouse(dice, group.depot.place, [group.depot.street], forwarder=True)
        lists.waybill.head["consigneeAddress"] = address.plain()
    lists.delivered_to = made.address.plain()


def address_changed(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The carrier knows the new address, order and declaration the old one."""
    new = home(dice, made.address.place, [group.depot.street, made.address.street])
    if lists.waybill is not None:
        lists.waybill.head["consigneeAddress"] = new.plain()
    lists.delivered_to = new.plain()


def pre_sale(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """A fifth as deposit, the rest on the days after the declaration."""
    deposit = made.actual_paid // 5
    write = Writing(dice)
    rest_paid = dt.datetime.combine(made.declared.date() + dt.timedelta(days=1), dt.time()) + dice.hours(8, 40)
    rest_number = f"{rest_paid:%Y%m%d}2200{dice.digits(14)}"
    lists.payments = [
        payment(made, write, deposit, made.transaction, made.paid),
        payment(made, write, made.actual_paid - deposit, rest_number, rest_paid, rest_paid + dice.minutes(20)),
    ]


def waybill_list_lost(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The carrier never sent the list, nor anything after it."""
    lists.waybill = lists.status = None


def unlisted_coupon(group: Group, made: Trade, lists: Lists, dice: Dice) -> None:
    """The platform forgot to write a coupon down as a discount: order and payment agree on a sum that does not follow."""
    paid = yuan(round(made.actual_paid * (1 - dice.between(0.04, 0.3))))
    lists.payments[0].head["amountPaid"] = paid
    if lists.order is not None:
        lists.order.head["acturalPaid"] = paid
