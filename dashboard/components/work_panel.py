"""The part of a consignment's page where an officer acts: claims it, decides, takes back, sees persons in clear, puts it into a case."""

from collections.abc import Mapping
from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html
from pydantic import BaseModel, ConfigDict, StringConstraints

from sandan.algorithms.read_models.consignment import ConsignmentView, full_key, view_consignment
from sandan.algorithms.read_models.persons import persons_in_clear
from sandan.algorithms.results.results import Results
from sandan.algorithms.vocabulary.labels import FIELDS, LISTS, label
from sandan.dashboard.address import Address, case_path, next_path
from sandan.dashboard.components.run_summary import beijing, run_of
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Count
from sandan.dashboard.serving.access import actor, may, services_of, user
from sandan.record.app.cases import Subject
from sandan.record.app.database import moment
from sandan.record.app.decisions import DECISIONS_IN_ORDER, REASONS, Seen
from sandan.record.app.roles import Permission
from sandan.record.app.tables import CLOSED
from sandan.record.app.unmaskings import UNMASKED_MINUTES
from sandan.record.errors import Conflict, SandanError
from sandan.record.home import HomePaths
from sandan.record.settings import Settings
from sandan.record.values.inspection import METHODS

BOX, SUBJECT, REASON, METHOD, NOTE = "work-panel", "work-subject", "work-reason", "work-method", "work-note"
DECIDE, CLAIM, LET_GO, TAKE_BACK = "work-decide", "work-claim", "work-let-go", "work-take-back"
PERSONS, PURPOSE, UNMASK = "work-persons", "work-purpose", "work-unmask"
EXPECTED = "work-expected"
CASE_BOX, CASE, TITLE, PUT = "work-case-box", "work-case", "work-title", "work-put"
NEW_CASE = "new"
BUTTONS = (DECIDE, CLAIM, LET_GO, TAKE_BACK, UNMASK, PUT)


class _Subject(BaseModel):
    """The consignment that the page shows, and the run that it shows it in."""

    model_config = ConfigDict(strict=True, extra="forbid")
    key: Annotated[str, StringConstraints(max_length=1000)]
    run: Annotated[str, StringConstraints(max_length=100)]


_Code, _Text = Annotated[str, StringConstraints(max_length=100)], Annotated[str, StringConstraints(max_length=5000)]
FORMS: dict[tuple[str, str], Any] = {
    **{(name, "n_clicks"): Count for name in BUTTONS},
    **{(name, "value"): _Code for name in (REASON, METHOD, CASE)},
    **{(name, "value"): _Text for name in (NOTE, PURPOSE, TITLE)},
    (EXPECTED, "data"): Count,
    (SUBJECT, "data"): _Subject,
}
ACTIONS = {BOX: Permission.DECIDE, PERSONS: Permission.UNMASK, CASE_BOX: Permission.CASES}


def panel(settings: Settings, view: ConsignmentView, results: Results, address: Address) -> list[Any]:
    """What an officer does with a consignment; only what his role permits, and nothing where nobody has signed in."""
    if user() is None:
        return []
    key, run_id, language = full_key(view.alert), results.run_id, address.language
    aside: list[Any] = []
    if may(Permission.UNMASK):
        aside.append(html.Details(_persons(settings, view, language), id=PERSONS, className="card work"))
    if may(Permission.CASES):
        aside.append(html.Details(_case(settings, key, language), id=CASE_BOX, className="card work"))
    work = html.Section(_work(settings, key, run_id, address), id=BOX, className="card work")
    return [
        dcc.Store(id=SUBJECT, data={"key": key, "run": run_id}),
        html.Div([work, html.Div(aside, className="work-aside")], className="work-panels"),
    ]


def register(app: dash.Dash, settings: Settings) -> None:
    """Register what the panel's buttons do."""

    def act(*values: Any) -> Any:
        reason, method, note, expected, subject, search = values[4:]
        if not subject:
            return dash.no_update
        address = Address.parse(search, settings.language)
        said = _act(settings, str(ctx.triggered_id), subject, reason, method, note or "", int(expected or 0), address.language)
        return _work(settings, subject["key"], subject["run"], address, said, kept=said[0] == "refused" and (reason, method, note))

    def unmask(_: int, purpose: str | None, subject: dict[str, str] | None, search: str | None) -> Any:
        if not subject:
            return dash.no_update
        language = Address.parse(search, settings.language).language
        view = _view(settings, subject)
        try:
            services_of(settings).unmaskings.unmask(actor(), full_key(view.alert), purpose or "")
        except SandanError:
            return _persons(settings, view, language, said=text("purpose_needed", language))
        return _persons(settings, view, language)

    def put(_: int, case: str | None, title: str | None, subject: dict[str, str] | None, search: str | None) -> Any:
        if not subject:
            return dash.no_update
        language = Address.parse(search, settings.language).language
        view = _view(settings, subject)
        key = full_key(view.alert)
        shown = view.alert["order_no"] or view.alert["logistics_no"] or key
        try:
            _put(settings, case, title or shown, Subject("consignment", key, shown, subject["run"]))
        except SandanError as exc:
            return _case(settings, key, language, said=str(exc))
        return _case(settings, key, language)

    app.callback(
        Output(BOX, "children"),
        *(Input(button, "n_clicks") for button in (DECIDE, CLAIM, LET_GO, TAKE_BACK)),
        *(State(name, "value") for name in (REASON, METHOD, NOTE)),
        State(EXPECTED, "data"), State(SUBJECT, "data"), State("url", "search"),
        prevent_initial_call=True,
    )(act)  # fmt: skip
    app.callback(
        Output(PERSONS, "children"), Input(UNMASK, "n_clicks"), State(PURPOSE, "value"), State(SUBJECT, "data"), State("url", "search"),
        prevent_initial_call=True,
    )(unmask)  # fmt: skip
    app.callback(
        Output(CASE_BOX, "children"), Input(PUT, "n_clicks"), State(CASE, "value"), State(TITLE, "value"), State(SUBJECT, "data"),
        State("url", "search"), prevent_initial_call=True,
    )(put)  # fmt: skip


