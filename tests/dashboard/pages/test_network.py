"""The network and the clusters without a browser: addresses, what is said of nodes, tables, pages, countries."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms.read_models.destinations import cluster_countries
from sandan.algorithms.read_models.network.atlas import KINDS, Atlas
from sandan.algorithms.results.results import Results
from sandan.algorithms.wording.render import summary
from sandan.dashboard.address import CLUSTERS, NETWORK, Address, Scene
from sandan.dashboard.components.countries import POSITIONS, country_name
from sandan.dashboard.components.destinations_map import destinations_figure
from sandan.dashboard.network import network_view
from sandan.dashboard.network.controls import chosen
from sandan.dashboard.network.network_parts import details, edge_table, legend, node_table
from sandan.dashboard.network.network_view import atlas_of, elements, kinds_text, picture_of
from sandan.dashboard.pages.clusters import cluster_rows, countries
from sandan.dashboard.pages.network import _count
from sandan.dashboard.routing import page_at
from sandan.graph.store.layout import GraphLayout
from sandan.record.settings import Settings
from sandan.record.values import code
from sandan.record.values.moment import BEIJING

# Not the digits that a keyed hash or a coordinate happens to have.
CLEAR_PHONE = re.compile(r"(?<![0-9a-z….])1[3-9]\d{9}(?![0-9a-z])")


def told(parts: Any) -> str:
    return json.dumps(parts, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.fixture(scope="session")
def ring(results: Results) -> dict[str, Any]:
    """The strongest cluster of forged transactions."""
    rows: list[dict[str, Any]] = results.table("clusters").to_pylist()
    return next(row for row in rows if row["kind"] == "forged")


@pytest.fixture(scope="session")
def atlas(scored_home: Settings, results: Results) -> Atlas:
    return atlas_of(scored_home, results)


@pytest.mark.parametrize(
    "scene",
    [
        Scene(),
        Scene(key="import:P1:O/1 ,&号", kinds="Phone,Address", since="2025-03-01", until="2025-04-01"),
        Scene(cluster="c-0123456789", expand=("Phone:5f", "Order:import:P:1"), kinds="none"),
        Scene(of="ipr"),
    ],
)
def test_a_scene_comes_back_as_it_went(scene: Scene) -> None:
    address = Address("zh").drawing(scene)
    assert Address.parse(address.search_with_scene, "en") == address
    assert Address.parse(address.to(NETWORK).partition("?")[2], "en").scene == scene
    assert Address.parse(address.to("/alerts").partition("?")[2], "en").scene == Scene()


def test_nonsense_in_a_scene_counts_as_absent() -> None:
    many = ",".join(f"Phone:{i}" for i in range(99))
    scene = Address.parse(f"?kinds=<b>&since=yesterday&until=2025-02-31&of=../x&key={'k' * 999}&expand={many}", "en").scene
    assert (scene.kinds, scene.since, scene.until, scene.of) == ("", "", "", "")
    assert len(scene.key) <= 160 and len(scene.expand) <= 16


def test_the_picture_of_a_ring_holds_its_members_and_what_they_share(scored_home: Settings, results: Results, ring: dict[str, Any]) -> None:
    picture = picture_of(scored_home, results, Scene(cluster=ring["cluster_id"]))
    nodes = picture.network.nodes
    assert sum(node.is_item for node in nodes) == ring["n_orders"]
    assert {node.facts["cluster_id"] for node in nodes if node.is_item} == {ring["cluster_id"]}
    for node in nodes:
        if not node.is_item:
            assert sum(edge.target == node.id for edge in picture.network.edges) >= 2
    assert (picture.first, picture.last) == tuple(ring[name].astimezone(BEIJING).date() for name in ("first_seen", "last_seen"))
    assert picture_of(scored_home, results, Scene(cluster=ring["cluster_id"], of="ipr")) is picture


def test_no_clear_name_or_telephone_leaves_the_server(scored_home: Settings, results: Results) -> None:
    everything = ",".join(KINDS)
    for row in results.table("clusters").to_pylist():
        scene = Scene(cluster=row["cluster_id"], kinds=everything)
        picture = picture_of(scored_home, results, scene)
        address = Address("zh").drawing(scene)
        shown = told([elements(picture, "", "zh"), node_table(picture, address), edge_table(picture, "zh")])
        assert not CLEAR_PHONE.search(shown)
        for node in picture.network.nodes:
            if node.kind in ("Identity", "Sender"):
                assert "*" in node.label or node.label.startswith("…"), node.kind
            if node.kind in ("Phone", "Address"):
                assert "***" in node.label or node.label.startswith("…"), node.kind


def test_time_and_kinds_stand_in_the_address(scored_home: Settings, results: Results, ring: dict[str, Any]) -> None:
    scene = Scene(cluster=ring["cluster_id"])
    picture = picture_of(scored_home, results, scene)
    assert picture.first is not None and picture.last is not None
    first, last = picture.first.toordinal(), picture.last.toordinal()
    address = Address("en").drawing(scene)
    assert chosen(address, picture, list(picture.default), [first, last], first, last) == address
    changed = chosen(address, picture, ["Phone"], [first, last - 1], first, last).scene
    assert (changed.kinds, changed.since, changed.until) == ("Phone", "", dt.date.fromordinal(last - 1).isoformat())
    assert kinds_text([], picture.default) == "none"
    earlier = picture_of(scored_home, results, changed)
    assert len(earlier.network.nodes) < len(picture.network.nodes)
    assert {node.kind for node in earlier.network.nodes if not node.is_item} <= {"Phone"}
    assert (earlier.first, earlier.last) == (picture.first, picture.last)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_node_is_described_and_leads_further(scored_home: Settings, results: Results, ring: dict[str, Any], language: Any) -> None:
    scene = Scene(cluster=ring["cluster_id"])
    picture, address = picture_of(scored_home, results, scene), Address(language).drawing(scene)
    item = next(node for node in picture.network.nodes if node.is_item)
    said = told(details(picture, item.id, address))
    assert item.label in said and "/consignment/" in said and f"key={item.key.replace(':', '%3A')}" in said
    shared = next(node for node in picture.network.nodes if not node.is_item)
    assert str(shared.n) in told(details(picture, shared.id, address))
    assert shared.label in told(details(picture, None, address))
    assert told(legend(picture, language)).count("/assets/icons/") >= 2


def test_a_full_picture_says_so_and_offers_no_expansion(
    scored_home: Settings, results: Results, ring: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(cluster=ring["cluster_id"], kinds=",".join(KINDS))
    picture, address = picture_of(scored_home, results, scene), Address("en").drawing(scene)
    assert any(picture.can_expand(node) for node in picture.network.nodes) and "Expand" in told(node_table(picture, address))
    monkeypatch.setattr(network_view, "MOST_NODES", len(picture.network.nodes))
    assert picture.is_full and "Expand" not in told(node_table(picture, address))
    assert "picture is full" in _count(picture, address)


def test_every_kind_has_its_sign() -> None:
    icons = {path.stem for path in (Path(network_view.__file__).parents[1] / "assets" / "icons").glob("*.svg")}
    grades = ("low", "medium", "high")
    assert icons == {kind.lower() for kind in KINDS} | {f"{kind}-{grade}" for kind in ("order", "parcel") for grade in grades}


def test_pages_for_what_is_not_there_say_so(scored_home: Settings, empty_home: Settings) -> None:
    def page(scene: Scene, path: str = NETWORK, settings: Settings = scored_home) -> str:
        return told(page_at(settings, path, Address("en").drawing(scene)))

    assert "No such cluster" in page(Scene(cluster="c-nothing")) and CLUSTERS in page(Scene(cluster="c-nothing"))
    assert "No such consignment" in page(Scene(key="import:P:1"))
    assert "starts from a consignment or a cluster" in page(Scene())
    for path in (NETWORK, CLUSTERS):
        assert "sandan score" in page(Scene(key="x"), path, empty_home)


def test_a_graph_that_is_gone_is_said(scored_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_view, "graph_layout", lambda settings: GraphLayout(settings.home / "nowhere"))
    for path, scene in ((NETWORK, Scene(key="x")), (NETWORK, Scene(cluster="x"))):
        assert "The network is not there" in told(page_at(scored_home, path, Address("en").drawing(scene)))
    assert countries(scored_home, Address("en"), None) == ()


def test_clusters_are_listed_by_kind_in_both_languages(scored_home: Settings, results: Results) -> None:
    every = results.table("clusters").to_pylist()
    for kind in ("", "forged", "ipr"):
        rows = cluster_rows(scored_home, Address("zh").seeing(of=kind), None)
        wanted = [row for row in every if kind in ("", row["kind"])]
        assert [row["summary"] for row in rows] == [summary(row, "zh") for row in wanted]
        assert [row["search"] for row in rows] == [f"?cluster={row['cluster_id']}&lang=zh" for row in wanted]


def test_countries_count_each_member_once(results: Results, atlas: Atlas) -> None:
    counts = cluster_countries(atlas.view, results)
    members = {row["item"] for row in results.table("members").to_pylist()}
    assert 0 < sum(c.n_consignments for c in counts) <= len(members)
    assert counts == tuple(sorted(counts, key=lambda c: -c.n_consignments))
    parts = [sum(c.n_consignments for c in cluster_countries(atlas.view, results, kind)) for kind in ("forged", "ipr")]
    assert min(parts) > 0 and sum(parts) >= sum(c.n_consignments for c in counts)
    assert cluster_countries(atlas.view, results, "unheard-of") == ()


def test_the_map_tells_direction_by_sign_too(results: Results, atlas: Atlas) -> None:
    figure = destinations_figure(cluster_countries(atlas.view, results), "zh")
    signs = {mark["name"]: (mark["marker"]["symbol"], mark["marker"]["color"]) for mark in figure["data"]}
    assert len(signs) == 2 and len({symbol for symbol, _ in signs.values()}) == 2
    assert destinations_figure([], "en")["data"] == []


def test_countries_have_names_and_places() -> None:
    assert (country_name("DE", "en"), country_name("DE", "zh"), country_name("??", "zh")) == ("Germany", "德国", "??")
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in POSITIONS.values())


def test_every_country_has_a_name_in_both_languages_and_customs_has_its_own() -> None:
    assert set(POSITIONS) == {iso for iso in code.COUNTRIES.values() if code.is_country(iso)}
    for iso in POSITIONS:
        assert country_name(iso, "en") != iso != country_name(iso, "zh")
        assert not country_name(iso, "zh").isascii()
    assert [country_name(iso, "zh") for iso in ("HK", "MO", "TW")] == ["中国香港", "中国澳门", "中国台湾"]
    assert [country_name(iso, "en") for iso in ("HK", "MO", "TW")] == ["Hong Kong, China", "Macao, China", "Taiwan, China"]
