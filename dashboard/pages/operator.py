"""One operator: why it is graded so, when its consignments came, how they differ from all others, with whom it trades."""

from typing import Any
from urllib.parse import unquote

from dash import dcc, html

from sandan.algorithms.read_models.operator import LINKED_ROLES, OperatorView, view_operator
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import operator_reasons
from sandan.dashboard import notice
from sandan.dashboard.address import ALERTS, OPERATOR, OPERATORS, Address, consignment_path, operator_path
from sandan.dashboard.components import case_button
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.components.timeline_chart import HEIGHT, timeline_figure
from sandan.dashboard.components.widgets import grade_badge, plain_table
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network.network_view import tables_of
from sandan.dashboard.page import Page
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.dashboard.theme import GRADES, graph_config
from sandan.dashboard.views import money, typology_names
from sandan.record.errors import UnknownId
from sandan.record.settings import Settings

_MOST_TYPOLOGIES = 12


def page(settings: Settings, path: str, address: Address) -> html.Div:
    """An operator of the newest run.

    Raises:
        NothingScored: There is no run yet.
        StoreError: The run's graph is not there any more.
    """
    results, language = run_of(settings, None), address.language
    role, _, code = unquote(path.removeprefix(OPERATOR).rstrip("/")).partition(":")
    try:
        view = view_operator(tables_of(settings, results), results, role, code)
    except UnknownId:
        return notice.no_page(address)
    if user() is not None:
        services_of(settings).audit.record(actor(), "open", f"operator:{role}:{code}")
    row = view.row
    chart = dcc.Graph(
        figure=timeline_figure(view.weeks, "grade", language), config=graph_config(language), style={"height": f"{HEIGHT}px"}
    )  # fmt: skip
    drawn = html.Div(chart, role="img", **{"aria-label": text("operator_time_label", language)})
    ways = [dcc.Link(text("operator_back", language), href=address.to(OPERATORS), className="button quiet")]
    if role in LINKED_ROLES:
        queue = address.without_filters().having(grades=GRADES, operator=code).to(ALERTS)
        ways.append(dcc.Link(text("operator_queue", language), href=queue, className="button quiet"))
    ways += case_button.button(settings, "operator", f"{role}:{code}", results.run_id, language)
    head = html.Div(_title(view, language), className="consignment-title")
    return html.Div(
        [
            html.Div([head, html.Div(ways, className="tools")], className="network-head"),
            html.Section([html.H2(text("operator_why", language)), *_reasons(row, language), _figures(view, language)], className="card"),
            html.Section([html.H2(text("operator_time", language)), drawn], className="card"),
            html.Div([_typologies(view, language), _partners(view, address)], className="two-columns"),
            _alerts(view, address),
        ],
        className="overview",
    )  # fmt: skip


def _title(view: OperatorView, language: Language) -> list[Any]:
    row = view.row
    return [
        html.H1(row["name"] or row["code"], id="page-title", tabIndex="-1"),
        html.Span([word("role", row["role"], language), " ", html.Code(row["code"])], className="meta"),
        grade_badge(row["grade"], language),
        html.Span(text("score_is", language, score=f"{row['score']:.2f}"), className="score-text"),
        *(html.Span(name, className="chip") for name in typology_names(row["typologies"], language)),
    ]


def _reasons(row: Any, language: Language) -> list[Any]:
    reasons = operator_reasons(row, language, labels=True)
    return [html.Ul([html.Li(reason) for reason in reasons])] if reasons else [html.P(text("no_excess", language), className="hint")]


def _figures(view: OperatorView, language: Language) -> html.Dl:
    stake = view.row.get("revenue_at_stake")
    facts = [(text("consignments", language), f"{sum(view.grades.values()):,}")]
    facts += [(text(f"grade_risk_{grade}", language), f"{view.grades.get(grade, 0):,}") for grade in GRADES]
    facts += [(text("operator_stake", language), money(float(stake)))] if stake is not None else []
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="facts")


def _typologies(view: OperatorView, language: Language) -> html.Section:
    names = ("typology", "consignments", "operator_inside", "operator_outside")
    rows = [
        [registry().label(one.typology, language), f"{one.n:,}", f"{one.inside:.1%}", f"{one.outside:.1%}"]
        for one in view.typologies[:_MOST_TYPOLOGIES]
    ]
    shown = plain_table([text(name, language) for name in names], rows, numbers=(1, 2, 3)) if rows else html.P(text("no_reason", language))
    return html.Section([html.H2(text("operator_differs", language)), shown], className="card")


def _partners(view: OperatorView, address: Address) -> html.Section:
    language = address.language
    names = ("role", "col_name", "col_orders", "col_high")
    rows = [
        [
            word("role", one.role, language),
            dcc.Link(one.name, href=address.to(operator_path(one.role, one.code))),
            f"{one.n_orders:,}",
            f"{one.n_high:,}",
        ]
        for one in view.partners
    ]
    shown = (
        plain_table([text(name, language) for name in names], rows, numbers=(2, 3)) if rows else html.P(text("operator_alone", language))
    )
    return html.Section([html.H2(text("operator_partners", language)), shown], className="card")


def _alerts(view: OperatorView, address: Address) -> html.Section:
    language = address.language
    rows = [
        [
            dcc.Link(one["order_no"] or one["logistics_no"], href=address.to(consignment_path(one["key"]))),
            grade_badge(one["grade"], language),
            f"{one['score']:.2f}",
            ("、" if language == "zh" else ", ").join(typology_names(one["typologies"], language)),
        ]
        for one in view.alerts
    ]
    shown = plain_table([text(name, language) for name in ("col_number", "grade", "col_score", "typologies")], rows, numbers=[2])
    return html.Section([html.H2(text("operator_worst", language)), shown], className="card")


PAGE = Page(
    OPERATOR,
    "operator_title",
    page,
    section=lambda _address: OPERATORS,
    audited=False,
    words={
        "operator_title": ("Operator", "企业"),
        "operator_back": ("All operators", "全部企业"),
        "operator_queue": ("Its consignments in the queue", "在预警队列中查看其单票"),
        "operator_why": ("Why it is graded so", "评级理由"),
        "operator_stake": ("Tax at stake, CNY", "涉税额（元）"),
        "operator_time": ("Its consignments over time", "单票走势"),
        "operator_time_label": ("Bar chart: its consignments by week, stacked by grade.", "条形图：其单票按周、按等级统计。"),
        "operator_differs": ("How it differs from all others", "与其余单票对照"),
        "operator_inside": ("Its share", "占比"),
        "operator_outside": ("Elsewhere", "其余占比"),
        "operator_partners": ("With whom it trades", "关联企业"),
        "operator_alone": ("No order names another operator with it.", "没有与其他企业共同出现的订单。"),
        "operator_worst": ("Its riskiest consignments", "风险最高的单票"),
    },
)
