"""Which nodes of a run's graph somebody means who types a number, a code, a name or the end of a keyed hash."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.read_models.network.atlas import KINDS, PERSONAL, Atlas
from sandan.algorithms.results.results import Results
from sandan.record.catalog.keys import item_id

# The shortest end of a keyed hash that is looked for: of four characters one in 65,536 fits by chance.
SHORTEST_TAG, LONGEST_TYPED, MOST_NAMED = 4, 160, 12
_TAG = re.compile(r"…?\.{0,3}([0-9a-f]{4,32})")
_NUMBERS = "upper(order_no) = $typed OR upper(logistics_no) = $typed OR upper(coalesce(invt_no, '')) = $typed"


@dataclass(frozen=True, slots=True)
class Named:
    """What fits a typed text: ids of nodes, consignments first, and how many fit in all."""

    nodes: tuple[str, ...]
    total: int


def named(atlas: Atlas, results: Results, typed: str) -> Named:
    """Nodes that somebody means by a text.

    Args:
        atlas: The run's graph.
        results: The run.
        typed: A whole id or key; a number of an order, a parcel or a declaration; a code or name of an operator, of goods, a platform or a
            country; a keyed hash, or its end of four characters or more.
    """
    asked = typed.strip()[:LONGEST_TYPED]
    if not asked:
        return Named((), 0)
    kind, _, graph_id = asked.partition(":")
    if kind in KINDS:
        found = _exactly(atlas, {kind: [graph_id]})
    else:
        found = _items(atlas, results, asked)
        found += _exactly(atlas, {one: _coded(atlas, one, asked) for one in KINDS if one not in PERSONAL})
        if (hashed := _TAG.fullmatch(asked.lower())) is not None:
            found += _ending(atlas, hashed[1])
    nodes = tuple(dict.fromkeys(found))
    return Named(nodes[:MOST_NAMED], len(nodes))


def _items(atlas: Atlas, results: Results, asked: str) -> list[str]:
    """Consignments by id, by key or by any of their numbers."""
    rows = results.query(f"SELECT flow, ebp_code, order_no, logistics_code, logistics_no FROM alerts WHERE {_NUMBERS}", typed=asked.upper())
    ids = [asked.removeprefix("Order:").removeprefix("Parcel:").removeprefix("parcel:"), *(item_id(row) or "" for row in rows)]
    places = atlas.view.places(pa.array(ids, pa.string())).tolist()
    return [f"{'Parcel' if atlas.view.is_parcel[place] else 'Order'}:{atlas.view.ids[place].as_py()}" for place in places if place >= 0]


def _exactly(atlas: Atlas, asked: Mapping[str, Iterable[str]]) -> list[str]:
    """Identifiers with these graph ids."""
    found = []
    for kind, ids in asked.items():
        wanted = sorted(set(ids))
        if wanted:
            known = pc.is_in(pa.array(wanted, pa.string()), value_set=atlas.layer(kind).names).to_pylist()
            found += [f"{kind}:{one}" for one, is_known in zip(wanted, known, strict=True) if is_known]
    return found


def _coded(atlas: Atlas, kind: str, asked: str) -> list[str]:
    """Graph ids of what is named in clear: its code, or its name, is what was typed."""
    names = atlas.layer(kind).names
    codes = pc.utf8_lower(pc.replace_substring_regex(names, r"^.*:", ""))
    found = names.filter(pc.equal(codes, asked.lower())).to_pylist()
    for label, column in KINDS[kind].texts:
        known, words = atlas.column(label, column)
        found += known.filter(pc.fill_null(pc.equal(pc.utf8_lower(words), asked.lower()), False)).to_pylist()
    return [str(one) for one in found]


def _ending(atlas: Atlas, hashed: str) -> list[str]:
    """Identifiers of persons whose keyed hash is this, or ends with it."""
    found = []
    for kind in PERSONAL:
        names = atlas.layer(kind).names
        found += [f"{kind}:{one}" for one in names.filter(pc.ends_with(names, hashed)).to_pylist()]
    return found
