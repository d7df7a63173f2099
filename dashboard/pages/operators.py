"""The operators of the newest run, by risk."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html

from sandan.algorithms.scoring.operators import ROLES
from sandan.dashboard.address import OPERATORS, Address
from sandan.dashboard.components.run_summary import read_operators, run_of, summarise
from sandan.dashboard.components.widgets import page_title, run_line, table
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.page import Page
from sandan.dashboard.views import operator_row
from sandan.record.settings import Settings

GRID, RUN, ROLE, SEARCH, LANGUAGE = "operators-grid", "operators-run", "operators-role", "operators-search", "operators-language"


def page(settings: Settings, address: Address) -> html.Div:
    """The operators of the newest run.

    Raises:
        NothingScored: There is no run yet.
    """
    results = run_of(settings, None)
    run, language = summarise(results), address.language
    roles = [{"value": role, "label": text(f"role_{role}", language)} for role in ROLES]
    controls = [
        dmc.Select(id=ROLE, label=text("role", language), data=roles, placeholder=text("any", language), clearable=True, w=180, size="xs"),
        dmc.TextInput(
            id=SEARCH,
            label=text("search_label", language),
            placeholder=text("operators_search", language),
            value="",
            debounce=250,
            w=240,
            size="xs",
        ),
    ]
    meta = run_line(run.as_of, run.run_id, language)
    return html.Div(
        [
            dcc.Store(id=RUN, data=run.run_id),
            dcc.Store(id=LANGUAGE, data=language),
            page_title(text("operators_title", language), meta),
            html.P(text("operators_hint", language), className="lead"),
            html.Div(controls, className="controls card", role="search", **{"aria-label": text("filters", language)}),
            table(
                GRID,
                _columns(language),
                language,
                label=text("operators_label", language),
                events={"cellKeyDown": ["sandanCellKeyDown(params)"]},
                rowData=operator_rows(settings, run.run_id, "", "", language),
                dashGridOptions={"rowHeight": 66},
            ),
        ],
        className="queue",
    )


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the callback that filters the operators."""

    def show_rows(role: str | None, q: str | None, run_id: str | None, language: Language) -> list[dict[str, Any]]:
        return operator_rows(settings, run_id, role or "", q or "", "zh" if language == "zh" else "en")

    app.callback(
        Output(GRID, "rowData"),
        Input(ROLE, "value"),
        Input(SEARCH, "value"),
        State(RUN, "data"),
        State(LANGUAGE, "data"),
        prevent_initial_call=True,
    )(show_rows)


def operator_rows(settings: Settings, run_id: str | None, role: str, q: str, language: Language) -> list[dict[str, Any]]:
    """Rows of the table: operators in a role whose name or code holds a text."""
    rows = read_operators(run_of(settings, run_id))
    sought = q.strip().lower()
    return [
        operator_row(row, language)
        for row in rows
        if role in ("", row["role"]) and (sought in row["name"].lower() or sought in row["code"].lower())
    ]


def _columns(language: Language) -> list[dict[str, Any]]:
    def column(field: str, key: str, width: int, **more: Any) -> dict[str, Any]:
        return {"field": field, "headerName": text(key, language), "width": width, "sortable": True, **more}

    # The rows come by score; sorting by a grade's word would sort by its spelling.
    return [
        column("grade", "grade", 116, cellRenderer="SandanGrade", sortable=False),
        column("score", "col_score", 78, cellRenderer="SandanScore"),
        column("role", "role", 112),
        column("code", "col_code", 124, cellRenderer="SandanOperator"),
        column("name", "col_name", 184),
        column("n_orders", "col_orders", 118, type="rightAligned"),
        column("n_high", "col_high", 104, type="rightAligned"),
        column("typologies", "typologies", 176, cellRenderer="SandanChips", sortable=False),
        column("reason", "col_reasons", 300, cellRenderer="SandanReason", sortable=False, flex=1, minWidth=220, tooltipField="reason"),
    ]


PAGE = Page(OPERATORS, "operators_title", lambda settings, _path, address: page(settings, address), "nav_operators", 3, register=register)
