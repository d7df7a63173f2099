"""What a ring does once an inspection hit it: other telephones, other doors, another shop, or nothing any more."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sandan.synthetic.consignment import Truth
from sandan.synthetic.groups import Shop, Span, shop
from sandan.synthetic.honest import World
from sandan.synthetic.people import telephone_number
from sandan.synthetic.places import Address

# Share of rings that the best officers get wind of.
FOUND_OUT = 0.9
# What rings do after it; the rest have not noticed.
_STOPS, _TELEPHONES, _DOORS, _SHOP = 0.3, 0.3, 0.15, 0.15


@dataclass(slots=True)
class Habits:
    """How a ring behaves from some moment on.

    Attributes:
        since: From then on; None: nothing changes.
        stops: It orders no more.
        telephone: Gives the new number for an old one.
        door: Gives the new address for an old one.
        where: The new shop; None where it stays.
    """

    since: dt.datetime | None = None
    stops: bool = False
    telephone: Callable[[str], str] = field(default=lambda number: number)
    door: Callable[[Address], Address] = field(default=lambda address: address)
    where: Shop | None = None

    def changed(self, moment: dt.datetime) -> bool:
        """Whether the ring has changed its ways by then."""
        return self.since is not None and moment > self.since


def after_a_hit(world: World, told: Truth, life: Span, doors: Callable[[int], list[Address]]) -> Habits:
    """Draws whether and when officers hit a ring in its life, and what it does about it.

    Args:
        world: Remembers the hit, so that its inspections are there.
        told: Names the ring.
        life: When it acts.
        doors: Gives new addresses.
    """
    dice = world.plan
    if not dice.chance(FOUND_OUT * world.label_bias):
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
        return Habits(since, door=lambda old: moved.setdefault(old, doors(1)[0]))
    if roll < _STOPS + _TELEPHONES + _DOORS + _SHOP:
        return Habits(since, where=shop(world))
    return Habits()
