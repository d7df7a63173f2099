"""The import lists of a trade: 311, 411, 511, 513, 621, element by element."""

import datetime as dt

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import Company
from sandan.synthetic.population.places import Address
from sandan.synthetic.trade.consignment import Line, Lists, Record, Trade

CNY = "142"


def yuan(fen: int) -> str:
    """Fen as the lists write yuan."""
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else "-" + yuan(-fen)


def stamp(moment: dt.datetime) -> str:
    """A time in 14 digits."""
    return moment.strftime("%Y%m%d%H%M%S")


def sending(dice: Dice, moment: dt.datetime, app_type: str = "1") -> dict[str, str]:
    """The elements that every record begins with."""
    return {"guid": dice.hexadecimal(), "appType": app_type, "appTime": stamp(moment), "appStatus": "2"}


def later_record(record: Record, dice: Dice, sent: dt.datetime, app_type: str) -> Record:
    """A later record on the same thing: a change or a deletion, with a copy of head and lines."""
    return Record(record.kind, record.sender, sent, record.head | sending(dice, sent, app_type), [dict(line) for line in record.lines])


class Writing:
    """Small honest differences in how one thing is written."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    def code(self, company: Company) -> str:
        """A company's code; now and then its other one."""
        return company.uscc if self.dice.chance(0.008) else company.code

    def address(self, address: Address) -> str:
        """An address; one in eight is written otherwise."""
        return address.otherwise(self.dice) if self.dice.chance(0.12) else address.plain()

    def telephone(self, number: str) -> str:
        """A telephone; a few with the prefix or a dash."""
        roll = self.dice.unit()
        if roll > 0.03:
            return number
        return "+86 " + number if roll < 0.015 else f"{number[:3]}-{number[3:7]}-{number[7:]}"


def import_lists(trade: Trade, dice: Dice, silent: dict[str, None]) -> Lists:
    """All lists of an import, as they would be if nobody did anything odd.

    Args:
        trade: What happened.
        dice: Stream of the writing.
        silent: Codes of carriers that send no delivery status.
    """
    write = Writing(dice)
    lists = Lists(
        order=_order(trade, write),
        payments=[payment(trade, write, trade.actual_paid, trade.transaction, trade.paid)],
        waybill=_waybill(trade, write),
        inventory=_inventory(trade, write),
    )
    if trade.carrier.code not in silent and not dice.chance(0.03):
        lists.status = status(trade, dice)
    if dice.chance(0.6):
        lists.delivered_to = write.address(trade.address)
    return lists


def _order(trade: Trade, write: Writing) -> Record:
    dice = write.dice
    head = sending(dice, trade.order_sent) | {
        "orderType": "I", "orderNo": trade.order_no, "ebpCode": write.code(trade.platform.company), "ebpName": trade.platform.company.name,
        "ebcCode": write.code(trade.seller.company), "ebcName": trade.seller.company.name, "goodsValue": yuan(trade.goods_value),
        "freight": yuan(trade.freight), "discount": yuan(trade.discount), "taxTotal": yuan(trade.tax),
        "acturalPaid": yuan(trade.actual_paid),
        "currency": CNY, "buyerRegNo": f"{trade.platform.company.code[-3:]}{trade.buyer.account}", "buyerName": trade.buyer.name,
        "buyerTelephone": write.telephone(trade.buyer.telephone), "buyerIdType": "1", "buyerIdNumber": trade.buyer.number,
        "consignee": trade.consignee.name, "consigneeTelephone": write.telephone(trade.consignee.telephone),
        "consigneeAddress": write.address(trade.address), "note": trade.note,
    }  # fmt: skip
    if dice.chance(0.85):
        head |= {"payCode": trade.pay.code, "payName": trade.pay.name, "payTransactionId": trade.transaction}
    if dice.chance(0.6):
        head["consigneeDistrict"] = trade.address.place.code
    lines = [
        {
            "gnum": str(number), "itemNo": line.item.item_no, "itemName": line.name, "gmodel": line.item.gmodel,
            "barCode": line.item.bar_code,
            "unit": line.item.unit, "qty": str(line.qty), "price": yuan(line.price), "totalPrice": yuan(line.qty * line.price),
            "currency": CNY, "country": line.item.origin,
        }
        for number, line in enumerate(trade.lines, 1)
    ]  # fmt: skip
    return Record("CEB311", trade.platform.company, trade.order_sent, head, lines)


def payment(trade: Trade, write: Writing, amount: int, transaction: str, paid: dt.datetime, sent: dt.datetime | None = None) -> Record:
    """One payment list of a trade; amount in fen."""
    sent = sent or trade.payment_sent
    head = sending(write.dice, sent) | {
        "payCode": trade.pay.code, "payName": trade.pay.name, "payTransactionId": transaction, "orderNo": trade.order_no,
        "ebpCode": write.code(trade.platform.company), "ebpName": trade.platform.company.name, "payerIdType": "1",
        "payerIdNumber": trade.payer.number, "payerName": trade.payer.name, "telephone": write.telephone(trade.payer.telephone),
        "amountPaid": yuan(amount), "currency": CNY, "payTime": stamp(paid),
    }  # fmt: skip
    return Record("CEB411", trade.pay, sent, head)