def seen_of(results: Results, alert: Mapping[str, Any]) -> Seen:
    """An alert of a run as whoever decides on it saw it."""
    key = {name: alert[name] for name in ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no")}
    model = (results.report.get("model") or {}).get("model_id")
    return Seen(
        full_key(alert), key, results.run_id, model, results.as_of, float(alert["score"]), alert["grade"], tuple(alert["typologies"])
    )


def reason_choices(language: Language) -> list[dict[str, Any]]:
    """The reason codes under their decisions, as a list of choices takes them."""
    of_each = {decision: [name for name, meant in REASONS.items() if meant.decision == decision] for decision in DECISIONS_IN_ORDER}
    return [
        {"group": word("decision", decision, language), "items": [{"value": n, "label": word("reason", n, language)} for n in names]}
        for decision, names in of_each.items()
    ]


def _view(settings: Settings, subject: Mapping[str, str]) -> ConsignmentView:
    return view_consignment(HomePaths(settings.home), run_of(settings, subject["run"]), subject["key"])


def _act(
    settings: Settings, button: str, subject: Mapping[str, str], reason: str | None, method: str | None, note: str, expected: int,
    language: Language,
) -> tuple[str, str]:  # fmt: skip
    """Do what a button stands for; return `done` or `refused`, and what to say."""
    decisions, key = services_of(settings).decisions, subject["key"]
    others = may(Permission.ASSIGN)
    try:
        if button == CLAIM:
            decisions.claim(actor(), key, others=others)
        elif button == LET_GO:
            decisions.let_go(actor(), key, others=others)
        elif button == TAKE_BACK:
            if not note.strip():
                return "refused", text("say_why", language)
            decisions.take_back(actor(), expected, note, others=others)
        elif not reason:
            return "refused", text("choose_reason", language)
        else:
            seen = seen_of(run_of(settings, subject["run"]), _view(settings, subject).alert)
            decisions.decide(actor(), seen, reason, method=method or "", note=note, expected=expected)
    except Conflict:
        return "refused", text("conflict", language)
    except SandanError as exc:
        return "refused", str(exc)
    return "done", text({DECIDE: "decided", TAKE_BACK: "taken_back"}.get(button, "noted"), language)


def _work(settings: Settings, key: str, run_id: str, address: Address, said: tuple[str, str] = ("", ""), kept: Any = None) -> list[Any]:
    language, decisions = address.language, services_of(settings).decisions
    history = decisions.history(key)
    standing = next((row for row in history if not row["taken_back_at"]), None)
    claimed = decisions.claims([key]).get(key, "")
    next_link = dcc.Link(text("next_open", language), href=address.to(next_path(key)), id="work-next", className="button quiet")
    parts: list[Any] = [
        html.Div([html.H2(text("decision", language)), next_link], className="section-head"),
        html.P(_standing(standing, language), className=f"standing decision-{standing['decision'] if standing else 'none'}"),
    ]
    if claimed:
        parts.append(html.P(text("claimed_by", language, who=claimed), className="hint"))
    if said[1]:
        parts.append(html.P(said[1], role="alert" if said[0] == "refused" else "status", className=said[0]))
    if may(Permission.DECIDE):
        parts += _controls(standing, claimed, kept or (None, None, ""), language)
    if len(history) > 1 or any(row["taken_back_at"] for row in history):
        former = [html.Li(_once(row, language)) for row in history]
        parts.append(html.Details([html.Summary(text("all_decisions", language, n=len(history))), html.Ul(former)]))
    return parts


def _controls(standing: Mapping[str, Any] | None, claimed: str, kept: tuple[Any, Any, Any], language: Language) -> list[Any]:
    me = actor().name
    methods = [{"value": name, "label": word("plan_method", name, language)} for name in METHODS]
    may_take_back = standing is not None and (standing["decided_by"] == me or may(Permission.ASSIGN))

    def button(name: str, words: str, kind: str, *, there: bool = True) -> html.Button:
        return html.Button(text(words, language), id=name, type="button", className=f"button {kind}", hidden=not there, n_clicks=0)

    return [
        dcc.Store(id=EXPECTED, data=standing["decision_id"] if standing else 0),
        html.Div(
            [
                dmc.Select(
                    id=REASON,
                    label=text("reason_code", language),
                    data=reason_choices(language),
                    value=kept[0],
                    searchable=True,
                    w=250,
                    size="xs",
                ),
                dmc.Select(id=METHOD, label=text("found_by", language), data=methods, value=kept[1] or "document", w=150, size="xs"),
                dmc.Textarea(id=NOTE, label=text("note", language), value=kept[2] or "", autosize=True, minRows=1, maxRows=6, size="xs"),
                button(DECIDE, "decide", "primary"),
            ],
            className="work-controls",
        ),
        html.Div(
            [
                button(CLAIM, "claim", "quiet", there=claimed != me),
                button(LET_GO, "let_go", "quiet", there=claimed == me),
                button(TAKE_BACK, "take_back", "quiet", there=may_take_back),
                html.Span(text("work_keys", language), className="hint"),
            ],
            className="work-controls",
        ),
    ]


def _standing(row: Mapping[str, Any] | None, language: Language) -> str:
    return text("undecided", language) if row is None else _once(row, language)


def _once(row: Mapping[str, Any], language: Language) -> str:
    parts = [
        text("decision_is", language, what=word("decision", row["decision"], language), why=word("reason", row["reason"], language)),
        row["decided_by"],
        beijing(moment(row["decided_at"])),
    ]
    if row["note"]:
        parts.append(row["note"])
    if row["taken_back_at"]:
        parts.append(text("was_taken_back", language, who=row["taken_back_by"], why=row["taken_back_why"]))
    return " · ".join(parts)


def _persons(settings: Settings, view: ConsignmentView, language: Language, said: str = "") -> list[Any]:
    me = user()
    until = services_of(settings).unmaskings.until(me.user_id, full_key(view.alert)) if me else None
    title = html.Summary(text("persons", language))
    if until is None:
        ask = [
            dmc.TextInput(id=PURPOSE, label=text("purpose", language), w=420, size="xs"),
            html.Button(text("unmask", language), id=UNMASK, type="button", className="button quiet", n_clicks=0),
        ]
        hint = html.P(text("unmask_hint", language, n=UNMASKED_MINUTES), className="hint")
        return [title, *([html.P(said, role="alert", className="refused")] if said else []), html.Div(ask, className="work-controls"), hint]
    rows = [
        html.Tr([html.Td(label(LISTS, one.kind, language)), html.Td(label(FIELDS, one.field, language)), html.Td(one.value)])
        for one in persons_in_clear(HomePaths(settings.home), run_of(settings, None), [view.alert])[full_key(view.alert)]
    ]
    shown = html.P(text("unmasked_until", language, until=beijing(until)), className="hint")
    return [title, shown, html.Table(html.Tbody(rows), className="plain persons")]


def _case(settings: Settings, key: str, language: Language, said: str = "") -> list[Any]:
    cases = services_of(settings).cases
    mine = cases.rows(subject=key)
    links = []
    for row in mine:
        shown = f"{row['case_id']} · {row['title']} ({word('case', row['state'], language)})"
        links.append(html.Li(dcc.Link(shown, href=case_path(row["case_id"], language))))
    open_ones = [row for row in cases.rows() if row["state"] not in CLOSED][:200]
    choices = [{"value": NEW_CASE, "label": text("case_new", language)}]
    choices += [{"value": str(row["case_id"]), "label": f"{row['case_id']} · {row['title']}"} for row in open_ones]
    ask = [
        dmc.Select(id=CASE, label=text("case", language), data=choices, value=NEW_CASE, searchable=True, w=250, size="xs"),
        dmc.TextInput(id=TITLE, label=text("case_title", language), w=250, size="xs"),
        html.Button(text("case_put", language), id=PUT, type="button", className="button quiet", n_clicks=0),
    ]
    return [
        html.Summary(text("cases_n", language, n=len(mine)) if mine else text("cases", language)),
        *([html.Ul(links)] if links else [html.P(text("case_none", language), className="hint")]),
        *([html.P(said, role="alert", className="refused")] if said else []),
        html.Div(ask, className="work-controls"),
    ]


def _put(settings: Settings, case: str | None, title: str, subject: Subject) -> None:
    cases = services_of(settings).cases
    if case in (None, "", NEW_CASE):
        cases.open(actor(), title, [subject])
    elif case and case.isascii() and case.isdigit():
        cases.add(actor(), int(case[:18]), [subject])
