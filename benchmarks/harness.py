"""What every benchmark needs: times over repetitions, the machine in a sentence, tables in Markdown."""

import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timed:
    """Medians over the repetitions of one thing.

    Attributes:
        cpu: CPU seconds of the process; other processes on the machine move them less than the clock.
        wall: Seconds by the clock.
        spread: Largest by smallest CPU time.
    """

    cpu: float
    wall: float
    spread: float


def timed(action: Callable[[], Result], times: int = 3) -> tuple[Timed, Result]:
    """Run something several times; its median times and its last result."""
    cpu, wall = [], []
    for _ in range(times):
        started = time.process_time(), time.perf_counter()
        result = action()
        cpu.append(time.process_time() - started[0])
        wall.append(time.perf_counter() - started[1])
    return Timed(statistics.median(cpu), statistics.median(wall), max(cpu) / max(min(cpu), 1e-9)), result


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine(*packages: str) -> str:
    """Cores, load and versions: without them a time says nothing."""
    found = ", ".join(f"{name} {version(name)}" for name in packages)
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores (load {load:.1f} at the start), {platform.machine()}, Python {platform.python_version()}, {found}"


def peak_mb(of_children: bool = False) -> float:
    """Largest resident memory so far, in MB."""
    who = resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF
    return resource.getrusage(who).ru_maxrss / 1024


def family(pid: int) -> Iterator[int]:
    """A process and all that it began."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def _memory_kb(pid: int) -> int:
    """Memory of a process, its part of what several share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def taken_mb(pid: int) -> float:
    """Memory of a process and of all that it began, in MB; what they share once."""
    total = 0
    try:
        for member in family(pid):
            total += _memory_kb(member)
    except OSError:
        # One ended meanwhile; the next look will see the others.
        pass
    return total / 1024


def say(text: str) -> None:
    """What a long benchmark is at, beside its result."""
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)
