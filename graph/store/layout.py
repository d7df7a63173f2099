"""Where the versions of a graph lie, which of them is in use, and what their tables must look like."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.graph.schema import NODES, RELATIONS, node_schema, relation_schema
from sandan.graph.store.base import GraphCounts
from sandan.record.errors import DamagedFile, OutputError, StoreError
from sandan.record.files.checksums import SEAL, Kept, check_file, checksums_below, read_sealed, seal
from sandan.record.files.durable import sync, write_durably

__all__ = [
    "GraphLayout",
    "check_tables",
    "checked_counts",
    "event_file",
    "node_file",
    "relation_file",
    "sync",
    "view_file",
    "write_durably",
]
REMEDY = "run `sandan graph build`"

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
            StoreError: The pointer names no version, or one that is not there.
        """
        try:
            name = self._pointed()[0]
            folder = self.version(name)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise StoreError(f"{self.pointer}: does not name a version of the graph; {REMEDY}") from exc
        if not folder.is_dir():
            raise StoreError(f"{self.pointer}: names a version of the graph that is not there; {REMEDY}")
        return name

    def _pointed(self) -> tuple[str, str]:
        """Name of the version in use, and the checksum of its contents; that is empty where an older sandan wrote the pointer."""
        name, _, checksum = self.pointer.read_text(encoding="ascii").strip().partition("\n")
        return name, checksum

    def contents_file(self, name: str) -> Path:
        """What a version consists of: the run whose results are in it, and the checksums of its files."""
        return self.version(name) / "contents.json"

    def contents(self, name: str) -> dict[str, Any] | None:
        """`run` (empty: none) and `files` (size and SHA-256 by path in the version's folder); None where an older sandan made it.

        Raises:
            StoreError: They are missing, or not what was written.
        """
        path = self.contents_file(name)
        try:
            pointed = self._pointed()
        except (OSError, ValueError):
            pointed = "", ""
        expected = pointed[1] if pointed[0] == name else ""
        if not path.exists() and not expected:
            return None
        with _damage():
            values = read_sealed(path, REMEDY)
            if expected and seal(values)[SEAL] != expected:
                raise DamagedFile(f"{path}: is not that of the version in use (its checksum is another); {REMEDY}")
        return values

    def run_of(self, name: str) -> str | None:
        """The run whose results are in a version, empty for none; None where an older sandan made it, which did not say.

        Raises:
            StoreError: The version's contents are missing, or not what was written.
        """
        contents = self.contents(name)
        return None if contents is None else str(contents["run"])

    def write_contents(self, name: str, run_id: str | None = None) -> None:
        """Keep what a version consists of, with its files on the disk; `run_id` None: what it said before.

        Raises:
            OutputError: It cannot be written.
        """
        folder = self.version(name)
        if run_id is None:
            run_id = self.run_of(name) or ""
        try:
            files = [path for path in (*folder.glob("tables/*/*.parquet"), folder / "graph.lbug") if path.is_file()]
            for path in {*files, *(file.parent for file in files)}:
                sync(path)
            contents = seal({"run": run_id, "files": checksums_below(folder, files)})
        except OSError as exc:
            raise OutputError(f"{folder}: cannot be written ({exc.strerror}); make the home writable and try again") from exc
        write_durably(self.contents_file(name), json.dumps(contents, indent=1) + "\n")

    def check_files(self, name: str, files: Iterable[Path]) -> None:
        """See that files of a version are what was written, where checksums were kept.

        Raises:
            StoreError: They are not.
        """
        contents = self.contents(name)
        if contents is None:
            return
        for path in files:
            kept: Kept | None = contents["files"].get(path.relative_to(self.version(name)).as_posix())
            if kept is not None:
                with _damage():
                    check_file(path, kept, REMEDY)

    def move_pointer(self, name: str) -> None:
        """Make a version the one in use: readers see the old or the new, also after a power cut.

        Raises:
            OutputError: The pointer cannot be written.
        """
        contents = self.contents_file(name)
        checksum = json.loads(contents.read_text(encoding="utf-8"))[SEAL] + "\n" if contents.exists() else ""
        write_durably(self.pointer, f"{name}\n{checksum}")

    def remove_versions(self, *, keep: frozenset[str]) -> None:
        """Remove all versions but some, and what broken-off changes of the pointer left; who has a file open keeps it until closing it."""
        for left in self.root.glob(f".{self.pointer.name}.*"):
            left.unlink(missing_ok=True)
        for folder in sorted(self.root.iterdir()):
            if folder.name not in keep and folder.is_dir() and not folder.is_symlink() and _VERSION.fullmatch(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except DamagedFile as exc:
        raise StoreError(str(exc)) from exc


def check_tables(tables: Path, files: Iterable[Path]) -> None:
    """See that files of a version's tables are what was written, where checksums were kept; tables of elsewhere have none.

    Raises:
        StoreError: They are not.
    """
    GraphLayout(tables.parent.parent).check_files(tables.parent.name, files)


def node_file(tables: Path, label: str) -> Path:
    """The table of a label."""
    return tables / "nodes" / f"{label}.parquet"


def relation_file(tables: Path, name: str, source: str, target: str) -> Path:
    """The table of a relationship between two labels."""
    return tables / "relations" / f"{name}.{source}.{target}.parquet"


def event_file(tables: Path, name: str) -> Path:
    """A table of events, which the stores do not hold: `contacts` or `items`."""
    return tables / "events" / f"{name}.parquet"


def view_file(tables: Path) -> Path:
    """The arrays made from a version's events, beside its tables; may not be there yet."""
    return tables.with_name("view") / "arrays.arrows"


def checked_counts(tables: Path) -> GraphCounts:
    """Rows per label and relationship of a version's tables, after a look at every file's columns; reads no rows.

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
