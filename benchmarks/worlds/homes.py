"""Worlds that were written, read, scored and observed, kept in `.cache/worlds` as long as the code that made them is the same."""

import csv
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.harness import say
from benchmarks.oracles.observables import EVERY, Observables, observe
from sandan.algorithms.evaluation.answers import Answer, answers
from sandan.algorithms.results.former_results import in_form
from sandan.algorithms.results.results import open_results
from sandan.algorithms.vocabulary.registry import registry
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score, train
from sandan.record.home import HomePaths
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "worlds"
# What a kept world depends on.
_CODE = (
    "record", "ingest", "graph", "algorithms", "gnn", "synthetic", "jobs/pipeline.py",
    "benchmarks/oracles/observables.py", "benchmarks/oracles/observed_goods.py", "benchmarks/worlds/homes.py",
)  # fmt: skip
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """One world, observed.

    Attributes:
        answers: Rows of the key with the run's alerts.
        observables: Of the run's consignments.
        rules: float64 [consignments]; the single-consignment rules alone, combined as the grades are.
    """

    answers: list[Answer]
    observables: Observables
    rules: Floats


@functools.cache
def code() -> str:
    """Digest of the code that worlds and observables are made with."""
    found = hashlib.blake2b(digest_size=6)
    for name in _CODE:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.update(file.read_bytes())
    return found.hexdigest()


def seen(preset: str, n_orders: int, seed: int, *, trained: bool = False) -> Seen:
    """A world of a seed, from the cache or made now.

    Args:
        preset: Preset of the world.
        n_orders: Consignments.
        seed: Its seed.
        trained: Whether the home learned from its outcomes before it was scored.
    """
    folder = CACHE / f"{preset}-{n_orders}-{seed}{'-trained' if trained else ''}-{code()}"
    if not (folder / "observed.npz").exists():
        _make(folder, preset, n_orders, seed, trained)
    with (folder / "key.csv").open(encoding="utf-8", newline="") as file:
        held = answers(list(csv.DictReader(file)), in_form(pq.read_table(folder / "alerts.parquet")))
    with np.load(folder / "observed.npz") as kept:
        values = Observables(tuple(kept["ids"].tolist()), EVERY, kept["values"].astype(np.float64), kept["inspected"])
        return Seen(held, values, kept["rules"])


def _make(folder: Path, preset: str, n_orders: int, seed: int, trained: bool) -> None:
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="sandan-world-") as place:
        settings = load_settings(Path(place) / "home")
        say(f"seed {seed}: writing {n_orders:,} consignments of {preset}")
        world = write_world(Path(place) / "world", world_params(preset, n_orders=n_orders, seed=seed))
        say(f"seed {seed}: reading them in")
        ingest([world.folder], settings)
        shutil.rmtree(world.folder)
        if trained:
            train(settings, step=lambda text: say(f"seed {seed}: {text}"))
        score(settings, step=lambda text: say(f"seed {seed}: {text}"))
        say(f"seed {seed}: observing")
        results = open_results(HomePaths(settings.home))
        found = observe(settings, results)
        findings = results.table("findings").select(["consignment_id", "typology", "cause", "score"]).to_pylist()
        np.savez_compressed(
            part / "observed.npz", values=found.values.astype(np.float32), ids=np.array(found.ids), inspected=found.inspected,
            rules=_combined(findings, found.ids),
        )  # fmt: skip
        shutil.copy(results.path("alerts"), part / "alerts.parquet")
        shutil.copy(world.key, part / "key.csv")
    part.rename(folder)
    say(f"seed {seed}: kept in {folder.relative_to(ROOT)}")


def _combined(findings: Sequence[dict[str, Any]], ids: Sequence[str]) -> Floats:
    """Noisy-or of the findings on single consignments; of one cause only the strongest counts."""
    ruled = registry().ruled
    strongest: dict[tuple[str, str], float] = {}
    for row in findings:
        if row["typology"] in ruled:
            at = row["consignment_id"], row["cause"]
            strongest[at] = max(strongest.get(at, 0.0), row["score"])
    rest = dict.fromkeys(ids, 1.0)
    for (name, _), strength in strongest.items():
        rest[name] *= 1.0 - strength
    return 1.0 - np.array([rest[name] for name in ids])


def taught(worlds: Sequence[Seen]) -> tuple[Floats, Floats]:
    """Rows that teach, float64 [n, f], and which of them are frauds, float64 [n]; frauds whose lists are still to come are left out."""
    x, y = [], []
    for world in worlds:
        place = {name: i for i, name in enumerate(world.observables.ids)}
        known = [answer for answer in world.answers if answer.alert is not None and answer.truth != "open"]
        x.append(world.observables.values[[place[str(answer.alert["consignment_id"])] for answer in known if answer.alert]])
        y.append(np.array([answer.truth == "fraud" for answer in known], dtype=np.float64))
    return np.concatenate(x), np.concatenate(y)
