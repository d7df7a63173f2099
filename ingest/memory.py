"""Memory that was freed goes back to the system: the parser's and Arrow's allocators keep theirs otherwise, file after file."""

import contextlib
import ctypes
import gc
import os
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

_STATM = Path("/proc/self/statm")
_GROWN_BYTES = 96 << 20


def give_back() -> None:
    """Return what is free to the system, where the system has a way.

    The search for cycles is off while files are read, and the parser of a large message that was given up is one.
    """
    gc.collect()
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@dataclass(slots=True)
class Watch:
    """Gives back when the process has grown much since it last did."""

    _since: int = 0

    def look(self) -> None:
        """After each file."""
        if _resident() > self._since + _GROWN_BYTES:
            give_back()
            self._since = _resident()


def _resident() -> int:
    """Bytes that the process holds in memory; 0 where the system does not say."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
