"""One operator: its row, how its consignments differ from those of the others in its role, when they came, with whom it trades."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandan.algorithms.read_models.timeline import WEEK_SQL
from sandan.algorithms.results.queries import query
from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.operators import ROLES
from sandan.graph.store.layout import node_file, relation_file
from sandan.record.catalog.keys import CONSIGNMENT_KEY_SQL
from sandan.record.errors import StoreError, UnknownId

MOST_ALERTS, MOST_PARTNERS = 10, 12
_RELATIONS = {
    "seller": ("SOLD_BY", "Operator"), "payment": ("CHARGED_BY", "Operator"), "logistics": ("CARRIED_BY", "Operator"),
    "agent": ("DECLARED_BY", "Operator"), "platform": ("PLACED_ON", "Platform"),
}  # fmt: skip
# Roles whose code is a column of the alerts; the others' consignments are those that the graph ties to them.
LINKED_ROLES = ("seller", "platform", "logistics")


@dataclass(frozen=True, slots=True)
class Excess:
    """A typology on an operator's consignments.

    Attributes:
        typology: The typology.
        n: Consignments of the operator that show it.
        inside: Their share of its consignments.
        outside: Share of all other consignments that show it.
    """

    typology: str
    n: int
    inside: float
    outside: float


@dataclass(frozen=True, slots=True)
class Partner:
    """Another operator on the same orders.

    Attributes:
        role: Its role.
        code: Its code.
        name: Its name, or its code where no list names it.
        n_orders: Orders with both.
        n_high: Those of them that are graded high.
    """

    role: str
    code: str
    name: str
    n_orders: int
    n_high: int


@dataclass(frozen=True, slots=True)
class OperatorView:
    """What an officer reads of an operator.

    Attributes:
        row: Its row of the run's operators.
        grades: Its consignments by grade.
        weeks: (Monday of the week, grade, consignments).
        typologies: The most frequent first.
        alerts: Its riskiest consignments, with `key`.
        partners: The most common orders first.
    """

    row: Mapping[str, Any]
    grades: Mapping[str, int]
    weeks: tuple[tuple[dt.date, str, int], ...]
    typologies: tuple[Excess, ...]
    alerts: tuple[Mapping[str, Any], ...]
    partners: tuple[Partner, ...]


def view_operator(tables: Path, results: Results, role: str, code: str) -> OperatorView:
    """Read an operator.

    Args:
        tables: Folder of the run's graph.
        results: The run.
        role: One of `ROLES`.
        code: Its code.

    Raises:
        UnknownId: The run has no such operator.
        StoreError: The graph's tables are missing.
    """
    known = results.query("SELECT * EXCLUDE (file_row_number) FROM operators WHERE role = $role AND code = $code", role=role, code=code)
    if not known or role not in ROLES:
        raise UnknownId(f"{role}:{code}: the run has no such operator")
    files = _files(tables, results)
    asked = {"id": code if role == "platform" else f"{role}:{code}", "code": code}
    grades = query(files, f"{_own(role)} SELECT grade, count(*) AS n FROM own GROUP BY grade", asked)
    weeks = query(
        files,
        f"{_own(role)} SELECT {WEEK_SQL} AS week, grade, count(*) AS n FROM own "
        "WHERE known_at IS NOT NULL GROUP BY ALL ORDER BY week, grade",
        asked,
    )
    typologies = query(
        files,
        f"{_own(role)}, shown AS (SELECT unnest(typologies) AS typology, consignment_id IN (SELECT consignment_id FROM own) AS is_own "
        "FROM alerts), sizes AS (SELECT (SELECT count(*) FROM own) AS own, (SELECT count(*) FROM alerts) AS every) "
        "SELECT typology, count(*) FILTER (is_own) AS n, n / any_value(sizes.own) AS inside, "
        "coalesce(count(*) FILTER (NOT is_own) / nullif(any_value(sizes.every - sizes.own), 0), 0.0) AS outside "
        "FROM shown, sizes GROUP BY typology HAVING n > 0 ORDER BY n DESC, typology",
        asked,
    )
    alerts = query(
        files,
        f"{_own(role)} SELECT {CONSIGNMENT_KEY_SQL} AS key, order_no, logistics_no, score, grade, typologies FROM own "
        f"ORDER BY score DESC, consignment_id LIMIT {MOST_ALERTS}",
        asked,
    )
    return OperatorView(
        known[0],
        {row["grade"]: int(row["n"]) for row in grades},
        tuple((row["week"].date(), row["grade"], int(row["n"])) for row in weeks),
        tuple(Excess(row["typology"], int(row["n"]), float(row["inside"]), float(row["outside"])) for row in typologies),
        tuple(alerts),
        tuple(_partners(files, role, asked)),
    )


def _own(role: str) -> str:
    if role in LINKED_ROLES:
        return f"WITH own AS (SELECT * FROM alerts WHERE {ROLES[role]} = $code)"
    return (
        f'WITH theirs AS (SELECT o.flow, o.ebp_code, o.order_no FROM {_name(role)} r JOIN node_order o ON o.id = r."from" '
        'WHERE r."to" = $id), '
        "own AS (SELECT a.* FROM alerts a WHERE a.order_no <> '' AND (a.flow, coalesce(a.ebp_code, ''), a.order_no) IN "
        "(SELECT (flow, coalesce(ebp_code, ''), order_no) FROM theirs))"
    )


def _partners(files: Mapping[str, Any], role: str, asked: Mapping[str, Any]) -> list[Partner]:
    parts = [
        f'SELECT \'{other}\' AS role, r."to" AS id, o.grade FROM {_name(other)} r JOIN theirs t ON t.item = r."from" '
        "JOIN node_order o ON o.id = t.item"
        for other in _RELATIONS
        if other != role
    ]
    rows = query(
        files,
        f'WITH theirs AS (SELECT DISTINCT "from" AS item FROM {_name(role)} WHERE "to" = $id), every AS ({" UNION ALL ".join(parts)}) '
        "SELECT e.role, CASE e.role WHEN 'platform' THEN e.id ELSE split_part(e.id, ':', 2) END AS code, "
        "coalesce(nullif(any_value(p.name), ''), nullif(any_value(op.name), ''), any_value(e.id)) AS name, "
        "count(*) AS n_orders, count(*) FILTER (e.grade = 'high') AS n_high FROM every e LEFT JOIN node_platform p "
        "ON e.role = 'platform' AND p.id = e.id LEFT JOIN node_operator op ON e.role <> 'platform' AND op.id = e.id "
        f"GROUP BY e.role, e.id ORDER BY n_high DESC, n_orders DESC, e.role, e.id LIMIT {MOST_PARTNERS}",
        asked,
    )
    return [Partner(row["role"], row["code"], row["name"], int(row["n_orders"]), int(row["n_high"])) for row in rows]


def _files(tables: Path, results: Results) -> dict[str, Any]:
    files: dict[str, Any] = {_name(one): relation_file(tables, relation, "Order", target) for one, (relation, target) in _RELATIONS.items()}
    files |= {f"node_{label.lower()}": node_file(tables, label) for label in ("Order", "Platform", "Operator")}
    missing = [path for path in files.values() if not path.exists()]
    if missing:
        raise StoreError(f"{missing[0]}: missing; run `sandan score` for a new graph")
    return {**files, "alerts": results.source("alerts")}


def _name(role: str) -> str:
    return f"of_{role}"
