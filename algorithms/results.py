"""The results of a run as they are kept: one folder per run, and a pointer to the newest."""

import datetime as dt
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.scoring import Scored
from sandan.record.errors import NothingScored, OutputError, UnknownId
from sandan.record.home import HomePaths, make_private

TABLES = ("alerts", "operators", "findings", "clusters", "members")


@dataclass(frozen=True, slots=True)
class Results:
    """One run's results, read from its folder."""

    run_id: str
    folder: Path

    def table(self, name: str) -> pa.Table:
        """`alerts` (every consignment, the highest score first), `operators`, `findings`, `clusters` or `members`."""
        return pq.read_table(self.path(name))

    def path(self, name: str) -> Path:
        """The Parquet file of one of the tables."""
        return self.folder / f"{name}.parquet"

    @property
    def report(self) -> dict[str, Any]:
        """What was compared, learned and not run."""
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
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
    pointer = paths.runs / "CURRENT"
    if run_id is None:
        if not pointer.exists():
            raise NothingScored(f"{paths.root}: nothing was scored yet; run `sandan ingest PATH`, then `sandan score`")
        run_id = pointer.read_text(encoding="utf-8").strip()
    folder = paths.runs / run_id
    if Path(run_id).name != run_id or not (folder / "report.json").exists():
        raise UnknownId(f"run {run_id}: not in this home; `sandan runs` lists the runs")
    return Results(run_id, folder)


def keep_results(paths: HomePaths, run_id: str, scored: Scored) -> Results:
    """Write a run's folder, whole or not at all; it becomes the newest with `point_to`.

    Raises:
        OutputError: It cannot be written.
    """
    part = paths.runs / f"{run_id}.part"
    try:
        make_private(part)
        for name in TABLES:
            pq.write_table(getattr(scored, name), part / f"{name}.parquet")
        (part / "report.json").write_text(json.dumps(scored.report, ensure_ascii=False, indent=1), encoding="utf-8")
        part.rename(paths.runs / run_id)
    except OSError as exc:
        shutil.rmtree(part, ignore_errors=True)
        raise OutputError(f"{paths.runs}: cannot write the run ({exc.strerror or exc}); free space, then run `sandan score` again") from exc
    return Results(run_id, paths.runs / run_id)


def point_to(paths: HomePaths, run_id: str) -> None:
    """Make a kept run the newest, in one step.

    Raises:
        OutputError: The pointer cannot be written.
    """
    pointer, part = paths.runs / "CURRENT", paths.runs / f"CURRENT.{os.getpid()}"
    try:
        part.write_text(run_id + "\n", encoding="utf-8")
        part.replace(pointer)
    except OSError as exc:
        raise OutputError(f"{pointer}: cannot write ({exc.strerror or exc}); free space, then run `sandan score` again") from exc
