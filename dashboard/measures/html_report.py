"""The indexes of a period as one HTML file that needs nothing else: plots, tables, and what each figure rests on."""

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.i18n import HTML_LANG, Language, text
from sandan.dashboard.measures.plots import drawn, figure
from sandan.dashboard.measures.sections import HEADS, NUMBERS, Row, Section, cells, days, described, sections

_STYLE = """
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { border-bottom: 1px solid #ddd; padding: .25rem .5rem; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
"""


def html_report(rows: Sequence[Row], now: dt.datetime, language: Language) -> str:
    """The report; every text of the rows is escaped.

    Args:
        rows: Of `sandan.jobs.terminal.measure.measure_rows`, in that language.
        now: When the figures were made.
        language: Of the words.
    """
    span, made = days(rows, language), text("measures_made", language, at=beijing(now))
    title = escape(text("measures", language))
    body = [f"<h1>{title}</h1><p>{escape(span)}; {escape(made)}</p>"]
    for section in sections(rows):
        body += _section(section, language)
    head = f'<meta charset="utf-8"><title>sandan: {title}, {escape(span)}</title><style>{_STYLE}</style>'
    script = f"<script>{get_plotlyjs()}</script>"
    return f'<!doctype html><html lang="{HTML_LANG[language]}"><head>{head}{script}</head><body>{"".join(body)}</body></html>\n'


def _section(section: Section, language: Language) -> Iterator[str]:
    yield f"<section><h2>{escape(section.title(language))}</h2>"
    if section.indexes and drawn(section):
        made = go.Figure(figure(section, language))
        yield made.to_html(full_html=False, include_plotlyjs=False, config={"displaylogo": False, "responsive": True})
    head = "".join(f"<th>{escape(text(name, language))}</th>" for name in HEADS)
    lines = "".join(f"<tr>{_cells(row, language)}</tr>" for row in section.rows)
    yield f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table><dl>"
    for name, words in described(section, language):
        yield f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>"
    yield "</dl></section>"


def _cells(row: Row, language: Language) -> str:
    return "".join(
        f'<td class="number">{escape(one)}</td>' if place in NUMBERS else f"<td>{escape(one)}</td>"
        for place, one in enumerate(cells(row, language))
    )
