"""What forgers do once an inspection hit them: other telephones, other doors, another shop or carrier, or nothing any more."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.population.places import Address
from sandan.synthetic.schemes.spans import Span
from sandan.synthetic.trade.consignment import Truth
from sandan.synthetic.trade.honest import World

# Share of groups that the best officers get wind of.
FOUND_OUT = 0.9
# Share of consignments inspected at random at which officers are as many as the shares here mean.
USUAL_RATE = 0.02
# What they do after it; the rest have not noticed.
_STOPS, _TELEPHONES, _DOORS, _ELSEWHERE = 0.3, 0.3, 0.15, 0.15


@dataclass(slots=True)
class Habits:
    """How a group behaves from some moment on.

    Attributes:
        since: From then on; None: nothing changes.
        stops: It sends no more.
        telephone: Gives the new number for an old one.
        door: Gives the new address for an old one.
        elsewhere: It goes to another shop, or sends other goods with another carrier.
    """

    since: dt.datetime | None = None
    stops: bool = False
    telephone: Callable[[str], str] = field(default=lambda number: number)
    door: Callable[[Address], Address] = field(default=lambda address: address)
    elsewhere: bool = False

    def changed(self, moment: dt.datetime) -> bool:
        """Whether the group has changed its ways by then."""
        return self.since is not None and moment > self.since


def after_a_hit(world: World, told: Truth, life: Span, door: Callable[[], Address]) -> Habits:
    """Draws whether and when officers hit a group in its life, and what it does about it.

    Args:
        world: Remembers the hit, so that its inspections are there.
        told: Names the group.
        life: When it acts.
        door: Gives a new address.
    """
    dice = world.plan
    if not dice.chance(FOUND_OUT * world.label_bias * min(1.0, world.label_rate / USUAL_RATE)):
        return Habits()
    # Word goes round days after the parcel was opened.
    hit = life.begins + dt.timedelta(days=life.days * dice.between(0.35, 0.9))
    world.hits[told.group] = hit
    roll, since = dice.unit(), hit + dt.timedelta(days=dice.between(0.5, 4))
    if roll < _STOPS:
        return Habits(since, stops=True)
    if roll < _STOPS + _TELEPHONES:
        numbers: dict[str, str] = {}
        return Habits(since, telephone=lambda old: numbers.setdefault(old, telephone_number(dice)))
    if roll < _STOPS + _TELEPHONES + _DOORS:
        moved: dict[Address, Address] = {}
        return Habits(since, door=lambda old: moved.setdefault(old, door()))
    if roll < _STOPS + _TELEPHONES + _DOORS + _ELSEWHERE:
        return Habits(since, elsewhere=True)
    return Habits()
