"""One ingest: find the files, read them side by side, and commit what they hold as one batch."""

import concurrent.futures
import datetime as dt
import multiprocessing
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.ingest.account import Account, FileAccount, FileCount
from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.columns.convert import Intake
from sandan.ingest.columns.mapping import TableMapping
from sandan.ingest.memory import Watch, without_cycles
from sandan.ingest.quality import Figures
from sandan.ingest.sources.files import MOST_MEMBERS, find_files
from sandan.ingest.staging.load import Placed, classify, connect, latest, new_parts, stale_lines
from sandan.ingest.staging.stage import REJECT_KEYS, Part
from sandan.ingest.worker import Share, Task, stage_files
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import OutputError
from sandan.record.home import HomePaths, make_private
from sandan.record.ids import open_keyring
from sandan.record.lake.check import check_not_lost
from sandan.record.lake.lake import Lake, NewPart
from sandan.record.lake.tables import FILES
from sandan.record.lake.upkeep import keep_up
from sandan.record.processes.lock import home_lock
from sandan.record.processes.orphans import end_with_parent
from sandan.record.settings import Settings

Progress = Callable[[int, int], None]
# Rejected records by reason code, of each file and list.
Refused = dict[tuple[int, str], Counter[str]]
# Below this a second process costs more than it reads.
_ALONE_BYTES = 8 * 2**20
_CHUNK_FILES = 1_000


def ingest(
    paths: Sequence[Path], settings: Settings, *, mapping: Path | None = None, progress: Progress | None = None, wait_s: float = 0.0
) -> Account:
    """Read files and folders into the lake of the home as one batch.

    Args:
        paths: Files, and folders that are looked into recursively.
        settings: The home, how times are known, whose signatures are trusted.
        mapping: A mapping file that says what the columns of tables are; None: the reference's.
        progress: Called with files done and files in all.
        wait_s: How long to wait for another run, in seconds.

    Returns:
        The account of the batch.

    Raises:
        InputError: There is nothing to read, or the mapping cannot be used.
        ConfigError: The certificates to trust cannot be read.
        BusyError: Another run holds the lock.
        OutputError: The home cannot be written; nothing of the batch is visible.
    """
    home = HomePaths(settings.home)
    files = find_files(paths, settings.home)
    columns = TableMapping.load(mapping) if mapping else None
    checker = SignatureChecker.from_settings(settings)
    with home_lock(home, wait_s=wait_s), without_cycles():
        lake = Lake(home.lake)
        lake.recover()
        check_not_lost(home)
        shutil.rmtree(home.staging, ignore_errors=True)
        now = dt.datetime.now(dt.UTC)
        batch_id = lake.next_batch_id(now)
        keyring = open_keyring(settings)
        folder = make_private(home.staging / batch_id)
        intake = Intake(keyring, now, settings.time.known_by == "received", batch_id)
        try:
            shares = _read_all(files, Task(folder, intake, checker, columns), settings.n_workers, progress)
            account = _commit(lake, intake, folder, files, shares)
            keep_up(lake, home, settings.lake, now=dt.datetime.now(dt.UTC))
            return account
        except OSError as exc:
            raise OutputError(f"{home.root}: cannot write ({exc.strerror or exc}); free space, then run the command again") from exc
        finally:
            shutil.rmtree(home.staging, ignore_errors=True)


def _read_all(files: Sequence[Path], task: Task, n_workers: int, progress: Progress | None) -> list[Share]:
    """Shares of all workers; in this process where the files are few."""
    numbered = [(number * MOST_MEMBERS, path) for number, path in enumerate(files)]
    done = 0

    def report(n: int) -> None:
        nonlocal done
        done += n
        if progress:
            progress(done, len(files))

    sizes = [_size(path) for path in files]
    if n_workers == 1 or len(files) == 1 or sum(sizes) < _ALONE_BYTES:
        return [stage_files(numbered, "0", task, report)]
    chunks = _chunks(numbered, sizes, n_workers)
    # Spawned, not forked: this process already runs threads of the engine and of Arrow.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(n_workers, mp_context=context, initializer=end_with_parent) as pool:
        tasks = {pool.submit(stage_files, chunk, str(i), task): len(chunk) for i, chunk in enumerate(chunks)}
        for task_done in concurrent.futures.as_completed(tasks):
            task_done.result()
            report(tasks[task_done])
        return [task_done.result() for task_done in tasks]


