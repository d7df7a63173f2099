"""Training and the model's part in a run, through the command line."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

Sandan = Callable[..., subprocess.CompletedProcess[str]]


# Enough outcomes for the model to trust itself: of a small world most is inspected, of a large one as much as in life.
WORLDS = {"small": {"n_orders": 1200, "fraud_rate": 0.15, "label_rate": 0.6}, "large": {"n_orders": 9000}}


@pytest.fixture(scope="module", params=["small", pytest.param("large", marks=pytest.mark.slow)])
def learned_home(request: pytest.FixtureRequest, sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose outcomes were learned from, and that was scored with the model."""
    folder = tmp_path_factory.mktemp("learned")
    home = folder / "home"
    params = world_params("demo", seed=978, **WORLDS[request.param])
    assert sandan(home, "ingest", write_world(folder / "world", params).folder).returncode == 0
    done = sandan(home, "train")
    assert done.returncode == 0, done.stderr
    assert "nothing to learn" not in done.stdout, done.stdout
    done = sandan(home, "score")
    assert done.returncode == 0, done.stderr
    return home


def test_the_card_says_what_was_learned_from_what(sandan: Sandan, learned_home: Path) -> None:
    rows = json.loads(sandan(learned_home, "card", "--format", "json").stdout)
    told = {(row["part"], row["name"]): row for row in rows}
    assert float(told["labelled", ""]["value"]) > 40
    ranked = {name for part, name in told if part == "average precision"}
    assert ranked >= {"assumed weights", "weighted evidence", "tree", "small tree", "tree of signs", "ranking", "with companions"}
    # So few sellers have a breach that the network's part could not be told from chance; that is said where it was not asked.
    assert ("network" in ranked) != told["network", ""]["value"].startswith(("not asked", "not installed"))
    assert told["gain", "with companions over ranking"]["low"] <= float(told["gain", "with companions over ranking"]["value"])
    assert 0 <= float(told["calibration error", ""]["value"]) <= 0.1


def test_the_model_s_findings_have_reasons_and_never_make_high_alone(sandan: Sandan, learned_home: Path) -> None:
    findings = json.loads(sandan(learned_home, "findings", "--format", "json").stdout)
    own = [f for f in findings if f["typology"] == "gnn"]
    assert own and all("likely to be a breach" in f["because"] and len(f["because"]) > 50 for f in own)
    alerts = csv.DictReader(io.StringIO(sandan(learned_home, "alerts", "--all", "--format", "csv").stdout))
    assert not [row for row in alerts if row["typologies"] == "gnn" and row["grade"] == "high"]
    runs = json.loads(sandan(learned_home, "runs", "--format", "json").stdout)
    assert runs[0]["job"] == "score" and runs[0]["model_id"] == runs[1]["model_id"] and runs[1]["job"] == "train"


# Without a model it is quick: test_network scores one home twice, jobs/test_pipeline two homes; that a model answers the same, gnn/test_learning.
@pytest.mark.slow
def test_scoring_twice_gives_the_same(sandan: Sandan, learned_home: Path) -> None:
    def alerts() -> list[tuple[str, ...]]:
        rows = csv.DictReader(io.StringIO(sandan(learned_home, "alerts", "--all", "--format", "csv").stdout))
        return [tuple(value for name, value in row.items() if name != "run_id") for row in rows]

    before = alerts()
    assert sandan(learned_home, "score").returncode == 0
    assert alerts() == before


