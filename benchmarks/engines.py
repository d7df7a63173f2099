"""The same home scored by DuckDB and by Spark on this machine: CPU seconds and memory of all processes, Java among them.

python -m benchmarks.engines HOME [--engines duckdb 'local[2]'] [--memory 3g]
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import family, machine, table, taken_mb

_TICKS = os.sysconf("SC_CLK_TCK")
_POLL_S = 0.5


def _cpu_s(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def scored(home: Path, engine: str, memory: str) -> tuple[float, float, float]:
    """Score a home: seconds by the clock, CPU seconds and largest memory in MB of the command and all below it.

    Raises:
        SystemExit: It failed.
    """
    program = Path(sys.executable).parent / "sandan"
    environment = {**os.environ, "SANDAN_HOME": str(home), "SANDAN_ENGINE": engine, "SANDAN_SPARK__MEMORY": memory}
    started = time.perf_counter()
    process = subprocess.Popen([str(program), "score"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    used: dict[int, float] = {}
    peak = 0.0
    while process.poll() is None:
        # One that ends meanwhile keeps what it was last seen with; the next look sees the others.
        with contextlib.suppress(OSError):
            for member in family(process.pid):
                used[member] = _cpu_s(member)
        peak = max(peak, taken_mb(process.pid))
        time.sleep(_POLL_S)
    if process.returncode:
        raise SystemExit(f"sandan score with {engine}: exit {process.returncode}")
    return time.perf_counter() - started, sum(used.values()), peak


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("home", type=Path)
    parser.add_argument("--engines", nargs="+", default=["duckdb", "local[2]"])
    parser.add_argument("--memory", default="3g")
    chosen = parser.parse_args()
    print(machine("duckdb", "ibis-framework", "pyspark"))
    rows = []
    for engine in chosen.engines:
        with tempfile.TemporaryDirectory(dir=chosen.home.resolve().parent) as folder:
            home = Path(shutil.copytree(chosen.home, Path(folder) / "home"))
            wall, cpu, peak = scored(home, engine, chosen.memory)
        rows.append((engine, f"{wall:.0f}", f"{cpu:.0f}", f"{peak:.0f}"))
    print(table(("engine", "wall s", "CPU s", "peak MB of all processes"), rows))


if __name__ == "__main__":
    main()
