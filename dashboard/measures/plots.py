"""Bars of the indexes with their intervals, as plotly takes them."""

import html
from typing import Any

from sandan.dashboard.i18n import Language, word
from sandan.dashboard.measures.sections import Row, Section, index_name, part_name, shown
from sandan.dashboard.theme import FONT, INK

COLOURS = ("#1f5a8c", "#c08a00", "#6c757d")
_ROW, _LEAST = 22, 120
_SHORT = 0.02  # of the longest bar: an interval that leaves room for words


def drawn(section: Section) -> list[Row]:
    """Rows of a section that have a value to draw."""
    return [row for row in section.rows if row["value"] is not None]


def figure(section: Section, language: Language) -> dict[str, Any]:
    """Horizontal bars by part, a colour for each index."""
    rows = drawn(section)
    parts = list(dict.fromkeys(part_name(row, language) for row in rows))
    bars = []
    for name, colour in zip(section.indexes, COLOURS, strict=False):
        own = [row for row in rows if row["index"] == name]
        if own:
            bars.append(_bar(own, colour, language))
    unit = rows[0]["unit"] if rows else ""
    axis: dict[str, Any] = {"title": {"text": word("unit", unit, language)}, "fixedrange": True, "automargin": True}
    if unit == "share":
        axis["tickformat"] = ".0%"
    return {
        "data": bars,
        "layout": {
            "barmode": "group",
            "height": _LEAST + _ROW * len(rows),
            "margin": {"l": 8, "r": 12, "t": 8, "b": 40},
            "font": {"family": FONT, "size": 12, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": len(bars) > 1,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
            "xaxis": axis,
            "yaxis": {"type": "category", "categoryorder": "array", "categoryarray": parts[::-1], "automargin": True, "fixedrange": True},
        },
    }


def _bar(rows: list[Row], colour: str, language: Language) -> dict[str, Any]:
    ends = [(row["low"], row["high"]) for row in rows]
    said = [shown(row, row["value"], language) for row in rows]
    most = max(abs(row["value"]) for row in rows)
    # A number on a line that is drawn across it cannot be read; it is in the table, and shown when pointed at.
    crossed = [low is not None and high is not None and high - low > _SHORT * most for low, high in ends]
    return {
        "type": "bar",
        "orientation": "h",
        "name": index_name(rows[0], language),
        # Plots read some marks of HTML in texts.
        "y": [html.escape(part_name(row, language), quote=False) for row in rows],
        "x": [row["value"] for row in rows],
        "marker": {"color": colour},
        "text": ["" if is_crossed else words for words, is_crossed in zip(said, crossed, strict=True)],
        "customdata": said,
        "textposition": "auto",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "color": INK,
            "thickness": 1,
            "array": [0 if high is None else max(high - row["value"], 0) for row, (_, high) in zip(rows, ends, strict=True)],
            "arrayminus": [0 if low is None else max(row["value"] - low, 0) for row, (low, _) in zip(rows, ends, strict=True)],
        },
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }
