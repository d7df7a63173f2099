"""The network in a real browser; the `page` fixture fails on console errors (broken content security too) and outside requests."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from sandan.algorithms.results.results import Results

CANVAS = "#network-canvas[data-nodes]"
WHERE = """(part) => {
  const cy = part._sandanNetwork, node = cy.nodes().filter((n) => %s)[0], at = node.renderedPosition(), box = part.getBoundingClientRect();
  return { x: box.x + at.x, y: box.y + at.y, id: node.id(), n: cy.nodes().length };
}"""


@pytest.fixture(scope="session")
def member(results: Results) -> dict[str, Any]:
    """The riskiest alert in a cluster of forged transactions, with `n_orders` of the cluster."""
    clusters = {row["cluster_id"]: row for row in results.table("clusters").to_pylist() if row["kind"] == "forged"}
    row: dict[str, Any] = next(row for row in results.table("alerts").to_pylist() if row["cluster_id"] in clusters)
    return row | {"n_orders": clusters[row["cluster_id"]]["n_orders"]}


def key_of(row: dict[str, Any]) -> str:
    return f"{row['flow']}:{row['ebp_code']}:{row['order_no']}"


def test_from_the_queue_to_the_network_to_the_cluster_and_the_list(page: Page, app_url: str, member: dict[str, Any]) -> None:
    page.goto(f"{app_url}/alerts?grade=all&q={member['order_no']}")
    expect(page.locator("#queue-grid .ag-row [col-id=number]").first).to_contain_text(member["order_no"])  # the row has come
    page.locator("#queue-grid .ag-row [col-id=score]").first.click()
    page.wait_for_url(re.compile("/consignment/"))
    page.get_by_role("link", name="See its network").click()
    page.wait_for_url(re.compile("/network"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(member["order_no"])
    expect(page.locator(CANVAS)).to_be_visible()
    rows = page.locator("#network-nodes tbody tr")
    expect(rows.first).to_be_visible()
    before = rows.count()
    expect(page.locator(CANVAS)).to_have_attribute("data-nodes", str(before))
    page.locator("#network-nodes").get_by_role("link", name="Expand").first.click()
    page.wait_for_url(re.compile("expand="))
    expect(rows.nth(before)).to_be_visible()
    expect(page.locator(CANVAS)).to_have_attribute("data-nodes", str(rows.count()))
    page.go_back()
    expect(rows).to_have_count(before)
    page.get_by_role("link", name=f"Cluster {member['cluster_id']}").first.click()
    page.wait_for_url(re.compile(f"cluster={member['cluster_id']}"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Cluster {member['cluster_id']}")
    expect(page.get_by_role("status")).to_contain_text(f"{member['n_orders']} consignments")
    page.get_by_role("link", name="All clusters").click()
    page.wait_for_url(re.compile(r"/clusters"))
    expect(page.locator("#clusters-grid .ag-center-cols-container .ag-row").first).to_be_visible()
    expect(page.locator("#clusters-map .scattergeo .point").first).to_be_attached()
    page.get_by_role("link", name="Alerts", exact=True).click()
    expect(page.get_by_role("textbox", name="Search")).to_have_value(member["order_no"])


def test_a_tap_describes_a_node_and_a_double_tap_expands_it(page: Page, app_url: str, member: dict[str, Any]) -> None:
    page.goto(f"{app_url}/network?key={quote(key_of(member))}")
    canvas = page.locator(CANVAS)
    expect(canvas).to_be_visible()
    at = canvas.evaluate(WHERE % "n.data('opens')")
    page.mouse.click(at["x"], at["y"])
    panel = page.locator("#network-details")
    expect(panel.get_by_role("link", name="Expand")).to_be_visible()
    expect(panel).to_contain_text(at["id"].rpartition(":")[2] if at["id"].startswith("Order:") else re.compile("Consignments with it"))
    page.mouse.dblclick(at["x"], at["y"])
    page.wait_for_url(re.compile("expand=" + re.escape(quote(at["id"], safe=""))))
    expect(panel.get_by_role("link", name="Expand")).to_have_count(0)
    assert canvas.evaluate(WHERE % "true")["n"] > at["n"]


def test_a_consignment_s_node_opens_the_consignment(page: Page, app_url: str, member: dict[str, Any]) -> None:
    page.goto(f"{app_url}/network?cluster={member['cluster_id']}")
    canvas = page.locator(CANVAS)
    expect(canvas).to_be_visible()
    at = canvas.evaluate(WHERE % "n.data('item')")
    page.mouse.click(at["x"], at["y"])
    page.locator("#network-details").get_by_role("link", name="Open consignment").click()
    page.wait_for_url(re.compile("/consignment/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(at["id"].rpartition(":")[2])


def test_kinds_and_days_filter_and_stand_in_the_address(page: Page, app_url: str, member: dict[str, Any]) -> None:
    page.goto(f"{app_url}/network?cluster={member['cluster_id']}&lang=zh")
    rows = page.locator("#network-nodes tbody tr")
    expect(rows.first).to_be_visible()
    before = rows.count()
    for name in ("电话", "地址", "账户", "身份证号"):
        page.locator("#network-kinds label, .kinds label", has_text=re.compile(f"^{name}$")).click()
        page.wait_for_url(re.compile("kinds="))
    page.wait_for_url(re.compile("kinds=Sender"))
    expect(rows).to_have_count(member["n_orders"])
    page.get_by_role("link", name="重新开始").click()
    expect(rows).to_have_count(before)
    page.get_by_role("slider", name="截止日").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("until=20"))
    expect(rows).not_to_have_count(before)
    page.reload()
    expect(page.get_by_role("slider", name="起始日")).to_be_visible()
    expect(rows).not_to_have_count(before)
    expect(page).to_have_title("关系网络 · 三单")


def test_the_keyboard_is_enough(page: Page, app_url: str, member: dict[str, Any]) -> None:
    page.goto(f"{app_url}/network?key={quote(key_of(member))}")
    first = page.locator("#network-nodes tbody tr button").first
    first.focus()
    first.press("Enter")
    expect(page.locator("#network-details")).to_contain_text(first.inner_text())
    more = page.locator("#network-nodes").get_by_role("link", name="Expand").first
    more.focus()
    more.press("Enter")
    page.wait_for_url(re.compile("expand="))


def test_enter_on_a_cluster_draws_it_and_a_kind_filters_the_list(page: Page, app_url: str, results: Results) -> None:
    n_ipr = sum(row["kind"] == "ipr" for row in results.table("clusters").to_pylist())
    page.goto(f"{app_url}/clusters")
    page.locator("label", has_text="Infringing shipments").click()
    page.wait_for_url(re.compile("of=ipr"))
    expect(page.get_by_role("status")).to_have_text(f"{n_ipr} clusters")
    cell = page.locator("#clusters-grid .ag-center-cols-container .ag-row [col-id=n_orders]").first
    cell.focus()
    cell.press("Enter")
    page.wait_for_url(re.compile("/network.*cluster=c-"))
    expect(page.locator(CANVAS)).to_be_visible()


def test_the_queue_leads_to_a_cluster(page: Page, app_url: str, member: dict[str, Any]) -> None:
    page.goto(f"{app_url}/alerts?grade=all&q={member['order_no']}")
    page.locator("#queue-grid [col-id=cluster] a").first.click()
    page.wait_for_url(re.compile(f"/network.*cluster={member['cluster_id']}"))


def test_the_library_s_own_instance_stays_empty_and_ours_is_drawn_anew_on_the_way_back(
    page: Page, app_url: str, member: dict[str, Any]
) -> None:
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if "cytoscape" in request.url else None)
    page.goto(f"{app_url}/network?cluster={member['cluster_id']}")
    canvas = page.locator(CANVAS)
    expect(canvas).to_be_visible()
    held = page.locator("#network-library")
    expect(held).to_be_hidden()
    assert held.evaluate("part => part._cyreg.cy.elements().length") == 0
    assert canvas.evaluate("part => part._sandanNetwork.container() === part")
    page.get_by_role("link", name="All clusters").click()
    expect(page.locator("#clusters-grid .ag-center-cols-container .ag-row").first).to_be_visible()
    page.go_back()
    expect(canvas).to_be_visible()
    assert canvas.evaluate("part => !part._sandanNetwork.destroyed() && part._sandanNetwork.nodes().length") > 0
    # One bundle of an installed package, and not the one with layouts under other licences.
    assert [re.sub(r"\.v[^/]*m\d+", "", url.removeprefix(app_url)) for url in scripts] == [
        "/_dash-component-suites/dash_cytoscape/dash_cytoscape.min.js"
    ]


def test_an_unknown_cluster_says_so(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/network?cluster=c-nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such cluster")
    page.get_by_role("link", name="All clusters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clusters")
