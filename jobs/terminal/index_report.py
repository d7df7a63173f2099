"""The indexes of a period as one HTML file that needs nothing else: plots, tables, and what each figure rests on."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from sandan.record.errors import OutputError
from sandan.record.values.moment import BEIJING

Row = Mapping[str, Any]
# Title, indexes, and what they are drawn by.
_SECTIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Hours to release", ("order_to_release", "payment_to_release", "declaration_to_release"), "of"),
    ("Share inspected", ("inspection_share",), "of"),
    ("What inspections find, and what that says of all", ("hit_rate", "breach_rate"), "of"),
    ("At budget", ("precision_at_budget", "recall_at_budget"), "of"),
    ("Breaches that were missed in low grade", ("missed_breaches",), "of"),
    ("Revenue in CNY", ("revenue_found", "revenue_at_stake"), "of"),
    ("Hits of each typology, and how they changed", ("typology_hit_rate", "typology_decay"), "of"),
    ("How complete what was received is", ("completeness",), "list"),
    ("How late it came, in hours", ("lateness",), "list"),
)
_REST = "How good what was received is, in everything else"
_COLUMNS = ("index", "of", "list", "source", "value", "low", "high", "unit", "from", "to", "n", "quality")
_COLOURS = ("#2f6690", "#d98e04", "#6c757d")
_STYLE = """
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { border-bottom: 1px solid #ddd; padding: .25rem .5rem; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.day { white-space: nowrap; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
.plot { height: 340px; }
"""


def write_report(rows: Sequence[Row], out: Path, now: dt.datetime) -> None:
    """Write the report.

    Args:
        rows: Of `sandan.jobs.terminal.measure.measure_rows`.
        out: The file; one that is there is replaced.
        now: When it is made.

    Raises:
        OutputError: The file cannot be written.
    """
    try:
        out.write_text(report(rows, now), encoding="utf-8")
    except OSError as exc:
        raise OutputError(f"{out}: cannot write ({exc.strerror or exc}); name another file") from exc


def report(rows: Sequence[Row], now: dt.datetime) -> str:
    """The report as HTML; every text of the rows is escaped."""
    days = sorted({day for row in rows for day in (row["from"], row["to"]) if day})
    span = f"{days[0]} to {days[-1]}" if days else "no data"
    body = [f"<h1>Statistic indexes</h1><p>Data of {escape(span)}; made {now.astimezone(BEIJING):%Y-%m-%d %H:%M} (Beijing).</p>"]
    drawn: set[str] = set()
    for title, names, by in _SECTIONS:
        drawn |= set(names)
        own = [row for row in rows if row["index"] in names]
        if own:
            body += _section(title, own, _plot(own, names, by))
    if rest := [row for row in rows if row["index"] not in drawn]:
        body += _section(_REST, rest, "")
    head = f'<meta charset="utf-8"><title>sandan: statistic indexes, {escape(span)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}<script>{get_plotlyjs()}</script></head><body>{"".join(body)}</body></html>\n'


def _section(title: str, rows: Sequence[Row], plot: str) -> Iterator[str]:
    yield f"<section><h2>{escape(title)}</h2>{plot}"
    yield _table(rows)
    yield "<dl>"
    for row in {row["index"]: row for row in rows}.values():
        parts = (row["definition"], f"Origin: {row['origin']}", f"Method: {row['method']}")
        yield f"<dt>{escape(row['index'])}</dt><dd>{'. '.join(escape(part) for part in parts)}.</dd>"
    yield "</dl></section>"


def _table(rows: Sequence[Row]) -> str:
    columns = [name for name in _COLUMNS if any(row.get(name) not in (None, "") for row in rows)]
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = ("".join(_cell(name, row) for name in columns) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def _cell(name: str, row: Row) -> str:
    value = row.get(name)
    if isinstance(value, int | float):
        decimals = 0 if isinstance(value, int) else 2 if row["unit"] == "CNY" else 4
        return f'<td class="number">{value:,.{decimals}f}</td>'
    kind = ' class="day"' if name in ("from", "to") else ""
    return f"<td{kind}>{escape('' if value is None else str(value))}</td>"


def _plot(rows: Sequence[Row], names: Sequence[str], by: str) -> str:
    """Bars by part, with their intervals."""
    figure = go.Figure()
    for name, colour in zip(names, _COLOURS, strict=False):
        own = [row for row in rows if row["index"] == name and row["value"] is not None]
        figure.add_bar(
            name=name,
            # Plots read some marks of HTML in texts.
            x=[escape(" ".join(filter(None, (row[by], row["source"]))) or "all") for row in own],
            y=[row["value"] for row in own],
            marker_color=colour,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max((row["high"] or row["value"]) - row["value"], 0) if row["high"] is not None else 0 for row in own],
                "arrayminus": [max(row["value"] - row["low"], 0) if row["low"] is not None else 0 for row in own],
            },
        )
    figure.update_layout(
        template="plotly_white", margin={"l": 50, "r": 10, "t": 10, "b": 60}, legend={"orientation": "h", "y": 1.1}, showlegend=True
    )
    options = {"displaylogo": False, "responsive": True}
    made = figure.to_html(full_html=False, include_plotlyjs=False, config=options, default_height="340px")
    return f'<div class="plot">{made}</div>'
