"""What senders of copies write on their parcels."""

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.marks import MARKS, WARES, Mark, Ware

_SWAPS = {"o": "0", "i": "1", "l": "I", "e": "3", "a": "@", "s": "5", "n": "m", "y": "i"}


def branded_goods(dice: Dice) -> tuple[Mark, Ware]:
    """A recorded brand and goods for which it is recorded."""
    mark = dice.pick(MARKS)
    return mark, dice.pick([ware for ware in WARES if mark.fits(ware)])


def look_alike(dice: Dice, brand: str) -> str:
    """A brand written so that a buyer knows it and a search does not."""
    positions = [i for i, letter in enumerate(brand) if i and letter in _SWAPS]
    position = dice.pick(positions) if positions else len(brand) - 1
    form = dice.unit()
    if form < 0.4:
        return brand[:position] + _SWAPS.get(brand[position], brand[position] * 2) + brand[position + 1 :]
    if form < 0.55:
        return brand[:position] + "*" + brand[position + 1 :]
    if form < 0.7:
        return f"{brand[:position]}-{brand[position:]}"
    return brand[:position] + brand[position + 1 :] if form < 0.85 else f"{brand[: len(brand) // 2]} style"


def wordings(dice: Dice, mark: Mark, ware: Ware) -> list[str]:
    """How one workshop describes its goods: mostly without the brand, else in words that only insiders read."""
    form = dice.unit()
    made = []
    for name in dice.some(ware.names, 3):
        if form < 0.6:
            made.append(name + dice.pick(("", "", "", "", "", " no brand", " sample", " model A", " gift")))
        elif form < 0.83:
            made.append(f"{look_alike(dice, mark.brand)} {name}")
        else:
            lines = [alias for alias in mark.aliases if alias != mark.brand and alias.isascii()]
            made.append(f"{dice.pick(lines) if lines else look_alike(dice, mark.brand)} {name}")
    return made
