"""The alert queue: what the newest run found, by risk, with filters that stand in the address."""

from collections.abc import Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update

from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import note
from sandan.dashboard.address import ALERTS, WORK, Address, Filters, next_path, ordered_grades
from sandan.dashboard.alert_rows import NOBODY, Work, count_alerts, count_typologies, read_alerts
from sandan.dashboard.components.run_summary import RunSummary, clusters_by_id, findings_of, operator_names, run_of, summarise
from sandan.dashboard.components.typology_chart import CHART_HEIGHT, typology_figure, typology_totals
from sandan.dashboard.components.widgets import ROW_EVENTS, page_title, table
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Page
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.dashboard.theme import GLYPHS, GRADES, graph_config
from sandan.dashboard.views import alert_row
from sandan.record.catalog.keys import consignment_key
from sandan.record.settings import Settings

URL, RUN, GRID, CHART, COUNT, DROP = "queue-url", "queue-run", "queue-grid", "queue-chart", "queue-count", "queue-operator"
GRADE, TYPOLOGY, STATUS, FLOW, SEARCH = "queue-grade", "queue-typology", "queue-status", "queue-flow", "queue-search"
WORK_FILTER = "queue-work"
_FEW_FOUND = 20
_STATUSES = ("pending", "declared", "held", "released", "returned", "cancelled", "refused")
_FLOWS = ("import", "export")


def page(settings: Settings, address: Address) -> html.Div:
    """The queue of the newest run.

    Raises:
        NothingScored: There is no run yet.
    """
    results = run_of(settings, None)
    run, language = summarise(results), address.language
    meta = html.P(
        [f"{text('as_of', language)} ", html.Strong(run.as_of), f" · {text('run', language)} ", html.Code(run.run_id)], className="meta"
    )
    return html.Div(
        [
            # Its own address: callbacks of this page must not wait for controls when another page is shown.
            dcc.Location(id=URL, refresh="callback-nav"),
            dcc.Store(id=RUN, data=run.run_id),
            page_title(text("queue_title", language), meta),
            html.Div([html.Div([_cards(run, address), _notes(run, language)], className="band-left"), _chart(language)], className="band"),
            _controls(address),
            table(
                GRID,
                _columns(language),
                language,
                label=text("queue_label", language),
                events=ROW_EVENTS,
                rowModelType="infinite",
                dashGridOptions={
                    "rowHeight": 66,
                    "cacheBlockSize": 100,
                    "maxBlocksInCache": 20,
                    "infiniteInitialRowCount": 1,
                    "rowBuffer": 5,
                },
            ),
        ],
        className="queue",
    )


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the callbacks of the queue."""

    def show_rows(request: dict[str, Any] | None, search: str | None, run_id: str | None) -> Any:
        return rows_response(settings, request, search, run_id) if request else no_update

    def show_counts(search: str | None, run_id: str | None) -> tuple[Any, ...]:
        return counts(settings, Address.parse(search, settings.language), run_id)

    def follow(
        search: str | None, grades: list[str], typology: str, status: str, flow: str, work: str, q: str, click: dict[str, Any] | None
    ) -> tuple[Any, ...]:
        address = Address.parse(search, settings.language)
        if ctx.triggered_id in (None, URL):
            return (no_update, *_shown(address.filters), None)
        changed = chosen(address, grades, typology, status, flow, q, click if ctx.triggered_id == CHART else None, work)
        return (changed.search if changed != address else no_update, *_shown(changed.filters), None)

    controls = (*((name, "value") for name in (GRADE, TYPOLOGY, STATUS, FLOW, WORK_FILTER, SEARCH)), (CHART, "clickData"))
    app.callback(
        Output(URL, "search"),
        *(Output(*control) for control in controls),
        Input(URL, "search"),
        *(Input(*control) for control in controls),
        prevent_initial_call=True,
    )(follow)
    app.callback(
        Output(CHART, "figure"),
        Output(TYPOLOGY, "data"),
        Output(COUNT, "children"),
        Output(DROP, "children"),
        Input(URL, "search"),
        State(RUN, "data"),
    )(show_counts)
    app.callback(Output(GRID, "getRowsResponse"), Input(GRID, "getRowsRequest"), State(URL, "search"), State(RUN, "data"))(show_rows)
    app.clientside_callback(ClientsideFunction("sandan", "refreshQueue"), Input(URL, "search"))


def rows_response(settings: Settings, request: dict[str, Any], search: str | None, run_id: str | None) -> dict[str, Any]:
    """The rows that the table asks for."""
    address = Address.parse(search, settings.language)
    results = run_of(settings, run_id)
    work = work_of(settings) if address.filters.work else NOBODY
    found = read_alerts(
        results,
        address.filters,
        work=work,
        start=int(request["startRow"]),
        stop=int(request["endRow"]),
        sort=request.get("sortModel") or (),
    )
    findings = findings_of(results, {row["consignment_id"] for row in found.rows})
    platforms = operator_names(results, "platform")
    clusters = clusters_by_id(results, {row["cluster_id"] for row in found.rows if row["cluster_id"]})
    rows = [alert_row({**row, "findings": findings.get(row["consignment_id"], ())}, platforms, address, clusters) for row in found.rows]
    me = user()
    if me is not None:
        services, keys = services_of(settings), [consignment_key(row) for row in found.rows]
        seen = services.user_data.visited(me.user_id, keys)
        decided, claims = services.decisions.standing(keys), services.decisions.claims(keys)
        for row, key in zip(rows, keys, strict=True):
            decision, claimed = decided[key]["decision"] if key in decided else "", claims.get(key, "")
            row["work"] = word("decision", decision, address.language) if decision else claimed
            row["work_under"] = text("claimed", address.language) if claimed and not decision else ""
            row["visited"] = key in seen
        if address.filters.q and not int(request["startRow"]):
            # What was typed may be a person's: only how much it found, and what, where that is little.
            few = keys if found.total <= _FEW_FOUND else []
            services.audit.record(actor(), "search", "alerts", n_found=found.total, found=few, length=len(address.filters.q))
    return {"rowData": rows, "rowCount": found.total}


def work_of(settings: Settings) -> Work:
    """How far the officers are, as whoever sent the request sees it."""
    me = user()
    if me is None:
        return NOBODY
    decisions = services_of(settings).decisions
    return Work(decisions.all_standing(), decisions.claims(), me.name)


def counts(settings: Settings, address: Address, run_id: str | None) -> tuple[Any, ...]:
    """What changes with the filters besides the rows: chart, choices of typology, number of rows, the operator's mark."""
    filters, language = address.filters, address.language
    results = run_of(settings, run_id)
    work = work_of(settings) if filters.work else NOBODY
    found = count_typologies(results, filters, work)
    totals = typology_totals(found)
    names = {key: f"{registry().label(key, language)} ({n})" for key, n in totals.items()}
    choices = [
        {"value": key, "label": names.get(key, registry().label(key, language))}
        for key in dict.fromkeys((*totals, *registry(), filters.typology))
        if key
    ]
    n = count_alerts(results, filters, work)
    count = text("n_shown", language, n=f"{n:,}", total=f"{summarise(results).total:,}") if n else text("n_none", language)
    return typology_figure(found, filters.typology, language), choices, count, _operator_mark(address)


