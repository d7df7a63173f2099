"""What happens to lists on their way: sent twice, corrected, or withdrawn with the order."""

import datetime as dt

from sandan.synthetic.consignment import Lists, Record
from sandan.synthetic.dice import Dice
from sandan.synthetic.innocent_lists import again

_TWICE = 0.012
_CORRECTED = 0.012
_WITHDRAWN = 0.004


def disturb(lists: Lists, dice: Dice) -> None:
    """Sends a few records twice and corrects slips in a few others."""
    if dice.chance(_TWICE):
        record = dice.pick(lists.records())
        lists.extra.append(Record(record.kind, record.sender, record.sent + dice.hours(1, 30), record.head, record.lines))
    if dice.chance(_CORRECTED):
        _correct(dice.pick([record for record in (lists.order, lists.waybill, lists.inventory) if record is not None]), lists, dice)


def _correct(record: Record, lists: Lists, dice: Dice) -> None:
    """The first record had a slip in a telephone or a weight; a change puts it right."""
    lists.extra.append(again(record, dice, record.sent + dice.hours(2, 40), "2"))
    for element in ("consigneeTelephone", "grossWeight", "weight"):
        text = record.head.get(element, "")
        if len(text) > 1 and text[-1].isdigit():
            record.head[element] = text[:-1] + str((int(text[-1]) + dice.whole(1, 8)) % 10)
            return


def withdrawn(dice: Dice) -> bool:
    """Whether the buyer cancels."""
    return dice.chance(_WITHDRAWN)


def withdraw(lists: Lists, dice: Dice) -> None:
    """The order was cancelled: nothing is delivered and every sender deletes its list."""
    lists.status, lists.delivered_to = None, ""
    latest = max(record.sent for record in lists.records())
    lists.extra = [again(record, dice, latest + dice.hours(0.5, 20), "3") for record in lists.records()]


def cut(lists: Lists, horizon: dt.datetime) -> list[Record]:
    """Records that were sent before the end of the world."""
    return [record for record in lists.records() if record.sent < horizon]
