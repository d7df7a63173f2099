"""A small stream of consignments: honest trade, and actors who change their ways when they are caught and copy what passes.

Far less than `sandan.synthetic`: a consignment is what a scorer sees of it (seller, goods, route, three signs), not documents, so that many
weeks are made in seconds. No figure of it is one of real trade.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

HEADINGS, ROUTES, SIGNS = 12, 8, ("payer", "price", "address")
# Honest trade: how often it bears a sign (a gift, a sale day, a new address).
_USUAL_SIGN = 0.05
_SELLERS = 120
# What an actor does after an inspection has found him: as the groups of `sandan.synthetic.schemes.adaptation`, who stop, take other
# parties or go elsewhere; the rest have not noticed.
_STOPS, _SELLER, _ROUTE, _HEADING = 0.3, 0.3, 0.15, 0.15
# One who changes copies a way that nobody was caught with for `_PASSED` weeks, or finds one of his own.
_COPIES, _PASSED = 0.6, 4
# Somebody who is not caught still changes his goods or his seller now and then.
_RESTLESS = 0.04


@dataclass(frozen=True, slots=True)
class Way:
    """How an actor sends: heading and route of the goods, and the signs that he cannot hide."""

    heading: int
    route: int
    signs: tuple[bool, ...]


@dataclass(slots=True)
class Actor:
    """One who sends what is forged or undervalued.

    Attributes:
        seller: Under whose name.
        way: How.
        volume: Consignments a week, on average.
        stake: Tax that one of them hides, CNY, on average.
        since: Week in which he took his way up or was last caught.
    """

    seller: int
    way: Way
    volume: float
    stake: float
    since: int = 0


@dataclass(slots=True)
class Stream:
    """The world of one policy: its actors see only what this policy catches.

    Attributes:
        rng: Of everything random.
        n_honest: Honest consignments a week.
        n_actors: Actors at any time; who stops is replaced by a newcomer.
        actors: Those of now.
        week: The week that is made next.
    """

    rng: np.random.Generator
    n_honest: int = 900
    n_actors: int = 20
    actors: list[Actor] = field(default_factory=list)
    week: int = 0
    _next_seller: int = _SELLERS

    def __post_init__(self) -> None:
        """Let the first actors in."""
        self.actors = [self._newcomer() for _ in range(self.n_actors)]

    def _way(self) -> Way:
        signs = tuple(bool(self.rng.random() < 0.3) for _ in SIGNS)
        return Way(int(self.rng.integers(HEADINGS)), int(self.rng.integers(ROUTES)), signs)

    def _seller(self) -> int:
        self._next_seller += 1
        return self._next_seller

    def _newcomer(self) -> Actor:
        return Actor(self._seller(), self._taken_up(), float(self.rng.uniform(1, 4)), float(self.rng.lognormal(5.5, 0.4)), self.week)

    def _taken_up(self) -> Way:
        """A way that passes, or a new one."""
        passing = [actor.way for actor in self.actors if self.week - actor.since >= _PASSED]
        if passing and self.rng.random() < _COPIES:
            return passing[int(self.rng.integers(len(passing)))]
        return self._way()

    def next_week(self) -> pd.DataFrame:
        """Consignments of the next week, in no order: seller, heading, route, payer, price, address, value, is_breach, stake, actor."""
        honest, rng = self.n_honest, self.rng
        columns: dict[str, npt.NDArray[np.generic]] = {
            "seller": rng.integers(_SELLERS, size=honest),
            "heading": rng.integers(HEADINGS, size=honest),
            "route": rng.integers(ROUTES, size=honest),
            **{name: rng.random(honest) < _USUAL_SIGN for name in SIGNS},
            "is_breach": np.zeros(honest, bool),
            "stake": np.zeros(honest),
            "actor": np.full(honest, -1),
        }
        parts = [pd.DataFrame(columns)]
        for number, actor in enumerate(self.actors):
            n = int(rng.poisson(actor.volume))
            signs = {name: np.full(n, sign) for name, sign in zip(SIGNS, actor.way.signs, strict=True)}
            stake = rng.lognormal(np.log(actor.stake), 0.3, n)
            of_actor = {"seller": actor.seller, "heading": actor.way.heading, "route": actor.way.route, "is_breach": True, "actor": number}
            parts.append(pd.DataFrame({**{name: np.full(n, value) for name, value in of_actor.items()}, **signs, "stake": stake}))
        rows = pd.concat(parts, ignore_index=True).sample(frac=1.0, random_state=rng).reset_index(drop=True)
        rows["value"] = rng.lognormal(6.0, 0.6, len(rows))
        self.week += 1
        return rows

    def learn_of(self, caught: set[int]) -> None:
        """Let the actors react to the week: those who were caught stop or move, some others change all the same.

        Args:
            caught: Places in `actors` of those of whom a consignment was found.
        """
        for number in sorted(caught):
            actor = self.actors[number]
            actor.since = self.week
            if self.rng.random() < _STOPS:
                self.actors[number] = self._newcomer()
            else:
                self._changes(actor)
        for number, actor in enumerate(self.actors):
            if number not in caught and self.rng.random() < _RESTLESS:
                self._changes(actor)

    def _changes(self, actor: Actor) -> None:
        """Let an actor change one thing, or nothing: other goods and routes are those of a way that passes, or new."""
        roll = self.rng.random() * (1.0 - _STOPS)
        if roll < _SELLER:
            actor.seller = self._seller()
        elif roll < _SELLER + _ROUTE:
            actor.way = replace(actor.way, route=self._taken_up().route)
        elif roll < _SELLER + _ROUTE + _HEADING:
            actor.way = replace(actor.way, heading=self._taken_up().heading)
