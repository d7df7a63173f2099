"""One case: what it is about, notes, files, its state, and what was done with it."""

import base64
import binascii
import io
from collections.abc import Mapping
from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
import flask
from dash import Input, Output, State, ctx, dcc, html
from pydantic import StringConstraints

from sandan.dashboard import case_persons
from sandan.dashboard.address import CASE, CASES, CLUSTERS, NETWORK, OPERATORS, Address, Scene, consignment_path
from sandan.dashboard.case_report import case_report
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.components.widgets import page_title
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network import kept
from sandan.dashboard.page import Count, Page
from sandan.dashboard.serving.access import actor, may, needs, services_of
from sandan.record.app.cases import STATES
from sandan.record.app.database import moment
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.tables import CLOSED
from sandan.record.errors import Conflict, InputError, SandanError, UnknownId
from sandan.record.settings import Settings

BOX, ID, SEEN, NOTE, STATE, FILE, WHOSE = "case-box", "case-id", "case-seen", "case-note", "case-state", "case-file", "case-whose"
ADD_NOTE, CHANGE, ASSIGN = "case-add-note", "case-change", "case-assign"
LARGEST_UPLOAD = 700_000  # bytes: in base64 it is just below what the server takes of one request


def page(settings: Settings, path: str, address: Address) -> html.Div:
    """The case whose number stands in the path.

    Raises:
        UnknownId: There is none of that number.
    """
    number = path.removeprefix(CASE).rstrip("/")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise UnknownId(f"{number}: there is no such case")
    case_id = int(number)
    case = services_of(settings).cases.whole(case_id)
    seen = {"in_clear": True} if case_persons.in_clear(settings, case) else {}
    services_of(settings).audit.record(actor(), "open", f"case:{case_id}", **seen)
    back = dcc.Link(["← ", text("cases", address.language)], href=address.to(CASES), className="back")
    report = html.A(text("case_report", address.language), href=f"/case-report/{case_id}?lang={address.language}", className="button quiet")
    title = page_title(f"{case_id} · {case['title']}", report)
    return html.Div([dcc.Store(id=ID, data=case_id), back, title, html.Div(_whole(settings, case, address), id=BOX, className="case")])


def register(app: dash.Dash, settings: Settings) -> None:
    """Register what the buttons do."""

    def act(*values: Any) -> Any:
        content, (note, state, whose, name, seen, case_id, search) = values[3], values[4:]
        if case_id is None:
            return dash.no_update
        address = Address.parse(search, settings.language)
        cases, said = services_of(settings).cases, ""
        try:
            if ctx.triggered_id == ADD_NOTE:
                cases.note(actor(), case_id, note or "")
            elif ctx.triggered_id == CHANGE:
                cases.change_state(actor(), case_id, state or "", note or "", expected=seen or "", reopen=may(Permission.ASSIGN))
            elif ctx.triggered_id == ASSIGN:
                cases.assign(actor(), case_id, services_of(settings).accounts.named(whose or actor().name).name)
            elif content:
                cases.attach(actor(), case_id, name or "", _bytes_of(content))
        except Conflict:
            said = text("conflict", address.language)
        except SandanError as exc:
            said = str(exc)
        try:
            case = cases.whole(case_id)
        except UnknownId:
            return dash.no_update
        return _whole(settings, case, address, said, kept=note or "" if said else "")

    app.callback(
        Output(BOX, "children"),
        *(Input(button, "n_clicks") for button in (ADD_NOTE, CHANGE, ASSIGN)),
        Input(FILE, "contents"),
        State(NOTE, "value"), State(STATE, "value"), State(WHOSE, "value"), State(FILE, "filename"), State(SEEN, "data"), State(ID, "data"),
        State("url", "search"), prevent_initial_call=True,
    )(act)  # fmt: skip
    case_persons.register(app, settings, ID)


def routes(server: flask.Flask, settings: Settings) -> None:
    """Add the ways by which files and the report are taken out: always as a download, never shown by the browser."""

    @needs(Permission.CASES)
    def give(case_id: int, file_id: int) -> Any:
        name, kind, content = services_of(settings).cases.file(actor(), case_id, file_id)
        return flask.send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)

    @needs(Permission.CASES)
    def report(case_id: int) -> Any:
        services = services_of(settings)
        language = Address.parse(flask.request.query_string.decode("utf-8", "replace"), settings.language).language
        try:
            case = services.cases.whole(case_id)
        except UnknownId:
            return flask.Response("there is no such case\n", 404, mimetype="text/plain")
        services.audit.record(actor(), "export", f"case:{case_id}", form="pdf")
        content = case_report(settings, case, actor().name, language)
        return flask.send_file(io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=f"case-{case_id}.pdf")

    server.add_url_rule("/case-report/<int:case_id>", "case_report", report)
    server.add_url_rule("/case-files/<int:case_id>/<int:file_id>", "case_file", give)


