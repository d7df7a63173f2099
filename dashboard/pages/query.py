"""Questions to the graph: the named ones with their parameters, Cypher of one's own, and what one has saved."""

from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, html
from pydantic import StringConstraints

from sandan.dashboard.address import Address
from sandan.dashboard.answers import views
from sandan.dashboard.components.widgets import page_title
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.page import Count, Page
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.graph.library.running import run_statement
from sandan.graph.library.statements import library
from sandan.graph.store.analyst import open_for_analyst
from sandan.record.app.roles import Permission
from sandan.record.errors import BadQuery, SandanError
from sandan.record.settings import Settings

QUERY = "/query"
NAMED, PARAMETERS, TEXT, RUN, RESULT = "query-named", "query-parameters", "query-text", "query-run", "query-result"
SAVED, SAVE_AS, SAVE, SAVED_BOX = "query-saved", "query-save-as", "query-save", "query-saved-box"
MOST_ROWS, LONGEST = 1000, 20_000
_SECONDS = 30.0


def page(settings: Settings, address: Address) -> html.Div:
    """A question and its answer."""
    language = address.language
    named = [{"value": one.name, "label": one.title_zh if language == "zh" else one.title} for one in library().values()]
    example = "MATCH (o:Order)-[:PAID_BY]->(p:Payer) RETURN p.id, count(o) AS n ORDER BY n DESC"
    choice = dmc.Select(id=NAMED, label=text("query_named", language), data=named, searchable=True, clearable=True, w=420, size="xs")
    saved = html.Div(_saved(settings, language), id=SAVED_BOX, className="work-controls")
    given = dmc.Textarea(
        id=PARAMETERS, label=text("query_parameters", language), placeholder="name=value", autosize=True, minRows=1, maxRows=8, size="xs"
    )
    query = dmc.Textarea(id=TEXT, label=text("query_text", language), placeholder=example, autosize=True, minRows=4, maxRows=20, size="xs")
    run = html.Button(text("query_run", language), id=RUN, type="button", n_clicks=0, className="button primary")
    limits = html.Span(text("query_limits", language, n=f"{MOST_ROWS:,}", s=f"{_SECONDS:.0f}"), className="hint")
    controls = html.Section(
        [html.Div([choice, saved], className="work-controls"), given, query, html.Div([run, limits], className="work-controls")],
        className="card work",
    )
    return html.Div([page_title(text("query", language)), controls, html.Section(id=RESULT, className="card", **{"aria-live": "polite"})])


def register(app: dash.Dash, settings: Settings) -> None:
    """Register choosing, asking, saving."""

    def choose(named: str | None, saved: str | None) -> Any:
        if ctx.triggered_id == NAMED and named in library():
            one = library()[str(named)]
            given = [f"{p.name}={'' if p.default is None else p.default}" for p in one.parameters]
            return one.text.strip(), "\n".join(given)
        me = user()
        found = {str(row["saved_id"]): row["content"] for row in services_of(settings).user_data.saved(me.user_id, "query")} if me else {}
        return found.get(saved or "", dash.no_update), "" if saved in found else dash.no_update

    def ask(_: int, cypher: str | None, named: str | None, given: str | None, search: str | None) -> Any:
        return answer(settings, cypher or "", named or "", given or "", Address.parse(search, settings.language))

    def save(_: int, name: str | None, cypher: str | None, search: str | None) -> Any:
        language = Address.parse(search, settings.language).language
        try:
            services_of(settings).user_data.save(actor(), "query", name or "", cypher or "")
        except SandanError as exc:
            return _saved(settings, language, said=str(exc))
        return _saved(settings, language)

    app.callback(
        Output(TEXT, "value"), Output(PARAMETERS, "value"), Input(NAMED, "value"), Input(SAVED, "value"), prevent_initial_call=True
    )(choose)
    app.callback(
        Output(RESULT, "children"), Input(RUN, "n_clicks"), State(TEXT, "value"), State(NAMED, "value"), State(PARAMETERS, "value"),
        State("url", "search"), prevent_initial_call=True,
    )(ask)  # fmt: skip
    app.callback(
        Output(SAVED_BOX, "children"), Input(SAVE, "n_clicks"), State(SAVE_AS, "value"), State(TEXT, "value"), State("url", "search"),
        prevent_initial_call=True,
    )(save)  # fmt: skip
    views.register(app, settings)


