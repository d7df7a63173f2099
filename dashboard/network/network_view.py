"""Pictures of the network as the bridge to Cytoscape.js takes them; kept for a while, since a page asks for one several times."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import Any

from sandan.algorithms.read_models.network.atlas import KINDS, PERSONAL, Atlas, open_atlas
from sandan.algorithms.read_models.network.grouping import grouped, not_drawn, without
from sandan.algorithms.read_models.network.neighbourhood import MOST_NODES, Network, Node, cluster_network, kinds_of, neighbourhood
from sandan.algorithms.read_models.network.paths import Way, shortest_path
from sandan.algorithms.read_models.network.reach import Window
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import EMPTY, STEP_NAMES, Scene
from sandan.dashboard.components.drawing import positions
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.theme import GLYPHS
from sandan.graph.store.access import graph_layout
from sandan.record.errors import StoreError
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

_NO_KINDS = "none"
# From so many nodes on nobody follows single ties at first sight: the tables are shown first.
LEAST_LISTED = 50
Places = Mapping[str, tuple[float, float]]
# A page asks for one picture from several callbacks at once: the first makes it, the others find it made.
_ONE_AT_A_TIME = RLock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A network, where its nodes stand, and what it could show.

    Attributes:
        network: Nodes and edges.
        at: Place of each node.
        kinds: Kinds of identifiers that are shown.
        default: Kinds that are shown when none are chosen.
        first: First day of the picture without its time filter.
        last: Last day.
        hidden: Nodes that were left out by hand.
        pinned: Ids of nodes that stand where they were put.
        way: What was found between two nodes; None where nobody asked.
    """

    network: Network
    at: Mapping[str, tuple[float, float]]
    kinds: tuple[str, ...]
    default: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None
    hidden: tuple[Node, ...] = ()
    pinned: frozenset[str] = frozenset()
    way: Way | None = None

    @property
    def is_list(self) -> bool:
        """Whether there is so much in it that a list says more at first sight."""
        return len(self.network.nodes) >= LEAST_LISTED

    @property
    def is_full(self) -> bool:
        """Whether there is no room for an expansion."""
        return len(self.network.nodes) >= MOST_NODES

    def can_expand(self, node: Node) -> bool:
        """Whether expanding a node shows more."""
        return node.more > 0 and not node.is_hub and not self.is_full

    def node(self, node_id: str | None) -> Node | None:
        """A node of the picture."""
        return next((node for node in self.network.nodes if node.id == node_id), None)


def atlas_of(settings: Settings, results: Results) -> Atlas:
    """The graph of a run, opened once.

    Raises:
        StoreError: It is not there any more.
    """
    with _ONE_AT_A_TIME:
        return _atlas(tables_of(settings, results), results)


def picture_of(settings: Settings, results: Results, scene: Scene, places: Places = MappingProxyType({})) -> Picture:
    """What a scene shows.

    Args:
        settings: The home.
        results: The run.
        scene: Which part of its graph, and what was done with it.
        places: Where nodes stood when the picture was kept.

    Raises:
        UnknownId: The run has no such consignment or cluster.
        StoreError: The run's graph is not there any more.
    """
    drawn = replace(scene, of="", pin=(), view="", case="", kept="")
    with _ONE_AT_A_TIME:
        picture = _picture(tables_of(settings, results), results, drawn)
    pins: Places = {node: (float(x), float(y)) for node, x, y in scene.pin if node in picture.at}
    known = {node: at for node, at in places.items() if node in picture.at}
    if not pins and not known:
        return picture
    return replace(picture, at={**picture.at, **known, **pins}, pinned=frozenset(pins))


def undrawn(settings: Settings, results: Results, picture: Picture, node: Node, scene: Scene) -> dict[str, int]:
    """Neighbours of a node that the picture lacks, counted by kind or grade.

    Raises:
        StoreError: The run's graph is not there any more.
    """
    drawn = {one.id for one in picture.network.nodes}
    with _ONE_AT_A_TIME:
        return not_drawn(atlas_of(settings, results), node, drawn, kinds=picture.kinds, window=_window(scene))


def view_of(scene: Scene, picture: Picture) -> str:
    """`list` or `picture`: as was chosen, else as the size suggests."""
    return scene.view or ("list" if picture.is_list else "picture")


def elements(picture: Picture, subject: str, language: Language, scene: Scene = EMPTY) -> dict[str, Any]:
    """The picture for the bridge; ids of nodes are those of the graph, all words are in the chosen language."""
    on_way = picture.way.nodes if picture.way else ()
    ties = {frozenset(pair) for pair in pairwise(on_way)}
    nodes = []
    for node in picture.network.nodes:
        x, y = picture.at[node.id]
        nodes.append(
            {
                "id": node.id,
                "label": _short(node),
                "name": name_of(node, language),
                "icon": f"/assets/icons/{icon_of(node)}.svg",
                "size": 34 if node.is_item else 30 + min(node.n, 24) // 2,
                "item": node.is_item,
                "seed": node.is_seed and not picture_is_of_cluster(subject),
                "hub": node.is_hub,
                "more": node.more,
                "opens": picture.can_expand(node),
                "pinned": node.id in picture.pinned,
                "way": node.id in on_way,
                "x": x,
                "y": y,
            }
        )
    edges = [
        {
            "id": f"{edge.source}~{edge.target}",
            "source": edge.source,
            "target": edge.target,
            "label": ", ".join(word("contact", name, language) for name in edge.contacts),
            "width": 1 + 0.6 * (len(edge.contacts) - 1),
            "way": frozenset((edge.source, edge.target)) in ties,
        }
        for edge in picture.network.edges
    ]
    listed = view_of(scene, picture) == "list"
    return {"subject": subject, "nodes": nodes, "edges": edges, "step": scene.step, "names": list(STEP_NAMES), "listed": listed}


