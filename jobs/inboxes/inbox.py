"""Inboxes: folders whose files `sandan run` reads, and then moves away with an account of what became of each.

A file that is still being written is left for the next run. Files are moved after their batch is in the lake: a process that dies in
between leaves them in the inbox, where the next run finds that it has their records already, and moves them.
"""

import datetime as dt
import errno
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandan.ingest.account import Account, FileAccount
from sandan.ingest.intake import Progress, ingest
from sandan.jobs.inboxes.file_account import write_account
from sandan.jobs.inboxes.unfinished import State, files_below, is_open_for_writing, knows_writers, not_to_read, state_of
from sandan.record.errors import ConfigError, InputError, OutputError
from sandan.record.home import HomePaths
from sandan.record.processes.lock import inbox_lock
from sandan.record.settings import Settings


@dataclass(frozen=True, slots=True)
class Inbox:
    """One inbox, and where its files go; all paths are absolute."""

    folder: Path
    done: Path
    rejected: Path


@dataclass(slots=True)
class Emptied:
    """What became of the files of one inbox.

    Attributes:
        inbox: The inbox.
        taken: Files whose records went into the lake, or were there.
        rejected: Files that could not be used, or of which no record could.
        left: Files that stay for the next run, and why.
        stuck: Files that were read and cannot be moved or removed, and why.
    """

    inbox: Inbox
    taken: int = 0
    rejected: int = 0
    left: list[tuple[Path, str]] = field(default_factory=list)
    stuck: list[tuple[Path, str]] = field(default_factory=list)


def open_inboxes(settings: Settings) -> list[Inbox]:
    """The inboxes of the settings.

    Raises:
        ConfigError: One is not there, lies in the home or in another one, or the folder for its files does.
    """
    return [open_inbox(folder, settings) for folder in settings.inbox.folders]


def open_inbox(folder: Path, settings: Settings) -> Inbox:
    """One inbox of the settings, looked at beside the others.

    Raises:
        ConfigError: As `open_inboxes`.
    """
    if not folder.is_dir():
        raise ConfigError(f"[inbox] {folder}: no such folder; make it or change sandan.toml")
    home, real = settings.home.resolve(), folder.resolve()
    if real.is_relative_to(home):
        raise ConfigError(f"[inbox] {folder}: lies in the home {settings.home}; receive files outside of it")
    others = [other.resolve() for other in settings.inbox.folders]
    if sum(real.is_relative_to(other) for other in others) > 1:
        raise ConfigError(f"[inbox] {folder}: lies in another inbox, or is named twice; name the outer one only")
    inbox = Inbox(
        real,
        (settings.inbox.done or real.with_name(f"{real.name}-done")).resolve(),
        (settings.inbox.rejected or real.with_name(f"{real.name}-rejected")).resolve(),
    )
    for destination in _destinations(inbox, settings):
        if destination.is_relative_to(home) or any(destination.is_relative_to(other) for other in others):
            raise ConfigError(
                f"[inbox] files that were read would go to {destination}, in the home or an inbox; set `done` and `rejected` outside"
            )
    return inbox


