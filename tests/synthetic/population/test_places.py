from sandan.record.values.addresses import address
from sandan.synthetic.dice import Dice
from sandan.synthetic.population.places import cities, home, locker

STREETS = ["文一西路", "中山街"]


def test_other_writings_stay_one_place() -> None:
    dice = Dice(1, 1)
    for place in cities():
        flat = home(dice, place, STREETS)
        plain = address.normal(flat.plain())
        assert plain is not None
        for _ in range(10):
            assert address.likeness(plain, address.normal(flat.otherwise(dice)) or "") > 0.9


def test_a_locker_is_another_place_in_the_same_street() -> None:
    dice = Dice(1, 1)
    flat = home(dice, cities()[0], STREETS)
    box = locker(dice, flat)
    assert box.street == flat.street
    assert address.place_kind(box.plain()) == "locker"
    assert address.place_kind(flat.plain()) == "home"
