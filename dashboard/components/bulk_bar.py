"""What an officer does with several consignments of the queue at once: decides on them with one reason, or claims them."""

from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html
from pydantic import Field, StringConstraints

from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.components.work_panel import reason_choices, seen_of
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.page import Count
from sandan.dashboard.serving.access import actor, may, services_of
from sandan.record.app.decisions import Seen
from sandan.record.app.roles import Permission
from sandan.record.catalog.keys import CONSIGNMENT_KEY_SQL
from sandan.record.errors import Conflict, SandanError
from sandan.record.settings import Settings

PICKED, BAR, SAID, N = "bulk-picked", "bulk-bar", "bulk-said", "bulk-n"
REASON, NOTE, DECIDE, CLAIM = "bulk-reason", "bulk-note", "bulk-decide", "bulk-claim"
MOST = 200
ACTIONS = {SAID: Permission.DECIDE}
FORMS: dict[tuple[str, str], Any] = {
    **{(name, "n_clicks"): Count for name in (DECIDE, CLAIM)},
    (PICKED, "data"): Annotated[list[Annotated[str, StringConstraints(max_length=1000)]], Field(max_length=MOST)],
    (REASON, "value"): Annotated[str, StringConstraints(max_length=100)],
    (NOTE, "value"): Annotated[str, StringConstraints(max_length=5000)],
}
WORDS = {
    "bulk": ("Several at once", "批量处置"),
    "bulk_chosen": ("{n} chosen", "已选 {n} 票"),
    "bulk_none": ("Choose consignments first, at most {n}.", "请先勾选单票（最多 {n} 票）。"),
    "bulk_decided": ("Decided on {n}.", "已处置 {n} 票。"),
    "bulk_claimed": ("Claimed {n}.", "已认领 {n} 票。"),
    "bulk_others": ("{n} left: somebody else was quicker.", "其余 {n} 票已由他人处置或认领。"),
}


def selection() -> dict[str, Any]:
    """Options of the table with which rows are chosen; none for who may not act."""
    if not may(Permission.DECIDE):
        return {}
    return {
        "rowSelection": {"mode": "multiRow", "headerCheckbox": False, "enableClickSelection": False},
        "selectionColumnDef": {"width": 40, "suppressHeaderMenuButton": True},
    }


def bar(language: Language) -> list[Any]:
    """The bar, unseen while nothing is chosen; nothing for who may not act."""
    if not may(Permission.DECIDE):
        return []
    return [
        dcc.Store(id=PICKED, data=[]),
        html.Div(
            [
                html.Strong(id=N, **{"data-words": text("bulk_chosen", language, n="{n}")}),
                dmc.Select(
                    id=REASON, placeholder=text("reason_code", language), data=reason_choices(language), searchable=True, w=210, size="xs",
                    **{"aria-label": text("reason_code", language)},
                ),
                dmc.TextInput(id=NOTE, placeholder=text("note", language), w=150, size="xs", **{"aria-label": text("note", language)}),
                html.Button(text("decide", language), id=DECIDE, type="button", n_clicks=0, className="button primary"),
                html.Button(text("claim", language), id=CLAIM, type="button", n_clicks=0, className="button quiet"),
            ],
            id=BAR, className="bulk-bar", hidden=True, role="group", **{"aria-label": text("bulk", language)},
        ),
        html.Div(id=SAID, className="bulk-said", **{"aria-live": "polite"}),
    ]  # fmt: skip


def register(app: dash.Dash, settings: Settings, grid: str, run: str) -> None:
    """Register what the bar does with the rows of a table.

    Args:
        app: The app.
        settings: The home.
        grid: Id of the table.
        run: Id of the store with the run that the table shows.
    """

    def act(
        _decide: int, _claim: int, picked: list[str] | None, reason: str | None, note: str | None, run_id: str | None, search: str | None
    ) -> Any:
        language = Address.parse(search, settings.language).language
        if not picked:
            return html.Span(text("bulk_none", language, n=MOST), className="refused")
        if ctx.triggered_id == CLAIM:
            return _claim_all(settings, picked, language)
        if not reason:
            return html.Span(text("choose_reason", language), className="refused")
        try:
            return _decide_all(settings, run_of(settings, run_id), picked, reason, note or "", language)
        except SandanError as exc:
            return html.Span(str(exc), className="refused")

    app.clientside_callback(
        ClientsideFunction("sandan", "pickRows"), Output(PICKED, "data"), Input(grid, "selectedRows"), prevent_initial_call=True
    )
    app.callback(
        Output(SAID, "children"),
        *(Input(button, "n_clicks") for button in (DECIDE, CLAIM)),
        State(PICKED, "data"), State(REASON, "value"), State(NOTE, "value"), State(run, "data"), State("url", "search"),
        prevent_initial_call=True,
    )(act)  # fmt: skip
    app.clientside_callback(ClientsideFunction("sandan", "afterBulk"), Input(SAID, "children"), prevent_initial_call=True)


def _decide_all(settings: Settings, results: Results, picked: list[str], reason: str, note: str, language: Language) -> Any:
    decisions, who, done, others = services_of(settings).decisions, actor(), 0, 0
    for seen in _seen(results, picked):
        try:
            decisions.decide(who, seen, reason, note=note)
            done += 1
        except Conflict:
            others += 1
    return _told("bulk_decided", done, others, language)


def _claim_all(settings: Settings, picked: list[str], language: Language) -> Any:
    decisions, who, done, others = services_of(settings).decisions, actor(), 0, 0
    decided = decisions.standing(picked)
    for key in dict.fromkeys(picked):
        try:
            if key in decided:
                raise Conflict(key)
            decisions.claim(who, key)
            done += 1
        except Conflict:
            others += 1
    return _told("bulk_claimed", done, others, language)


def _told(key: str, done: int, others: int, language: Language) -> Any:
    said = [text(key, language, n=done)]
    if others:
        said.append(html.Span(text("bulk_others", language, n=others), className="refused"))
    return [said[0], " ", *said[1:]]


def _seen(results: Results, picked: list[str]) -> list[Seen]:
    """The chosen consignments as the run has them; what the browser sends is looked up, never believed."""
    rows = results.query(
        f"SELECT * FROM alerts WHERE list_contains($picked, {CONSIGNMENT_KEY_SQL}) ORDER BY file_row_number", picked=list(picked)
    )
    # Two declarations of one order have one key: the decision is on the worse of them, which stands first.
    return list({seen.consignment: seen for seen in (seen_of(results, row) for row in reversed(rows))}.values())
