"""Where the versions of a graph lie, which of them is in use, and what their tables must look like."""

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.graph.schema import NODES, RELATIONS, node_schema, relation_schema
from sandan.graph.store.base import GraphCounts
from sandan.record.errors import OutputError, StoreError

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """The folder `<home>/graph`; described in `sandan.graph.store.base`."""

    root: Path

    def version(self, name: str) -> Path:
        """Folder of one version.

        Raises:
            ValueError: The name cannot be a folder's.
        """
        if not _VERSION.fullmatch(name) or name in {"CURRENT", "LOADING"}:
            raise ValueError(f"{name!r}: not a version's name")
        return self.root / name

    def tables(self, name: str) -> Path:
        """Folder of the tables of one version."""
        return self.version(name) / "tables"

    def database(self, name: str) -> Path:
        """File of the embedded graph of one version."""
        return self.version(name) / "graph.lbug"

    @property
    def pointer(self) -> Path:
        """File with the name of the version in use."""
        return self.root / "CURRENT"

    @property
    def loading(self) -> Path:
        """File that is there while a Neo4j is being filled from this home, and stays when that was broken off."""
        return self.root / "LOADING"

    def current(self) -> str | None:
        """Name of the version in use; None before the first.

        Raises:
            StoreError: The pointer names no version.
        """
        try:
            name = self.pointer.read_text(encoding="ascii").strip()
            self.version(name)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise StoreError(f"{self.pointer}: does not name a version of the graph; run `sandan graph build`") from exc
        return name

    def move_pointer(self, name: str) -> None:
        """Make a version the one in use: readers see the old or the new, also after a power cut.

        Raises:
            OutputError: The pointer cannot be written.
        """
        self.version(name)
        write_durably(self.pointer, f"{name}\n")

    def remove_versions(self, *, keep: frozenset[str]) -> None:
        """Remove all versions but some, and what broken-off changes of the pointer left; who has a file open keeps it until closing it."""
        for left in self.root.glob(f".{self.pointer.name}.*"):
            left.unlink(missing_ok=True)
        for folder in sorted(self.root.iterdir()):
            if folder.name not in keep and folder.is_dir() and not folder.is_symlink() and _VERSION.fullmatch(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


def node_file(tables: Path, label: str) -> Path:
    """The table of a label."""
    return tables / "nodes" / f"{label}.parquet"


def relation_file(tables: Path, name: str, source: str, target: str) -> Path:
    """The table of a relation between two labels."""
    return tables / "relations" / f"{name}.{source}.{target}.parquet"


def event_file(tables: Path, name: str) -> Path:
    """A table of events, which the stores do not hold: `contacts` or `items`."""
    return tables / "events" / f"{name}.parquet"


def view_file(tables: Path) -> Path:
    """The arrays made from a version's events, beside its tables; may not be there yet."""
    return tables.with_name("view") / "arrays.arrows"


def checked_counts(tables: Path) -> GraphCounts:
    """Rows per label and relation of a version's tables, after a look at every file's columns; reads no rows.

    Raises:
        StoreError: Files are missing or have other columns than the schema's; the message names every one.
    """
    faults: list[str] = []
    nodes = {node.label: _n_rows(node_file(tables, node.label), node_schema(node.label), faults) for node in NODES}
    relations = {
        relation.name: sum(
            _n_rows(relation_file(tables, relation.name, source, target), relation_schema(relation.name), faults)
            for source, target in relation.pairs
        )
        for relation in RELATIONS
    }
    if faults:
        raise StoreError("\n".join([f"{tables}: not the tables of a graph", *faults, "run `sandan graph build`"]))
    return GraphCounts(nodes, relations)


def write_durably(path: Path, text: str) -> None:
    """Replace a small file as a whole, and be sure that it is on the disk.

    Raises:
        OutputError: It cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync(path.parent)
    except OSError as exc:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise OutputError(f"{path}: cannot be written ({exc.strerror}); make the home writable and try again") from exc


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _n_rows(path: Path, schema: pa.Schema, faults: list[str]) -> int:
    try:
        with pq.ParquetFile(path) as file:
            found, n_rows = file.schema_arrow, int(file.metadata.num_rows)
    except FileNotFoundError:
        faults.append(f"{path.name}: missing")
        return 0
    except (OSError, pa.ArrowException) as exc:
        faults.append(f"{path.name}: cannot be read ({exc})")
        return 0
    if [(field.name, _same(field.type)) for field in found] != [(field.name, field.type) for field in schema]:
        faults.append(f"{path.name}: columns {_columns(found)} instead of {_columns(schema)}")
    return n_rows


def _same(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_large_string(kind) else kind  # pandas writes large strings; the file holds the same bytes


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)
