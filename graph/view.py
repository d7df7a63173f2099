"""The graph as arrays: consignments and what they touch, with the time since when that is known, for work on all of it at once.

Integer ids are places in sorted tables, so that the same lake gives the same integers whatever the order in which it was filled.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.graph.contacts import CONTACTS, ITEMS, KINDS
from sandan.graph.store.layout import check_tables, event_file
from sandan.record.errors import StoreError

Ints = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
_FEW = 1000


@dataclass(frozen=True, slots=True)
class Csr:
    """Rows of integers of unequal length: row `i` is `values[offsets[i]:offsets[i + 1]]`.

    Attributes:
        offsets: int64 [n + 1].
        values: int32 [m].
        times: int64 [m]; microseconds since 1970 in UTC at which each entry became known, rising within a row.
    """

    offsets: npt.NDArray[np.int64]
    values: Ints
    times: Times

    def row(self, i: int) -> Ints:
        """The entries of one row."""
        return self.values[self.offsets[i] : self.offsets[i + 1]]

    @property
    def degrees(self) -> npt.NDArray[np.int64]:
        """Entries per row, int64 [n]."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Contacts:
    """All contacts of one kind, one entry per item and target.

    Attributes:
        items: int32 [m], place of the item in `GraphView.ids`.
        targets: int32 [m], place of the target in `names`.
        times: int64 [m], microseconds.
        names: Ids of the targets as the graph knows them, sorted.
    """

    items: Ints
    targets: Ints
    times: Times
    names: pa.Array

    def by_target(self) -> Csr:
        """Items of each target, the earliest contact first."""
        return _csr(self.targets, self.items, self.times, len(self.names))

    def by_item(self, n_items: int) -> Csr:
        """Targets of each item, the earliest contact first."""
        return _csr(self.items, self.targets, self.times, n_items)


@dataclass(frozen=True, slots=True)
class GraphView:
    """Items (orders, and parcels without an order) and their contacts by kind.

    Attributes:
        ids: Node ids of the items, sorted; an item's place here is its integer.
        is_parcel: bool [n].
        is_export: bool [n].
        known_at: int64 [n], microseconds; the first list that names the item.
        contacts: By kind, every kind of `sandan.graph.contacts.KINDS`.
    """

    ids: pa.Array
    is_parcel: npt.NDArray[np.bool_]
    is_export: npt.NDArray[np.bool_]
    known_at: Times
    contacts: Mapping[str, Contacts]

    @property
    def n(self) -> int:
        """Items."""
        return len(self.ids)

    def until(self, moment: dt.datetime) -> "GraphView":
        """What of this was known at a moment: items and contacts of later lists are left out, integers stay as they are.

        Items that were not known yet keep their place and have no contacts.
        """
        last = round(moment.timestamp() * 1_000_000)
        kept = {}
        for kind, c in self.contacts.items():
            mask = c.times <= last
            kept[kind] = Contacts(c.items[mask], c.targets[mask], c.times[mask], c.names)
        return GraphView(self.ids, self.is_parcel, self.is_export, self.known_at, kept)

    def places(self, ids: pa.Array) -> Ints:
        """Integers of items by their node ids; -1 for an id that is not here."""
        return sorted_places(self.ids, ids)


def open_view(tables: Path) -> GraphView:
    """Read a graph version's events.

    Args:
        tables: As written by `write_graph_tables`.

    Raises:
        StoreError: The files are missing or broken.
    """
    check_tables(tables, [event_file(tables, name) for name in ("items", "contacts")])
    try:
        items = pq.read_table(event_file(tables, "items")).select(ITEMS.names).sort_by("id")
        events = pq.read_table(event_file(tables, "contacts")).select(CONTACTS.names)
    except (OSError, KeyError, pa.ArrowException) as exc:
        raise events_error(tables, exc) from exc
    ids = items["id"].combine_chunks()
    label, flow = items["label"].to_numpy(zero_copy_only=False), items["flow"].to_numpy(zero_copy_only=False)
    place = np.asarray(pc.fill_null(pc.index_in(events["item"].combine_chunks(), value_set=ids), -1), dtype=np.int32)
    times = _micros(events["known_at"])
    kinds = events["kind"].combine_chunks()
    contacts: dict[str, Contacts] = {}
    for kind in KINDS:
        rows = np.flatnonzero(np.asarray(pc.equal(kinds, kind), dtype=bool) & (place >= 0))
        own = events["target"].take(pa.array(rows)).combine_chunks()
        names = pc.unique(own)
        names = names.take(pc.sort_indices(names))
        targets = np.asarray(pc.index_in(own, value_set=names), dtype=np.int32)
        contacts[kind] = Contacts(place[rows], targets, times[rows], names)
    return GraphView(ids, label == "Parcel", flow == "export", _micros(items["known_at"]), contacts)


def sorted_places(names: pa.Array, wanted: pa.Array) -> Ints:
    """Places of some names among sorted ones; -1 for a name that is not there."""
    if len(wanted) > _FEW:
        return np.asarray(pc.fill_null(pc.index_in(wanted, value_set=names), -1), dtype=np.int32)
    # A few are looked up without a hash of all, for which a person would have to wait.
    return np.array([_place(names, name) for name in wanted.to_pylist()], dtype=np.int32)


def _place(names: pa.Array, name: str | None) -> int:
    if name is None:
        return -1
    at = bisect_left(names, name, key=lambda scalar: scalar.as_py())
    return at if at < len(names) and names[at].as_py() == name else -1


def events_error(tables: Path, fault: Exception) -> StoreError:
    """What to say of a version whose events cannot be read."""
    return StoreError(f"{tables}: the graph's events cannot be read ({fault}); run `sandan score`")


def _csr(rows: Ints, values: Ints, times: Times, n: int) -> Csr:
    order = np.lexsort((values, times, rows))
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=offsets[1:])
    return Csr(offsets, values[order], times[order])


def _micros(column: Any) -> Times:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), 0), dtype=np.int64)
