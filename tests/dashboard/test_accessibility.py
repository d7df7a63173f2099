"""axe-core on every page and on the states that officers bring it into: nothing serious, nothing critical."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sandan.algorithms.read_models.consignment import full_key
from sandan.dashboard.address import Address, Scene
from sandan.dashboard.network.network_view import picture_of
from sandan.record.app.audit import Actor
from sandan.record.app.cases import Subject
from sandan.record.app.services import SYSTEM, open_services
from sandan.record.settings import Settings

PASSWORD = "correct horse battery"
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
# Of the tables and charts of others, whose inner elements are not ours to name: plotly's drawing and AG Grid's own focus guards.
NOT_OURS = {"exclude": [[".js-plotly-plot svg"]]}


@pytest.fixture
def url(own_home: Settings, served: Callable[..., Any]) -> Iterator[str]:
    services = open_services(own_home)
    for name, role in (("li", "supervisor"), ("wu", "auditor"), ("chen", "analyst")):
        services.accounts.add(SYSTEM, name, role, PASSWORD)
    services.cases.open(Actor(1, "li", "supervisor"), "a case", [Subject("cluster", "c-1", "c-1", "r")], "a note")
    with served(own_home, demo=False) as running:
        yield running.url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Without the complaints about what a refused password or an unknown address brings to the console."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)  # the machine may be busy with other tests
    yield made
    context.close()


def serious(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, context=NOT_OURS).response["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_has_a_serious_fault(page: Page, url: str, top_alert: dict[str, Any], results: Any, language: str) -> None:
    [cluster] = results.query("SELECT cluster_id FROM clusters ORDER BY file_row_number LIMIT 1")
    [operator] = results.query("SELECT role, code FROM operators ORDER BY file_row_number LIMIT 1")
    consignment = f"/consignment/{quote(full_key(top_alert), safe='')}"
    faults: dict[str, Any] = {}

    def look(name: str, path: str, shown: str) -> None:
        page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={language}")
        expect(page.locator(shown).first).to_be_visible()
        if found := serious(page):
            faults[name] = found

    look("sign in", "/login", "[name=name]")
    for name, paths in {
        "li": {
            "/alerts?grade=all": "#queue-grid .ag-row [col-id=score]", "/overview": "#overview-chart .bars", "/clusters": "#clusters-grid .ag-row",
            "/operators": "#operators-grid .ag-row", "/plan": "h1", "/measures": "h1", "/warnings": "#warnings-box", "/cases": "h1", "/case/1": ".case", consignment: "#work-panel",
            f"/network?cluster={cluster['cluster_id']}": "#network-profile figure", f"/network?key={quote(full_key(top_alert))}": "#network-canvas",
            f"/operator/{operator['role']}%3A{operator['code']}": "h1", "/nowhere": "h1", "/consignment/import%3ANO%3ASUCH": "h1",
        },
        "wu": {"/audit": "#audit-box"},
        "chen": {"/query": "#query-text"},
    }.items():  # fmt: skip
        page.context.clear_cookies()
        page.goto(f"{url}/login?lang={language}")
        page.locator("[name=name]").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda now: "/login" not in now)
        for path, shown in paths.items():
            look(path, path, shown)
    assert faults == {}


def test_no_state_of_the_queue_and_of_a_decision_has_a_serious_fault(page: Page, url: str, top_alert: dict[str, Any]) -> None:
    page.goto(f"{url}/login?lang=en&next=/alerts")
    page.locator("[name=name]").fill("li")
    page.locator("[name=password]").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.locator(".refused")).to_be_visible()
    assert serious(page) == []
    page.locator("[name=name]").fill("li")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/alerts"))
    expect(page.locator("#queue-grid .ag-row .score").first).to_be_visible()
    page.locator("#queue-grid .ag-row input[type=checkbox]").first.click()
    expect(page.locator("#bulk-bar")).to_be_visible()
    page.get_by_text("My views").click()
    expect(page.locator("#views-name")).to_be_visible()
    assert serious(page) == []
    page.get_by_text("My views").click()
    page.get_by_role("textbox", name="Search").fill("no-such-number")
    expect(page.locator("#queue-count")).to_contain_text("No consignment fits")
    assert serious(page) == []
    page.goto(f"{url}/consignment/{quote(full_key(top_alert), safe='')}?lang=en")
    page.locator("#work-decide").click()
    expect(page.locator("#work-panel .refused")).to_be_visible()
    page.locator("#work-reason").click()
    expect(page.get_by_role("option", name="Check the goods")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("option", name="Check the goods").click()
    page.locator("#work-decide").click()
    expect(page.locator("#work-panel .done")).to_be_visible()
    assert serious(page) == []


def sign_in(page: Page, url: str, name: str, way: str = "/overview") -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/login?lang=en&next={quote(way, safe='')}")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda now: "/login" not in now)


def test_no_state_of_a_case_has_a_serious_fault(page: Page, url: str, own_home: Settings, top_alert: dict[str, Any]) -> None:
    services, key = open_services(own_home), full_key(top_alert)
    number = services.cases.open(services.accounts.named("li").actor, EVIL, [Subject("consignment", key, key, "r")], EVIL)
    sign_in(page, url, "li", f"/case/{number}?lang=en")
    faults: dict[str, Any] = {}

    def look(name: str) -> None:
        if found := serious(page):
            faults[name] = found

    expect(page.locator("h1")).to_contain_text(EVIL)
    expect(page.locator(".note-text")).to_have_text(EVIL)
    expect(page.locator("main img[src=x]")).to_have_count(0)
    page.locator("#case-persons summary").click()
    page.locator("#case-unmask").click()
    expect(page.locator("#case-persons .refused")).to_be_visible()
    look("no purpose")
    page.locator("#case-purpose").fill("to call the buyers back")
    page.locator("#case-unmask").click()
    expect(page.locator("#case-persons .persons")).to_be_visible()
    look("persons in clear")
    page.locator("#case-note").fill("nothing was found")
    page.locator("#case-state").click()
    page.get_by_role("option", name="Dismissed").click()
    page.locator("#case-change").click()
    expect(page.locator("#case-persons")).to_contain_text("The case is closed.")
    look("closed")
    page.goto(f"{url}/consignment/{quote(key, safe='')}?lang=en")
    page.locator("#work-persons summary").click()
    page.locator("#work-purpose").fill("to call the buyer back")
    page.locator("#work-unmask").click()
    expect(page.locator("#work-persons .persons")).to_be_visible()
    look("one consignment's persons")
    page.goto(f"{url}/case/99?lang=en")
    expect(page.locator("h1")).to_be_visible()
    look("no such case")
    page.goto(f"{url}/audit?lang=en")
    expect(page.locator("h1")).to_be_visible()
    look("not for this role")
    assert faults == {}


def test_no_state_of_the_network_and_of_a_query_has_a_serious_fault(
    page: Page, url: str, own_home: Settings, top_alert: dict[str, Any], results: Any
) -> None:
    sign_in(page, url, "li")
    faults: dict[str, Any] = {}

    def look(name: str) -> None:
        if found := serious(page):
            faults[name] = found

    picture = picture_of(own_home, results, Scene(key=full_key(top_alert)))
    one, other = (node for node in picture.network.nodes if not node.is_seed and node.is_item), picture.network.nodes[-1]
    scene = Scene(key=full_key(top_alert), view="list", start=f"Order:{full_key(top_alert)}", end=next(one).id, hide=(other.id,))
    page.goto(f"{url}/network{Address('en').drawing(scene).search_with_scene}")
    expect(page.locator("#network-nodes tr").nth(1)).to_be_visible()
    look("network as a list, with a path and a hidden node")
    page.locator("#network-way-typed").fill("no-such-number")
    page.locator("#network-way-find").click()
    expect(page.locator("#network-way-said .refused")).to_be_visible()
    page.locator("#network-nodes [data-pick]").first.click()
    expect(page.locator("#network-details h2")).to_be_visible()
    look("nothing found, and a node chosen")
    page.goto(f"{url}/query?lang=en")
    page.locator("#query-text").fill("MATCH (o:Order) DELETE o")
    page.locator("#query-run").click()
    expect(page.locator("#query-result .refused")).to_be_visible()
    look("refused query")
    page.locator("#query-text").fill("MATCH (o:Order)-[:PAID_BY]->(p:Payer) RETURN o.id, p.id, 2 AS n ORDER BY o.id LIMIT 20")
    page.locator("#query-run").click()
    expect(page.locator("#query-result .ag-row").first).to_be_visible()
    look("answer as a table")
    for tab, shown in (("Network", "#answer-canvas canvas"), ("Chart", "#answer-chart .barlayer .point")):
        page.get_by_role("tab", name=tab).click()
        expect(page.locator(shown).first).to_be_attached()
        look(f"answer: {tab}")
    assert faults == {}


def test_an_empty_home_s_pages_have_no_serious_fault(page: Page, empty_home: Settings, served: Callable[..., Any]) -> None:
    faults: dict[str, Any] = {}
    with served(empty_home, demo=False) as running:
        page.goto(f"{running.url}/")
        expect(page.locator("[name=name]")).to_be_visible()
        if found := serious(page):
            faults["first start"] = found
        open_services(empty_home).accounts.add(SYSTEM, "li", "supervisor", PASSWORD)
        sign_in(page, running.url, "li")
        for path in ("/overview", "/alerts", "/clusters", "/operators", "/plan", "/measures", "/warnings", "/cases", "/query", "/network"):
            page.goto(f"{running.url}{path}?lang=en")
            expect(page.locator("h1").first).to_be_visible()
            if found := serious(page):
                faults[path] = found
    assert faults == {}
