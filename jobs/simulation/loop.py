"""Weeks of plan, inspection, outcome and learning under several policies, and what each of them caught."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sandan.algorithms.measurement.rates import weighted_share
from sandan.algorithms.scoring.planning import plan_inspections
from sandan.jobs.simulation.actors import Stream
from sandan.jobs.simulation.scorer import scores
from sandan.record.settings import GradeSettings, PlanSettings

QUARTER = 13
# Weeks before the first: random inspections only, so that every policy begins with the same knowledge.
WARM_UP = 4
_FIRST = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
WEEK_COLUMNS = ("policy", "week", "inspected", "hits", "breaches", "revenue", "revenue_at_stake")
COLUMNS = (
    "policy", "quarter", "inspected", "hits", "breaches", "hit_rate", "revenue", "revenue_at_stake", "hits_of_best", "revenue_of_best",
    "low_rate", "low_rate_low", "low_rate_high", "low_rate_true",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    """How inspections are spent.

    Attributes:
        name: Its name.
        explore: Share of the inspections that is drawn at random.
        is_blind: Whether the score is ignored.
    """

    name: str
    explore: float
    is_blind: bool = False


def policies(explore: float) -> tuple[Policy, ...]:
    """By risk alone, by risk with a share at random, at random alone."""
    return Policy("risk", 0.0), Policy("risk+explore", explore), Policy("random", 1.0, is_blind=True)


@dataclass(frozen=True, slots=True)
class History:
    """What one policy did.

    Attributes:
        weeks: A row a week, `WEEK_COLUMNS`.
        sampled: Inspected consignments of low grade, drawn at random or chosen for certain: week, is_breach, probability.
        low: By week: how many consignments were graded low, and how many breaches were among them.
    """

    weeks: pd.DataFrame
    sampled: pd.DataFrame
    low: pd.DataFrame


def run_policy(policy: Policy, weeks: int, capacity: int, seed: int, report: Callable[[int], None] = lambda _: None) -> History:
    """Live through the weeks under one policy. The first weeks are the same for all of a seed.

    Args:
        policy: How inspections are spent.
        weeks: How many, after the warm-up.
        capacity: Inspections a week.
        seed: Of everything random.
        report: Called with the weeks that are done.
    """
    stream, seen = Stream(np.random.default_rng(seed)), pd.DataFrame()
    rows_of_weeks, sampled, low = [], [], []
    for week in range(WARM_UP + weeks):
        is_counted = week >= WARM_UP
        rows = stream.next_week()
        blind = policy.is_blind or not is_counted
        rows["score"] = 0.0 if blind else scores(seen, rows, week)
        alerts = _alerts(rows, week)
        plan = plan_inspections(alerts, capacity, 1.0 if blind else policy.explore, PlanSettings(), f"{seed} {week}").inspected
        places = [int(name.rpartition("-")[2]) for name in plan.consignment_id]
        found = rows.iloc[places].assign(week=week, probability=plan.probability.to_numpy(float), why=plan.why.to_numpy())
        seen = pd.concat([seen, found], ignore_index=True)
        stream.learn_of(set(found.actor[found.is_breach]))
        if is_counted:
            number = week - WARM_UP + 1
            rows_of_weeks.append(
                (
                    policy.name, number, len(found), int(found.is_breach.sum()), int(rows.is_breach.sum()),
                    round(float(found.stake.sum()), 2), round(float(rows.stake.sum()), 2),
                )
            )  # fmt: skip
            is_low = alerts.grade.to_numpy() == "low"
            sampled.append(found[is_low[places]][["is_breach", "probability"]].assign(week=number))
            of_low = rows[is_low]
            low.append((number, len(of_low), int(of_low.is_breach.sum())))
            report(number)
    made = pd.DataFrame(rows_of_weeks, columns=list(WEEK_COLUMNS))
    return History(made, pd.concat(sampled, ignore_index=True), pd.DataFrame(low, columns=["week", "n", "breaches"]))


def _alerts(rows: pd.DataFrame, week: int) -> pd.DataFrame:
    """Rows as the alerts of a run, for sandan's own planning."""
    grades = GradeSettings()
    return pd.DataFrame(
        {
            "consignment_id": [f"{week}-{place}" for place in range(len(rows))],
            "kind": "declaration", "flow": "import", "status": "declared", "ebp_code": "P1", "order_no": "", "logistics_no": "",
            "logistics_code": "L1", "invt_no": "", "customs_code": "5100", "cluster_id": "",
            "known_at": pd.Timestamp(_FIRST + dt.timedelta(weeks=week)),
            "ebc_code": rows.seller.astype(str), "score": rows.score, "declared_cny": rows.value,
            "grade": np.select([rows.score >= grades.t_high, rows.score >= grades.t_medium], ["high", "medium"], "low"),
            "typologies": [["gnn"] if score >= grades.t_medium else [] for score in rows.score],
        }
    )  # fmt: skip


