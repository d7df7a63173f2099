"""Keeping the lake quick: many small files become few, and files that nothing needs any more are removed.

Many small batches make many small files, each of which every reader opens. Compaction writes the same rows into few files and is a
row of the ledger like a batch, so readers change over with it and a process that dies in between changed nothing. Vacuum then removes
files that neither the head, nor a kept run, nor a reader who opened the lake not long ago can name.
"""

import datetime as dt
import itertools
import json
import logging
import math
from collections.abc import Sequence
from pathlib import Path

from deltalake import DeltaTable, WriterProperties

from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake, writing
from sandan.record.lake.ledger import LEDGER, Entry, write_head
from sandan.record.lake.tables import SCHEMAS
from sandan.record.settings import LakeSettings

log = logging.getLogger(__name__)
# Files from this size on are left as they are; smaller ones are put together up to it. More would be written again and again
# while it fills, and a reader who looks at few columns gains nothing.
_LARGE_BYTES = 32 * 2**20
_SNAPPY = WriterProperties(compression="SNAPPY")


def keep_up(lake: Lake, paths: HomePaths, settings: LakeSettings, *, now: dt.datetime) -> None:
    """Do what is due. Call it after a commit, still under the home's lock; a failure is a note in the log, and the next call tries again.

    Args:
        lake: The lake as it was committed.
        paths: Its home, whose runs name states of it.
        settings: When what is due.
        now: Time of the ledger's new row.
    """
    try:
        compact(lake, settings.compact_files, now=now)
        if _vacuum_is_due(lake, settings, now):
            vacuum(lake, paths.runs, settings.keep_hours, now=now)
            _marker(lake).touch()
    except Exception as exc:
        # Whatever it was: the batch is committed, and nothing that happens here may look as if it was not.
        log.warning("note: the batch is in the lake; its upkeep did not end and is tried again with the next batch (%s)", exc)


def compact(lake: Lake, least: int, *, now: dt.datetime) -> Entry | None:
    """Write the small files of tables anew that at least so many batches added to since the last time.

    Args:
        lake: The lake with no table ahead of the ledger; afterwards it shows the new head.
        least: Batches that added files to a table; the ledger itself is put together from so many files on, without a row in it.
        now: Time of the new row.

    Returns:
        The ledger's new row; None if no table changed.

    Raises:
        OutputError: The lake cannot be written; the tables that ran ahead are taken back by the next writer.
    """
    with writing(lake.folder):
        _compact_ledger(lake.folder, least)
        if lake.head is None:
            return None
        write_head(lake.folder, lake.head)  # which has the checksums of the ledger's files
        versions = dict(lake.head.versions)
        for name in _grown(lake.entries, least):
            versions[name] = _compact_table(lake.folder / name)
        if versions == lake.head.versions:
            return None
        entry = Entry(lake.head.seq + 1, "", now, versions, lake.head.known_to, {}, "compaction")
        return lake.enter(entry)


def vacuum(lake: Lake, runs: Path, keep_hours: float, *, now: dt.datetime) -> int:
    """Remove the files of the lake that no kept state names; also what a dead writer left.

    Kept are the states that the ledger's last row names, that a kept run read, and that were the last within `keep_hours`: whoever
    opened the lake then may still be reading.

    Args:
        lake: The lake with no table ahead of the ledger.
        runs: Folder of the runs.
        keep_hours: How long a state that is no longer the last is kept, in hours.
        now: The present.

    Returns:
        Number of files that were removed.

    Raises:
        OutputError: A file cannot be removed.
    """
    keep = _read_by_runs(runs, lake.entries) | _last_since(lake.entries, now - dt.timedelta(hours=keep_hours))
    removed = 0
    with writing(lake.folder):
        for name in SCHEMAS:
            versions = _versions_to_keep(lake.entries, keep, name)
            if not versions:
                continue
            table = DeltaTable(str(lake.folder / name))
            # Only asked what could go: doing it, the library would write new versions that the ledger does not know.
            unnamed = table.vacuum(retention_hours=0, enforce_retention_duration=False, full=True, keep_versions=versions, dry_run=True)
            for file in unnamed:
                (lake.folder / name / file).unlink(missing_ok=True)
            removed += len(unnamed)
        if (lake.folder / LEDGER).exists():
            table = DeltaTable(str(lake.folder / LEDGER))
            removed += len(table.vacuum(retention_hours=math.ceil(keep_hours), enforce_retention_duration=False, dry_run=False))
    return removed


