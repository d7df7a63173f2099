"""Suspects that share what their like share are one cluster."""

from unittest.mock import Mock

import numpy as np
import pandas as pd
import pyarrow as pa

from sandan.algorithms.groups.cluster_tables import CLUSTERS, MEMBERS, Clustered
from sandan.algorithms.scoring.suspects import suspect_labels, with_groups
from sandan.record.settings import GradeSettings


def rows(n: int, **columns: object) -> pd.DataFrame:
    names = ("tel", "door", "building", "other_payer", "buyer", "bill", "seller", "receiver", "sender_tel", "sender_door", "hs")
    frame = pd.DataFrame({name: [None] * n for name in names} | {"imp": 1, "t": np.linspace(0, 60, n)})
    return frame.assign(consignment_id=[f"c{i:03}" for i in range(n)], **columns)


def test_two_rings_are_two_clusters_and_the_innocent_belong_to_none() -> None:
    n = 30
    tel = ["a"] * 6 + ["b"] * 6 + ["a"] * 3 + [None] * 15
    scores = np.array([0.9] * 12 + [0.05] * 18)
    label, words = suspect_labels(rows(n, tel=tel), scores, GradeSettings())
    assert label.tolist() == [0] * 6 + [1] * 6 + [-1] * 18
    assert words == [[("tel",)], [("tel",)]]


def test_a_ring_that_changes_its_telephone_is_one_cluster_while_its_payer_stays() -> None:
    frame = rows(24, tel=["a"] * 12 + ["b"] * 12, other_payer=[None] * 2 + ["p"] * 20 + [None] * 2)
    label, _ = suspect_labels(frame, np.full(24, 0.8), GradeSettings())
    assert label.tolist() == [0] * 24


def test_two_rings_with_a_payer_in_common_stay_two() -> None:
    frame = rows(24, tel=["a"] * 12 + ["b"] * 12, other_payer=[None] * 9 + ["p"] * 6 + [None] * 9)
    label, _ = suspect_labels(frame, np.full(24, 0.8), GradeSettings())
    assert label[:9].tolist() == [0] * 9 and label[15:].tolist() == [1] * 9


def test_suspects_of_one_seller_weeks_apart_are_two_clusters() -> None:
    frame = rows(8, seller="s").assign(t=[0.0, 1, 2, 3, 30, 31, 32, 33])
    label, _ = suspect_labels(frame, np.full(8, 0.8), GradeSettings())
    assert label.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_without_suspects_there_is_no_cluster() -> None:
    label, words = suspect_labels(rows(5, tel="a"), np.full(5, 0.1), GradeSettings())
    assert set(label.tolist()) == {-1} and not words


def clustered(**clusters: tuple[float, list[int]]) -> Clustered:
    """Clusters by name: score, and numbers of the consignments."""
    rows = [dict.fromkeys(CLUSTERS.names) | {"cluster_id": name, "score": score} for name, (score, _) in clusters.items()]
    seats = [
        dict.fromkeys(MEMBERS.names, "") | {"cluster_id": name, "consignment_id": f"c{k}", "strength": 1.0}
        for name, (_, own) in clusters.items()
        for k in own
    ]
    nobody = np.zeros(0, np.int64)
    tables = pa.Table.from_pylist(rows, CLUSTERS), pa.Table.from_pylist(seats, MEMBERS)
    return Clustered(*tables, {}, nobody, Mock(), Mock(), nobody)


def test_without_outcomes_a_group_is_shown_that_is_suspect_as_a_group_and_that_no_cluster_holds() -> None:
    raised = clustered(
        suspect=(0.8, [10, 11, 12]),
        weak=(0.4, [13, 14, 15]),
        calm=(0.8, [40, 41, 42]),
        held=(0.8, [0, 1, 20]),
        half_held=(0.6, [4, 5, 16, 17]),
    )
    scores = np.array([0.9] * 6 + [0.1] * 4 + [0.3] * 8 + [0.01] * 142)
    found = with_groups(clustered(own=(0.7, [0, 1, 2, 3, 4])), raised, [f"c{k}" for k in range(160)], scores, GradeSettings())
    assert found.clusters["cluster_id"].to_pylist() == ["suspect", "own", "half_held"]
    assert found.members["cluster_id"].to_pylist() == ["suspect"] * 3 + ["own"] * 5 + ["half_held"] * 4
    nothing = clustered()
    assert with_groups(nothing, nothing, ["c0"], np.zeros(1), GradeSettings()).clusters.num_rows == 0


def test_parcels_without_a_code_are_joined_by_their_sender_s_telephone() -> None:
    frame = rows(8, sender_tel="a").assign(imp=0, hs=[None] * 4 + ["640411"] * 4)
    label, _ = suspect_labels(frame, np.full(8, 0.8), GradeSettings())
    assert label.tolist() == [0] * 4 + [1] * 4
