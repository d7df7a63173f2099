"""A plan is made from a run, kept whole, excludes what has an outcome or waits for one, and is the form in which outcomes come back."""

import csv
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from sandan.algorithms.read_models.plans import kept_plans, open_plan, plan_rows
from sandan.algorithms.results.results import open_results
from sandan.ingest.intake import ingest
from sandan.jobs.checks.home import look_at
from sandan.jobs.pipeline import score
from sandan.jobs.plans import make_plan, summary
from sandan.record.errors import ConfigError, DamagedFile, NothingScored, UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings


@pytest.fixture(scope="module")
def settings(without_outcomes: Path) -> Settings:
    return load_settings(without_outcomes)


def test_a_plan_names_what_to_inspect_and_what_to_release(settings: Settings) -> None:
    plan = make_plan(settings, 20, 0.5)
    rows, released = plan_rows(settings, plan, released=False), plan_rows(settings, plan, released=True)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1)) and 10 <= len(rows) <= 20
    drawn = [row for row in rows if row["why"] == "explore"]
    assert len(drawn) == 10
    assert {row["probability"] for row in drawn} == {10 / plan.report["n_drawn_from"]}
    assert released and {row["status"] for row in released} == {"declared"}
    assert not {row["consignment_id"] for row in rows} & {row["consignment_id"] for row in released}
    lines = list(summary(plan))
    assert plan.plan_id in lines[0] and "sandan plan --release" in lines[-1]


def test_the_same_run_gives_the_same_plan_and_each_is_kept(settings: Settings) -> None:
    first, second = make_plan(settings, 15, 0.4), make_plan(settings, 15, 0.4)
    assert plan_rows(settings, first, released=False) == plan_rows(settings, second, released=False)
    assert open_plan(settings).plan_id == second.plan_id and open_plan(settings, first.plan_id).report["capacity"] == 15
    assert {first.plan_id, second.plan_id} <= {plan.plan_id for plan in kept_plans(HomePaths(settings.home))}


def test_a_damaged_plan_is_an_error_and_check_names_it(settings: Settings) -> None:
    plan = make_plan(settings, 5, 0.0)
    path = plan.folder / "plan.parquet"
    good = path.read_bytes()
    path.write_bytes(good[:50] + bytes([good[50] ^ 1]) + good[51:])
    try:
        with pytest.raises(DamagedFile, match=r"plan\.parquet.*not what was written"):
            plan_rows(settings, plan, released=False)
        assert any("plan.parquet" in str(error) for error in look_at(settings).damaged)
    finally:
        path.write_bytes(good)


def test_without_a_number_or_a_run_it_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--capacity N"):
        make_plan(settings)
    with pytest.raises(NothingScored, match="sandan score"):
        make_plan(load_settings(tmp_path / "empty"), 10)
    with pytest.raises(UnknownId, match="sandan plan"):
        open_plan(settings, "no-such-plan")


def test_a_plan_comes_back_as_outcomes_and_is_not_planned_again(settings: Settings, tmp_path: Path) -> None:
    rows = plan_rows(settings, make_plan(settings, 12, 0.5), released=False)
    at = open_results(HomePaths(settings.home)).as_of + dt.timedelta(hours=5)
    columns = ["flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "method", "probability", "inspected_at", "outcome"]
    path = tmp_path / "outcomes.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, "inspected_at": at.isoformat(), "outcome": "compliant"} for row in rows)
    account = ingest([path], settings)
    assert account.total("loaded") == len(rows) and not account.total("rejected")
    again = plan_rows(settings, make_plan(settings, 12, 0.5), released=False)
    assert not {row["consignment_id"] for row in rows} & {row["consignment_id"] for row in again}
    # A plan of a later run leaves out what an earlier one chose and nobody has opened yet.
    score(settings)
    later = plan_rows(settings, make_plan(settings, 12, 0.5), released=False)
    assert not {row["consignment_id"] for row in again} & {row["consignment_id"] for row in later}
    report = json.loads((open_plan(settings).folder / "report.json").read_text())
    assert report["run_id"] == open_results(HomePaths(settings.home)).run_id


def test_a_trusted_seller_is_inspected_less_and_never_hidden(without_outcomes: Path, tmp_path: Path) -> None:
    """Credit `aeo` in force moves a seller's consignments back within their grade; a control of another office does not let it."""
    home = tmp_path / "home"
    shutil.copytree(without_outcomes, home, symlinks=True)
    settings = load_settings(home)
    alerts = open_results(HomePaths(home)).table("alerts").to_pandas()
    before = {row["consignment_id"]: row for row in plan_rows(settings, make_plan(settings, 500, 0.0), released=False)}
    known = {name for name, row in before.items() if row["credit"]}  # the world has trusted sellers of its own
    suspects = alerts[alerts.consignment_id.isin(set(before) - known) & (alerts.ebc_code != "")]
    seller = suspects.ebc_code.iloc[0]
    (tmp_path / "more").mkdir()

    def register(revoked_on: str) -> None:
        (tmp_path / "more" / "companies.csv").write_text(
            f"code,name,role,registered_on,revoked_on,credit\n{seller},Trusted,seller,2019-01-01,{revoked_on},aeo\n"
        )
        ingest([tmp_path / "more"], settings)

    register("2020-01-01")
    revoked = plan_rows(settings, make_plan(settings, 500, 0.0), released=False)
    assert {row["consignment_id"] for row in revoked if row["credit"]} == known
    register("")
    trusted = {row["consignment_id"]: row for row in plan_rows(settings, make_plan(settings, 500, 0.0), released=False)}
    mine = set(suspects.consignment_id[suspects.ebc_code == seller])
    assert set(trusted) == set(before) and mine <= set(trusted)
    assert {name for name, row in trusted.items() if row["credit"] == "aeo"} - known == mine
    assert all(trusted[name]["rank"] >= before[name]["rank"] for name in mine if before[name]["grade"] == "high")
    (tmp_path / "more" / "companies.csv").unlink()
    (tmp_path / "more" / "watchlists.csv").write_text(
        f"kind,value,reason,source,level,valid_from\ncompany,{seller},case 7,anti-smuggling,control,2019-01-01\n"
    )
    ingest([tmp_path / "more"], settings)
    score(settings)
    shutil.rmtree(home / "plans")  # what a former plan chose would wait for its outcome
    held = [row for row in plan_rows(settings, make_plan(settings, 500, 0.0), released=False) if row["consignment_id"] in mine]
    assert held and {(row["grade"], row["credit"]) for row in held} == {("high", "")}
