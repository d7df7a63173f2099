"""What is done with the picture of a network: hiding, pinning, ways between nodes, grouping, the list; each step is an address."""

from typing import Any

from dash import dcc, html

from sandan.algorithms.read_models.network.neighbourhood import Node
from sandan.algorithms.read_models.network.paths import MOST_STEPS, MOST_VISITED
from sandan.dashboard.address import MOST_HIDDEN, MOST_PINNED, NETWORK, Address, Scene
from sandan.dashboard.i18n import text, word
from sandan.dashboard.network.network_view import Picture, name_of, view_of

UNDO, REDO, FIT = "network-undo", "network-redo", "network-fit"


def steps_back(address: Address) -> list[html.Button]:
    """Undo, redo and fit: what the browser does by itself."""
    language = address.language

    def button(name: str, words: str, title: str, *, is_off: bool) -> html.Button:
        said = text(title, language) if title else ""
        return html.Button(text(words, language), id=name, type="button", className="button quiet", title=said, disabled=is_off)

    return [
        button(UNDO, "network_undo", "network_undo_title", is_off=True),
        button(REDO, "network_redo", "network_redo_title", is_off=True),
        button(FIT, "fit", "", is_off=False),
    ]


def switches(picture: Picture, address: Address) -> list[dcc.Link]:
    """Start again, group or not, list or picture."""
    scene, language = address.scene, address.language
    is_list = view_of(scene, picture) == "list"
    bare = Scene(key=scene.key, cluster=scene.cluster, case=scene.case)
    to_group = html.Span(text("network_ungroup" if scene.group else "network_group", language), title=text("network_group_title", language))
    return [
        _link(text("restart", language), address.drawing(bare)),
        _link(to_group, address.seeing(group="" if scene.group else "yes")),
        _link(
            text("network_as_picture" if is_list else "network_as_list", language), address.seeing(view="picture" if is_list else "list")
        ),
    ]


def done(picture: Picture, address: Address) -> list[Any]:
    """What was done with the picture, each with its way back: the path, what is hidden, what is pinned."""
    language = address.language
    lines: list[Any] = []
    if address.scene.start:
        lines.append(html.P([_way_told(picture, address), " ", _link(text("network_way_end", language), _without_way(address))]))
    if picture.hidden:
        shown = [
            html.Li([name_of(node, language), " ", _link(text("network_show", language), unhidden(address, node))])
            for node in picture.hidden
        ]
        every = _link(text("network_show_all", language), address.seeing(hide=()))
        head = html.Summary(text("network_hidden", language, n=len(picture.hidden)))
        lines.append(html.Details([head, html.Ul(shown), every], className="network-hidden"))
    if picture.pinned:
        every = _link(text("network_unpin_all", language), address.seeing(pin=()))
        lines.append(html.P([text("network_pinned", language, n=len(picture.pinned)), " ", every]))
    return lines


def node_ways(picture: Picture, node: Node, address: Address) -> list[dcc.Link]:
    """What can be done with one node."""
    scene, language = address.scene, address.language
    ways = []
    first = picture.node(scene.start)
    if first is not None and node.id not in (scene.start, scene.end):
        words = text("network_to_here", language, node=name_of(first, language))
        ways.append(_link(words, address.seeing(end=node.id)))
    if node.id != scene.start:
        ways.append(_link(text("network_from_here", language), address.seeing(start=node.id, end="")))
    if (not node.is_seed or scene.cluster) and node.id not in (scene.start, scene.end) and len(scene.hide) < MOST_HIDDEN:
        ways.append(_link(text("network_hide", language), address.seeing(hide=(*scene.hide, node.id))))
    others = tuple(pin for pin in scene.pin if pin[0] != node.id)
    if node.id in picture.pinned:
        ways.append(_link(text("network_unpin", language), address.seeing(pin=others)))
    elif len(others) < MOST_PINNED:
        x, y = picture.at[node.id]
        ways.append(_link(text("network_pin", language), address.seeing(pin=(*others, (node.id, round(x), round(y))))))
    return ways


def unhidden(address: Address, node: Node) -> Address:
    """The address of the picture with a node shown again."""
    return address.seeing(hide=tuple(one for one in address.scene.hide if one != node.id))


def _way_told(picture: Picture, address: Address) -> html.Span:
    scene, language = address.scene, address.language
    start, end = (_called(picture, node_id, address) for node_id in (scene.start, scene.end))
    if not scene.end or picture.way is None:
        return html.Span(text("network_start", language, node=start))
    if picture.way.nodes:
        names = [_called(picture, node_id, address) for node_id in picture.way.nodes]
        said = text("network_way", language, start=start, end=end, n=picture.way.n_steps)
        return html.Span([html.Strong(said), html.Span(" → ".join(names), className="way-nodes")])
    if picture.way.is_cut:
        return html.Span(text("network_way_cut", language, start=start, end=end, n=f"{MOST_VISITED:,}"), className="refused")
    return html.Span(text("network_no_way", language, start=start, end=end, n=MOST_STEPS), className="refused")


def _called(picture: Picture, node_id: str, address: Address) -> str:
    node = picture.node(node_id)
    if node is not None:
        return name_of(node, address.language)
    kind, _, graph_id = node_id.partition(":")
    # Of a node that is not in the picture only its kind and the end of its id: the id of a person is a keyed hash, and says nothing.
    return f"{word('node', kind, address.language)} …{graph_id[-6:]}"


def _without_way(address: Address) -> Address:
    return address.seeing(start="", end="")


def _link(words: Any, to: Address) -> dcc.Link:
    return dcc.Link(words, href=to.to(NETWORK), className="button quiet")
