"""The bar chart of typologies: how many consignments show each, stacked by grade."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.theme import FONT, GRADE_COLOURS, GRADES, INK

# Fifteen rows can be read at the least height; more make it higher, so that no name lies on another.
CHART_HEIGHT, _ROW = 232, 15.5


def typology_totals(counts: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """Number of consignments by typology, the most frequent first."""
    totals: dict[str, int] = {}
    for typology, _, n in counts:
        totals[typology] = totals.get(typology, 0) + n
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def typology_figure(counts: Iterable[tuple[str, str, int]], chosen: str, language: Language) -> dict[str, Any]:
    """The chart as plotly takes it; bars that are not chosen are dimmed.

    Args:
        counts: (typology, grade, number of consignments).
        chosen: The typology that the queue is filtered by, or empty text.
        language: Language of the names.
    """
    known = list(counts)
    totals = typology_totals(known)
    keys = list(reversed(totals))  # plotly draws the first category at the bottom
    by_grade = {(typology, grade): n for typology, grade, n in known}
    bars = [_bar(grade, keys, by_grade, chosen, language) for grade in GRADES if any((key, grade) in by_grade for key in keys)]
    notes = [
        {
            "x": totals[key],
            "y": position,
            "text": str(totals[key]),
            "showarrow": False,
            "xanchor": "left",
            "xshift": 4,
            "font": {"size": 11, "color": INK},
        }
        for position, key in enumerate(keys)
    ]
    return {"data": bars, "layout": _layout(keys, notes, language)}


def _bar(grade: str, keys: list[str], counts: Mapping[tuple[str, str], int], chosen: str, language: Language) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": text(f"grade_{grade}", language),
        "y": keys,
        "x": [counts.get((key, grade), 0) for key in keys],
        "customdata": keys,
        "marker": {"color": GRADE_COLOURS[grade], "opacity": [1.0 if chosen in ("", key) else 0.3 for key in keys]},
        "hovertemplate": "%{x} · " + text(f"grade_{grade}", language) + "<extra></extra>",
    }


def _layout(keys: list[str], notes: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    names = [registry().label(key, language) for key in keys]
    return {
        "barmode": "stack",
        "bargap": 0.35,
        "height": max(CHART_HEIGHT, round(_ROW * len(keys))),
        "margin": {"l": 8, "r": 28, "t": 4, "b": 4},
        "font": {"family": FONT, "size": 11, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "annotations": notes,
        "xaxis": {"visible": False, "fixedrange": True, "rangemode": "tozero"},
        "yaxis": {
            "type": "category",
            "tickmode": "array",
            "tickvals": keys,
            "ticktext": [f"{name}  " for name in names],
            "automargin": True,
            "fixedrange": True,
        },
        "hoverlabel": {"font": {"family": FONT}},
    }
