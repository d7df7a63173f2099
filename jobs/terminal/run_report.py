"""What a scoring run says of itself on the terminal.

Apart from the accounts of intake, which need none of what opens a run: a job that only reads files starts in a third of the memory.
"""

from sandan.algorithms.results.results import open_results
from sandan.algorithms.wording.render import note as words
from sandan.jobs.terminal.progress import say
from sandan.record.catalog.trade import TRADE
from sandan.record.home import HomePaths
from sandan.record.runs import Run
from sandan.record.settings import Settings

# A list this far behind the others may have ceased to come.
_LATE_DAYS = 3.0


def print_run(settings: Settings, run: Run) -> None:
    """What a scoring run found, in a few lines."""
    report = open_results(HomePaths(settings.home), run.run_id).report
    grades = report["grades"]
    print(
        f"run {run.run_id} as of {report['as_of']}: {run.n_scored} consignments, "
        f"{grades['high']} high, {grades['medium']} medium, {grades['low']} low"
    )
    if newest := report.get("newest_record"):
        say(f"date: of {newest['list_name']} {newest['key']}, known at {newest['known_at']}, in {newest['file']}")
    late = {name: lag for name, lag in report.get("lists", {}).items() if name in TRADE and (lag["lag_days"] or 0) >= _LATE_DAYS}
    if late:
        say("behind that date: " + ", ".join(f"{name} {lag['lag_days']:.0f} days" for name, lag in late.items()))
    for name, lag in report.get("lists", {}).items():
        if lag["n_later"]:
            say(f"note: {name}: {lag['n_later']} rows are later than the date of the run and were not used")
    for note in report["notes"]:
        say(f"note: {words(note, 'en')}")
