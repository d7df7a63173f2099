"""Chance: one seeded stream for each concern, drawn in blocks because single draws are slow."""

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
_BLOCK = 8192


class Dice:
    """A seeded stream of chance.

    Args:
        seed: Seed of the world.
        stream: Number of the concern; streams of one seed do not depend on each other.
        part: Part of the world, where a concern has a stream for each; 0: the whole.
    """

    def __init__(self, seed: int, stream: int, part: int = 0) -> None:
        self._generator = np.random.default_rng([seed, stream, part] if part else [seed, stream])
        self._block: list[float] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._block:
            self._block = self._generator.random(_BLOCK).tolist()
        return self._block.pop()

    def chance(self, probability: float) -> bool:
        """True with the probability given."""
        return self.unit() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + self.unit() * (high - low)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all equally likely."""
        return choices[int(self.unit() * len(choices))]

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """Up to `count` different choices, in the order drawn."""
        left = list(choices)
        return [left.pop(int(self.unit() * len(left))) for _ in range(min(count, len(left)))]

    def waiting(self, mean: float) -> float:
        """An exponential waiting time with the mean given."""
        return -mean * math.log(1.0 - self.unit())

    def normal(self, sigma: float) -> float:
        """A normal number with mean 0."""
        return sigma * math.sqrt(-2.0 * math.log(1.0 - self.unit())) * math.cos(2.0 * math.pi * self.unit())

    def hours(self, low: float, high: float) -> dt.timedelta:
        """A span of whole seconds, from low to high hours."""
        return dt.timedelta(seconds=int(self.between(low, high) * 3600))

    def minutes(self, mean: float) -> dt.timedelta:
        """An exponential span of whole seconds with its mean in minutes, at least 5 s and at most 40 means."""
        return dt.timedelta(seconds=5 + int(min(self.waiting(mean), 40 * mean) * 60))

    def digits(self, count: int) -> str:
        """A text of that many digits."""
        text = ""
        while len(text) < count:
            text += f"{int(self.unit() * 1_000_000):06d}"
        return text[:count]

    def hexadecimal(self) -> str:
        """A record number of 36 characters, capitals and dashes, in the form of a random UUID."""
        text = self._generator.bytes(16).hex().upper()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-A{text[17:20]}-{text[20:]}"


class Weighted:
    """Draws indexes of a list with given weights.

    Args:
        weights: One weight for each index; any positive scale.
    """

    def __init__(self, weights: Sequence[float]) -> None:
        sums = list(accumulate(weights))
        self._edges = [edge / sums[-1] for edge in sums]

    def index(self, dice: Dice) -> int:
        """The index drawn, from 0."""
        return min(bisect_right(self._edges, dice.unit()), len(self._edges) - 1)

    def indexes(self, generator: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
        """`count` indexes, each drawn by itself; int64 [count]."""
        found = np.searchsorted(np.asarray(self._edges), generator.random(count), side="right")
        return np.minimum(found, len(self._edges) - 1)
