"""From findings to scores and grades, of consignments and of operators."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import binom

from sandan.algorithms.scoring.evidence import NAMED_BITS
from sandan.algorithms.taxes.limits import MONEY
from sandan.algorithms.typologies import gnn
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.statement import Statement
from sandan.algorithms.wording.messages import HIGH_EXCESS, TYPOLOGY_EXCESS
from sandan.record.settings import GradeSettings

ALERTS = pa.schema(
    [
        ("flow", pa.string()),
        ("ebp_code", pa.string()),
        ("order_no", pa.string()),
        ("invt_no", pa.string()),
        ("logistics_no", pa.string()),
        ("score", pa.float64()),
        ("grade", pa.string()),
        ("typologies", pa.list_(pa.string())),
        ("cluster_id", pa.string()),
        ("run_id", pa.string()),
        ("logistics_code", pa.string()),
        ("status", pa.string()),
        ("consignment_id", pa.string()),
        ("kind", pa.string()),
        ("known_at", pa.timestamp("us", tz="UTC")),
        ("declared_cny", pa.float64()),
        ("ebc_code", pa.string()),
        ("customs_code", pa.string()),
    ]
)
OPERATORS = pa.schema(
    [
        ("role", pa.string()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("n_orders", pa.int64()),
        ("n_high", pa.int64()),
        ("score", pa.float64()),
        ("grade", pa.string()),
        ("typologies", pa.list_(pa.string())),
        ("statements", pa.list_(pa.string())),
        ("run_id", pa.string()),
        ("revenue_at_stake", MONEY),
    ]
)
ROLES = {"seller": "ebc_code", "payment": "p_pay_code", "logistics": "logistics_code", "agent": "agent_code", "platform": "ebp_code"}
# How much of the room between the thresholds the model alone may fill.
_UNDER = 0.95
# How far a typology that shows on all consignments of an operator speaks against the operator.
_FULL = 0.4
_OF_ALERT = ("consignment_id", "grade", "score", "typologies", "revenue_at_stake", "cluster_id")
_OF_FINDING = ["consignment_id", "typology", "reason", "bits"]
# Answers for each of its consignments by itself. The others serve whoever comes: a group that chose one of them chose once.
_OWNER = "seller"


def grade(score: float, settings: GradeSettings) -> str:
    """`low`, `medium` or `high` by the two thresholds of the settings."""
    return "high" if score >= settings.t_high else "medium" if score >= settings.t_medium else "low"


def grade_consignments(
    rows: Sequence[Mapping[str, Any]],
    findings: pa.Table,
    members: pa.Table,
    settings: GradeSettings,
    run_id: str,
    scores: npt.NDArray[np.float64],
) -> pa.Table:
    """One alert row per consignment, low ones too, the highest score first.

    Args:
        rows: Consignments with their keys, `kind`, `known_at`, `status`, `declared_cny`.
        findings: All findings of the run.
        members: Clusters with their consignments, the strongest cluster first.
        settings: The thresholds.
        run_id: The run.
        scores: float64 [n] in [0, 1], in the order of the rows. What only the model found stays below `t_high`, in the same order.
    """
    cluster: dict[str, str] = {}
    for member in members.select(["consignment_id", "cluster_id"]).to_pylist():
        cluster.setdefault(member["consignment_id"], member["cluster_id"])
    by_consignment: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in findings.filter(pc.not_equal(findings["reason"], gnn.OF_CLUSTER.name)).select(_OF_FINDING).to_pylist():
        by_consignment[finding["consignment_id"]].append(finding)
    # Findings that demand a look, whatever else is known.
    floors = {reason.name: getattr(settings, reason.floor) for reason in registry().reasons.values() if reason.floor}
    model_only = {gnn.TYPOLOGY.name}
    graded = []
    for row, value in zip(rows, scores.tolist(), strict=True):
        own = by_consignment.get(row["consignment_id"], [])
        typologies = {f["typology"] for f in own if f["bits"] >= NAMED_BITS}
        value = value if typologies - model_only else _below_high(value, settings)
        score = round(max([value, *(floors[f["reason"]] for f in own if f["reason"] in floors)]), 6)
        graded.append(
            {
                **{name: row.get(name) or "" for name in ("flow", "ebp_code", "order_no", "invt_no", "logistics_no", "logistics_code")},
                "score": score,
                "grade": grade(score, settings),
                "typologies": sorted(typologies),
                "cluster_id": cluster.get(row["consignment_id"], ""),
                "run_id": run_id,
                **{
                    name: row[name] for name in ("status", "consignment_id", "kind", "known_at", "declared_cny", "ebc_code", "customs_code")
                },
            }
        )
    _tell_apart(graded, {row["consignment_id"]: row.get("cop_no") for row in rows})
    graded.sort(key=lambda a: (-a["score"], a["flow"], a["ebp_code"], a["order_no"], a["invt_no"], a["logistics_code"], a["logistics_no"]))
    return pa.Table.from_pylist(graded, schema=ALERTS)


def _below_high(score: float, settings: GradeSettings) -> float:
    """A score that is kept under `t_high`: from `t_medium` on the rest of the scale is drawn together, so that the order stays."""
    if score < settings.t_medium:
        return score
    room = _UNDER * (settings.t_high - settings.t_medium)
    return settings.t_medium + room * (score - settings.t_medium) / (1.0 - settings.t_medium)


def _tell_apart(graded: list[dict[str, Any]], cop_no: Mapping[str, str | None]) -> None:
    """Two declarations of one order that customs has not numbered yet show their declarant's own number in place of it."""
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    for row in graded:
        seen[_key(row)] += 1
    for row in graded:
        if seen[_key(row)] > 1 and not row["invt_no"]:
            row["invt_no"] = cop_no.get(row["consignment_id"]) or row["consignment_id"][:12]


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("flow", "ebp_code", "order_no", "invt_no", "logistics_code", "logistics_no"))


