"""The map of the countries of clusters: one disc per country and direction, its area the number of consignments."""

from collections.abc import Sequence
from typing import Any

from sandan.algorithms.read_models.destinations import CountryCount
from sandan.dashboard.components.countries import POSITIONS, country_name
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.theme import FONT, INK

# Direction -> name, colour, sign: never colour alone.
_DIRECTIONS = ((True, "map_to", "#1f5a8c", "circle"), (False, "map_from", "#b8651b", "diamond"))
_SMALLEST, _LARGEST = 8.0, 40.0
_APART = 2.4  # degrees: both directions of one country stand side by side
HEIGHT = 290


def destinations_figure(counts: Sequence[CountryCount], language: Language) -> dict[str, Any]:
    """The map as plotly takes it; countries without a position on it are only in the table."""
    most = max((c.n_consignments for c in counts), default=1)
    marks = []
    for is_export, name, colour, symbol in _DIRECTIONS:
        own = [c for c in counts if c.is_export is is_export and c.country in POSITIONS]
        if own:
            marks.append(_marks(own, text(name, language), colour, symbol, most, language))
    return {"data": marks, "layout": _layout(len(marks) > 1)}


def _marks(counts: list[CountryCount], name: str, colour: str, symbol: str, most: int, language: Language) -> dict[str, Any]:
    sizes = [_SMALLEST + (_LARGEST - _SMALLEST) * (c.n_consignments / most) ** 0.5 for c in counts]
    return {
        "type": "scattergeo",
        "name": name,
        "lon": [POSITIONS[c.country][0] + (-_APART if c.is_export else _APART) for c in counts],
        "lat": [POSITIONS[c.country][1] for c in counts],
        "text": [f"{country_name(c.country, language)}" for c in counts],
        "customdata": [[c.n_consignments, c.n_clusters] for c in counts],
        "mode": "markers",
        "marker": {"size": sizes, "color": colour, "symbol": symbol, "opacity": 0.78, "line": {"color": "#ffffff", "width": 1.5}},
        "hovertemplate": f"<b>%{{text}}</b><br>{name}: %{{customdata[0]}} (%{{customdata[1]}})<extra></extra>",
    }


def _layout(has_legend: bool) -> dict[str, Any]:
    return {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "showlegend": has_legend,
        "legend": {"x": 0.01, "y": 0.02, "yanchor": "bottom", "bgcolor": "rgba(255,255,255,0.85)", "itemsizing": "constant"},
        "geo": {
            "scope": "world",
            "resolution": 110,
            "projection": {"type": "natural earth"},
            "lataxis": {"range": [-56, 78]},
            "lonaxis": {"range": [-170, 190]},
            "showland": True,
            "landcolor": "#e6ecf1",
            "showcoastlines": True,
            "coastlinecolor": "#b3c1cd",
            "coastlinewidth": 0.6,
            "showocean": False,
            "showlakes": False,
            "showcountries": False,
            "showframe": False,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "hoverlabel": {"font": {"family": FONT}},
        "dragmode": False,
    }  # fmt: skip
