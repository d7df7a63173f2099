"""Memory that a process holds, as the operating system tells it."""

import os
from pathlib import Path


def resident_bytes(pid: int | None = None) -> int:
    """Bytes that a process holds in memory; 0 where the system does not tell.

    Args:
        pid: The process; None: this one.
    """
    try:
        told = Path(f"/proc/{pid or 'self'}/statm").read_text(encoding="ascii")
        return int(told.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
