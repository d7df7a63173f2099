"""What programs ask of a home over the API: tables as the command line prints them, and records by the ordinary intake."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sandan.algorithms.read_models.plans import open_plan, plan_rows
from sandan.algorithms.results.results import open_results
from sandan.jobs.received import take_in
from sandan.jobs.terminal.reading import COLUMNS, result_rows
from sandan.record.app.services import decided
from sandan.record.catalog.keys import consignment_key
from sandan.record.home import HomePaths
from sandan.record.settings import Settings


class Programs:
    """One home as programs see it; `sandan.dashboard.api.backend.Backend`.

    Args:
        settings: The home.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, Sequence[Mapping[str, Any]]]] = {}

    def columns(self, table: str) -> Sequence[str]:
        """Names of a table's columns."""
        return COLUMNS[table]

    def rows(self, table: str, run_id: str | None) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Rows of a run or of the newest plan, as `Backend.rows`; those of the last run that was asked for are kept for the next part."""
        if table == "plan":
            plan = open_plan(self._settings)
            return plan.plan_id, plan_rows(self._settings, plan, released=False)
        name = run_id or open_results(HomePaths(self._settings.home)).run_id
        with self._lock:
            if self._kept.get(table, ("", ()))[0] != name:
                self._kept[table] = name, result_rows(self._settings, table, name)
            kept = self._kept[table]
        if table != "alerts":
            return kept
        now = decided(self._settings)  # changes from one moment to the next
        return name, [{**row, "decision": now.get(consignment_key(row), "")} for row in kept[1]]

    def receive(self, table: str, records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Take records in, as `Backend.receive`."""
        account = take_in({table: records}, self._settings, wait_s=self._settings.api.wait_s)
        reasons: Counter[str] = Counter()
        for of_file in account.by_file:
            reasons.update(of_file.reasons)
        return {**account.as_dict(), "reasons": dict(sorted(reasons.items()))}
