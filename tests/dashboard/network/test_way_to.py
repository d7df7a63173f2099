"""A path to what is not in the picture: what is typed, which nodes it means, what is said, what is drawn then."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import flask
import pytest
from playwright.sync_api import Page, expect

from sandan.algorithms.read_models.network.atlas import KINDS, PERSONAL, Atlas, tag
from sandan.algorithms.read_models.network.naming import MOST_NAMED, named
from sandan.algorithms.read_models.network.neighbourhood import Node, with_tags
from sandan.algorithms.read_models.network.paths import shortest_path
from sandan.algorithms.read_models.network.reach import WHOLE, Reach, item_name
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address, Scene
from sandan.dashboard.app import make_app
from sandan.dashboard.network import way_to
from sandan.dashboard.network.network_view import Picture, atlas_of, picture_of
from sandan.dashboard.serving.access import _SignedIn, services_of
from sandan.graph.store.analyst import open_for_analyst
from sandan.record.app.services import SYSTEM
from sandan.record.catalog.keys import consignment_key
from sandan.record.settings import Settings


@pytest.fixture(scope="module")
def atlas(scored_home: Settings, results: Results) -> Atlas:
    return atlas_of(scored_home, results)


@pytest.fixture(scope="module")
def ends(scored_home: Settings, results: Results, atlas: Atlas) -> tuple[dict[str, Any], str]:
    """The riskiest consignment that hangs together with one that its picture lacks, and that one."""
    for row in results.table("alerts").to_pylist():
        key = consignment_key(row)
        if not row["order_no"]:
            continue
        picture = picture_of(scored_home, results, Scene(key=key))
        drawn, near = {node.id for node in picture.network.nodes}, [node.id for node in picture.network.nodes if node.is_item]
        search = Reach(atlas, picture.kinds, WHOLE)
        for target in {one for node in near for one, _, _ in search.contacts(search.item(node))}:
            for place in search.users(target):
                node = item_name(atlas, int(place))
                if node not in drawn and shortest_path(atlas, f"Order:{key}", node, kinds=picture.kinds).n_steps > 2:
                    return row, node
    raise AssertionError("in this world everybody is drawn")


@pytest.fixture(scope="module")
def start(ends: tuple[dict[str, Any], str]) -> dict[str, Any]:
    return ends[0]


@pytest.fixture(scope="module")
def far(ends: tuple[dict[str, Any], str]) -> str:
    return ends[1]


@pytest.fixture(scope="module")
def picture(scored_home: Settings, results: Results, start: dict[str, Any]) -> Picture:
    return picture_of(scored_home, results, Scene(key=consignment_key(start)))


def told(parts: Any) -> str:
    return json.dumps(parts, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_every_number_and_key_of_a_consignment_means_it(atlas: Atlas, results: Results) -> None:
    for row in results.table("alerts").to_pylist()[:40]:
        key = consignment_key(row)
        node = f"Parcel:{key.removeprefix('parcel:')}" if key.startswith("parcel:") else f"Order:{key}"
        for typed in (key, node, row["order_no"], row["logistics_no"], (row["invt_no"] or "").lower(), f"  {key} "):
            assert not typed or node in named(atlas, results, typed).nodes, typed


def test_a_keyed_hash_or_its_end_means_an_identifier(atlas: Atlas, results: Results) -> None:
    for kind in PERSONAL:
        graph_id = atlas.layer(kind).names[0].as_py()
        for typed in (f"{kind}:{graph_id}", graph_id, tag(graph_id), graph_id[-8:], f"...{graph_id[-6:].upper()}"):
            assert f"{kind}:{graph_id}" in named(atlas, results, typed).nodes, typed
        assert named(atlas, results, graph_id[-3:]).nodes == (), "three characters say nothing"


def test_a_code_or_a_name_means_an_operator(atlas: Atlas, results: Results) -> None:
    seller = atlas.layer("Seller").names[0].as_py()
    assert f"Seller:{seller}" in named(atlas, results, seller.rpartition(":")[2]).nodes
    ids, names = atlas.column("Operator", "name")
    assert f"Seller:{seller}" in named(atlas, results, names[ids.index(seller).as_py()].as_py()).nodes


@pytest.mark.parametrize("typed", ["", "   ", "no-such-number", "Phone:nothing", "%", "' OR 1=1 --", ".*", "x" * 5000, "Country:", "…"])
def test_nothing_is_meant_by_what_names_nothing(atlas: Atlas, results: Results, typed: str) -> None:
    assert named(atlas, results, typed).nodes == ()


def test_a_path_leads_to_what_is_not_drawn_and_brings_it_into_the_picture(
    scored_home: Settings, results: Results, start: dict[str, Any], picture: Picture, far: str
) -> None:
    address = Address("en").drawing(Scene(key=consignment_key(start)))
    said, to = way_to.found(scored_home, address, far.removeprefix("Order:"), None, results.run_id)
    assert said == [] and to is not None and to.scene.end == far
    assert picture.node(far) is None
    shown = picture_of(scored_home, results, to.scene)
    assert shown.way is not None and shown.way.nodes[-1] == far and shown.way.n_steps > 2
    drawn, ties = {node.id for node in shown.network.nodes}, {frozenset((e.source, e.target)) for e in shown.network.edges}
    assert set(shown.way.nodes) <= drawn
    assert all(frozenset(pair) in ties for pair in pairwise(shown.way.nodes))


def test_a_path_stands_in_the_graph_store_too(scored_home: Settings, results: Results, picture: Picture, far: str) -> None:
    seed = next(node.id for node in picture.network.nodes if node.is_seed)
    way = shortest_path(atlas_of(scored_home, results), seed, far, kinds=picture.kinds)
    ids = [node.partition(":")[2] for node in way.nodes]
    with open_for_analyst(scored_home) as store:
        for left, right in pairwise(ids):
            # Of buyer and payer one identity is one node here, and two in the store: at most two relationships lie between.
            asked = "MATCH (a)-[*1..2]-(b) WHERE a.id = $left AND b.id = $right RETURN count(*) AS n"
            assert store.query(asked, {"left": left, "right": right}).rows[0][0] > 0, (left, right)


def test_the_path_does_not_need_the_store_s_server(scored_home: Settings, results: Results, start: dict[str, Any], far: str) -> None:
    served = scored_home.model_copy(update={"graph": "bolt://127.0.0.1:9"})
    scene = Scene(key=consignment_key(start), start=f"Order:{consignment_key(start)}", end=far)
    assert picture_of(served, results, scene).way == picture_of(scored_home, results, scene).way


def test_what_can_not_be_searched_is_said_in_both_languages(
    scored_home: Settings, results: Results, start: dict[str, Any], picture: Picture
) -> None:
    [cluster, *_] = [row["cluster_id"] for row in results.table("clusters").to_pylist()]
    here = Scene(key=consignment_key(start))
    for scene, typed, en, zh in (
        (here, "no-such-number", "Nothing in this run", "没有与此相符的节点"),
        (here, consignment_key(start), "begins there already", "已是路径起点"),
        (Scene(cluster=cluster), consignment_key(start), "Choose a node first", "请先选择一个节点"),
    ):
        for language, words in (("en", en), ("zh", zh)):
            said, to = way_to.found(scored_home, Address(language).drawing(scene), typed, None, results.run_id)  # type: ignore[arg-type]
            assert to is None and words in told(said)
    assert way_to.found(scored_home, Address("en").drawing(Scene(cluster="c-gone")), "x", None, results.run_id) == ([], None)


def test_of_several_that_fit_the_officer_chooses(scored_home: Settings, results: Results, start: dict[str, Any], atlas: Atlas) -> None:
    # A name that a seller, an agent and a payment company may share: each kind is a node of its own.
    shared = next(
        typed
        for ids in (atlas.layer(kind).names.to_pylist() for kind in ("Seller", "Logistics", "Payment", "Agent", "Platform"))
        for typed in (one.rpartition(":")[2] for one in ids)
        if named(atlas, results, typed).total > 1
    )
    address = Address("en").drawing(Scene(key=consignment_key(start)))
    said, to = way_to.found(scored_home, address, shared, None, results.run_id)
    assert to is None and "Which one?" in told(said)
    assert len(re.findall(r'"href"', told(said))) == min(named(atlas, results, shared).total, MOST_NAMED)


def test_a_kind_that_is_not_shown_comes_with_its_node(picture: Picture, start: dict[str, Any], atlas: Atlas) -> None:
    address = Address("en").drawing(Scene(key=consignment_key(start)))
    to = way_to.leading(address, picture, "Order:x", f"Goods:{atlas.layer('Goods').names[0].as_py()}")
    assert set(to.scene.kinds.split(",")) == {*picture.kinds, "Goods"}
    assert way_to.leading(address, picture, "Order:x", "Order:y").scene.kinds == ""


def test_two_of_one_mask_are_told_apart_by_a_tag() -> None:
    ids = ("Address:" + "a" * 26 + "123456", "Address:" + "b" * 26 + "654321", "Phone:" + "c" * 32)
    nodes = [Node(one, one.partition(":")[0], "浙江***") for one in ids]
    assert [node.label for node in with_tags(nodes)] == ["浙江*** …123456", "浙江*** …654321", "浙江***"]
    towns = [replace(nodes[0], kind="Country", label="CN"), replace(nodes[1], kind="Country", label="CN")]
    assert [node.label for node in with_tags(towns)] == ["CN", "CN"] and "Country" in KINDS


def test_a_search_is_in_the_audit_without_what_was_typed(own_home: Settings, results: Results, start: dict[str, Any]) -> None:
    services = services_of(own_home)
    account = services.accounts.add(SYSTEM, "li", "officer", "correct horse battery")
    with make_app(own_home).server.test_request_context("/"):
        flask.g._login_user = _SignedIn(account)
        way_to.found(own_home, Address("en").drawing(Scene(key=consignment_key(start))), "13900001234", None, results.run_id)
    [row], _ = services.audit.search(action="search")
    assert (row["actor"], row["subject"], row["detail"]) == ("li", "network", {"n_found": 0, "found": [], "length": 11})


def test_an_officer_types_an_order_and_sees_the_path(page: Page, app_url: str, start: dict[str, Any], far: str) -> None:
    page.goto(f"{app_url}/network?key={consignment_key(start)}&lang=en")
    box = page.get_by_role("textbox", name="Path to")
    box.fill("no-such-number")
    page.get_by_role("button", name="Find a path").click()
    expect(page.locator("#network-way-said")).to_contain_text("Nothing in this run's graph")
    box.fill(far.removeprefix("Order:"))
    box.press("Enter")
    expect(page.locator("#network-done")).to_contain_text("Shortest path")
    expect(page.locator("#network-nodes tr.way").first).to_be_attached()
    assert "to=Order" in page.url
    expect(page.locator("#network-way-said")).to_be_empty()
    page.go_back()
    expect(page.locator("#network-done")).not_to_contain_text("Shortest path")
