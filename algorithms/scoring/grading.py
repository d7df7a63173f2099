"""From findings to the scores and grades of consignments."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.scoring.evidence import NAMED_BITS
from sandan.algorithms.typologies import gnn
from sandan.algorithms.vocabulary.registry import registry
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
# What names a consignment to its reader, and what else of it an alert keeps.
_KEY = ("flow", "ebp_code", "order_no", "invt_no", "logistics_code", "logistics_no")
_OWN = ("status", "consignment_id", "kind", "known_at", "declared_cny", "ebc_code", "customs_code")
# How much of the room between the thresholds the model alone may fill.
_UNDER = 0.95
_OF_FINDING = ["consignment_id", "typology", "reason", "bits"]


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
    ids = pa.array([row["consignment_id"] for row in rows], pa.string())
    findings = findings.select(_OF_FINDING).filter(pc.not_equal(findings["reason"], gnn.OF_CLUSTER.name))
    place = _place_of(findings["consignment_id"], ids)
    known = place >= 0
    is_named = known & (findings["bits"].to_numpy() >= NAMED_BITS)
    is_shown = is_named | (known & pc.equal(findings["reason"], gnn.OF_MEMBERS.name).to_numpy(zero_copy_only=False))
    typology = findings["typology"].to_numpy(zero_copy_only=False)
    # What only the model found stays below high, whatever others of its cluster show.
    by_others = np.zeros(len(rows), dtype=bool)
    by_others[place[is_named & (typology != gnn.TYPOLOGY.name)]] = True
    values = np.where(by_others, scores, _below_high(scores, settings))
    # Findings that demand a look, whatever else is known.
    for reason in registry().reasons.values():
        if reason.floor:
            own = place[known & pc.equal(findings["reason"], reason.name).to_numpy(zero_copy_only=False)]
            values[own] = np.maximum(values[own], getattr(settings, reason.floor))
    score = [round(value, 6) for value in values.tolist()]
    # In the order of the members: the strongest cluster of a consignment first.
    clusters = pa.table({"consignment_id": members["consignment_id"], "cluster_id": members["cluster_id"]})
    clusters = clusters.group_by("consignment_id", use_threads=False).aggregate([("cluster_id", "first")])
    cluster = clusters["cluster_id_first"].take(pc.index_in(ids, value_set=clusters["consignment_id"].combine_chunks()))
    columns = {name: pa.array([row.get(name) or "" for row in rows], pa.string()) for name in _KEY} | {
        "score": pa.array(score, pa.float64()),
        "grade": pa.array([grade(value, settings) for value in score], pa.string()),
        "typologies": _lists(place[is_shown], typology[is_shown], len(rows)),
        "cluster_id": pc.fill_null(cluster, ""),
        "run_id": pa.repeat(pa.scalar(run_id), len(rows)),
        **{name: pa.array([row[name] for row in rows], ALERTS.field(name).type) for name in _OWN},
    }
    columns["invt_no"] = _numbers_apart(columns, rows)
    graded = pa.Table.from_arrays([columns[name] for name in ALERTS.names], schema=ALERTS)
    return graded.sort_by([("score", "descending"), *((name, "ascending") for name in _KEY)])


def _place_of(ids: pa.ChunkedArray, every: pa.Array) -> npt.NDArray[np.int64]:
    """Place of each id among all, -1 where it is none of them; int64 [n]."""
    found: npt.NDArray[np.int64] = pc.fill_null(pc.index_in(ids, value_set=every), -1).to_numpy().astype(np.int64)
    return found


def _lists(place: npt.NDArray[np.int64], name: npt.NDArray[np.object_], n: int) -> pa.Array:
    """Different names at each of n places, sorted; places without one have an empty list."""
    pairs = pd.DataFrame({"place": place, "name": name}).drop_duplicates().sort_values(["place", "name"])
    ends = np.cumsum(np.bincount(pairs["place"], minlength=n)) if n else np.zeros(0, dtype=np.int64)
    return pa.ListArray.from_arrays(pa.array(np.r_[0, ends], pa.int32()), pa.array(pairs["name"].to_list(), pa.string()))


def _below_high(scores: npt.NDArray[np.float64], settings: GradeSettings) -> npt.NDArray[np.float64]:
    """Scores that are kept under `t_high`: from `t_medium` on the rest of the scale is drawn together, so that the order stays."""
    room = _UNDER * (settings.t_high - settings.t_medium)
    above = scores >= settings.t_medium
    drawn = scores.copy()
    drawn[above] = settings.t_medium + room * (scores[above] - settings.t_medium) / (1.0 - settings.t_medium)
    return drawn


def _numbers_apart(columns: Mapping[str, pa.Array], rows: Sequence[Mapping[str, Any]]) -> pa.Array:
    """Declaration numbers; two declarations of one order without one yet show their declarant's own number in its place."""
    key = pc.binary_join_element_wise(*(columns[name] for name in _KEY), "\0").dictionary_encode().indices.to_numpy()
    numbers = columns["invt_no"].to_pylist()
    for place in np.flatnonzero(np.bincount(key)[key] > 1).tolist():
        numbers[place] = numbers[place] or rows[place].get("cop_no") or rows[place]["consignment_id"][:12]
    return pa.array(numbers, pa.string())