def answer(settings: Settings, cypher: str, named: str, given: str, address: Address) -> list[Any]:
    """The rows that a query returns, or why it returns none.

    Args:
        settings: The home.
        cypher: The query.
        named: Name of the library's query that it was taken from; empty for one's own.
        given: Its parameters, `name=value` a line.
        address: That of the page.
    """
    language = address.language
    one = library().get(named)
    is_named = one is not None and cypher.strip() == one.text.strip()
    services_of(settings).audit.record(
        actor(), "query", f"cypher:{named if is_named else 'own'}", text=cypher[:LONGEST], parameters=given[:2000]
    )
    try:
        values = dict(_pair(line, language) for line in given.splitlines() if line.strip())
        with open_for_analyst(settings) as store:
            if is_named and one is not None:
                result = run_statement(store, one, values, max_rows=MOST_ROWS, timeout_s=_SECONDS)
            else:
                result = store.query(cypher, values, max_rows=MOST_ROWS, timeout_s=_SECONDS)
    except SandanError as exc:
        return [html.P(str(exc), role="alert", className="refused")]
    return views.views(settings, result, address)


def _pair(line: str, language: Language) -> tuple[str, object]:
    name, equals, value = (part.strip() for part in line.partition("="))
    if not equals or not name.isidentifier():
        raise BadQuery(text("query_pair", language, line=line[:80]))
    return name, value


def _saved(settings: Settings, language: Language, said: str = "") -> list[Any]:
    me = user()
    kept = services_of(settings).user_data.saved(me.user_id, "query") if me else []
    choices = [{"value": str(row["saved_id"]), "label": row["name"]} for row in kept]
    return [
        dmc.Select(id=SAVED, label=text("query_saved", language), data=choices, clearable=True, searchable=True, w=220, size="xs"),
        dmc.TextInput(id=SAVE_AS, label=text("query_save_as", language), w=180, size="xs"),
        html.Button(text("query_save", language), id=SAVE, type="button", n_clicks=0, className="button quiet"),
        *([html.Span(said, role="alert", className="refused")] if said else []),
    ]


_Text, _Word = Annotated[str, StringConstraints(max_length=LONGEST)], Annotated[str, StringConstraints(max_length=200)]
PAGE = Page(
    QUERY,
    "query",
    lambda settings, _path, address: page(settings, address),
    "query",
    60,
    needs=Permission.QUERY,
    register=register,
    forms={
        **{(name, "n_clicks"): Count for name in (RUN, SAVE)},
        **{(name, "value"): _Word for name in (NAMED, SAVED, SAVE_AS)},
        **{(name, "value"): _Text for name in (TEXT, PARAMETERS)},
        **views.FORMS,
    },
    words={
        **views.WORDS,
        "query": ("Query", "图查询"),
        "query_named": ("Named query", "常用查询"),
        "query_saved": ("My queries", "我的查询"),
        "query_save_as": ("Save as", "另存为"),
        "query_save": ("Save", "保存"),
        "query_parameters": ("Parameters, one a line", "参数（每行一项）"),
        "query_text": ("Query, read only", "查询语句（只读）"),
        "query_run": ("Ask", "执行"),
        "query_limits": ("At most {n} rows and {s} seconds", "最多 {n} 行，限时 {s} 秒"),
        "query_result": ("Answer", "查询结果"),
        "query_n": ("{n} rows", "{n} 行"),
        "query_first": ("Only the first {n} rows", "仅显示前 {n} 行"),
        "query_no_rows": ("No rows.", "无结果。"),
        "query_pair": ("{line}: write name=value", "{line}：应写成“参数名=值”"),
    },
)
