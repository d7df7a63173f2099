"""A way to a node that is not in the picture: an officer types what names it."""

from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, set_props
from flask import has_request_context
from pydantic import StringConstraints

from sandan.algorithms.read_models.network.atlas import KINDS, PERSONAL, tag
from sandan.algorithms.read_models.network.naming import LONGEST_TYPED, named
from sandan.dashboard.address import NETWORK, Address
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network.network_view import Picture, atlas_of, kinds_text, picture_of
from sandan.dashboard.page import Count
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.record.errors import UnknownId
from sandan.record.settings import Settings

TYPED, FIND, SAID = "network-way-typed", "network-way-find", "network-way-said"
FORMS: dict[tuple[str, str], Any] = {
    (FIND, "n_clicks"): Count,
    (TYPED, "n_submit"): Count,
    (TYPED, "value"): Annotated[str, StringConstraints(max_length=LONGEST_TYPED)],
}
WORDS = {
    "network_way_to": ("Path to", "查找路径至"),
    "network_way_find": ("Find a path", "查找路径"),
    "network_way_typed": (
        "Number of an order, parcel or declaration; code or name of an operator; tag of an identifier (…1a2b3c)",
        "订单号、运单号、清单号，企业代码或名称，或标识的尾码（…1a2b3c）",
    ),
    "network_way_unknown": (
        "Nothing in this run's graph is named like that. Type a whole number, code or name, or at least four characters of a tag.",
        "本批次的图中没有与此相符的节点。请输入完整的单号、代码或名称，或至少四位尾码。",
    ),
    "network_way_several": ("{n} nodes are named like that. Which one?", "有 {n} 个节点与此相符，请选择："),
    "network_way_first": ("Choose a node first: the path begins there.", "请先选择一个节点作为路径起点。"),
    "network_way_same": ("The path begins there already. Type what it should lead to.", "该节点已是路径起点，请输入终点。"),
    "network_tag": ("Tag", "尾码"),
}


def box(language: Language) -> list[Any]:
    """Where an officer types to what the path should lead, and what is said of it."""
    hint = text("network_way_typed", language)
    return [
        dmc.TextInput(id=TYPED, label=text("network_way_to", language), placeholder=hint, w=250, size="xs", **{"aria-description": hint}),
        html.Button(text("network_way_find", language), id=FIND, type="button", n_clicks=0, className="button quiet"),
        html.Div(id=SAID, className="way-said", role="status"),
    ]


def register(app: dash.Dash, settings: Settings, url: str, run: str, picked: str) -> None:
    """Register the search.

    Args:
        app: The app.
        settings: The home.
        url: Id of the page's address.
        run: Id of what holds the run of the page.
        picked: Id of what holds the chosen node.
    """

    def find(_: int | None, __: int | None, typed: str | None, chosen: str | None, search: str | None, run_id: str | None) -> list[Any]:
        address = Address.parse(search, settings.language)
        said, to = found(settings, address, typed or "", chosen, run_id)
        if to is not None and has_request_context():
            set_props(url, {"search": to.search_with_scene})
        return said

    app.callback(
        Output(SAID, "children"), Input(FIND, "n_clicks"), Input(TYPED, "n_submit"), State(TYPED, "value"), State(picked, "data"),
        State(url, "search"), State(run, "data"), prevent_initial_call=True,
    )(find)  # fmt: skip


def found(settings: Settings, address: Address, typed: str, chosen: str | None, run_id: str | None) -> tuple[list[Any], Address | None]:
    """What is said of a typed text, and the address of the picture with the path where one node is meant.

    Args:
        settings: The home.
        address: That of the picture.
        typed: What was typed.
        chosen: Id of the chosen node, where the path begins unless a beginning was chosen before.
        run_id: The run of the page.
    """
    language, results = address.language, run_of(settings, run_id)
    try:
        picture = picture_of(settings, results, address.scene)
    except UnknownId:
        return [], None
    start = _start(picture, address, chosen)
    if start is None:
        return [_refused("network_way_first", language)], None
    meant = named(atlas_of(settings, results), results, typed)
    if user() is not None:
        # What was typed is not kept: it may be a person's.
        services_of(settings).audit.record(actor(), "search", "network", n_found=meant.total, found=list(meant.nodes), length=len(typed))
    others = [node for node in meant.nodes if node != start]
    if not others:
        return [_refused("network_way_same" if meant.nodes else "network_way_unknown", language)], None
    ways = {node: leading(address, picture, start, node) for node in others}
    if len(others) == 1 and meant.total <= len(meant.nodes):
        return [], ways[others[0]]
    links = [html.Li(dcc.Link(_called(node, language), href=way.to(NETWORK), className="button quiet")) for node, way in ways.items()]
    return [html.P(text("network_way_several", language, n=f"{meant.total:,}")), html.Ul(links, className="tools")], None


def leading(address: Address, picture: Picture, start: str, end: str) -> Address:
    """The address of the picture with a path; an identifier of a kind that is not shown brings its kind with it."""
    kind = end.partition(":")[0]
    kinds = address.scene.kinds
    if kind in KINDS and kind not in picture.kinds:
        kinds = kinds_text([*picture.kinds, kind], picture.default)
    return address.seeing(start=start, end=end, kinds=kinds)


def _start(picture: Picture, address: Address, chosen: str | None) -> str | None:
    """Where the path begins: as was chosen, else at the chosen node, else at the consignment that the picture is about."""
    if address.scene.start:
        return address.scene.start
    if chosen and picture.node(chosen) is not None:
        return chosen
    seeds = [node.id for node in picture.network.nodes if node.is_seed]
    return seeds[0] if address.scene.key and seeds else None


def _called(node: str, language: Language) -> str:
    kind, _, graph_id = node.partition(":")
    shown = tag(graph_id) if kind in PERSONAL else graph_id
    return f"{word('node', kind, language)} {shown}"


def _refused(name: str, language: Language) -> html.P:
    return html.P(text(name, language), className="refused")
