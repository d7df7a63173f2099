"""What is done with the picture of a network, without a browser: paths, hiding, pinning, grouping, keeping, taking out."""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import flask
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.read_models.network.grouping import grouped
from sandan.algorithms.read_models.network.neighbourhood import Edge, Network, Node
from sandan.algorithms.read_models.network.paths import shortest_path
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address, Scene
from sandan.dashboard.app import make_app
from sandan.dashboard.network import exports, kept, tools
from sandan.dashboard.network.network_parts import details
from sandan.dashboard.network.network_view import Picture, atlas_of, elements, picture_of, undrawn, view_of
from sandan.dashboard.pages import pages
from sandan.dashboard.serving.access import _SignedIn, services_of
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD
from sandan.record.app.cases import Subject
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.services import SYSTEM
from sandan.record.settings import Settings

PASSWORD = "correct horse battery"
IDS = st.text(min_size=1, max_size=40).map(str.strip).filter(bool)
assert pages()


def told(parts: Any) -> str:
    return json.dumps(parts, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.fixture(scope="session")
def ring(results: Results) -> str:
    """The strongest cluster of forged transactions."""
    return str(next(row["cluster_id"] for row in results.table("clusters").to_pylist() if row["kind"] == "forged"))


@pytest.fixture(scope="session")
def picture(scored_home: Settings, results: Results, ring: str) -> Picture:
    return picture_of(scored_home, results, Scene(cluster=ring))


@given(
    hide=st.lists(IDS, max_size=5, unique=True),
    pin=st.lists(st.tuples(IDS, st.integers(-9999, 9999), st.integers(-9999, 9999)), max_size=5, unique_by=lambda p: p[0]),
    start=IDS,
)
def test_any_ids_come_back_from_an_address(hide: list[str], pin: list[tuple[str, int, int]], start: str) -> None:
    scene = Scene(cluster="c-1", hide=tuple(hide), pin=tuple(pin), start=start, group="yes", view="list", case="7", kept="12")
    assert Address.parse(Address("zh").drawing(scene).search_with_scene, "en").scene == scene


def test_nonsense_in_the_steps_counts_as_absent() -> None:
    scene = Address.parse("?pin=a@x@1,b@1,c@1@99999999,d@2@3,@4@5&view=tree&group=no&case=1.5&kept=-1", "en").scene
    assert scene == Scene(pin=(("d", 2, 3),))


def test_a_path_in_the_run_s_graph_is_as_short_as_a_plain_search_finds_it(
    scored_home: Settings, results: Results, picture: Picture
) -> None:
    graph = nx.Graph()
    graph.add_edges_from((edge.source, edge.target) for edge in picture.network.edges)
    atlas, nodes = atlas_of(scored_home, results), sorted(graph)
    found = 0
    for start in nodes[:4]:
        for end in nodes[-6:]:
            way = shortest_path(atlas, start, end, kinds=picture.kinds)
            if not nx.has_path(graph, start, end):
                continue
            # The whole graph may know a shorter way than the picture, never a longer one.
            assert 0 < len(way.nodes) <= nx.shortest_path_length(graph, start, end) + 1
            assert (way.nodes[0], way.nodes[-1]) == (start, end)
            assert shortest_path(atlas, end, start, kinds=picture.kinds).n_steps == way.n_steps
            found += 1
    assert found > 5


def test_a_path_goes_around_what_is_hidden_and_is_told(scored_home: Settings, results: Results, ring: str, picture: Picture) -> None:
    first = next(edge for edge in picture.network.edges)
    end = next(e.source for e in picture.network.edges if e.target == first.target and e.source != first.source)
    scene = Scene(cluster=ring, start=first.source, end=end)
    shown = picture_of(scored_home, results, scene)
    assert shown.way is not None and shown.way.n_steps == 2
    said = told(tools.done(shown, Address("en").drawing(scene)))
    assert "Shortest path" in said and "2 steps" in said and "→" in said
    middle = shown.way.nodes[1]
    around = picture_of(scored_home, results, Scene(cluster=ring, start=first.source, end=end, hide=(middle,)))
    assert around.way is not None and middle not in around.way.nodes
    assert {node["id"] for node in elements(around, "", "en", scene)["nodes"] if node["way"]} == set(around.way.nodes)
    nowhere = Scene(cluster=ring, start=first.source, end="Phone:0000")
    none = picture_of(scored_home, results, nowhere)
    assert none.way is not None and not none.way.nodes
    assert "No path of at most 8 steps" in told(tools.done(none, Address("en").drawing(nowhere)))
    assert "不存在 8 步以内的路径" in told(tools.done(none, Address("zh").drawing(nowhere)))


def test_a_search_that_is_cut_says_so(scored_home: Settings, results: Results, picture: Picture) -> None:
    start, *_, end = [node.id for node in picture.network.nodes if node.is_item]
    way = shortest_path(atlas_of(scored_home, results), start, end, kinds=picture.kinds, most_visited=0)
    assert way.is_cut and not way.nodes


def test_hiding_moves_nothing_else_and_has_a_way_back(scored_home: Settings, results: Results, ring: str, picture: Picture) -> None:
    node = picture.network.nodes[-1]
    scene = Scene(cluster=ring, hide=(node.id,))
    shown = picture_of(scored_home, results, scene)
    assert [one.id for one in shown.network.nodes] == [one.id for one in picture.network.nodes if one.id != node.id]
    assert all(node.id not in (edge.source, edge.target) for edge in shown.network.edges)
    assert all(shown.at[one.id] == picture.at[one.id] for one in shown.network.nodes)
    said = told(tools.done(shown, Address("en").drawing(scene)))
    assert "Hidden by hand: 1" in said and node.label in said and "Show again" in said
    assert "Hide" in told(details(picture, node.id, Address("en").drawing(Scene(cluster=ring))))


def test_what_a_picture_is_about_can_not_be_hidden(scored_home: Settings, results: Results, picture: Picture) -> None:
    item = next(node for node in picture.network.nodes if node.is_item)
    scene = Scene(key=item.key, hide=(item.id,))
    shown = picture_of(scored_home, results, scene)
    assert shown.node(item.id) is not None and not shown.hidden
    assert "Hide" not in told(tools.node_ways(shown, item, Address("en").drawing(scene)))


def test_a_pinned_node_stands_where_it_was_put(scored_home: Settings, results: Results, ring: str, picture: Picture) -> None:
    node = picture.network.nodes[0]
    scene = Scene(cluster=ring, pin=((node.id, 1234, -567), ("Phone:gone", 1, 1)))
    shown = picture_of(scored_home, results, scene)
    assert shown.at[node.id] == (1234.0, -567.0) and shown.pinned == {node.id}
    assert [one["pinned"] for one in elements(shown, "", "en", scene)["nodes"] if one["id"] == node.id] == [True]
    assert "Pinned: 1" in told(tools.done(shown, Address("en").drawing(scene)))
    assert "Unpin" in told(details(shown, node.id, Address("en").drawing(scene)))


def test_from_fifty_nodes_on_a_list_comes_first(picture: Picture) -> None:
    def of(n: int) -> Picture:
        nodes = tuple(Node(f"Phone:{i}", "Phone", str(i)) for i in range(n))
        return Picture(Network(nodes, ()), {node.id: (0.0, 0.0) for node in nodes}, (), (), None, None)

    assert [view_of(Scene(), of(n)) for n in (49, 50)] == ["picture", "list"]
    assert [view_of(Scene(view=view), of(n)) for view, n in (("picture", 50), ("list", 3))] == ["picture", "list"]


def test_alike_consignments_are_one_with_their_number() -> None:
    items = [Node(f"Order:{i}", "Order", str(i), facts={"grade": "high", "score": i / 10}) for i in range(4)]
    other = Node("Order:9", "Order", "9", facts={"grade": "low", "score": 0.9})
    phone = Node("Phone:a", "Phone", "a", 5)
    at: Any = None
    edges = tuple(Edge(node.id, phone.id, ("OwnPhone",), at) for node in (*items, other))
    folded = grouped(Network((*items, other, phone), edges))
    assert [(node.id, node.n_grouped) for node in folded.nodes] == [("Order:3", 4), ("Order:9", 1), ("Phone:a", 1)]
    assert [edge.source for edge in folded.edges] == ["Order:3", "Order:9"]
    kept_apart = grouped(Network((*items, other, phone), edges), keep=["Order:0"])
    assert [(node.id, node.n_grouped) for node in kept_apart.nodes] == [("Order:0", 1), ("Order:3", 3), ("Order:9", 1), ("Phone:a", 1)]
    assert len(grouped(Network((*items[:2], phone), edges[:2])).nodes) == 3, "two stand beside each other"


def test_what_is_not_drawn_is_counted_by_grade_or_kind(scored_home: Settings, results: Results, ring: str, picture: Picture) -> None:
    scene = Scene(cluster=ring)
    counted = 0
    for node in picture.network.nodes:
        left = undrawn(scored_home, results, picture, node, scene)
        assert sum(left.values()) == node.more, node.id
        assert set(left) <= ({"high", "medium", "low"} if not node.is_item else set(picture.kinds))
        if left:
            assert f"{sum(left.values())}" in told(details(picture, node.id, Address("en").drawing(scene), left))
        counted += sum(left.values())
    assert counted


class Signed:
    """A browser of one role."""

    def __init__(self, app: Any, role: str) -> None:
        self.client = app.server.test_client()
        self.client.get("/login")
        cookie = self.client.get_cookie(TOKEN_COOKIE)
        answer = self.client.post("/login", data={"name": f"{role}1", "password": PASSWORD, TOKEN_FIELD: cookie.value})
        assert answer.status_code == 302


@pytest.fixture
def app(own_home: Settings) -> Any:
    for role in ROLES:
        services_of(own_home).accounts.add(SYSTEM, f"{role}1", role, PASSWORD)
    return make_app(own_home)


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("name", ["nodes.csv", "ties.csv", "network.graphml"])
def test_only_who_may_take_out_gets_a_file_and_it_is_in_the_audit(own_home: Settings, app: Any, ring: str, role: str, name: str) -> None:
    answer = Signed(app, role).client.get(f"{exports.PATH}{name}?cluster={ring}&lang=zh")
    rows, _ = services_of(own_home).audit.search(action="export")
    if Permission.EXPORT in ROLES[role]:
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        assert [(row["actor"], row["subject"], row["detail"]["form"]) for row in rows] == [(f"{role}1", f"network:cluster {ring}", name)]
    else:
        assert answer.status_code == 403 and rows == []


def test_files_hold_what_the_page_shows_masked(own_home: Settings, app: Any, ring: str, picture: Picture) -> None:
    client = Signed(app, "officer").client
    hidden = picture.network.nodes[-1].id
    scene = Address("en").drawing(Scene(cluster=ring, hide=(hidden,))).search_with_scene
    nodes = client.get(f"{exports.PATH}nodes.csv{scene}").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(nodes)))
    assert {row["id"] for row in rows} == {node.id for node in picture.network.nodes} - {hidden}
    assert not re.search(r"(?<![0-9a-f….])1[3-9]\d{9}(?![0-9a-f])", nodes.replace("\n", " ; "))
    ties = list(csv.DictReader(io.StringIO(client.get(f"{exports.PATH}ties.csv{scene}").get_data().decode("utf-8-sig"))))
    assert len(ties) == sum(hidden not in (edge.source, edge.target) for edge in picture.network.edges)
    graph = nx.parse_graphml(client.get(f"{exports.PATH}network.graphml{scene}").get_data().decode())
    assert set(graph) == {row["id"] for row in rows} and graph.number_of_edges() == len(ties)
    assert {data["label"] for _, data in graph.nodes(data=True)} == {node.label for node in picture.network.nodes if node.id != hidden}
    assert client.get(f"{exports.PATH}nodes.csv?cluster=c-nothing").status_code == 404
    assert client.get(f"{exports.PATH}other.csv{scene}").status_code == 404


