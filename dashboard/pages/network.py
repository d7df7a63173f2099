"""The network of a consignment or of a cluster: a picture, what is said of each node, and the same as tables."""

from typing import Annotated, Any

import dash
import dash_cytoscape
import flask
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update
from pydantic import StringConstraints

from sandan.algorithms.read_models.network.atlas import clusters_of
from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.grading import grade
from sandan.algorithms.wording.render import summary
from sandan.dashboard import notice
from sandan.dashboard.address import ALERTS, CLUSTERS, NETWORK, Address, Filters, Scene, consignment_path
from sandan.dashboard.components import case_button, cluster_profile
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.components.widgets import grade_badge
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.network import controls, exports, kept, tools, way_to
from sandan.dashboard.network.controls import DAYS, KIND, SPAN
from sandan.dashboard.network.network_parts import centred, details, edge_table, legend, node_table
from sandan.dashboard.network.network_view import (
    Picture,
    atlas_of,
    elements,
    picture_of,
    subject_of,
    tables_of,
    undrawn,
    view_of,
)
from sandan.dashboard.network.words import WORDS
from sandan.dashboard.page import Count, Page
from sandan.dashboard.theme import GRADES
from sandan.dashboard.views import typology_names
from sandan.record.app.roles import Permission
from sandan.record.errors import SandanError, StoreError, UnknownId
from sandan.record.settings import Settings

URL, RUN, DATA, PICKED = "network-url", "network-run", "network-data", "network-picked"
COUNT, LEGEND = "network-count", "network-legend"
DETAILS, NODES, EDGES, CANVAS, BAND = "network-details", "network-nodes", "network-edges", "network-canvas", "network-band"
SWITCHES, OUT, DONE, PNG_DATA = "network-switches", "network-out", "network-done", "network-png-data"
PROFILE = "network-profile"
LIBRARY = "network-library"  # network.js knows it by this name, as it does the canvas


def page(settings: Settings, address: Address) -> html.Div:
    """The network of what the address names.

    Raises:
        NothingScored: There is no run yet.
        UnknownId: There is no such consignment.
        StoreError: The run's graph is not there any more.
    """
    scene, language = address.scene, address.language
    results = run_of(settings, None)
    if not scene.key and not scene.cluster:
        return notice.no_subject(address)
    try:
        picture = picture_of(settings, results, scene)
    except UnknownId:
        return notice.unknown_cluster(scene.cluster, address) if scene.cluster else notice.unknown_key(scene.key, address)
    canvas = html.Div(id=CANVAS, className="canvas", role="img", **{"aria-label": text("network_label", language)})
    count = html.Span(id=COUNT, role="status", className="network-count")
    told = {"className": "network-done", "aria-live": "polite", "aria-label": text("network_steps", language)}
    steps = html.Span([*tools.steps_back(address), html.Span(id=SWITCHES, className="tools")], className="tools")
    out = html.Span([*exports.png_button(language), html.Span(id=OUT, className="tools")], className="tools")
    return html.Div(
        [
            dcc.Location(id=URL, refresh="callback-nav"),
            dcc.Store(id=RUN, data=results.run_id),
            dcc.Store(id=DATA),
            dcc.Store(id=PICKED),
            dcc.Store(id=PNG_DATA),
            _head(settings, results, picture, address),
            *kept.box(settings, results, address),
            controls.filters(picture, address),
            html.Div(
                [
                    html.Section(
                        [
                            html.Div([count, controls.days_of(picture, address)], className="canvas-head"),
                            html.Div([steps, out], className="canvas-head"),
                            html.Div(id=DONE, **told),
                            canvas,
                            _library(),
                            html.Div(id=LEGEND),
                        ],
                        className="card picture",
                    ),
                    html.Aside(id=DETAILS, className="card node-card", **{"aria-live": "polite", "aria-label": text("node", language)}),
                ],
                id=BAND,
                className="network-band",
            ),
            *([html.Section(id=PROFILE, className="card profile", **{"aria-busy": "true"})] if scene.cluster else []),
            html.Div(
                [
                    _twin(NODES, text("nodes", language)),
                    _twin(EDGES, text("edges", language)),
                ],
                className="network-tables",
            ),
        ],
        className="network",
    )  # fmt: skip


