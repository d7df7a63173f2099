"""The ledger: one row per batch or compaction, whose last row names the version of every table that readers open.

Each row has the checksums of the files that came with it, and one of itself. `lake/HEAD` says which row was the last: a ledger that lost
its newest rows would otherwise look like one of which a writer died before the row.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import TableNotFoundError

from sandan.record.catalog.columns import TIME
from sandan.record.errors import DamagedFile
from sandan.record.files.checksums import Kept, check_file, checksums_below, read_sealed, seal
from sandan.record.files.durable import sync, write_durably

LEDGER = "ledger"
FIRST = "first"
# What a row stands for: rows that came in, the same rows in fewer files, or the same files with checksums that were not kept before.
Kind = Literal["batch", "compaction", "repair"]
REMEDY = "run `sandan check --repair`, which makes the ledger again from the tables"
# Only the ledger's newest state is ever read: the record of how it came about need not be kept long.
_PAUSE_S = 0.05
_CONFIGURATION = {"delta.logRetentionDuration": "interval 1 days"}
_SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("batch_id", pa.string()),
        ("committed_at", TIME),
        ("versions", pa.string()),
        ("known_to", TIME),
        ("account", pa.string()),
        ("kind", pa.string()),
        ("checksums", pa.string()),
        ("contents", pa.string()),
        ("key_check", pa.string()),
        ("digest", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger.

    Attributes:
        seq: Number of the row, from 1.
        batch_id: The batch that was committed with it; ids sort by time. Empty for a compaction.
        committed_at: When.
        versions: Version of every table after it.
        known_to: The largest `known_at` in the lake after it; None while it is empty.
        account: What `sandan ingest` printed.
        kind: What it stands for; `batch` in ledgers from before there were compactions.
        checksums: Size and SHA-256 of each file that came with it, by path in the lake (`orders/x.parquet`).
        contents: Digest of the names of the files of each table after it.
        key_check: What the key of the keyed hashes makes of a fixed word; empty where it was not given.
        digest: Checksum of the row; empty in ledgers from before there were checksums.
    """

    seq: int
    batch_id: str
    committed_at: dt.datetime
    versions: dict[str, int]
    known_to: dt.datetime | None
    account: dict[str, Any]
    kind: Kind = "batch"
    checksums: dict[str, Kept] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    key_check: str = ""
    digest: str = ""


def read_ledger(lake: Path) -> list[Entry]:
    """All rows of a lake's ledger in their order; none for a lake that has no ledger yet.

    Raises:
        DamagedFile: It cannot be read, or rows are missing or not what was written.
    """
    try:
        return _read(lake)
    except DamagedFile:
        # A writer's first row may have come between the looks at two files; what is damaged is damaged a moment later too.
        time.sleep(_PAUSE_S)
        try:
            return _read(lake)
        except DamagedFile:
            check_ledger_files(lake)  # names the file, where its checksum was kept
            raise


def _read(lake: Path) -> list[Entry]:
    # Before the rows: a writer that adds one meanwhile is then ahead of what is expected, never behind.
    begun, last = _begun(lake), _read_head(lake)
    entries = _rows(lake)
    where = lake / LEDGER
    if not entries and begun != FIRST and (held := _tables_with_rows(lake)):
        raise DamagedFile(f"{where}: is missing or empty, while {', '.join(held)} hold rows; {REMEDY}")
    if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)):
        raise DamagedFile(f"{where}: rows are missing; {REMEDY}")
    if (n_sound := _n_sound(entries)) < len(entries):
        raise DamagedFile(f"{where}: row {n_sound + 1} is not what was written (its checksum is another); {REMEDY}")
    if last is not None and (len(entries) < last[0] or entries[last[0] - 1].digest != last[1]):
        raise DamagedFile(f"{where}: has {len(entries)} rows and lacks row {last[0]}, which was written; {REMEDY}")
    if last is None and not begun and any(entry.digest for entry in entries):
        raise DamagedFile(f"{head_file(lake)}: missing; {REMEDY}")
    return entries


def _n_sound(entries: Sequence[Entry]) -> int:
    """How many of the rows, from the first on, are what was written."""
    before = ""
    for n, entry in enumerate(entries):
        if (before and not entry.digest) or (entry.digest and entry.digest != _digest(entry, before)):
            return n
        before = entry.digest
    return len(entries)


def sound_entries(lake: Path) -> tuple[list[Entry], bool]:
    """The rows of a damaged ledger that are what was written, from the first on; and whether that is all that it has."""
    try:
        entries = _rows(lake)
    except DamagedFile:
        return [], False
    in_order = [entry for seq, entry in enumerate(entries, 1) if entry.seq == seq]
    n = _n_sound(in_order)
    return in_order[:n], n == len(entries)


def _tables_with_rows(lake: Path) -> list[str]:
    return sorted({file.parent.name for file in lake.glob("*/*.parquet")} - {LEDGER})


def _begun(lake: Path) -> str:
    try:
        return begun_file(lake).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def begun_file(lake: Path) -> Path:
    """A file that is there while a lake without a head is written to; it holds `FIRST` where no batch ended before."""
    return lake / "BEGUN"


def head_file(lake: Path) -> Path:
    """The file that says which row of the ledger is the last."""
    return lake / "HEAD"


