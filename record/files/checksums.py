"""SHA-256 of files, and of small JSON documents that carry their own: what was written is what is read, or an error names the file."""

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandan.record.errors import DamagedFile

# Size in bytes and SHA-256 of a file, as ledgers and reports keep them.
Kept = tuple[int, str]
SEAL = "checksum"
_known: dict[str, tuple[tuple[int, ...], str]] = {}
_lock = threading.Lock()


def checksum_of(path: Path) -> Kept:
    """Size and SHA-256 of a file as it is now; a file that did not change since this process last read it is not read again.

    Raises:
        OSError: It is not there or cannot be read.
    """
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        with _lock:
            known = _known.get(str(path))
        if known is not None and known[0] == state:
            return found.st_size, known[1]
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with _lock:
        _known[str(path)] = state, digest
    return found.st_size, digest


def forget() -> None:
    """Read every file again from now on: a check looks at the disk, not at what it was a while ago."""
    with _lock:
        _known.clear()


def checksums_below(folder: Path, paths: Iterable[Path]) -> dict[str, Kept]:
    """Checksums by path relative to a folder.

    Raises:
        OSError: A file cannot be read.
    """
    return {path.relative_to(folder).as_posix(): checksum_of(path) for path in sorted(paths)}


def check_size(path: Path, kept: Kept, remedy: str) -> None:
    """See that a file is there and as long as it was; reads none of it.

    Raises:
        DamagedFile: It is not.
    """
    try:
        size = path.stat().st_size
    except OSError as exc:
        raise DamagedFile(f"{path}: {'missing' if isinstance(exc, FileNotFoundError) else exc.strerror}; {remedy}") from exc
    if size != kept[0]:
        raise DamagedFile(f"{path}: has {size} bytes, not the {kept[0]} that were written; {remedy}")


def check_file(path: Path, kept: Kept, remedy: str) -> None:
    """See that a file is what was written.

    Raises:
        DamagedFile: It is not, or is not there; the message ends with the remedy.
    """
    check_size(path, kept, remedy)
    try:
        found = checksum_of(path)
    except OSError as exc:
        raise DamagedFile(f"{path}: cannot be read ({exc.strerror}); {remedy}") from exc
    if found != tuple(kept):
        raise DamagedFile(f"{path}: is not what was written (its SHA-256 is another); {remedy}")


def seal(values: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON document with its own checksum in it."""
    plain: dict[str, Any] = json.loads(json.dumps({name: value for name, value in values.items() if name != SEAL}))
    return {**plain, SEAL: _digest(plain)}


def read_sealed(path: Path, remedy: str) -> dict[str, Any]:
    """A JSON document; one that has no checksum, because an older version wrote it, is taken as it is.

    Raises:
        DamagedFile: It is not there, no JSON object, or not what was written.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise DamagedFile(f"{path}: missing; {remedy}") from exc
    except (OSError, ValueError, RecursionError) as exc:
        raise DamagedFile(f"{path}: cannot be read ({exc}); {remedy}") from exc
    if not isinstance(values, dict):
        raise DamagedFile(f"{path}: cannot be read (no JSON object); {remedy}")
    own = values.pop(SEAL, None)
    # One flipped bit may hit the name of the checksum: what is sealed has a list of files, which no older version wrote.
    if (own is None and "files" in values) or (own is not None and own != _digest(values)):
        raise DamagedFile(f"{path}: is not what was written (its checksum is another); {remedy}")
    return values


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
