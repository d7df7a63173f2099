"""An outcome speaks of the others of its cluster, and of nobody else."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.network.features import Labels
from sandan.algorithms.scoring.outcomes import Outcomes
from sandan.algorithms.scoring.regrading import regrade
from sandan.algorithms.scoring.waterfall import waterfall


def order(k: int) -> dict[str, Any]:
    return {
        "consignment_id": f"c{k:02}", "kind": "declaration", "flow": "import", "ebp_code": "P", "order_no": f"N{k}", "logistics_code": "L",
        "logistics_no": f"W{k}",
    }  # fmt: skip


def outcomes(found: dict[int, bool]) -> Outcomes:
    n = len(found)
    labels = Labels(
        np.array(sorted(found), dtype=np.int64),
        np.array([found[k] for k in sorted(found)], dtype=bool),
        np.zeros(n, dtype=np.int64),
        np.ones(n),
    )
    return Outcomes(labels, n, 0, {})


def after(scores: list[float], clusters: dict[str, list[int]], found: dict[int, bool]) -> tuple[list[float], dict[str, dict[str, Any]]]:
    rows = [order(k) for k in range(len(scores))]
    members = [(name, f"c{k:02}") for name, of in clusters.items() for k in of]
    table = pa.table({"cluster_id": [name for name, _ in members], "consignment_id": [key for _, key in members]})
    places = np.arange(len(rows), dtype=np.int64)
    changed, findings = regrade(np.array(scores), rows, places, table, outcomes(found), "r1")
    return changed.tolist(), {row["consignment_id"]: row for row in findings.to_pylist()}


def test_a_breach_raises_the_others_of_its_cluster() -> None:
    scores, findings = after([0.4, 0.4, 0.7, 0.1], {"k": [0, 1, 2]}, {0: True})
    # The rate: two parts the mean of before, one part the outcome, from .5 to 2 in 3, which doubles the odds. The inspected one keeps its score.
    assert scores == pytest.approx([0.4, 0.8 / 1.4, 1.4 / 1.7, 0.1])
    assert set(findings) == {"c01", "c02"} and findings["c01"]["reason"] == "cluster_outcome"
    assert json.loads(findings["c01"]["values"]) == {"n": 3, "inspected": 1, "breaches": 1}
    assert len(findings["c01"]["evidence"]) == 2 and findings["c01"]["evidence"][0] == "k" and findings["c01"]["bits"] > 0


def test_a_compliant_one_lowers_the_others() -> None:
    scores, findings = after([0.6, 0.6, 0.6], {"k": [0, 1, 2]}, {1: False})
    assert scores == pytest.approx([0.4, 0.6, 0.4])
    assert findings["c00"]["bits"] < 0 and json.loads(findings["c00"]["values"])["breaches"] == 0


def test_other_clusters_and_those_in_none_stay_as_they_were() -> None:
    scores, findings = after([0.6] * 6, {"k": [0, 1], "other": [2, 3]}, {0: True, 5: True})
    assert scores == pytest.approx([0.6, 2.2 / 3, 0.6, 0.6, 0.6, 0.6])
    assert set(findings) == {"c01"}


def test_without_clusters_or_outcomes_nothing_changes() -> None:
    assert after([0.5, 0.6], {}, {0: True}) == ([0.5, 0.6], {})
    assert after([0.5, 0.6], {"k": [0, 1]}, {}) == ([0.5, 0.6], {})
    assert after([0.5, 0.6, 0.7], {"k": [0, 1]}, {2: True}) == ([0.5, 0.6, 0.7], {})


def test_one_that_hardly_belongs_to_the_others_gains_little() -> None:
    scores, _ = after([0.8, 0.8, 0.8, 0.1], {"k": [0, 1, 2, 3]}, {0: True})
    assert scores[1] > 0.85 and 0.1 < scores[3] < 0.2


def test_one_of_two_clusters_hears_of_the_stronger_only() -> None:
    scores, _ = after([0.5] * 4, {"strong": [0, 1], "weak": [1, 2, 3]}, {3: False})
    assert scores == pytest.approx([0.5, 0.5, 1.0 / 3, 0.5])


def test_the_step_of_the_waterfall_is_what_the_outcome_changed() -> None:
    scores, findings = after([0.5, 0.5], {"k": [0, 1]}, {0: True})
    made = waterfall([findings["c01"]], scores[1])
    [step] = made.steps
    assert step.bits == pytest.approx(1.0, abs=1e-3)  # from even odds to two in three
    assert made.start + step.bits + made.rest == pytest.approx(made.end)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=12),
    st.dictionaries(st.integers(0, 11), st.booleans(), max_size=12),
)
def test_scores_stay_chances_and_more_breaches_never_lower(before: list[float], found: dict[int, bool]) -> None:
    found = {k: breach for k, breach in found.items() if k < len(before)}
    everyone = {"k": list(range(len(before)))}
    scores, _ = after(before, everyone, found)
    assert all(0.0 <= score <= 1.0 for score in scores)
    worse, _ = after(before, everyone, dict.fromkeys(found, True))
    assert all(more >= less for more, less in zip(worse, scores, strict=True))
