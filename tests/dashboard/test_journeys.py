"""What officers come for, from the first look to the end, in a real browser; each in both languages where its words matter."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandan.dashboard.serving.access import services_of
from sandan.record.app.services import SYSTEM, open_services
from sandan.record.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture
def home(own_home: Settings) -> Settings:
    accounts = open_services(own_home).accounts
    for name, role in (("li", "officer"), ("wu", "auditor"), ("chen", "analyst")):
        accounts.add(SYSTEM, name, role, PASSWORD)
    return own_home


@pytest.fixture
def url(home: Settings, served: Callable[..., Any]) -> Iterator[str]:
    with served(home, demo=False) as running:
        yield running.url


def sign_in(page: Page, url: str, name: str, language: str) -> None:
    """By keyboard alone: the name's field has the focus."""
    page.goto(f"{url}/login?lang={language}&next=/alerts?lang%3D{language}")
    expect(page.locator("[name=name]")).to_be_focused()  # a key pressed before that is lost
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^http://[^/]+/alerts"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_ten_alerts_are_triaged_by_keyboard_alone(page: Page, url: str, home: Settings, language: str) -> None:
    sign_in(page, url, "li", language)
    expect(page.locator(".ag-row").first).to_be_visible()
    seen = []
    for n in range(10):
        page.keyboard.press("n")
        page.wait_for_url(re.compile(r"/consignment/"))
        if seen:
            expect(page).not_to_have_url(seen[-1])
        expect(page.locator(".standing")).to_have_text("Nobody has decided yet." if language == "en" else "尚未处置。")
        seen.append(page.url)
        expect(page.locator("#page-title")).to_be_focused()  # a reader begins at the heading of a new page
        page.keyboard.press("d")
        expect(page.locator("#work-reason")).to_be_focused()
        options = page.locator("[role=option]:visible")
        page.keyboard.press("ArrowDown")
        expect(options.first).to_be_visible()
        for _ in range(n % 3):
            page.keyboard.press("ArrowDown")
        expect(page.locator("[role=option][data-combobox-selected]")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("#work-reason")).not_to_have_value("")
        for _ in range(3):
            page.keyboard.press("Tab")
        expect(page.locator("#work-decide")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#work-panel .done")).to_be_visible()
        page.locator("#work-reason").blur()
    assert len(set(seen)) == 10
    assert len(services_of(home).decisions.all_standing()) == 10 and services_of(home).audit.fault() == ""


def test_from_one_consignment_to_the_case_of_its_ring(page: Page, url: str, home: Settings, results: Any) -> None:
    sign_in(page, url, "li", "en")
    member = results.query("SELECT a.order_no FROM members m JOIN alerts a USING (consignment_id) JOIN clusters c ON c.cluster_id = m.cluster_id "
                           "WHERE c.kind = 'forged' AND a.order_no <> '' ORDER BY c.score DESC, a.order_no LIMIT 1")[0]  # fmt: skip
    page.goto(f"{url}/consignment/{member['order_no']}?lang=en")
    page.get_by_role("link", name=re.compile("^Cluster c-")).first.click()
    expect(page.locator("#network-canvas canvas").first).to_be_visible()
    page.get_by_role("button", name="Make a case of it").click()
    page.wait_for_url("**/case/1**")
    expect(page.locator("h1")).to_contain_text("Cluster c-")
    page.locator("#case-note").fill("asked the platform for its records")
    page.locator("#case-add-note").click()
    expect(page.locator(".case-notes")).to_contain_text("asked the platform")
    page.locator("#case-file").locator("input[type=file]").set_input_files(
        {"name": "answer.txt", "mimeType": "text/plain", "buffer": "平台答复".encode()}
    )
    expect(page.get_by_role("link", name="answer.txt")).to_be_visible()
    page.locator("#case-note").fill("payers deny the orders")
    page.locator("#case-state").click()
    page.get_by_role("option", name="Confirmed").click()
    page.locator("#case-change").click()
    expect(page.locator(".case .head")).to_contain_text("Confirmed")
    case = services_of(home).cases.whole(1)
    assert case["state"] == "confirmed" and [note["text"] for note in case["notes"]][-1] == "payers deny the orders"


def test_a_fine_parcel_is_released_and_it_can_be_taken_back(page: Page, url: str, home: Settings, results: Any) -> None:
    sign_in(page, url, "li", "zh")
    low = results.query("SELECT * FROM alerts WHERE grade = 'low' AND order_no <> '' ORDER BY score LIMIT 1")[0]
    page.goto(f"{url}/consignment/{low['order_no']}?lang=zh")
    page.locator("#work-reason").click()
    page.get_by_role("option", name="已核查，未见异常").click()
    page.locator("#work-decide").click()
    expect(page.locator(".standing")).to_contain_text("放行，理由：已核查，未见异常")
    page.locator("#work-note").fill("看错了单号")
    page.locator("#work-take-back").click()
    expect(page.locator(".standing")).to_have_text("尚未处置。")
    assert services_of(home).decisions.outcomes() == []


def test_a_query_is_asked_saved_and_found_again(page: Page, url: str) -> None:
    sign_in(page, url, "chen", "en")
    page.get_by_role("link", name="Query").click()
    page.locator("#query-text").fill("MATCH (o:Order) RETURN o.flow AS flow, count(o) AS n ORDER BY n DESC")
    page.locator("#query-run").click()
    expect(page.locator("#query-result .ag-row")).to_have_count(2)
    page.locator("#query-save-as").fill("by flow")
    page.locator("#query-save").click()
    page.reload()
    page.locator("#query-saved").click()
    page.get_by_role("option", name="by flow").click()
    expect(page.locator("#query-text")).to_have_value(re.compile("MATCH"))
    page.locator("#query-text").fill("MATCH (o:Order) DETACH DELETE o")
    page.locator("#query-run").click()
    expect(page.locator("#query-result .refused")).to_be_visible()


def test_an_auditor_finds_what_a_colleague_looked_at(page: Page, url: str, browser: Browser, results: Any) -> None:
    alert = results.query("SELECT * FROM alerts WHERE order_no <> '' ORDER BY score DESC LIMIT 1")[0]
    context = browser.new_context()
    colleague = context.new_page()
    sign_in(colleague, url, "li", "en")
    colleague.goto(f"{url}/consignment/{alert['order_no']}?lang=en")
    expect(colleague.locator("#work-panel")).to_be_visible()
    context.close()
    sign_in(page, url, "wu", "en")
    page.get_by_role("link", name="Audit").click()
    page.locator("#audit-who").fill("li")
    page.locator("#audit-what").click()
    page.get_by_role("option", name="looked at").click()
    page.locator("#audit-find").click()
    rows = page.locator("#audit-box tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(alert["order_no"])
    expect(rows.first).to_contain_text("li (Officer)")
