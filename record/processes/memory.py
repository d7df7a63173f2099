"""Memory that a process holds, as the operating system reports it."""

import os
from pathlib import Path


def resident_bytes(pid: int | None = None) -> int:
    """Bytes that a process holds in memory; 0 where the system does not report it.

    Args:
        pid: The process; None: this one.
    """
    try:
        pages = Path(f"/proc/{pid or 'self'}/statm").read_text(encoding="ascii")
        return int(pages.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
