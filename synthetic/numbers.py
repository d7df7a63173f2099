"""Numbers that do not repeat and show no order: orders, waybills, payments, declarations."""

import datetime as dt

from sandan.synthetic.companies import Company, Platform
from sandan.synthetic.dice import Dice


class Numbers:
    """Gives out numbers in the forms that companies use.

    Args:
        dice: Stream of the digits. Counting would tell in which order the world was planned, and so what is forged.
    """

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._taken: dict[str, None] = {}

    def _next(self, width: int) -> str:
        while (digits := self._dice.digits(width)) in self._taken:
            pass
        self._taken[digits] = None
        return digits

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
        place = int(carrier.code[:4]) + int(carrier.dxp[-4:])
        return f"{chr(65 + place % 26)}{chr(65 + place // 26 % 26)}{self._next(12)}"

    def waybills(self, carrier: Company, count: int) -> list[str]:
        """Waybill numbers in a row, as a roll of labels has them."""
        while True:
            first = self.waybill(carrier)
            made = [f"{int(first[2:]) + step:012d}" for step in range(count)]
            if len(made[-1]) == 12 and not any(digits in self._taken for digits in made[1:]):
                self._taken |= dict.fromkeys(made)
                return [first[:2] + digits for digits in made]

    def payment(self, moment: dt.datetime) -> str:
        """A payment number."""
        return f"{moment:%Y%m%d}2200{self._next(14)}"

    def declaration(self, moment: dt.datetime) -> str:
        """A declarant's own number; its last nine digits are the serial."""
        return f"{moment:%Y%m%d}{self._next(9)}"
