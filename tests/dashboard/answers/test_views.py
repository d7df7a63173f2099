"""The answer of a query as table, network and chart: what each shows, and what it says where there is nothing or too much to draw."""

import json
from typing import Any

import flask
import pytest
from playwright.sync_api import Page, expect

from sandan.algorithms.read_models.network.answered import answered
from sandan.algorithms.read_models.network.neighbourhood import MOST_NODES, network_of
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address
from sandan.dashboard.answers import views
from sandan.dashboard.app import make_app
from sandan.dashboard.network.network_view import atlas_of
from sandan.dashboard.serving.access import _SignedIn, services_of
from sandan.graph.store.analyst import open_for_analyst
from sandan.graph.store.base import QueryResult
from sandan.record.app.services import SYSTEM
from sandan.record.settings import Settings

PAID = "MATCH (o:Order)-[r:PAID_BY]->(p:Payer) RETURN o, r, p ORDER BY o.id LIMIT 5"


def told(parts: Any) -> str:
    return json.dumps(parts, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def ask(settings: Settings, text: str) -> QueryResult:
    with open_for_analyst(settings) as store:
        return store.query(text, {}, max_rows=1000, timeout_s=30)


def shown(settings: Settings, result: QueryResult, language: Any = "en") -> str:
    return told(views.views(settings, result, Address(language)))


@pytest.mark.parametrize(
    "text",
    [
        PAID,
        "MATCH way = (o:Order)-[:PAID_BY]->(p:Payer) RETURN way ORDER BY o.id LIMIT 5",
        "MATCH (o:Order)-[:PAID_BY]->(p:Payer) RETURN o.id, p.id ORDER BY o.id LIMIT 5",
    ],
)
def test_nodes_paths_and_ids_name_the_same_network(scored_home: Settings, results: Results, text: str) -> None:
    atlas = atlas_of(scored_home, results)
    found = answered(atlas, ask(scored_home, text))
    assert set(found.nodes) == set(answered(atlas, ask(scored_home, PAID)).nodes) and found.n_others == 0
    rows = ask(scored_home, PAID).rows
    listed = QueryResult(("all",), [([row[0] for row in rows], [row[2] for row in rows])], truncated=False)
    assert set(answered(atlas, listed).nodes) == set(found.nodes)
    pairs = ask(scored_home, "MATCH (o:Order)-[:PAID_BY]->(p:Payer) RETURN o.id, p.id ORDER BY o.id LIMIT 5").rows
    ties = {(edge.source, edge.target) for edge in network_of(atlas, found.nodes).edges}
    assert pairs and {(f"Order:{order}", f"Identity:{payer}") for order, payer in pairs} <= ties


def test_a_node_without_a_sign_is_counted(scored_home: Settings, results: Results) -> None:
    result = QueryResult(("n",), [({"_label": "Declaration", "id": "d-1"},), ({"_label": "Order", "id": "nowhere"},)], truncated=False)
    assert answered(atlas_of(scored_home, results), result).n_others == 2


def test_each_view_says_why_it_is_empty(scored_home: Settings) -> None:
    empty, text_only = QueryResult(("a", "n"), [], truncated=False), QueryResult(("a",), [("nobody",)], truncated=False)
    for language, words in (
        ("en", ("0 rows", "names no consignment", "There are no rows")),
        ("zh", ("0 行", "结果中没有图中的", "没有结果行")),
    ):
        assert all(one in shown(scored_home, empty, language) for one in words)
    assert "A chart takes a column of numbers" in shown(scored_home, text_only)


def test_too_many_nodes_are_cut_and_it_is_said(scored_home: Settings, results: Results) -> None:
    ids = atlas_of(scored_home, results).view.ids.to_pylist()[: MOST_NODES + 5]
    page = shown(scored_home, QueryResult(("id",), [(one,) for one in ids], truncated=True))
    assert f"the first {MOST_NODES} of {MOST_NODES + 5} nodes" in page and "Only the first" in page
    assert page.count('"position"') == MOST_NODES


def test_the_chosen_columns_are_drawn_and_impossible_ones_are_not(scored_home: Settings) -> None:
    result = QueryResult(("a", "b", "n", "m"), [("x", "y", 1, 2.5)], truncated=False)

    def axes(labels: str, numbers: str, kind: str = "bars") -> tuple[str, str, str]:
        [holder] = views.drawn(result, labels, numbers, kind, "en")
        figure = holder.children.figure
        return figure["layout"]["xaxis"]["title"]["text"], figure["layout"]["yaxis"]["title"]["text"], figure["data"][0]["type"]

    assert axes("1", "2") == ("b", "n", "bar")
    for labels, numbers in (("9", "2"), ("1", "0"), ("", ""), ("2", "2")):
        assert axes(labels, numbers, "line") == ("a", "m", "bar"), (labels, numbers)


def test_an_answer_is_kept_for_whom_asked_and_for_nobody_else(own_home: Settings) -> None:
    accounts, result = services_of(own_home).accounts, QueryResult(("a", "n"), [("x", 1)], truncated=False)
    li, wu = (accounts.add(SYSTEM, name, "analyst", "correct horse battery") for name in ("li", "wu"))
    with make_app(own_home).server.test_request_context("/"):
        flask.g._login_user = _SignedIn(li)
        tokens = [views._keep(result) for _ in range(views._MOST_KEPT + 1)]
        assert views._take(tokens[-1]) is result and views._take("guess") is None
        assert views._take(tokens[0]) is None, "the oldest makes room"
        flask.g._login_user = _SignedIn(wu)
        assert views._take(tokens[-1]) is None


def test_an_analyst_sees_an_answer_in_three_ways(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/query?lang=en")
    page.locator("#query-text").fill(
        "MATCH (o:Order)-[:PAID_BY]->(p:Payer) RETURN o.id AS order_id, p.id AS payer, 2 AS n ORDER BY o.id LIMIT 20"
    )
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#query-result .ag-row").first).to_be_visible()
    page.get_by_role("tab", name="Network").press("Enter")
    page.get_by_role("tab", name="Network").click()
    expect(page.locator("#answer-canvas canvas").first).to_be_visible()
    expect(page.locator("#query-result table")).to_contain_text("Order")
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator("#answer-chart .barlayer .point").first).to_be_attached()
    page.locator("#answer-labels").click()
    page.get_by_role("option", name="payer").click()
    expect(page.locator("#answer-chart .xtitle")).to_have_text("payer")
