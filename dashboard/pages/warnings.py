"""Risk warnings: drafts to approve, what was issued, what was recalled and why."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from pydantic import Field, StringConstraints

from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard.address import NETWORK, OPERATORS, Address, Scene, consignment_path
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.components.widgets import page_title
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Count, Page
from sandan.dashboard.serving.access import actor, may, services_of
from sandan.record.app.database import moment
from sandan.record.app.roles import Permission
from sandan.record.app.warnings import AUDIENCES, NEXT, STATES
from sandan.record.errors import Conflict, SandanError
from sandan.record.settings import Settings

WARNINGS = "/warnings"
BOX, DONE, AUDIENCE, IN_STATE = "warnings-box", "warnings-done", "warnings-audience", "warnings-state"
CHOSEN, TO, WHY, DO, SEEN = "warnings-chosen", "warnings-to", "warnings-why", "warnings-do", "warnings-seen"
_MOST = 200


def page(settings: Settings, address: Address) -> html.Div:
    """The warnings, the newest first, with filters; for those who may, what to do with one."""
    language = address.language

    def choices(prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"value": name, "label": word(prefix, name, language)} for name in names]

    filters = [
        dmc.Select(
            id=AUDIENCE, label=text("warnings_audience", language), data=choices("audience", AUDIENCES), clearable=True, w=180, size="xs"
        ),
        dmc.Select(id=IN_STATE, label=text("warnings_state", language), data=choices("warning", STATES), clearable=True, w=140, size="xs"),
    ]
    return html.Div(
        [
            page_title(text("warnings", language)),
            html.P(text("warnings_hint", language), className="lead"),
            html.Div(filters, className="work-controls card", role="search"),
            html.Div(_box(_whole(settings, address, "", "")), id=BOX),
        ]
    )


def register(app: dash.Dash, settings: Settings) -> None:
    """Register filters and the button."""

    def show(audience: str | None, state: str | None, search: str | None) -> Any:
        return _box(_whole(settings, Address.parse(search, settings.language), audience or "", state or ""))

    def act(_: int, *values: Any) -> Any:
        chosen, to, why, seen, audience, state, search = values
        address = Address.parse(search, settings.language)
        said = _act(settings, chosen or "", to or "", why or "", seen or {}, address.language)
        kept = (chosen, to, why or "") if said[0] == "refused" else (None, None, "")
        return _whole(settings, address, audience or "", state or "", said, kept)

    app.callback(
        Output(BOX, "children"), Input(AUDIENCE, "value"), Input(IN_STATE, "value"), State("url", "search"), prevent_initial_call=True
    )(show)  # fmt: skip
    app.callback(
        Output(DONE, "children"), Input(DO, "n_clicks"),
        *(State(name, "value") for name in (CHOSEN, TO, WHY)), State(SEEN, "data"), State(AUDIENCE, "value"), State(IN_STATE, "value"),
        State("url", "search"), prevent_initial_call=True,
    )(act)  # fmt: skip


def _box(parts: list[Any]) -> html.Div:
    """What everybody's filters change, around what only those change who may: a callback has one permission."""
    return html.Div(parts, id=DONE)


def _act(settings: Settings, chosen: str, to: str, why: str, seen: Mapping[str, str], language: Language) -> tuple[str, str]:
    """Give a warning its next state; return `done` or `refused`, and what to say."""
    if chosen not in seen or to not in STATES:
        return "refused", text("warnings_choose", language)
    if to == "recalled" and not why.strip():
        return "refused", text("say_why", language)
    if to not in NEXT[seen[chosen]]:
        return "refused", text(
            "warnings_not_next", language, now=word("warning", seen[chosen], language), then=word("warning", to, language)
        )
    try:
        services_of(settings).warnings.change(actor(), int(chosen), to, expected=seen[chosen], why=why)
    except Conflict:
        return "refused", text("conflict", language)
    except SandanError as exc:
        return "refused", str(exc)
    return "done", text("warnings_done", language, n=chosen, state=word("warning", to, language))


def _whole(
    settings: Settings, address: Address, audience: str, state: str, said: tuple[str, str] = ("", ""),
    kept: tuple[str | None, str | None, str] = (None, None, ""),
) -> list[Any]:  # fmt: skip
    language = address.language
    rows = [
        row for row in services_of(settings).warnings.rows() if audience in ("", row["audience"]) and state in ("", row["state"])
    ]  # fmt: skip
    parts: list[Any] = []
    if said[1]:
        parts.append(html.P(said[1], role="alert" if said[0] == "refused" else "status", className=said[0]))
    if may(Permission.WARN):
        parts.append(_controls([row for row in rows[:_MOST] if NEXT[row["state"]]], language, kept))
    parts += [_card(row, address) for row in rows[:_MOST]] or [html.P(text("warnings_none", language), className="card hint")]
    if len(rows) > _MOST:
        parts.append(html.P(text("left_out", language, n=f"{len(rows) - _MOST:,}"), className="hint"))
    return parts