def low_rate(history: History, first: int, last: int) -> tuple[Any, float]:
    """Rate of breaches among consignments of low grade in some weeks: as the recorded probabilities say, and the true one.

    Returns:
        `Estimate` (NaN where none was drawn at random), and the true share.
    """
    sampled = history.sampled[history.sampled.week.between(first, last)]
    low = history.low[history.low.week.between(first, last)]
    if not (sampled.probability < 1.0).any():
        sampled = sampled.iloc[:0]  # those chosen for certain stand for nobody else
    estimate = weighted_share(sampled.is_breach.to_numpy(bool), sampled.probability.to_numpy(float))
    return estimate, float(low.breaches.sum() / max(low.n.sum(), 1))


def quarters(history: History) -> Iterator[dict[str, Any]]:
    """What a policy caught by quarter of 13 weeks, beside its own best quarter; columns `COLUMNS`. Weeks over are left out."""
    weeks = history.weeks
    whole = weeks[weeks.week <= len(weeks) // QUARTER * QUARTER]
    sums = whole.groupby((whole.week - 1) // QUARTER + 1)[["inspected", "hits", "breaches", "revenue", "revenue_at_stake"]].sum()
    best_hits, best_revenue = sums.hits.max() if len(sums) else 0, sums.revenue.max() if len(sums) else 0.0
    for quarter, row in sums.iterrows():
        number = int(str(quarter))
        estimate, true = low_rate(history, (number - 1) * QUARTER + 1, number * QUARTER)
        numbers = {
            "hit_rate": row.hits / row.inspected if row.inspected else None,
            "hits_of_best": row.hits / best_hits if best_hits else None,
            "revenue_of_best": row.revenue / best_revenue if best_revenue else None,
            "low_rate": estimate.value, "low_rate_low": estimate.low, "low_rate_high": estimate.high, "low_rate_true": true,
        }  # fmt: skip
        yield {
            "policy": weeks.policy.iloc[0],
            "quarter": number,
            **{name: int(row[name]) for name in ("inspected", "hits", "breaches")},
            **{name: round(float(row[name]), 2) for name in ("revenue", "revenue_at_stake")},
            **{name: None if value is None or not np.isfinite(value) else round(float(value), 4) for name, value in numbers.items()},
        }


def simulate(
    weeks: int, capacity: int, explore: float, seed: int, report: Callable[[int, int], None] = lambda _n, _of: None
) -> Sequence[History]:
    """Live through the weeks under each policy.

    Args:
        weeks: How many.
        capacity: Inspections a week.
        explore: Share at random of the policy that explores.
        seed: Of everything random.
        report: Called with weeks done and weeks in all.
    """
    chosen = policies(explore)

    def after(n: int) -> Callable[[int], None]:
        return lambda done: report(n * weeks + done, len(chosen) * weeks)

    return [run_policy(policy, weeks, capacity, seed, after(place)) for place, policy in enumerate(chosen)]
