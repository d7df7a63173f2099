"""Records of tables that come otherwise than as a user's files, taken in by the ordinary intake."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandan.ingest.account import Account
from sandan.ingest.intake import ingest
from sandan.record.settings import Settings

_IN_MEMORY = Path("/dev/shm")


def take_in(tables: Mapping[str, Sequence[Mapping[str, Any]]], settings: Settings, *, wait_s: float = 0.0) -> Account:
    """Take records in as one batch. They pass through memory: a watchlist may hold numbers that no disk may.

    Args:
        tables: Table -> its records, columns as of the catalogue.
        settings: The home.
        wait_s: How long to wait for another run, in seconds.

    Raises:
        BusyError, OutputError: As `ingest`.
    """
    place = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="sandan-", dir=place) as folder:
        for table, records in tables.items():
            lines = (json.dumps(dict(record), ensure_ascii=False) + "\n" for record in records)
            Path(folder, f"{table}.jsonl").write_text("".join(lines), encoding="utf-8")
        return ingest([Path(folder)], settings, wait_s=wait_s)
