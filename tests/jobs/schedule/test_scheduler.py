"""Jobs at their times, with a clock that the tests move."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from apscheduler.events import EVENT_JOB_EXECUTED

from sandan.jobs.schedule.child import Ended, words_of
from sandan.jobs.schedule.scheduler import Scheduler, keep_times, trigger_of
from sandan.record.app.database import AppDatabase
from sandan.record.app.services import open_services
from sandan.record.errors import BusyError, ConfigError, StoreUnavailable
from sandan.record.home import HomePaths
from sandan.record.processes.lock import schedule_lock
from sandan.record.runs import RunLedger
from sandan.record.settings import JobSettings, ScheduleSettings, Settings
from sandan.record.values.moment import BEIJING

NOON = dt.datetime(2025, 4, 1, 12, 0, tzinfo=BEIJING)
DAY = dt.timedelta(days=1)


class Jobs:
    """Stands for the processes of jobs: ends each as it is told, and can be waited for."""

    def __init__(self) -> None:
        self.began: list[dt.datetime] = []
        self.ends: list[Ended] = []
        self.hold: threading.Event | None = None
        self.n_ended = 0

    def launch(self, _name: str, _words: list[str]) -> Ended:
        self.began.append(dt.datetime.now(BEIJING))
        if self.hold:
            assert self.hold.wait(20)
        return self.ends.pop(0) if self.ends else Ended("done", 0)


class Kept:
    """A scheduler under a clock that stands until it is moved."""

    def __init__(self, settings: Settings, clock: time_machine.Traveller, jobs: Jobs) -> None:
        self.scheduler, self.clock, self.jobs = Scheduler(settings, jobs.launch), clock, jobs
        # The library's word, not the job's own: only when it has given it may the job run again.
        self.scheduler._apscheduler.add_listener(lambda _: self._ended(), EVENT_JOB_EXECUTED)
        self.scheduler.start()

    def _ended(self) -> None:
        self.jobs.n_ended += 1

    def at(self, moment: dt.datetime, ends: int) -> None:
        """Move the clock, and wait until so many jobs have ended in all; none more may begin."""
        self.clock.move_to(moment)
        self.scheduler.beat()
        wait_until(lambda: self.jobs.n_ended >= ends and self.idle())
        assert len(self.jobs.began) == ends

    def idle(self) -> bool:
        row = self.scheduler._rows["daily"]
        return row.next_at is not None and row.next_at > dt.datetime.now(dt.UTC)


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it did not come true in ten seconds")


def of(home: Path, **jobs: str) -> Settings:
    made = {name: JobSettings(command="run", cron=cron) for name, cron in (jobs or {"daily": "0 2 * * *"}).items()}
    return Settings(home=home, schedule=ScheduleSettings(jobs=made))


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def keep(tmp_path: Path, clock: time_machine.Traveller, jobs: Jobs) -> Iterator[Callable[..., Kept]]:
    made: list[Kept] = []

    def make(**cron: str) -> Kept:
        made.append(Kept(of(tmp_path / "home", **cron), clock, jobs))
        return made[-1]

    yield make
    for kept in made:
        if jobs.hold:
            jobs.hold.set()
        kept.scheduler.stop()


def test_it_runs_once_a_day_in_beijing_time_and_not_when_it_is_started(keep: Callable[..., Kept], jobs: Jobs) -> None:
    kept = keep()
    assert jobs.began == []
    for day in range(1, 31):
        at = NOON.replace(hour=2) + day * DAY
        kept.at(at - dt.timedelta(seconds=2), day - 1)
        kept.at(at + dt.timedelta(seconds=1), day)
    assert [began.date().day for began in jobs.began] == [*range(2, 31), 1]
    assert all(began.hour == 2 for began in jobs.began)


def test_after_an_absence_it_catches_up_once(keep: Callable[..., Kept], clock: time_machine.Traveller, jobs: Jobs) -> None:
    kept = keep()
    kept.at(NOON + DAY, 1)
    kept.scheduler.stop()
    clock.move_to(NOON + 9 * DAY)
    again = keep()
    again.at(NOON + 9 * DAY, 2)
    again.at(NOON + 10 * DAY, 3)


def test_what_was_cut_off_runs_again_at_the_next_start(keep: Callable[..., Kept], tmp_path: Path, jobs: Jobs) -> None:
    settings = of(tmp_path / "home")
    table = open_services(settings).timetable
    kept = keep()
    kept.at(NOON + DAY, 1)
    kept.scheduler.stop()
    row = table.jobs()["daily"]
    assert (row.ended, row.succeeded_at, row.is_cut_off) == ("done", NOON + DAY, False)
    row.ended_at, row.ended = None, ""  # as a schedule leaves it that was killed
    table.keep(row)
    keep()
    wait_until(lambda: len(jobs.began) == 2)


@pytest.mark.parametrize("jump", [dt.timedelta(days=400), dt.timedelta(days=3)])
def test_a_clock_that_was_ahead_and_set_back_leaves_no_day_out(keep: Callable[..., Kept], jobs: Jobs, jump: dt.timedelta) -> None:
    kept = keep()
    kept.at(NOON + DAY, 1)
    kept.at(NOON + jump, 2)  # one run for all the days that it believes it missed
    kept.at(NOON + DAY, 2)
    kept.at(NOON + 2 * DAY, 3)
    kept.at(NOON + 3 * DAY, 4)


def test_a_small_step_back_runs_nothing_twice(keep: Callable[..., Kept], jobs: Jobs) -> None:
    kept = keep()
    two = NOON.replace(hour=2) + DAY
    kept.at(two, 1)
    kept.at(two - dt.timedelta(seconds=3), 1)
    kept.at(two + dt.timedelta(seconds=1), 1)
    kept.at(two + DAY, 2)


def test_one_that_is_due_again_while_it_runs_does_not_run_twice_at_once(keep: Callable[..., Kept], clock: Any, jobs: Jobs) -> None:
    jobs.hold = threading.Event()
    kept = keep(daily="*/10 * * * *")
    for minutes in (10, 20, 30):
        clock.move_to(NOON + dt.timedelta(minutes=minutes))
        kept.scheduler.beat()
        wait_until(kept.idle)
        wait_until(lambda: len(jobs.began) == 1)
    jobs.hold.set()
    wait_until(lambda: jobs.n_ended == 1)
    kept.at(NOON + dt.timedelta(minutes=40), 2)


def test_another_run_is_no_failure_and_is_waited_for(keep: Callable[..., Kept], tmp_path: Path, jobs: Jobs) -> None:
    jobs.ends = [Ended("busy", 75, "another run holds the lock", is_passing=True)] * 2
    kept = keep()
    two = NOON.replace(hour=2) + DAY
    for n, minutes in enumerate((0, 5, 10), 1):
        kept.at(two + dt.timedelta(minutes=minutes), n)
    assert kept.scheduler.monitor._ends == {("daily", "busy"): 2, ("daily", "done"): 1}
    assert RunLedger(HomePaths(tmp_path / "home")).rows() == []
    kept.at(two + dt.timedelta(minutes=20), 3)
    kept.at(two + DAY, 4)


def test_a_store_that_is_away_is_tried_ever_later_and_each_failure_is_in_the_ledger(
    keep: Callable[..., Kept], tmp_path: Path, jobs: Jobs
) -> None:
    jobs.ends = [Ended("failed", 69, "the store does not answer", is_passing=True)] * 3
    kept = keep()
    two = NOON.replace(hour=2) + DAY
    for n, minutes in enumerate((0, 5, 15, 35), 1):
        kept.at(two + dt.timedelta(minutes=minutes), n)
    rows = RunLedger(HomePaths(tmp_path / "home")).rows()
    assert [(row["job"], row["status"], row["error"]) for row in rows] == [("run", "failed", "the store does not answer")] * 3


def test_a_failure_that_does_not_pass_waits_for_its_next_time(keep: Callable[..., Kept], tmp_path: Path, jobs: Jobs) -> None:
    jobs.ends = [Ended("failed", 78, "no such folder")]
    kept = keep()
    two = NOON.replace(hour=2) + DAY
    kept.at(two, 1)
    kept.at(two + dt.timedelta(hours=12), 1)
    kept.at(two + DAY, 2)
    table = open_services(of(tmp_path / "home")).timetable.jobs()
    assert table["daily"].ended == "done" and table["daily"].succeeded_at == two + DAY


def test_while_the_database_is_away_jobs_run_and_the_timetable_is_kept_afterwards(
    keep: Callable[..., Kept], tmp_path: Path, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep()
    with monkeypatch.context() as away:

        def refuse(_self: AppDatabase) -> None:
            raise StoreUnavailable("the database does not answer")

        away.setattr(AppDatabase, "writing", refuse)
        kept.at(NOON + DAY, 1)
        kept.at(NOON + 2 * DAY, 2)
    kept.at(NOON + 2 * DAY + dt.timedelta(minutes=1), 2)
    row = open_services(of(tmp_path / "home")).timetable.jobs()["daily"]
    assert (row.ended, row.succeeded_at) == ("done", NOON + 2 * DAY)
    assert row.next_at == NOON.replace(hour=2) + 3 * DAY


def test_another_time_in_the_settings_holds_from_the_next_start_and_a_job_that_is_gone_has_none(
    keep: Callable[..., Kept], tmp_path: Path, clock: Any
) -> None:
    keep().scheduler.stop()
    keep(evening="0 20 * * *").scheduler.stop()
    kept = open_services(of(tmp_path / "home")).timetable.jobs()
    assert kept["daily"].next_at is None and kept["evening"].next_at == NOON.replace(hour=20)
    keep(evening="30 21 * * mon-fri").scheduler.stop()
    assert open_services(of(tmp_path / "home")).timetable.jobs()["evening"].next_at == NOON.replace(hour=21, minute=30)


def test_a_second_schedule_is_refused(tmp_path: Path) -> None:
    settings = of(tmp_path / "home")
    with schedule_lock(HomePaths(settings.home)), pytest.raises(BusyError, match="another run holds the lock"):
        keep_times(settings)


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("* * * *", "4 fields"),
        ("0 2 * * 0", "days of the week as names"),
        ("61 2 * * *", "61"),
        ("0 2 31 2 *", "never comes"),
        ("0 2 * * funday", "names"),
    ],
)
def test_a_time_that_cannot_be_kept_is_said(cron: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        trigger_of("daily", cron)


def test_sunday_is_sunday() -> None:
    found = trigger_of("weekly", "0 2 * * SUN").get_next_fire_time(None, NOON)
    assert found is not None and found.weekday() == 6


@pytest.mark.parametrize("command", ["", "erase li", "schedule", "dashboard", "rm -rf /", "run 'open"])
def test_a_command_that_no_schedule_may_call_is_said(command: str) -> None:
    with pytest.raises(ConfigError, match="schedule"):
        words_of("daily", JobSettings(command=command, cron="0 2 * * *"))
