"""Pictures of the network as the bridge to Cytoscape.js takes them; kept for a while, since a page asks for one several times."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

from sandan.algorithms.read_models.atlas import KINDS, PERSONAL, Atlas, open_atlas
from sandan.algorithms.read_models.neighbourhood import MOST_NODES, Network, Node, Window, cluster_network, kinds_of, neighbourhood
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Scene
from sandan.dashboard.components.drawing import positions
from sandan.dashboard.i18n import Language, word
from sandan.dashboard.theme import GLYPHS
from sandan.graph.store.access import graph_layout
from sandan.record.errors import StoreError
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

_NO_KINDS = "none"
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
    """

    network: Network
    at: Mapping[str, tuple[float, float]]
    kinds: tuple[str, ...]
    default: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None

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


def picture_of(settings: Settings, results: Results, scene: Scene) -> Picture:
    """What a scene shows.

    Raises:
        UnknownId: The run has no such consignment or cluster.
        StoreError: The run's graph is not there any more.
    """
    with _ONE_AT_A_TIME:
        return _picture(tables_of(settings, results), results, replace(scene, of=""))


def elements(picture: Picture, subject: str, language: Language) -> dict[str, Any]:
    """The picture for the bridge; ids of nodes are those of the graph, all words are in the chosen language."""
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
        }
        for edge in picture.network.edges
    ]
    return {"subject": subject, "nodes": nodes, "edges": edges}


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
    return f"…{node.label[-6:]}" if node.is_item and len(node.label) > 8 else node.label


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
    if scene.cluster:
        network = cluster_network(atlas, scene.cluster, kinds=kinds, window=window, expand=scene.expand)
    else:
        network = neighbourhood(atlas, [scene.key], kinds=kinds, window=window, expand=scene.expand)
    first, last = (day(moment) if moment else None for moment in (network.first, network.last))
    if not scene.cluster and (scene.since or scene.until):
        whole = _picture(tables, results, replace(scene, since="", until=""))
        first, last = whole.first, whole.last
    return Picture(network, positions(network.nodes, network.edges), kinds, default, first, last)


def _around(key: str) -> tuple[str, ...]:
    return (*PERSONAL, "Seller") if key.startswith(("parcel:", "export:")) else PERSONAL


def _window(scene: Scene) -> Window:
    def start(text: str, days: int) -> dt.datetime | None:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), BEIJING) + dt.timedelta(days=days) if text else None

    end = start(scene.until, 1)
    return Window(start(scene.since, 0), end - dt.timedelta(microseconds=1) if end else None)
