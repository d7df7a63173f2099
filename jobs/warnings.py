"""Risk warnings of a run: drafted, and kept where they are new, for a supervisor to approve."""

from collections import defaultdict

from sandan.algorithms.read_models.warnings import draft_warnings
from sandan.algorithms.results.results import Results, open_results
from sandan.algorithms.vocabulary.registry import use
from sandan.record.app.services import SYSTEM, open_services, outcomes_decided
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
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
    drafts = draft_warnings(results, outcomes_of(settings, results))
    return open_services(settings).warnings.propose(SYSTEM, drafts) if drafts else []


def outcomes_of(settings: Settings, results: Results) -> dict[str, set[str]]:
    """What inspections found on consignments of a run, by `consignment_id`, as known on its date."""
    con = connect(threads=1)
    try:
        lake = Lake(HomePaths(settings.home).lake)
        rows = Frames(lake, con, results.as_of, outcomes_decided(settings)).current("outcomes").to_pyarrow().to_pylist()
    finally:
        con.disconnect()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for key in (order_id(row), parcel_id(row)):
            if key:
                found[key].add(row["outcome"])
    if not found:
        return {}
    alerts = results.table("alerts", ["consignment_id", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no"])
    named = zip(alerts["consignment_id"].to_pylist(), order_id(alerts).to_pylist(), parcel_id(alerts).to_pylist(), strict=True)
    return {one: both for one, order, parcel in named if (both := found.get(order or "", set()) | found.get(parcel or "", set()))}
