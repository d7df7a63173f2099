"""One ingest: find the files, read them side by side, and commit what they hold as one batch."""

import concurrent.futures
import datetime as dt
import multiprocessing
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from sandan.ingest.account import Account
from sandan.ingest.convert import Intake
from sandan.ingest.files import find_files
from sandan.ingest.load import classify, connect, lines_of_new, merged_parts, new_tables, rows_to_append
from sandan.ingest.worker import Share, stage_files
from sandan.record.catalog import CATALOG
from sandan.record.errors import OutputError
from sandan.record.home import HomePaths, make_private
from sandan.record.ids import open_keyring
from sandan.record.lake import FILES, REJECTS, Lake
from sandan.record.lock import home_lock
from sandan.record.settings import Settings

Progress = Callable[[int, int], None]
# Below this a second process costs more than it reads.
_ALONE_BYTES = 8 * 2**20
_CHUNK_FILES = 200
# Numbers that a file reserves for the members of an archive.
_MEMBERS = 1_000_000


def ingest(paths: Sequence[Path], settings: Settings, *, progress: Progress | None = None, wait_s: float = 0.0) -> Account:
    """Read files and folders into the lake of the home as one batch.

    Args:
        paths: Files, and folders that are looked into recursively.
        settings: The home and how times are known.
        progress: Called with files done and files in all.
        wait_s: How long to wait for another run, in seconds.

    Returns:
        The account of the batch.

    Raises:
        InputError: There is nothing to read.
        BusyError: Another run holds the lock.
        OutputError: The home cannot be written; nothing of the batch is visible.
    """
    home = HomePaths(settings.home)
    files = find_files(paths, settings.home)
    with home_lock(home, wait_s=wait_s):
        lake = Lake(home.lake)
        lake.recover()
        shutil.rmtree(home.staging, ignore_errors=True)
        now = dt.datetime.now(dt.UTC)
        batch_id = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
        folder = make_private(home.staging / batch_id)
        intake = Intake(open_keyring(settings), now, settings.time.known_by == "received")
        try:
            shares = _read_all(files, folder, intake, settings.n_workers, progress)
            return _commit(lake, batch_id, now, shares)
        except OSError as exc:
            raise OutputError(f"{home.root}: cannot write ({exc.strerror or exc}); free space, then run the command again") from exc
        finally:
            shutil.rmtree(home.staging, ignore_errors=True)


def _read_all(files: Sequence[Path], folder: Path, intake: Intake, n_workers: int, progress: Progress | None) -> list[Share]:
    """Shares of all workers; in this process where the files are few."""
    numbered = [(number * _MEMBERS, path) for number, path in enumerate(files)]
    done = 0

    def told(n: int) -> None:
        nonlocal done
        done += n
        if progress:
            progress(done, len(files))

    if n_workers == 1 or len(files) == 1 or sum(_size(path) for path in files) < _ALONE_BYTES:
        return [stage_files(numbered, folder, "0", intake, told)]
    size = min(_CHUNK_FILES, -(-len(files) // n_workers))
    chunks = [numbered[i : i + size] for i in range(0, len(numbered), size)]
    # Spawned, not forked: this process already runs threads of the engine and of Arrow.
    with concurrent.futures.ProcessPoolExecutor(n_workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = {pool.submit(stage_files, chunk, folder, str(i), intake): len(chunk) for i, chunk in enumerate(chunks)}
        for task in concurrent.futures.as_completed(tasks):
            task.result()
            told(tasks[task])
        return [task.result() for task in tasks]


def _commit(lake: Lake, batch_id: str, now: dt.datetime, shares: Sequence[Share]) -> Account:
    account = Account(batch_id)
    facts = [file for share in shares for file in share.files]
    account.files = len(facts)
    account.rejected_files = sum(file.status == "rejected" for file in facts)
    rejects = sorted((r for share in shares for r in share.rejects), key=lambda r: (r.file, r.list_name, r.position))
    for share in shares:
        account.unknown_columns.update(share.unknown_columns)
        for name, count in share.read.items():
            account.of(name).read += count
        for name, count in share.lines.items():
            account.of(name).lines += count
    for reject in rejects:
        account.of(reject.list_name).rejected += 1
        if reject.code == "missing_columns":
            account.missing_columns[reject.file] = reject.text
    parts = merged_parts([share.parts for share in shares])
    con = connect(facts)
    for name, spec in CATALOG.items():
        if name in parts:
            classify(con, spec, parts[name], lake, account)
    for spec in CATALOG.values():
        if spec.lines and f"{spec.lines}.lines" in parts:
            lines_of_new(con, spec, parts[f"{spec.lines}.lines"])
    tables: dict[str, pa.Table] = {name: rows for name in new_tables(con) if (rows := rows_to_append(con, name, batch_id, now)) is not None}
    known = [pa.compute.max(rows["known_at"]).as_py() for rows in tables.values()]
    con.close()
    refused = [[batch_id, r.file, r.position, r.list_name, r.code, r.text] for r in rejects]
    told = [[batch_id, f.file, f.kind, f.status, f.n_records, f.message_guid, f.cop_code, f.dxp_id] for f in facts]
    for name, schema, kept in (("rejects", REJECTS, refused), ("files", FILES, told)):
        if kept:
            columns = [pa.array(values, type=kind.type) for values, kind in zip(zip(*kept, strict=True), schema, strict=True)]
            tables[name] = pa.Table.from_arrays(columns, schema=schema)
    lake.commit(batch_id, tables, account.as_dict(), max(known, default=None), now=now)
    return account


def _size(path: Path) -> int:
    """Bytes of a file; 0 if it cannot be asked, reading it will say why."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
