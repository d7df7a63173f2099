"""What forgers do after an inspection has found them: other telephones, addresses, shop or carrier, or nothing any more."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.population.places import Address
from sandan.synthetic.schemes.spans import Span
from sandan.synthetic.trade.consignment import GroundTruth
from sandan.synthetic.trade.honest import World

# Share of groups that the best officers detect.
FOUND_OUT = 0.9
# Share of consignments inspected at random at which officers are as many as the shares here mean.
USUAL_RATE = 0.02
# What they do after it; the rest have not noticed.
_STOPS, _TELEPHONES, _ADDRESSES, _ELSEWHERE = 0.3, 0.3, 0.15, 0.15


@dataclass(slots=True)
class Habits:
    """How a group behaves from some moment on.

    Attributes:
        since: From then on; None: nothing changes.
        stops: It sends no more.
        telephone: Gives the new number for an old one.
        address: Gives the new address for an old one.
        elsewhere: It goes to another shop, or sends other goods with another carrier.
    """

    since: dt.datetime | None = None
    stops: bool = False
    telephone: Callable[[str], str] = field(default=lambda number: number)
    address: Callable[[Address], Address] = field(default=lambda address: address)
    elsewhere: bool = False

    def changed(self, moment: dt.datetime) -> bool:
        """Whether the group has changed its ways by then."""
        return self.since is not None and moment > self.since


def after_detection(world: World, truth: GroundTruth, life: Span, new_address: Callable[[], Address]) -> Habits:
    """Draws whether and when officers detect a group in its life, and what it does then.

    Args:
        world: Keeps the moment in `detections`, so that the inspections around it are written.
        truth: Ground truth that names the group.
        life: When it acts.
        new_address: Gives one.
    """
    dice = world.plan
    if not dice.chance(FOUND_OUT * world.label_bias * min(1.0, world.label_rate / USUAL_RATE)):
        return Habits()
    # The group learns of it days after the parcel was opened.
    detected = life.begins + dt.timedelta(days=life.days * dice.between(0.35, 0.9))
    world.detections[truth.group] = detected
    roll, since = dice.unit(), detected + dt.timedelta(days=dice.between(0.5, 4))
    if roll < _STOPS:
        return Habits(since, stops=True)
    if roll < _STOPS + _TELEPHONES:
        numbers: dict[str, str] = {}
        return Habits(since, telephone=lambda old: numbers.setdefault(old, telephone_number(dice)))
    if roll < _STOPS + _TELEPHONES + _ADDRESSES:
        moved: dict[Address, Address] = {}
        return Habits(since, address=lambda old: moved.setdefault(old, new_address()))
    if roll < _STOPS + _TELEPHONES + _ADDRESSES + _ELSEWHERE:
        return Habits(since, elsewhere=True)
    return Habits()
