"""What a scoring run says of itself on the terminal.

Apart from the accounts of intake, which need none of what opens a run: a job that only reads files starts in a third of the memory.
"""

from sandan.algorithms.results import open_results
from sandan.jobs.progress import say
from sandan.record.home import HomePaths
from sandan.record.runs import Run
from sandan.record.settings import Settings


def print_run(settings: Settings, run: Run) -> None:
    """What a scoring run found, in a few lines."""
    report = open_results(HomePaths(settings.home), run.run_id).report
    grades = report["grades"]
    print(
        f"run {run.run_id} as of {report['as_of']}: {run.n_scored} consignments, "
        f"{grades['high']} high, {grades['medium']} medium, {grades['low']} low"
    )
    for note in report["notes"]:
        say(f"note: {note}")