def _compact_table(folder: Path) -> int:
    """Put the small files of one table together, in one step; return its version."""
    table = DeltaTable(str(folder))
    before = table.version()
    # One at a time: each holds its rows in memory.
    table.optimize.compact(target_size=_LARGE_BYTES, max_concurrent_tasks=1, writer_properties=_SNAPPY)
    if table.version() != before:
        # Opening it then reads one file instead of the log of every batch.
        table.create_checkpoint()
    return int(table.version())


def _compact_ledger(folder: Path, least: int) -> None:
    """Put the ledger's rows together; readers open its newest version, so nothing needs to name it."""
    path = str(folder / LEDGER)
    if DeltaTable.is_deltatable(path) and len((table := DeltaTable(path)).file_uris()) >= least:
        table.optimize.compact(target_size=_LARGE_BYTES)
        table.create_checkpoint()


def _grown(entries: Sequence[Entry], least: int) -> list[str]:
    """Tables that at least so many batches added files to since they were last put together; read from the ledger alone."""
    added: dict[str, int] = {}
    before: dict[str, int] = {}
    for entry in entries:
        for name, version in entry.versions.items():
            if version != before.get(name):
                added[name] = added.get(name, 0) + 1 if entry.kind == "batch" else 0
        before = entry.versions
    return [name for name, n in added.items() if n >= least]


def _read_by_runs(runs: Path, entries: Sequence[Entry]) -> set[int]:
    """Numbers of the rows of the ledger that kept runs read."""
    read = set()
    for path in runs.glob("*/report.json"):
        try:
            seq = json.loads(path.read_text(encoding="utf-8")).get("lake_seq")
        except ValueError:
            seq = None
        if seq is None:
            # A run from before runs named it: no batch came while it ran, so it read the last one before it began.
            began = path.parent.name.split("-")[0]
            seq = max((entry.seq for entry in entries if f"{entry.committed_at:%Y%m%dT%H%M%S}" <= began), default=None)
        if seq is not None:
            read.add(seq)
    return read


def _last_since(entries: Sequence[Entry], moment: dt.datetime) -> set[int]:
    """Numbers of the rows of the ledger that were its last one after the moment."""
    return {entry.seq for entry, after in itertools.pairwise(entries) if after.committed_at > moment} | {e.seq for e in entries[-1:]}


def _versions_to_keep(entries: Sequence[Entry], keep: set[int], name: str) -> list[int]:
    """Versions of a table that name all files of the rows to keep.

    Between two compactions a table only gains files: the newest kept row of such a stretch names those of all before it.
    """
    newest: dict[int, int] = {}
    stretch, before = 0, None
    for entry in entries:
        version = entry.versions.get(name)
        stretch += entry.kind == "compaction" and version != before
        if version is not None and entry.seq in keep:
            newest[stretch] = version
        before = version
    return list(newest.values())


def _marker(lake: Lake) -> Path:
    """A file whose time says when the lake was last vacuumed."""
    return lake.folder / "vacuumed"


def _vacuum_is_due(lake: Lake, settings: LakeSettings, now: dt.datetime) -> bool:
    """Once in `keep_hours`, and not before the lake is so old: what is younger is kept anyway."""
    cutoff = now - dt.timedelta(hours=settings.keep_hours)
    try:
        return _marker(lake).stat().st_mtime <= cutoff.timestamp()
    except FileNotFoundError:
        return bool(lake.entries) and lake.entries[0].committed_at <= cutoff
