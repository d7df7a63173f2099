"""What stands around the picture of a network: what is said of a node, the same nodes and ties as tables, the legend."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dash import dcc, html

from sandan.algorithms.read_models.network.atlas import KINDS, PERSONAL, tag
from sandan.algorithms.read_models.network.neighbourhood import Node
from sandan.dashboard.address import NETWORK, Address, Scene, consignment_path
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.components.widgets import grade_badge
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network.network_view import Picture, icon_of, name_of
from sandan.dashboard.network.tools import node_ways
from sandan.dashboard.theme import GLYPHS, GRADES
from sandan.dashboard.views import money, typology_names

_MOST_TOLD = 9


def details(picture: Picture, node_id: str | None, address: Address, undrawn: Mapping[str, int] = MappingProxyType({})) -> list[Any]:
    """What is said of the chosen node.

    Args:
        picture: The picture.
        node_id: Id of the node; of none of the picture's: what is shared most in it.
        address: That of the picture.
        undrawn: Its neighbours that the picture lacks, counted by kind or grade.
    """
    language = address.language
    node = picture.node(node_id)
    if node is None:
        return _overview(picture, language)
    head = html.H2([sign(node), html.Span(word("node", node.kind, language)), html.Strong(node.label)], className="node-title")
    facts = _item_facts(node, language) if node.is_item else _identifier_facts(node, language)
    if undrawn:
        facts.append((text("network_undrawn", language), html.Ul([html.Li(line) for line in _counted(undrawn, language)])))
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts]
    return [head, html.Dl(rows), *_notes(node, language), html.Div(_ways(picture, node, address), className="node-ways")]


def node_table(picture: Picture, address: Address) -> html.Table:
    """Every node: the picture for whoever does not see it or does not use a mouse."""
    language = address.language
    names = ("node_kind", "node", "grade", "shared_by", "n_not_drawn", "first_known")
    head = html.Tr([*(html.Th(text(name, language), scope="col") for name in names), html.Th("", scope="col")])
    body = [_node_row(picture, node, address) for node in picture.network.nodes]
    return html.Table([html.Caption(text("nodes", language)), html.Thead(head), html.Tbody(body)], className="plain nodes")


def edge_table(picture: Picture, language: Language) -> html.Table:
    """Every tie."""
    nodes = {node.id: node for node in picture.network.nodes}
    names = ("consignment", "contact", "node", "known_since")
    head = html.Tr([html.Th(text(name, language), scope="col") for name in names])
    body = []
    for edge in picture.network.edges:
        item, target = nodes[edge.source], nodes[edge.target]
        words = ", ".join(word("contact", name, language) for name in edge.contacts)
        body.append(html.Tr([html.Td(item.label), html.Td(words), html.Td([sign(target), target.label]), html.Td(beijing(edge.known_at))]))
    return html.Table([html.Caption(text("edges", language)), html.Thead(head), html.Tbody(body)], className="plain")


def legend(picture: Picture, language: Language) -> html.Ul:
    """What the signs mean: only those that are in the picture."""
    items: list[Any] = []
    for kind in ("Order", "Parcel"):
        for grade in GRADES:
            if any(node.kind == kind and node.grade == grade for node in picture.network.nodes):
                label = f"{word('node', kind, language)}, {text(f'grade_risk_{grade}', language)}"
                items.append(html.Li([_icon(f"{kind.lower()}-{grade}"), label]))
    for kind in KINDS:
        if any(node.kind == kind for node in picture.network.nodes):
            items.append(html.Li([_icon(kind.lower()), word("node", kind, language)]))
    if any(node.is_hub for node in picture.network.nodes):
        items.append(html.Li([html.Span(className="hub-sign", **{"aria-hidden": "true"}), text("legend_hub", language)]))
    if any(picture.can_expand(node) and not node.is_item for node in picture.network.nodes):
        items.append(html.Li([html.Span(className="more-sign", **{"aria-hidden": "true"}), text("legend_more", language)]))
    return html.Ul(items, className="legend", **{"aria-label": text("legend", language)})


def sign(node: Node) -> html.Img:
    """A node's sign, as in the picture."""
    return _icon(icon_of(node))


def kind_sign(kind: str) -> html.Img:
    """The sign of a kind of identifiers."""
    return _icon(kind.lower())


def expanded(address: Address, node: Node) -> Address:
    """The address of the picture with a node expanded."""
    ids = dict.fromkeys((*address.scene.expand, node.id))
    return address.seeing(expand=tuple(ids))


def centred(address: Address, *, key: str = "", cluster: str = "") -> str:
    """The address of another picture."""
    return address.drawing(Scene(key=key, cluster=cluster)).to(NETWORK)


