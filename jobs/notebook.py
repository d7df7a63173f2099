"""A home in a notebook: the tables of the command line as data frames."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandan.record.settings import load_settings

if TYPE_CHECKING:
    import pandas as pd


class Home:
    """One `SANDAN_HOME`, read-only.

    Every method gives a pandas DataFrame with the columns of the command of the same name.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.settings = load_settings(Path(path) if path is not None else None)

    def alerts(self, *, every: bool = False, run_id: str | None = None) -> "pd.DataFrame":
        """Graded consignments; medium and high, with `every` low ones too."""
        from sandan.jobs.terminal.reading import alert_rows

        return self._frame("alerts", alert_rows(self.settings, every=every, first=False, run_id=run_id))

    def operators(self, *, run_id: str | None = None) -> "pd.DataFrame":
        """Operators with their grades."""
        from sandan.jobs.terminal.reading import result_rows

        return self._frame("operators", result_rows(self.settings, "operators", run_id))

    def clusters(self, *, members: bool = False, run_id: str | None = None) -> "pd.DataFrame":
        """Clusters, or with `members` the consignments of each; columns as of `sandan clusters`."""
        from sandan.jobs.terminal.reading import result_rows

        name = "members" if members else "clusters"
        return self._frame(name, result_rows(self.settings, name, run_id))

    def findings(self, *, run_id: str | None = None) -> "pd.DataFrame":
        """Every finding of a run."""
        from sandan.jobs.terminal.reading import result_rows

        return self._frame("findings", result_rows(self.settings, "findings", run_id))

    def plan(self, plan_id: str | None = None) -> "pd.DataFrame":
        """An inspection plan that was made; without an id the newest."""
        from sandan.algorithms.read_models.plans import open_plan, plan_rows

        return self._frame("plan", plan_rows(self.settings, open_plan(self.settings, plan_id), released=False))

    def rejects(self) -> "pd.DataFrame":
        """Rejected records and files."""
        from sandan.jobs.terminal.reading import reject_rows

        return self._frame("rejects", reject_rows(self.settings))

    def runs(self) -> "pd.DataFrame":
        """The run ledger."""
        from sandan.record.home import HomePaths
        from sandan.record.runs import RunLedger

        return self._frame("runs", RunLedger(HomePaths(self.settings.home)).rows())

    def measure(self, start: str | None = None, end: str | None = None, *, by_source: bool = False) -> "pd.DataFrame":
        """Statistic indexes of a period; days or ISO times, as of `sandan measure`."""
        import pandas as pd

        from sandan.jobs.terminal.measure import COLUMNS, measure_rows
        from sandan.jobs.terminal.when import parse_as_of, parse_from

        rows = measure_rows(self.settings, parse_from(start), parse_as_of(end), by_source=by_source)
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _frame(self, name: str, rows: list[dict[str, Any]]) -> "pd.DataFrame":
        import pandas as pd

        from sandan.jobs.terminal.reading import COLUMNS

        return pd.DataFrame(rows, columns=list(COLUMNS[name]))
