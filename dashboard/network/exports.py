"""What is taken out of the network page: nodes and ties as CSV, the whole as GraphML; masked as on the page, and in the audit."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import flask
import networkx as nx
from dash import html

from sandan.algorithms.read_models.network.neighbourhood import Node
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address
from sandan.dashboard.components.run_summary import beijing, run_of
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network.kept import places_of
from sandan.dashboard.network.network_view import Picture, picture_of, subject_of
from sandan.dashboard.serving.access import actor, may, needs, services_of
from sandan.record.app.database import utc_now
from sandan.record.app.roles import Permission
from sandan.record.errors import UnknownId
from sandan.record.settings import Settings
from sandan.record.values.csv_text import csv_text

PATH = "/network-export/"
PNG = "network-png"
_NODE_COLUMNS = ("id", "kind", "label", "grade", "score", "typologies", "consignments", "not_drawn", "known_at", "x", "y")
_TIE_COLUMNS = ("consignment", "node", "contacts", "known_at")
_BYTE_ORDER = "\ufeff"  # without it spreadsheets in China read UTF-8 as GBK


def ways_out(address: Address, run_id: str) -> list[Any]:
    """Links to the files; nothing for those who may take nothing out."""
    if not may(Permission.EXPORT):
        return []
    search = f"{address.search_with_scene}&{urlencode({'run': run_id})}"
    words = {"nodes.csv": "network_nodes_csv", "ties.csv": "network_ties_csv", "network.graphml": "network_graphml"}
    return [html.A(text(words[name], address.language), href=f"{PATH}{name}{search}", className="button quiet") for name in _FILES]


def png_button(language: Language) -> list[Any]:
    """The button that makes a picture of what is drawn; nothing for those who may take nothing out."""
    if not may(Permission.EXPORT):
        return []
    return [html.Button(text("network_png", language), id=PNG, type="button", n_clicks=0, className="button quiet")]


def picture_taken(settings: Settings, address: Address, run_id: str | None) -> dict[str, str]:
    """Write down that a picture is taken out; its name, and what stands below it.

    Raises:
        UnknownId: The run has no such consignment or cluster.
    """
    results = run_of(settings, run_id)
    picture = _picture(settings, results, address)
    _record(settings, address, results, "png", picture)
    at = beijing(utc_now())
    app, language = text("app", address.language), address.language
    caption = text("network_caption", language, app=app, run=results.run_id, who=actor().name, at=at)
    return {"name": _name(address, "png"), "caption": caption, "made": at}


def routes(server: flask.Flask, settings: Settings) -> None:
    """Add the ways by which files are taken out."""

    @needs(Permission.EXPORT)
    def give(name: str) -> Any:
        make = _FILES.get(name)
        if make is None:
            return flask.Response("there is no such file\n", 404, mimetype="text/plain")
        address = Address.parse(flask.request.query_string.decode("utf-8", "replace"), settings.language)
        results = run_of(settings, flask.request.args.get("run"))
        try:
            picture = _picture(settings, results, address)
        except UnknownId:
            return flask.Response("there is no such consignment or cluster\n", 404, mimetype="text/plain")
        content = make(picture, address.language)
        _record(settings, address, results, name, picture)
        ending = name.rpartition(".")[2]
        kind = "text/csv; charset=utf-8" if ending == "csv" else "application/graphml+xml"
        shown = _name(address, ending if ending != "csv" else name)
        return flask.send_file(io.BytesIO(content.encode("utf-8")), mimetype=kind, as_attachment=True, download_name=shown)

    server.add_url_rule(f"{PATH}<name>", "network_export", give)


def nodes_csv(picture: Picture, language: Language) -> str:
    """The nodes of a picture, one a line, with their positions."""
    rows = [dict(zip(_NODE_COLUMNS, _node_values(picture, node, language), strict=True)) for node in picture.network.nodes]
    return _BYTE_ORDER + csv_text(rows, _NODE_COLUMNS)


def ties_csv(picture: Picture, language: Language) -> str:
    """The ties of a picture, one a line."""
    rows = []
    for edge in picture.network.edges:
        words = " | ".join(word("contact", name, language) for name in edge.contacts)
        rows.append(dict(zip(_TIE_COLUMNS, (edge.source, edge.target, words, edge.known_at), strict=True)))
    return _BYTE_ORDER + csv_text(rows, _TIE_COLUMNS)


def graphml(picture: Picture, language: Language) -> str:
    """A picture as GraphML (graphml.graphdrawing.org), as yEd and Gephi read it; attributes are the columns of the tables."""
    graph: nx.Graph = nx.Graph()
    for node in picture.network.nodes:
        values = zip(_NODE_COLUMNS[1:], _node_values(picture, node, language)[1:], strict=True)
        graph.add_node(_xml(node.id), **{name: _xml(value) for name, value in values if value is not None})
    for edge in picture.network.edges:
        words = " | ".join(word("contact", name, language) for name in edge.contacts)
        graph.add_edge(_xml(edge.source), _xml(edge.target), contacts=_xml(words), known_at=edge.known_at.isoformat())
    return "\n".join(nx.generate_graphml(graph, prettyprint=True)) + "\n"


_FILES: dict[str, Callable[[Picture, Language], str]] = {"nodes.csv": nodes_csv, "ties.csv": ties_csv, "network.graphml": graphml}


def _node_values(picture: Picture, node: Node, language: Language) -> tuple[Any, ...]:
    x, y = picture.at[node.id]
    typologies = " | ".join(node.facts.get("typologies", ()))
    n = node.n_grouped if node.is_item else node.n
    score = float(node.facts["score"]) if node.facts else None
    kind = word("node", node.kind, language)
    return (node.id, kind, node.label, node.grade, score, typologies, n, node.more, node.known_at, float(x), float(y))


def _xml(value: Any) -> Any:
    """A value as GraphML holds it: numbers as they are, texts without the signs that XML 1.0 does not know."""
    if isinstance(value, int | float):
        return value
    shown = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return "".join(c if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000" else "\ufffd" for c in shown)


def _picture(settings: Settings, results: Results, address: Address) -> Picture:
    return picture_of(settings, results, address.scene, places_of(settings, address.scene))


def _record(settings: Settings, address: Address, results: Results, form: str, picture: Picture) -> None:
    about = {"form": form, "run": results.run_id, "n": len(picture.network.nodes)}
    services_of(settings).audit.record(actor(), "export", f"network:{subject_of(address.scene)}", **about)


def _name(address: Address, ending: str) -> str:
    subject = address.scene.cluster or address.scene.key
    plain = "".join(c if c.isalnum() or c in "-_" else "-" for c in subject)[:60]
    return f"network-{plain}-{ending}" if "." in ending else f"network-{plain}.{ending}"
