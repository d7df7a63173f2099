"""Every file of a lake against the checksum that was kept of it."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sandan.record.errors import DamagedFile
from sandan.record.files.checksums import check_file
from sandan.record.home import HomePaths
from sandan.record.lake.lake import RESTORE, Lake
from sandan.record.runs import has_runs


def check_not_lost(paths: HomePaths) -> None:
    """See that a lake without a single batch is that of a new home: one that was removed must not be begun anew without a word.

    Raises:
        DamagedFile: Runs are kept, which were made from a lake.
    """
    if has_runs(paths.runs) and Lake(paths.lake).head is None:
        raise DamagedFile(f"{paths.lake}: lost, though runs are kept; {RESTORE}, or move {paths.runs} away to begin anew")


def without_checksum(lake: Lake, name: str) -> list[str]:
    """Files of a table of which no checksum was kept, because an older sandan wrote them; they get one with the ledger's next row.

    Raises:
        DamagedFile: The table's log cannot be read.
    """
    version = lake.head.versions.get(name) if lake.head else None
    return [] if version is None else [file for file in lake.named(name, version) if lake.kept(name, file) is None]


def faults(lake: Lake, name: str) -> Iterator[str]:
    """A sentence with the remedy for every file of a table that is not what was written; reads each once."""
    version = lake.head.versions.get(name) if lake.head else None
    if version is None:
        return
    said = set()
    kept = {f"{lake.folder / path}": one for path, one in lake.checksums.items() if path.startswith(f"{name}/")}
    try:
        named = lake.named(name, version)
    except DamagedFile as exc:
        named = []
        yield str(exc)
    # Also what only an older state names, which a kept run may have read; vacuum may have removed it.
    for file in sorted({*named, *(path for path in kept if Path(path).exists())}):
        try:
            if file in kept:
                check_file(Path(file), kept[file], RESTORE)
            else:
                _look_at(file)
        except DamagedFile as exc:
            said.add(str(exc))
            yield str(exc)
    try:
        lake.files(name)
    except DamagedFile as exc:
        if named and str(exc) not in said:
            yield str(exc)


def _look_at(file: str) -> None:
    """See that a file without a checksum is at least a whole Parquet file."""
    try:
        pq.read_metadata(file)
    except FileNotFoundError as exc:
        raise DamagedFile(f"{file}: missing; {RESTORE}") from exc
    except (OSError, pa.ArrowException) as exc:
        raise DamagedFile(f"{file}: cannot be read ({exc}); {RESTORE}") from exc
