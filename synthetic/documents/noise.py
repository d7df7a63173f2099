"""What happens to lists on their way: sent twice, corrected, withdrawn with the order, or followed by a return of the goods."""

import datetime as dt

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.imports import later_record, sending
from sandan.synthetic.trade.consignment import Lists, Record, Trade

_TWICE = 0.012
_CORRECTED = 0.012
_WITHDRAWN = 0.004
_SENT_BACK = 0.01
_REASONS = ("七天无理由退货", "商品破损", "尺寸不合适", "发错货", "与描述不符")
# What a return repeats of the declaration.
_CONCERNED = (
    "customsCode", "orderNo", "ebpCode", "ebpName", "ebcCode", "ebcName", "logisticsNo", "logisticsCode", "logisticsName", "copNo", "preNo",
    "invtNo", "buyerIdType", "buyerIdNumber", "buyerName", "buyerTelephone", "agentCode", "agentName",
)  # fmt: skip


def disturb(lists: Lists, dice: Dice) -> None:
    """Sends a few records twice and corrects slips in a few others."""
    if dice.chance(_TWICE):
        record = dice.pick(lists.records())
        lists.extra.append(Record(record.kind, record.sender, record.sent + dice.hours(1, 30), record.head, record.lines))
    if dice.chance(_CORRECTED):
        _correct(dice.pick([record for record in (lists.order, lists.waybill, lists.inventory) if record is not None]), lists, dice)


def _correct(record: Record, lists: Lists, dice: Dice) -> None:
    """The first record had a slip in a telephone or a weight; a change puts it right."""
    lists.extra.append(later_record(record, dice, record.sent + dice.hours(2, 40), "2"))
    for element in ("consigneeTelephone", "grossWeight", "weight"):
        text = record.head.get(element, "")
        if len(text) > 1 and text[-1].isdigit():
            record.head[element] = text[:-1] + str((int(text[-1]) + dice.whole(1, 8)) % 10)
            return


def send_back(made: Trade, lists: Lists, dice: Dice) -> None:
    """A few buyers return their goods within a month, forged buyers too: what was undervalued is sold and sent back as anything else."""
    declared = lists.inventory
    if declared is None or not dice.chance(_SENT_BACK):
        return
    sent = made.delivered + dice.hours(20, 30 * 24)
    concerned = {element: declared.head[element] for element in _CONCERNED if element in declared.head}
    lines = [{element: line[element] for element in ("gnum", "gcode", "gname", "qty", "unit")} for line in declared.lines]
    head = sending(dice, sent) | concerned | {"reason": dice.pick(_REASONS)}
    lists.extra.append(Record("CEB625", declared.sender, sent, head, lines))


def withdrawn(dice: Dice) -> bool:
    """Whether the buyer cancels."""
    return dice.chance(_WITHDRAWN)


def withdraw(lists: Lists, dice: Dice) -> None:
    """The order was cancelled: nothing is delivered and every sender deletes its list."""
    lists.status, lists.delivered_to = None, ""
    latest = max(record.sent for record in lists.records())
    lists.extra = [later_record(record, dice, latest + dice.hours(0.5, 20), "3") for record in lists.records()]


def cut(lists: Lists, horizon: dt.datetime) -> list[Record]:
    """Records that were sent before the end of the world."""
    return [record for record in lists.records() if record.sent < horizon]
