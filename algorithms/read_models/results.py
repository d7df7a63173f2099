"""The results of a run as they are kept: one folder per run, and a pointer to the newest."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.read_models.former_results import in_form
from sandan.algorithms.scoring.scoring import Scored
from sandan.graph.store.layout import GraphLayout
from sandan.record.errors import DamagedFile, NothingScored, SandanError, UnknownId
from sandan.record.files.checksums import check_file, checksums_below, read_sealed, seal
from sandan.record.home import HomePaths, whole_folder

TABLES = ("alerts", "operators", "findings", "clusters", "members")
REMEDY = "restore the folder of the run from the backup, or run `sandan score` for a new run"
_CURRENT = "CURRENT"  # where versions before the graph's pointer named the run too kept the name of the newest run


@dataclass(frozen=True, slots=True)
class Results:
    """One run's results, read from its folder."""

    run_id: str
    folder: Path

    def table(self, name: str, columns: Sequence[str] | None = None, filters: Any = None) -> pa.Table:
        """`alerts` (every consignment, the highest score first), `operators`, `findings`, `clusters` or `members`.

        Those that an older version kept are given in the form of today.

        Args:
            name: The table.
            columns: Only these, as they stand in the file; None: all.
            filters: Only rows that fit, as `pyarrow.parquet.read_table` takes them; None: all.
        """
        return in_form(pq.read_table(self.path(name), columns=None if columns is None else list(columns), filters=filters))

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
    def report(self) -> dict[str, Any]:
        """What was compared, learned and not run.

        Raises:
            DamagedFile: It is missing, or is not what was written.
        """
        report = read_sealed(self.folder / "report.json", REMEDY)
        if report.get("run_id", self.run_id) != self.run_id:
            raise DamagedFile(f"{self.folder / 'report.json'}: is that of run {report['run_id']}; {REMEDY}")
        return report

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


def keep_results(paths: HomePaths, run_id: str, scored: Scored) -> Results:
    """Write a run's folder, whole or not at all; it becomes the newest when the graph with its results is published.

    Raises:
        OutputError: It cannot be written.
    """
    with whole_folder(paths.runs / run_id, "sandan score") as part:
        for name in TABLES:
            pq.write_table(getattr(scored, name), part / f"{name}.parquet")
        files = checksums_below(part, part.glob("*.parquet"))
        report = seal({**scored.report, "run_id": run_id, "files": files})
        (part / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return Results(run_id, paths.runs / run_id)
