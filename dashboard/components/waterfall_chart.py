"""The chart of how the evidence on a consignment adds up to its score."""

from typing import Any

from sandan.algorithms.scoring.waterfall import Waterfall
from sandan.algorithms.typologies import gnn
from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.theme import FONT, GRADE_COLOURS, INK

_ROW, _EDGES = 26, 44


def chart_height(made: Waterfall) -> int:
    """Pixels of the chart: a row for each step, for the start, the rest and the end."""
    return _ROW * (len(made.steps) + 3) + _EDGES


def waterfall_figure(made: Waterfall, language: Language) -> dict[str, Any]:
    """The chart as plotly takes it, one row per cause, in bits (log2 of odds), each labelled with what it adds.

    Args:
        made: The figures.
        language: Language of the names.
    """
    names = [text("waterfall_start", language)]
    names += [
        text("waterfall_outcomes", language)
        if step.finding["reason"] == gnn.OF_CLUSTER.name
        else registry().label(step.finding["typology"], language)
        for step in made.steps
    ]
    names += [text("waterfall_rest", language), text("waterfall_end", language)]
    values = [made.start, *(step.bits for step in made.steps), made.rest, made.end]
    written = [f"{value:+.1f}" for value in values]
    # Rows are distinguished by their number: two causes may show the same typology.
    rows = list(range(len(values)))
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "measure": ["absolute", *("relative" for _ in values[1:-1]), "total"],
        "x": values,
        "y": rows,
        "text": written,
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "increasing": {"marker": {"color": GRADE_COLOURS["high"]}},
        "decreasing": {"marker": {"color": GRADE_COLOURS["low"]}},
        "totals": {"marker": {"color": INK}},
        "connector": {"line": {"width": 1, "color": INK}},
    }
    layout = {
        "height": chart_height(made),
        "margin": {"l": 8, "r": 40, "t": 4, "b": 34},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "xaxis": {"title": {"text": text("waterfall_axis", language)}, "zeroline": True, "fixedrange": True},
        "yaxis": {
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": [f"{name}  " for name in names],
            "automargin": True,
            "fixedrange": True,
        },
    }
    return {"data": [trace], "layout": layout}
