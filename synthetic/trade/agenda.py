"""Which day each ordinary order falls on, and who orders: drawn at once, so that each day can be made by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandan.synthetic.dice import Weighted
from sandan.synthetic.trade.honest import MOST_BASKET

Ints = npt.NDArray[np.int64]

# Fen that a person spends in ordinary orders; with what else may come, everybody stays under the 26,000 yuan of a year.
_MOST_PERSON = 1_900_000
_MOST_ORDERS = 40
# People order in bursts: so many orders follow another one of the same person, by so many days on average.
_AGAIN, _DAYS_LATER = 0.45, 1.5


@dataclass(frozen=True, slots=True)
class Agenda:
    """The ordinary orders of a world.

    Attributes:
        buyers: Who orders each import, by day; places in the population.
        most: Fen that each import may cost.
        imports: First import of each day in `buyers`; one more than days.
        exports: Exports of each day.
    """

    buyers: Ints
    most: Ints
    imports: Ints
    exports: Ints

    def of_day(self, day: int) -> Iterator[tuple[int, int]]:
        """Buyer, and the most that the order may cost, of each import of a day."""
        part = slice(self.imports[day], self.imports[day + 1])
        return zip(self.buyers[part].tolist(), self.most[part].tolist(), strict=True)


def agenda(seed: int, n_imports: int, n_exports: int, days: int, day_weights: Weighted, activity: Weighted, n_people: int) -> Agenda:
    """Draws all ordinary orders.

    Args:
        seed: Seed of the world.
        n_imports: Ordinary imports.
        n_exports: Exports.
        days: Days of the world.
        day_weights: Draws days.
        activity: Draws buyers.
        n_people: Size of the population.
    """
    chance = np.random.default_rng([seed, 20])
    day = np.sort(day_weights.indexes(chance, n_imports))
    buyers = _in_bursts(activity.indexes(chance, n_imports), days, chance)
    buyers = _bounded(buyers, n_people, chance)
    counts = np.bincount(buyers, minlength=n_people)
    most = np.minimum(_MOST_PERSON // np.maximum(counts, 1), MOST_BASKET)[buyers]
    exports = np.bincount(day_weights.indexes(chance, n_exports), minlength=days)
    return Agenda(buyers, most, np.searchsorted(day, np.arange(days + 1)), exports)


def _in_bursts(buyers: Ints, days: int, chance: np.random.Generator) -> Ints:
    """Orders by time, some of them given to who ordered shortly before; as many orders on each day as before."""
    n = len(buyers)
    back = np.ceil(chance.exponential(_DAYS_LATER, n) * n / days).astype(np.int64)
    position = np.arange(n)
    follows = (chance.random(n) < _AGAIN) & (back <= position)
    return np.where(follows, buyers[np.maximum(position - back, 0)], buyers)


def _bounded(buyers: Ints, n_people: int, chance: np.random.Generator) -> Ints:
    """Nobody orders more than so often: what is too much falls to others."""
    made = buyers.copy()
    for _ in range(20):
        order = np.argsort(made, kind="stable")
        ranked = made[order]
        rank = np.arange(len(ranked)) - np.searchsorted(ranked, ranked)
        above = order[rank >= _MOST_ORDERS]
        if not len(above):
            break
        made[above] = chance.integers(0, n_people, len(above))
    return made
