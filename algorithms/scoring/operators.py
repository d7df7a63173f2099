"""From the grades of consignments to the scores and grades of operators."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import binom

from sandan.algorithms.scoring.grading import grade
from sandan.algorithms.taxes.limits import MONEY
from sandan.algorithms.vocabulary.statement import Statement
from sandan.algorithms.wording.messages import HIGH_EXCESS, TYPOLOGY_EXCESS
from sandan.record.settings import GradeSettings

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
# How far a typology that shows on all consignments of an operator speaks against the operator.
_FULL = 0.4
# Answers for each of its consignments by itself. The others serve whoever comes: a group that chose one of them chose once.
_OWNER = "seller"
# Digits of money behind the point.
_PLACES = MONEY.scale
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Graded:
    """What the alerts say of all consignments, in the order of the rows.

    Attributes:
        high, raised: bool [n]; graded high; medium or high.
        cluster: int64 [n]; one number for all of a cluster, and for each that is in none.
        names: Typologies, sorted.
        place, typology: int64 [pairs]; consignments that are raised, and the place in `names` of each of their typologies.
        money: int64 [n]; revenue at stake, in the smallest unit, of those that are raised.
        known: bool [n]; whether the revenue at stake is known.
    """

    high: Flags
    raised: Flags
    cluster: Ints
    names: list[str]
    place: Ints
    typology: Ints
    money: Ints
    known: Flags


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
    graded = _graded(rows, alerts)
    n_all, n_typologies = len(rows), len(graded.names)
    total = np.bincount(graded.typology, minlength=n_typologies)
    result = []
    for role, column in ROLES.items():
        code, codes = pd.factorize(np.array([row.get(column) or None for row in rows], dtype=object))
        unit = np.arange(n_all) if role == _OWNER else graded.cluster
        k = len(codes)
        owned = code >= 0
        n, n_high = np.bincount(code[owned], minlength=k), np.bincount(code[owned & graded.high], minlength=k)
        units, high_units = _n_units(code, unit, owned, k), _n_units(code, unit, owned & graded.high, k)
        every = len(np.unique(unit[graded.high])), len(np.unique(unit))
        counts = _counts(code, graded, k, np.ones(n_all, dtype=bool))
        on_high = _counts(code, graded, k, graded.high)
        money, known = np.zeros(k, dtype=np.int64), np.bincount(code[owned & graded.known], minlength=k)
        np.add.at(money, code[owned], graded.money[owned])
        for i, name in enumerate(codes.tolist()):
            surprise = _surprise(int(high_units[i]), int(units[i]), *every)
            row = _operator(graded, counts[i], on_high[i], total, (int(n[i]), int(n_high[i]), n_all), surprise, settings)
            row |= {"role": role, "code": name, "name": names.get((role, name), ""), "run_id": run_id}
            row["revenue_at_stake"] = Decimal(int(money[i])).scaleb(-_PLACES) if known[i] else None
            result.append(row)
    result.sort(key=lambda o: (-o["score"], o["role"], o["code"]))
    return pa.Table.from_pylist(result, schema=OPERATORS)


def _graded(rows: Sequence[Mapping[str, Any]], alerts: pa.Table) -> _Graded:
    ids = pa.array([row["consignment_id"] for row in rows], pa.string())
    alerts = alerts.take(pc.index_in(ids, value_set=alerts["consignment_id"].combine_chunks()))
    grades = alerts["grade"].to_numpy(zero_copy_only=False)
    high, raised = grades == "high", grades != "low"
    cluster = alerts["cluster_id"].to_numpy(zero_copy_only=False) if "cluster_id" in alerts.column_names else np.full(len(rows), "", object)
    alone = cluster == ""
    unit = np.empty(len(rows), dtype=np.int64)
    unit[~alone] = pd.factorize(cluster[~alone])[0]
    unit[alone] = len(rows) + np.flatnonzero(alone)
    flat = alerts["typologies"].combine_chunks()
    of, name = pc.list_parent_indices(flat).to_numpy(), flat.flatten().to_numpy(zero_copy_only=False)
    typology, names = pd.factorize(name[raised[of]], sort=True)
    money, known = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    if "revenue_at_stake" in alerts.column_names:
        stake = alerts["revenue_at_stake"]
        known = stake.is_valid().to_numpy()
        counted = np.flatnonzero(known & raised)
        money[counted] = [int(value.scaleb(_PLACES)) for value in stake.take(pa.array(counted)).to_pylist()]
    return _Graded(high, raised, unit, list(names), of[raised[of]], typology, money, known)


def _n_units(code: Ints, unit: Ints, which: Flags, k: int) -> Ints:
    """How many units each operator has among some consignments; int64 [k]."""
    pairs = pd.DataFrame({"code": code[which], "unit": unit[which]}).drop_duplicates()
    return np.bincount(pairs["code"], minlength=k)


def _counts(code: Ints, graded: _Graded, k: int, which: Flags) -> Ints:
    """On how many of some consignments of each operator each typology shows; int64 [k, typologies]."""
    used = (code[graded.place] >= 0) & which[graded.place]
    flat = code[graded.place[used]] * len(graded.names) + graded.typology[used]
    return np.bincount(flat, minlength=k * len(graded.names)).reshape(k, len(graded.names))


def _operator(
    graded: _Graded, counts: Ints, on_high: Ints, total: Ints, sizes: tuple[int, int, int], surprise: float, settings: GradeSettings
) -> dict[str, Any]:
    """Score, grade and reasons of one operator.

    Args:
        graded: All consignments.
        counts: int64 [typologies]; its consignments on which each shows.
        on_high: int64 [typologies]; those of them graded high.
        total: int64 [typologies]; the same of all operators.
        sizes: Its consignments, those graded high, all consignments.
        surprise: Of its consignments graded high.
        settings: The thresholds.
    """
    n, n_high, n_all = sizes
    rest, reasons = 1.0, []
    for typology in np.flatnonzero(counts).tolist():
        k = int(counts[typology])
        elsewhere = (int(total[typology]) - k + 0.01) / (n_all - n + 1.0)
        excess = (k + elsewhere) / (n + 1.0) - elsewhere
        if excess > 0.05:
            rest *= 1.0 - _FULL * excess
            reasons.append((excess, graded.names[typology], k, elsewhere))
    score = round(max(1.0 - rest, surprise), 6)
    reasons.sort(key=lambda r: (-r[0], r[1]))
    named = [typology for _, typology, _, _ in reasons]
    statements = [Statement(TYPOLOGY_EXCESS.name, {"typology": t, "k": k, "n": n, "elsewhere": e}) for _, t, k, e in reasons]
    if surprise >= settings.t_medium:
        often = sorted((-int(on_high[t]), graded.names[t]) for t in np.flatnonzero(on_high > 1).tolist())
        named += [name for _, name in often if name not in named]
        others_high = int(graded.high.sum()) - n_high
        values = {"k": n_high, "n": n, "others_high": others_high, "others": n_all - n}
        statements.insert(0, Statement(HIGH_EXCESS.name, values))
    return {
        "n_orders": n,
        "n_high": n_high,
        "score": score,
        "grade": grade(score, settings),
        "typologies": named,
        "statements": [statement.as_text() for statement in statements],
    }


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
