"""Learning and scoring in one job against the two jobs one after the other."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms.results.results import open_results
from sandan.graph.store.access import graph_layout
from sandan.ingest.intake import ingest
from sandan.jobs import pipeline
from sandan.jobs.checks.home import check_home
from sandan.jobs.pipeline import score, train, train_and_score
from sandan.record.home import HomePaths
from sandan.record.runs import RunLedger
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

_TABLES = ("alerts", "findings", "operators", "clusters", "members")


def _tables(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    results = open_results(HomePaths(settings.home))
    own = {name: results.table(name).to_pylist() for name in _TABLES}
    for rows in own.values():
        for row in rows:
            run_id = row.pop("run_id", "")
            assert run_id in ("", results.run_id)
            if "finding_id" in row:
                row["finding_id"] = row["finding_id"].removeprefix(results.run_id)
                assert row["finding_id"].startswith(":")
    return own


def _graph(settings: Settings) -> dict[str, int]:
    layout = graph_layout(settings)
    tables = layout.tables(layout.current() or "")
    return {path.name: len(path.read_bytes()) for path in tables.rglob("*.parquet") if path.parent.name == "events"}


@pytest.fixture(scope="module")
def received(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A home with outcomes, of which nothing was learned or scored."""

    def fill(folder: Path) -> None:
        world = write_world(folder / "world", world_params("small", n_orders=300, seed=11)).folder
        ingest([world], load_settings(folder / "home"))

    return made_once("received-with-outcomes", fill) / "home"


@pytest.mark.parametrize("orders", [pytest.param(0, id="too few outcomes"), pytest.param(9000, id="a model", marks=pytest.mark.slow)])
def test_both_in_one_give_what_they_give_one_after_the_other(received: Path, tmp_path: Path, orders: int) -> None:
    home = tmp_path / "home"
    if orders:
        ingest([write_world(tmp_path / "world", world_params("demo", n_orders=orders, seed=978)).folder], load_settings(home))
    else:
        shutil.copytree(received, home)
    shutil.copytree(home, tmp_path / "other")
    apart, together = load_settings(home), load_settings(tmp_path / "other")
    learned, done = train(apart), score(apart)
    both, run = train_and_score(together)
    assert (learned.model is None) == (both.model is None) == (orders == 0)
    assert learned.reason == both.reason and learned.card.keys() == both.card.keys()
    assert (run.as_of, run.n_scored, run.n_high) == (done.as_of, done.n_scored, done.n_high)
    assert _tables(apart) == _tables(together)
    assert _graph(apart) == _graph(together)
    jobs = [(row["job"], row["status"]) for row in RunLedger(HomePaths(together.home)).rows()]
    assert jobs == [("score", "done"), ("train", "done")]
    assert not list(HomePaths(together.home).runs.glob("*.work"))
    check_home(together, repair=False)


def test_what_fails_while_scoring_leaves_the_training_and_nothing_half_made(
    received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(received, tmp_path / "home")
    settings = load_settings(tmp_path / "home")

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("in mid-work")

    monkeypatch.setattr(pipeline, "score_evidence", fails)
    with pytest.raises(RuntimeError, match="in mid-work"):
        train_and_score(settings, job="run")
    paths = HomePaths(settings.home)
    assert [(row["job"], row["status"]) for row in RunLedger(paths).rows()] == [("run", "failed"), ("train", "done")]
    assert not list(paths.runs.iterdir()) and not list(paths.graph.glob("*-run-*"))
