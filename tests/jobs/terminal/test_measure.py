"""Indexes of a home: plans and the outcomes that came back give rates; a run of an older version is measured too."""

import csv
import datetime as dt
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sandan.algorithms.read_models.plans import plan_rows
from sandan.algorithms.results.results import open_results
from sandan.ingest.intake import ingest
from sandan.jobs import Home
from sandan.jobs.pipeline import score
from sandan.jobs.plans import make_plan
from sandan.jobs.terminal.measure import COLUMNS, measure_rows
from sandan.record.files.checksums import checksums_below, seal
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings


@pytest.fixture(scope="module")
def settings(without_outcomes: Path) -> Settings:
    """A world without outcomes, whose plan comes back with every third inspection a breach."""
    folder, made = without_outcomes.parent, load_settings(without_outcomes)
    rows = plan_rows(made, make_plan(made, 20, 0.5), released=False)
    at = open_results(HomePaths(made.home)).as_of + dt.timedelta(hours=5)
    # Without the plan's own column: the probability is known from the plan that is kept.
    columns = ["flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "method", "inspected_at", "outcome"]
    with (folder / "outcomes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            {**row, "inspected_at": at.isoformat(), "outcome": "compliant" if k % 3 else "forged"} for k, row in enumerate(rows)
        )
    assert ingest([folder / "outcomes.csv"], made).total("loaded") == len(rows)
    score(made)
    return made


def test_outcomes_of_a_plan_give_rates_with_intervals(settings: Settings) -> None:
    rows = {(row["index"], row["of"]): row for row in measure_rows(settings, None, None, by_source=False)}
    assert all(set(row) == set(COLUMNS) for row in rows.values())
    low = rows["breach_rate", "grade:low"]
    assert low["n"] == 10 and low["quality"].startswith("10 of 10 with a recorded probability; 0 chosen for certain")
    assert 0 < low["low"] < low["value"] < low["high"] < 1
    assert rows["hit_rate", "all"]["n"] == rows["precision_at_budget", "all"]["n"] + 10
    assert 0 < rows["recall_at_budget", "all"]["value"] < 1
    assert rows["revenue_found", "all"]["value"] > 0 and rows["revenue_found", "all"]["unit"] == "CNY"
    assert ("completeness", "") in rows and rows["completeness", ""]["method"]


def test_a_notebook_has_the_same_table(settings: Settings) -> None:
    frame = Home(settings.home).measure()
    assert tuple(frame.columns) == COLUMNS and len(frame) == len(measure_rows(settings, None, None, by_source=False))


def test_a_period_has_what_lies_in_it(settings: Settings) -> None:
    after = open_results(HomePaths(settings.home)).as_of + dt.timedelta(days=1)
    assert {row["index"] for row in measure_rows(settings, after, None, by_source=False)} & {
        "hit_rate",
        "inspection_share",
        "breach_rate",
    } == set()


def test_a_run_of_an_older_version_is_measured_as_far_as_it_knows(settings: Settings) -> None:
    results = open_results(HomePaths(settings.home))
    path = results.folder / "alerts.parquet"
    kept, report = path.read_bytes(), (results.folder / "report.json").read_bytes()
    old = pq.read_table(path).drop_columns(
        ["released_at", "declared_at", "ordered_at", "tax_due", "tax_full", "tax_charged", "revenue_at_stake"]
    )
    try:
        pq.write_table(old, path)
        body = {**results.report, "files": checksums_below(results.folder, results.folder.glob("*.parquet"))}
        (results.folder / "report.json").write_text(json.dumps(seal({k: v for k, v in body.items() if k != "seal"})))
        found = {row["index"] for row in measure_rows(settings, None, None, by_source=False)}
    finally:
        path.write_bytes(kept)
        (results.folder / "report.json").write_bytes(report)
    assert "hit_rate" in found and "revenue_found" not in found
