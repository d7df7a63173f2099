"""What sets a cluster apart, drawn: shares beside those of all other consignments, and its life over time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dash import dcc, html

from sandan.algorithms.read_models.cluster_profile import ASPECTS, Share, cluster_profile
from sandan.algorithms.read_models.timeline import weekly
from sandan.algorithms.results.results import Results
from sandan.dashboard.components.countries import country_name
from sandan.dashboard.components.timeline_chart import HEIGHT, timeline_figure
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.theme import FONT, INK, graph_config

_INSIDE, _OUTSIDE = "#D55E00", "#9fb2c3"
_HEIGHT, _PER_VALUE = 64, 30
WORDS = {
    "profile": ("What sets it apart", "团组特征"),
    "profile_hint": ("Share of its consignments, beside that of all others", "本组占比与其余单票占比对照"),
    "profile_inside": ("This cluster", "本团组"),
    "profile_outside": ("All others", "其余单票"),
    "profile_destination": ("Destination", "目的地"),
    "profile_brand": ("Brand", "品牌"),
    "profile_channel": ("Channel", "渠道"),
    "profile_goods": ("Goods (HS heading)", "商品（品目）"),
    "profile_none": ("none named", "未列明"),
    "profile_life": ("Its life", "活动时间"),
    "profile_life_label": ("Bar chart: its consignments by week, stacked by grade.", "条形图：本组单票按周、按等级统计。"),
    "profile_label": ("Bar chart: {aspect}, this cluster beside all others", "条形图：{aspect}，本团组与其余单票对照"),
    "profile_members": ("Its consignments in the queue", "在预警队列中查看本组单票"),
    "channel_cbec": ("E-commerce", "跨境电商"),
    "channel_post": ("Post", "邮递"),
    "channel_express": ("Express", "快件"),
}


def profile(tables: Path, results: Results, cluster_id: str, language: Language) -> list[Any]:
    """The section's content.

    Raises:
        StoreError: The run's graph is not there any more.
    """
    found = cluster_profile(tables, results, cluster_id)
    charts = [_aspect(aspect, found[aspect], language) for aspect in ASPECTS if found[aspect]]
    life = dcc.Graph(
        figure=timeline_figure(weekly(results, "grade", cluster_id), "grade", language), config=graph_config(language),
        style={"height": f"{HEIGHT}px"},
    )  # fmt: skip
    label = {"aria-label": text("profile_life_label", language)}
    return [
        html.Div(
            [html.H2(text("profile", language)), html.Span(text("profile_hint", language), className="hint")], className="section-head"
        ),
        html.Div(charts, className="profile-charts"),
        html.H2(text("profile_life", language)),
        html.Div(life, role="img", **label),
    ]


def _aspect(aspect: str, shares: Sequence[Share], language: Language) -> html.Figure:
    name, height = text(f"profile_{aspect}", language), _HEIGHT + _PER_VALUE * len(shares)
    graph = dcc.Graph(
        figure=share_figure(aspect, shares, language), config=graph_config(language), style={"height": f"{height}px"}
    )  # fmt: skip
    label = {"aria-label": text("profile_label", language, aspect=name)}
    return html.Figure([html.Figcaption(name), html.Div(graph, role="img", **label)])


def share_figure(aspect: str, shares: Sequence[Share], language: Language) -> dict[str, Any]:
    """Two bars a value, as plotly takes it.

    Args:
        aspect: One of `ASPECTS`.
        shares: The most frequent first.
        language: Language of the words.
    """
    rows = list(reversed(shares))  # plotly draws the first category at the bottom
    names = [_name(aspect, one.value, language) for one in rows]

    def bars(which: str, values: list[float], colour: str) -> dict[str, Any]:
        return {
            "type": "bar", "orientation": "h", "name": text(f"profile_{which}", language), "y": list(range(len(rows))), "x": values,
            "marker": {"color": colour}, "text": [f"{value:.0%}" for value in values], "textposition": "outside", "cliponaxis": False,
            "hovertemplate": "%{x:.1%} · " + text(f"profile_{which}", language) + "<extra></extra>",
        }  # fmt: skip

    axis = {"tickmode": "array", "tickvals": list(range(len(rows))), "ticktext": [f"{name}  " for name in names], "automargin": True}
    return {
        "data": [bars("outside", [one.outside for one in rows], _OUTSIDE), bars("inside", [one.inside for one in rows], _INSIDE)],
        "layout": {
            "barmode": "group", "bargap": 0.25, "height": _HEIGHT + _PER_VALUE * len(rows), "margin": {"l": 8, "r": 36, "t": 26, "b": 4},
            "font": {"family": FONT, "size": 11, "color": INK}, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {"visible": False, "range": [0, 1.08], "fixedrange": True}, "yaxis": {**axis, "fixedrange": True},
            "showlegend": True, "legend": {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "reversed"},
            "hoverlabel": {"font": {"family": FONT}},
        },
    }  # fmt: skip


def _name(aspect: str, value: str, language: Language) -> str:
    if not value:
        return text("profile_none", language)
    if aspect == "channel":
        return word("channel", value, language)
    if aspect == "destination":
        country, _, region = value.partition(" ")
        return f"{country_name(country, language)} {region}".strip()
    return value
