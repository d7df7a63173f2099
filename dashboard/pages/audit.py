"""The audit: who saw, searched, decided, took out, when and why."""

import json
from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, html
from pydantic import StringConstraints

from sandan.dashboard.address import Address
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.components.widgets import page_title
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Count, Page
from sandan.dashboard.serving.access import actor, services_of
from sandan.record.app.database import moment
from sandan.record.app.roles import Permission
from sandan.record.settings import Settings

AUDIT = "/audit"
BOX, WHO, WHAT, ON, SINCE, UNTIL, FIND = "audit-box", "audit-who", "audit-what", "audit-on", "audit-since", "audit-until", "audit-find"
ACTIONS = (
    "look", "search", "open", "decide", "take-back", "claim", "let-go", "assign", "unmask", "case", "query", "save", "export", "sign-in",
    "sign-out", "refused", "account", "warning", "receive",
)  # fmt: skip
_ROWS = 300


def page(settings: Settings, address: Address) -> html.Div:
    """The newest rows, with fields to search for others."""
    language = address.language
    actions = [{"value": name, "label": word("did", name.replace("-", "_"), language)} for name in ACTIONS]
    controls = [
        dmc.TextInput(id=WHO, label=text("audit_who", language), w=140, size="xs"),
        dmc.Select(id=WHAT, label=text("audit_what", language), data=actions, clearable=True, searchable=True, w=180, size="xs"),
        dmc.TextInput(id=ON, label=text("audit_on", language), w=260, size="xs"),
        dmc.TextInput(id=SINCE, label=text("audit_since", language), placeholder="2025-04-01", w=120, size="xs"),
        dmc.TextInput(id=UNTIL, label=text("audit_until", language), placeholder="2025-04-30", w=120, size="xs"),
        html.Button(text("audit_find", language), id=FIND, type="button", n_clicks=0, className="button primary"),
    ]
    shown = html.Section(rows_of(settings, language), id=BOX, className="card", role="region", **{"aria-label": text("audit", language)})
    return html.Div([page_title(text("audit", language)), html.Div(controls, className="work-controls card", role="search"), shown])


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the search."""

    def find(_: int, who: str | None, what: str | None, on: str | None, since: str | None, until: str | None, search: str | None) -> Any:
        language = Address.parse(search, settings.language).language
        return rows_of(settings, language, who or "", what or "", on or "", since or "", until or "")

    app.callback(
        Output(BOX, "children"), Input(FIND, "n_clicks"),
        *(State(name, "value") for name in (WHO, WHAT, ON, SINCE, UNTIL)), State("url", "search"), prevent_initial_call=True,
    )(find)  # fmt: skip


def rows_of(
    settings: Settings, language: Language, who: str = "", what: str = "", on: str = "", since: str = "", until: str = ""
) -> list[Any]:
    """A table of the rows that fit, the newest first, and how many there are."""
    audit = services_of(settings).audit
    rows, total = audit.search(actor=who.strip(), action=what, subject=on.strip(), since=since.strip(), until=until.strip(), limit=_ROWS)
    audit.record(actor(), "search", "audit", who=who, what=what, on=on, since=since, until=until, n_found=total)
    head = html.Tr([html.Th(text(f"audit_{name}", language), scope="col") for name in ("number", "at", "who", "what", "on", "detail")])
    lines = [
        html.Tr(
            [
                html.Td(row["seq"]),
                html.Td(beijing(moment(row["at"]))),
                html.Td(text("audit_actor", language, who=row["actor"], role=word("user", row["role"], language)) if row["actor"] else "–"),
                html.Td(word("did", row["action"].replace("-", "_"), language)),
                html.Td(row["subject"], className="mono"),
                html.Td(_detail(row["detail"]), className="mono"),
            ]
        )
        for row in rows
    ]
    n = html.P(text("audit_n", language, n=f"{len(rows):,}", total=f"{total:,}"), className="hint", role="status")
    return [n, html.Table([html.Thead(head), html.Tbody(lines)], className="plain wide")]


def _detail(detail: dict[str, Any]) -> str:
    return ", ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in detail.items() if value not in ("", None)
    )


_Word = Annotated[str, StringConstraints(max_length=400)]
PAGE = Page(
    AUDIT,
    "audit",
    lambda settings, _path, address: page(settings, address),
    "audit",
    90,
    needs=Permission.AUDIT,
    audited=False,
    register=register,
    forms={(FIND, "n_clicks"): Count, **{(name, "value"): _Word for name in (WHO, WHAT, ON, SINCE, UNTIL)}},
    words={
        "audit": ("Audit", "审计"),
        "audit_number": ("No.", "序号"),
        "audit_at": ("When", "时间"),
        "audit_who": ("Who", "人员"),
        "audit_actor": ("{who} ({role})", "{who}（{role}）"),
        "audit_what": ("What", "操作"),
        "audit_on": ("On what", "对象"),
        "audit_detail": ("Details", "详情"),
        "audit_since": ("From", "起始日期"),
        "audit_until": ("To", "截止日期"),
        "audit_find": ("Find", "查询"),
        "audit_n": ("{n} of {total} rows, the newest first", "共 {total} 条，显示最近 {n} 条"),
        "did_look": ("looked at", "查看"),
        "did_search": ("searched", "检索"),
        "did_open": ("opened", "打开"),
        "did_decide": ("decided on", "处置"),
        "did_take_back": ("took back", "撤回"),
        "did_claim": ("claimed", "认领"),
        "did_let_go": ("let go", "放弃认领"),
        "did_assign": ("assigned", "指派"),
        "did_unmask": ("saw in clear", "查看明文"),
        "did_case": ("changed a case", "变更案件"),
        "did_query": ("queried", "图查询"),
        "did_save": ("saved", "保存"),
        "did_export": ("took out", "导出"),
        "did_sign_in": ("signed in", "登录"),
        "did_sign_out": ("signed out", "退出"),
        "did_refused": ("was refused", "被拒绝"),
        "did_account": ("changed an account", "变更账户"),
        "did_receive": ("sent in", "报送"),
        "user_system": ("terminal", "终端"),
        "user_program": ("program", "程序"),
    },
)
