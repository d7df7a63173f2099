"""The account of one file, kept beside it: what became of its records, and for those that were refused why; no values."""

import json
import os
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.ingest.account import Account, FileAccount
from sandan.record.home import HomePaths
from sandan.record.lake import Lake
from sandan.record.settings import Settings


class FileReasons:
    """Reason codes of the rejects of one batch, by file."""

    def __init__(self, settings: Settings, account: Account) -> None:
        self._names = Counter(of_file.path.name for of_file in account.by_file)
        self._codes: dict[str, Counter[str]] = {}
        if not account.total("rejected"):
            return
        columns = ["batch_id", "file", "reason_code"]
        for path in Lake(HomePaths(settings.home).lake).files("rejects"):
            rows = pq.read_table(path, columns=columns)
            rows = (
                rows.filter(pc.equal(rows["batch_id"], account.batch_id)).group_by(["file", "reason_code"]).aggregate([([], "count_all")])
            )
            for row in rows.to_pylist():
                # A member of an archive is told as `ARCHIVE!MEMBER`.
                self._codes.setdefault(row["file"].split("!")[0], Counter())[row["reason_code"]] += row["count_all"]

    def of(self, of_file: FileAccount) -> dict[str, int]:
        """Rejected records by reason code; empty where two files of the batch share a name, as rejects know files by it."""
        if self._names[of_file.path.name] > 1:
            return {}
        return dict(sorted(self._codes.get(of_file.path.name, Counter()).items()))


def write_account(place: Path, of_file: FileAccount, batch_id: str, reasons: dict[str, int]) -> Path:
    """Write the account of a file into a folder, under a name that is free there for both; return the path that is free for the file.

    Raises:
        OSError: It cannot be written.
    """
    told = {"batch_id": batch_id, **of_file.as_dict(), "reasons": reasons}
    number = 0
    while True:
        target = place / (of_file.path.name if not number else f"{of_file.path.stem}-{number}{of_file.path.suffix}")
        number += 1
        if target.exists():
            continue
        try:
            handle = os.open(target.with_name(f"{target.name}.account.json"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file, ensure_ascii=False, indent=1)
        return target
