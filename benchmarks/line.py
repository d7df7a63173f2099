"""The line on a generated world, one process per command: synth, ingest, score.

python -m benchmarks.line [--orders 20000] [--seed 1]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import machine, table


@dataclass(frozen=True, slots=True)
class Done:
    """One command: seconds by the clock and of the processor, its largest memory, and the seconds of its steps by the clock."""

    wall: float
    cpu: float
    peak_mb: float
    steps: list[tuple[str, float]]


def run(home: Path, *arguments: str) -> Done:
    """Run a command of `sandan`; its steps are what it says of them while it works.

    Raises:
        SystemExit: The command failed.
    """
    program = Path(sys.executable).parent / "sandan"
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(program), *arguments],
        env={**os.environ, "SANDAN_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = [(line.strip(), time.perf_counter()) for line in process.stderr if line.strip()]
    _, status, usage = os.wait4(process.pid, 0)
    ended = time.perf_counter()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"sandan {' '.join(arguments)}: exit {process.returncode}: {said[-1:]}")
    nexts = [*(at for _, at in said[1:]), ended]
    steps = [(text, after - at) for (text, at), after in zip(said, nexts, strict=True)]
    return Done(ended - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, steps)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"{machine('duckdb', 'pyarrow', 'networkit', 'ladybug')}\n")
    with tempfile.TemporaryDirectory() as name:
        home, world = Path(name, "home"), str(Path(name, "world"))
        commands = {
            "synth": ("synth", world, "--orders", str(chosen.orders), "--seed", str(chosen.seed)),
            "ingest": ("ingest", world),
            "score": ("score",),
        }
        done = {phase: run(home, *arguments) for phase, arguments in commands.items()}
    rows = []
    for phase, d in done.items():
        rows.append((f"**{phase}**", f"{d.wall:.1f}", f"{d.cpu:.1f}", f"{chosen.orders / d.wall:,.0f}", f"{d.peak_mb:,.0f}"))
        if phase == "score":
            rows += [(f"score: {text}", f"{seconds:.1f}", "", "", "") for text, seconds in d.steps if not text.startswith("note")]
    print(f"{chosen.orders:,} orders, seed {chosen.seed}\n")
    print(table(("phase", "s by the clock", "CPU s", "orders per s", "peak memory, MB"), rows))


if __name__ == "__main__":
    main()