def _library() -> dash_cytoscape.Cytoscape:
    # Only brings Cytoscape.js: an instance that stays empty and unseen. `load_extra_layouts` is never called: its bundle has GPL code.
    return dash_cytoscape.Cytoscape(id=LIBRARY, elements=[], layout={"name": "preset"}, style={"display": "none"}, responsive=False)


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the callbacks of the network page."""

    def drawn(search: str | None, run_id: str | None) -> tuple[Address, Picture]:
        address = Address.parse(search, settings.language)
        return address, picture_of(settings, run_of(settings, run_id), address.scene, kept.places_of(settings, address.scene))

    def show(search: str | None, run_id: str | None) -> tuple[Any, ...]:
        try:
            address, picture = drawn(search, run_id)
        except UnknownId:
            return (no_update,) * 10  # the address already names something else: its page is on its way
        language = address.language
        return (
            elements(picture, subject_of(address.scene), language, address.scene),
            legend(picture, language),
            _count(picture, address),
            controls.span(picture, address.scene),
            node_table(picture, address),
            edge_table(picture, language),
            tools.switches(picture, address),
            exports.ways_out(address, run_id or run_of(settings, None).run_id),
            tools.done(picture, address),
            f"network-band as-{view_of(address.scene, picture)}",
        )

    def describe(picked: str | None, search: str | None, run_id: str | None) -> list[Any]:
        try:
            address, picture = drawn(search, run_id)
        except UnknownId:
            return []
        node = picture.node(picked)
        left = undrawn(settings, run_of(settings, run_id), picture, node, address.scene) if node else {}
        return details(picture, picked, address, left)

    def follow(search: str | None, kinds: list[str], days: list[int], first: int, last: int, run_id: str | None) -> tuple[Any, ...]:
        try:
            address, picture = drawn(search, run_id)
        except UnknownId:
            return (no_update,) * 5
        if ctx.triggered_id not in (None, URL):
            changed = controls.chosen(address, picture, kinds, days, first, last)
            return changed.search_with_scene if changed != address else no_update, *(no_update,) * 4
        return no_update, list(picture.kinds), *controls.bounds(picture, address.scene)

    app.callback(
        Output(DATA, "data"), Output(LEGEND, "children"), Output(COUNT, "children"), Output(SPAN, "children"),
        Output(NODES, "children"), Output(EDGES, "children"), Output(SWITCHES, "children"), Output(OUT, "children"),
        Output(DONE, "children"), Output(BAND, "className"), Input(URL, "search"), State(RUN, "data"),
    )(show)  # fmt: skip
    app.callback(Output(DETAILS, "children"), Input(PICKED, "data"), Input(URL, "search"), State(RUN, "data"))(describe)
    app.callback(
        Output(URL, "search"), Output(KIND, "value"), Output(DAYS, "min"), Output(DAYS, "max"), Output(DAYS, "value"),
        Input(URL, "search"), Input(KIND, "value"), Input(DAYS, "value"), State(DAYS, "min"), State(DAYS, "max"), State(RUN, "data"),
        prevent_initial_call=True,
    )(follow)  # fmt: skip
    app.clientside_callback(ClientsideFunction("network", "draw"), Input(DATA, "data"))

    def take_picture(_: int, search: str | None, run_id: str | None) -> Any:
        try:
            return exports.picture_taken(settings, Address.parse(search, settings.language), run_id)
        except UnknownId:
            return no_update  # the address names nothing that could be drawn

    app.callback(
        Output(PNG_DATA, "data"), Input(exports.PNG, "n_clicks"), State(URL, "search"), State(RUN, "data"), prevent_initial_call=True
    )(take_picture)
    way_to.register(app, settings, URL, RUN, PICKED)
    app.clientside_callback(ClientsideFunction("network", "save"), Input(PNG_DATA, "data"))

    def keep(_: int, note: str | None, search: str | None, run_id: str | None) -> Any:
        try:
            address, picture = drawn(search, run_id)
            kept.keep(settings, run_of(settings, run_id), picture, address.scene, note or "")
        except SandanError as exc:
            return [html.Span(str(exc), role="alert", className="refused")]
        return [text("network_kept", address.language, n=address.scene.case)]

    app.callback(
        Output(kept.SAID, "children"), Input(kept.KEEP, "n_clicks"), State(kept.NOTE, "value"), State(URL, "search"), State(RUN, "data"),
        prevent_initial_call=True,
    )(keep)  # fmt: skip

    def tell_apart(run_id: str | None, search: str | None) -> tuple[Any, Any]:
        address = Address.parse(search, settings.language)
        results = run_of(settings, run_id)
        try:
            shown = cluster_profile.profile(tables_of(settings, results), results, address.scene.cluster, address.language)
        except StoreError:
            return [html.P(text("map_none", address.language), className="hint")], "false"
        return shown, "false"

    # What it takes to count over all consignments is not waited for: the picture is there before.
    app.callback(Output(PROFILE, "children"), Output(PROFILE, "aria-busy"), Input(RUN, "data"), State("url", "search"))(tell_apart)


def _twin(part: str, name: str) -> html.Section:
    return html.Section(html.Div(id=part, className="scroll", tabIndex="0", role="region", **{"aria-label": name}), className="card")


def _head(settings: Settings, results: Results, picture: Picture, address: Address) -> html.Div:
    scene, language = address.scene, address.language
    if scene.cluster:
        rows = results.query("SELECT * FROM clusters WHERE cluster_id = $cluster", cluster=scene.cluster)
        signs = _cluster_words(rows[0], grade(rows[0]["score"], settings.grade), language) if rows else []
        title = text("network_of_cluster", language, cluster=scene.cluster)
        ways = [dcc.Link(text("to_clusters", language), href=address.drawing(Scene()).to(CLUSTERS), className="button quiet")]
        members = Address(language, Filters(GRADES, cluster=scene.cluster)).to(ALERTS)
        ways.append(dcc.Link(text("profile_members", language), href=members, className="button quiet"))
        ways += case_button.button(settings, "cluster", scene.cluster, results.run_id, language)
    else:
        seed = next(node for node in picture.network.nodes if node.is_seed)
        title, signs, ways = text("network_of_key", language, no=seed.label), [], []
        if seed.facts:
            score = html.Span(text("score_is", language, score=f"{seed.facts['score']:.2f}"), className="score-text")
            signs = [grade_badge(seed.grade, language), score]
            ways = [dcc.Link(text("see_consignment", language), href=address.to(consignment_path(scene.key)), className="button quiet")]
        for cluster in clusters_of(atlas_of(settings, results), scene.key):
            words = text("see_cluster", language, cluster=cluster)
            ways.append(dcc.Link(words, href=centred(address, cluster=cluster), className="button quiet"))
    heading = html.Div([html.H1(title, id="page-title", tabIndex="-1"), *signs], className="consignment-title")
    return html.Div([heading, html.Div(ways, className="tools")], className="network-head")


def _cluster_words(row: dict[str, Any], graded: str, language: Language) -> list[Any]:
    chips = [html.Span(name, className="chip") for name in typology_names(row["typologies"], language)]
    score = html.Span(text("score_is", language, score=f"{row['score']:.2f}"), className="score-text")
    return [
        grade_badge(graded, language),
        *chips,
        score,
        html.P(summary(row, language), className="network-summary"),
    ]


def _count(picture: Picture, address: Address) -> str:
    language, network = address.language, picture.network
    items = sum(node.n_grouped for node in network.nodes if node.is_item)
    if not network.nodes:
        return text("network_none", language)
    if items == 1 and not picture.hidden and not network.n_left_out and not any(node.n > 1 for node in network.nodes if not node.is_item):
        return text("network_alone", language)
    parts = [text("network_count", language, items=items, identifiers=sum(not node.is_item for node in network.nodes))]
    if network.n_left_out:
        parts.append(text("network_left_out", language, n=f"{network.n_left_out:,}"))
    if picture.is_full:
        parts.append(text("network_full", language))
    if picture.is_list and not address.scene.view:
        parts.append(text("network_listed", language, n=len(network.nodes)))
    return " · ".join(parts)


def _routes(server: flask.Flask, settings: Settings) -> None:
    case_button.routes(server, settings)
    exports.routes(server, settings)


PAGE = Page(
    NETWORK,
    "network_title",
    lambda settings, _path, address: page(settings, address),
    section=lambda address: ALERTS if address.scene.key else CLUSTERS,
    register=register,
    routes=_routes,
    actions={PNG_DATA: Permission.EXPORT, kept.SAID: Permission.CASES},
    forms={
        **{(name, "n_clicks"): Count for name in (exports.PNG, kept.KEEP)},
        (kept.NOTE, "value"): Annotated[str, StringConstraints(max_length=10_000)],
        **way_to.FORMS,
    },
    words={**cluster_profile.WORDS, **WORDS, **way_to.WORDS},
)