def _controls(open_ones: list[Mapping[str, Any]], language: Language, kept: tuple[str | None, str | None, str]) -> html.Section:
    numbers = [
        {"value": str(row["warning_id"]), "label": f"{row['warning_id']} · {word('warning', row['state'], language)}"} for row in open_ones
    ]
    states = [{"value": name, "label": text(f"warnings_to_{name}", language)} for name in ("approved", "issued", "recalled")]
    return html.Section(
        [
            dcc.Store(id=SEEN, data={str(row["warning_id"]): row["state"] for row in open_ones}),
            html.Div(
                [
                    dmc.Select(id=CHOSEN, label=text("warning", language), data=numbers, value=kept[0], searchable=True, w=160, size="xs"),
                    dmc.Select(id=TO, label=text("warnings_to", language), data=states, value=kept[1], w=160, size="xs"),
                    dmc.Textarea(id=WHY, label=text("warnings_why", language), value=kept[2], autosize=True, minRows=1, w=320, size="xs"),
                    html.Button(text("warnings_do", language), id=DO, type="button", n_clicks=0, className="button primary"),
                ],
                className="work-controls",
            ),
        ],
        className="card work",
    )


def _card(row: Mapping[str, Any], address: Address) -> html.Section:
    language = address.language
    names = [registry().label(name, language) for name in row["typologies"]]
    since = f"{word('warning', row['state'], language)} · {beijing(moment(row['at']))} · {row['by']}"
    head = [
        html.H2(f"{row['warning_id']} · {word('audience', row['audience'], language)}"),
        html.Span(word("warning_level", row["level"], language), className=f"chip level-{row['level']}"),
        html.Span(since, className="hint"),
    ]
    body = [html.Div(head, className="section-head"), html.P(row[f"text_{language}"], className="note-text")]
    if row["why"]:
        body.append(html.P(text("warnings_because", language, why=row["why"]), className="hint"))
    about: list[Any] = [text("run", language), " ", html.Code(row["run_id"]), " · ", _way(row["subject"], address)]
    body += [html.Ul([html.Li(name, className="chip") for name in names], className="chips"), html.P(about, className="meta")]
    return html.Section(body, className="card")


def _way(subject: str, address: Address) -> Any:
    """To the page of what a warning is about."""
    kind, _, name = subject.partition(":")
    if kind == "cluster":
        return dcc.Link(name, href=address.drawing(Scene(cluster=name)).to(NETWORK))
    if kind == "consignment":
        return dcc.Link(name, href=address.to(consignment_path(name)))
    return dcc.Link(name, href=address.to(OPERATORS)) if kind == "operator" else name


_Code: TypeAlias = Annotated[str, StringConstraints(max_length=40)]
_Long: TypeAlias = Annotated[str, StringConstraints(max_length=3000)]
PAGE = Page(
    WARNINGS,
    "warnings",
    lambda settings, _path, address: page(settings, address),
    "warnings",
    30,
    register=register,
    actions={DONE: Permission.WARN},
    forms={
        (DO, "n_clicks"): Count,
        **{(name, "value"): _Code for name in (AUDIENCE, IN_STATE, CHOSEN, TO)},
        (WHY, "value"): _Long,
        (SEEN, "data"): Annotated[dict[_Code, _Code], Field(max_length=_MOST)],
    },
    words={
        "warnings": ("Warnings", "风险提示"),
        "warning": ("Warning", "提示"),
        "warnings_hint": (
            "Drafted from what a run found. A supervisor approves, issues and recalls; nothing is sent by itself.",
            "由评分批次的研判结果生成草稿；经主管批准后发布，可撤回，系统不会自动发送。",
        ),
        "warnings_none": ("No such warnings.", "没有符合条件的提示。"),
        "warnings_audience": ("For whom", "对象"),
        "warnings_state": ("State", "状态"),
        "warnings_to": ("What to do", "操作"),
        "warnings_to_approved": ("Approve", "批准"),
        "warnings_to_issued": ("Mark as issued", "标记为已发布"),
        "warnings_to_recalled": ("Recall", "撤回"),
        "warnings_why": ("Why (needed to recall)", "理由（撤回时必填）"),
        "warnings_do": ("Carry out", "执行"),
        "warnings_choose": ("Choose a warning and what to do.", "请选择提示及操作。"),
        "warnings_not_next": ("From {now}, a warning does not become {then}.", "状态为“{now}”的提示不能变为“{then}”。"),
        "warnings_done": ("Warning {n}: {state}.", "提示 {n} 现为“{state}”。"),
        "warnings_because": ("Why: {why}", "理由：{why}"),
        "audience_internal": ("Customs", "海关内部"),
        "audience_party": ("A party", "当事企业"),
        "audience_public": ("The public", "社会公众"),
        "audience_department": ("Another department", "其他部门"),
        "warning_draft": ("Draft", "草稿"),
        "warning_approved": ("Approved", "已批准"),
        "warning_issued": ("Issued", "已发布"),
        "warning_recalled": ("Recalled", "已撤回"),
        "warning_level_medium": ("medium risk", "中风险"),
        "warning_level_high": ("high risk", "高风险"),
        "warning_level_confirmed": ("confirmed by an inspection", "经查验证实"),
        "did_warning": ("changed a warning", "变更风险提示"),
    },
)
