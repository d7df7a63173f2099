"""Up to when a lake knows: the date of a run that is given none, the record that sets it, and how far each list lags behind."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from sandan.record.catalog.tables import CATALOG
from sandan.record.catalog.trade import ANSWERS, APPLICATIONS, TIMELESS, TRADE
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.values.moment import DAY_S

# Messages that are no trade, and tables by their own time: they set the date of a lake that holds nothing else.
_TIERS = ((*TRADE, *APPLICATIONS, "answers"), ("other",), tuple(sorted(TIMELESS)))


@dataclass(frozen=True, slots=True)
class Newest:
    """The record that sets the date.

    Attributes:
        list_name: Its list.
        key: Its key, parts joined by colons.
        known_at: Its time.
        file: The file that it came in.
        batch_id: The batch that it came with.
    """

    list_name: str
    key: str
    known_at: dt.datetime
    file: str
    batch_id: str


def newest_record(frames: Frames) -> Newest | None:
    """The record of trade that became known last, whatever its batch and whatever the clock said; of several the first by key.

    Args:
        frames: The lake; what became known after its date, if it has one, is left out.

    Returns:
        None for a lake that holds no row with a time. A lake without records of trade goes by its other messages, then by its tables.
    """
    for lists in _TIERS:
        found = [newest for name in lists if (newest := _newest(frames, name)) is not None]
        if found:
            return max(found, key=lambda one: (one.known_at, -lists.index(one.list_name) if one.list_name in lists else -len(lists)))
    return None


def known_to_of(lake: Lake) -> dt.datetime | None:
    """The date of a run that is given none; None for a lake without a record that has a time."""
    con = connect()
    try:
        newest = newest_record(Frames(lake, con, None))
    finally:
        con.disconnect()
    return newest.known_at if newest else None


def lags(frames: Frames, lists: Sequence[str] = tuple(CATALOG)) -> dict[str, dict[str, Any]]:
    """For each list with rows how far it lags behind the date of the frames.

    Returns:
        By list: `known_to`, the newest time at or before the date (ISO 8601; None where every row is later or has no time of its own),
        `lag_days` from there to the date, and `n_later`, rows after the date, which no run of that date uses.
    """
    assert frames.as_of is not None
    found = {}
    for name in lists:
        if CATALOG[name].is_lines or not frames.lake.files(name):
            continue
        rows = _timed(frames, name)
        [row] = (
            rows.aggregate(known_to=rows.known_at.max(where=rows.known_at <= frames.as_of), n_later=(rows.known_at > frames.as_of).sum())
            .to_pyarrow()
            .to_pylist()
        )
        known_to: dt.datetime | None = row["known_to"]
        found[name] = {
            "known_to": known_to.isoformat() if known_to else None,
            "lag_days": round((frames.as_of - known_to).total_seconds() / DAY_S, 2) if known_to else None,
            "n_later": int(row["n_later"] or 0),
        }
    return found


def _newest(frames: Frames, source: str) -> Newest | None:
    """The newest row of a list; of `answers`, those messages of the list `other` that customs answers applications with."""
    name = "other" if source == "answers" else source
    if not frames.lake.files(name):
        return None
    spec, rows = CATALOG[name], _timed(frames, name)
    if source == "answers":
        # One without a time of its own came when it was read, which says nothing.
        rows = rows.filter(rows.kind.isin(ANSWERS) & rows.app_time.notnull())
    if frames.as_of is not None:
        rows = rows.filter(rows.known_at <= frames.as_of)
    # The text of a message is no key that anybody could read.
    keys = [
        rows[stored] for column in spec.columns if column.name in spec.key and column.name != "content" for stored, _ in column.stored[:1]
    ]
    at_last = rows.filter(rows.known_at == rows.known_at.max().as_scalar()).order_by([*keys, rows.batch_id]).limit(1)
    found = at_last.to_pyarrow().to_pylist()
    if not found:
        return None
    row = found[0]
    key = ":".join(str(row[key.get_name()] if row[key.get_name()] is not None else "") for key in keys)
    return Newest(name, key, row["known_at"], row["file"] or "", row["batch_id"] or "")


def _timed(frames: Frames, name: str) -> ir.Table:
    """All versions of a list that have a time; of a table only those with one of its own."""
    rows = frames.every(name)
    known_by = CATALOG[name].known_by
    return rows.filter(rows[known_by].notnull()) if name in TIMELESS else rows.filter(rows.known_at.notnull())
