"""The list of cases: what officers work on together."""

from typing import Any

from dash import dcc, html

from sandan.dashboard.address import CASES, Address, case_path
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.components.widgets import page_title
from sandan.dashboard.i18n import text, word
from sandan.dashboard.page import Page
from sandan.dashboard.serving.access import services_of
from sandan.record.app.database import moment
from sandan.record.app.roles import Permission
from sandan.record.settings import Settings

_MOST = 500


def page(settings: Settings, address: Address) -> html.Div:
    """All cases, those changed last first."""
    language = address.language
    rows = services_of(settings).cases.rows()
    names = ("case_number", "title", "case_state", "assigned_to", "n_subjects", "opened_by", "changed_at")
    body: list[Any] = [html.P(text("cases_none", language), className="hint")]
    if rows:
        lines = [
            html.Tr(
                [
                    html.Td(dcc.Link(str(row["case_id"]), href=case_path(row["case_id"], language))),
                    html.Td(dcc.Link(row["title"], href=case_path(row["case_id"], language))),
                    html.Td(word("case", row["state"], language)),
                    html.Td(row["assigned_to"]),
                    html.Td(row["n_subjects"]),
                    html.Td(row["opened_by"]),
                    html.Td(beijing(moment(row["changed_at"]))),
                ]
            )
            for row in rows[:_MOST]
        ]
        head = html.Thead(html.Tr([html.Th(text(f"cases_{name}", language), scope="col") for name in names]))
        body = [html.Table([head, html.Tbody(lines)], className="plain wide")]
        if len(rows) > _MOST:
            body.append(html.P(text("left_out", language, n=f"{len(rows) - _MOST:,}"), className="hint"))
    return html.Div([page_title(text("cases", language)), html.Section(body, className="card")])


PAGE = Page(
    CASES,
    "cases",
    lambda settings, _path, address: page(settings, address),
    "cases",
    40,
    needs=Permission.CASES,
    words={
        "cases_none": (
            "No case was opened yet; put a consignment or a cluster into one on its page.",
            "尚无案件；可在单票或团组页面归入案件。",
        ),
        "cases_case_number": ("No.", "编号"),
        "cases_title": ("Title", "标题"),
        "cases_case_state": ("State", "状态"),
        "cases_assigned_to": ("Assigned to", "承办人"),
        "cases_n_subjects": ("Contents", "内容数"),
        "cases_opened_by": ("Opened by", "立案人"),
        "cases_changed_at": ("Changed", "更新时间"),
    },
)
