"""The account of one file, kept beside it: what became of its records, and for those that were refused why; no values."""

import json
import os
from pathlib import Path

from sandan.ingest.account import FileAccount


def write_account(folder: Path, of_file: FileAccount, batch_id: str) -> Path:
    """Write the account of a file into a folder, under a name that is free there for both; return the path that is free for the file.

    Raises:
        OSError: It cannot be written.
    """
    content = {"batch_id": batch_id, **of_file.as_dict()}
    number = 0
    while True:
        target = folder / (of_file.path.name if not number else f"{of_file.path.stem}-{number}{of_file.path.suffix}")
        number += 1
        if target.exists():
            continue
        try:
            handle = os.open(target.with_name(f"{target.name}.account.json"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        return target
