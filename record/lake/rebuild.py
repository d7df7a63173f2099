"""A ledger made again from the tables: which batches are whole, and which version of each table had them."""

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.record.errors import DamagedFile
from sandan.record.files.checksums import Kept, checksum_of
from sandan.record.files.durable import write_durably
from sandan.record.lake.check import without_checksum
from sandan.record.lake.lake import RESTORE, Lake, set_aside, writing
from sandan.record.lake.ledger import (
    LEDGER,
    Entry,
    append_entry,
    begun_file,
    head_file,
    names_digest,
    read_ledger,
    reading,
    sound_entries,
    write_head,
)
from sandan.record.lake.tables import SCHEMAS

_OWN_FILE = re.compile(r"(?P<batch>.+)-\d+\.parquet")
_PART = "part-"  # how the Delta library names the files that it writes itself, in compaction
_STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(slots=True)
class _Table:
    """What the log of a table says.

    Attributes:
        files: Live files after each version.
        batches: Batches of which each version adds files.
        compactions: Versions that only put files together.
    """

    files: list[frozenset[str]] = field(default_factory=list)
    batches: list[frozenset[str]] = field(default_factory=list)
    compactions: set[int] = field(default_factory=set)


def repair_ledger(folder: Path, *, now: dt.datetime, key_check: str) -> str:
    """Make a lake's ledger readable again; call it under the home's lock.

    What the ledger still says and can be trusted is kept: the checksums of files above all. Otherwise the rows are made from the tables,
    and the damaged ledger is moved to `aside/`. A batch of which the last table was not written yet is not whole, and taken back by the
    next writer.

    Args:
        folder: The lake's.
        now: The present.
        key_check: `Keyring.check` of the home's key.

    Returns:
        What was done; empty where nothing had to be.

    Raises:
        DamagedFile: The log of a table cannot be read, so that what it holds is not known.
        OutputError: The lake cannot be written.
    """
    if not folder.is_dir():
        return ""
    try:
        read_ledger(folder)
        return ""
    except DamagedFile:
        pass
    sound, is_whole = sound_entries(folder)
    with writing(folder):
        if is_whole and sound and sound[-1].digest and not _ran_ahead(folder, sound[-1]):
            write_head(folder, sound[-1])
            return f"{head_file(folder)}: written again; the ledger has all {len(sound)} rows"
        made = _entries(folder, now, {path: kept for entry in sound for path, kept in entry.checksums.items()})
        check = next((entry.key_check for entry in sound if entry.key_check), key_check)
        write_durably(begun_file(folder), "next")
        if not made:
            # Nothing here belongs to a batch that ended: what there is, is moved aside as after a writer that died in its first batch.
            write_durably(begun_file(folder), "first")
            _put_aside(folder / LEDGER)
            head_file(folder).unlink(missing_ok=True)
            return f"{folder}: no batch is whole; the next `sandan ingest` moves the tables aside and begins anew"
        _write(folder, [replace(entry, key_check=check if entry.seq == 1 else "") for entry in made])
    n_batches = sum(entry.kind == "batch" for entry in made)
    return f"{folder / LEDGER}: made again from the tables, {n_batches} batches; run `sandan score`"


def _write(folder: Path, entries: Iterable[Entry]) -> None:
    """Put a new ledger in the place of the old one, whole or not at all: until it is there, the lake counts as damaged."""
    workshop = folder / ".ledger"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(mode=0o700)
    last: Entry | None = None
    for entry in entries:
        last = append_entry(workshop, entry, last)
    assert last is not None
    head_file(folder).unlink(missing_ok=True)
    _put_aside(folder / LEDGER)
    (workshop / LEDGER).rename(folder / LEDGER)
    write_head(folder, last)
    begun_file(folder).unlink(missing_ok=True)
    shutil.rmtree(workshop)


def _put_aside(ledger: Path) -> None:
    if ledger.is_dir():
        set_aside(ledger)
    else:
        ledger.unlink(missing_ok=True)


