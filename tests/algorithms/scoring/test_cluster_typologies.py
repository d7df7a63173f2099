"""What most of a suspect cluster bear is said of its other members, and of nobody else."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.algorithms.scoring.cluster_typologies import cluster_typologies
from sandan.algorithms.scoring.grading import grade_consignments
from sandan.algorithms.vocabulary.registry import registry
from sandan.record.settings import GradeSettings


def order(k: int) -> dict[str, Any]:
    return {
        "consignment_id": f"c{k:02}", "kind": "declaration", "flow": "import", "ebp_code": "P", "order_no": f"N{k}", "logistics_code": "L",
        "logistics_no": f"W{k}", "status": "declared", "known_at": None, "declared_cny": 1.0, "ebc_code": "E", "customs_code": "5141",
    }  # fmt: skip


ROWS = [order(k) for k in range(10)]


def found(borne: Mapping[int, Sequence[str]], bits: float = 3.0) -> pa.Table:
    rows = [(f"c{k:02}", typology, bits) for k, typologies in borne.items() for typology in typologies]
    columns = {name: [row[k] for row in rows] for k, name in enumerate(("consignment_id", "typology", "bits"))}
    return pa.table({**columns, "reason": pa.array([f"of_{row[1]}" for row in rows], pa.string())})


def members(clusters: Mapping[str, Sequence[int]]) -> pa.Table:
    pairs = [(name, f"c{k:02}") for name, of in clusters.items() for k in of]
    return pa.table({"cluster_id": [name for name, _ in pairs], "consignment_id": [key for _, key in pairs]})


def said(
    borne: Mapping[int, Sequence[str]], clusters: Mapping[str, Sequence[int]], bits: float = 3.0
) -> dict[tuple[str, str], dict[str, Any]]:
    table = cluster_typologies(ROWS, found(borne, bits), members(clusters), "r1")
    return {(row["consignment_id"], row["typology"]): row for row in table.to_pylist()}


def test_what_most_of_a_cluster_bear_is_said_of_the_others() -> None:
    findings = said({0: ["missing_order"], 1: ["missing_order"], 2: ["missing_order", "quota"]}, {"k": [0, 1, 2, 3]})
    ((key, finding),) = findings.items()
    assert key == ("c03", "missing_order") and finding["reason"] == "cluster_typology" and finding["bits"] == 0
    assert finding["evidence"] == ["k", "order:import:P:N0", "order:import:P:N1", "order:import:P:N2"]
    reason = registry().reasons[finding["reason"]]
    values = json.loads(finding["values"])
    assert reason.render("en", values) == "3 of the 4 consignments of its cluster show: Order missing"
    assert reason.render("zh", values).startswith("所在团组共 4 票，其中 3 票呈现：")


def test_what_a_member_bears_itself_is_not_said_again() -> None:
    assert not said({k: ["missing_order"] for k in range(4)}, {"k": [0, 1, 2, 3]})


def test_half_of_a_cluster_is_not_most_of_it() -> None:
    assert not said({0: ["missing_order"], 1: ["missing_order"]}, {"k": [0, 1, 2, 3]})


def test_other_clusters_and_what_only_the_model_found_say_nothing() -> None:
    assert not said({0: ["quota"], 1: ["quota"], 2: ["quota"]}, {"k": [0, 1, 2], "m": [3, 4, 5]})
    assert not said({0: ["gnn"], 1: ["gnn"], 2: ["gnn"]}, {"k": [0, 1, 2, 3]})
    assert not said({0: ["quota"], 1: ["quota"], 2: ["quota"]}, {"k": [0, 1, 2, 3]}, bits=0.5)
    assert not said({0: ["quota"]}, {})


def test_a_consignment_of_two_clusters_counts_in_the_first() -> None:
    findings = said({0: ["quota"], 1: ["quota"]}, {"k": [0, 1, 2], "m": [2, 3, 4]})
    assert set(findings) == {("c02", "quota")}


@pytest.mark.parametrize("score", [0.4, 0.9])
def test_it_names_the_typology_and_raises_nothing(score: float) -> None:
    table = cluster_typologies(ROWS, found({0: ["quota"], 1: ["quota"]}), members({"k": [0, 1, 2]}), "r1")
    single = found({0: ["quota"], 1: ["quota"], 2: ["gnn"]})
    both = pa.concat_tables([single, table.select(single.column_names)])
    scores = np.full(len(ROWS), score)
    before, after = (
        {a["consignment_id"]: a for a in grade_consignments(ROWS, f, members({"k": [0, 1, 2]}), GradeSettings(), "r1", scores).to_pylist()}
        for f in (single, both)
    )
    assert after["c02"]["typologies"] == ["gnn", "quota"] and before["c02"]["typologies"] == ["gnn"]
    assert {key: alert["score"] for key, alert in after.items()} == {key: alert["score"] for key, alert in before.items()}
    assert after["c02"]["grade"] == "medium"
