"""A user's own views of the queue: an order and filters under a name."""

from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html
from pydantic import StringConstraints

from sandan.dashboard.address import ALERTS, Address
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.page import Count
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.record.errors import SandanError
from sandan.record.settings import Settings

BOX, NAME, SAVE, REMOVE, WHICH = "views-box", "views-name", "views-save", "views-remove", "views-which"
KIND = "view"
FORMS: dict[tuple[str, str], Any] = {
    **{(name, "n_clicks"): Count for name in (SAVE, REMOVE)},
    (NAME, "value"): Annotated[str, StringConstraints(max_length=200)],
    (WHICH, "value"): Annotated[str, StringConstraints(max_length=200)],
}
WORDS = {
    "views": ("My views", "我的视图"),
    "views_none": ("None yet. Filter and sort the queue, then give the view a name.", "尚无视图。筛选、排序后命名保存即可。"),
    "views_name": ("Name of this view", "视图名称"),
    "views_save": ("Save this view", "保存当前视图"),
    "views_which": ("View to remove", "待删除的视图"),
    "views_remove": ("Remove", "删除"),
}


def menu(settings: Settings, language: Language) -> list[Any]:
    """The menu; nothing where nobody has signed in."""
    if user() is None:
        return []
    box = html.Div(_box(settings, language), id=BOX, className="menu-box card", **{"aria-live": "polite"})
    return [html.Details([html.Summary(text("views", language), className="button quiet"), box], className="menu")]


def register(app: dash.Dash, settings: Settings, url: str) -> None:
    """Register saving and removing.

    Args:
        app: The app.
        settings: The home.
        url: Id of the address with the filters.
    """

    def change(_save: int, _remove: int, name: str | None, which: str | None, search: str | None) -> Any:
        address = Address.parse(search, settings.language)
        kept = services_of(settings).user_data
        try:
            if ctx.triggered_id == REMOVE:
                if which and which.isascii() and which.isdigit():
                    kept.forget(actor(), int(which[:18]))
            else:
                kept.save(actor(), KIND, name or "", address.search)
        except SandanError as exc:
            return _box(settings, address.language, said=str(exc))
        return _box(settings, address.language)

    app.callback(
        Output(BOX, "children"), Input(SAVE, "n_clicks"), Input(REMOVE, "n_clicks"), State(NAME, "value"), State(WHICH, "value"),
        State(url, "search"), prevent_initial_call=True,
    )(change)  # fmt: skip


def _box(settings: Settings, language: Language, said: str = "") -> list[Any]:
    me = user()
    kept = services_of(settings).user_data.saved(me.user_id, KIND) if me else []
    links = [
        # A view is kept with the language of the day that it was saved; it opens in that of today.
        html.Li(dcc.Link(row["name"], href=Address.parse(row["content"], language).speaking(language).to(ALERTS)))
        for row in kept
    ]
    return [
        html.Ul(links) if links else html.P(text("views_none", language), className="hint"),
        *([html.P(said, role="alert", className="refused")] if said else []),
        html.Div(
            [
                dmc.TextInput(id=NAME, label=text("views_name", language), w=180, size="xs"),
                html.Button(text("views_save", language), id=SAVE, type="button", n_clicks=0, className="button quiet"),
            ],
            className="work-controls",
        ),
        html.Div(
            [
                dmc.Select(
                    id=WHICH, label=text("views_which", language), w=180, size="xs",
                    data=[{"value": str(row["saved_id"]), "label": row["name"]} for row in kept],
                ),
                html.Button(text("views_remove", language), id=REMOVE, type="button", n_clicks=0, className="button quiet"),
            ],
            className="work-controls", hidden=not kept,
        ),
    ]  # fmt: skip
