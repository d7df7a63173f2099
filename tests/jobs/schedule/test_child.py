"""A job is a process of its own, whose end the schedule understands, and which does not outlive it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.jobs.schedule.child import Child, ended
from sandan.record.app.services import open_services
from sandan.record.app.timetable import ScheduledJob
from sandan.record.home import HomePaths
from sandan.record.processes.lock import home_lock
from sandan.record.runs import RunLedger
from sandan.record.settings import load_settings
from sandan.record.values.moment import parse_time

PROGRAM = Path(sys.executable).parent / "sandan"


@pytest.fixture
def waiting_home(tmp_path: Path) -> Path:
    """A home whose `run` waits ten minutes for a file that is still written, and whose job was due long ago."""
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    home.mkdir()
    inbox.mkdir()
    (inbox / "companies.csv").write_text("code,name,role,registered_on\n")
    write_settings(home, settle_s=600)
    table = open_services(load_settings(home)).timetable
    job = load_settings(home).schedule.jobs["daily"]

    table.keep(ScheduledJob("daily", job.command, job.cron, next_at=parse_time("20250401020000")))
    return home


def write_settings(home: Path, settle_s: float, stop_s: float = 30) -> None:
    (home / "sandan.toml").write_text(
        f"[inbox]\nfolders = [{json.dumps(str(home.parent / 'inbox'))}]\nsettle_s = {settle_s}\n[schedule]\nstop_s = {stop_s}\n"
    )


def wait_until(true: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")


class Schedule:
    """`sandan schedule` in a process, with what it logged so far."""

    def __init__(self, home: Path) -> None:
        self.lines: list[dict[str, object]] = []
        self.process = subprocess.Popen(
            [PROGRAM, "schedule"],
            env={**os.environ, "SANDAN_HOME": str(home)},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))

    def events(self) -> list[object]:
        return [line["event"] for line in self.lines]

    def said(self, word: str) -> bool:
        return any(word in str(line.get("line", "")) for line in self.lines)

    def end(self) -> int:
        code = self.process.wait(60)
        self._reader.join(10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in task.read_text().split()]
    return found


def test_an_end_is_understood() -> None:
    assert ended("run", 0, "", 1, stopped=False).state == "done"
    assert ended("run", 65, "1 of 3 files", 1, stopped=False).state == "refused"
    assert ended("score", 65, "", 1, stopped=False).state == "failed"
    busy, away = ended("run", 75, "", 1, stopped=False), ended("run", 69, "", 1, stopped=False)
    assert (busy.state, busy.is_passing, away.state, away.is_passing) == ("busy", True, "failed", True)
    assert ended("run", 130, "", 1, stopped=True).state == "stopped" and ended("run", 130, "", 1, stopped=False).state == "failed"
    killed = ended("run", -9, "scoring", 1, stopped=False)
    assert killed.state == "failed" and killed.said == "killed by signal 9 (SIGKILL); it said last: scoring"


def test_its_words_are_heard_and_its_exit_code_is_kept(tmp_path: Path) -> None:
    heard: list[str] = []
    home = tmp_path / "home"
    with home_lock(HomePaths(home)):
        found = Child(home, heard.append, 5).run(["score"])
    assert (found.state, found.code) == ("busy", 75) and found.pid > 0
    assert heard == [found.said] and "another run holds the lock" in found.said


def test_a_schedule_that_is_told_to_stop_interrupts_its_job_and_runs_it_at_the_next_start(waiting_home: Path) -> None:
    schedule = Schedule(waiting_home)
    wait_until(lambda: schedule.said("waiting 600 s"))
    second = subprocess.run(
        [PROGRAM, "schedule"], env={**os.environ, "SANDAN_HOME": str(waiting_home)}, capture_output=True, text=True, timeout=120
    )
    assert second.returncode == 75 and "another run holds the lock" in second.stderr
    (job,) = children(schedule.process.pid)
    schedule.process.send_signal(signal.SIGTERM)
    assert schedule.end() == 0
    assert not Path(f"/proc/{job}").exists()
    assert schedule.events()[-1] == "schedule ended"
    assert next(line for line in schedule.lines if line["event"] == "job ended")["state"] == "stopped"
    row = open_services(load_settings(waiting_home)).timetable.jobs()["daily"]
    assert row.ended == "stopped" and row.is_cut_off
    assert RunLedger(HomePaths(waiting_home)).rows() == []  # it had not begun to score


def test_a_schedule_that_is_killed_takes_its_job_along_and_the_next_one_runs_it_and_notes_its_failure(waiting_home: Path) -> None:
    schedule = Schedule(waiting_home)
    wait_until(lambda: schedule.said("waiting 600 s"))
    (job,) = children(schedule.process.pid)
    schedule.process.kill()
    schedule.end()
    wait_until(lambda: not Path(f"/proc/{job}").exists(), 20)
    write_settings(waiting_home, settle_s=0)
    (waiting_home.parent / "inbox" / "companies.csv").unlink()
    again = Schedule(waiting_home)
    wait_until(lambda: "job failed" in again.events())
    again.process.send_signal(signal.SIGINT)
    assert again.end() == 0
    (failed,) = [line for line in again.lines if line["event"] == "job failed"]
    assert failed["code"] == 65 and "nothing to do" in str(failed["reason"]) and failed["level"] == "error"
    (row,) = RunLedger(HomePaths(waiting_home)).rows()
    assert (row["job"], row["status"]) == ("run", "failed") and "nothing to do" in row["error"]
    listed = subprocess.run(
        [PROGRAM, "schedule", "--list", "--format", "json"], env={**os.environ, "SANDAN_HOME": str(waiting_home)}, capture_output=True,
        text=True, timeout=120, check=True,
    )  # fmt: skip
    (said,) = json.loads(listed.stdout)
    assert (said["job"], said["ended"], said["cron"]) == ("daily", "failed", "30 5 * * *")
