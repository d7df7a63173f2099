"""Runs all benchmarks: `python -m benchmarks` in the project's folder."""

import runpy

for name in ("communities", "line", "intake", "graph"):
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")
