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
        # On a busy machine the list may be drawn anew between two keys and forget which one was marked: one presses them again.
        if not page.locator("#work-reason").input_value():
            page.wait_for_timeout(1000)
        if not page.locator("#work-reason").input_value():
            page.keyboard.press("ArrowDown")
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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_infringing_cluster_is_understood_and_becomes_a_case(page: Page, url: str, home: Settings, language: str) -> None:
    words = {
        "en": ("Clusters", "Infringing shipments", "What sets it apart", "Brand", "Channel", "Its consignments in the queue", "Make a case of it"),
        "zh": ("团组", "侵权货物", "团组特征", "品牌", "渠道", "在预警队列中查看本组单票", "立案"),
    }[language]  # fmt: skip
    sign_in(page, url, "li", language)
    page.get_by_role("link", name=words[0], exact=True).click()
    page.locator("#clusters-kind").get_by_text(words[1]).click()
    page.wait_for_url(re.compile("of=ipr"))
    rows = page.locator("#clusters-grid .ag-center-cols-container .ag-row")
    expect(rows.first).to_contain_text(words[1])
    expect(page.locator("#clusters-map .point").first).to_be_attached()  # where they go, on a map without any tile from elsewhere
    rows.first.locator("[col-id=score]").click()
    page.wait_for_url(re.compile("/network.*cluster="))
    expect(page.get_by_role("heading", name=words[2])).to_be_visible()
    for name in words[3:5]:
        figure = page.locator("#network-profile figure", has_text=name)
        expect(figure.locator(".bars .point").first).to_be_attached()
    cluster = page.locator("h1").inner_text()
    page.get_by_role("link", name=words[5]).click()
    page.wait_for_url(re.compile("/alerts.*in=c-"))
    expect(page.locator("#queue-grid .ag-row [col-id=number] a").nth(1)).to_be_visible()  # one row each: nothing is folded here
    page.go_back()
    page.get_by_role("button", name=words[6]).click()
    page.wait_for_url("**/case/1**")
    expect(page.locator("h1")).to_contain_text(cluster.split(" ")[-1])
    kinds = [row["kind"] for row in services_of(home).cases.whole(1)["subjects"]]
    assert kinds[0] == "cluster" and len(kinds) > 3 and set(kinds[1:]) == {"consignment"}


def test_several_are_decided_at_once_and_what_others_decided_is_told(page: Page, url: str, home: Settings) -> None:
    sign_in(page, url, "li", "en")
    boxes = page.locator("#queue-grid .ag-row .ag-selection-checkbox input, #queue-grid .ag-row input[type=checkbox]")
    expect(boxes.nth(3)).to_be_visible()
    for n in range(3):
        boxes.nth(n).click()
    expect(page.locator("#bulk-n")).to_have_text("3 chosen")
    page.locator("#bulk-claim").click()
    expect(page.locator("#bulk-said")).to_contain_text("Claimed 3.")
    expect(page.locator("#bulk-bar")).to_be_hidden()
    claims = services_of(home).decisions.claims()
    assert set(claims.values()) == {"li"} and len(claims) == 3
    # A colleague is quicker with one of them.
    taken = sorted(claims)[0]
    decisions, actor = services_of(home).decisions, SYSTEM
    decisions.claim(actor, taken, others=True)
    for n in range(3):
        boxes.nth(n).click()
    page.locator("#bulk-reason").click()
    page.get_by_role("option", name="Check the goods").click()
    page.locator("#bulk-note").fill("one visit for all")
    page.locator("#bulk-decide").click()
    expect(page.locator("#bulk-said")).to_contain_text("Decided on 3.")
    assert {decisions.history(key)[0]["note"] for key in claims} == {"one visit for all"}
    expect(page.locator("#queue-grid [col-id=work]", has_text="Inspect")).to_have_count(3)
    for n in range(4):
        boxes.nth(n).click()
    page.locator("#bulk-reason").click()
    page.get_by_role("option", name="Check the documents").click()
    page.locator("#bulk-decide").click()
    expect(page.locator("#bulk-said")).to_contain_text("Decided on 1. 3 left: somebody else was quicker.")
    assert len(decisions.all_standing()) == 4 and services_of(home).audit.fault() == ""


def test_a_view_is_saved_opened_and_removed(page: Page, url: str, home: Settings) -> None:
    sign_in(page, url, "li", "en")
    page.locator("label", has_text="! Medium").click()
    page.wait_for_url(re.compile("grade=high"))
    page.get_by_text("My views").click()
    page.locator("#views-name").fill("only high")
    page.locator("#views-save").click()
    expect(page.get_by_role("link", name="only high")).to_be_visible()
    page.get_by_role("link", name="Reset").click()
    page.wait_for_url(lambda url: "grade=" not in url)
    if not page.get_by_role("link", name="only high").is_visible():
        page.get_by_text("My views").click()
    page.get_by_role("link", name="only high").click()
    page.wait_for_url(re.compile("grade=high"))
    if not page.locator("#views-which").is_visible():
        page.get_by_text("My views").click()
    page.locator("#views-which").click()
    page.get_by_role("option", name="only high").click()
    page.locator("#views-remove").click()
    expect(page.get_by_role("link", name="only high")).to_have_count(0)
