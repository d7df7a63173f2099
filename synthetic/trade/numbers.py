"""Numbers that do not repeat and show no order: orders, waybills, payments, declarations."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sandan.record.errors import ConfigError
from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import Company, Platform

_ROUNDS = 6
_BLOCK = 256
# Waybill numbers: these digits in front never come twice, so that a roll of labels can use up all that follow.
_FRONT, _ROLL = 10, 100
_WIDTHS = (9, _FRONT, 11, 12, 13, 14)
_Words = npt.NDArray[np.uint64]


class Permutation:
    """Every number of so many digits once, in an order that looks like chance.

    Args:
        seed: Seed of the world.
        width: Digits, 2 to 18.

    Source:
        Luby and Rackoff, How to construct pseudorandom permutations, SIAM J. Comput. 17 (1988), with addition in place of XOR, so that the
        halves may have any size. Not secret: it hides from nobody in which order things were counted, it just does not show it.
    """

    def __init__(self, seed: int, width: int) -> None:
        self._low = np.uint64(10 ** (width // 2))
        self._high = np.uint64(10 ** (width - width // 2))
        self._keys = np.random.default_rng([seed, 9, width]).integers(0, 2**63, size=_ROUNDS, dtype=np.uint64)

    def at(self, places: _Words) -> _Words:
        """The numbers at places of the order."""
        high, low = places // self._low, places % self._low
        for turn, key in enumerate(self._keys):
            if turn % 2:
                low = (low + _mixed(high, key) % self._low) % self._low
            else:
                high = (high + _mixed(low, key) % self._high) % self._high
        return high * self._low + low


def _mixed(words: _Words, key: np.uint64) -> _Words:
    """A hash of 64 bits.

    Source:
        The finaliser of SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
    """
    with np.errstate(over="ignore"):
        made = words + key
        made = (made ^ (made >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        made = (made ^ (made >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return made ^ (made >> np.uint64(31))


class Numbers:
    """Gives out numbers in the forms that companies use.

    Counting would show in which order the world was planned, and so what is forged. Parts of a world that are made apart, even by other
    processes, never give out the same number.

    Args:
        seed: Seed of the world.
        dice: Stream of what is free in a number.
        part: Which part of the world.
        parts: Number of parts.
    """

    def __init__(self, seed: int, dice: Dice, part: int = 0, parts: int = 1) -> None:
        self._seed, self._dice, self._parts = seed, dice, parts
        self._left = {width: _counted(seed, width, part, parts) for width in _WIDTHS}

    def of_part(self, part: int, dice: Dice) -> "Numbers":
        """Those of another part of the same world."""
        return Numbers(self._seed, dice, part, self._parts)

    def order(self, platform: Platform, moment: dt.datetime) -> str:
        """An order number in the platform's style."""
        if platform.style == 0:
            return f"{moment:%y%m%d}{self._next(12)}"
        if platform.style == 1:
            return f"E{self._next(13)}"
        if platform.style == 2:
            return f"{moment:%Y%m%d%H%M}{self._next(9)}"
        return f"XP{platform.company.code[-2:]}{self._next(11)}"

    def waybill(self, carrier: Company) -> str:
        """A waybill number with the carrier's letters."""
        return f"{_letters(carrier)}{self._next(_FRONT)}{self._dice.whole(0, _ROLL - 1):02d}"

    def waybills(self, carrier: Company, count: int) -> list[str]:
        """Waybill numbers in a row, as a roll of labels has them; a long row goes on with another roll."""
        made: list[str] = []
        while len(made) < count:
            size = min(count - len(made), _ROLL)
            front, first = f"{_letters(carrier)}{self._next(_FRONT)}", self._dice.whole(0, _ROLL - size)
            made += [f"{front}{first + step:02d}" for step in range(size)]
        return made

    def payment(self, moment: dt.datetime) -> str:
        """A payment number."""
        return f"{moment:%Y%m%d}2200{self._next(14)}"

    def declaration(self, moment: dt.datetime) -> str:
        """A declarant's own number; its last nine digits are the serial."""
        return f"{moment:%Y%m%d}{self._next(9)}"

    def _next(self, width: int) -> str:
        return next(self._left[width])


def _letters(carrier: Company) -> str:
    letters = int(carrier.code[:4]) + int(carrier.dxp[-4:])
    return f"{chr(65 + letters % 26)}{chr(65 + letters // 26 % 26)}"


def _counted(seed: int, width: int, part: int, parts: int) -> Iterator[str]:
    """All numbers of a part.

    Raises:
        ConfigError: There are no more.
    """
    order, span = Permutation(seed, width), 10**width // parts
    for begin in range(0, span - _BLOCK, _BLOCK):
        first = part * span + begin
        yield from (f"{number:0{width}d}" for number in order.at(np.arange(first, first + _BLOCK, dtype=np.uint64)).tolist())
    raise ConfigError(f"a world of so many orders a day needs numbers of more than {width} digits: make it longer, or smaller")
