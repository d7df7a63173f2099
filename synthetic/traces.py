"""Rows that single trades leave in tables: tracking, house waybills, and officers' findings."""

import datetime as dt

from sandan.synthetic.consignment import Case, Lists
from sandan.synthetic.dice import Dice
from sandan.synthetic.key import key_row

_RANDOM_CONTROL = 0.02
_TARGETED = 0.12
_SEES = {"xray": False, "physical": False, "document": True, "phone": True, "tracking": True}


class Traces:
    """Collects the rows of all trades up to the end of the world.

    Args:
        dice: Stream of controls.
        horizon: Later events are left out.
    """

    def __init__(self, dice: Dice, horizon: dt.datetime) -> None:
        self._dice, self._horizon = dice, horizon
        self.tracking: list[dict[str, str]] = []
        self.house_waybills: list[dict[str, str]] = []
        self.outcomes: list[dict[str, str]] = []

    def add(self, case: Case, lists: Lists) -> None:
        """Takes what one consignment leaves."""
        trade = case.trade
        if lists.house and lists.house["shipped_at"] < self._horizon.isoformat():
            self.house_waybills.append(lists.house)
        if lists.delivered_to and trade.delivered < self._horizon:
            self.tracking.append(
                {
                    "logistics_no": trade.logistics_no, "event_at": trade.delivered.isoformat(), "status": "delivered",
                    "logistics_code": trade.carrier.code, "address": lists.delivered_to, "source": "carrier",
                }
            )  # fmt: skip
        self._control(case)

    def _control(self, case: Case) -> None:
        """A small random share of all, and a part of the frauds that officers found some way or other."""
        dice, trade = self._dice, case.trade
        random = dice.chance(_RANDOM_CONTROL)
        if not random and not (case.truth.truth == "fraud" and dice.chance(_TARGETED)):
            return
        method = dice.pick(tuple(_SEES)) if random else dice.pick(("document", "phone", "tracking"))
        inspected = trade.declared + (dice.hours(1, 5) if method in ("xray", "physical") else dice.hours(40, 240))
        if inspected >= self._horizon:
            return
        # X-ray and opening show the goods, not who bought or paid them.
        found = case.truth.truth == "fraud" and _SEES[method]
        forged = "undervalued" if case.truth.typologies == ("undervaluation",) else "forged"
        row = key_row(trade, case.truth)
        self.outcomes.append(
            {
                "flow": row.flow, "inspected_at": inspected.isoformat(), "method": method, "outcome": forged if found else "compliant",
                "ebp_code": row.ebp_code, "order_no": row.order_no, "logistics_code": row.logistics_code, "logistics_no": row.logistics_no,
                "probability": str(_RANDOM_CONTROL) if random else "",
            }
        )  # fmt: skip