def chosen(
    address: Address,
    grades: Sequence[str] | None,
    typology: str | None,
    status: str | None,
    flow: str | None,
    q: str | None,
    click: dict[str, Any] | None,
    work: str | None = None,
) -> Address:
    """The address that the controls stand for; a click on the chosen typology's bar takes the choice back."""
    wanted = typology or ""
    if click and click.get("points"):
        bar = str(click["points"][0].get("customdata") or "")
        wanted = "" if bar == address.filters.typology else bar
    return address.having(
        grades=ordered_grades(list(grades or ())),
        typology=wanted,
        status=status or "",
        flow=flow or "",
        q=(q or "").strip()[:80],
        work=work if work in WORK else "",
    )


def _shown(filters: Filters) -> tuple[Any, ...]:
    return list(filters.grades), filters.typology or None, filters.status or None, filters.flow or None, filters.work or None, filters.q


def _cards(run: RunSummary, address: Address) -> html.Div:
    language = address.language
    plain = address.without_filters()
    cards = [_card("all", "", text("consignments", language), run.total, plain.having(grades=GRADES))]
    cards += [_card(g, GLYPHS[g], text(f"grade_risk_{g}", language), run.grades.get(g, 0), plain.having(grades=(g,))) for g in GRADES]
    return html.Div(cards, className="cards")


def _card(kind: str, glyph: str, name: str, n: int, to: Address) -> dcc.Link:
    sign = [html.Span(glyph, className="glyph", **{"aria-hidden": "true"})] if glyph else []
    return dcc.Link(
        [html.Span([*sign, name], className="card-name"), html.Span(f"{n:,}", className="card-n")],
        href=to.to(ALERTS),
        className=f"count-card count-{kind}",
    )


def _notes(run: RunSummary, language: Language) -> html.Aside:
    # Of a run of an older version only English sentences are kept.
    items = [html.Li(note(one, language, labels=True), **({"lang": "en"} if isinstance(one, str) else {})) for one in run.notes]
    compared = text("compared", language, **{name: f"{n:,}" for name, n in run.compared.items()})
    return html.Aside([html.H2(text("run_notes", language)), html.Ul([*items, html.Li(compared)])], className="notes")


