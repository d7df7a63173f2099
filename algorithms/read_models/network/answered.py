"""Which nodes of a run's graph the answer of a query names: nodes, paths, or ids in its columns."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.read_models.network.atlas import KINDS, PERSONAL, Atlas
from sandan.graph.store.base import QueryResult

# Labels of the store and the kinds of the picture that they may be; a label that is not here is its own kind, or is not drawn.
_KINDS_OF = {"Buyer": ("Identity",), "Payer": ("Identity",), "Operator": ("Seller", "Payment", "Logistics", "Agent")}
_ITEMS = ("Order", "Parcel")
# Kinds whose ids no other text looks like: of a bare text, a country or a name of goods could mean anything.
_UNMISTAKABLE = (*PERSONAL, "Seller", "Payment", "Logistics", "Agent")


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer names.

    Attributes:
        nodes: Ids of nodes of the picture, in the order of the answer.
        n_others: Nodes of labels that the picture has no sign for.
    """

    nodes: tuple[str, ...]
    n_others: int


def answered(atlas: Atlas, result: QueryResult) -> Answered:
    """The nodes that an answer names, by themselves, in paths and lists, or by their ids.

    Args:
        atlas: The run's graph.
        result: The answer.
    """
    asked: dict[tuple[str, str], None] = {}
    for row in result.rows:
        for value in row:
            asked.update(dict.fromkeys(_named(value)))
    found = dict(_found(atlas, asked))
    nodes = [node for key in asked for node in found.get(key, ())]
    others = {graph_id for label, graph_id in asked if label and (label, graph_id) not in found}
    return Answered(tuple(dict.fromkeys(nodes)), len(others))


def _named(value: object) -> Iterable[tuple[str, str]]:
    """(label, id) of what a value holds; a bare text has no label."""
    if isinstance(value, dict):
        if "_nodes" in value:
            yield from _named(value["_nodes"])
        elif isinstance(value.get("id"), str) and "_label" in value:
            yield str(value["_label"]), value["id"]
    elif isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, str) and value:
        yield "", value


def _found(atlas: Atlas, asked: Iterable[tuple[str, str]]) -> Iterable[tuple[tuple[str, str], list[str]]]:
    keys = list(asked)
    ids = pa.array([graph_id.removeprefix("parcel:") if not label else graph_id for label, graph_id in keys], pa.string())
    places = atlas.view.places(ids).tolist() if keys else []
    known = {kind: pc.is_in(ids, value_set=atlas.layer(kind).names).to_pylist() for kind in KINDS}
    for n, (label, graph_id) in enumerate(keys):
        nodes = []
        if places[n] >= 0 and label in ("", *_ITEMS):
            nodes.append(f"{'Parcel' if atlas.view.is_parcel[places[n]] else 'Order'}:{atlas.view.ids[places[n]].as_py()}")
        kinds = _UNMISTAKABLE if not label else _KINDS_OF.get(label, (label,))
        nodes += [f"{kind}:{graph_id}" for kind in kinds if kind in KINDS and known[kind][n]]
        if nodes:
            yield (label, graph_id), nodes
