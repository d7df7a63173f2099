"""Persons in clear: for a purpose, for a while, for one consignment or for what is in a case; never longer than the case is one's own."""

import datetime as dt
from collections.abc import Callable

import pytest

from sandan.record.app import unmaskings as module
from sandan.record.app.audit import Actor
from sandan.record.app.cases import Subject
from sandan.record.app.services import SYSTEM, Services
from sandan.record.app.unmaskings import UNMASKED_MINUTES
from sandan.record.errors import InputError, UnknownId

PURPOSE = "to call the buyers back"


@pytest.fixture
def actors(services: Services) -> tuple[Actor, Actor]:
    made = [services.accounts.add(SYSTEM, name, "officer", "correct horse battery").actor for name in ("li", "wu")]
    return made[0], made[1]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the time pass for which something is shown."""

    def pass_by() -> None:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=UNMASKED_MINUTES, seconds=1)
        monkeypatch.setattr(module, "utc_now", lambda: now)

    return pass_by


def of_consignments(*keys: str) -> list[Subject]:
    return [Subject("consignment", key, key, "r") for key in keys]


def test_one_consignment_for_a_purpose_for_one_user_for_a_while(
    services: Services, actors: tuple[Actor, Actor], later: Callable[[], None]
) -> None:
    li, wu = actors
    for purpose in ("", "because", "x" * 600):
        with pytest.raises(InputError):
            services.unmaskings.unmask(li, "c1", purpose)
    until = services.unmaskings.unmask(li, "c1", PURPOSE)
    assert services.unmaskings.until(li.user_id, "c1") == until
    assert services.unmaskings.until(wu.user_id, "c1") is None and services.unmaskings.until(li.user_id, "c2") is None
    [row], _ = services.audit.search(action="unmask")
    assert (row["subject"], row["detail"]["purpose"]) == ("consignment:c1", PURPOSE)
    later()
    assert services.unmaskings.until(li.user_id, "c1") is None


def test_a_case_opens_its_own_consignments_and_no_others(
    services: Services, actors: tuple[Actor, Actor], later: Callable[[], None]
) -> None:
    li, wu = actors
    case = services.cases.open(li, "a ring", of_consignments("c1", "c2"))
    for purpose in ("", "because", "x" * 600):
        with pytest.raises(InputError):
            services.unmaskings.unmask_case(li, case, purpose)
    assert services.unmaskings.until_of_case(li.user_id, case) is None
    until = services.unmaskings.unmask_case(li, case, PURPOSE)
    services.cases.add(li, case, of_consignments("c3"))
    assert services.unmaskings.until_of_case(li.user_id, case) == until
    assert [services.unmaskings.until(li.user_id, one) for one in ("c1", "c2")] == [until, until]
    assert [services.unmaskings.until(li.user_id, one) for one in ("c3", "c4", "")] == [None, None, None], "put in later, or never"
    assert services.unmaskings.until(wu.user_id, "c1") is None and services.unmaskings.until_of_case(wu.user_id, case) is None
    [row], _ = services.audit.search(action="unmask")
    assert (row["actor"], row["subject"], row["detail"]["purpose"]) == ("li", f"case:{case}", PURPOSE)
    assert (row["detail"]["n"], row["detail"]["consignments"]) == (2, ["c1", "c2"])
    later()
    assert services.unmaskings.until_of_case(li.user_id, case) is None and services.unmaskings.until(li.user_id, "c1") is None


def test_it_ends_with_the_case_and_does_not_come_back(services: Services, actors: tuple[Actor, Actor]) -> None:
    li, _ = actors
    case, other = (services.cases.open(li, title, of_consignments("c1")) for title in ("a ring", "another"))
    services.unmaskings.unmask_case(li, case, PURPOSE)
    services.cases.change_state(li, case, "in_progress", "", expected="open")
    assert services.unmaskings.until_of_case(li.user_id, case) is not None
    services.unmaskings.unmask_case(li, other, PURPOSE)
    services.cases.change_state(li, case, "dismissed", "nothing there", expected="in_progress")
    assert services.unmaskings.until_of_case(li.user_id, case) is None
    assert services.unmaskings.until(li.user_id, "c1") is not None, "the other case is open"
    with pytest.raises(InputError, match="closed"):
        services.unmaskings.unmask_case(li, case, PURPOSE)
    services.cases.change_state(li, case, "open", "a new hint", expected="dismissed", reopen=True)
    assert services.unmaskings.until_of_case(li.user_id, case) is None
    changes = [row["detail"] for row in services.cases.whole(case)["history"] if row["detail"]["change"] == "state"]
    assert [one.get("unmaskings_ended") for one in changes] == [None, 1, None]


def test_it_ends_for_whom_a_case_is_taken_from(services: Services, actors: tuple[Actor, Actor]) -> None:
    li, wu = actors
    case = services.cases.open(li, "a ring", of_consignments("c1"))
    with pytest.raises(InputError, match="assigned to li"):
        services.unmaskings.unmask_case(wu, case, PURPOSE)
    services.unmaskings.unmask_case(li, case, PURPOSE)
    services.cases.assign(li, case, "li")
    assert services.unmaskings.until_of_case(li.user_id, case) is not None, "it is still his"
    services.cases.assign(li, case, "wu")
    assert services.unmaskings.until_of_case(li.user_id, case) is None and services.unmaskings.until(li.user_id, "c1") is None
    assert services.unmaskings.until_of_case(wu.user_id, case) is None, "whoever gets a case asks himself"
    assert services.unmaskings.unmask_case(wu, case, PURPOSE)


def test_nothing_is_opened_where_there_is_nothing(services: Services, actors: tuple[Actor, Actor]) -> None:
    li, _ = actors
    with pytest.raises(UnknownId):
        services.unmaskings.unmask_case(li, 99, PURPOSE)
    empty = services.cases.open(li, "an operator", [Subject("operator", "seller:1", "s", "r")])
    with pytest.raises(InputError, match="no consignment"):
        services.unmaskings.unmask_case(li, empty, PURPOSE)
    assert services.audit.search(action="unmask")[1] == 0
