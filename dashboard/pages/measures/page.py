"""The page of the indexes."""

from typing import Any

import flask
from dash import dcc, html

from sandan.algorithms.measurement.daily_report import Measures, open_measures
from sandan.dashboard.address import Address
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.components.widgets import message, page_title, plain_table
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.measures.html_report import html_report
from sandan.dashboard.measures.pdf_report import pdf_report
from sandan.dashboard.measures.plots import drawn, figure
from sandan.dashboard.measures.sections import HEADS, NUMBERS, Section, cells, days, described, sections
from sandan.dashboard.measures.words import WORDS
from sandan.dashboard.page import Page
from sandan.dashboard.serving.access import actor, needs, services_of
from sandan.dashboard.theme import graph_config
from sandan.record.app.roles import Permission
from sandan.record.errors import UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

MEASURES, REPORT = "/measures", "/measures-report"
_MIMES = {"html": "text/html", "pdf": "application/pdf"}


def page(settings: Settings, address: Address) -> html.Div:
    """The newest report; how to make one where there is none."""
    language = address.language
    try:
        kept = open_measures(HomePaths(settings.home))
    except UnknownId:
        how = [text("measures_none_how", language), " ", html.Code("sandan measure --keep")]
        return message(text("measures_none", language), [html.P(how)], address)
    rows = kept.rows[language]
    links = [
        html.A(text(f"measures_{kind}", language), href=f"{REPORT}.{kind}?lang={language}", className="button quiet") for kind in _MIMES
    ]
    said = f"{days(rows, language)} · {text('measures_made', language, at=beijing(kept.made_at))}"
    return html.Div(
        [
            page_title(text("measures", language), html.Div(links, className="tools")),
            html.P(said, className="meta"),
            html.P(text("measures_hint", language), className="lead"),
            *(_card(section, language) for section in sections(rows)),
        ]
    )


def _card(section: Section, language: Language) -> html.Section:
    title = section.title(language)
    parts: list[Any] = [html.H2(title)]
    if section.indexes and drawn(section):
        chart = dcc.Graph(figure=figure(section, language), config=graph_config(language), responsive=True)
        label = text("measures_plot", language, title=title)
        parts.append(html.Div(chart, role="img", **{"aria-label": label}))
    table = plain_table([text(name, language) for name in HEADS], [cells(row, language) for row in section.rows], numbers=NUMBERS)
    told: list[Any] = [part for name, words in described(section, language) for part in (html.Dt(name), html.Dd(words))]
    scroll = html.Div(table, className="scroll", tabIndex="0", role="region", **{"aria-label": title})
    parts.append(html.Details([html.Summary(text("measures_details", language)), scroll, html.Dl(told)], open=not section.indexes))
    return html.Section(parts, className="card")


def routes(server: flask.Flask, settings: Settings) -> None:
    """Add the way by which the report is taken out: always as a download."""

    @needs(Permission.MEASURE)
    def give(kind: str) -> Any:
        if kind not in _MIMES:
            return flask.Response("there is no such report\n", 404, mimetype="text/plain")
        kept = open_measures(HomePaths(settings.home))
        language: Language = "zh" if flask.request.args.get("lang") == "zh" else "en"
        services_of(settings).audit.record(actor(), "export", f"measures:{kind}")
        answer = flask.Response(_made(kept, kind, language), mimetype=_MIMES[kind])
        answer.headers["Content-Disposition"] = f'attachment; filename="measures-{kept.made_at:%Y-%m-%d}.{kind}"'
        return answer

    server.add_url_rule(f"{REPORT}.<kind>", "measures_report", give)


def _made(kept: Measures, kind: str, language: Language) -> bytes:
    rows = kept.rows[language]
    return pdf_report(rows, kept.made_at, language) if kind == "pdf" else html_report(rows, kept.made_at, language).encode()


PAGE = Page(
    MEASURES,
    "measures",
    lambda settings, _path, address: page(settings, address),
    "measures",
    7,
    needs=Permission.MEASURE,
    routes=routes,
    words=WORDS,
)
