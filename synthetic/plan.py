"""What is planned over the whole time of a world: frauds, look-alikes, groups, parcels without lists."""

from dataclasses import dataclass, replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import Shipment, background
from sandan.synthetic.fraud.rings import RINGS
from sandan.synthetic.fraud.transactions import plan_frauds, share_of
from sandan.synthetic.fraud.workshops import WORKSHOPS
from sandan.synthetic.lookalikes.groups import INNOCENT
from sandan.synthetic.lookalikes.hard_negatives import plan_negatives
from sandan.synthetic.lookalikes.senders import INNOCENT_SENDERS
from sandan.synthetic.params import WorldParams
from sandan.synthetic.schemes import groups
from sandan.synthetic.trade.consignment import Case
from sandan.synthetic.trade.honest import World

# Parcels by post and express without lists, for each consignment with lists; those of groups come on top.
_PARCELS = 0.08
# Members of innocent groups for each member of a ring or workshop.
_INNOCENT = 2.2


@dataclass(frozen=True, slots=True)
class Plan:
    """A world but for its ordinary orders, which each day makes by itself.

    Attributes:
        cases: Consignments by day, in each by the time of the first thing that is sent.
        shipments: Parcels without lists, by time.
        n_imports: Ordinary imports that fill the world up.
        n_exports: Exports, all ordinary.
    """

    cases: list[list[Case]]
    shipments: list[Shipment]
    n_imports: int
    n_exports: int


def plan(world: World, params: WorldParams) -> Plan:
    """All that is planned as a whole; registers and listings may get rows, officers detections."""
    each, composite = share_of(round(params.n_orders * params.fraud_rate), params.n_orders)
    # Hard negatives first: what they add to registers and listings the frauds must know.
    cases = plan_negatives(world, round(params.n_orders * params.hard_negative_rate), each)
    cases += plan_frauds(world, each, composite)
    grouped, shipments = _groups(world, params)
    cases += grouped
    shipments += background(_apart(world, params, 12), round(params.n_orders * _PARCELS))
    shipments.sort(key=lambda made: (made.shipped, made.number))
    n_exports = round(params.n_orders * params.export_rate)
    return Plan(_by_day(cases, params), shipments, max(0, params.n_orders - len(cases) - n_exports), n_exports)


def _by_day(cases: list[Case], params: WorldParams) -> list[list[Case]]:
    days: list[list[Case]] = [[] for _ in range(params.days)]
    for case in sorted(cases, key=lambda case: case.order):
        days[min(max((case.trade.earliest.date() - params.start).days, 0), params.days - 1)].append(case)
    return days


def _groups(world: World, params: WorldParams) -> tuple[list[Case], list[Shipment]]:
    """Rings and workshops, and the innocent groups that look like them."""
    members = round(params.n_orders * params.ring_rate)
    cases: list[Case] = []
    shipments: list[Shipment] = []
    if params.fraud_rate > 0:
        cases, shipments = groups.carried_out(_apart(world, params, 10), (*RINGS, *WORKSHOPS), members, "fraud")
    if params.hard_negative_rate > 0:
        innocent = (*INNOCENT, *INNOCENT_SENDERS)
        more = groups.carried_out(_apart(world, params, 11), innocent, round(members * _INNOCENT), "hard_negative")
        cases, shipments = cases + more[0], shipments + more[1]
    return cases, shipments


def _apart(world: World, params: WorldParams, stream: int) -> World:
    """The same world, planned from a stream of its own: what one part draws does not move the others."""
    return replace(world, plan=Dice(params.seed, stream))
