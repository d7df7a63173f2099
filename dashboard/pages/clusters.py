"""The clusters of the newest run, by score, and a map of the countries that their consignments go to and come from."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html, no_update

from sandan.algorithms.read_models.destinations import CountryCount, cluster_countries
from sandan.algorithms.scoring.grading import grade
from sandan.dashboard.address import CLUSTERS, Address
from sandan.dashboard.components.countries import country_name
from sandan.dashboard.components.destinations_map import HEIGHT, destinations_figure
from sandan.dashboard.components.run_summary import run_of, summarise
from sandan.dashboard.components.widgets import ROW_EVENTS, page_title, run_line, table
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.network.network_view import atlas_of
from sandan.dashboard.page import Page
from sandan.dashboard.theme import graph_config
from sandan.dashboard.views import cluster_row
from sandan.record.errors import StoreError
from sandan.record.settings import Settings

URL, RUN, GRID, KIND, MAP, COUNTRIES = (
    "clusters-url",
    "clusters-run",
    "clusters-grid",
    "clusters-kind",
    "clusters-map",
    "clusters-countries",
)
COUNT = "clusters-count"
KINDS = ("forged", "ipr")


def page(settings: Settings, address: Address) -> html.Div:
    """The clusters of the newest run.

    Raises:
        NothingScored: There is no run yet.
    """
    results, language = run_of(settings, None), address.language
    run = summarise(results)
    meta = run_line(run.as_of, run.run_id, language)
    choices = [
        {"value": "", "label": text("any", language)},
        *({"value": kind, "label": text(f"cluster_kind_{kind}", language)} for kind in KINDS),
    ]
    chart = dcc.Graph(id=MAP, config=graph_config(language), figure={"layout": {"height": HEIGHT}}, style={"height": f"{HEIGHT}px"})
    return html.Div(
        [
            dcc.Location(id=URL, refresh="callback-nav"),
            dcc.Store(id=RUN, data=results.run_id),
            page_title(text("clusters_title", language), meta),
            html.P(text("clusters_hint", language), className="lead"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Span(text("cluster_kind", language), className="control-name"),
                            dmc.SegmentedControl(id=KIND, data=choices, value=_kind(address), size="xs"),
                        ],
                        className="control",
                    ),
                    html.Div(id=COUNT, role="status", className="count"),
                ],
                className="controls card",
                role="search",
                **{"aria-label": text("filters", language)},
            ),
            table(
                GRID,
                _columns(language),
                language,
                label=text("clusters_label", language),
                events=ROW_EVENTS,
                rowData=[],
                dashGridOptions={"rowHeight": 66, "localeText": {"noRowsToShow": text("clusters_none", language)}},
            ),
            html.Section(
                [
                    html.Div(
                        [html.H2(text("map_title", language)), html.Span(text("map_note", language), className="hint")],
                        className="section-head",
                    ),
                    html.Div(
                        [
                            html.Div(chart, role="img", className="map", **{"aria-label": text("map_label", language)}),
                            html.Div(id=COUNTRIES, className="scroll countries", tabIndex="0"),
                        ],
                        className="map-band",
                    ),
                ],
                className="card",
            ),
        ],
        className="queue clusters",
    )


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the callbacks of the list of clusters."""

    def show(search: str | None, run_id: str | None) -> tuple[Any, ...]:
        address = Address.parse(search, settings.language)
        rows = cluster_rows(settings, address, run_id)
        counts = countries(settings, address, run_id)
        count = text("n_clusters", address.language, n=f"{len(rows):,}")
        return rows, destinations_figure(counts, address.language), country_table(counts, address.language), count

    def follow(search: str | None, kind: str | None) -> tuple[Any, Any]:
        address = Address.parse(search, settings.language)
        if ctx.triggered_id in (None, URL):
            return no_update, _kind(address)
        changed = address.seeing(of=kind or "")
        return changed.search_with_scene if changed != address else no_update, no_update

    app.callback(
        Output(GRID, "rowData"), Output(MAP, "figure"), Output(COUNTRIES, "children"), Output(COUNT, "children"),
        Input(URL, "search"), State(RUN, "data"),
    )(show)  # fmt: skip
    app.callback(
        Output(URL, "search"), Output(KIND, "value"), Input(URL, "search"), Input(KIND, "value"), prevent_initial_call=True,
    )(follow)  # fmt: skip


def cluster_rows(settings: Settings, address: Address, run_id: str | None) -> list[dict[str, Any]]:
    """Rows of the list: the clusters of the chosen kind, the highest score first."""
    rows = run_of(settings, run_id).query("SELECT * FROM clusters WHERE $kind IN ('', kind) ORDER BY file_row_number", kind=_kind(address))
    return [cluster_row(row, grade(row["score"], settings.grade), address) for row in rows]


def countries(settings: Settings, address: Address, run_id: str | None) -> tuple[CountryCount, ...]:
    """Countries of the clusters of the chosen kind; none where the run's graph is gone."""
    results = run_of(settings, run_id)
    try:
        return cluster_countries(atlas_of(settings, results).view, results, _kind(address))
    except StoreError:
        return ()


def country_table(counts: tuple[CountryCount, ...], language: Language) -> Any:
    """The map's numbers."""
    if not counts:
        return html.P(text("map_none", language), className="hint")
    names = ("country", "flow", "col_orders", "n_in_clusters")
    head = html.Tr([html.Th(text(name, language), scope="col") for name in names])
    body = [
        html.Tr(
            [
                html.Td(country_name(c.country, language)),
                html.Td(text("map_to" if c.is_export else "map_from", language)),
                html.Td(f"{c.n_consignments:,}"),
                html.Td(f"{c.n_clusters:,}"),
            ]
        )
        for c in counts
    ]
    return html.Table([html.Thead(head), html.Tbody(body)], className="plain")


def _kind(address: Address) -> str:
    return address.scene.of if address.scene.of in KINDS else ""


def _columns(language: Language) -> list[dict[str, Any]]:
    def column(field: str, key: str, width: int, **more: Any) -> dict[str, Any]:
        return {"field": field, "headerName": text(key, language), "width": width, "sortable": True, **more}

    # The rows come by score; sorting by a grade's word would sort by its spelling.
    return [
        column("grade", "grade", 116, cellRenderer="SandanGrade", sortable=False),
        column("score", "col_score", 78, cellRenderer="SandanScore"),
        column("number", "cluster", 172, cellRenderer="SandanNumber"),
        column("typologies", "typologies", 184, cellRenderer="SandanChips", sortable=False),
        column("n_orders", "col_orders", 118, type="rightAligned"),
        column("n_payers", "col_payers", 84, type="rightAligned"),
        column("n_addresses", "col_addresses", 104, type="rightAligned"),
        column("first", "col_span", 116, cellRenderer="SandanTwoLines", cellRendererParams={"under": "last"}),
        column("summary", "col_summary", 300, cellRenderer="SandanReason", sortable=False, flex=1, minWidth=260, tooltipField="summary"),
    ]


PAGE = Page(CLUSTERS, "clusters_title", lambda settings, _path, address: page(settings, address), "nav_clusters", 2, register=register)
