"""Parts of a world's time: when a group acts."""

import datetime as dt
from dataclasses import dataclass

from sandan.synthetic.dice import Dice
from sandan.synthetic.schemes.drift import window
from sandan.synthetic.trade.honest import World


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the world's time."""

    begins: dt.datetime
    days: float

    def moment(self, world: World, hours: tuple[int, int] | None = None) -> dt.datetime:
        """Some time in it.

        Args:
            world: Its stream and the usual hours of a day.
            hours: First and last hour; None for the hours in which people shop.
        """
        dice = world.plan
        day = self.begins + dt.timedelta(days=dice.unit() * self.days)
        hour = dice.whole(*hours) if hours else world.hour_weights.index(dice)
        return world.in_time(day.replace(hour=hour, minute=dice.whole(0, 59), second=dice.whole(0, 59), microsecond=0))

    def after(self, days: float) -> "Span":
        """Without its first days."""
        return Span(self.begins + dt.timedelta(days=days), self.days - days)

    def part(self, dice: Dice, low: float, high: float) -> "Span":
        """A shorter span of so many days somewhere in it, or up to half of one that reaches beyond its end."""
        first, last = hanging_over(dice, min(dice.between(low, high), self.days), 0.0, self.days)
        return Span(self.begins + dt.timedelta(days=first), last - first)


def hanging_over(dice: Dice, length: float, begins: float, ends: float) -> tuple[float, float]:
    """First and last day of something of a length, cut where it would begin before the time given or end after it.

    What lies wholly within hardly ever lies at the ends: there would be no frauds on the first and last days.
    """
    first = dice.between(begins - length / 2, ends - length / 2)
    return max(first, begins), min(first + length, ends)


def whole_span(world: World) -> Span:
    """The time in which a group may act: to the last day, as everybody."""
    return Span(dt.datetime.combine(world.season.start, dt.time()) + dt.timedelta(days=0.3), world.season.days - 0.3)


def life_span(world: World, kind: str) -> Span:
    """The time in which forgers of a kind act: with drift some come up later, others go out of use."""
    whole, (begins, ends) = whole_span(world), window(world, kind)
    return Span(whole.begins + dt.timedelta(days=begins * whole.days), (ends - begins) * whole.days)