def test_a_cell_that_looks_like_a_formula_is_a_text_and_a_control_character_is_none_in_xml() -> None:
    node = Node("Goods:=1+1", "Goods", "=SUM(A1)\x00\x0b", 2)
    picture = Picture(Network((node,), ()), {node.id: (0.0, 0.0)}, (), (), None, None)
    assert "'=SUM(A1)" in exports.nodes_csv(picture, "en")
    assert nx.parse_graphml(exports.graphml(picture, "en")).nodes["Goods:=1+1"]["label"] == "=SUM(A1)\ufffd\ufffd"


def test_a_picture_is_kept_with_its_case_and_opened_as_it_was(own_home: Settings, app: Any, results: Results, ring: str) -> None:
    services = services_of(own_home)
    number = services.cases.open(SYSTEM, "A ring", [Subject("cluster", ring, ring, results.run_id)])
    with app.server.test_request_context("/"):
        flask.g._login_user = _SignedIn(services.accounts.named("officer1"))
        plain = picture_of(own_home, results, Scene(cluster=ring))
        node, other = plain.network.nodes[0], plain.network.nodes[-1]
        scene = Scene(cluster=ring, case=str(number), pin=((node.id, 50, 60),), hide=(other.id,))
        scene_id = kept.keep(own_home, results, picture_of(own_home, results, scene), scene, "the telephone ties them")
        row = services.scenes.one(number, scene_id)
        opened = Address.parse(kept.address_of(row, Address("en")).partition("?")[2], "en").scene
        assert (opened.pin, opened.hide, opened.case, opened.kept) == (scene.pin, scene.hide, str(number), str(scene_id))
        places = kept.places_of(own_home, opened)
        again = picture_of(own_home, results, opened, places)
        assert again.at[node.id] == (50.0, 60.0) and again.node(other.id) is None
        moved = picture_of(own_home, results, opened, {plain.network.nodes[1].id: (7.0, 8.0)})
        assert moved.at[plain.network.nodes[1].id] == (7.0, 8.0)
        assert "the telephone ties them" in told(kept.box(own_home, results, Address("en").drawing(opened)))
        flask.g._login_user = _SignedIn(services.accounts.named("viewer1"))
        assert kept.places_of(own_home, opened) == {} and kept.box(own_home, results, Address("en").drawing(opened)) == []
    page = Signed(app, "officer").client
    assert page.get(f"/network?{urlencode({'cluster': ring, 'case': number})}").status_code == 200
    history = services.cases.whole(number)["history"]
    assert history[-1]["detail"]["change"] == "scene"
