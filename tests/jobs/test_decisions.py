"""What an officer decides is an outcome: the next training, the figures and the alerts know it, and taken back they do not."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms.results.results import open_results
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score, train
from sandan.jobs.plans import make_plan
from sandan.jobs.terminal.reading import alert_rows
from sandan.record.app.audit import Actor
from sandan.record.app.decisions import Seen
from sandan.record.app.services import Services, open_services, outcomes_decided
from sandan.record.catalog.keys import consignment_key
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

LI = Actor("li", "officer", 1)
KEY = ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no")


@pytest.fixture(scope="module")
def made(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    def fill(folder: Path) -> None:
        settings = load_settings(folder / "home")
        ingest(
            [write_world(folder / "world", world_params("demo", n_orders=300, seed=11, label_rate=0.0, label_bias=0.0)).folder], settings
        )
        score(settings)

    return made_once("decided", fill) / "home"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Settings:
    return load_settings(shutil.copytree(made, tmp_path / "home", symlinks=True))


def decide(services: Services, settings: Settings, alert: dict[str, Any], reason: str) -> int:
    results = open_results(HomePaths(settings.home))
    key = consignment_key(alert)
    seen = Seen(
        key, {name: alert[name] for name in KEY}, results.run_id, None, results.as_of, alert["score"], alert["grade"], alert["typologies"]
    )
    return services.decisions.decide(LI, seen, reason)


def test_from_decision_to_training_plan_alerts_and_back(home: Settings) -> None:
    services = open_services(home)
    alerts = open_results(HomePaths(home.home)).table("alerts").to_pylist()
    with_order = [row for row in alerts if row["order_no"]]
    before = {row["consignment_id"] for row in make_plan(home, 30, 0.0).table("plan").to_pylist()}
    top = next(row for row in with_order if row["consignment_id"] in before)
    number = decide(services, home, top, "forged")
    shown = {consignment_key(row): row["decision"] for row in alert_rows(home, every=True, first=False, run_id=None)}
    assert {key: decision for key, decision in shown.items() if decision} == {consignment_key(top): "hold"}
    after = {row["consignment_id"] for row in make_plan(home, 30, 0.0).table("plan").to_pylist()}
    assert top["consignment_id"] not in after  # what was found out is not inspected again

    assert [row["outcome"] for row in open_outcomes(home)] == ["forged"]
    services.decisions.take_back(LI, number, "wrong parcel")
    assert open_outcomes(home) == []
    services.database.engine.dispose()


def open_outcomes(settings: Settings) -> list[dict[str, Any]]:
    """The outcomes in force as a run of the newest run's date reads them."""
    con = connect(threads=1)
    try:
        as_of = open_results(HomePaths(settings.home)).as_of
        frames = Frames(Lake(HomePaths(settings.home).lake), con, as_of, outcomes_decided(settings))
        rows: list[dict[str, Any]] = frames.current("outcomes").to_pyarrow().to_pylist()
        return [row for row in rows if row["batch_id"] == "decisions"]
    finally:
        con.disconnect()


def test_the_next_training_learns_from_them(home: Settings) -> None:
    services = open_services(home)
    assert train(home).model is None
    alerts = [row for row in open_results(HomePaths(home.home)).table("alerts").to_pylist() if row["order_no"]]
    for place, row in enumerate((*alerts[:40], *alerts[-90:])):
        decide(services, home, row, "forged" if place < 40 else "compliant")
    trained = train(home)
    assert trained.model is not None, trained.reason
    assert trained.card["outcomes"] == {"forged": 40, "compliant": 90}
    services.database.engine.dispose()
