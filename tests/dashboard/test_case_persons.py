"""The persons of a case in clear on its page: who may ask, by whichever way he asks, what is shown, and when it ends."""

import datetime as dt
from typing import Any

import pytest

from sandan.algorithms.read_models.persons import persons_in_clear
from sandan.algorithms.results.results import Results
from sandan.dashboard import case_persons
from sandan.dashboard.address import consignment_path
from sandan.dashboard.serving.access import services_of
from sandan.record.app import unmaskings as module
from sandan.record.app.cases import Subject
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.services import Services
from sandan.record.app.unmaskings import UNMASKED_MINUTES
from sandan.record.catalog.keys import consignment_key
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

PURPOSE = "to call the buyers back"
SHOWN = "Shown to you until"


@pytest.fixture
def services(own_home: Settings) -> Services:
    return services_of(own_home)


@pytest.fixture
def keys(results: Results) -> list[str]:
    return [consignment_key(row) for row in results.table("alerts").to_pylist()[:3]]


@pytest.fixture
def case(app_of_roles: Any, services: Services, keys: list[str]) -> int:
    """A case of the officer's with two consignments."""
    officer = services.accounts.named("officer1").actor
    return services.cases.open(officer, "a ring", [Subject("consignment", key, key, "r") for key in keys[:2]])


def ask(browser: Any, case: Any, purpose: str = PURPOSE, language: str = "en") -> Any:
    values = {"case-id.data": case, "case-unmask.n_clicks": 1, "case-purpose.value": purpose, "url.search": f"?lang={language}"}
    return browser.call(f"{case_persons.BOX}.children", **values)


def test_of_many_consignments_each_has_the_persons_that_it_has_alone(own_home: Settings, results: Results) -> None:
    paths, alerts = HomePaths(own_home.home), results.table("alerts").to_pylist()[:60]
    together = persons_in_clear(paths, results, alerts)
    assert set(together) == {consignment_key(row) for row in alerts} and any(together.values())
    for row in alerts[::20]:
        key = consignment_key(row)
        twins = [other for other in alerts if consignment_key(other) == key]
        assert set(together[key]) == set(persons_in_clear(paths, results, twins)[key])


@pytest.mark.parametrize("role", ROLES)
def test_only_whom_the_case_is_assigned_to_gets_it_by_a_direct_post(
    signed_in: Any, app_of_roles: Any, services: Services, case: int, role: str
) -> None:
    browser = signed_in(app_of_roles, role)
    answer = ask(browser, case)
    assert answer.status_code == (200 if Permission.UNMASK in ROLES[role] else 403)
    assert (SHOWN in answer.text) == (role == "officer")
    assert services.audit.search(action="unmask")[1] == (role == "officer")
    if Permission.UNMASK in ROLES[role] and role != "officer":
        assert "officer1" in answer.text, "it is said who may ask"
        services.cases.assign(services.accounts.named(f"{role}1").actor, case, f"{role}1")
        assert SHOWN in ask(browser, case).text


def test_a_purpose_is_asked_for_in_both_languages(signed_in: Any, app_of_roles: Any, services: Services, case: int) -> None:
    browser = signed_in(app_of_roles, "officer")
    assert "at least eight" in ask(browser, case, "  short ").text
    assert "至少八个字符" in ask(browser, case, "", "zh").json["response"]["case-persons"]["children"][1]["props"]["children"]
    assert services.audit.search(action="unmask")[1] == 0
    for number in (None, 99, -1, "1", 1.5):
        assert SHOWN not in ask(browser, number).text


def test_the_page_shows_the_persons_of_its_own_consignments_until_the_time_is_over(
    signed_in: Any, app_of_roles: Any, own_home: Settings, services: Services, case: int, keys: list[str], results: Results,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    browser, other = signed_in(app_of_roles, "officer"), signed_in(app_of_roles, "supervisor")
    rows = [row for row in results.table("alerts").to_pylist() if consignment_key(row) in keys]
    persons = persons_in_clear(HomePaths(own_home.home), results, rows)
    masked = browser.page(f"/case/{case}")
    assert all(one.value not in masked for one in persons[keys[0]] if len(one.value) > 2)
    ask(browser, case)
    page = browser.page(f"/case/{case}")
    for key in keys[:2]:
        assert persons[key] and all(one.value in page for one in persons[key])
        assert SHOWN in browser.page(consignment_path(key)), "and on the consignment's own page"
    assert SHOWN not in browser.page(consignment_path(keys[2]))
    for path in (f"/case/{case}", consignment_path(keys[0])):
        assert SHOWN not in other.page(path)
    opened = [row["detail"].get("in_clear") for row in services.audit.search(action="open", subject=f"case:{case}")[0]]
    assert sorted(map(bool, opened)) == [False, False, True]
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=UNMASKED_MINUTES, seconds=1)
    monkeypatch.setattr(module, "utc_now", lambda: later)
    assert SHOWN not in browser.page(f"/case/{case}") and SHOWN not in browser.page(consignment_path(keys[0]))


def test_to_close_the_case_ends_it_on_the_page_at_once(signed_in: Any, app_of_roles: Any, case: int, keys: list[str]) -> None:
    browser = signed_in(app_of_roles, "officer")
    assert SHOWN in ask(browser, case).text
    values = {
        "case-id.data": case, "case-seen.data": "open", "case-state.value": "confirmed", "case-note.value": "it is a ring",
        "case-change.n_clicks": 1, "changed": "case-change.n_clicks", "url.search": "?lang=en",
    }  # fmt: skip
    closed = browser.call("case-box.children", **values).text
    assert SHOWN not in closed and "The case is closed." in closed
    assert SHOWN not in browser.page(consignment_path(keys[0]))
    assert SHOWN not in ask(browser, case).text


def test_a_role_that_is_taken_away_ends_it_too(signed_in: Any, app_of_roles: Any, services: Services, case: int) -> None:
    browser = signed_in(app_of_roles, "officer")
    ask(browser, case)
    services.accounts.change_role(services.accounts.named("admin1").actor, "officer1", "viewer")
    assert ask(browser, case).status_code == 403
    assert SHOWN not in browser.page(f"/case/{case}")
