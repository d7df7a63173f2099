"""Clusters of suspects: consignments that score high and share what their like share, whatever sign each was found by."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy import sparse
from scipy.sparse import csgraph
from scipy.stats import binom

from sandan.algorithms.groups.cluster_tables import Clustered, Group, GroupSign, tables_of
from sandan.algorithms.network.communities import propagate
from sandan.algorithms.scoring.evidence import NAMED_BITS
from sandan.algorithms.wording.messages import SUSPECTS, SUSPECTS_BEAR
from sandan.graph.view import GraphView
from sandan.record.settings import GradeSettings

Floats = npt.NDArray[np.float64]
Keys = tuple[str, ...]
_LEAST = 3
# What suspects of one flow may share; identifiers that join more than so many are left out.
_SHARED: Mapping[int, Sequence[tuple[Keys, int]]] = {
    1: (
        (("tel",), 40), (("door", "seller"), 40), (("building", "seller"), 40), (("other_payer",), 40), (("buyer", "seller"), 40),
        (("bill", "seller"), 40), (("seller", "run"), 80),
    ),
    0: ((("receiver", "hs"), 60), (("sender_tel", "hs"), 80), (("sender_door", "hs"), 80), (("seller", "run"), 80)),
}  # fmt: skip
# Consignments of one seller belong together while they follow each other within a week.
_RUN_DAYS = 7.0
# Two communities are one where two thirds of either share an identifier with the other: most, with room for who shares nothing.
_MOSTLY = 2 / 3
# One in ten is what an office can look at at most.
LOOKED_AT = 0.9
_SHOWN_TYPOLOGIES, _MOST_BEAR = 4, 0.3


def suspect_labels(
    rows: pd.DataFrame, scores: Floats, grades: GradeSettings, seed: int = 1
) -> tuple[npt.NDArray[np.int64], list[list[Keys]]]:
    """Cluster of each consignment, -1 for none, and what joins each cluster.

    Args:
        rows: From `sandan.algorithms.context.context_rows`.
        scores: float64 [n].
        grades: Members are graded medium or high, and half-way between the two on average.
        seed: Of label propagation.

    Source:
        Label propagation over suspects and the identifiers they share (Raghavan et al. 2007, as in networkit); communities that
        overlap in what they share are united. On two worlds of another author that finds .81 and .74 of the rings in place of .45 and .48.
    """
    hot, on_average = scores >= grades.t_medium, (grades.t_medium + grades.t_high) / 2
    # Post and express parcels have no code: among each other that parts nobody.
    frame = rows.assign(run=_runs(rows, hot), hs=rows.hs.fillna(""))
    nodes, edges, joined = len(rows), [], []
    for flow, kinds in _SHARED.items():
        for keys, most in kinds:
            place = np.flatnonzero(hot & (rows.imp == flow).to_numpy() & frame[list(keys)].notna().all(axis=1).to_numpy())
            if not len(place):
                continue
            code = frame.iloc[place].groupby(list(keys), sort=True).ngroup().to_numpy()
            size = np.bincount(code)
            kept = (size[code] > 1) & (size[code] <= most)
            edges.append(np.stack([place[kept], nodes + code[kept]], axis=1))
            joined.append((keys, nodes, nodes + len(size)))
            nodes += len(size)
    label_of = np.full(len(rows), -1, dtype=np.int64)
    found = np.concatenate(edges) if edges else np.zeros((0, 2), np.int64)
    if not len(found):
        return label_of, []
    edges_of = sparse.coo_matrix((np.ones(len(found)), (found[:, 0], found[:, 1])), shape=(nodes, nodes))
    inside = np.unique(found[:, 0])
    community = np.full(len(rows), -1, dtype=np.int64)
    community[inside] = _united(propagate(edges_of, seed)[inside], found)
    joins: list[list[Keys]] = []
    for of in _in_order(community[inside]):
        members = inside[community[inside] == of]
        if len(members) < _LEAST or scores[members].mean() < on_average:
            continue
        label_of[members] = len(joins)
        own = found[np.isin(found[:, 0], members), 1]
        joins.append([keys for keys, first, last in joined if ((own >= first) & (own < last)).sum() >= len(members) / 2])
    return label_of, joins


def _united(community: npt.NDArray[np.int64], found: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Communities of the suspects, int64 [suspects], with those made one that mostly share an identifier with each other.

    Label propagation leaves a ring that changes its telephones or receivers in the middle in two halves.

    Args:
        community: int64 [suspects], in the order of their places.
        found: int64 [m, 2]; place of a suspect and number of an identifier that it shares with others.
    """
    (suspects, place), (names, name) = (np.unique(found[:, k], return_inverse=True) for k in (0, 1))
    bears = sparse.csr_matrix((np.ones(len(found)), (place, name)), shape=(len(suspects), len(names)))
    while True:
        _, own = np.unique(community, return_inverse=True)
        n = int(own.max()) + 1
        member = sparse.csr_matrix((np.ones(len(own)), (np.arange(len(own)), own)), shape=(len(own), n))
        known_to = ((member.T @ bears) > 0).astype(float)
        meets = ((bears @ known_to.T) > 0).astype(float)
        share = sparse.csr_matrix(sparse.diags(1.0 / np.bincount(own)) @ (member.T @ meets))
        united, label = csgraph.connected_components(share.minimum(share.T) >= _MOSTLY, directed=False)
        if united == n:
            return np.asarray(own, dtype=np.int64)
        community = label[own]


def _in_order(values: npt.NDArray[np.int64]) -> list[int]:
    """Different values in the order in which they are met."""
    return list(dict.fromkeys(values.tolist()))


