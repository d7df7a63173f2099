"""The page of the newest inspection plan."""

import pytest

from sandan.algorithms.read_models.plans import plan_rows
from sandan.dashboard.address import Address, consignment_path
from sandan.dashboard.i18n import Language
from sandan.dashboard.pages.plan import page
from sandan.jobs.plans import make_plan
from sandan.record.catalog.keys import consignment_key
from sandan.record.settings import Settings


def test_without_a_plan_it_says_how_to_make_one(scored_home: Settings) -> None:
    shown = repr(page(scored_home, Address("en")))
    assert "No plan was made yet" in shown and "sandan plan --capacity N" in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_shows_the_rows_of_the_newest_plan_in_their_order(own_home: Settings, language: Language) -> None:
    make_plan(own_home, 3)
    plan = make_plan(own_home, 12, 0.25)
    rows = plan_rows(own_home, plan, released=False)
    grid = next(part for part in page(own_home, Address(language))._traverse() if getattr(part, "id", "") == "plan-grid")
    assert [row["rank"] for row in grid.rowData] == [row["rank"] for row in rows] == list(range(1, 13))
    assert [row["path"] for row in grid.rowData] == [consignment_path(consignment_key(row)) for row in rows]
    shown = repr(page(own_home, Address(language)))
    assert plan.report["run_id"] in shown
    assert ("at random 3" if language == "en" else "随机抽查 3") in shown
    words = {row["why"] for row in grid.rowData} | {row["method"] for row in grid.rowData}
    assert not words & {"risk", "explore", "cluster", "xray", "physical", "phone"} - {"risk"}
