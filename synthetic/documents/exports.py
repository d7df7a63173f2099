"""The export lists of a trade: 303, 403, 505, 603, and the house waybill of some parcels."""

import datetime as dt

from sandan.record.values.code import customs_country, customs_currency
from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import sending, stamp, yuan
from sandan.synthetic.market.companies import Company
from sandan.synthetic.population.words import Words
from sandan.synthetic.trade.consignment import Lists, Record, Trade

_CHANNELS = ("cbec", "cbec", "express", "express", "post")
NO_PLATFORM = "无"


def export_lists(trade: Trade, dice: Dice, words: Words) -> Lists:
    """All lists of an export; prices of the trade are hundredths of its currency."""
    foreign = trade.platform.style < 0
    ebp = {"ebpCode": NO_PLATFORM, "ebpName": NO_PLATFORM} if foreign else _party("ebp", trade.platform.company)
    parties = ebp | _party("ebc", trade.seller.company)
    sender = trade.seller.company if foreign else trade.platform.company
    order = Record("CEB303", sender, trade.order_sent, _order_head(trade, parties, dice), _order_lines(trade))
    waybill = Record("CEB505", trade.carrier, trade.waybill_sent, _waybill_head(trade, dice))
    inventory = Record("CEB603", trade.agent, trade.declared, _inventory_head(trade, parties, dice), _inventory_lines(trade))
    lists = Lists(order=order, payments=[_receipt(trade, parties, dice)], waybill=waybill, inventory=inventory)
    if dice.chance(0.45):
        lists.house = _house(trade, dice, words, foreign)
    return lists


def _party(prefix: str, company: Company) -> dict[str, str]:
    return {f"{prefix}Code": company.code, f"{prefix}Name": company.name}


def _order_head(trade: Trade, parties: dict[str, str], dice: Dice) -> dict[str, str]:
    own = {
        "orderType": "E",
        "orderNo": trade.order_no,
        "goodsValue": yuan(trade.goods_value),
        "freight": yuan(trade.freight),
        "currency": customs_currency(trade.currency),
    }
    return sending(dice, trade.order_sent) | parties | own


def _order_lines(trade: Trade) -> list[dict[str, str]]:
    currency = customs_currency(trade.currency)
    return [
        {
            "gnum": str(number), "itemNo": line.item.item_no, "itemName": line.name, "barCode": line.item.bar_code, "unit": line.item.unit,
            "currency": currency, "qty": str(line.qty), "price": yuan(line.price), "totalPrice": yuan(line.qty * line.price),
        }
        for number, line in enumerate(trade.lines, 1)
    ]  # fmt: skip


def _receipt(trade: Trade, parties: dict[str, str], dice: Dice) -> Record:
    """Money that arrives weeks later, less the fees of the banks; a little of it in cash."""
    charge = (trade.goods_value + trade.freight) * dice.whole(970, 1000) // 1000
    head = sending(dice, trade.payment_sent) | parties | {
        "orderNo": trade.order_no, "charge": yuan(charge), "currency": customs_currency(trade.currency),
        "accountingDate": stamp(trade.paid),
    }  # fmt: skip
    if dice.chance(0.04):
        return Record("CEB403", trade.seller.company, trade.payment_sent, head | {"payName": "现金支付"})
    head |= {"payCode": trade.pay.code, "payName": trade.pay.name, "payNo": trade.transaction}
    return Record("CEB403", trade.pay, trade.payment_sent, head)


def _weight(trade: Trade) -> float:
    return round(trade.weight * 1.05 + 0.05, 3)


def _waybill_head(trade: Trade, dice: Dice) -> dict[str, str]:
    head = sending(dice, trade.waybill_sent) | {
        "logisticsCode": trade.carrier.code, "logisticsName": trade.carrier.name, "logisticsNo": trade.logistics_no,
        "freight": yuan(trade.freight), "insuredFee": "0", "currency": customs_currency(trade.currency),
        "grossWeight": f"{_weight(trade):g}", "packNo": "1",
        "goodsInfo": trade.lines[0].name,
    }  # fmt: skip
    return head | _party("ebc", trade.seller.company) if dice.chance(0.7) else head


def _inventory_head(trade: Trade, parties: dict[str, str], dice: Dice) -> dict[str, str]:
    day, office = f"{trade.declared:%Y%m%d}", trade.agent.office
    exit_day = f"{trade.declared + dt.timedelta(days=1):%Y%m%d}"
    country, currency = customs_country(trade.country), customs_currency(trade.currency)
    return sending(dice, trade.declared) | parties | _party("agent", trade.agent) | _party("logistics", trade.carrier) | {
        "customsCode": office, "orderNo": trade.order_no, "logisticsNo": trade.logistics_no, "copNo": trade.cop_no,
        "preNo": f"B{day}{trade.cop_no[-9:]}", "invtNo": f"{office}{day[:4]}E{trade.cop_no[-9:]}", "ieFlag": "E", "portCode": office,
        "ieDate": exit_day, "statisticsFlag": "A", "ownerCode": trade.seller.company.code, "ownerName": trade.seller.company.name,
        "tradeMode": "9610", "trafMode": "5", "voyageNo": f"CZ{int(trade.agent.dxp[-2:]) + 300}",
        "billNo": f"784-{trade.agent.dxp[-2:]}{trade.declared:%y%m%d}", "country": country, "POD": country, "freight": yuan(trade.freight),
        "fCurrency": currency, "fFlag": "3", "insuredFee": "0", "iCurrency": currency, "iFlag": "3", "wrapType": "2", "packNo": "1",
        "grossWeight": f"{_weight(trade):g}", "netWeight": f"{round(trade.weight * 0.93, 3):g}",
    }  # fmt: skip


def _inventory_lines(trade: Trade) -> list[dict[str, str]]:
    made = []
    for line, common in zip(trade.lines, _order_lines(trade), strict=True):
        item = line.item
        legal = f"{round(line.qty * item.weight * 0.93, 3):g}" if item.legal_unit == "035" else str(line.qty)
        own = {"gcode": item.hs_code, "gname": item.family, "gmodel": item.gmodel, "country": customs_country(trade.country)}
        made.append(common | own | {"qty1": legal, "unit1": item.legal_unit})
    return made


def _house(trade: Trade, dice: Dice, words: Words, foreign: bool) -> dict[str, str]:
    """The parcel as the express company or the post knows it."""
    name, address, telephone = dice.pick(words.abroad[trade.country])
    row = {
        "logistics_code": trade.carrier.code, "logistics_no": trade.logistics_no, "channel": dice.pick(_CHANNELS),
        "sender_name": trade.seller.company.name, "receiver_name": name, "receiver_address": address, "receiver_country": trade.country,
        "description": trade.lines[0].name, "declared_value": yuan(trade.goods_value), "currency": trade.currency,
        "weight_kg": f"{_weight(trade):g}",
        "shipped_at": (trade.waybill_sent + dt.timedelta(hours=2)).isoformat(), "flow": "export", "receiver_telephone": telephone,
        "sender_telephone": "0571" + trade.seller.company.uscc[8:16],
    }  # fmt: skip
    if dice.chance(0.5):
        row |= {"order_no": trade.order_no, "ebp_code": NO_PLATFORM if foreign else trade.platform.company.code}
    return row
