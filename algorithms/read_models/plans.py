"""Inspection plans as they are kept in a home, and what is shown of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.results.results import open_results
from sandan.algorithms.vocabulary.registry import use
from sandan.algorithms.wording.render import barred, because, strongest_first
from sandan.record.errors import UnknownId
from sandan.record.files.checksums import check_file, read_sealed
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

REMEDY = "restore the folder of the plan from the backup, or run `sandan plan` for a new plan"


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
