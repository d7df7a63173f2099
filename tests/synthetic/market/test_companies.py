import re
from typing import Any

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import uscc


def test_credit_codes_have_the_form_of_the_standard() -> None:
    dice = Dice(1, 1)
    assert all(re.fullmatch(r"91\d{6}\d{8}[\dX][0-9A-HJ-NP-RT-UW-Y]", uscc(dice, "330110")) for _ in range(200))


def test_register_holds_every_role_and_each_code_once(world: Any) -> None:
    rows = world.table("companies")
    assert {row["role"] for row in rows} == {"platform", "seller", "payment", "logistics", "agent"}
    assert len({row["code"] for row in rows}) == len({row["uscc"] for row in rows}) == len(rows)


def test_every_platform_lacks_the_service_of_some_payment_company(world: Any) -> None:
    rows = world.table("companies")
    services = {(row["pay_code"], row["ebp_code"]) for row in world.table("payment_services")}
    payments = [row["code"] for row in rows if row["role"] == "payment"]
    for platform in (row["code"] for row in rows if row["role"] == "platform"):
        assert 0 < sum((pay, platform) in services for pay in payments) < len(payments)
