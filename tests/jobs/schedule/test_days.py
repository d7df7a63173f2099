"""Days go by under a schedule: files come, some days go wrong, and each day's results are those of one run over all that has come."""

import contextlib
import csv
import datetime as dt
import io
import json
import os
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
import time_machine
from prometheus_client.parser import text_string_to_metric_families

from sandan.algorithms.results.results import current_run, open_results
from sandan.jobs.cli import main
from sandan.jobs.schedule.answers import answering
from sandan.jobs.schedule.child import Child, Ended, ended
from sandan.jobs.schedule.scheduler import Scheduler
from sandan.record.catalog.tables import CATALOG
from sandan.record.home import HomePaths
from sandan.record.runs import RunLedger
from sandan.record.settings import load_settings
from sandan.record.values.moment import BEIJING, parse_time
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

START = dt.datetime(2025, 3, 1, 5, 30, tzinfo=BEIJING)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def sandan(home: Path, *words: str | Path) -> tuple[int, str]:
    """The command line, within this process, whose clock the test moves: exit code, and what it wrote on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"SANDAN_HOME": str(home)}),
        mock.patch.object(sys, "argv", ["sandan", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended_with,
    ):
        main()
    return int(ended_with.value.code or 0), err.getvalue()


class Days:
    """A schedule whose clock the test moves from night to night; jobs run within this process unless one is to be killed."""

    def __init__(self, home: Path, clock: time_machine.Traveller) -> None:
        self.home, self.clock = home, clock
        self.ends: list[Ended] = []
        self.kill_after_s = 0.0
        self.scheduler = Scheduler(load_settings(home), self.launch)
        self.scheduler.start()

    def launch(self, _name: str, words: list[str]) -> Ended:
        if self.kill_after_s:
            found = self.killed(words)
        else:
            code, said = sandan(self.home, *words)
            found = ended(words[0], code, said, os.getpid(), stopped=False)
        self.ends.append(found)
        return found

    def killed(self, words: list[str]) -> Ended:
        child = Child(self.home, lambda _: None, 5)

        def kill() -> None:
            time.sleep(self.kill_after_s)
            assert child._process is not None
            os.kill(child._process.pid, signal.SIGKILL)

        threading.Thread(target=kill, daemon=True).start()
        return child.run(words)

    def night(self, moment: dt.datetime) -> Ended:
        """Move the clock and wait for the job's end."""
        before = len(self.ends)
        self.clock.move_to(moment)
        self.scheduler.beat()
        for _ in range(60_000):
            row = self.scheduler._rows["daily"]
            if len(self.ends) > before and row.ended and row.next_at and row.next_at > moment:
                threading.Event().wait(0.1)
                return self.ends[-1]
            threading.Event().wait(0.01)
        raise AssertionError("no job ended")


def alerts(home: Path) -> pa.Table:
    table = open_results(HomePaths(home)).table("alerts")
    return table.drop_columns([name for name in ("run_id",) if name in table.column_names]).sort_by("consignment_id")


def settings_of(home: Path, inbox: Path, **more: Any) -> None:
    lines = [f"[inbox]\nfolders = [{json.dumps(str(inbox))}]\nsettle_s = 0\n[learn]\nevery_days = 0\n[schedule]"]
    home.mkdir(exist_ok=True)
    (home / "sandan.toml").write_text("\n".join([*lines, *(f"{name} = {value}" for name, value in more.items())]) + "\n")


