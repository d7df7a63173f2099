import datetime as dt
from typing import Any

from sandan.record.values.parties import identity
from sandan.synthetic.population.people import identity_number


def test_identity_number_has_the_check_digit_of_the_standard() -> None:
    # Worked example of GB 11643-1999.
    assert identity_number("110105", dt.date(1949, 12, 31), 2) == "11010519491231002X"


def test_all_identity_numbers_in_the_files_are_valid(world: Any) -> None:
    orders = {record.head["buyerIdNumber"] for record in world.records["CEB311"]}
    payers = {record.head["payerIdNumber"] for record in world.records["CEB411"] if record.head["payerIdType"] == "1"}
    assert len(orders) > 500
    assert all(identity.facts(number).is_valid for number in orders | payers)


def test_some_people_come_back_and_some_share_an_address(world: Any) -> None:
    by_person = world.of("CEB311", "buyerIdNumber")
    assert sum(len(records) > 1 for records in by_person.values()) > 100
    by_address: dict[str, set[str]] = {}
    for record in world.records["CEB311"]:
        by_address.setdefault(record.head["consigneeAddress"], set()).add(record.head["buyerIdNumber"])
    assert sum(len(people) > 1 for people in by_address.values()) > 50