def grade_operators(
    rows: Sequence[Mapping[str, Any]], alerts: pa.Table, names: Mapping[tuple[str, str], str], settings: GradeSettings, run_id: str
) -> pa.Table:
    """One row per operator with consignments, the highest score first.

    An operator is judged by how much more often each typology shows on its consignments than on everybody else's; with few
    consignments the share is drawn towards the others'. Signs that are explicable one by one add up here.

    Args:
        rows: Consignments with the codes of their operators.
        alerts: Their grades, and the revenue at stake where it is known.
        names: Name by (role, code).
        settings: The thresholds.
        run_id: The run.

    An operator that also trades honestly is not saved by it: consignments graded `high` that pile up with it far beyond chance count
    for themselves; those of one cluster once, but for its seller.

    Source:
        Shares shrunk by one pseudo-consignment (beta-binomial), combined as for consignments: our rule. Why operators are scored:
        the milk-powder case.
    """
    graded = {row["consignment_id"]: row for row in alerts.select([n for n in _OF_ALERT if n in alerts.column_names]).to_pylist()}
    typologies = {key: set(row["typologies"]) if row["grade"] != "low" else set() for key, row in graded.items()}
    total: dict[str, int] = defaultdict(int)
    for found in typologies.values():
        for typology in found:
            total[typology] += 1
    total["high"] = sum(row["grade"] == "high" for row in graded.values())
    group_of = {key: row.get("cluster_id") or key for key, row in graded.items()}
    result = []
    for role, column in ROLES.items():
        unit_of = dict(zip(graded, graded, strict=True)) if role == _OWNER else group_of
        every = _units(graded, unit_of, graded)
        own: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row.get(column):
                own[row[column]].append(row["consignment_id"])
        for code, members in own.items():
            surprise = _surprise(*_units(members, unit_of, graded), *every)
            result.append(_operator(role, code, members, graded, typologies, total, len(rows), surprise, names, settings, run_id))
    result.sort(key=lambda o: (-o["score"], o["role"], o["code"]))
    return pa.Table.from_pylist(result, schema=OPERATORS)


