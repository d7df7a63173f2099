"""Telephones and addresses of those who organise forged trade."""

from dataclasses import replace

from sandan.synthetic.dice import Dice
from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.population.places import Address, City, home, warehouse
from sandan.synthetic.trade.honest import World


def telephones(world: World, count: int) -> list[str]:
    """Numbers of an organiser: a block of new cards, single ones, now and then one of an ordinary person."""
    dice = world.plan
    if dice.chance(0.3):
        first = telephone_number(dice)[:7]
        start = dice.whole(0, 9999 - count)
        return [f"{first}{start + step:04d}" for step in range(count)]
    return [world.population.stranger(dice).telephone if dice.chance(0.06) else telephone_number(dice) for _ in range(count)]


def addresses(world: World, count: int) -> list[Address]:
    """Places of an organiser, near each other: flats, rooms of one house, a yard, now and then an ordinary person's home."""
    dice, streets = world.plan, world.words.streets
    place = dice.pick(world.places)
    first = _place(world, place)
    one_house = dice.chance(0.3)
    made = [first]
    while len(made) < count:
        other = replace(first, room=room(dice)) if one_house and first.room else home(dice, place, streets)
        if other not in made:
            made.append(other)
    return made


def _place(world: World, place: City) -> Address:
    dice = world.plan
    roll = dice.unit()
    if roll < 0.15:
        return world.population.stranger(dice).address
    return home(dice, place, world.words.streets) if roll < 0.75 else warehouse(dice, place, world.words.streets)


def room(dice: Dice) -> str:
    """A number of a flat."""
    return f"{dice.whole(1, 26)}{dice.whole(1, 4):02d}"
