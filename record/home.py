"""Where a home keeps its things; folders are made for their owner only."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandan.record.errors import OutputError
from sandan.record.files.durable import sync


@dataclass(frozen=True, slots=True)
class HomePaths:
    """The paths inside one `SANDAN_HOME`."""

    root: Path

    @property
    def lake(self) -> Path:
        """One Delta table per list, and the ledger."""
        return self.root / "lake"

    @property
    def graph(self) -> Path:
        """Versions of the graph tables and the embedded graph, with the pointer `CURRENT`."""
        return self.root / "graph"

    @property
    def runs(self) -> Path:
        """One folder per scoring run."""
        return self.root / "runs"

    @property
    def plans(self) -> Path:
        """One folder per inspection plan."""
        return self.root / "plans"

    @property
    def measures(self) -> Path:
        """The newest daily report of the indexes."""
        return self.root / "measures.json"

    @property
    def models(self) -> Path:
        """One folder per learned model."""
        return self.root / "models"

    @property
    def staging(self) -> Path:
        """Files that were read and are not yet part of the record; emptied by the next writer."""
        return self.root / "staging"

    @property
    def lock(self) -> Path:
        """The file whose lock a writer holds."""
        return self.root / "lock"

    @property
    def inbox_lock(self) -> Path:
        """The file whose lock the run holds that empties the inboxes."""
        return self.root / "inbox.lock"

    @property
    def schedule_lock(self) -> Path:
        """The file whose lock the schedule holds while it runs."""
        return self.root / "schedule.lock"

    @property
    def pictures(self) -> Path:
        """Pictures of parcels under their SHA-256, and their index."""
        return self.root / "pictures"

    @property
    def bundles_lock(self) -> Path:
        """The file whose lock is held while a bundle is made or taken."""
        return self.root / "bundles.lock"

    @property
    def app_database(self) -> Path:
        """The runs; and, unless they are kept on a server, accounts, decisions, cases and audit."""
        return self.root / "app.db"

    @property
    def audit_witness(self) -> Path:
        """Which row of the audit the last check saw at its end."""
        return self.root / "audit.seen"

    @property
    def secret(self) -> Path:
        """Default path of the key of the keyed hashes."""
        return self.root / "secret.key"

    @property
    def signing_key(self) -> Path:
        """The key with which the home signs bundles."""
        return self.root / "signing.key"

    @property
    def bundles(self) -> Path:
        """Bundles that were given out (`sent/`) and taken (`taken/`)."""
        return self.root / "bundles"


@contextmanager
def whole_folder(folder: Path, again: str) -> Iterator[Path]:
    """A folder to fill, under another name until everything in it is on the disk: it is there whole or not at all.

    Args:
        folder: What it is called in the end.
        again: The command to run again when it could not be written.

    Raises:
        OutputError: It cannot be written.
    """
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield make_private(part)
        for path in (*part.iterdir(), part):
            sync(path)
        part.rename(folder)
        sync(folder.parent)
    except BaseException as exc:
        shutil.rmtree(part, ignore_errors=True)
        if not isinstance(exc, OSError):
            raise
        raise OutputError(f"{folder}: cannot be written ({exc.strerror or exc}); free space, then run `{again}` again") from exc


def make_private(folder: Path) -> Path:
    """Make a folder, and those above it, that only its owner can enter; return it.

    Raises:
        OutputError: It cannot be made or is not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise OutputError(f"{folder}: cannot make the folder ({exc.strerror}); choose another SANDAN_HOME") from exc
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: no permission to write; change its owner or choose another SANDAN_HOME")
    return folder
