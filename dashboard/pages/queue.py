"""The alert queue: what the newest run found, by risk, with filters and order that stand in the address."""

from collections.abc import Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update

from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard.address import ALERTS, OVERVIEW, UNFOLDED, WORK, Address, Filters, next_path, ordered_grades
from sandan.dashboard.alert_rows import NOBODY, Work, count_alerts, count_typologies, read_alerts
from sandan.dashboard.components import bulk_bar, saved_views
from sandan.dashboard.components.run_summary import RunSummary, clusters_by_id, findings_of, operator_names, run_of, summarise
from sandan.dashboard.components.typology_chart import typology_totals
from sandan.dashboard.components.widgets import ROW_EVENTS, page_title, run_line, table
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Page
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.dashboard.theme import GLYPHS, GRADES
from sandan.dashboard.views import alert_row
from sandan.record.catalog.keys import consignment_key
from sandan.record.settings import Settings

URL, RUN, GRID, COUNT, DROP = "queue-url", "queue-run", "queue-grid", "queue-count", "queue-marks"
GRADE, TYPOLOGY, STATUS, FLOW, SEARCH = "queue-grade", "queue-typology", "queue-status", "queue-flow", "queue-search"
WORK_FILTER, FOLD = "queue-work", "queue-fold"
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
    notes = dcc.Link(text("n_notes", language, n=len(run.notes)), href=address.to(OVERVIEW)) if run.notes else None
    meta = run_line(run.as_of, run.run_id, language, *([" · ", notes] if notes else []))
    return html.Div(
        [
            # Its own address: callbacks of this page must not wait for controls when another page is shown.
            dcc.Location(id=URL, refresh="callback-nav"),
            dcc.Store(id=RUN, data=run.run_id),
            page_title(text("queue_title", language), meta),
            _controls(run, address),
            html.Div(
                [
                    html.Div(id=COUNT, role="status", className="count"),
                    html.Div(id=DROP, className="marks"),
                    *bulk_bar.bar(language),
                    html.Div(
                        [
                            dmc.Switch(id=FOLD, label=text("fold", language), checked=address.filters.fold != UNFOLDED, size="xs"),
                            *saved_views.menu(settings, language),
                            dcc.Link(
                                text("next_open", language), href=address.to(next_path("-")), id="work-next", className="button quiet"
                            ),
                        ],
                        className="tools",
                    ),
                ],
                className="queue-bar",
            ),
            table(
                GRID,
                _columns(language, address.filters.sort, taxed=run.is_taxed),
                language,
                label=text("queue_label", language),
                events={**ROW_EVENTS, "sortChanged": ["sandanSorted(params)"], "firstDataRendered": ["sandanQueueShown(params)"]},
                rowModelType="infinite",
                getRowId="params.data.id",
                dashGridOptions={
                    "rowHeight": 52,
                    "headerHeight": 36,
                    "cacheBlockSize": 100,
                    "maxBlocksInCache": 20,
                    "infiniteInitialRowCount": 1,
                    "rowBuffer": 5,
                    **bulk_bar.selection(),
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
        search: str | None, grades: list[str], typology: str, status: str, flow: str, work: str, q: str, fold: bool | None
    ) -> tuple[Any, ...]:
        address = Address.parse(search, settings.language)
        if ctx.triggered_id in (None, URL):
            return (no_update, *_shown(address.filters))
        changed = chosen(address, grades, typology, status, flow, q, work, folds=fold is not False)
        return (changed.search if changed != address else no_update, *_shown(changed.filters))

    controls = (*((name, "value") for name in (GRADE, TYPOLOGY, STATUS, FLOW, WORK_FILTER, SEARCH)), (FOLD, "checked"))
    app.callback(
        Output(URL, "search"),
        *(Output(*control) for control in controls),
        Input(URL, "search"),
        *(Input(*control) for control in controls),
        prevent_initial_call=True,
    )(follow)
    app.callback(
        Output(TYPOLOGY, "data"), Output(COUNT, "children"), Output(DROP, "children"), Input(URL, "search"), State(RUN, "data"),
    )(show_counts)  # fmt: skip
    app.callback(Output(GRID, "getRowsResponse"), Input(GRID, "getRowsRequest"), State(URL, "search"), State(RUN, "data"))(show_rows)
    app.clientside_callback(ClientsideFunction("sandan", "refreshQueue"), Input(URL, "search"))
    bulk_bar.register(app, settings, GRID, RUN)
    saved_views.register(app, settings, URL)


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
    platforms, as_of = operator_names(results, "platform"), results.as_of
    clusters = clusters_by_id(results, {row["cluster_id"] for row in found.rows if row["cluster_id"]})
    rows = [
        alert_row({**row, "findings": findings.get(row["consignment_id"], ())}, platforms, address, clusters, as_of) for row in found.rows
    ]
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
    """What changes with the filters besides the rows: choices of typology, number of consignments, marks of what has no control."""
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
    return choices, count, _marks(address)


def chosen(
    address: Address,
    grades: Sequence[str] | None,
    typology: str | None,
    status: str | None,
    flow: str | None,
    q: str | None,
    work: str | None = None,
    *,
    folds: bool = True,
) -> Address:
    """The address that the controls stand for."""
    return address.having(
        grades=ordered_grades(list(grades or ())),
        typology=typology or "",
        status=status or "",
        flow=flow or "",
        q=(q or "").strip()[:80],
        work=work if work in WORK else "",
        fold="" if folds else UNFOLDED,
    )


def _shown(filters: Filters) -> tuple[Any, ...]:
    chosen_ones = (filters.typology or None, filters.status or None, filters.flow or None, filters.work or None)
    return list(filters.grades), *chosen_ones, filters.q, filters.fold != UNFOLDED


def _controls(run: RunSummary, address: Address) -> html.Div:
    language, filters = address.language, address.filters
    chips = [
        dmc.Chip(
            [f"{GLYPHS[g]} {text(f'grade_{g}', language)} ", html.Span(f"{run.grades.get(g, 0):,}", className="chip-n")],
            value=g, size="xs", variant="light", className=f"chip-{g}",
        )
        for g in GRADES
    ]  # fmt: skip
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
            _select(TYPOLOGY, text("typology", language), typologies, filters.typology, language, 176),
            _select(STATUS, text("status", language), _words("status", _STATUSES, language), filters.status, language, 112),
            _select(FLOW, text("flow", language), _words("flow", _FLOWS, language), filters.flow, language, 92),
            _select(WORK_FILTER, text("work", language), _words("work", WORK, language), filters.work, language, 120),
            dmc.TextInput(
                id=SEARCH,
                label=text("search_label", language),
                placeholder=text("search", language),
                value=filters.q,
                debounce=350,
                w=190,
                size="xs",
            ),
            dcc.Link(text("reset", language), href=address.without_filters().to(ALERTS), className="button quiet"),
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


def _marks(address: Address) -> list[Any]:
    """Filters that another page has set: each can be dropped."""
    filters, language = address.filters, address.language
    marks = []
    if filters.operator:
        marks.append(_mark("operator", filters.operator, address.having(operator=""), language))
    if filters.cluster:
        marks.append(_mark("cluster", filters.cluster, address.having(cluster=""), language))
    return marks


def _mark(kind: str, code: str, without: Address, language: Language) -> dcc.Link:
    name = [html.Span(text(f"mark_{kind}", language, code=code)), " ", html.Span("×", **{"aria-hidden": "true"})]
    return dcc.Link(name, href=without.to(ALERTS), className="operator-mark", title=text("mark_drop", language, code=code))


# Opening a row is the browser's own work: assets/dashAgGridFunctions.js.


def _columns(language: Language, sort: str, *, taxed: bool) -> list[dict[str, Any]]:
    by, _, direction = sort.partition(":")

    def column(field: str, key: str, width: int, **more: Any) -> dict[str, Any]:
        made = {"field": field, "headerName": text(key, language), "width": width, "sortable": True, **more}
        return made | ({"sort": direction} if field == by and made["sortable"] else {})

    def under(field: str) -> dict[str, Any]:
        return {"cellRenderer": "SandanTwoLines", "cellRendererParams": {"under": field}}

    stake = [column("stake", "col_stake", 88, type="rightAligned", sortingOrder=["desc", "asc", None])] if taxed else []
    return [
        column("grade", "grade", 110, cellRenderer="SandanGrade", sortable=False),
        column("score", "col_score", 66, cellRenderer="SandanScore", sortingOrder=["desc", "asc", None]),
        column("number", "col_number", 152, cellRenderer="SandanNumber"),
        column("platform", "col_platform", 106, **under("platform_code")),
        column("typologies", "typologies", 128, cellRenderer="SandanChips", sortable=False),
        column("cluster", "cluster", 104, cellRenderer="SandanCluster", sortable=False),
        column("reason", "col_reason", 170, cellRenderer="SandanReason", sortable=False, flex=1, minWidth=160, tooltipField="all_reasons"),
        column("value", "col_value", 106, type="rightAligned"),
        *stake,
        column("status", "status", 86, **under("where")),
        column("work", "work", 80, **under("work_under"), sortable=False),
        column("known", "col_known", 86, **under("age")),
    ]


PAGE = Page(
    ALERTS,
    "queue_title",
    lambda settings, _path, address: page(settings, address),
    "nav_alerts",
    1,
    register=register,
    actions=bulk_bar.ACTIONS,
    forms={(FOLD, "checked"): bool, **bulk_bar.FORMS, **saved_views.FORMS},
    words={
        "fold": ("Fold clusters", "合并同一团组"),
        "n_notes": ("{n} notes on this run", "本批次说明 {n} 条"),
        "mark_operator": ("Operator {code}", "企业 {code}"),
        "mark_drop": ("Stop filtering by {code}", "取消按 {code} 筛选"),
        "mark_cluster": ("Cluster {code}", "团组 {code}"),
        "col_stake": ("Tax at stake", "涉税额（元）"),
        "n_folded": ("{n} here ▸", "本组 {n} 票 ▸"),
        "age_days": ("{n} d", "{n} 天"),
        "age_hours": ("{n} h", "{n} 小时"),
        **bulk_bar.WORDS,
        **saved_views.WORDS,
    },
)
