"""Processes that do not outlive the one that started them, however that one ends."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Call it first in a process of a pool: when the one that started it dies, this one ends too, whatever it does."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def ending_with_parent() -> Callable[[], None] | None:
    """For `preexec_fn` of another program: the system kills it when the thread that started it ends; None where that is not Linux."""
    if sys.platform != "linux":
        return None
    # Loaded before the fork: afterwards only what needs no lock may be called.
    prctl, number, parent = ctypes.CDLL(None).prctl, int(signal.SIGKILL), os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask
