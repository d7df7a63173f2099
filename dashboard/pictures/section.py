"""The pictures of a consignment's parcel, and pictures of other parcels that look like them."""

import re
from typing import Any

import flask
from dash import dcc, html

from sandan.dashboard.address import ALERTS, Address
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.serving.access import actor, needs, services_of
from sandan.dashboard.theme import GRADES
from sandan.record.app.roles import Permission
from sandan.record.errors import UnknownId
from sandan.record.home import HomePaths
from sandan.record.pictures.likeness import BITS
from sandan.record.pictures.store import Picture, Pictures
from sandan.record.settings import Settings

ROUTE = "/picture"
_MOST, _MOST_LIKE = 6, 8
WORDS: dict[str, tuple[str, str]] = {
    "pictures": ("Pictures of the parcel", "包裹图像"),
    "pictures_of": ("Picture of parcel {no}, {file}", "包裹 {no} 的图像 {file}"),
    "pictures_like": ("Other parcels that look like it", "图像相似的其他包裹"),
    "pictures_bits": ("{n} of {of} bits differ", "{of} 位中 {n} 位不同"),
    "pictures_hint": (
        "A likeness of pictures says nothing by itself: like goods look alike.",
        "图像相似本身不说明问题：同类货物本就相似。",
    ),
}


def pictures_of(settings: Settings, logistics_no: str, address: Address) -> list[html.Section]:
    """A section with the pictures of a parcel; none where there are none."""
    store, language = Pictures(HomePaths(settings.home)), address.language
    own = store.of_parcel(logistics_no)[:_MOST] if logistics_no else []
    if not own:
        return []
    parts: list[Any] = [html.H2(text("pictures", language)), html.Div([_figure(one, language) for one in own], className="tools")]
    near: dict[str, Picture] = {}
    for picture in own:
        for one in store.like(picture, _MOST_LIKE):
            near.setdefault(one.logistics_no, one)
    if near:
        chosen = sorted(near.values(), key=lambda one: (one.bits, one.logistics_no))[:_MOST_LIKE]
        parts += [html.H3(text("pictures_like", language)), html.P(text("pictures_hint", language), className="hint")]
        parts.append(html.Div([_like(one, address) for one in chosen], className="tools"))
    return [html.Section(parts, className="card")]


def _figure(picture: Picture, language: Language, *more: Any) -> html.Figure:
    words = text("pictures_of", language, no=picture.logistics_no, file=picture.name)
    image = html.Img(src=f"{ROUTE}/{picture.sha256}", alt=words, style={"maxWidth": "280px", "maxHeight": "220px"})
    return html.Figure([image, html.Figcaption([picture.name, *more], className="hint")])


def _like(picture: Picture, address: Address) -> html.Figure:
    language = address.language
    link = dcc.Link(picture.logistics_no, href=address.without_filters().having(grades=GRADES, q=picture.logistics_no).to(ALERTS))
    return _figure(picture, language, " · ", link, " · ", text("pictures_bits", language, n=picture.bits, of=BITS))


def routes(server: flask.Flask, settings: Settings) -> None:
    """Add the way by which pictures come to the pages."""

    @needs(Permission.SEE)
    def give(sha256: str) -> Any:
        try:
            if not re.fullmatch(r"[0-9a-f]{64}", sha256):
                raise UnknownId("no name of a picture")
            kind, content = Pictures(HomePaths(settings.home)).content(sha256)
        except UnknownId:
            return flask.Response("there is no such picture\n", 404, mimetype="text/plain")
        services_of(settings).audit.record(actor(), "open", f"picture:{sha256}")
        return flask.Response(content, mimetype=kind)

    server.add_url_rule(f"{ROUTE}/<sha256>", "picture", give)
