"""Runs jobs at their times: catches up after an absence, never two at once, corrects itself when the clock jumps, stops on a signal."""

import datetime as dt
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from sandan.algorithms.results.results import readable_run
from sandan.jobs.schedule.answers import answering
from sandan.jobs.schedule.child import Child, Ended, words_of
from sandan.jobs.schedule.monitor import Monitor
from sandan.record.app.services import open_services
from sandan.record.app.timetable import ScheduledJob
from sandan.record.errors import ConfigError, SandanError
from sandan.record.home import HomePaths
from sandan.record.processes.lock import schedule_lock
from sandan.record.runs import RunLedger
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

BEAT_S = 20.0  # how often it looks at the clock, the lists and the timetable
_LATE_BEATS = 6
_LONGEST_RETRY = dt.timedelta(hours=1)
# Numbers of days of the week mean Sunday first in cron and Monday first in the library.
_DAY_NAMES = re.compile(r"(\*(/\d+)?|[a-z]{3}(-[a-z]{3})?(,[a-z]{3}(-[a-z]{3})?)*)")

Launch = Callable[[str, list[str]], Ended]


class Scheduler:
    """The jobs of one home at their times, in this process's background.

    Args:
        settings: The home and its jobs.
        launch: Runs the words of the job of a name to its end, in a thread of the scheduler.

    Raises:
        ConfigError: A job of the settings cannot be used.
        SandanError: The app database cannot be used; as `open_app_database`.
    """

    def __init__(self, settings: Settings, launch: Launch) -> None:
        self._settings, self._launch = settings, launch
        self._log: Any = structlog.get_logger("sandan.schedule")
        self._triggers = {name: trigger_of(name, job.cron) for name, job in settings.schedule.jobs.items()}
        self._words = {name: words_of(name, job) for name, job in settings.schedule.jobs.items()}
        self._table = open_services(settings).timetable
        self._rows = self._due_rows()
        self._unkept: set[str] = set(self._rows)
        self._retries: dict[str, int] = {}
        self._lock = threading.RLock()
        self._beaten = time.monotonic()
        self.monitor = Monitor(HomePaths(settings.home))
        # One worker: jobs of one home would only find each other's lock.
        self._apscheduler = BackgroundScheduler(
            timezone=BEIJING,
            jobstores={"default": _Kept(self._moved)},
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin; what came due while nobody kept the times, or was cut off, runs at once, and once."""
        for name, trigger in self._triggers.items():
            row = self._rows[name]
            self._apscheduler.add_job(self._run, trigger, args=[name], id=name, name=name, next_run_time=row.next_at)
        self.beat()
        self._apscheduler.start()
        for name in self._triggers:
            row = self._rows[name]
            self._log.info("job scheduled", job=name, command=row.command, cron=row.cron, next_at=row.next_at and _iso(row.next_at))

    def beat(self) -> None:
        """Look at clock, lists and timetable: correct what a jump of the clock left, tell what fell silent, keep what was not kept."""
        now = dt.datetime.now(dt.UTC)
        self._correct(now)
        for name in sorted(self._unkept):
            self._keep(name)
        self.monitor.jobs_are({name: self._rows[name] for name in self._triggers})
        try:
            fallen, back = self.monitor.look(now)
        except SandanError as exc:
            self._log.warning("lists not looked at", reason=str(exc))
        else:
            for spacing in fallen:
                self._log.error("source silent", list=spacing.list_name, last_at=_iso(spacing.last_at), reason=spacing.reason(now))
            for spacing in back:
                self._log.info("source back", list=spacing.list_name, last_at=_iso(spacing.last_at))
        self._beaten = time.monotonic()
        if self._apscheduler.running:
            self._apscheduler.wakeup()

    def is_alive(self) -> bool:
        """Whether it keeps the times: it runs, and looked at the clock not long ago."""
        return bool(self._apscheduler.running) and time.monotonic() - self._beaten < _LATE_BEATS * BEAT_S

    def stop(self) -> None:
        """Begin no job any more and wait for the one that runs; whoever launches it must have told it to stop."""
        if self._apscheduler.running:
            self._apscheduler.shutdown(wait=True)
        for name in sorted(self._unkept):
            self._keep(name)

    def _due_rows(self) -> dict[str, ScheduledJob]:
        """The timetable for the jobs of the settings; rows of others lose their time."""
        now, kept, rows = dt.datetime.now(dt.UTC), self._table.jobs(), {}
        for name, job in self._settings.schedule.jobs.items():
            row = kept.get(name) or ScheduledJob(name, job.command, job.cron)
            if row.is_cut_off:
                row.next_at = now
            elif row.next_at is None or row.cron != job.cron:
                row.next_at = self._triggers[name].get_next_fire_time(None, now)
            row.command, row.cron = job.command, job.cron
            rows[name] = row
        for name in kept.keys() - rows.keys():
            kept[name].next_at = None
            self._table.keep(kept[name])
        return rows

    def _correct(self, now: dt.datetime) -> None:
        """Bring a job back that waits for a time far ahead, because the clock was ahead when it ran."""
        for name, trigger in self._triggers.items():
            waiting, first = self._next(name), trigger.get_next_fire_time(None, now + dt.timedelta(seconds=1))
            second = trigger.get_next_fire_time(first, first) if first else None
            # A clock that is set back by less than a period makes no job run twice.
            if waiting and first and second and waiting > second:
                self._log.warning("clock was set back", job=name, waited_for=_iso(waiting), next_at=_iso(first))
                self._reschedule(name, first)

    def _run(self, name: str) -> None:
        """Run one job to its end; called by the library in its worker's thread."""
        row, paths = self._rows[name], HomePaths(self._settings.home)
        began, clock = dt.datetime.now(dt.UTC), time.monotonic()
        with self._lock:
            row.started_at, row.ended_at, row.ended, row.detail = began, None, "", ""
        self._keep(name)
        self._log.info("job began", job=name, command=row.command)
        try:
            ended = self._launch(name, self._words[name])
        except Exception as exc:  # no process could be made: no memory, too many of them
            ended = Ended("failed", 70, f"{type(exc).__name__}: {exc}")
        duration = time.monotonic() - clock
        ended, runs = self._in_ledger(name, ended, began, paths)
        with self._lock:
            row.ended_at, row.ended, row.detail = dt.datetime.now(dt.UTC), ended.state, ended.said
            if ended.state in ("done", "refused"):
                row.succeeded_at = row.ended_at
        self._keep(name)
        self.monitor.ended(name, ended.state, duration)
        told = {"job": name, "state": ended.state, "code": ended.code, "duration_s": round(duration, 3), **runs}
        if ended.state == "failed":
            self._log.error("job failed", **told, reason=ended.said)
        else:
            self._log.info("job ended", **told, **({"reason": ended.said} if ended.state != "done" else {}))
        self._again(name, ended)

    def _again(self, name: str, ended: Ended) -> None:
        """Let a job that something passing hindered run again in a while, a failing one ever later, and never after its next time."""
        if not ended.is_passing:
            self._retries.pop(name, None)
            return
        n = self._retries[name] = self._retries.get(name, -1) + (ended.state == "failed" or name not in self._retries)
        wait = min(dt.timedelta(minutes=self._settings.schedule.retry_minutes) * 2 ** min(n, 20), _LONGEST_RETRY)
        at = dt.datetime.now(dt.UTC) + wait
        waiting = self._next(name)
        if waiting is None or at < waiting:
            self._reschedule(name, at)
            self._log.info("job again", job=name, next_at=_iso(at), reason=ended.said)

    def _in_ledger(self, name: str, ended: Ended, began: dt.datetime, paths: HomePaths) -> tuple[Ended, dict[str, Any]]:
        """See that the run ledger knows of a failure; give the end, and what the ledger says of the job's newest run."""
        ledger, known = RunLedger(paths), ("run_id", "as_of", "n_scored", "n_high", "model_id")
        try:
            found = ledger.of_process(ended.pid, began) if ended.pid else []
            if ended.state == "refused" and not any(row["job"] == "run" and row["status"] == "done" for row in found):
                ended = replace(ended, state="failed")  # the same exit code: nothing was ever received, or a file is damaged
            if ended.state == "failed":
                ledger.note_end(self._words[name][0], ended.pid, began, ended.said or f"exit code {ended.code}", readable_run(paths))
        except SandanError as exc:
            self._log.warning("run ledger not reached", job=name, reason=str(exc))
            return ended, {}
        return ended, {key: found[0][key] for key in known} if found else {}

    def _next(self, name: str) -> dt.datetime | None:
        job = self._apscheduler.get_job(name)
        return job.next_run_time if job else None

    def _reschedule(self, name: str, at: dt.datetime) -> None:
        if self._apscheduler.get_job(name):
            self._apscheduler.modify_job(name, next_run_time=at)

    def _moved(self, name: str, next_at: dt.datetime | None) -> None:
        """A job has another time: keep it."""
        if name in self._rows and self._rows[name].next_at != next_at:
            self._rows[name].next_at = next_at
            self._keep(name)

    def _keep(self, name: str) -> None:
        """Write a job's row; where the database is away, the next beat tries again."""
        with self._lock:
            try:
                self._table.keep(self._rows[name])
                self._unkept.discard(name)
            except SandanError as exc:
                self._unkept.add(name)
                self._log.warning("timetable not kept", job=name, reason=str(exc))


class _Kept(MemoryJobStore):  # type: ignore[misc] # the library ships no types
    """The library's jobs while the process lives. What must outlive it is the time of each, which the timetable keeps as plain columns.

    The library's own store in a database keeps pickled objects: whoever can write to the database could make them run anything.
    """

    def __init__(self, moved: Callable[[str, dt.datetime | None], None]) -> None:
        super().__init__()
        self._moved = moved

    def add_job(self, job: Job) -> None:
        super().add_job(job)
        self._moved(job.id, job.next_run_time)

    def update_job(self, job: Job) -> None:
        super().update_job(job)
        self._moved(job.id, job.next_run_time)


def trigger_of(name: str, cron: str) -> CronTrigger:
    """When five fields of cron are due, in Beijing time.

    Raises:
        ConfigError: They cannot be used.
    """
    fields = cron.lower().split()
    if len(fields) != 5:
        raise ConfigError(f"[schedule] {name}: cron `{cron}` has {len(fields)} fields, not 5: minute, hour, day, month, day of the week")
    if not _DAY_NAMES.fullmatch(fields[4]):
        raise ConfigError(f"[schedule] {name}: cron `{cron}`: write days of the week as names, such as mon-fri or sat,sun")
    try:
        trigger = CronTrigger.from_crontab(" ".join(fields), timezone=BEIJING)
    except ValueError as exc:
        raise ConfigError(f"[schedule] {name}: cron `{cron}`: {exc}") from exc
    now = dt.datetime.now(dt.UTC)
    if trigger.get_next_fire_time(None, now) is None:
        raise ConfigError(f"[schedule] {name}: cron `{cron}` never comes; correct day and month")
    return trigger


def keep_times(settings: Settings, *, beat_s: float = BEAT_S) -> None:
    """Run the jobs of the settings until the process is told to stop (SIGTERM, SIGINT).

    Args:
        settings: The home and its jobs.
        beat_s: Seconds between two looks at the clock.

    Raises:
        BusyError: Another schedule keeps the times of this home.
        ConfigError: A job or the port cannot be used.
    """
    log = structlog.get_logger("sandan.schedule")
    with schedule_lock(HomePaths(settings.home)):
        running = [""]
        child = Child(settings.home, lambda line: log.info("job said", job=running[0], line=line), settings.schedule.stop_s)

        def launch(name: str, words: list[str]) -> Ended:
            running[0] = name
            return child.run(words)

        scheduler, told = Scheduler(settings, launch), threading.Event()
        former = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            if settings.schedule.metrics_port:
                with answering(scheduler.monitor, settings.schedule.metrics_port, scheduler.is_alive):
                    _keep_until(told, scheduler, child, beat_s)
            else:
                _keep_until(told, scheduler, child, beat_s)
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


def _keep_until(told: threading.Event, scheduler: Scheduler, child: Child, beat_s: float) -> None:
    log = structlog.get_logger("sandan.schedule")
    scheduler.start()
    log.info("schedule began")
    try:
        while not told.wait(beat_s):
            scheduler.beat()
    finally:
        log.info("schedule stops")
        child.stop()
        scheduler.stop()
        log.info("schedule ended")


def _iso(time: dt.datetime) -> str:
    return time.isoformat(timespec="seconds")
