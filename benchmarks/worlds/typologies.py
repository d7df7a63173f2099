"""What a small tree on each single trivial property of the files finds, for all frauds and for each typology alone."""

import importlib.util
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.harness import say, table
from benchmarks.worlds.homes import ROOT
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

_MOST = 0.6
_SHOWN = 6


def properties(n_orders: int, seeds: Sequence[int]) -> str:
    """A table in Markdown: the properties above .6 by typology, the loudest first."""
    observed = _observed()
    worlds: dict[str, list[Any]] = {"imports": [], "parcels": []}
    with tempfile.TemporaryDirectory(prefix="sandan-typologies-") as folder:
        for seed in seeds:
            say(f"seed {seed}: writing and reading {n_orders:,} consignments")
            params = world_params("demo", n_orders=n_orders, seed=seed, fraud_rate=0.06, ring_rate=0.06)
            files = write_world(Path(folder) / str(seed), params)
            worlds["imports"].append(observed.as_numbers(observed.consignments(files.folder)))
            worlds["parcels"].append(observed.as_numbers(observed.parcels(files.folder)))
    rows = []
    for part, pair in worlds.items():
        borne = sorted({name for _, key in pair for text in key.typologies[key.truth == "fraud"] for name in text.split("|")})
        for typology in ["", *borne]:
            say(f"{part}: {typology or 'all frauds'}")
            asked = [_thinned(*world) for world in pair] if typology else pair
            there, back = (observed.giveaways(*both, typology) for both in (asked, asked[::-1]))
            areas = {name: (there[name] + back[name]) / 2 for name in there.keys() & back.keys()}
            loud = sorted(((area, name) for name, area in areas.items() if area > _MOST), reverse=True)
            if areas:
                shown = ", ".join(f"`{name}` {area:.2f}" for area, name in loud[:_SHOWN])
                rows.append([part, f"`{typology}`" if typology else "all", len(loud), shown or "-"])
    told = ", ".join(map(str, seeds))
    head = (
        f"Two worlds of preset `demo` at {n_orders:,} orders with more frauds than usual (seeds {told}), each asked after learning from "
        f"the other; properties with an area above {_MOST}, and the {_SHOWN} loudest. Typologies with fewer than 20 frauds in a world "
        "are left out."
    )
    return "\n".join([head, "", table(["of", "typology", "above .6", "loudest"], rows)])


def _thinned(properties: pd.DataFrame, key: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All frauds, and every third of the rest: enough for a tree on one property."""
    kept = ((key["truth"] == "fraud") | (np.arange(len(key)) % 3 == 0)).to_numpy()
    return properties[kept].reset_index(drop=True), key[kept].reset_index(drop=True)


def _observed() -> ModuleType:
    """`tests/synthetic/observed.py`, which is no package."""
    spec = importlib.util.spec_from_file_location("sandan_observed", ROOT / "tests" / "synthetic" / "observed.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
