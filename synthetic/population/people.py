"""People with valid identity numbers, in households, with their telephones and habits."""

import datetime as dt
from dataclasses import dataclass

from sandan.synthetic.dice import Dice, Weighted
from sandan.synthetic.population.places import Address, City, dormitory, home, warehouse
from sandan.synthetic.population.words import Words

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
# Second and third digit of mobile numbers in use.
_PREFIXES = [f"1{n}" for n in (30, 31, 33, 35, 36, 37, 38, 39, 50, 51, 52, 57, 58, 59, 70, 76, 77, 80, 82, 83, 86, 87, 88, 89, 98, 99)]
# Share of households with 1, 2, 3, 4, 5 people who order.
_SIZES = (0.42, 0.28, 0.18, 0.08, 0.04)


@dataclass(frozen=True, slots=True)
class Person:
    """One natural person.

    Attributes:
        number: Identity number (GB 11643), 18 characters.
        account: Account name; each platform has its own in front of it.
        household: Place of the household in the population; -1 for those who are not of it.
    """

    name: str
    number: str
    telephone: str
    address: Address
    account: str
    household: int


@dataclass(frozen=True, slots=True)
class Population:
    """All people.

    Attributes:
        people: In the order of their households.
        households: Places of the members in `people`.
        activity: Draws buyers; few order much, many once.
        residents: City -> people who live there.
        taken: Identity numbers that exist.
    """

    people: list[Person]
    households: list[list[int]]
    activity: Weighted
    residents: dict[str, list[Person]]
    taken: dict[str, None]

    def resident(self, city: str, dice: Dice) -> Person:
        """Anybody who lives in a city."""
        return dice.pick(self.residents.get(city) or self.people)

    def buyer(self, dice: Dice) -> Person:
        """Somebody who orders, the active ones more often."""
        return self.people[self.activity.index(dice)]

    def stranger(self, dice: Dice) -> Person:
        """Anybody, all equally likely."""
        return dice.pick(self.people)

    def relative(self, person: Person, dice: Dice) -> Person | None:
        """Another member of the household; None for those who live alone."""
        if person.household < 0:
            return None
        others = [self.people[i] for i in self.households[person.household] if self.people[i] is not person]
        return dice.pick(others) if others else None


def identity_number(region: str, born: dt.date, sequence: int) -> str:
    """A resident identity number.

    Args:
        region: Six digits.
        born: Day of birth.
        sequence: 0-999, odd for men.

    Source:
        GB 11643-1999: the last character is the check digit after ISO 7064 mod 11-2.
    """
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def population(dice: Dice, words: Words, places: list[City], count: int) -> Population:
    """About `count` people in households, a few of them in student dormitories.

    Args:
        dice: Stream of the people.
        words: Names and streets.
        places: Districts; the earlier ones of a province are no more likely than others.
        count: Number of people wanted.
    """
    people: list[Person] = []
    households: list[list[int]] = []
    taken: dict[str, None] = {}
    sizes = Weighted(_SIZES)
    while len(people) < count:
        place = dice.pick(places)
        if dice.chance(0.004):
            building = dormitory(dice, place, words.streets)
            for _ in range(dice.whole(8, 20)):
                room = Address(
                    place,
                    building.street,
                    building.number,
                    building.site,
                    building.house,
                    f"{dice.whole(1, 6)}{dice.whole(1, 30):02d}",
                    building.postcode,
                )
                households.append([len(people)])
                people.append(_person(dice, words, room, "", "", dice.whole(18, 24), len(households) - 1, taken))
            continue
        # Some have their parcels sent to where they work.
        address = home(dice, place, words.streets) if dice.chance(0.96) else warehouse(dice, place, words.streets)
        surname, telephone, members = dice.pick(words.surnames), "", []
        for member in range(sizes.index(dice) + 1):
            # Children and parents share a surname, couples do not; now and then also the telephone.
            own_name = surname if member != 1 else ""
            shared = telephone if member and dice.chance(0.08) else ""
            members.append(len(people))
            people.append(_person(dice, words, address, own_name, shared, dice.whole(20, 68), len(households), taken))
            telephone = telephone or people[-1].telephone
        households.append(members)
    activity = Weighted([0.2 + dice.waiting(1.0) ** 2 for _ in people])
    residents: dict[str, list[Person]] = {}
    for person in people:
        residents.setdefault(person.address.place.city, []).append(person)
    return Population(people, households, activity, residents, taken)


def telephone_number(dice: Dice) -> str:
    """A mobile number."""
    return dice.pick(_PREFIXES) + dice.digits(8)


def newcomer(
    dice: Dice, words: Words, people: Population, address: Address, telephone: str = "", surname: str = "", region: str = "", age: int = 0
) -> Person:
    """Somebody outside the population, with an identity number of their own.

    Args:
        dice: Stream to draw from.
        words: Names and regions.
        people: The population, whose numbers are not given out again.
        address: Where parcels go.
        telephone: The number to call; "" for one of their own.
        surname: Family name, "" for any.
        region: Six digits of birth, "" for any.
        age: Years, 0 for any.
    """
    return _person(dice, words, address, surname, telephone, age or dice.whole(19, 66), -1, people.taken, region)


def _person(
    dice: Dice,
    words: Words,
    address: Address,
    surname: str,
    telephone: str,
    age: int,
    household: int,
    taken: dict[str, None],
    region: str = "",
) -> Person:
    region = region or (address.place.code if dice.chance(0.6) else dice.pick(words.regions))
    while True:
        sequence = dice.whole(0, 999)
        born = dt.date(2024 - age, 1, 1) + dt.timedelta(days=dice.whole(0, 364))
        number = identity_number(region, born, sequence)
        if number not in taken:
            taken[number] = None
            break
    given = dice.pick(words.men if sequence % 2 else words.women)
    telephone = telephone or telephone_number(dice)
    return Person((surname or dice.pick(words.surnames)) + given, number, telephone, address, dice.digits(8), household)