def test_a_run_of_an_earlier_date_does_not_use_a_later_model(sandan: Sandan, learned_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(learned_home, home)
    assert sandan(home, "score", "--as-of", "2025-04-10").returncode == 0
    assert json.loads(sandan(home, "runs", "--format", "json").stdout)[0]["model_id"] is None
    # What inspections of the same cluster found by that date needs no model; every other reason of `gnn` is a model's.
    own = [f for f in json.loads(sandan(home, "findings", "--format", "json").stdout) if f["typology"] == "gnn"]
    assert not [f["because"] for f in own if not f["because"].startswith("Inspected of the")]


def test_without_outcomes_there_is_nothing_to_learn_and_that_is_no_error(sandan: Sandan, tmp_path: Path) -> None:
    write_world(tmp_path / "world", world_params("demo", n_orders=60, seed=5))
    (tmp_path / "world" / "tables" / "outcomes.csv").unlink()
    home = tmp_path / "home"
    assert sandan(home, "ingest", tmp_path / "world").returncode == 0
    done = sandan(home, "train")
    assert (done.returncode, done.stdout.strip()) == (0, "nothing to learn yet: no outcomes are known by this date")
    assert sandan(home, "card").returncode == 65
    (tmp_path / "outcomes.csv").write_text(
        "flow,inspected_at,method,outcome,ebp_code,order_no,logistics_code,logistics_no\n"
        + "".join(f"import,2025-04-0{n % 9 + 1},xray,forged,P,NO-SUCH-{n},,\n" for n in range(30)),
        encoding="utf-8",
    )
    assert sandan(home, "ingest", tmp_path / "outcomes.csv").returncode == 0
    assert "no outcome is known by this date for any consignment" in sandan(home, "train").stdout


@pytest.fixture
def own_home(sandan: Sandan, learned_home: Path, tmp_path: Path) -> Path:
    """The learned home with a typology that its installation added since, scored anew."""
    home = tmp_path / "home"
    shutil.copytree(learned_home, home)
    (home / "sandan.toml").write_text(f'typologies = "{Path(__file__).with_name("own_typologies")}"\n', encoding="utf-8")
    done = sandan(home, "score")
    assert done.returncode == 0, done.stderr
    # The model knows nothing of it, goes on, and says so.
    assert "made for other features" in done.stdout + done.stderr
    return home


def test_a_typology_from_one_file_needs_no_other(sandan: Sandan, own_home: Path, learned_home: Path) -> None:
    from sandan.algorithms.vocabulary.registry import registry, use
    from sandan.dashboard.address import Address
    from sandan.dashboard.pages.consignment import page
    from sandan.jobs.reference import pages

    runs = json.loads(sandan(own_home, "runs", "--format", "json").stdout)
    assert (
        runs[0]["job"] == "score"
        and runs[0]["model_id"] == json.loads(sandan(learned_home, "runs", "--format", "json").stdout)[0]["model_id"]
    )
    found = [f for f in json.loads(sandan(own_home, "findings", "--format", "json").stdout) if f["typology"] == "number_of_twins"]
    ruled = [f for f in found if "twin sevens" in f["because"]]
    assert 5 < len(ruled) < 300 and all(f["subject_id"].endswith("77") and 0 < f["score"] < 1 for f in ruled)
    assert any("pieces in one parcel" in f["because"] for f in found)
    one = ruled[0]
    assert one["because"] == f"The order number {one['subject_id'].split(':')[-1]} ends with twin sevens"
    assert f"declaration:{one['subject_id']}" in one["evidence"].split("|")
    # A language, a page of documentation, a place on the consignment's page.
    zh = json.loads(sandan(own_home, "findings", "--format", "json", SANDAN_LANGUAGE="zh").stdout)
    assert any("以两个七结尾" in f["because"] for f in zh)
    settings = load_settings(own_home)
    use(settings)
    try:
        assert registry().label("number_of_twins", "zh") == "双生号码"
        assert "\n## number_of_twins\nNumber of twins · 双生号码\n" in pages()["typologies.md"]
        for language, label in (("en", "Number of twins"), ("zh", "双生号码")):
            shown = str(page(settings, one["subject_id"], Address.parse(f"?lang={language}", "en")))
            assert label in shown and "order.order_no declaration.order_no" in shown
    finally:
        use(load_settings(learned_home))
    # Without its file the run stays readable.
    (own_home / "sandan.toml").unlink()
    assert len(json.loads(sandan(own_home, "findings", "--format", "json").stdout)) >= len(found)


def test_a_typology_that_cannot_be_loaded_or_run_is_an_error_of_the_configuration(sandan: Sandan, small_home: Path, tmp_path: Path) -> None:
    home, own = tmp_path / "home", tmp_path / "own"
    shutil.copytree(small_home, home)
    own.mkdir()
    text = Path(__file__).with_name("own_typologies").joinpath("number_of_twins.py").read_text(encoding="utf-8")
    for broken, said in (
        ("import no_such_module", "cannot be loaded"),
        (text.replace("t.kind ==", "t.no_such_column =="), "cannot be run"),
        (text.replace('context.column("pieces")', 'context.column("no_such_column")'), "cannot be run"),
    ):
        (own / "mine.py").write_text(broken, encoding="utf-8")
        done = sandan(home, "score", SANDAN_TYPOLOGIES=str(own))
        assert done.returncode == 78 and f"{own / 'mine.py'}: {said}" in done.stderr, done.stderr