def _chunks(numbered: Sequence[tuple[int, Path]], sizes: Sequence[int], n_workers: int) -> list[list[tuple[int, Path]]]:
    """Runs of files for one worker at a time: few enough to share the work evenly, many enough to fill a part."""
    most_bytes = max(sum(sizes) // (n_workers * 4), 1)
    chunks: list[list[tuple[int, Path]]] = [[]]
    held = 0
    for file, size in zip(numbered, sizes, strict=True):
        if chunks[-1] and (held + size > most_bytes or len(chunks[-1]) >= _CHUNK_FILES):
            chunks.append([])
            held = 0
        chunks[-1].append(file)
        held += size
    return chunks


def _commit(lake: Lake, intake: Intake, folder: Path, files: Sequence[Path], shares: Sequence[Share]) -> Account:
    parts: dict[str, list[Part]] = {}
    for share in shares:
        for name, found in share.parts.items():
            parts.setdefault(name, []).extend(found)
    con, watch = connect(folder), Watch()
    placed: dict[str, Placed] = {}
    tables: dict[str, list[NewPart]] = {}
    for name, spec in CATALOG.items():
        if name in parts:
            placed[name] = classify(con, spec, parts[name], lake)
            tables.setdefault(name, []).extend(new_parts(parts[name], placed[name].stale))
        if spec.lines and (lines := parts.get(f"{spec.lines}.lines")):
            records = placed[name].stale_records
            stale = {} if records is None else stale_lines(con, records, lines)
            tables.setdefault(spec.lines, []).extend(new_parts(lines, stale))
        watch.look()
    tables["rejects"] = new_parts(parts.get("rejects", []), {})
    refused = _refused(parts.get("rejects", []))
    account = _account(intake.batch_id, files, shares, placed, refused)
    tables["files"] = [_files_part(folder, account, shares)]
    tables["quality"] = _quality_parts(folder, intake.batch_id, shares, placed, refused)
    known = cast(dt.datetime | None, latest(con, tables))
    con.close()
    lake.commit(intake.batch_id, tables, account.as_dict(), known, now=intake.received_at, key_check=intake.keyring.check)
    return account


def _account(batch_id: str, files: Sequence[Path], shares: Sequence[Share], placed: dict[str, Placed], refused: Refused) -> Account:
    account = Account(batch_id, by_file=[FileAccount(path) for path in files])
    for share in shares:
        account.files += len(share.files)
        account.rejected_files += len(share.faults)
        account.unknown_columns.update(share.unknown_columns)
        names = {facts.file_no: facts.file for facts in share.files}
        for file_no, (code, text) in share.faults.items():
            if code == "missing_columns":
                account.missing_columns[names[file_no]] = text
            of_file = account.by_file[file_no // MOST_MEMBERS]
            of_file.fault = of_file.fault or f"{code}: {text}"
        for file_no, read in share.read.items():
            for name, n in read.items():
                account.of(name).read += n
                account.by_file[file_no // MOST_MEMBERS].count.read += n
        for name, n in share.lines.items():
            account.of(name).lines += n
    for name, found in placed.items():
        for file_no, count_of_file in found.by_file.items():
            for count in (account.of(name), account.by_file[file_no // MOST_MEMBERS].count):
                count.loaded += count_of_file.loaded
                count.superseded += count_of_file.superseded
                count.duplicate += count_of_file.duplicate
    for (file_no, name), codes in refused.items():
        of_file = account.by_file[file_no // MOST_MEMBERS]
        of_file.reasons.update(codes)
        for count in (account.of(name), of_file.count):
            count.rejected += codes.total()
    return account


def _refused(parts: Sequence[Part]) -> Refused:
    """Rejected records by reason code, of each file and list."""
    found: Refused = {}
    for part in parts:
        for row in pq.read_table(part.keys).group_by(list(REJECT_KEYS)).aggregate([([], "count_all")]).to_pylist():
            found.setdefault((row["file_no"], row["list"]), Counter())[row["reason_code"]] += row["count_all"]
    return found


def _files_part(folder: Path, account: Account, shares: Sequence[Share]) -> NewPart:
    """The facts of each file, as the lake keeps them."""
    rows = [
        [account.batch_id, f.file, f.kind, f.status, f.n_records, f.message_guid, f.cop_code, f.dxp_id]
        for share in shares
        for f in share.files
    ]
    columns = [pa.array(values, type=kind.type) for values, kind in zip(zip(*rows, strict=True), FILES, strict=True)]
    path = folder / "files.parquet"
    pq.write_table(pa.Table.from_arrays(columns, schema=FILES), path, compression="snappy")
    return NewPart(path, len(rows))


def _quality_parts(folder: Path, batch_id: str, shares: Sequence[Share], placed: dict[str, Placed], refused: Refused) -> list[NewPart]:
    """The figures of the batch's quality, as the lake keeps them."""
    figures = Figures()
    sources: dict[int, str] = {}
    for share in shares:
        figures.merge(share.quality.sums)
        sources |= {f.file_no: f.cop_code or ("unknown" if f.kind.startswith("CEB") or not f.kind else "table") for f in share.files}
    counts = {(file_no, name): count for name, found in placed.items() for file_no, count in found.by_file.items()}
    for key in counts.keys() | refused.keys():
        n_rejected = refused[key].total() if key in refused else 0
        figures.accounts(sources[key[0]], key[1], counts.get(key, FileCount()), n_rejected)
    rows = figures.table(batch_id)
    if not rows.num_rows:
        return []
    path = folder / "quality.parquet"
    pq.write_table(rows, path, compression="snappy")
    return [NewPart(path, rows.num_rows)]


def _size(path: Path) -> int:
    """Bytes of a file; 0 if it cannot be asked, reading it will say why."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