def _runs(rows: pd.DataFrame, hot: npt.NDArray[np.bool_]) -> pd.Series:
    """Number of each suspect's run of its seller's suspects that follow each other within a week; NaN for the others."""
    suspects = rows[hot & rows.seller.notna().to_numpy()].sort_values(["seller", "t", "consignment_id"])
    gaps = suspects.groupby("seller").t.diff().fillna(0.0) > _RUN_DAYS
    return gaps.groupby(suspects.seller).cumsum().astype(float).reindex(rows.index)


def suspect_clusters(
    view: GraphView,
    clustered: Clustered,
    context_rows: pd.DataFrame,
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[str],
    scores: Floats,
    findings: pa.Table,
    grades: GradeSettings,
) -> Clustered:
    """The clusters of a run: groups of suspects, each with the typologies that its members bear.

    Args:
        view: The graph.
        clustered: What the network gave, for its ties.
        context_rows: Consignments with what they share.
        rows: Consignments with their keys, in the same order.
        ids: Node id of each.
        scores: float64 [n].
        findings: All findings, with their bits.
        grades: The thresholds.
    """
    label_of, joins = suspect_labels(context_rows, scores, grades)
    places = view.places(pa.array(ids, pa.string())).astype(np.int64)
    borne = _borne(findings, {row["consignment_id"]: i for i, row in enumerate(rows)})
    share = max(float((scores >= grades.t_medium).mean()), 1.0 / max(len(scores), 1))
    groups = []
    for k, joined in enumerate(joins):
        members = np.flatnonzero((label_of == k) & (places >= 0))
        if not len(members):
            continue
        flow = int(context_rows.imp.iloc[members[0]])
        signs = _signs(context_rows.iloc[members], scores[members], members, borne, joined)
        n_high = int((scores[members] >= grades.t_medium).sum())
        p_value = float(binom.sf(n_high - 1, len(members), min(share, 0.5)))
        ties = clustered.people if flow else clustered.senders
        mean = round(float(scores[members].mean()), 6)
        groups.append(
            Group(
                "suspects",
                "forged" if flow else "ipr",
                np.unique(places[members]),
                p_value,
                signs,
                ties,
                "",
                mean,
                frozenset(members.tolist()),
            )
        )
    return tables_of(view, groups, rows, ids, clustered)


def with_groups(suspects: Clustered, raised: Clustered, ids: Sequence[str], scores: Floats, grades: GradeSettings) -> Clustered:
    """Clusters of suspects, and those groups that the network raised which none of them mostly holds and which are suspect as groups.

    Without outcomes a score says less of a consignment whose neighbours alone are odd. Such a group is suspect where what it shows
    together grades high, and its members score in the mean as one in ten of all consignments do at least.

    Args:
        suspects: From `suspect_clusters`.
        raised: What the network gave.
        ids: `consignment_id` of each consignment.
        scores: float64 [n].
        grades: The thresholds.
    """
    if not raised.clusters.num_rows:
        return suspects
    members = raised.members.select(["cluster_id", "consignment_id"]).to_pandas()
    members["score"] = members.consignment_id.map(dict(zip(ids, scores.tolist(), strict=True)))
    members["held"] = members.consignment_id.isin(suspects.members["consignment_id"].to_pylist())
    groups = raised.clusters.select(["cluster_id", "score"]).to_pandas().set_index("cluster_id").score.to_frame("together")
    groups = groups.join(members.groupby("cluster_id")[["score", "held"]].mean())
    suspect = (groups.together >= grades.t_high) & (groups.score >= np.quantile(scores, LOOKED_AT)) & (groups.held < 0.5)
    kept = set(groups.index[suspect])
    clusters, every = (
        pa.concat_tables([own, other.filter(pa.array([name in kept for name in other["cluster_id"].to_pylist()], pa.bool_()))])
        for own, other in ((suspects.clusters, raised.clusters), (suspects.members, raised.members))
    )
    # The strongest first, with their members: an alert names the first cluster that it is in.
    clusters = clusters.sort_by([("score", "descending"), ("cluster_id", "ascending")])
    place = {name: k for k, name in enumerate(clusters["cluster_id"].to_pylist())}
    order = np.argsort([place[name] for name in every["cluster_id"].to_pylist()], kind="stable")
    return replace(suspects, clusters=clusters, members=every.take(pa.array(order)))


def _borne(findings: pa.Table, place: Mapping[str, int]) -> dict[int, set[str]]:
    borne: dict[int, set[str]] = defaultdict(set)
    for f in findings.select(["consignment_id", "typology", "bits"]).to_pylist():
        if f["bits"] >= NAMED_BITS and f["typology"] != "gnn":
            borne[place[f["consignment_id"]]].add(f["typology"])
    return borne


def _signs(
    rows: pd.DataFrame, scores: Floats, members: npt.NDArray[np.int64], borne: Mapping[int, set[str]], joined: Sequence[Keys]
) -> tuple[GroupSign, ...]:
    values = {
        "n_orders": len(rows),
        "n_sellers": int(rows.seller.nunique()),
        "span": float(rows.t.max() - rows.t.min()),
        "shared": ["+".join(keys) for keys in joined],
        "mean": float(scores.mean()),
    }
    counts = Counter(typology for member in members.tolist() for typology in borne.get(member, ()))
    common = [(t, n / len(rows)) for t, n in sorted(counts.items(), key=lambda i: (-i[1], i[0])) if n >= _MOST_BEAR * len(rows)]
    signs = [GroupSign(common[0][0] if common else "gnn", SUSPECTS, 0.99, values)]
    signs += [
        GroupSign(typology, SUSPECTS_BEAR, part * 0.9, {"share": part, "typology": typology})
        for typology, part in common[:_SHOWN_TYPOLOGIES]
    ]
    return tuple(signs)
