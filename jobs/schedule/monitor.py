"""What monitors ask of a schedule, in the form of Prometheus: how its jobs ended, what the newest run found, how each list comes."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sandan.algorithms.results.results import Results, open_results
from sandan.ingest.account import STATES
from sandan.jobs.schedule.silence import Spacing, spacings
from sandan.record.app.timetable import ScheduledJob
from sandan.record.errors import SandanError
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.lake.ledger import head_file
from sandan.record.values.moment import DAY_S


class Monitor(Collector):
    """The state of one schedule as its monitors see it; looked at anew at each beat, never while a monitor waits.

    Args:
        paths: The home.
    """

    def __init__(self, paths: HomePaths) -> None:
        self._paths = paths
        self._lock = threading.Lock()
        self._jobs: dict[str, ScheduledJob] = {}
        self._durations: dict[str, float] = {}
        self._ends: Counter[tuple[str, str]] = Counter()
        self._ledger_seen: tuple[int, int] | None = None
        self._results: Results | None = None
        self._counts: Counter[tuple[str, str]] = Counter()
        self._now = dt.datetime.now(dt.UTC)
        self._silent: set[str] = set()
        self.spacings: dict[str, Spacing] = {}

    def jobs_are(self, jobs: Mapping[str, ScheduledJob]) -> None:
        """Take over the timetable."""
        with self._lock:
            self._jobs = dict(jobs)

    def ended(self, name: str, state: str, duration_s: float) -> None:
        """Count an end of a job."""
        with self._lock:
            self._ends[name, state] += 1
            self._durations[name] = duration_s

    def look(self, now: dt.datetime) -> tuple[list[Spacing], list[Spacing]]:
        """Look at ledger and newest run anew; give the lists that have fallen silent since the last look, and those that came back.

        Raises:
            SandanError: Ledger or run cannot be read; what was seen before stays.
        """
        found, counts = self._ledger()
        try:
            results = open_results(self._paths)
        except SandanError:  # nothing was scored yet, or what is there is damaged, which the jobs say
            results = None
        silent = {name for name, spacing in found.items() if spacing.is_silent(now)}
        with self._lock:
            self.spacings, self._counts, self._results, self._now = found, counts, results, now
            fallen, back = silent - self._silent, self._silent - silent
            self._silent = silent
        return [found[name] for name in sorted(fallen)], [found[name] for name in sorted(back) if name in found]

    def _ledger(self) -> tuple[dict[str, Spacing], Counter[tuple[str, str]]]:
        try:
            state = head_file(self._paths.lake).stat()
        except OSError:
            return self.spacings, self._counts
        seen = state.st_mtime_ns, state.st_size
        if seen == self._ledger_seen:
            return self.spacings, self._counts
        lake = Lake(self._paths.lake)
        counts = Counter({(name, state): found[state] for name, found in lake.counts().items() for state in STATES})
        self._ledger_seen = seen
        return spacings(lake.batches), counts

    def health(self) -> dict[str, Any]:
        """How the jobs stand and which lists are silent, as JSON."""
        with self._lock:
            return {
                "jobs": {
                    name: {
                        "next_at": _text(job.next_at),
                        "started_at": _text(job.started_at),
                        "ended_at": _text(job.ended_at),
                        "ended": job.ended,
                        "succeeded_at": _text(job.succeeded_at),
                    }
                    for name, job in sorted(self._jobs.items())
                },
                "run": self._results.run_id if self._results else None,
                "silent": {name: self.spacings[name].reason(self._now) for name in sorted(self._silent)},
            }

    def collect(self) -> Iterator[Metric]:
        """Every figure, as the Prometheus library asks for them."""
        with self._lock:
            yield from self._of_jobs()
            yield from self._of_run()
            yield from self._of_lists()

    def _of_jobs(self) -> Iterator[Metric]:
        success = GaugeMetricFamily("sandan_job_last_success_timestamp_seconds", "When a job last ended well (Unix time).", labels=["job"])
        due = GaugeMetricFamily("sandan_job_next_timestamp_seconds", "When a job is due next (Unix time).", labels=["job"])
        duration = GaugeMetricFamily("sandan_job_last_duration_seconds", "How long a job took when it last ended.", labels=["job"])
        ends = CounterMetricFamily("sandan_job_ends", "Ends of a job since the schedule was started, by state.", labels=["job", "state"])
        for name, job in sorted(self._jobs.items()):
            if job.succeeded_at:
                success.add_metric([name], job.succeeded_at.timestamp())
            if job.next_at:
                due.add_metric([name], job.next_at.timestamp())
        for name, seconds in sorted(self._durations.items()):
            duration.add_metric([name], seconds)
        for (name, state), n in sorted(self._ends.items()):
            ends.add_metric([name, state], n)
        yield from (success, due, duration, ends)

    def _of_run(self) -> Iterator[Metric]:
        if self._results is None:
            return
        report = self._results.report
        grades = GaugeMetricFamily("sandan_run_consignments", "Consignments of the newest run, by grade.", labels=["grade"])
        for grade, n in sorted(report["grades"].items()):
            grades.add_metric([grade], n)
        total = sum(report["grades"].values())
        yield from (
            GaugeMetricFamily("sandan_run_n_scored", "Consignments that the newest run graded.", value=total),
            GaugeMetricFamily("sandan_run_n_high", "Consignments that the newest run graded high.", value=report["grades"]["high"]),
            grades,
            GaugeMetricFamily(
                "sandan_run_as_of_timestamp_seconds", "Up to when the newest run knew (Unix time).", value=self._results.as_of.timestamp()
            ),
        )
        lag = GaugeMetricFamily(
            "sandan_source_lag_seconds", "How far a list was behind the date of the newest run.", labels=["list"], unit="seconds"
        )
        for name, said in sorted(report.get("lists", {}).items()):
            if said["lag_days"] is not None:
                lag.add_metric([name], said["lag_days"] * DAY_S)
        yield lag

    def _of_lists(self) -> Iterator[Metric]:
        records = CounterMetricFamily(
            "sandan_records", "Records of a list that were read, by state of the account.", labels=["list", "state"]
        )
        for (name, state), n in sorted(self._counts.items()):
            records.add_metric([name, state], n)
        away = GaugeMetricFamily("sandan_source_away_seconds", "Time since something of a list came.", labels=["list"])
        allowed = GaugeMetricFamily("sandan_source_usual_seconds", "Time after which a list counts as silent.", labels=["list"])
        silent = GaugeMetricFamily("sandan_source_silent", "1 where a list is away for longer than it usually is.", labels=["list"])
        for name, spacing in self.spacings.items():
            away.add_metric([name], spacing.silent_s(self._now))
            if spacing.n_gaps and spacing.allowed_s != float("inf"):
                allowed.add_metric([name], spacing.allowed_s)
                silent.add_metric([name], name in self._silent)
        yield from (records, away, allowed, silent)


def _text(time: dt.datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