def _entries(folder: Path, now: dt.datetime, known: dict[str, Kept]) -> list[Entry]:
    """The rows of a new ledger: each whole batch in its order, and behind it what was put together before the next came."""
    tables = {name: _log(folder / name) for name in SCHEMAS if (folder / name / "_delta_log").is_dir()}
    batches = _whole_batches(folder, tables)
    made: list[Entry] = []
    versions: dict[str, int] = {}
    for i, batch in enumerate(batches):
        after = batches[i + 1] if i + 1 < len(batches) else None
        for name, table in tables.items():
            for version, added in enumerate(table.batches):
                if batch in added:
                    versions[name] = version
        made.append(Entry(len(made) + 1, batch, _moment(batch, now), dict(versions), None, {}))
        put: dict[str, int] = {}
        for name, version in versions.items():
            end = next((v for v, added in enumerate(tables[name].batches) if after in added), len(tables[name].files)) if after else None
            compacted = [v for v in tables[name].compactions if v > version and (end is None or v < end)]
            if compacted:
                put[name] = max(compacted)
        if put:
            versions |= put
            made.append(Entry(len(made) + 1, "", _moment(batch, now), dict(versions), None, {}, "compaction"))
    if made:
        live = {name: tables[name].files[version] for name, version in versions.items()}
        every = {f"{name}/{file}" for name, v in versions.items() for files in tables[name].files[: v + 1] for file in files}
        there = [path for path in sorted(every) if path in known or (folder / path).exists()]
        sums = {path: known.get(path) or checksum_of(folder / path) for path in there}
        contents = {name: names_digest(sorted(files)) for name, files in live.items()}
        known_to = _known_to(folder, live)
        made[-1] = replace(made[-1], checksums=sums, contents=contents, known_to=known_to)
    return made


def _whole_batches(folder: Path, tables: dict[str, _Table]) -> list[str]:
    """Batches that ended: those of whose files the lake keeps an account, which is among the last that a batch writes."""
    seen = {batch for table in tables.values() for added in table.batches for batch in added}
    files = tables.get("files")
    if files is None or not files.files:
        return sorted(seen)
    with reading(folder / "files", RESTORE):
        batch_columns = [pq.read_table(folder / "files" / name, columns=["batch_id"])["batch_id"] for name in sorted(files.files[-1])]
        return sorted({batch for column in batch_columns for batch in pc.unique(column).to_pylist()} & seen)


def _log(folder: Path) -> _Table:
    """What a table's log says of each version.

    Raises:
        DamagedFile: A version is missing or cannot be read.
    """
    table, live = _Table(), set[str]()
    log = folder / "_delta_log"
    numbers = sorted(int(path.stem) for path in log.glob("*.json") if path.stem.isdecimal())
    if numbers != list(range(len(numbers))):
        raise DamagedFile(f"{log}: versions are missing; {RESTORE}")
    for number in numbers:
        path = log / f"{number:020}.json"
        with reading(path, RESTORE):
            actions: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            added = [str(action["add"]["path"]) for action in actions if "add" in action]
            live -= {str(action["remove"]["path"]) for action in actions if "remove" in action}
            live |= set(added)
            operation = next((action["commitInfo"].get("operation") for action in actions if "commitInfo" in action), "")
        own = [found["batch"] for name in added if not name.startswith(_PART) and (found := _OWN_FILE.fullmatch(name))]
        table.files.append(frozenset(live))
        # What is restored was added before.
        table.batches.append(frozenset() if operation == "RESTORE" else frozenset(own))
        if operation == "OPTIMIZE":
            table.compactions.add(number)
    return table


def _ran_ahead(folder: Path, entry: Entry) -> bool:
    """Whether a table has a version behind the one that the row names, or is not named by it at all."""
    for name in SCHEMAS:
        log = folder / name / "_delta_log"
        version = entry.versions.get(name, -1)
        if log.is_dir() and any(path.stem.isdecimal() and int(path.stem) > version for path in log.glob("*.json")):
            return True
    return False


def _known_to(folder: Path, live: dict[str, frozenset[str]]) -> dt.datetime | None:
    found = []
    for name, files in live.items():
        if "known_at" in SCHEMAS[name].names:
            for file in sorted(files):
                with reading(folder / name / file, RESTORE):
                    found.append(pc.max(pq.read_table(folder / name / file, columns=["known_at"])["known_at"]).as_py())
    return max((moment for moment in found if moment is not None), default=None)


def _moment(batch: str, now: dt.datetime) -> dt.datetime:
    """When a batch began, which is in its name."""
    try:
        return dt.datetime.strptime(batch.split("-")[0], _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return now


def keep_checksums(lake: Lake, *, now: dt.datetime, key_check: str) -> int:
    """Add a row to the ledger with the checksums of files that have none, as those of a lake that an older version made.

    Returns:
        How many files that are.
    """
    if lake.head is None or not (missing := [file for name in lake.head.versions for file in without_checksum(lake, name)]):
        return 0
    with writing(lake.folder):
        head = lake.head
        lake.enter(Entry(head.seq + 1, "", now, dict(head.versions), head.known_to, {}, "repair", key_check=key_check))
    return len(missing)
