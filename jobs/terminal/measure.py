"""What `sandan measure` reports: how good what was received is, over the batches of a period."""

import datetime as dt
from typing import Any

import pyarrow.parquet as pq

from sandan.ingest.quality import INDEXES, UNITS
from sandan.record.errors import NothingScored
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

# The contract's columns, then what distinguishes the rows of one index.
COLUMNS = ("index", "value", "unit", "from", "to", "n", "definition", "list", "source")


def measure_rows(settings: Settings, start: dt.datetime | None, end: dt.datetime | None, *, by_source: bool) -> list[dict[str, Any]]:
    """Indexes of the batches committed in a period, per list, and per sender if asked.

    Args:
        settings: The home.
        start: Beginning of the period, included; None: of everything.
        end: Its end, included; None: now.
        by_source: Whether each sender (`cop_code` of the message, else `table` or `unknown`) has rows of his own.

    Raises:
        NothingScored: No batch lies in the period.
    """
    lake = Lake(HomePaths(settings.home).lake)
    batches = {
        entry.batch_id: entry.committed_at
        for entry in lake.entries
        if (start is None or entry.committed_at >= start) and (end is None or entry.committed_at <= end)
    }
    files = lake.files("quality")
    kept = pq.read_table(files).to_pylist() if files else []
    sums: dict[tuple[str, str, str], tuple[float, int]] = {}
    days = []
    for row in kept:
        if row["batch_id"] in batches:
            days.append(batches[row["batch_id"]].astimezone(BEIJING).date())
            key = row["index"], row["list"], row["source"] if by_source else ""
            total, n = sums.get(key, (0.0, 0))
            sums[key] = total + row["total"], n + row["n"]
    if not sums:
        raise NothingScored(f"{lake.folder}: no batch in that period; `sandan ingest PATH` makes one")
    order = list(INDEXES)
    span = min(days).isoformat(), max(days).isoformat()
    return [_row(key, sums[key], span) for key in sorted(sums, key=lambda k: (order.index(k[0]) if k[0] in order else len(order), *k))]


def _row(key: tuple[str, str, str], figure: tuple[float, int], span: tuple[str, str]) -> dict[str, Any]:
    index, list_name, source = key
    total, n = figure
    return {
        "index": index, "value": round(total / n, 4), "unit": UNITS.get(index, ""), "from": span[0], "to": span[1], "n": n,
        "definition": INDEXES.get(index, ""), "list": list_name, "source": source,
    }  # fmt: skip
