"""Memory that was freed goes back to the system: the parser's and Arrow's allocators keep theirs otherwise, file after file."""

import contextlib
import ctypes
import gc
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from sandan.record.processes.memory import resident_bytes

_GROWN_BYTES = 96 << 20


def give_back() -> None:
    """Return what is free to the system, where the system has a way.

    The search for cycles is off while files are read, and the parser of a large message that was given up is one.
    """
    gc.collect()
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextlib.contextmanager
def without_cycles() -> Iterator[None]:
    """Without the search for cycles, which would look through a million waiting texts again and again; nothing here makes any.

    What was there before is left out of the search that `give_back` asks for: in a program with much in memory that would take longer than
    reading a small file.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


@dataclass(slots=True)
class Watch:
    """Gives back when the process has grown much since it last did."""

    _since: int = 0

    def look(self) -> None:
        """After each file and each list."""
        if resident_bytes() > self._since + _GROWN_BYTES:
            give_back()
            self._since = resident_bytes()
