"""What may be seen of a run's graph: the contacts of some kinds in a window of time, and which identifiers tie nobody."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.read_models.network.atlas import KINDS, Atlas, Ints, Target


@dataclass(frozen=True, slots=True)
class Window:
    """What the picture may use: consignments known from `since` on, and nothing known after `until`; None is open."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def first(self) -> int:
        """Microseconds."""
        return -(2**62) if self.since is None else round(self.since.timestamp() * 1_000_000)

    @property
    def last(self) -> int:
        """Microseconds."""
        return 2**62 if self.until is None else round(self.until.timestamp() * 1_000_000)


WHOLE = Window()


class Reach:
    """The part of an atlas that some kinds and a window leave."""

    def __init__(self, atlas: Atlas, kinds: Iterable[str], window: Window) -> None:
        self.atlas, self.window = atlas, window
        chosen = set(kinds)
        self.kinds = tuple(kind for kind in KINDS if kind in chosen)
        self._users: dict[Target, Ints] = {}

    def is_known(self, place: int) -> bool:
        """Whether a consignment lies in the window."""
        return bool(self.window.first <= self.atlas.view.known_at[place] <= self.window.last)

    def contacts(self, place: int) -> list[tuple[Target, int, int]]:
        """Identifiers of a consignment: (identifier, roles, time)."""
        found = []
        for kind in self.kinds:
            layer = self.atlas.layer(kind)
            for at in range(layer.item_offsets[place], layer.item_offsets[place + 1]):
                if layer.item_times[at] <= self.window.last:
                    found.append(((kind, int(layer.item_targets[at])), int(layer.item_roles[at]), int(layer.item_times[at])))
        return found

    def users(self, target: Target) -> Ints:
        """Consignments with an identifier, in the window."""
        if target in self._users:
            return self._users[target]
        layer = self.atlas.layer(target[0])
        part = slice(layer.target_offsets[target[1]], layer.target_offsets[target[1] + 1])
        found = layer.target_items[part][layer.target_times[part] <= self.window.last]
        known = self.atlas.view.known_at[found]
        return self._users.setdefault(target, found[(known >= self.window.first) & (known <= self.window.last)])

    def is_hub(self, target: Target) -> bool:
        """Whether an identifier is too common to tie anybody."""
        return len(self.users(target)) > self.atlas.caps[target[0]]

    def weight(self, target: Target) -> float:
        """How much sharing an identifier says: its kind's weight by how rare it is."""
        return KINDS[target[0]].weight / float(np.log2(1.0 + max(len(self.users(target)), 1)))

    def by_significance(self, targets: Iterable[Target]) -> list[Target]:
        """Shared and rare first; what only one consignment has says nothing yet and comes last."""
        return sorted(set(targets), key=lambda t: (len(self.users(t)) < 2, self.is_hub(t), -self.weight(t), t))

    def target(self, node_id: str) -> Target | None:
        """The identifier of a node's id; None where it is none of the kinds."""
        kind, _, graph_id = node_id.partition(":")
        if kind not in self.kinds:
            return None
        place = int(pc.index(self.atlas.layer(kind).names, pa.scalar(graph_id, pa.string())).as_py())
        return (kind, place) if place >= 0 else None

    def item(self, node_id: str) -> int | None:
        """The place of a consignment's node; None where it is none."""
        kind, _, graph_id = node_id.partition(":")
        if kind not in ("Order", "Parcel"):
            return None
        place = int(self.atlas.view.places(pa.array([graph_id], pa.string()))[0])
        return place if place >= 0 else None


def item_name(atlas: Atlas, place: int) -> str:
    """Id of a consignment's node, `Order:import:…`."""
    return f"{'Parcel' if atlas.view.is_parcel[place] else 'Order'}:{atlas.view.ids[place].as_py()}"


def target_name(atlas: Atlas, target: Target) -> str:
    """Id of an identifier's node, `Phone:5f…`."""
    return f"{target[0]}:{atlas.layer(target[0]).names[target[1]].as_py()}"
