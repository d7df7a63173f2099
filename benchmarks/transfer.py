"""How detection carries over to worlds of other authors: all figures of the whole line beside a peer's, in one run.

    python benchmarks/transfer.py FOLDER [--worlds world-1 world-2] [--out results.json]

FOLDER holds unpacked worlds (`messages/`, `reference/`, `truth.csv`, `cut.txt`), the program that scores them (`score.py WORLD --alerts …
--clusters … --members … --json …`) and, where there is one, a peer that writes the same three tables (`peer.py WORLD OUT --model NAME`).
Each world is read, learned from and scored as a user would; with `--rules` a second time without learning. Intervals of the average
precision draw whole groups of fraud and single honest orders, 1,000 times, paired with the peer.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from sandan.gnn.measures import average_precision, difference, with_interval

FIGURES = (
    "average_precision", "precision_at_1", "precision_at_5", "recall_at_10", "plain_innocent_medium_or_high", "hard_negative_high",
    "high_precision", "fraud_high", "typology_core",
)  # fmt: skip
PEERS = ("rules", "lgbm")
Key = tuple[str, str, str]


def run_line(world: Path, out: Path, learn: bool) -> float:
    """Read, learn and score one world; the three tables go to `out`. Returns CPU seconds."""
    out.mkdir(parents=True)
    home, given = out / "home", out / "in"
    for name in ("messages", "reference"):
        shutil.copytree(world / name, given / name)
    program = str(Path(sys.executable).with_name("sandan"))
    environment = dict(os.environ, SANDAN_HOME=str(home))
    before = _spent()
    for arguments in (["ingest", str(given)], *([["train"]] if learn else []), ["score"]):
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
        if done.returncode not in (0, 65):
            raise SystemExit(f"sandan {arguments[0]}: {done.stderr[-500:]}")
    for name, arguments in (("alerts", ["alerts", "--all"]), ("clusters", ["clusters"]), ("members", ["clusters", "--members"])):
        command = [program, *arguments, "--format", "csv", "--out", str(out / f"{name}.csv")]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return _spent() - before


def _spent() -> float:
    times = os.times()
    return times.children_user + times.children_system


def scored(folder: Path, world: Path, out: Path) -> dict[str, Any]:
    """What the scorer says of three tables."""
    tables = [part for name in ("alerts", "clusters", "members") for part in (f"--{name}", str(out / f"{name}.csv"))]
    command = [sys.executable, str(folder / "score.py"), str(world), *tables, "--json", str(out / "figures.json")]
    subprocess.run(command, check=True, capture_output=True)
    figures: dict[str, Any] = json.loads((out / "figures.json").read_text())
    return figures


def scores_of(out: Path) -> dict[Key, float]:
    """Score of each order; of several the lowest."""
    found: dict[Key, float] = {}
    with (out / "alerts.csv").open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            key = (row["flow"], row["ebp_code"], row["order_no"])
            found[key] = min(found.get(key, 1.0), float(row["score"]))
    return found


def intervals(world: Path, own: dict[Key, float], peer: dict[Key, float] | None) -> dict[str, Any]:
    """Average precision over all orders of a world with its interval, and the gain over the peer on the same draws."""
    with (world / "truth.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    keys = [(row["flow"], row["ebp_code"], row["order_no"]) for row in rows]
    y = np.array([bool(row["label"]) for row in rows], dtype=float)
    names = [row["group"] if row["label"] else f"?{i}" for i, row in enumerate(rows)]
    groups = np.unique(names, return_inverse=True)[1]
    mine = np.array([own.get(key, -1.0) for key in keys])
    estimate = with_interval(y, mine, groups)
    found: dict[str, Any] = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    if peer is not None:
        theirs = np.array([peer.get(key, -1.0) for key in keys])
        gain = difference(y, mine, theirs, groups)
        found["gain"] = {"value": gain.value, "low": gain.low, "high": gain.high, "peer": average_precision(y, theirs)}
    return found


def line(name: str, figures: dict[str, Any]) -> str:
    """One row of the table: the figures of the test period."""
    test, whole = figures["test"], figures
    parts = [test[figure] for figure in FIGURES] + [whole["clusters_test"]["b3_f1"], whole["clusters_whole"]["b3_f1"]]
    return f"| {name} | " + " | ".join("" if part is None else f"{part:.3f}" for part in parts) + " |"


def main() -> None:
    """Measure and print; the whole of it goes to `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worlds", nargs="*")
    parser.add_argument("--rules", action="store_true", help="score each world without learning too")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    worlds = sorted(path.parent for path in asked.folder.glob("*/truth.csv") if not asked.worlds or path.parent.name in asked.worlds)
    if not worlds:
        parser.error(f"{asked.folder}: no world with a truth.csv; unpack one there")
    print("| world, program | " + " | ".join(FIGURES) + " | b3_f1 | b3_f1 whole |")
    print("|---" * (len(FIGURES) + 3) + "|")
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="sandan-transfer-") as scratch:
        for world in worlds:
            begun = time.time()
            runs = {"sandan": True} | ({"sandan, no outcomes": False} if asked.rules else {})
            found: dict[str, Any] = {}
            for name, learn in runs.items():
                out = Path(scratch) / world.name / name.replace(" ", "-")
                spent = run_line(world, out, learn)
                found[name] = scored(asked.folder, world, out) | {"cpu_s": spent}
                print(line(f"{world.name}, {name}", found[name]), flush=True)
            rival = None
            if (asked.folder / "peer.py").exists():
                for model in PEERS:
                    out = Path(scratch) / world.name / f"peer-{model}"
                    command = [sys.executable, str(asked.folder / "peer.py"), str(world), str(out), "--model", model]
                    subprocess.run(command, check=True, capture_output=True)
                    found[f"peer {model}"], rival = scored(asked.folder, world, out), scores_of(out)
                    print(line(f"{world.name}, peer {model}", found[f"peer {model}"]), flush=True)
            found["average_precision, whole"] = intervals(world, scores_of(Path(scratch) / world.name / "sandan"), rival)
            result[world.name] = found | {"seconds": time.time() - begun}
    for world, found in result.items():
        print(f"{world}: {json.dumps(found['average_precision, whole'])}")
        kinds = {name: found[name]["test"]["per_kind"] for name in found if isinstance(found[name], dict) and "test" in found[name]}
        for kind in kinds["sandan"]:
            print(f"  {kind:18} " + "  ".join(f"{name} {kinds[name][kind]['recall_at_10']:.2f}" for name in kinds))
    if asked.out:
        asked.out.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
