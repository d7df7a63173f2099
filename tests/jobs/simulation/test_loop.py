"""The loop under several policies: the same world for all, what is caught, and rates from the recorded probabilities."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sandan.jobs.simulation.actors import Stream
from sandan.jobs.simulation.loop import COLUMNS, WEEK_COLUMNS, Policy, low_rate, policies, quarters, run_policy
from sandan.jobs.simulation.plots import draw_weeks
from sandan.jobs.simulation.scorer import scores


def test_the_same_seed_gives_the_same_weeks_and_another_others() -> None:
    policy = Policy("risk+explore", 0.1)
    first, second, other = (run_policy(policy, 4, 40, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.weeks, second.weeks)
    assert not first.weeks.equals(other.weeks)
    assert (
        list(first.weeks) == list(WEEK_COLUMNS)
        and (first.weeks.inspected <= 40).all()
        and (first.weeks.hits <= first.weeks.inspected).all()
    )


def test_policies_spend_as_they_say() -> None:
    risk, both, blind = (run_policy(policy, 6, 40, 1) for policy in policies(0.25))
    for one in (risk, both, blind):
        assert (one.weeks.inspected == 40).all()
    assert (risk.sampled.probability == 1.0).all()
    drawn = both.sampled[both.sampled.probability < 1.0]
    assert (drawn.groupby("week").size() == 10).all()
    assert ((drawn.probability > 0) & (drawn.probability < 0.05)).all()
    assert (blind.sampled.probability * blind.low.n.iloc[0] > 30).all()


def test_who_is_caught_stops_or_changes_and_others_mostly_stay() -> None:
    stream = Stream(np.random.default_rng(3), n_actors=400)
    before = [(actor.seller, actor.way) for actor in stream.actors]
    stream.learn_of(set(range(200)))
    changed = [(actor.seller, actor.way) != was for actor, was in zip(stream.actors, before, strict=True)]
    # Nine in ten react; a route or heading that is taken up may be the one of before.
    assert 0.75 < np.mean(changed[:200]) < 0.95 and np.mean(changed[200:]) < 0.1


def test_the_scorer_learns_what_was_found() -> None:
    stream = Stream(np.random.default_rng(5))
    seen = pd.concat([stream.next_week() for _ in range(3)]).assign(week=0)
    rows = stream.next_week()
    found = scores(seen, rows, 3)
    assert found[rows.is_breach].mean() > 3 * found[~rows.is_breach].mean()
    assert (scores(seen[~seen.is_breach], rows, 3) == 0).all()


def test_quarters_stand_beside_their_best_and_a_part_of_one_is_left_out() -> None:
    rows = list(quarters(run_policy(Policy("random", 1.0, is_blind=True), 30, 30, 1)))
    assert [row["quarter"] for row in rows] == [1, 2] and all(set(row) == set(COLUMNS) for row in rows)
    assert max(row["hits_of_best"] for row in rows) == 1.0
    for row in rows:
        assert row["low_rate_low"] < row["low_rate"] < row["low_rate_high"] and row["low_rate"] == pytest.approx(
            row["hits"] / row["inspected"], abs=1e-3
        )


def test_a_plot_has_a_line_for_each_policy_and_nothing_to_draw_is_borne() -> None:
    weeks = [run_policy(policy, 3, 20, 1).weeks for policy in policies(0.5)]
    names = [shape.__class__.__name__ for shape in draw_weeks(weeks, "revenue").contents]
    assert names.count("PolyLine") == 3
    assert draw_weeks([weeks[0].assign(hits=0)], "hits").contents


def test_the_command_writes_tables_and_plots(own_processes: Any, tmp_path: Path) -> None:
    command = ["simulate", "--weeks", "13", "--capacity", "20", "--folder", str(tmp_path / "out")]
    inside = f"import os; os.chdir({str(tmp_path)!r})"
    done = own_processes.sandan(*command, "--format", "csv", before=inside)
    assert done.returncode == 0, done.stderr
    assert [row["policy"] for row in csv.DictReader(done.stdout.splitlines())] == ["risk", "risk+explore", "random"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"quarters.csv", "weeks.csv", "hits.svg", "revenue.svg"}
    assert (tmp_path / "out" / "hits.svg").read_text().rstrip().endswith("</svg>")
    again = own_processes.sandan(*command, before=inside)
    assert again.returncode == 73 and "name a new one" in again.stderr


@pytest.mark.slow
def test_the_true_rate_lies_in_the_interval_in_93_of_100_repeats() -> None:
    """Of low grade under risk with exploration, while actors adapt; by the recorded probabilities alone.

    Half of the inspections are drawn: the more are, the narrower is the interval, and the sooner a wrong one shows.
    """
    inside = 0
    for seed in range(100):
        estimate, true = low_rate(run_policy(Policy("risk+explore", 0.5), 13, 60, 1000 + seed), 1, 13)
        inside += estimate.low <= true <= estimate.high
    assert inside >= 93, inside