def _bytes_of(content: str) -> bytes:
    """What the browser read of a file: a data URL.

    Raises:
        InputError: It is none, or too large.
    """
    try:
        found = base64.b64decode(content.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as exc:
        raise InputError("the file did not arrive whole; send it again") from exc
    if len(found) > LARGEST_UPLOAD:
        raise InputError(f"the file is larger than {LARGEST_UPLOAD // 1000} kB; make it smaller")
    return found


def _whole(settings: Settings, case: Mapping[str, Any], address: Address, said: str = "", kept: str = "") -> list[Any]:
    language, is_closed = address.language, case["state"] in CLOSED
    facts = [
        (text("case_state", language), word("case", case["state"], language)),
        (text("case_assigned", language), case["assigned_to"]),
        (text("case_opened", language), f"{beijing(moment(case['opened_at']))} · {case['opened_by']}"),
        (text("case_changed", language), beijing(moment(case["changed_at"]))),
    ]
    head = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts])
    return [
        dcc.Store(id=SEEN, data=case["state"]),
        html.Section([head], className="card head"),
        *([html.P(said, role="alert", className="refused")] if said else []),
        _subjects(case, address),
        *_pictures(settings, case, address),
        *case_persons.box(settings, case, address),
        _notes(case, language),
        _controls(settings, case, language, is_closed=is_closed, kept=kept),
        _files(case, language, is_closed=is_closed),
        _history(case, language),
    ]


def _subjects(case: Mapping[str, Any], address: Address) -> html.Section:
    language = address.language
    items = []
    for one in case["subjects"]:
        kind = html.Span(text(f"subject_{one['kind']}", language), className="chip")
        drawn = [" ", dcc.Link(text("network_title", language), href=_drawn(one, case, address), className="button quiet")]
        items.append(html.Li([kind, " ", dcc.Link(one["shown"], href=_way(one, address)), *(drawn if one["kind"] != "operator" else [])]))
    more = dcc.Link(text("nav_clusters", language), href=address.to(CLUSTERS), className="button quiet")
    return html.Section(
        [html.Div([html.H2(text("case_subjects", language)), more], className="section-head"), html.Ul(items)], className="card"
    )


def _way(one: Mapping[str, Any], address: Address) -> str:
    """To the page of what a case is about."""
    if one["kind"] == "consignment":
        return address.to(consignment_path(one["subject"]))
    return address.drawing(Scene(cluster=one["subject"])).to(NETWORK) if one["kind"] == "cluster" else address.to(OPERATORS)


def _drawn(one: Mapping[str, Any], case: Mapping[str, Any], address: Address) -> str:
    """To the network around it, which can be kept with the case from there."""
    is_cluster = one["kind"] == "cluster"
    scene = Scene(key="" if is_cluster else one["subject"], cluster=one["subject"] if is_cluster else "", case=str(case["case_id"]))
    return address.drawing(scene).to(NETWORK)


def _pictures(settings: Settings, case: Mapping[str, Any], address: Address) -> list[html.Section]:
    """The pictures that are kept with it, the newest first; nothing where there are none."""
    items = []
    for row in services_of(settings).scenes.of_case(case["case_id"]):
        shown = row["note"] or text("network_title", address.language)
        who = f" · {row['by']} · {beijing(moment(row['at']))}"
        items.append(html.Li([dcc.Link(shown, href=kept.address_of(row, address)), html.Span(who, className="hint")]))
    return [html.Section([html.H2(text("case_pictures", address.language)), html.Ul(items)], className="card")] if items else []


def _notes(case: Mapping[str, Any], language: Language) -> html.Section:
    items = []
    for note in case["notes"]:
        about = [f"{note['by']} · {beijing(moment(note['at']))}"]
        if note["state"]:
            about.append(word("case", note["state"], language))
        items.append(html.Li([html.Div(" · ".join(about), className="hint"), html.P(note["text"], className="note-text")]))
    shown = html.Ul(items, className="case-notes") if items else html.P(text("case_no_notes", language), className="hint")
    return html.Section([html.H2(text("case_notes", language)), shown], className="card")


