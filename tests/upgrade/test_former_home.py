"""A home that an older version made opens, is checked and scored, and gets the checksums that it lacked."""

import tarfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandan.algorithms.read_models.consignment import view_consignment
from sandan.algorithms.results.results import open_results
from sandan.algorithms.wording.render import because
from sandan.graph.store.access import graph_layout, open_store
from sandan.ingest.intake import ingest
from sandan.jobs.checks.home import check_home
from sandan.jobs.pipeline import build_graph, score
from sandan.jobs.plans import make_plan
from sandan.jobs.terminal.reading import result_rows
from sandan.record.errors import ConfigError, DamagedFile
from sandan.record.home import HomePaths
from sandan.record.ids import open_keyring
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings

PACKED = Path(__file__).with_name("home-c0d5ad6.tar.xz")
NEWEST = "20261129T031143-score-d4ca"
ORDERS = "ebp_code,order_no,ebc_code,goods_value,currency,app_time\nP1,NEW1,S1,10,CNY,2025-03-21T10:00:00\n"


@pytest.fixture
def former(tmp_path: Path) -> Settings:
    with tarfile.open(PACKED) as packed:
        packed.extractall(tmp_path, filter="data")
    return Settings(home=tmp_path / "home", workers=1)


def test_its_run_without_taxes_can_be_planned(former: Settings) -> None:
    plan = make_plan(former, 5, 0.2).table("plan")
    assert plan.num_rows == 5 and plan["revenue_at_stake"].null_count == 5


def _alerts(settings: Settings) -> list[tuple[object, ...]]:
    rows = open_results(HomePaths(settings.home)).table("alerts").to_pylist()
    return sorted((row["consignment_id"], row["order_no"], row["logistics_no"], row["grade"]) for row in rows)


def test_it_is_small() -> None:
    assert PACKED.stat().st_size < 300 * 1024


def test_it_opens_and_is_checked(former: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert open_results(HomePaths(former.home)).run_id == NEWEST
    assert len(_alerts(former)) == 43
    with open_store(former) as store:
        assert store.counts().nodes["Order"] == 41
    check_home(former, repair=False)
    said = capsys.readouterr().out
    assert said.count("no checksum kept") == 4 and "made by an older version" in said
    check_home(former, repair=True)
    assert "checksums kept of 27 files" in capsys.readouterr().out
    check_home(former, repair=False)
    assert "lake: no checksum" not in capsys.readouterr().out


def test_it_is_scored_and_then_wholly_kept(former: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    before = _alerts(former)
    run = score(former)
    assert [row[:3] for row in _alerts(former)] == [row[:3] for row in before]
    assert graph_layout(former).current() == open_results(HomePaths(former.home)).run_id == run.run_id
    assert not (former.home / "runs" / "CURRENT").exists()
    check_home(former, repair=False)
    assert f"{run.run_id}: no checksum" not in capsys.readouterr().out


def test_the_next_batch_keeps_checksums_of_all_and_the_key(former: Settings, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    ingest([tmp_path / "orders.csv"], former)
    lake = Lake(former.home / "lake")
    assert lake.head is not None and lake.head.seq == 3
    assert len(lake.checksums) == sum(len(lake.files(name)) for name in lake.head.versions)
    assert lake.key_check == open_keyring(former).check
    assert "NEW1" in pq.read_table(lake.checked_files("orders"))["order_no"].to_pylist()
    (former.home / "secret.key").write_text("ab" * 32)
    with pytest.raises(ConfigError, match="another key"):
        open_keyring(former)


def test_a_graph_built_of_it_follows_its_run(former: Settings) -> None:
    version = build_graph(former)
    assert graph_layout(former).current() == version
    assert open_results(HomePaths(former.home)).run_id == NEWEST


def test_its_lost_ledger_is_found_and_made_again(former: Settings) -> None:
    rows = {name: pq.read_table(Lake(former.home / "lake").files(name)).num_rows for name in ("orders", "payments", "inventories")}
    for file in (former.home / "lake" / "ledger").rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(DamagedFile, match="check --repair"):
        Lake(former.home / "lake")
    check_home(former, repair=True)
    lake = Lake(former.home / "lake")
    assert {name: pq.read_table(lake.checked_files(name)).num_rows for name in rows} == rows
    assert len(lake.batches) == 2


def test_the_command_line_reads_it(former: Settings, own_processes: Any) -> None:
    for arguments, expected in ((["alerts", "--all", "--format", "csv"], 44), (["runs", "--format", "csv"], 3)):
        done = own_processes.sandan(*arguments, SANDAN_HOME=str(former.home))
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == expected


def test_its_runs_say_what_they_said(former: Settings) -> None:
    folder = former.home / "runs" / NEWEST
    kept = {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in ("alerts", "findings", "operators", "clusters")}
    columns = {"alerts": ("typologies", "reasons"), "findings": ("because", "evidence"), "operators": ("typologies", "reasons")}
    columns["clusters"] = ("summary", "top_destinations")
    assert any(row["reasons"] for row in kept["alerts"])
    for language, suffix in (("en", ""), ("zh", "_zh")):
        settings = former.model_copy(update={"language": language})
        for name, texts in columns.items():
            rows = result_rows(settings, name, NEWEST)
            assert len(rows) == len(kept[name])
            for row, was in zip(rows, kept[name], strict=True):
                assert {text: row[text] for text in texts} == {text: was.get(f"{text}{suffix}", was[text]) for text in texts}
    [alert] = [row for row in kept["alerts"] if row["reasons"]][:1]
    view = view_consignment(HomePaths(former.home), open_results(HomePaths(former.home)), alert["consignment_id"])
    assert [because(finding, "zh") for finding in view.findings] == alert["reasons_zh"].split("|")
    assert build_graph(former)
