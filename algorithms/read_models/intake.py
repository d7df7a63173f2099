"""What came in, list by list: counted by the ledger, dated by the run, and how complete it was."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.results.results import Results
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake

_COUNTS = ("read", "loaded", "superseded", "duplicate", "rejected")


@dataclass(frozen=True, slots=True)
class ListIntake:
    """One list.

    Attributes:
        name: The list.
        read, loaded, superseded, duplicate, rejected: Records, over all batches; `read` is the sum of the others.
        known_to: When customs knew of the newest record that the run used; None where it used none.
        lag_days: How far that lies before the run's date.
        completeness: Share of the expected fields that were filled; None where it was not measured.
    """

    name: str
    read: int
    loaded: int
    superseded: int
    duplicate: int
    rejected: int
    known_to: dt.datetime | None
    lag_days: float | None
    completeness: float | None


def intake_by_list(paths: HomePaths, results: Results) -> list[ListIntake]:
    """Every list that anything came for, the most records first.

    Raises:
        DamagedFile: The ledger or the figures of quality cannot be read.
    """
    lake = Lake(paths.lake)
    complete, dated = _completeness(lake), results.report.get("lists", {})
    found = [_one(name, of_list, dated.get(name, {}), complete.get(name)) for name, of_list in lake.counts().items() if of_list["read"]]
    return sorted(found, key=lambda one: (-one.read, one.name))


def _one(name: str, counts: Mapping[str, int], dated: dict[str, Any], complete: float | None) -> ListIntake:
    known_to = dated.get("known_to")
    lag = dated.get("lag_days")
    return ListIntake(
        name,
        **{count: counts.get(count, 0) for count in _COUNTS},
        known_to=dt.datetime.fromisoformat(known_to) if known_to else None,
        lag_days=None if lag is None else float(lag),
        completeness=complete,
    )


def _completeness(lake: Lake) -> dict[str, float]:
    files = lake.checked_files("quality")
    if not files:
        return {}
    rows = pq.read_table(files, columns=["list", "index", "total", "n"])
    rows = rows.filter(pc.equal(rows["index"], "completeness")).group_by("list").aggregate([("total", "sum"), ("n", "sum")])
    return {row["list"]: row["total_sum"] / row["n_sum"] for row in rows.to_pylist() if row["n_sum"]}