def _controls(settings: Settings, case: Mapping[str, Any], language: Language, *, is_closed: bool, kept: str) -> html.Section:
    states = [{"value": name, "label": word("case", name, language)} for name in STATES]
    accounts = services_of(settings).accounts.rows()
    able = [row["name"] for row in accounts if row["status"] != "removed" and Permission.CASES in ROLES.get(row["role"], ())]

    def button(name: str, words: str, kind: str, *, there: bool = True) -> html.Button:
        return html.Button(text(words, language), id=name, type="button", n_clicks=0, className=f"button {kind}", hidden=not there)

    may_change = not is_closed or may(Permission.ASSIGN)
    upload = dcc.Upload(
        text("case_upload", language, kb=LARGEST_UPLOAD // 1000), id=FILE, className="upload", max_size=LARGEST_UPLOAD, disabled=is_closed
    )
    return html.Section(
        [
            dmc.Textarea(id=NOTE, label=text("note", language), value=kept, autosize=True, minRows=2, maxRows=10, size="xs"),
            html.Div(
                [
                    button(ADD_NOTE, "case_add_note", "primary", there=not is_closed),
                    dmc.Select(id=STATE, label=text("case_state", language), data=states, value=case["state"], w=150, size="xs"),
                    button(CHANGE, "case_change", "quiet", there=may_change),
                    dmc.Select(id=WHOSE, label=text("case_assigned", language), data=able, value=case["assigned_to"], w=150, size="xs"),
                    button(ASSIGN, "case_assign", "quiet", there=not is_closed),
                ],
                className="work-controls",
            ),
            html.Div(upload, **{"data-file-label": text("case_files", language)}),
        ],
        className="card work",
    )


def _files(case: Mapping[str, Any], language: Language, *, is_closed: bool) -> html.Section:
    items = [
        html.Li(
            [html.A(one["name"], href=f"/case-files/{case['case_id']}/{one['file_id']}"), f" · {one['by']} · {beijing(moment(one['at']))}"]
        )
        for one in case["files"]
    ]
    shown = html.Ul(items) if items else html.P(text("case_no_files", language), className="hint")
    return html.Section([html.H2(text("case_files", language)), shown], className="card")


def _history(case: Mapping[str, Any], language: Language) -> html.Details:
    items = []
    for row in case["history"]:
        change = word("change", row["detail"]["change"], language)
        items.append(html.Li(f"{beijing(moment(row['at']))} · {row['actor']} · {change}"))
    return html.Details([html.Summary(text("case_history", language)), html.Ul(items)], className="card")


_Word, _Long = Annotated[str, StringConstraints(max_length=300)], Annotated[str, StringConstraints(max_length=25_000)]
PAGE = Page(
    CASE,
    "case",
    page,
    section=lambda _address: CASES,
    needs=Permission.CASES,
    audited=False,
    register=register,
    routes=routes,
    forms={
        **{(name, "n_clicks"): Count for name in (ADD_NOTE, CHANGE, ASSIGN)},
        **{(name, "value"): _Word for name in (STATE, WHOSE)},
        (NOTE, "value"): _Long,
        (FILE, "contents"): Annotated[str, StringConstraints(max_length=1_000_000)],
        (FILE, "filename"): _Word,
        (SEEN, "data"): _Word,
        (ID, "data"): Count,
        **case_persons.FORMS,
    },
    actions=case_persons.ACTIONS,
    words={
        **case_persons.WORDS,
        "case_report": ("Report (PDF)", "案件报告（PDF）"),
        "report_made": ("Made for {who}, {at} Beijing time. Persons are masked.", "{who} 于 {at}（北京时间）导出。个人信息已脱敏。"),
        "report_no_run": ("Nothing is scored at present, so findings are not shown.", "当前没有评分批次，未列出风险线索。"),
        "report_gone": ("The newest run does not have it any more.", "最新批次中已无此对象。"),
        "report_no_picture": ("Its network cannot be drawn: the run's graph is gone.", "该批次的图已不存在，无法绘制关系图。"),
        "report_consignments": ("Consignments ({n})", "单票（{n} 票）"),
        "report_reasons": ("Strongest reasons", "主要理由"),
        "report_left_out": ("{n} more are not listed here.", "另有 {n} 票未列出。"),
        "case_state": ("State", "状态"),
        "case_assigned": ("Assigned to", "承办人"),
        "case_opened": ("Opened", "立案"),
        "case_changed": ("Changed", "更新时间"),
        "case_subjects": ("What it is about", "涉及对象"),
        "case_notes": ("Notes", "记录"),
        "case_no_notes": ("No notes yet.", "尚无记录。"),
        "case_files": ("Files", "附件"),
        "case_no_files": ("No files yet.", "尚无附件。"),
        "case_upload": ("Drop a file here, or click: PDF, PNG, JPEG or text, up to {kb} kB", "拖入或点选附件，限 {kb} 千字节以内"),
        "case_add_note": ("Add the note", "添加记录"),
        "case_change": ("Change the state", "变更状态"),
        "case_assign": ("Assign", "指派"),
        "case_history": ("What was done", "操作历史"),
        "subject_consignment": ("Consignment", "单票"),
        "subject_cluster": ("Cluster", "团组"),
        "subject_operator": ("Operator", "企业"),
        "change_opened": ("opened", "立案"),
        "change_added": ("contents added", "增加内容"),
        "change_note": ("note added", "添加记录"),
        "change_state": ("state changed", "变更状态"),
        "change_assigned": ("assigned", "指派"),
        "change_scene": ("picture kept", "保存关系图"),
        "case_pictures": ("Pictures of the network", "关系图"),
        "change_file": ("file added", "添加附件"),
    },
)