def _operator(
    role: str,
    code: str,
    members: Sequence[str],
    graded: Mapping[str, Mapping[str, Any]],
    typologies: Mapping[str, set[str]],
    total: Mapping[str, int],
    n_all: int,
    surprise: float,
    names: Mapping[tuple[str, str], str],
    settings: GradeSettings,
    run_id: str,
) -> dict[str, Any]:
    count: dict[str, int] = defaultdict(int)
    for member in members:
        for typology in typologies[member]:
            count[typology] += 1
    n = len(members)
    rest, reasons = 1.0, []
    n_high = sum(graded[member]["grade"] == "high" for member in members)
    for typology, k in count.items():
        elsewhere = (total[typology] - k + 0.01) / (n_all - n + 1.0)
        excess = (k + elsewhere) / (n + 1.0) - elsewhere
        if excess > 0.05:
            rest *= 1.0 - _FULL * excess
            reasons.append((excess, typology, k, elsewhere))
    score = round(max(1.0 - rest, surprise), 6)
    reasons.sort(key=lambda r: (-r[0], r[1]))
    named = [typology for _, typology, _, _ in reasons]
    statements = [Statement(TYPOLOGY_EXCESS.name, {"typology": t, "k": k, "n": n, "elsewhere": e}) for _, t, k, e in reasons]
    if surprise >= settings.t_medium:
        on_high: dict[str, int] = defaultdict(int)
        for member in members:
            if graded[member]["grade"] == "high":
                for typology in typologies[member]:
                    on_high[typology] += 1
        named += [t for t, k in sorted(on_high.items(), key=lambda i: (-i[1], i[0])) if k > 1 and t not in named]
        values = {"k": n_high, "n": n, "others_high": total["high"] - n_high, "others": n_all - n}
        statements.insert(0, Statement(HIGH_EXCESS.name, values))
    return {
        "role": role,
        "code": code,
        "name": names.get((role, code), ""),
        "n_orders": n,
        "n_high": n_high,
        "score": score,
        "grade": grade(score, settings),
        "typologies": named,
        "statements": [statement.as_text() for statement in statements],
        "run_id": run_id,
        "revenue_at_stake": _revenue([graded[member] for member in members]),
    }


def _units(members: Iterable[str], unit_of: Mapping[str, str], graded: Mapping[str, Mapping[str, Any]]) -> tuple[int, int]:
    """How many of them are graded high, and how many there are; those of one unit once, which is high where one of it is."""
    units: dict[str, bool] = {}
    for member in members:
        unit = unit_of[member]
        units[unit] = units.get(unit, False) or graded[member]["grade"] == "high"
    return sum(units.values()), len(units)


def _revenue(alerts: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """Tax at stake with those graded medium or high; None where no tax is known of any."""
    known = [alert for alert in alerts if alert.get("revenue_at_stake") is not None]
    return sum((alert["revenue_at_stake"] for alert in known if alert["grade"] != "low"), Decimal(0)) if known else None


def _surprise(n_high: int, n: int, total_high: int, n_all: int) -> float:
    """Strength in [0, 0.65] of `high` consignments piling up with one operator; 0 below two of them.

    Each factor of ten by which chance is unlikely adds 0.085; less than ten times the others' share, or under 2 % of the operator's own
    consignments, weakens it, so that a large carrier is not blamed for one forger among its customers.
    """
    if n_high < 2:
        return 0.0
    elsewhere = (total_high - n_high + 0.5) / (n_all - n + 1.0)
    share = n_high / n
    unlikely = -binom.logsf(n_high - 1, n, min(elsewhere, 0.5)) / math.log(10)
    return float(min(0.65, 0.085 * unlikely) * min(1.0, share / elsewhere / 10) * min(1.0, share / 0.02))
