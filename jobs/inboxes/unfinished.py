"""Which files in a folder are whole, and which are still being written."""

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Iterable
from pathlib import Path

from sandan.record.errors import InputError

# Names that senders give a file while they write it; a leading dot too (rsync writes `.NAME.XXXXXX`).
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".swp", ".writing", "~")
# What distinguishes two states of a file: device, inode, size, times of the last change to its content and to its entry.
State = tuple[int, int, int, int, int]
# File systems whose refusal of a lease says nothing.
_NETWORK = ("nfs", "cifs", "smb")


def files_below(folder: Path, home: Path) -> Iterable[Path]:
    """Files below a folder by name; hidden folders and the home are not looked into."""

    def refused(exc: OSError) -> None:
        raise InputError(f"{exc.filename}: no permission to look into it; correct its permissions") from exc

    for root, folders, names in os.walk(folder, onerror=refused):
        at = Path(root)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and at / name != home)
        yield from (at / name for name in sorted(names) if not name.startswith("."))


def not_to_read(path: Path) -> str:
    """Why a file is left whatever it holds; empty if it may be read."""
    if path.name.lower().endswith(UNFINISHED):
        return "by its name it is still being written"
    if not _is_text(str(path)):
        return "its name is no UTF-8; rename it"
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return ""
    return "" if stat.S_ISREG(kind) else "a link, or no file: only files are taken"


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def state_of(path: Path) -> State | None:
    """What shows whether a file changed; None if it is gone."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def is_open_for_writing(path: Path) -> bool:
    """Whether a process on this machine has the file open for writing; False where that cannot be known. Ask `knows_writers` first.

    The system grants a read lease only on files that nobody has open for writing, and only to their owner.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False  # that it cannot be read, reading says better
    try:
        # Who opens it for writing while the lease is held would have SIGIO sent to us, which ends a process; this signal does nothing.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as exc:
        return exc.errno in (errno.EAGAIN, errno.EWOULDBLOCK)
    finally:
        os.close(handle)
    return False


def knows_writers(folder: Path) -> bool:
    """Whether `is_open_for_writing` can be trusted: network file systems refuse a lease for reasons of their own."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return True
    # Device, mount point, type; blanks in names are written as octal numbers.
    mounts = [(Path(fields[1].replace("\\040", " ")), fields[2]) for fields in map(str.split, lines)]
    around = [(len(point.parts), kind) for point, kind in mounts if folder.is_relative_to(point)]
    return not max(around, default=(0, ""))[1].startswith(_NETWORK)