def picture_is_of_cluster(subject: str) -> bool:
    """Whether all members are in the middle, so that marking them would mark everything."""
    return subject.startswith("cluster ")


def subject_of(scene: Scene) -> str:
    """What a scene is about; another subject is another picture, not a change of this one."""
    return f"cluster {scene.cluster}" if scene.cluster else f"key {scene.key}"


def icon_of(node: Node) -> str:
    """The sign of a node: shape, picture and colour together."""
    return f"{node.kind.lower()}-{node.grade}" if node.is_item else node.kind.lower()


def name_of(node: Node, language: Language) -> str:
    """What a node is called in full; of a grade the sign too."""
    name = f"{word('node', node.kind, language)} {node.label}"
    if node.n_grouped > 1:
        name = f"{name} · {text('network_grouped', language, n=node.n_grouped)}"
    return f"{GLYPHS.get(node.grade, '')} {name}".strip() if node.is_item else f"{name} · {node.n:,}"


def kinds_in(scene: Scene, default: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of identifiers that a scene shows."""
    if scene.kinds == _NO_KINDS:
        return ()
    return tuple(kind for kind in KINDS if kind in scene.kinds.split(",")) or default


def kinds_text(kinds: list[str] | tuple[str, ...], default: tuple[str, ...]) -> str:
    """Chosen kinds as a part of an address."""
    chosen = [kind for kind in KINDS if kind in kinds]
    return "" if set(chosen) == set(default) else ",".join(chosen) or _NO_KINDS


def day(moment: dt.datetime) -> dt.date:
    """The day of an instant in Beijing."""
    return moment.astimezone(BEIJING).date()


def _short(node: Node) -> str:
    label = f"…{node.label[-6:]}" if node.is_item and len(node.label) > 8 else node.label
    return f"{label} ×{node.n_grouped}" if node.n_grouped > 1 else label


def tables_of(settings: Settings, results: Results) -> Path:
    """Folder of the tables of a run's graph; of the newest graph where that is gone.

    Raises:
        StoreError: There is none any more.
    """
    layout = graph_layout(settings)
    tables = layout.tables(results.run_id)
    current = layout.current()
    if not tables.exists() and current is not None:
        tables = layout.tables(current)
    if not tables.exists():
        raise StoreError(f"{tables}: the graph of run {results.run_id} is not there; run `sandan score`")
    return tables


@lru_cache(maxsize=2)
def _atlas(tables: Path, results: Results) -> Atlas:
    return open_atlas(tables, results)


@lru_cache(maxsize=64)
def _picture(tables: Path, results: Results, scene: Scene) -> Picture:
    atlas = _atlas(tables, results)
    default = kinds_of(atlas, scene.cluster) if scene.cluster else _around(scene.key)
    kinds = kinds_in(scene, default)
    window = _window(scene)
    way = None
    if scene.start and scene.end:
        way = shortest_path(atlas, scene.start, scene.end, kinds=kinds, window=window, avoid=scene.hide)
    also = way.nodes if way else ()
    if scene.cluster:
        network = cluster_network(atlas, scene.cluster, kinds=kinds, window=window, expand=scene.expand, also=also)
    else:
        network = neighbourhood(atlas, [scene.key], kinds=kinds, window=window, expand=scene.expand, also=also)
    first, last = (day(moment) if moment else None for moment in (network.first, network.last))
    if not scene.cluster and (scene.since or scene.until):
        whole = _picture(tables, results, replace(scene, since="", until=""))
        first, last = whole.first, whole.last
    # What a picture is about can not be hidden, and what somebody asked for stands by itself.
    middle = {node.id for node in network.nodes if node.is_seed} if not scene.cluster else set()
    hidden = set(scene.hide) - middle - {scene.start, scene.end}
    if scene.group:
        network = grouped(network, {*middle, *scene.expand, *also, scene.start, scene.end})
    # Nothing else moves where something is hidden.
    at = positions(network.nodes, network.edges)
    gone = tuple(node for node in network.nodes if node.id in hidden)
    return Picture(without(network, hidden), at, kinds, default, first, last, gone, way=way)


def _around(key: str) -> tuple[str, ...]:
    return (*PERSONAL, "Seller") if key.startswith(("parcel:", "export:")) else PERSONAL


def _window(scene: Scene) -> Window:
    def start(text: str, days: int) -> dt.datetime | None:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), BEIJING) + dt.timedelta(days=days) if text else None

    end = start(scene.until, 1)
    return Window(start(scene.since, 0), end - dt.timedelta(microseconds=1) if end else None)
