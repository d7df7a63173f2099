"""The run ledger: which jobs ran, when, on what date, and how they ended. Kept in the app database."""

import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sandan.record.errors import DamagedFile, OutputError
from sandan.record.home import HomePaths, make_private
from sandan.record.values.moment import BEIJING

_META = sa.MetaData()
RUNS = sa.Table(
    "runs",
    _META,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("job", sa.String(20), nullable=False),
    sa.Column("as_of", sa.String(40)),
    sa.Column("started_at", sa.String(40), nullable=False),
    sa.Column("finished_at", sa.String(40)),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("n_scored", sa.Integer),
    sa.Column("n_high", sa.Integer),
    sa.Column("model_id", sa.String(60)),
    sa.Column("error", sa.Text),
    sa.Column("pid", sa.Integer),
)
COLUMNS = tuple(column.name for column in RUNS.columns if column.name != "pid")


@dataclass(slots=True)
class Run:
    """One job run while it goes on; what it learns of itself is written when it ends."""

    run_id: str
    as_of: dt.datetime | None = None
    n_scored: int | None = None
    n_high: int | None = None
    model_id: str | None = None


class RunLedger:
    """The run ledger of one home."""

    def __init__(self, paths: HomePaths) -> None:
        self.path = paths.app_database
        self._runs = paths.runs

    def rows(self) -> list[dict[str, Any]]:
        """All runs, the newest first, in the reference's columns.

        Raises:
            DamagedFile: The ledger cannot be read, or is lost.
        """
        rows: list[dict[str, Any]] = []
        if self.path.exists() and self.path.stat().st_size:
            rows = self._rows(sa.true())
        if not rows and has_runs(self._runs):
            raise DamagedFile(
                f"{self.path}: lost, though runs are kept; restore it from the backup, or run `sandan score` to begin a new one"
            )
        return rows

    def record(self, job: str, work: Callable[[Run], None], *, published: str | None = None) -> Run:
        """Run a job's work and keep how it went; an error is written down and goes on.

        Runs that began and have no end, because their process died, are closed first: as `done` the one that is published, which lacks
        nothing but this row, as `broken` all others. Call it under the home's lock.

        Raises:
            OutputError: The ledger cannot be written.
        """
        make_private(self.path.parent)
        now = dt.datetime.now(dt.UTC)
        run = Run(f"{now:%Y%m%dT%H%M%S}-{job}-{secrets.token_hex(2)}")
        try:
            self._open(run, job, now, published)
        except sa.exc.DBAPIError as exc:
            raise OutputError(
                f"{self.path}: cannot write ({exc.orig}); free space or correct the permissions, then run the command again"
            ) from exc
        try:
            work(run)
        except BaseException as exc:
            self._close(run, "failed", f"{type(exc).__name__}: {exc}"[:2000])
            raise
        self._close(run, "done", None)
        return run

    def note_end(self, job: str, pid: int, started_at: dt.datetime, error: str, published: str | None) -> None:
        """Write down how the process of a job ended that did not do so itself: it was killed, or it failed before its run began.

        Args:
            job: What it was to do; it names the row where the process has none.
            pid: The process, which is no more.
            started_at: When it began.
            error: Why it ended.
            published: The run that readers see: of that nothing lacks but the end of its row.

        Raises:
            OutputError: The ledger cannot be written.
        """
        make_private(self.path.parent)
        now, since = _stamp(dt.datetime.now(dt.UTC)), _stamp(started_at)
        its = sa.and_(RUNS.c.pid == pid, RUNS.c.started_at >= since)
        try:
            engine = self._engine()
            _META.create_all(engine)
            with engine.begin() as con:
                left = sa.and_(its, RUNS.c.status == "running")
                con.execute(RUNS.update().where(left, RUNS.c.run_id == published).values(status="done", finished_at=now))
                con.execute(RUNS.update().where(left).values(status="broken", finished_at=now, error=error[:2000]))
                if not con.execute(sa.select(RUNS.c.run_id).where(its, RUNS.c.status != "done").limit(1)).first():
                    run_id = f"{started_at:%Y%m%dT%H%M%S}-{job}-{secrets.token_hex(2)}"
                    con.execute(
                        RUNS.insert().values(
                            run_id=run_id, job=job, started_at=since, finished_at=now, status="failed", error=error[:2000], pid=pid
                        )
                    )
            self.path.chmod(0o600)
        except sa.exc.DBAPIError as exc:
            raise OutputError(f"{self.path}: cannot write ({exc.orig}); free space or correct the permissions") from exc

    def of_process(self, pid: int, since: dt.datetime) -> list[dict[str, Any]]:
        """The runs of one process since a time, the newest first, as `rows`. Raises as `rows`."""
        return self._rows(sa.and_(RUNS.c.pid == pid, RUNS.c.started_at >= _stamp(since))) if self.path.exists() else []

    def unpublished(self) -> set[str]:
        """Ids of the runs that failed, or whose process died: what they left is of no use.

        Raises:
            DamagedFile: The ledger cannot be read.
        """
        return {str(row["run_id"]) for row in self.rows() if row["status"] in ("failed", "broken")}

    def _rows(self, wanted: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        with self._reading(), self._engine().connect() as con:
            if not sa.inspect(con).has_table(RUNS.name):
                return []  # the app was used before anything was run
            found = con.execute(sa.select(*(RUNS.c[name] for name in COLUMNS)).where(wanted).order_by(RUNS.c.run_id.desc()))
            return [dict(row._mapping) for row in found]

    def _open(self, run: Run, job: str, now: dt.datetime, published: str | None) -> None:
        engine = self._engine()
        _META.create_all(engine)
        with engine.begin() as con:
            con.execute(
                RUNS.update().where(RUNS.c.status == "running", RUNS.c.run_id == published).values(status="done", finished_at=_stamp(now))
            )
            con.execute(
                RUNS.update().where(RUNS.c.status == "running").values(status="broken", error="the process ended before the run did")
            )
            con.execute(RUNS.insert().values(run_id=run.run_id, job=job, started_at=_stamp(now), status="running", pid=os.getpid()))
        self.path.chmod(0o600)

    def _close(self, run: Run, status: str, error: str | None) -> None:
        values = {
            "status": status,
            "finished_at": _stamp(dt.datetime.now(dt.UTC)),
            "error": error,
            "n_scored": run.n_scored,
            "n_high": run.n_high,
            "model_id": run.model_id,
            "as_of": _stamp(run.as_of) if run.as_of else None,
        }
        try:
            with self._engine().begin() as con:
                con.execute(RUNS.update().where(RUNS.c.run_id == run.run_id).values(**values))
        except sa.exc.DBAPIError as exc:
            if status == "done":
                raise OutputError(f"{self.path}: cannot write ({exc.orig}); free space, then run the command again") from exc

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DatabaseError, ValueError) as exc:
            said = getattr(exc, "orig", None) or exc
            raise DamagedFile(f"{self.path}: cannot be read ({said}); restore it from the backup, or move it away to begin anew") from exc

    def _engine(self) -> sa.Engine:
        return sa.create_engine(f"sqlite:///{self.path}", poolclass=sa.pool.NullPool)


def has_runs(folder: Path) -> bool:
    """Whether the results of a run are kept in the folder of the runs."""
    return any(report.parent.suffix not in (".part", ".work") for report in folder.glob("*/report.json"))


def _stamp(moment: dt.datetime) -> str:
    """An instant as the tables print it: ISO 8601 with the offset of Beijing."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