def gross_weight(trade: Trade) -> float:
    """Kilograms with the outer packing."""
    return round(trade.weight * 1.06 + 0.08, 3)


def bill_no(trade: Trade) -> str:
    """Master document: one for all that an agent declares on a day."""
    return f"{int(trade.agent.code[:3]) % 900 + 100}-{trade.agent.dxp[-2:]}{trade.declared:%y%m%d}"


def _waybill(trade: Trade, write: Writing) -> Record:
    head = sending(write.dice, trade.waybill_sent) | {
        "logisticsCode": trade.carrier.code, "logisticsName": trade.carrier.name, "logisticsNo": trade.logistics_no,
        "orderNo": trade.order_no,
        "freight": yuan(trade.freight), "insuredFee": "0", "currency": CNY, "weight": f"{gross_weight(trade):g}", "packNo": "1",
        "goodsInfo": trade.lines[0].item.gname, "consignee": trade.consignee.name, "consigneeAddress": write.address(trade.address),
        "consigneeTelephone": write.telephone(trade.consignee.telephone), "note": "",
    }  # fmt: skip
    if not trade.seller.bonded:
        head["billNo"] = bill_no(trade)
    return Record("CEB511", trade.carrier, trade.waybill_sent, head)


def status(trade: Trade, dice: Dice) -> Record:
    """The delivery status."""
    head = sending(dice, trade.status_sent) | {
        "logisticsCode": trade.carrier.code, "logisticsName": trade.carrier.name, "logisticsNo": trade.logistics_no, "logisticsStatus": "S",
        "logisticsTime": stamp(trade.delivered),
    }  # fmt: skip
    return Record("CEB513", trade.carrier, trade.status_sent, head)


def _inventory(trade: Trade, write: Writing) -> Record:
    dice, day = write.dice, f"{trade.declared:%Y%m%d}"
    office = trade.agent.office
    head = sending(dice, trade.declared) | {
        "orderNo": trade.declared_no, "ebpCode": write.code(trade.platform.company), "ebpName": trade.platform.company.name,
        "ebcCode": write.code(trade.seller.company), "ebcName": trade.seller.company.name, "logisticsNo": trade.logistics_no,
        "logisticsCode": trade.carrier.code, "logisticsName": trade.carrier.name, "copNo": trade.cop_no,
        "assureCode": trade.seller.company.code, "ieFlag": "I", "declTime": day, "customsCode": office, "portCode": office, "ieDate": day,
        "buyerIdType": "1", "buyerIdNumber": trade.buyer.number, "buyerName": trade.buyer.name,
        "buyerTelephone": write.telephone(trade.buyer.telephone), "consigneeAddress": write.address(trade.address),
        "agentCode": trade.agent.code, "agentName": trade.agent.name, "freight": yuan(trade.freight), "insuredFee": "0", "currency": CNY,
        "wrapType": "2", "packNo": "1", "grossWeight": f"{gross_weight(trade):g}", "netWeight": f"{round(trade.weight * 0.9, 3):g}",
        "note": "",
        "invtNo": f"{office}{day[:4]}I{trade.cop_no[-9:]}",
    }  # fmt: skip
    if dice.chance(0.9):
        head["preNo"] = f"B{day}{trade.cop_no[-9:]}"
    if trade.seller.bonded:
        head |= {
            "tradeMode": "1210", "trafMode": "Y", "country": "142", "emsNo": f"T{office}W{trade.agent.dxp[-6:]}",
            "areaCode": trade.agent.code, "areaName": trade.agent.name,
        }  # fmt: skip
    else:
        head |= {
            "tradeMode": "9610", "trafMode": "5", "country": trade.lines[0].item.origin, "trafNo": "飞机",
            "voyageNo": f"CK{int(trade.agent.dxp[-2:]) + 200}", "billNo": bill_no(trade),
        }  # fmt: skip
    return Record("CEB621", trade.agent, trade.declared, head, [_item(n, line, trade) for n, line in enumerate(trade.lines, 1)])


def _item(number: int, line: Line, trade: Trade) -> dict[str, str]:
    item = line.item
    made = {
        "gnum": str(number), "itemNo": item.item_no, "itemName": line.name, "gcode": item.hs_code, "gname": item.gname,
        "gmodel": item.gmodel,
        "barCode": item.bar_code, "country": item.origin, "currency": CNY, "qty": str(line.qty), "unit": item.unit,
        "qty1": f"{round(line.qty * item.weight * 0.9, 3):g}" if item.legal_unit == "035" else str(line.qty), "unit1": item.legal_unit,
        "price": yuan(line.price), "totalPrice": yuan(line.qty * line.price),
    }  # fmt: skip
    if trade.seller.bonded:
        made["itemRecordNo"] = item.item_no.replace("-", "")
    return made
