"""Inspection plans: made from a run and kept in the home, so that outcomes can be traced to them."""

import datetime as dt
import json
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.read_models.plans import KeptPlan, kept_plans
from sandan.algorithms.results.results import Results, open_results, readable_run
from sandan.algorithms.scoring.planning import Plan, plan_inspections
from sandan.algorithms.vocabulary.registry import registry, use
from sandan.jobs.outcomes import outcomes_by_consignment
from sandan.record.errors import ConfigError
from sandan.record.files.checksums import checksums_below, seal
from sandan.record.home import HomePaths, whole_folder
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock
from sandan.record.runs import Run, RunLedger
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

_ALERT_COLUMNS = [
    "flow", "ebp_code", "order_no", "invt_no", "logistics_no", "logistics_code", "score", "grade", "typologies", "cluster_id",
    "status", "consignment_id", "kind", "known_at", "declared_cny", "ebc_code", "customs_code",
    "tax_due", "tax_full", "tax_charged", "revenue_at_stake",
]  # fmt: skip


def make_plan(settings: Settings, capacity: int | None = None, explore: float | None = None, run_id: str | None = None) -> KeptPlan:
    """Choose what to inspect of a run's consignments, and keep the plan.

    Args:
        settings: The home.
        capacity: Inspections; None: that of the settings.
        explore: Share of them drawn at random from low grade; None: that of the settings.
        run_id: The run; None: the newest.

    Raises:
        ConfigError: No capacity is given or set.
        NothingScored, UnknownId: As `open_results`.
        BusyError, OutputError: As `sandan score`.
    """
    capacity = settings.plan.capacity if capacity is None else capacity
    explore = settings.plan.explore if explore is None else explore
    if not capacity:
        raise ConfigError("no number of inspections; give --capacity N, or set `capacity` in [plan] of sandan.toml")
    paths = HomePaths(settings.home)
    with home_lock(paths):
        results = open_results(paths, run_id)
        run = RunLedger(paths).record("plan", lambda run: _make(settings, run, results, capacity, explore), published=readable_run(paths))
    return KeptPlan(run.run_id, paths.plans / run.run_id)


def _make(settings: Settings, run: Run, results: Results, capacity: int, explore: float) -> None:
    paths = HomePaths(settings.home)
    run.as_of = results.as_of
    use(settings)
    # Runs of older versions know no taxes.
    kept = pq.read_schema(results.path("alerts")).names
    table = results.table("alerts", [name for name in _ALERT_COLUMNS if name in kept])
    alerts = table.to_pandas()
    known = set(outcomes_by_consignment(settings, table, None)) | _waiting(settings, results)
    trusted = _trusted(settings, results, alerts)
    clusters = results.table("clusters", ["cluster_id", "score"]).to_pylist()
    groups = {row["cluster_id"] for row in clusters if row["score"] >= settings.grade.t_medium}
    made = plan_inspections(alerts, capacity, explore, settings.plan, results.run_id, known, trusted, groups)
    run.n_scored, run.n_high = len(made.inspected), int((made.inspected.grade == "high").sum())
    run.model_id = (results.report["model"] or {}).get("model_id")
    _keep(paths, run, results, made, capacity, explore)


def _trusted(settings: Settings, results: Results, alerts: pd.DataFrame) -> set[str]:
    """Consignments of sellers that are in the register with credit `aeo`, but for those with a finding that holds their grade by itself."""
    con = connect(threads=1)
    try:
        register = Frames(Lake(HomePaths(settings.home).lake), con, results.as_of).current("companies").to_pyarrow().to_pandas()
    finally:
        con.disconnect()
    until = pd.to_datetime(register.revoked_on)
    register = register[(register.credit == "aeo") & (until.isna() | (until > pd.Timestamp(results.as_of.astimezone(BEIJING).date())))]
    codes = {code for column in ("code", "uscc") for code in register[column].dropna() if code}
    held = {
        row["consignment_id"]
        for row in results.table("findings", ["consignment_id", "reason"]).to_pylist()
        if registry().is_floor(row["reason"])
    }
    return set(alerts.consignment_id[alerts.ebc_code.isin(codes)]) - held


def _waiting(settings: Settings, results: Results) -> set[str]:
    """Consignments that a plan of a former run chose not long ago; a plan of the same run can be made again."""
    since = results.as_of - dt.timedelta(days=settings.plan.waiting_days)
    found: set[str] = set()
    for plan in kept_plans(HomePaths(settings.home)):
        report = plan.report
        if report["run_id"] != results.run_id and since <= dt.datetime.fromisoformat(report["as_of"]) <= results.as_of:
            found.update(plan.table("plan")["consignment_id"].to_pylist())
    return found


def _keep(paths: HomePaths, run: Run, results: Results, made: Plan, capacity: int, explore: float) -> None:
    report = {
        "plan_id": run.run_id, "number": 1 + max((plan.report["number"] for plan in kept_plans(paths)), default=0),
        "run_id": results.run_id, "model_id": run.model_id, "as_of": results.as_of.isoformat(),
        "capacity": capacity, "explore": explore, "n_drawn_from": made.n_drawn_from, "n_released": len(made.released),
        "why": {str(name): int(n) for name, n in made.inspected.why.value_counts().items()},
        "method": {str(name): int(n) for name, n in made.inspected.method.value_counts().items()},
    }  # fmt: skip
    with whole_folder(paths.plans / run.run_id, "sandan plan") as part:
        for name, rows in (("plan", made.inspected), ("released", made.released)):
            pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), part / f"{name}.parquet")
        sealed = seal({**report, "files": checksums_below(part, part.glob("*.parquet"))})
        (part / "report.json").write_text(json.dumps(sealed, ensure_ascii=False, indent=1), encoding="utf-8")


def summary(plan: KeptPlan) -> Iterator[str]:
    """What a plan holds, a line each."""
    report = plan.report
    why = report["why"]
    n = sum(why.values())
    yield f"plan {plan.plan_id} of run {report['run_id']}: {n} of {report['capacity']} inspections used"
    if n_drawn := why.get("explore", 0):
        share = n_drawn / report["n_drawn_from"]
        yield f"{n_drawn} drawn at random of {report['n_drawn_from']} of low grade, each with probability {share:.4g}"
    yield f"{report['n_released']} of low grade need no inspection: `sandan plan --release` prints them"