def append_entry(lake: Path, entry: Entry, before: Entry | None = None) -> Entry:
    """Write one row; with it, and not before, its versions are what readers see.

    Args:
        lake: The lake's folder.
        entry: The row.
        before: The row before it, to whose checksum its own is tied.

    Returns:
        The row as it was written, with its checksum.
    """
    entry = replace(entry, account=json.loads(json.dumps(entry.account)))
    entry = replace(entry, digest=_digest(entry, before.digest if before else ""))
    row = {
        "seq": entry.seq,
        "batch_id": entry.batch_id,
        "committed_at": entry.committed_at,
        "versions": json.dumps(entry.versions, sort_keys=True),
        "known_to": entry.known_to,
        "account": json.dumps(entry.account, sort_keys=True),
        "kind": entry.kind,
        "checksums": json.dumps(entry.checksums, sort_keys=True),
        "contents": json.dumps(entry.contents, sort_keys=True),
        "key_check": entry.key_check,
        "digest": entry.digest,
    }
    rows = pa.Table.from_pylist([row], schema=_SCHEMA)
    write_deltalake(str(lake / LEDGER), rows, mode="append", schema_mode="merge", configuration=_CONFIGURATION)
    sync_table(lake / LEDGER)
    write_head(lake, entry)
    return entry


def write_head(lake: Path, entry: Entry) -> None:
    """Say which row is the last, and what the ledger's own files are: a bit that changes no value of a row is noticed too."""
    files = checksums_below(lake, (lake / LEDGER).glob("*.parquet"))
    write_durably(head_file(lake), json.dumps(seal({"seq": entry.seq, "row": entry.digest, "files": files})) + "\n")


def check_ledger_files(lake: Path) -> None:
    """See that the ledger's own files are what was written, where checksums were kept of them.

    Raises:
        DamagedFile: One is not. Its rows may be what was written all the same, which every reader checks.
    """
    kept = read_sealed(head_file(lake), REMEDY).get("files") if head_file(lake).exists() else None
    for name, one in (kept if isinstance(kept, dict) else {}).items():
        if (lake / name).exists():  # the rows of a file that is gone are missed by every reader
            check_file(lake / name, (int(one[0]), str(one[1])), REMEDY)


def sync_table(folder: Path) -> None:
    """Wait until the newest commit of a Delta table is on the disk, which the library does not.

    Raises:
        OSError: The disk failed.
    """
    log = folder / "_delta_log"
    newest = max((path for path in log.glob("*.json")), default=None)
    files = [newest] if newest else []
    if folder.name == LEDGER:
        files += sorted(folder.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)[-1:]
    for path in (*files, log, folder):
        sync(path)


def names_digest(names: Sequence[str]) -> str:
    """Digest of the names of the files of a table."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _read_head(lake: Path) -> tuple[int, str] | None:
    """Number and checksum of the last row; None where no head was ever written."""
    path = head_file(lake)
    if not path.exists():
        return None
    values = read_sealed(path, REMEDY)
    seq, row = values.get("seq"), values.get("row")
    if not isinstance(seq, int) or seq < 1 or not isinstance(row, str):
        raise DamagedFile(f"{path}: cannot be read; {REMEDY}")
    return seq, row


def _rows(lake: Path) -> list[Entry]:
    if not (lake / LEDGER).is_dir():
        return []
    with reading(lake / LEDGER, REMEDY):
        try:
            table = DeltaTable(str(lake / LEDGER))
        except TableNotFoundError:  # its first writer died before the first row
            return []
        rows = [row for uri in table.file_uris() for row in _rows_of(lake / LEDGER / Path(uri).name)]
        return [_entry(row) for row in sorted(rows, key=lambda row: (row["seq"] is None, row["seq"] or 0))]


def _rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a file, read in this thread.

    Delta's own reader gives Arrow's threads a file system of Python; one that lets go of it while the interpreter ends aborts the process.
    """
    rows: list[dict[str, Any]] = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False).to_pylist()
    return rows


def _entry(row: Mapping[str, Any]) -> Entry:
    kept = {name: (int(size), str(sha)) for name, (size, sha) in json.loads(row.get("checksums") or "{}").items()}
    return Entry(
        row["seq"],
        row["batch_id"],
        row["committed_at"],
        json.loads(row["versions"]),
        row["known_to"],
        json.loads(row["account"]),
        row.get("kind") or "batch",
        kept,
        json.loads(row.get("contents") or "{}"),
        row.get("key_check") or "",
        row.get("digest") or "",
    )


def _digest(entry: Entry, before: str) -> str:
    """SHA-256 of a row and of the checksum of the row before it."""
    content = [
        before,
        entry.seq,
        entry.batch_id,
        _utc(entry.committed_at),
        entry.versions,
        _utc(entry.known_to),
        entry.account,
        entry.kind,
        entry.checksums,
        entry.contents,
        entry.key_check,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _utc(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment else None


@contextmanager
def reading(where: Path, remedy: str) -> Iterator[None]:
    """Translate what the libraries say of a table that cannot be read.

    Raises:
        DamagedFile: It cannot.
    """
    try:
        yield
    except DamagedFile:
        raise
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as exc:
        raise DamagedFile(f"{where}: cannot be read ({' '.join(str(exc).split())[:300]}); {remedy}") from exc
    except BaseException as exc:
        # The Delta library raises classes without a common base of ours; a damaged log may also make its native part panic.
        if type(exc).__module__.startswith(("deltalake", "_internal", "pyo3", "builtins")) and not isinstance(
            exc, (KeyboardInterrupt, SystemExit, MemoryError)
        ):
            raise DamagedFile(f"{where}: cannot be read ({' '.join(str(exc).split())[:300]}); {remedy}") from exc
        raise
