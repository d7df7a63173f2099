"""Homes that tests of jobs share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world


@pytest.fixture(scope="module")
def without_outcomes(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A home of its own for each module: one run over a small world that nobody has inspected, with a rate of tax for every code."""

    def fill(folder: Path) -> None:
        world = write_world(folder / "world", world_params("small", n_orders=150, seed=5, label_rate=0.0, label_bias=0.0)).folder
        (folder / "rates").mkdir()
        rows = "".join(f"{k},0.13,0,2019-04-01\n" for k in range(10))
        (folder / "rates" / "tax_rates.csv").write_text(f"hs_prefix,vat,consumption,valid_from\n{rows}")
        settings = load_settings(folder / "home")
        ingest([world, folder / "rates"], settings)
        score(settings)

    return made_once("without-outcomes", fill) / "home"
