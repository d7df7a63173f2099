"""Rows that single trades and parcels leave in tables: tracking, house waybills, pictures, and officers' findings."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import Shipment
from sandan.synthetic.officers.inspections import BY_GROUP, METHODS, finding, seen_by
from sandan.synthetic.officers.scans import scan, scanned_before
from sandan.synthetic.output.key import KeyRow, key_row, shipment_row
from sandan.synthetic.params import WorldParams
from sandan.synthetic.schemes.adaptation import USUAL_RATE
from sandan.synthetic.trade.consignment import Case, GroundTruth, Lists

# Share of consignments that officers look at for a reason of their own, where they inspect one in fifty at random: a tip, a suspicion,
# right or wrong. With no skill in choosing they take as many of all; with the best, these.
_BLIND, _KEEN = 0.006, {"fraud": 0.49, "hard_negative": 0.075, "honest": 0.0}
# Of the groups that officers have detected they inspect this share of the members, and only so long after the detection; other groups
# are found by chance.
_OF_KNOWN, _TRAIL = 0.3, dt.timedelta(days=5)
# Share of frauds that a control overlooks although its method could have seen them.
_OVERLOOKED = 0.1
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Left:
    """Rows by table that one consignment leaves before the end of the world."""

    tracking: list[Row] = field(default_factory=list)
    house_waybills: list[Row] = field(default_factory=list)
    outcomes: list[Row] = field(default_factory=list)
    scans: list[Row] = field(default_factory=list)


class Traces:
    """Says what trades and parcels leave up to the end of the world.

    Args:
        dice: Stream of controls.
        horizon: Later events are left out.
        params: How much is inspected, and how well it is chosen.
        detections: Group -> when an inspection found it.
    """

    def __init__(self, dice: Dice, horizon: dt.datetime, params: WorldParams, detections: Mapping[str, dt.datetime]) -> None:
        self._dice, self._horizon = dice, horizon
        self._rate, self._bias = params.label_rate, params.label_bias
        self._detections = detections

    def of_case(self, case: Case, lists: Lists) -> Left:
        """What one consignment leaves."""
        trade, left = case.trade, Left()
        if lists.house and lists.house["shipped_at"] < self._horizon.isoformat():
            left.house_waybills.append(lists.house)
        if lists.delivered_to and trade.delivered < self._horizon:
            left.tracking.append(
                {
                    "logistics_no": trade.logistics_no, "event_at": trade.delivered.isoformat(), "status": "delivered",
                    "logistics_code": trade.carrier.code, "address": lists.delivered_to, "source": "carrier",
                }
            )  # fmt: skip
        left.outcomes.extend(self._control(key_row(trade, case.truth), case.truth, trade.declared))
        left.scans.extend(self._scanned(case))
        return left

    def of_parcel(self, made: Shipment) -> Left:
        """What a parcel without lists leaves."""
        return Left([], [made.row], self._control(shipment_row(made), made.truth, made.shipped), self._scanned(made))

    def _scanned(self, made: Case | Shipment) -> list[Row]:
        row = scan(made, self._dice)
        return [row] if row is not None and scanned_before(row, self._horizon) else []

    def _control(self, row: KeyRow, truth: GroundTruth, crossed: dt.datetime) -> list[Row]:
        """A small random share of all, and what officers had a reason for."""
        dice = self._dice
        random = dice.chance(self._rate)
        if not random and not dice.chance(self._suspicion(truth, crossed)):
            return []
        kind = finding(truth)
        usual = METHODS if random or not kind else seen_by(truth)
        method = dice.pick(usual)
        # The picture the same day, an opening within days, papers and calls after the release.
        inspected = crossed + (
            dice.hours(1, 30) if method == "xray" else dice.hours(12, 96) if method == "physical" else dice.hours(40, 240)
        )
        if inspected >= self._horizon:
            return []
        found = bool(kind) and method in seen_by(truth) and not dice.chance(_OVERLOOKED)
        made = {
            "flow": row.flow, "inspected_at": inspected.isoformat(), "method": method, "outcome": kind if found else "compliant",
            "ebp_code": row.ebp_code, "order_no": row.order_no, "logistics_code": row.logistics_code, "logistics_no": row.logistics_no,
            "probability": str(self._rate) if random else "",
        }  # fmt: skip
        return [made]

    def _suspicion(self, truth: GroundTruth, crossed: dt.datetime) -> float:
        """How likely officers look at a consignment; single frauds give a reason by themselves, rings only once they are known."""
        zeal, blind = self._rate / USUAL_RATE, (1 - self._bias) * _BLIND
        if truth.group in self._detections:
            # They were asked when they were planned: what they did afterwards depends on it.
            return zeal * (_OF_KNOWN if crossed <= self._detections[truth.group] + _TRAIL else blind)
        if truth.truth == "fraud" and truth.typologies[0] in BY_GROUP:
            return zeal * blind
        return zeal * (blind + self._bias * _KEEN[truth.truth])
