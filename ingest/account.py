"""The account of a batch: every record read has exactly one state."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATES = ("loaded", "superseded", "duplicate", "rejected")


@dataclass(slots=True)
class Count:
    """Records of one list: read = loaded + superseded + duplicate + rejected; lines are counted apart."""

    read: int = 0
    loaded: int = 0
    superseded: int = 0
    duplicate: int = 0
    rejected: int = 0
    lines: int = 0

    @property
    def is_even(self) -> bool:
        """True if nothing was lost or counted twice."""
        return self.read == self.loaded + self.superseded + self.duplicate + self.rejected


@dataclass(frozen=True, slots=True)
class FileCount:
    """Records of one list in one file that were not rejected."""

    loaded: int = 0
    superseded: int = 0
    duplicate: int = 0


@dataclass(slots=True)
class FileAccount:
    """What became of one file, the members of an archive together.

    Attributes:
        path: The file.
        count: Its records.
        fault: Why it, or a member of it, could not be used; empty if it could.
        reasons: Rejected records by reason code.
    """

    path: Path
    count: Count = field(default_factory=Count)
    fault: str = ""
    reasons: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """The account of the file as JSON."""
        counts = {state: getattr(self.count, state) for state in ("read", *STATES)}
        return {"file": self.path.name, **counts, "fault": self.fault, "reasons": dict(sorted(self.reasons.items()))}


@dataclass(slots=True)
class Account:
    """What one `sandan ingest` did.

    Attributes:
        batch_id: Its batch.
        files: Files read, members of archives included.
        lists: Counts by list.
        rejected_files: Files that could not be used at all.
        unknown_columns: Columns of tables that were left out, by file.
        missing_columns: Mandatory columns that a table lacks, by file.
        by_file: The account of each file.
    """

    batch_id: str
    files: int = 0
    lists: dict[str, Count] = field(default_factory=dict)
    rejected_files: int = 0
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    missing_columns: dict[str, str] = field(default_factory=dict)
    by_file: list[FileAccount] = field(default_factory=list)

    def of(self, list_name: str) -> Count:
        """The count of a list, made when it is first asked for."""
        return self.lists.setdefault(list_name, Count())

    def total(self, state: str) -> int:
        """Sum over the lists of one column of the account."""
        return sum(int(getattr(count, state)) for count in self.lists.values())

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON: `files`, totals, `lists` for the split, `batch_id`."""
        names = ("read", *STATES, "lines")
        return {
            "batch_id": self.batch_id,
            "files": self.files,
            **{state: self.total(state) for state in names},
            "lists": {name: {state: getattr(count, state) for state in names} for name, count in sorted(self.lists.items())},
            "rejected_files": self.rejected_files,
            "unknown_columns": self.unknown_columns,
            "missing_columns": self.missing_columns,
        }
