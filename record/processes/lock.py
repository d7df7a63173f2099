"""One writer per home, one run that empties its inboxes, one schedule: locks of the operating system, dropped when their process dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from sandan.record.errors import BusyError, OutputError
from sandan.record.home import HomePaths, make_private


@contextlib.contextmanager
def home_lock(paths: HomePaths, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the home's lock for the block.

    Args:
        paths: The home.
        wait_s: How long to wait for another run, in seconds.

    Raises:
        BusyError: Another run holds it; the message names its process.
        OutputError: The lock file cannot be written.
    """
    with _held(paths, paths.lock, wait_s):
        yield


@contextlib.contextmanager
def inbox_lock(paths: HomePaths) -> Iterator[None]:
    """Hold the lock of the inboxes, from looking at them until their files are moved; the home's lock is taken inside of it.

    Raises:
        BusyError: Another run holds it; the message names its process.
        OutputError: The lock file cannot be written.
    """
    with _held(paths, paths.inbox_lock, 0.0):
        yield


@contextlib.contextmanager
def schedule_lock(paths: HomePaths) -> Iterator[None]:
    """Hold the lock of the schedule: one keeps the times of a home, however many are started.

    Raises:
        BusyError: Another one runs; the message names its process.
        OutputError: The lock file cannot be written.
    """
    with _held(paths, paths.schedule_lock, 0.0):
        yield


@contextlib.contextmanager
def bundles_lock(paths: HomePaths) -> Iterator[None]:
    """Hold the lock of the bundles while one is made or taken: numbers are given once, and only grow.

    Raises:
        BusyError: Another run holds it; the message names its process.
        OutputError: The lock file cannot be written.
    """
    with _held(paths, paths.bundles_lock, 0.0):
        yield


@contextlib.contextmanager
def _held(paths: HomePaths, lock: Path, wait_s: float) -> Iterator[None]:
    make_private(paths.root)
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise OutputError(f"{lock}: {exc.strerror}; make the home writable or choose another SANDAN_HOME") from exc
    try:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as exc:
                if time.monotonic() >= deadline:
                    holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
                    raise BusyError(f"{paths.root}: another run holds the lock (process {holder}); try again when it has ended") from exc
                time.sleep(0.1)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
