"""The arrays of a graph version as one file that every process maps: jobs and dashboard share its pages, and none copies them.

The file lies beside the version's tables and goes away with them. It is an Arrow stream of one row in which every array is a list, and
behind that a checksum. It can be made again from the tables at any time, so one that does not fit is replaced and never repaired.
"""

import logging
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sandan.graph.contacts import KINDS
from sandan.graph.store.layout import event_file, sync, view_file
from sandan.graph.view import Contacts, GraphView, events_error, open_view

log = logging.getLogger(__name__)

_FORMAT = 1  # another number for every change of what stands in the file
_TRAILER = struct.Struct("<8sI")
_MAGIC = b"sandan.v"
_STAMP = b"made_from"
_FIELDS = (
    ("ids", pa.string()),
    ("is_parcel", pa.uint8()),
    ("is_export", pa.uint8()),
    ("known_at", pa.int64()),
    *(
        (f"{kind}.{part}", type_)
        for kind in KINDS
        for part, type_ in (("items", pa.int32()), ("targets", pa.int32()), ("times", pa.int64()), ("names", pa.string()))
    ),
)
_SCHEMA = pa.schema([pa.field(name, pa.large_list(type_)) for name, type_ in _FIELDS])


def shared_view(tables: Path) -> GraphView:
    """The view of a version's tables, mapped from its file; that is made first where there is none that is whole and of these tables.

    Where it cannot be made (a full disk, a home that this user may only read), the view is this process's own.

    Args:
        tables: As written by `write_graph_tables`.

    Returns:
        A view whose arrays cannot be written to.

    Raises:
        StoreError: The tables are missing or broken.
    """
    path = view_file(tables)
    try:
        stamp = _stamp(tables)
    except OSError as exc:
        raise events_error(tables, exc) from exc
    if (mapped := _mapped(path, stamp)) is not None:
        return mapped
    view = open_view(tables)
    try:
        _save(view, path, stamp)
    except OSError as exc:
        log.warning("%s: cannot be written (%s); every process keeps the graph's arrays for itself", path, exc.strerror or exc)
        return view
    return _mapped(path, stamp) or view


def _stamp(tables: Path) -> bytes:
    """What distinguishes these tables from others that were there before under the same name."""
    found = [event_file(tables, name).stat() for name in ("items", "contacts")]
    return " ".join([str(_FORMAT), *(f"{status.st_size}:{status.st_mtime_ns}" for status in found)]).encode()


def _mapped(path: Path, stamp: bytes) -> GraphView | None:
    """The view of a file; None where there is none, or it is not whole, or of other tables."""
    try:
        with pa.memory_map(str(path)) as file:
            whole = file.read_buffer()
        size = whole.size - _TRAILER.size
        # Reading every byte once costs a small part of making them, and brings the pages in that the caller is about to use.
        if size < 0 or _TRAILER.pack(_MAGIC, zlib.crc32(whole.slice(0, size))) != whole.slice(size).to_pybytes():
            log.warning("%s: not whole; made again from the tables", path)
            return None
        row = pa.ipc.open_stream(whole.slice(0, size)).read_next_batch()
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowException) as exc:
        log.warning("%s: cannot be read (%s); made again from the tables", path, exc)
        return None
    return _view(row) if row.schema.metadata == {_STAMP: stamp} and row.schema.equals(_SCHEMA) else None


def _view(row: Any) -> GraphView:
    def names(field: str) -> pa.Array:
        return row[field].values

    def array(field: str) -> Any:
        return row[field].values.to_numpy()

    contacts = {
        kind: Contacts(array(f"{kind}.items"), array(f"{kind}.targets"), array(f"{kind}.times"), names(f"{kind}.names")) for kind in KINDS
    }
    flags = [array(name).view(np.bool_) for name in ("is_parcel", "is_export")]
    return GraphView(names("ids"), flags[0], flags[1], array("known_at"), contacts)


def _row(view: GraphView, stamp: bytes) -> pa.RecordBatch:
    arrays: list[Any] = [view.ids, view.is_parcel.view(np.uint8), view.is_export.view(np.uint8), view.known_at]
    for kind in KINDS:
        contacts = view.contacts[kind]
        arrays += [contacts.items, contacts.targets, contacts.times, contacts.names]
    lists = [
        pa.LargeListArray.from_arrays(pa.array([0, len(array)], pa.int64()), pa.array(array, field.type.value_type))
        for array, field in zip(arrays, _SCHEMA, strict=True)
    ]
    return pa.RecordBatch.from_arrays(lists, schema=_SCHEMA.with_metadata({_STAMP: stamp}))


def _save(view: GraphView, path: Path, stamp: bytes) -> None:
    """Make the file under another name, and give it its own when it is whole and on the disk; of two writers the later one's stays.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    # Not with its parents: a version that is just being removed must not come back.
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            row = _row(view, stamp)
            with pa.ipc.new_stream(file, row.schema) as writer:
                writer.write_batch(row)
            file.flush()
            with pa.memory_map(name) as written:
                checksum = zlib.crc32(written.read_buffer())
            file.write(_TRAILER.pack(_MAGIC, checksum))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync(path.parent)
