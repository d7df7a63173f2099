"""The bar chart of alerts by week, stacked by grade or by typology."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.theme import FONT, GRADE_COLOURS, GRADES, INK

HEIGHT = 190
# Seven colours can be told apart, also by most who do not see all of them (Okabe and Ito, 2008); what is rarer is put together.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C7A00")
_OTHERS = "#9aa7b4"


def timeline_figure(counts: Sequence[tuple[dt.date, str, int]], by: str, language: Language) -> dict[str, Any]:
    """The chart as plotly takes it.

    Args:
        counts: (Monday of the week, grade or typology, number of consignments).
        by: `grade` or `typology`.
        language: Language of the names.
    """
    weeks = sorted({week for week, _, _ in counts})
    totals: Counter[str] = Counter()
    for _, name, n in counts:
        totals[name] += n
    if by == "grade":
        layers = [(name, text(f"grade_{name}", language), GRADE_COLOURS[name], {name}) for name in GRADES if name in totals]
    else:
        named = [name for name, _ in totals.most_common(len(_COLOURS))]
        layers = [(name, registry().label(name, language), colour, {name}) for name, colour in zip(named, _COLOURS, strict=False)]
        if rest := set(totals) - set(named):
            layers.append(("", text("others", language), _OTHERS, rest))
    return {"data": [_layer(words, colour, names, weeks, counts) for _, words, colour, names in layers], "layout": _layout()}


def _layer(words: str, colour: str, names: set[str], weeks: list[dt.date], counts: Sequence[tuple[dt.date, str, int]]) -> dict[str, Any]:
    of_week: Counter[dt.date] = Counter()
    for week, name, n in counts:
        if name in names:
            of_week[week] += n
    return {
        "type": "bar", "name": words, "x": [week.isoformat() for week in weeks], "y": [of_week[week] for week in weeks],
        "marker": {"color": colour}, "hovertemplate": "%{x} · %{y} · " + words + "<extra></extra>",
    }  # fmt: skip


def _layout() -> dict[str, Any]:
    return {
        "barmode": "stack", "bargap": 0.2, "height": HEIGHT, "margin": {"l": 36, "r": 8, "t": 8, "b": 28},
        "font": {"family": FONT, "size": 11, "color": INK}, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": True, "legend": {"orientation": "v", "x": 1.01, "y": 1, "font": {"size": 11}},
        "xaxis": {"type": "category", "fixedrange": True},
        "yaxis": {"gridcolor": "#e3e9ee", "rangemode": "tozero", "fixedrange": True},
        "hoverlabel": {"font": {"family": FONT}},
    }  # fmt: skip