def test_a_night_that_fails_leaves_the_former_results_and_the_next_one_doubles_nothing(without_outcomes: Path, tmp_path: Path) -> None:
    home, inbox = without_outcomes, tmp_path / "inbox"
    first, served = current_run(HomePaths(home)), alerts(home)
    settings_of(home, inbox)
    with time_machine.travel(dt.datetime.now(BEIJING).replace(hour=20) + DAY, tick=False) as clock:
        start = dt.datetime.now(BEIJING).replace(hour=5, minute=30, second=0, microsecond=0)
        days = Days(home, clock)
        try:
            assert days.night(start + DAY).state == "failed"
            assert current_run(HomePaths(home)) == first and alerts(home).equals(served)
            (failed, _) = RunLedger(HomePaths(home)).rows()
            assert (failed["job"], failed["status"]) == ("run", "failed") and "no such folder" in failed["error"]
            shutil.copytree(home.parent / "world", inbox)  # everything a second time
            (inbox / "cut.xml").write_text("<CEB311Message><Order>")
            assert days.night(start + 2 * DAY).state == "refused"
            row = days.scheduler._rows["daily"]
            assert row.succeeded_at == start + 2 * DAY and "1 of" in row.detail
            again = current_run(HomePaths(home))
            assert again != first and alerts(home).equals(served)
            with answering(days.scheduler.monitor, 0, days.scheduler.is_alive) as port:
                days.scheduler.beat()
                figures, health = _asked(port, "/metrics"), json.loads(_asked(port, "/healthz"))
                with pytest.raises(urllib.error.HTTPError, match="404"):
                    _asked(port, "/")
                assert f"sandan_run_n_scored {float(served.num_rows)}" in figures
                assert 'sandan_job_ends_total{job="daily",state="refused"} 1.0' in figures
                assert 'sandan_records_total{list="orders",state="duplicate"}' in figures
                assert 'sandan_source_lag_seconds{list="orders"}' in figures
                read = {s.name: s.value for family in text_string_to_metric_families(figures) for s in family.samples}
                assert read["sandan_job_last_success_timestamp_seconds"] == row.succeeded_at.timestamp()
                assert health["run"] == again and health["jobs"]["daily"]["ended"] == "refused" and health["silent"] == {}
        finally:
            days.scheduler.stop()
        with answering(days.scheduler.monitor, 0, days.scheduler.is_alive) as port, pytest.raises(urllib.error.HTTPError, match="503"):
            _asked(port, "/healthz")


def _asked(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return str(answer.read().decode())


def arrived(world: Path, after: dt.datetime, until: dt.datetime, folder: Path) -> Path | None:
    """Files with what was sent of a world between two moments: messages of that day, rows of tables by their own time; None for none."""
    if (messages := world / "messages" / f"{after:%Y-%m-%d}").exists():
        shutil.copytree(messages, folder)
    for path in sorted((world / "tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            known_by = CATALOG[path.stem].known_by
            rows = [row for row in reader if not row.get(known_by) or parse_time(row[known_by]) <= until]
            names = list(reader.fieldnames or ())
        new = rows if after == START else [row for row in rows if row.get(known_by) and parse_time(row[known_by]) > after]
        if new:
            folder.mkdir(exist_ok=True)
            with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(new)
    return folder if folder.exists() else None


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_thirty_days(tmp_path: Path) -> None:
    """A month of files, three jobs killed, the clock a month ahead and back: each looked-at day is as one run over all that has come."""
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    inbox.mkdir()
    made = write_world(tmp_path / "world", world_params("small", n_orders=80, seed=5, days=30)).folder
    settings_of(home, inbox)
    killed = {8: 2.0, 15: 6.0, 22: 12.0}
    with time_machine.travel(START, tick=False) as clock:
        days = Days(home, clock)
        try:
            for day in range(1, 31):
                at = START + day * DAY
                new = arrived(made, at - DAY, at, inbox / str(day))
                if not new:
                    clock.move_to(at)
                    continue
                shutil.copytree(new, tmp_path / "received" / str(day))
                if day in killed:
                    days.kill_after_s = killed[day]
                    assert days.night(at).state in ("failed", "done")  # a quick machine may have been done
                    days.kill_after_s = 0.0
                    days.scheduler._reschedule("daily", at + HOUR)
                    assert days.night(at + HOUR).state == "done"
                else:
                    assert days.night(at).state == "done", days.ends[-1]
                if day == 18:
                    assert days.night(at + 31 * DAY).state == "done"  # one run for all it believes it missed
                    clock.move_to(at)
                    days.scheduler.beat()
                if day in (10, 18, 23, 30):
                    other = tmp_path / f"single-{day}"
                    other.mkdir()
                    shutil.copy(home / "secret.key", other / "secret.key")
                    assert sandan(other, "ingest", tmp_path / "received")[0] == 0
                    assert sandan(other, "score")[0] == 0
                    assert alerts(home).equals(alerts(other)), day
        finally:
            days.scheduler.stop()
    states = [row["status"] for row in RunLedger(HomePaths(home)).rows()]
    assert "running" not in states and states.count("failed") + states.count("broken") <= 2 * len(killed)
