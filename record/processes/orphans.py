"""Processes that do not outlive the one that started them, however that one ends."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1
# Reads numbers of processes until `done`; where its input ends before, whoever wrote it is dead.
_UNTIL_DONE = 'while read -r word; do [ "$word" = done ] && exit 0; all="$all $word"; done; [ -z "$all" ] || kill -9 $all'


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


@contextmanager
def ended_unless_done() -> Iterator[Callable[[int], None]]:
    """Processes that outlive this one, but only where it got to the end of what it began with them.

    Gives a function to which the number of such a process is said. Until the block ends, they are killed if this process ends, however
    that happens; if the block ends by an error, they are killed too.
    """
    words = ["/bin/sh", "-c", _UNTIL_DONE]
    # In a session of its own: what ends this process by its terminal does not end it.
    watch = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, text=True
    )
    assert watch.stdin is not None
    said = watch.stdin

    def say(word: object) -> None:
        said.write(f"{word}\n")
        said.flush()

    try:
        yield say
        say("done")
    finally:
        said.close()
        watch.wait()
