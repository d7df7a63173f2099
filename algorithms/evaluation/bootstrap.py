"""Intervals of figures whose rows belong together in groups: whole groups are drawn again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DRAWS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure without its value.

    Attributes:
        measure: Its name.
        of: Typology, or another part that it is taken of; "" for all.
        at: Budget or grade that it is taken at; "" where there is none.
        n: How many it is a share or a mean of.
        rows: int64 [m]; rows of the key that it is about.
        definition: What it is, in one sentence.
    """

    measure: str
    of: str
    at: str
    n: int
    rows: Ints
    definition: str


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that are computed together.

    Attributes:
        figures: What they are.
        values: Their values, in this order, for float64 [rows of the key], how often each row counts; NaN where there is none.
    """

    figures: list[Figure]
    values: Callable[[Floats], list[float]]


def draws(groups: Ints, count: int, seed: int = 1) -> Iterator[Floats]:
    """How often each row counts when as many groups as there are, are drawn with replacement: the counts are multinomial.

    Args:
        groups: int64 [n]; rows with equal numbers belong together.
        count: Draws.
        seed: Same seed, same draws.

    Source:
        Davison and Hinkley, Bootstrap Methods and their Application (1997), 3.8: the cluster bootstrap.
    """
    rng = np.random.default_rng(seed)
    _, own = np.unique(groups, return_inverse=True)
    n = int(own.max(initial=-1)) + 1
    for _ in range(count):
        yield np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)[own]


def intervals(values: Callable[[Floats], list[float]], groups: Ints, count: int = DRAWS, seed: int = 1) -> list[tuple[float, float]]:
    """95 % percentile interval of each figure over the draws in which it has a value; NaN where it never has."""
    return [bounds(drawn) for drawn in zip(*(values(weight) for weight in draws(groups, count, seed)), strict=True)]


def bounds(drawn: tuple[float, ...] | list[float]) -> tuple[float, float]:
    """The 2.5 and 97.5 percentiles of what is finite."""
    known = np.array([value for value in drawn if np.isfinite(value)])
    return (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975))) if len(known) else (float("nan"), float("nan"))
