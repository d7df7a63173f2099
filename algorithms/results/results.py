"""The results of a run: made by a scoring, kept in one folder, read from it by every command and page."""

import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.results.former_results import in_form
from sandan.algorithms.results.queries import query
from sandan.graph.store.layout import GraphLayout
from sandan.record.errors import DamagedFile, NothingScored, SandanError, UnknownId
from sandan.record.files.checksums import check_file, checksums_below, read_sealed, seal
from sandan.record.home import HomePaths, whole_folder

TABLES = ("alerts", "operators", "findings", "clusters", "members")
REMEDY = "restore the folder of the run from the backup, or run `sandan score` for a new run"
_CURRENT = "CURRENT"  # where versions before the graph's pointer named the run too kept the name of the newest run
# Rows of one file of a table that is read by its key: so many are read, and their checksum taken, for one of them.
PART_ROWS = 8_192
_GROUP_ROWS = 1_024
# Of a table of which some rows are read, those of one page of the queue: what lies in other groups is not unpacked.
_TABLE_GROUP_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Results:
    """One run's results.

    Attributes:
        run_id: The run.
        folder: Where they are kept, or will be.
        made: The tables, while they are not kept yet.
        said: The report, likewise.
    """

    run_id: str
    folder: Path
    made: Mapping[str, pa.Table] = field(default_factory=dict, compare=False)
    said: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """`alerts` (every consignment, the highest score first), `operators`, `findings`, `clusters` or `members`.

        Those that an older version kept are given in the form of today.

        Args:
            name: The table.
            columns: Only these, as they stand in the file; None: all.
        """
        if name in self.made:
            return self.made[name] if columns is None else self.made[name].select(list(columns))
        return in_form(pq.read_table(self.path(name), columns=None if columns is None else list(columns)))

    def query(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of a SELECT over the tables by their names; see `sandan.algorithms.results.queries.query`.

        Args:
            sql: The statement; everything that comes from a user is a parameter `$name` of it.
            values: The parameters.
        """
        named = [name for name in TABLES if name in sql]
        return query({name: self.source(name) for name in named}, sql, values)

    def source(self, name: str) -> Path | pa.Table:
        """One of the tables as statements read it: its file, or the table itself while it is not kept yet. Raises as `path`."""
        return self.made[name] if name in self.made else self.path(name)

    def keyed(self, name: str, key: str) -> list[dict[str, Any]]:
        """Rows with a key of a table that is kept sorted by it; reads no more than the parts that hold the key.

        Raises:
            KeyError: The run has no such table: an older version kept it.
        """
        index = self.report["keyed"][name]
        column, firsts = index["column"], index["firsts"]
        # Rows of one key may begin at the end of one part and go on in the next.
        rows: list[dict[str, Any]] = []
        for place in range(max(bisect_left(firsts, key) - 1, 0), bisect_right(firsts, key)):
            rows += query({name: self.path(_part(name, place))}, f"SELECT * FROM {name} WHERE {column} = $key", {"key": key})
        return rows

    def columns(self, name: str) -> list[str]:
        """Names of a table's columns: runs of older versions lack some.

        Raises:
            DamagedFile: As `path`.
        """
        source = self.source(name)
        return list(pq.read_schema(source).names if isinstance(source, Path) else source.schema.names)

    def path(self, name: str) -> Path:
        """The Parquet file of one of the tables.

        Raises:
            DamagedFile: It is missing, or is not what was written.
        """
        path = self.folder / f"{name}.parquet"
        kept = self.report.get("files", {}).get(path.name)
        if kept is not None:
            check_file(path, kept, REMEDY)
        elif not path.exists():
            raise DamagedFile(f"{path}: missing; {REMEDY}")
        return path

    @property
    def report(self) -> Mapping[str, Any]:
        """What was compared, learned and not run.

        Raises:
            DamagedFile: It is missing, or is not what was written.
        """
        if self.said:
            return self.said
        report = read_sealed(self.folder / "report.json", REMEDY)
        if report.get("run_id", self.run_id) != self.run_id:
            raise DamagedFile(f"{self.folder / 'report.json'}: is that of run {report['run_id']}; {REMEDY}")
        return report

    def saying(self, **more: Any) -> "Results":
        """These results with more in their report, before they are kept."""
        return replace(self, said={**self.report, **more})

    @property
    def as_of(self) -> dt.datetime:
        """The date of the run."""
        return dt.datetime.fromisoformat(self.report["as_of"])


def open_results(paths: HomePaths, run_id: str | None = None) -> Results:
    """Results of a run; without an id those of the newest.

    Raises:
        NothingScored: Nothing was scored in this home.
        UnknownId: There is no such run.
    """
    if run_id is None:
        run_id = current_run(paths)
        if run_id is None:
            raise NothingScored(f"{paths.root}: nothing was scored yet; run `sandan ingest PATH`, then `sandan score`")
        if not (paths.runs / run_id / "report.json").exists():
            raise DamagedFile(f"{paths.runs / run_id / 'report.json'}: missing; {REMEDY}")
    folder = paths.runs / run_id
    if Path(run_id).name != run_id or not folder.is_dir():
        raise UnknownId(f"run {run_id}: not in this home; `sandan runs` lists the runs")
    return Results(run_id, folder)


def current_run(paths: HomePaths) -> str | None:
    """The newest run: that whose results are in the graph version in use, so that alerts and graph are always of one run; None before it.

    Raises:
        StoreError: The graph's pointer, or what it points to, is not what was written.
        DamagedFile: The pointer is gone.
    """
    layout = GraphLayout(paths.graph)
    version = layout.current()
    if version is not None:
        run_id = layout.run_of(version)
        if run_id is not None:
            return run_id or None
        if (paths.runs / version / "report.json").exists():
            return version
    try:
        return (paths.runs / _CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as exc:
        raise DamagedFile(f"{paths.runs / _CURRENT}: cannot be read; run `sandan score`") from exc
    if version is None and kept_runs(paths):
        raise DamagedFile(f"{layout.pointer}: missing; run `sandan graph build`, which takes the newest run that is kept")
    return None


def readable_run(paths: HomePaths) -> str | None:
    """The newest run; None where there is none, or what says which it is cannot be read: a new run then becomes it."""
    try:
        return current_run(paths)
    except SandanError:
        return None


def kept_runs(paths: HomePaths) -> list[str]:
    """Runs whose folders are there, by name."""
    return sorted(path.parent.name for path in paths.runs.glob("*/report.json") if path.parent.suffix not in (".part", ".work"))


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table to keep sorted by its key.

    Attributes:
        column: The key, a column of texts; several rows may have one.
        rows: Its rows, sorted by the key as the bytes of UTF-8 are.
    """

    column: str
    rows: pa.RecordBatchReader


def keep_results(paths: HomePaths, results: Results, keyed: Iterable[tuple[str, Keyed]] = ()) -> Results:
    """Write a run's folder, whole or not at all; it becomes the newest when the graph with its results is published.

    Args:
        paths: The home.
        results: Tables and report, in memory.
        keyed: Tables to keep by their key, by name; each is written before the next is asked for.

    Raises:
        OutputError: It cannot be written.
    """
    with whole_folder(paths.runs / results.run_id, "sandan score") as part:
        for name in TABLES:
            pq.write_table(results.table(name), part / f"{name}.parquet", row_group_size=_TABLE_GROUP_ROWS)
        index = write_keyed(part, keyed)
        files = checksums_below(part, part.glob("*.parquet"))
        report = seal({**results.report, "run_id": results.run_id, "files": files, "keyed": index})
        (part / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return Results(results.run_id, paths.runs / results.run_id)


def write_keyed(folder: Path, tables: Iterable[tuple[str, Keyed]]) -> dict[str, dict[str, Any]]:
    """Write tables that are read by their key; return what `Results.keyed` needs of each: its key, and the first one of each part."""
    return {name: {"column": table.column, "firsts": _write_parts(folder, name, table)} for name, table in tables}


def _write_parts(folder: Path, name: str, table: Keyed) -> list[str]:
    """Write a table's parts, each with `PART_ROWS` rows but the last; return the first key of each."""
    firsts: list[str] = []
    with ExitStack() as writers:
        room = 0
        for batch in table.rows:
            while batch.num_rows:
                if not room:
                    writers.close()
                    writer = writers.enter_context(pq.ParquetWriter(folder / f"{_part(name, len(firsts))}.parquet", batch.schema))
                    firsts.append(batch[table.column][0].as_py())
                    room = PART_ROWS
                taken = batch.slice(0, room)
                writer.write_batch(taken, row_group_size=_GROUP_ROWS)
                room -= taken.num_rows
                batch = batch.slice(taken.num_rows)
    return firsts


def _part(name: str, place: int) -> str:
    return f"{name}-{place:05d}"
