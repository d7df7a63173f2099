"""Inspection plans: made from a run, kept in the home so that outcomes can be traced to them, and read again."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.results.results import Results, open_results, readable_run
from sandan.algorithms.scoring.planning import Plan, plan_inspections
from sandan.algorithms.vocabulary.registry import use
from sandan.algorithms.wording.render import barred, because, strongest_first
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.errors import ConfigError, UnknownId
from sandan.record.files.checksums import check_file, checksums_below, read_sealed, seal
from sandan.record.home import HomePaths, whole_folder
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock
from sandan.record.runs import Run, RunLedger
from sandan.record.settings import Settings

REMEDY = "restore the folder of the plan from the backup, or run `sandan plan` for a new plan"
_ALERT_COLUMNS = [
    "flow", "ebp_code", "order_no", "invt_no", "logistics_no", "logistics_code", "score", "grade", "typologies", "cluster_id",
    "status", "consignment_id", "kind", "known_at", "declared_cny", "ebc_code", "customs_code",
    "tax_due", "tax_full", "tax_charged", "revenue_at_stake",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as it is kept: `plan.parquet`, `released.parquet`, and what it was made from in `report.json`."""

    plan_id: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        """Run, capacity, share drawn at random, and how many each part has.

        Raises:
            DamagedFile: It is missing, or is not what was written.
        """
        return read_sealed(self.folder / "report.json", REMEDY)

    def path(self, name: str) -> Path:
        """File of `plan` or `released`.

        Raises:
            DamagedFile: It is missing, or is not what was written.
        """
        path = self.folder / f"{name}.parquet"
        check_file(path, self.report["files"][path.name], REMEDY)
        return path

    def table(self, name: str) -> pa.Table:
        """Rows of `plan` or `released`; as `path`."""
        return pq.read_table(self.path(name))


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
    known = _inspected(settings, table) | _waiting(settings, results)
    made = plan_inspections(alerts, capacity, explore, settings.plan, results.run_id, known)
    run.n_scored, run.n_high = len(made.inspected), int((made.inspected.grade == "high").sum())
    run.model_id = (results.report["model"] or {}).get("model_id")
    _keep(paths, run, results, made, capacity, explore)


def _inspected(settings: Settings, alerts: pa.Table) -> set[str]:
    """Consignments that have an outcome."""
    con = connect(threads=1)
    try:
        outcomes = Frames(Lake(HomePaths(settings.home).lake), con, None).current("outcomes").to_pyarrow()
    finally:
        con.disconnect()
    if not outcomes.num_rows:
        return set()
    has = pc.or_(
        pc.fill_null(pc.is_in(order_id(alerts), value_set=pc.unique(order_id(outcomes)), skip_nulls=True), False),
        pc.fill_null(pc.is_in(parcel_id(alerts), value_set=pc.unique(parcel_id(outcomes)), skip_nulls=True), False),
    )
    return set(alerts.filter(has)["consignment_id"].to_pylist())


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


def kept_plans(paths: HomePaths) -> Iterator[KeptPlan]:
    """All plans of a home, by name."""
    for path in sorted(paths.plans.glob("*/report.json")):
        if path.parent.suffix != ".part":
            yield KeptPlan(path.parent.name, path.parent)


def open_plan(settings: Settings, plan_id: str | None = None) -> KeptPlan:
    """A plan; without an id the newest.

    Raises:
        UnknownId: There is no such plan, or none at all.
    """
    plans = {plan.plan_id: plan for plan in kept_plans(HomePaths(settings.home))}
    if plan_id is not None and plan_id not in plans:
        raise UnknownId(f"plan {plan_id}: not in this home; `sandan plan --capacity N` makes one")
    if not plans:
        raise UnknownId(f"{settings.home}: no plan was made yet; `sandan plan --capacity N` makes one")
    return plans[plan_id] if plan_id else max(plans.values(), key=lambda plan: int(plan.report["number"]))


def plan_rows(settings: Settings, plan: KeptPlan, *, released: bool) -> list[dict[str, Any]]:
    """Rows of a plan, or of what it releases, with the reasons of the run in the language of the settings while that run is kept."""
    rows: list[dict[str, Any]] = plan.table("released" if released else "plan").to_pylist()
    if released:
        return rows
    use(settings)
    reasons: dict[str, list[str]] = defaultdict(list)
    try:
        findings = open_results(HomePaths(settings.home), plan.report["run_id"]).table("findings")
    except UnknownId:
        findings = None
    if findings is not None:
        planned = pa.array([row["consignment_id"] for row in rows], pa.string())
        said = findings.filter(pc.is_in(findings["consignment_id"], value_set=planned))
        for finding in strongest_first(said.to_pylist()):
            reasons[finding["consignment_id"]].append(because(finding, settings.language))
    return [{**row, "typologies": "|".join(row["typologies"]), "reasons": barred(reasons.get(row["consignment_id"], ()))} for row in rows]


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
