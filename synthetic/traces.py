"""Rows that single trades and parcels leave in tables: tracking, house waybills, and officers' findings."""

import datetime as dt
from collections.abc import Mapping

from sandan.synthetic.adapting import FOUND_OUT
from sandan.synthetic.consignment import Case, Lists, Truth
from sandan.synthetic.dice import Dice
from sandan.synthetic.key import KeyRow, key_row, shipment_row
from sandan.synthetic.params import WorldParams
from sandan.synthetic.shipments import Shipment

# Share of consignments that officers look at for a reason of their own, where they inspect one in fifty at random: a tip, a suspicion,
# right or wrong. Without any nose for it they take as many of all; with the best, these.
_BLIND, _KEEN = 0.006, {"fraud": 0.49, "hard_negative": 0.075, "honest": 0.0}
_USUAL_RATE = 0.02
# Of the groups that officers got wind of they look at so many members; other groups are found by chance only. The trail of a ring that
# was hit grows cold.
_OF_KNOWN, _TRAIL = 0.3, dt.timedelta(days=5)
# Share of frauds that a control overlooks although its method could have seen them.
_OVERLOOKED = 0.1
_METHODS = ("xray", "physical", "document", "phone", "tracking")
# X-ray and opening show the goods, not who bought or paid them; papers do not show a copy.
_SEES = {"ipr": ("xray", "physical"), "forged": ("document", "phone", "tracking"), "undervalued": ("document", "phone", "tracking")}
_IPR = ("brand_omitted", "destination_concentration", "sender_cluster", "channel_preference")
_BY_GROUP = ("identity_ring", "split_lot", *_IPR)


class Traces:
    """Collects the rows of all trades and parcels up to the end of the world.

    Args:
        dice: Stream of controls.
        horizon: Later events are left out.
        params: How much is inspected, and how well it is chosen.
        hits: Ring -> when an inspection hit it.
    """

    def __init__(self, dice: Dice, horizon: dt.datetime, params: WorldParams, hits: Mapping[str, dt.datetime]) -> None:
        self._dice, self._horizon = dice, horizon
        self._rate, self._bias = params.label_rate, params.label_bias
        self._known, self._hits = dict.fromkeys(hits, True), hits
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
        self._control(key_row(trade, case.truth), case.truth, trade.declared)

    def ship(self, made: Shipment) -> None:
        """Takes what a parcel without lists leaves."""
        self.house_waybills.append(made.row)
        self._control(shipment_row(made), made.truth, made.shipped)

    def _control(self, row: KeyRow, truth: Truth, crossed: dt.datetime) -> None:
        """A small random share of all, and what officers had a reason for."""
        dice = self._dice
        random = dice.chance(self._rate)
        if not random and not dice.chance(self._suspicion(truth, crossed)):
            return
        kind = finding(truth)
        usual = _METHODS if random or not kind else _SEES[kind]
        method = dice.pick(usual)
        # The picture the same day, an opening within days, papers and calls after the release.
        inspected = crossed + (
            dice.hours(1, 30) if method == "xray" else dice.hours(12, 96) if method == "physical" else dice.hours(40, 240)
        )
        if inspected >= self._horizon:
            return
        found = bool(kind) and method in _SEES[kind] and not dice.chance(_OVERLOOKED)
        made = {
            "flow": row.flow, "inspected_at": inspected.isoformat(), "method": method, "outcome": kind if found else "compliant",
            "ebp_code": row.ebp_code, "order_no": row.order_no, "logistics_code": row.logistics_code, "logistics_no": row.logistics_no,
            "probability": str(self._rate) if random else "",
        }  # fmt: skip
        self.outcomes.append(made)

    def _suspicion(self, truth: Truth, crossed: dt.datetime) -> float:
        """How likely officers look at a consignment; single frauds give a reason by themselves, rings only once they are known."""
        zeal, blind = self._rate / _USUAL_RATE, (1 - self._bias) * _BLIND
        if truth.truth != "fraud" or truth.typologies[0] not in _BY_GROUP:
            return zeal * (blind + self._bias * _KEEN[truth.truth])
        if truth.group not in self._known:
            # Rings were asked when they were planned: what they did afterwards depends on it.
            is_ring = "identity_ring" in truth.typologies
            self._known[truth.group] = not is_ring and self._dice.chance(self._bias * FOUND_OUT)
        if truth.group in self._hits and crossed > self._hits[truth.group] + _TRAIL:
            return zeal * blind
        return zeal * (_OF_KNOWN if self._known[truth.group] else blind)


def finding(truth: Truth) -> str:
    """What a control finds if it finds something; "" where there is nothing to find."""
    if truth.truth != "fraud":
        return ""
    if truth.typologies == ("undervaluation",):
        return "undervalued"
    return "ipr" if truth.typologies[0] in _IPR else "forged"
