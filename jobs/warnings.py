"""Risk warnings of a run: drafted, and kept where they are new, for a supervisor to approve."""

from sandan.algorithms.read_models.warnings import draft_warnings
from sandan.algorithms.results.results import open_results
from sandan.algorithms.vocabulary.registry import use
from sandan.jobs.outcomes import KEY_COLUMNS, outcomes_by_consignment
from sandan.record.app.services import SYSTEM, open_services
from sandan.record.home import HomePaths
from sandan.record.settings import Settings


def propose_warnings(settings: Settings, run_id: str | None = None) -> list[int]:
    """Draft the warnings of a run and keep those that say something new; return their numbers.

    Args:
        settings: The home.
        run_id: The run; None: the newest.

    Raises:
        NothingScored, UnknownId: As `open_results`.
        ConfigError, BusyError, OutputError, StoreUnavailable: The app database cannot be written.
    """
    use(settings)
    results = open_results(HomePaths(settings.home), run_id)
    outcomes = outcomes_by_consignment(settings, results.table("alerts", KEY_COLUMNS), results.as_of)
    drafts = draft_warnings(results, outcomes)
    return open_services(settings).warnings.propose(SYSTEM, drafts) if drafts else []