def check_writable(inbox: Inbox, settings: Settings) -> None:
    """See that files can be taken out of an inbox and put where they go; nothing is made.

    Raises:
        OutputError: They cannot.
    """
    if not os.access(inbox.folder, os.R_OK | os.X_OK):
        raise OutputError(f"{inbox.folder}: no permission to look into the inbox; correct its permissions")
    for destination in _destinations(inbox, settings):
        there = next(folder for folder in (destination, *destination.parents) if folder.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            raise OutputError(
                f"{destination}: cannot put files there that were read; correct the permissions or set [inbox] done and rejected"
            )
    if settings.inbox.after != "leave" and not os.access(inbox.folder, os.W_OK | os.X_OK):
        raise OutputError(f'{inbox.folder}: files cannot be taken out of the inbox; make it writable or set [inbox] after = "leave"')


def empty_inboxes(
    settings: Settings, *, step: Callable[[str], None] = lambda _: None, progress: Progress | None = None
) -> tuple[Account | None, list[Emptied]]:
    """Ingest the files of all inboxes as one batch and put them away.

    Returns:
        The account of the batch, None where no file was ready; and what became of each inbox.

    Raises:
        ConfigError: As `open_inboxes`.
        BusyError: Another run empties the inboxes, or holds the home's lock.
        OutputError: The home, or a folder for the files, cannot be written; nothing was read.
    """
    inboxes = open_inboxes(settings)
    if not inboxes:
        return None, []
    with inbox_lock(HomePaths(settings.home)):
        all_emptied = [Emptied(inbox) for inbox in inboxes]
        for inbox in inboxes:
            check_writable(inbox, settings)
        ready = _ready(all_emptied, settings, step)
        account = _ingest(ready, settings, step, progress)
        if account is not None:
            _put_away(all_emptied, ready, account, settings)
    return account, all_emptied


def _destinations(inbox: Inbox, settings: Settings) -> tuple[Path, ...]:
    """Where files go under the settings; what is refused is kept even where the rest is deleted."""
    return {"move": (inbox.done, inbox.rejected), "delete": (inbox.rejected,), "leave": ()}[settings.inbox.after]


def _ready(all_emptied: Sequence[Emptied], settings: Settings, step: Callable[[str], None]) -> dict[Path, State]:
    """Files that nobody writes any more, with the state in which they were seen; the others are reported as left."""
    seen: dict[Path, tuple[Emptied, State]] = {}
    for emptied in all_emptied:
        for path in files_below(emptied.inbox.folder, settings.home.resolve()):
            if why := not_to_read(path):
                emptied.left.append((path, why))
            elif (state := state_of(path)) is not None:
                seen[path] = emptied, state
    now = time.time_ns()
    young = [path for path, (_, state) in seen.items() if now - max(state[3:]) < settings.inbox.settle_s * 1e9]
    if young:
        step(f"waiting {settings.inbox.settle_s:g} s for {len(young)} files that came just now")
        time.sleep(settings.inbox.settle_s)
    ready = {}
    trusted = {id(emptied) for emptied in all_emptied if knows_writers(emptied.inbox.folder)}
    for path, (emptied, state) in seen.items():
        after = state_of(path)
        if after is None:
            continue  # its owner took it away: it is not here to be read or left
        if after != state:
            emptied.left.append((path, "still changes"))
        elif id(emptied) in trusted and is_open_for_writing(path):
            emptied.left.append((path, "another process has it open for writing"))
        else:
            ready[path] = state
    return ready


def _ingest(ready: dict[Path, State], settings: Settings, step: Callable[[str], None], progress: Progress | None) -> Account | None:
    """One batch of the files; those that vanish before they are read are left out."""
    while files := [path for path in ready if path.exists()]:
        step("reading the inboxes")
        try:
            return ingest(files, settings, progress=progress)
        except InputError:
            if all(path.exists() for path in files):
                raise
    return None


def _put_away(all_emptied: Sequence[Emptied], ready: dict[Path, State], account: Account, settings: Settings) -> None:
    """Move or remove each file that was read, unless it changed meanwhile."""
    for of_file in account.by_file:
        emptied = next(e for e in all_emptied if of_file.path.is_relative_to(e.inbox.folder))
        if state_of(of_file.path) != ready[of_file.path]:
            why = "it changed while it was read" if of_file.path.exists() else "it vanished while it was read"
            emptied.left.append((of_file.path, why))
            continue
        refused = _is_refused(of_file)
        emptied.rejected += refused
        emptied.taken += not refused
        try:
            if settings.inbox.after == "move" or (settings.inbox.after == "delete" and refused):
                _move(of_file, emptied.inbox, account.batch_id)
            elif settings.inbox.after == "delete":
                of_file.path.unlink()
        except OSError as exc:
            emptied.stuck.append((of_file.path, exc.strerror or str(exc)))


def _is_refused(of_file: FileAccount) -> bool:
    return bool(of_file.fault) or 0 < of_file.count.read == of_file.count.rejected


def _move(of_file: FileAccount, inbox: Inbox, batch_id: str) -> None:
    """Put a file and its account where it belongs; nothing there is written over.

    Raises:
        OSError: It cannot be moved.
    """
    day = dt.datetime.strptime(batch_id[:8], "%Y%m%d").date().isoformat()
    destination = (inbox.rejected if _is_refused(of_file) else inbox.done) / day / of_file.path.parent.relative_to(inbox.folder)
    _make_folder(destination)
    # The account reserves the name: another process that moves files to this folder takes the next one.
    target = write_account(destination, of_file, batch_id)
    try:
        of_file.path.rename(target)
    except OSError as exc:
        try:
            if exc.errno != errno.EXDEV:
                raise
            _move_across(of_file.path, target)
        except OSError:
            target.with_name(f"{target.name}.account.json").unlink(missing_ok=True)
            raise


def _move_across(source: Path, target: Path) -> None:
    """Move to another file system: the copy is whole and on the disk before the source goes, and goes itself if the source cannot."""
    part = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as old, os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as new:
            shutil.copyfileobj(old, new, 2**20)
            new.flush()
            os.fsync(new.fileno())
        shutil.copystat(source, part)
        part.rename(target)
        source.unlink()
    except OSError:
        part.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it that are not there, each for its owner only: originals hold identity numbers."""
    for part in reversed([folder, *folder.parents]):
        if not part.exists():
            part.mkdir(mode=0o700, exist_ok=True)
