"""The controls of the network page: which kinds of identifiers it shows, of which days, and to what a path should lead."""

import datetime as dt

import dash_mantine_components as dmc
from dash import html

from sandan.algorithms.read_models.network.atlas import KINDS
from sandan.dashboard.address import Address, Scene
from sandan.dashboard.i18n import text, word
from sandan.dashboard.network import way_to
from sandan.dashboard.network.network_parts import kind_sign
from sandan.dashboard.network.network_view import Picture, kinds_text

KIND, DAYS, SPAN = "network-kinds", "network-days", "network-span"


def chosen(address: Address, picture: Picture, kinds: list[str] | None, days: list[int] | None, first: int, last: int) -> Address:
    """The address that the controls stand for; the first and last day of all are no filter."""
    since, until = days or (first, last)
    return address.seeing(
        kinds=kinds_text(kinds or [], picture.default),
        since=dt.date.fromordinal(since).isoformat() if since > first else "",
        until=dt.date.fromordinal(until).isoformat() if until < last else "",
    )


def filters(picture: Picture, address: Address) -> html.Div:
    """Kinds of identifiers, and the search for a path."""
    language = address.language
    chips = [
        dmc.Chip(html.Span([kind_sign(kind), word("node", kind, language)], className="kind-chip"), value=kind, size="xs", variant="light")
        for kind in KINDS
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(text("kinds", language), id="network-kinds-name", className="control-name"),
                    html.Div(
                        dmc.ChipGroup(chips, id=KIND, multiple=True, value=list(picture.kinds)),
                        className="chips kinds",
                        role="group",
                        **{"aria-labelledby": "network-kinds-name"},
                    ),
                ],
                className="control",
            ),
            *way_to.box(language),
        ],
        className="controls card",
        role="search",
        **{"aria-label": text("filters", language)},
    )


def days_of(picture: Picture, address: Address) -> html.Div:
    """The days that the picture shows."""
    language = address.language
    first, last, days = bounds(picture, address.scene)
    between = dmc.RangeSlider(
        id=DAYS, min=first, max=last, value=days, step=1, minRange=0, label=None, updatemode="mouseup", size="sm", w=240,
        thumbFromLabel=text("days_from", language), thumbToLabel=text("days_to", language),
    )  # fmt: skip
    name = html.Span([text("days", language), " ", html.Strong(id=SPAN)], className="control-name")
    return html.Div([name, html.Div(between, className="slider")], className="days")


def bounds(picture: Picture, scene: Scene) -> tuple[int, int, list[int]]:
    """First and last day of all, and the chosen ones, as ordinals."""
    first, last = (moment.toordinal() if moment else 1 for moment in (picture.first, picture.last))
    last = max(last, first + 1)
    since = dt.date.fromisoformat(scene.since).toordinal() if scene.since else first
    until = dt.date.fromisoformat(scene.until).toordinal() if scene.until else last
    return first, last, [min(max(since, first), last), max(min(until, last), first)]


def span(picture: Picture, scene: Scene) -> str:
    """The chosen days in words."""
    since = scene.since or (picture.first.isoformat() if picture.first else "")
    until = scene.until or (picture.last.isoformat() if picture.last else "")
    return f"{since} – {until}"