def _overview(picture: Picture, language: Language) -> list[Any]:
    """What is shared most in the picture: where a reader begins."""
    count = Counter(edge.target for edge in picture.network.edges)
    targets = sorted((n for n in picture.network.nodes if count[n.id] > 1), key=lambda n: (-count[n.id], n.id))[:_MOST_TOLD]
    parts: list[Any] = [html.P(text(name, language), className="hint") for name in ("network_hint", "network_drag_hint")]
    if targets:
        lines = [
            html.Li([sign(n), _pick(n, language), html.Span(text("cluster_n", language, n=count[n.id]), className="n")]) for n in targets
        ]
        parts = [html.H2(text("most_shared", language)), html.Ul(lines, className="most-shared"), *parts]
    return parts


def _alike(node: Node, language: Language) -> str:
    return text("network_grouped", language, n=node.n_grouped) if node.n_grouped > 1 else "–"


def _counted(undrawn: Mapping[str, int], language: Language) -> list[str]:
    """Groups with their counts: of an identifier the grades of consignments, of a consignment the kinds of identifiers."""
    words = {grade: text(f"grade_risk_{grade}", language) for grade in GRADES}
    return [
        text("network_undrawn_n", language, what=words.get(one) or word("node", one, language), n=f"{n:,}") for one, n in undrawn.items()
    ]


def _pick(node: Node, language: Language) -> html.Button:
    title = text("show_in_picture", language, node=name_of(node, language))
    return html.Button(node.label, type="button", className="as-link", title=title, **{"data-pick": node.id})


def _icon(name: str) -> html.Img:
    return html.Img(src=f"/assets/icons/{name}.svg", alt="", className="sign")


def _item_facts(node: Node, language: Language) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [(text("known_since", language), beijing(node.known_at) if node.known_at else "–")]
    if node.n_grouped > 1:
        facts.insert(0, (text("shared_by", language), _alike(node, language)))
    row = node.facts
    if not row:
        return facts
    value = row["declared_cny"]
    return [
        (text("grade", language), grade_badge(node.grade, language)),
        (text("col_score", language), f"{row['score']:.2f}"),
        (text("typologies", language), ", ".join(typology_names(row["typologies"], language)) or text("no_reason", language)),
        (text("declared_value", language), "–" if value is None else f"{money(value)} CNY"),
        (text("status", language), word("status", row["status"], language)),
        *facts,
    ]


def _identifier_facts(node: Node, language: Language) -> list[tuple[str, Any]]:
    return [
        *([(text("network_tag", language), html.Code(tag(node.id)))] if node.kind in PERSONAL else []),
        (text("shared_by", language), f"{node.n:,}"),
        (text("n_not_drawn", language), f"{node.more:,}"),
        (text("first_known", language), beijing(node.known_at) if node.known_at else "–"),
    ]


def _notes(node: Node, language: Language) -> list[Any]:
    return [html.P(text("hub_why", language, n=f"{node.n:,}"), className="hint")] if node.is_hub else []


def _ways(picture: Picture, node: Node, address: Address) -> list[Any]:
    language = address.language
    ways: list[Any] = []
    if picture.can_expand(node):
        ways.append(_button(text("expand", language), expanded(address, node).to(NETWORK), "button"))
    if node.is_item and node.facts:
        ways.append(_button(text("see_consignment", language), address.to(consignment_path(node.key)), "button quiet"))
        if not node.is_seed or address.scene.cluster:
            ways.append(_button(text("network_here", language), centred(address, key=node.key), "button quiet"))
        if node.facts["cluster_id"]:
            cluster = node.facts["cluster_id"]
            ways.append(_button(text("see_cluster", language, cluster=cluster), centred(address, cluster=cluster), "button quiet"))
    return [*ways, *node_ways(picture, node, address)]


def _button(words: str, href: str, look: str) -> dcc.Link:
    return dcc.Link(words, href=href, className=look)


def _node_row(picture: Picture, node: Node, address: Address) -> html.Tr:
    language = address.language
    grade = html.Span([html.Span(GLYPHS[node.grade], className="glyph"), text(f"grade_{node.grade}", language)]) if node.is_item else "–"
    way = [_button(text("expand", language), expanded(address, node).to(NETWORK), "button quiet")] if picture.can_expand(node) else []
    cells = [
        html.Td([sign(node), word("node", node.kind, language)]),
        html.Td(_pick(node, language)),
        html.Td(grade),
        html.Td(_alike(node, language) if node.is_item else f"{node.n:,}"),
        html.Td(f"{node.more:,}"),
        html.Td(beijing(node.known_at) if node.known_at else "–"),
        html.Td(way),
    ]
    return html.Tr(cells, className="way" if picture.way and node.id in picture.way.nodes else "", **{"data-node": node.id})
