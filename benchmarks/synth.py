"""Writing synthetic worlds of growing size: time, memory of all processes together, and whether an order costs the same in a larger one.

python -m benchmarks.synth [--orders 100000 1000000] [--processes 0]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import machine, say, table, taken_mb

_EVERY_S = 0.5


def synth(out: Path, n_orders: int, processes: int) -> tuple[float, float, float, float]:
    """Seconds by the clock, of the processors, most memory of all processes together in MB, and GB written, of one `sandan synth`."""
    command = [str(Path(sys.executable).parent / "sandan"), "synth", str(out), "--preset", "benchmark-1m", "--orders", str(n_orders)]
    before, started, most = os.times(), time.perf_counter(), 0.0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([*command, "--processes", str(processes)], stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            most = max(most, taken_mb(process.pid))
            time.sleep(_EVERY_S)
        wall, after = time.perf_counter() - started, os.times()
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"sandan synth: exit {process.returncode}: {said.read().decode().splitlines()[-1:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return wall, cpu, most, size / 1e9


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--processes", type=int, default=0, help="0: one for each core")
    chosen = parser.parse_args()
    print(machine("numpy", "faker"))
    rows, first = [], 0.0
    with tempfile.TemporaryDirectory(prefix="sandan-bench-") as folder:
        for n in chosen.orders:
            say(f"{n:,} orders")
            out = Path(folder) / "world"
            wall, cpu, most, size = synth(out, n, chosen.processes)
            shutil.rmtree(out)
            first = first or cpu / n
            rows.append(
                (f"{n:,}", f"{wall:.0f}", f"{cpu:.0f}", f"{cpu / n * 1e6:.0f}", f"{cpu / n / first:.2f}", f"{most:,.0f}", f"{size:.2f}")
            )
    print(table(("orders", "s", "CPU s", "CPU us an order", "against the first (<= 1.1)", "MB of all processes", "GB written"), rows))


if __name__ == "__main__":
    main()
