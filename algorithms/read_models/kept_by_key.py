"""The tables that a run keeps by their key; of a run of an older version, which kept none, they are made when first asked for."""

import threading
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandan.algorithms.bench import Bench
from sandan.algorithms.matching.clearance import clearance
from sandan.algorithms.matching.matching import match_lists
from sandan.algorithms.read_models.shown_lists import keyed_tables
from sandan.algorithms.results.results import Results, write_keyed
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake

_lock = threading.Lock()


def kept_by_key(paths: HomePaths, results: Results) -> Results:
    """A run whose tables can be read by key.

    A run of an older version is matched again as of its date, once in a process: that takes as long as the matching of a new run.
    """
    report = results.report
    if "keyed" in report:
        return replace(results, said=report)  # read and checked once for all that is read of it
    with _lock:
        folder, index = _made(paths, results)
    return replace(results, folder=Path(folder.name), said={**report, "files": {}, "keyed": index})


@lru_cache(maxsize=2)
def _made(paths: HomePaths, results: Results) -> tuple[TemporaryDirectory[str], dict[str, dict[str, Any]]]:
    """The tables in a folder that goes away with the process, and where each key stands in them."""
    folder, con = TemporaryDirectory(prefix="sandan-"), connect()
    try:
        # The lists are in clear: they go before anything is shown.
        with TemporaryDirectory(dir=folder.name) as work:
            bench = Bench(Frames(Lake(paths.lake), con, results.as_of), Path(work))
            matched = match_lists(bench)
            clearance(bench, matched.select("consignment_id", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no"))
            return folder, write_keyed(Path(folder.name), keyed_tables(bench, results))
    finally:
        con.disconnect()