def _chart(language: Language) -> html.Section:
    graph = dcc.Graph(
        id=CHART, config=graph_config(language), figure={"layout": {"height": CHART_HEIGHT}}, style={"height": f"{CHART_HEIGHT}px"}
    )
    head = [html.H2(text("typologies_shown", language)), html.Span(text("chart_hint", language), className="hint")]
    shown = html.Div(graph, role="img", **{"aria-label": text("chart_label", language)})
    return html.Section([html.Div(head, className="section-head"), shown], className="card chart")


def _controls(address: Address) -> html.Div:
    language, filters = address.language, address.filters
    chips = [
        dmc.Chip(f"{GLYPHS[g]} {text(f'grade_{g}', language)}", value=g, size="sm", variant="light", className=f"chip-{g}") for g in GRADES
    ]
    grades = html.Div(
        [
            html.Span(text("grade", language), id="queue-grade-name", className="control-name"),
            html.Div(
                dmc.ChipGroup(chips, id=GRADE, multiple=True, value=list(filters.grades)),
                className="chips",
                role="group",
                **{"aria-labelledby": "queue-grade-name"},
            ),
        ],
        className="control",
    )
    typologies = [{"value": key, "label": registry().label(key, language)} for key in registry()]
    return html.Div(
        [
            grades,
            _select(TYPOLOGY, text("typology", language), typologies, filters.typology, language, 200),
            _select(STATUS, text("status", language), _words("status", _STATUSES, language), filters.status, language, 130),
            _select(FLOW, text("flow", language), _words("flow", _FLOWS, language), filters.flow, language, 100),
            _select(WORK_FILTER, text("work", language), _words("work", WORK, language), filters.work, language, 120),
            dmc.TextInput(
                id=SEARCH,
                label=text("search_label", language),
                placeholder=text("search", language),
                value=filters.q,
                debounce=350,
                w=250,
                size="xs",
            ),
            dcc.Link(text("reset", language), href=address.without_filters().to(ALERTS), className="button quiet"),
            dcc.Link(text("next_open", language), href=address.to(next_path("-")), id="work-next", className="button quiet"),
            html.Div(id=DROP),
            html.Div(id=COUNT, role="status", className="count"),
        ],
        className="controls card",
        role="search",
        **{"aria-label": text("filters", language)},
    )


def _words(prefix: str, names: Sequence[str], language: Language) -> list[dict[str, str]]:
    return [{"value": name, "label": word(prefix, name, language)} for name in names]


def _select(control: str, name: str, choices: list[dict[str, str]], value: str, language: Language, width: int) -> dmc.Select:
    return dmc.Select(
        id=control, label=name, data=choices, value=value or None, placeholder=text("any", language), clearable=True, w=width, size="xs"
    )


def _operator_mark(address: Address) -> list[Any]:
    code = address.filters.operator
    if not code:
        return []
    language = address.language
    cross = html.Span("×", **{"aria-hidden": "true"})
    name = [html.Span(text("operator_filter", language, code=code)), " ", cross]
    return [
        dcc.Link(
            name, href=address.having(operator="").to(ALERTS), className="operator-mark", title=text("operator_drop", language, code=code)
        )
    ]


# Opening a row is the browser's own work: assets/dashAgGridFunctions.js.


def _columns(language: Language) -> list[dict[str, Any]]:
    def column(field: str, key: str, width: int, **more: Any) -> dict[str, Any]:
        return {"field": field, "headerName": text(key, language), "width": width, "sortable": True, **more}

    return [
        column("grade", "grade", 116, cellRenderer="SandanGrade", sortable=False),
        column("score", "col_score", 78, cellRenderer="SandanScore", sortingOrder=["desc", "asc", None]),
        column("number", "col_number", 178, cellRenderer="SandanNumber"),
        column("platform", "col_platform", 144, cellRenderer="SandanTwoLines", cellRendererParams={"under": "platform_code"}),
        column("typologies", "typologies", 160, cellRenderer="SandanChips", sortable=False),
        column("cluster", "cluster", 130, cellRenderer="SandanCluster", sortable=False),
        column("reason", "col_reason", 240, cellRenderer="SandanReason", sortable=False, flex=1, minWidth=200, tooltipField="all_reasons"),
        column("value", "col_value", 94, type="rightAligned"),
        column("customs", "col_customs", 66),
        column("status", "status", 104, cellRenderer="SandanTwoLines", cellRendererParams={"under": "flow"}),
        column("work", "work", 100, cellRenderer="SandanTwoLines", cellRendererParams={"under": "work_under"}, sortable=False),
        column("known", "col_known", 104, cellRenderer="SandanTwoLines", cellRendererParams={"under": "known_time"}),
    ]


PAGE = Page(ALERTS, "queue_title", lambda settings, _path, address: page(settings, address), "nav_alerts", 1, register=register)
