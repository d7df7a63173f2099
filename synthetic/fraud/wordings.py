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
    places = [i for i, letter in enumerate(brand) if i and letter in _SWAPS]
    place = dice.pick(places) if places else len(brand) - 1
    manner = dice.unit()
    if manner < 0.4:
        return brand[:place] + _SWAPS.get(brand[place], brand[place] * 2) + brand[place + 1 :]
    if manner < 0.55:
        return brand[:place] + "*" + brand[place + 1 :]
    if manner < 0.7:
        return f"{brand[:place]}-{brand[place:]}"
    return brand[:place] + brand[place + 1 :] if manner < 0.85 else f"{brand[: len(brand) // 2]} style"


def wordings(dice: Dice, mark: Mark, ware: Ware) -> list[str]:
    """How one workshop describes its goods: mostly without the brand, else in words that only insiders read."""
    manner = dice.unit()
    made = []
    for name in dice.some(ware.names, 3):
        if manner < 0.6:
            made.append(name + dice.pick(("", "", "", "", "", " no brand", " sample", " model A", " gift")))
        elif manner < 0.83:
            made.append(f"{look_alike(dice, mark.brand)} {name}")
        else:
            lines = [alias for alias in mark.aliases if alias != mark.brand and alias.isascii()]
            made.append(f"{dice.pick(lines) if lines else look_alike(dice, mark.brand)} {name}")
    return made
