"""What is done with the picture of a network, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from sandan.algorithms.results.results import Results
from sandan.dashboard.serving.access import DEMO_USER, services_of
from sandan.record.app.cases import Subject
from sandan.record.settings import Settings

CANVAS = "#network-canvas[data-nodes]"
PLACES = "part => Object.fromEntries(part._sandanNetwork.nodes().map((n) => [n.id(), { ...n.position() }]))"


@pytest.fixture(scope="session")
def ring(results: Results) -> str:
    """The strongest cluster of forged transactions."""
    return str(next(row["cluster_id"] for row in results.table("clusters").to_pylist() if row["kind"] == "forged"))


@pytest.fixture
def drawn(page: Page, app_url: str, ring: str) -> Iterator[Locator]:
    page.goto(f"{app_url}/network?cluster={ring}&view=picture&lang=en")
    canvas = page.locator(CANVAS)
    expect(canvas).to_be_visible()
    yield canvas


def at(canvas: Locator, which: str) -> dict[str, Any]:
    """Where a node is on the screen."""
    find = f"const node = cy.nodes().filter((n) => {which})[0], at = node.renderedPosition(), box = part.getBoundingClientRect();"
    script = f"(part) => {{ const cy = part._sandanNetwork; {find} return {{ x: box.x + at.x, y: box.y + at.y, id: node.id() }}; }}"
    found: dict[str, Any] = canvas.evaluate(script)
    return found


def chosen(page: Page, n: int) -> str:
    """Choose the n-th node of the table; its id."""
    row = page.locator("#network-nodes tbody tr").nth(n)
    row.locator("button").click()
    expect(page.locator("#network-details").get_by_role("link", name="Path from here")).to_be_visible()
    return str(row.get_attribute("data-node"))


def test_hide_undo_redo_and_the_keys(page: Page, drawn: Locator) -> None:
    rows = page.locator("#network-nodes tbody tr")
    before = rows.count()
    undo, redo = page.locator("#network-undo"), page.locator("#network-redo")
    expect(undo).to_be_disabled()
    hidden = chosen(page, 0)
    page.locator("#network-details").get_by_role("link", name="Hide", exact=True).click()
    expect(rows).to_have_count(before - 1)
    expect(page.locator("#network-done")).to_contain_text("Hidden by hand: 1")
    expect(drawn).to_have_attribute("data-nodes", str(before - 1))
    undo.click()
    expect(rows).to_have_count(before)
    expect(undo).to_be_disabled()
    redo.click()
    expect(rows).to_have_count(before - 1)
    expect(redo).to_be_disabled()
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(before)
    page.keyboard.press("Control+Shift+Z")
    expect(rows).to_have_count(before - 1)
    page.locator("#network-done summary").click()
    page.locator("#network-done").get_by_role("link", name="Show all").click()
    expect(page.locator(f"#network-nodes tr[data-node='{hidden}']")).to_be_visible()


def test_a_dragged_node_stays_where_it_was_put_and_undo_takes_it_back(page: Page, drawn: Locator) -> None:
    node = at(drawn, "!n.data('item')")
    home = drawn.evaluate(PLACES)[node["id"]]
    page.mouse.move(node["x"], node["y"])
    page.mouse.down()
    page.mouse.move(node["x"] + 60, node["y"] + 40, steps=6)
    page.mouse.up()
    page.wait_for_url(re.compile("pin="))
    expect(page.locator("#network-done")).to_contain_text("Pinned: 1")
    put = drawn.evaluate(PLACES)[node["id"]]
    assert abs(put["x"] - home["x"]) > 20
    page.reload()
    expect(drawn).to_be_visible()
    kept = drawn.evaluate(PLACES)[node["id"]]
    assert abs(kept["x"] - put["x"]) <= 1 and abs(kept["y"] - put["y"]) <= 1
    page.locator("#network-done").get_by_role("link", name="Unpin all").click()
    expect(page.locator("#network-done")).not_to_contain_text("Pinned")
    page.wait_for_function(
        "(id) => Math.abs(document.querySelector('#network-canvas')._sandanNetwork.getElementById(id[0]).position().x - id[1]) < 1",
        arg=[node["id"], home["x"]],
    )


def test_a_path_between_two_chosen_nodes_is_drawn_and_told(page: Page, drawn: Locator) -> None:
    first = chosen(page, 0)
    page.locator("#network-details").get_by_role("link", name="Path from here").click()
    expect(page.locator("#network-done")).to_contain_text("A path begins at")
    last = chosen(page, 3)
    page.locator("#network-details").get_by_role("link", name=re.compile("^Path from .* to here$")).click()
    expect(page.locator("#network-done")).to_contain_text("Shortest path")
    ways = "part => part._sandanNetwork.nodes('[?way]').map((n) => n.id())"
    page.wait_for_function(f"() => ({ways})(document.querySelector('#network-canvas')).length > 1")
    assert {first, last} <= set(drawn.evaluate(ways))
    page.locator("#network-done").get_by_role("link", name="Drop the path").click()
    expect(page.locator("#network-done")).to_be_empty()


def test_words_on_a_tie_stand_there_only_while_it_is_pointed_at(page: Page, drawn: Locator) -> None:
    told = "part => part._sandanNetwork.edges().filter((e) => e.style('label')).length"
    page.mouse.move(5, 5)
    assert drawn.evaluate(told) == 0
    node = at(drawn, "n.degree() > 0")
    page.mouse.move(node["x"], node["y"])
    page.wait_for_function(f"() => ({told})(document.querySelector('#network-canvas')) > 0")
    page.mouse.move(5, 5)
    page.wait_for_function(f"() => ({told})(document.querySelector('#network-canvas')) === 0")


def test_words_have_one_size_on_the_screen_and_lie_on_none_other(page: Page, drawn: Locator) -> None:
    sizes = "part => part._sandanNetwork.nodes().map((n) => parseFloat(n.style('font-size')) * part._sandanNetwork.zoom())"
    clash = """part => { const cy = part._sandanNetwork, shown = cy.nodes().filter((n) => parseFloat(n.style('text-opacity')) > 0);
      const boxes = shown.map((n) => { const b = n.renderedBoundingBox({ includeNodes: false, includeEdges: false, includeOverlays: false, includeUnderlays: false });
        return [b.x1 + 4, b.y1 + 6, b.x2 - 4, b.y2 - 6]; });
      let n = 0; boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => { if (a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]) n += 1; }));
      return [shown.length, n]; }"""
    for zoom in (0.2, 0.5, 1.0, 2.5):
        drawn.evaluate("(part, zoom) => void part._sandanNetwork.zoom(zoom)", zoom)
        page.wait_for_timeout(200)
        assert all(abs(size - 11) < 0.2 for size in drawn.evaluate(sizes)), zoom
        n_shown, n_clashes = drawn.evaluate(clash)
        assert n_shown > 0 and n_clashes == 0, zoom


def test_a_large_picture_is_a_list_first_and_a_switch_draws_it(page: Page, app_url: str, ring: str) -> None:
    everything = "Identity,Account,Phone,Address,Sender,Seller,Goods,Country,Platform,Payment,Logistics,Agent"
    page.goto(f"{app_url}/network?cluster={ring}&kinds={everything}&lang=en")
    rows = page.locator("#network-nodes tbody tr")
    expect(rows.first).to_be_visible()
    n = rows.count()
    is_large = n >= 50
    expect(page.locator("#network-canvas")).to_be_visible(visible=not is_large)
    other = "As a picture" if is_large else "As a list"
    page.get_by_role("link", name=other).click()
    expect(page.locator("#network-canvas")).to_be_visible(visible=is_large)
    expect(rows).to_have_count(n)
    if is_large:
        expect(page.locator(CANVAS)).to_have_attribute("data-nodes", str(n))


def test_picture_and_tables_are_taken_out(page: Page, drawn: Locator, scored_home: Settings) -> None:
    with page.expect_download() as taken:
        page.locator("#network-png").click()
    content = Path(taken.value.path()).read_bytes()
    assert taken.value.suggested_filename.endswith(".png")
    assert content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 10_000
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    assert width > 500 and height > 300
    with page.expect_download() as taken:
        page.get_by_role("link", name="Nodes (CSV)").click()
    assert Path(taken.value.path()).read_text(encoding="utf-8-sig").startswith("id,kind,label")
    rows, _ = services_of(scored_home).audit.search(action="export")
    assert [row["detail"]["form"] for row in rows[:2]] == ["nodes.csv", "png"]


def test_a_picture_is_kept_with_its_case(page: Page, app_url: str, scored_home: Settings, results: Results, ring: str) -> None:
    page.goto(f"{app_url}/alerts?lang=en")  # signs the demonstration's officer in
    expect(page.locator("h1")).to_be_visible()
    services = services_of(scored_home)
    number = services.cases.open(services.accounts.named(DEMO_USER).actor, "A ring", [Subject("cluster", ring, ring, results.run_id)])
    page.goto(f"{app_url}/case/{number}?lang=en")
    page.locator(".case").get_by_role("link", name="Network", exact=True).first.click()
    page.wait_for_url(re.compile(f"case={number}"))
    rows = page.locator("#network-nodes tbody tr")
    expect(rows.first).to_be_visible()
    n = rows.count()
    chosen(page, 0)
    page.locator("#network-details").get_by_role("link", name="Hide", exact=True).click()
    expect(rows).to_have_count(n - 1)
    page.get_by_placeholder("Note on the picture").fill("without the mother's number")
    page.get_by_role("button", name=f"Keep with case {number}").click()
    expect(page.get_by_text(f"Kept with case {number}.")).to_be_visible()
    page.goto(f"{app_url}/case/{number}?lang=en")
    page.get_by_role("link", name="without the mother's number").click()
    page.wait_for_url(re.compile("kept="))
    expect(rows).to_have_count(n - 1)
    expect(page.locator(".kept")).to_contain_text("without the mother's number")
