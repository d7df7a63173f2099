"""The timetable of the schedule: when each job is next due, and how it last ended. It outlives the process that keeps it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sandan.record.app.database import AppDatabase, moment, stamp
from sandan.record.app.tables import SCHEDULED

LONGEST_DETAIL = 2000


@dataclass(slots=True)
class ScheduledJob:
    """One job of the schedule.

    Attributes:
        name: Its name in the settings.
        command: What follows `sandan`.
        cron: When, as five fields in Beijing time.
        next_at: When it is due next; None where the settings do not name it any more.
        started_at: When it began last.
        ended_at: When it ended; None while it runs, or where it was cut off.
        ended: How: `done`, `refused` (done, but files could not be used), `busy`, `stopped`, `failed`; empty for none yet.
        succeeded_at: When it was last `done` or `refused`.
        detail: What it said of its end.
    """

    name: str
    command: str
    cron: str
    next_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    ended: str = ""
    succeeded_at: dt.datetime | None = None
    detail: str = ""

    @property
    def is_cut_off(self) -> bool:
        """Whether it began and did not come to an end of its own."""
        return self.started_at is not None and (self.ended_at is None or self.ended == "stopped")


class Timetable:
    """The timetable of one app database."""

    def __init__(self, database: AppDatabase) -> None:
        self._database = database

    def jobs(self) -> dict[str, ScheduledJob]:
        """All jobs by name, also those that the settings do not name any more. Raises as `AppDatabase.reading`."""
        with self._database.reading() as con:
            found = con.execute(sa.select(SCHEDULED).order_by(SCHEDULED.c.name)).all()
        return {
            row.name: ScheduledJob(
                row.name, row.command, row.cron, _moment(row.next_at), _moment(row.started_at), _moment(row.ended_at), row.ended or "",
                _moment(row.succeeded_at), row.detail,
            )
            for row in found
        }  # fmt: skip

    def keep(self, job: ScheduledJob) -> None:
        """Write a job down as it is now. Raises as `AppDatabase.writing`."""
        values = {
            "command": job.command,
            "cron": job.cron,
            "next_at": _stamp(job.next_at),
            "started_at": _stamp(job.started_at),
            "ended_at": _stamp(job.ended_at),
            "ended": job.ended or None,
            "succeeded_at": _stamp(job.succeeded_at),
            "detail": job.detail[:LONGEST_DETAIL],
        }
        with self._database.writing() as con:
            if not con.execute(SCHEDULED.update().where(SCHEDULED.c.name == job.name).values(**values)).rowcount:
                con.execute(SCHEDULED.insert().values(name=job.name, **values))


def _moment(text: str | None) -> dt.datetime | None:
    return moment(text) if text else None


def _stamp(time: dt.datetime | None) -> str | None:
    return stamp(time) if time else None
