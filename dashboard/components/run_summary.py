"""What a run says about itself, and the names of its operators."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sandan.algorithms.results.results import Results, open_results
from sandan.record.errors import UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

_SAID = "* EXCLUDE (evidence, cypher, marked, file_row_number)"
_OF_CLUSTER = "cluster_id, typologies, n_orders"
_COMPARED = {"orders": "orders", "payments": "payments", "waybills": "waybills", "deliveries": "tracking"}


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The head of the queue.

    Attributes:
        run_id: The run.
        as_of: Its date, in Beijing time.
        grades: Number of consignments by grade.
        notes: What the run says about itself, as `sandan.algorithms.wording.render.note` takes it.
        is_taxed: Whether tax rates were there to hold the declared taxes against.
        compared: How many records of each kind it compared: orders, payments, waybills, deliveries, reference prices.
    """

    run_id: str
    as_of: str
    grades: Mapping[str, int]
    notes: tuple[Mapping[str, Any] | str, ...]
    compared: Mapping[str, int]
    is_taxed: bool = False

    @property
    def total(self) -> int:
        """Number of consignments."""
        return sum(self.grades.values())


def summarise(results: Results) -> RunSummary:
    """The summary of a run."""
    report = results.report
    as_of = beijing(dt.datetime.fromisoformat(report["as_of"]))
    rows = report.get("rows", {})
    compared = {name: int(rows.get(source, 0)) for name, source in _COMPARED.items()}
    compared["prices"] = int(report.get("n_reference_prices", 0))
    grades = {str(grade): int(n) for grade, n in report["grades"].items()}
    return RunSummary(results.run_id, as_of, grades, tuple(report["notes"]), compared, bool(rows.get("tax_rates")))


def run_of(settings: Settings, run_id: str | None) -> Results:
    """The run that a page was opened with; the newest where that run is gone or none is named.

    Raises:
        NothingScored: Nothing was scored in this home.
    """
    paths = HomePaths(settings.home)
    try:
        return open_results(paths, run_id)
    except UnknownId:
        return open_results(paths)


def read_operators(results: Results) -> list[dict[str, Any]]:
    """The run's operators, the highest score first."""
    return results.query("SELECT * EXCLUDE (file_row_number) FROM operators ORDER BY file_row_number")


def operator_names(results: Results, role: str) -> dict[str, str]:
    """Name by code of the operators in one role."""
    rows = results.query("SELECT code, name FROM operators WHERE role = $role", role=role)
    return {row["code"]: row["name"] for row in rows}


def clusters_by_id(results: Results, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Size and typologies of some clusters, by id."""
    if not ids:
        return {}
    rows = results.query(f"SELECT {_OF_CLUSTER} FROM clusters WHERE cluster_id IN (SELECT unnest($ids))", ids=sorted(ids))
    return {row["cluster_id"]: row for row in rows}


def findings_of(results: Results, ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """What is said of some consignments, by consignment: findings without their evidence."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if not ids:
        return found
    for row in results.query(f"SELECT {_SAID} FROM findings WHERE consignment_id IN (SELECT unnest($ids))", ids=sorted(ids)):
        found[row["consignment_id"]].append(row)
    return found


def beijing(moment: dt.datetime) -> str:
    """An instant as an officer reads it."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"
