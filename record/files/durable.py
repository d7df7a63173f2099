"""Small files replaced as a whole, and on the disk when the call returns."""

import contextlib
import os
from pathlib import Path

from sandan.record.errors import OutputError


def write_durably(path: Path, text: str) -> None:
    """Replace a small file as a whole, and be sure that it is on the disk.

    Raises:
        OutputError: It cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync(path.parent)
    except OSError as exc:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise OutputError(f"{path}: cannot be written ({exc.strerror}); make the home writable and try again") from exc


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk.

    Raises:
        OSError: It cannot be opened, or the disk failed.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
