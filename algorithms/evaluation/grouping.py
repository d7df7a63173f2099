"""Whether those who act together were put together: the run's clusters compared with the groups of an answer key."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.evaluation.answers import ORDER, PARCEL, Answer, names_in, names_of, places
from sandan.algorithms.evaluation.bootstrap import Family, Figure, Floats

# Of smaller groups one member more or less would decide.
FEWEST = 5
_DEFINITIONS = {
    "ring_recall": "share of the fraud groups of 5 or more of which at least .8 of the members are in one cluster",
    "b3_precision": "mean over members of those groups: share of its cluster that belongs to its group; alone where it is in no cluster",
    "b3_recall": "mean over members of those groups: share of its group that is in its cluster",
    "b3_f": "harmonic mean of b3_precision and b3_recall",
}


def grouping_family(answers: Sequence[Answer], members: pa.Table) -> Family:
    """Ring recall and B-cubed of the run's clusters over the members of the key's fraud groups of five or more.

    Ring recall = groups G with max over clusters C of |C & G| / |G| >= .8, of all groups.
    For member e with its group G(e) and its cluster C(e): precision = mean of |C(e) & G(e)| / |C(e)|, recall = mean of
    |C(e) & G(e)| / |G(e)|, F = 2PR / (P + R). A consignment in no cluster is its own; in several it counts for the strongest. Members of a
    cluster that are outside of the key's groups count against precision. Frauds that are not settled are left out of both.

    Args:
        answers: Rows of the key; those with a `group`.
        members: The run's `members`.

    Source:
        Bagga and Baldwin, Algorithms for Scoring Coreference Chains (1998), for B-cubed.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for i, answer in enumerate(answers):
        if answer.truth == "fraud" and answer.row.get("group"):
            groups[answer.row["group"]].append(i)
    groups = {name: rows for name, rows in groups.items() if len(rows) >= FEWEST}
    cluster, sizes = _clusters(answers, members)
    names = list(groups)
    whole = np.array([_whole([cluster.get(i) for i in groups[name]]) for name in names], float)
    first = np.array([groups[name][0] for name in names], np.int64)
    own = [(g, i) for g, name in enumerate(names) for i in groups[name]]
    together = Counter((g, cluster[i]) for g, i in own if i in cluster)
    both = np.array([together[g, cluster[i]] if i in cluster else 1 for g, i in own], float)
    precision = both / np.array([sizes[cluster[i]] if i in cluster else 1 for _, i in own], float)
    recall = both / np.array([len(groups[names[g]]) for g, _ in own], float)
    rows, of_group = np.array([i for _, i in own], np.int64), np.array([g for g, _ in own], np.int64)
    borne = {name: {typology for i in groups[name] for typology in answers[i].typologies} for name in names}
    parts = ["", *sorted(set().union(*borne.values()))] if names else []
    chosen = [np.array([not part or part in borne[name] for name in names], bool) for part in parts]
    figures = [
        Figure(measure, part, "", int(some.sum() if measure == "ring_recall" else some[of_group].sum()), rows[some[of_group]], definition)
        for part, some in zip(parts, chosen, strict=True)
        for measure, definition in _DEFINITIONS.items()
    ]

    def values(weight: Floats) -> list[float]:
        made: list[float] = []
        for some in chosen:
            within = some[of_group]
            p, r = _mean(precision[within], weight[rows[within]]), _mean(recall[within], weight[rows[within]])
            made += [_mean(whole[some], weight[first[some]]), p, r, 2 * p * r / (p + r)]
        return made

    return Family(figures, values)


def _clusters(answers: Sequence[Answer], members: pa.Table) -> tuple[dict[int, str], Counter[str]]:
    """The cluster of each row of the key, and how many consignments each cluster has, without frauds that are not settled."""
    members = members.sort_by([("strength", "descending"), ("cluster_id", "ascending")])
    key, last = [answer.row for answer in answers][::-1], len(answers) - 1
    order, parcel = (places(names_in(members, columns), names_of(key, columns)) for columns in (ORDER, PARCEL))
    at = np.where(order >= 0, last - order, np.where(parcel >= 0, last - parcel, -1))
    # What the key does not have is still in the cluster.
    item = members["item"].combine_chunks().dictionary_encode().indices.to_numpy()
    member, first = np.unique(np.where(at >= 0, at, len(answers) + item), return_index=True)
    is_open = np.array([answer.truth == "open" for answer in answers], bool)
    settled = (member > last) | ~is_open[np.minimum(member, last)]
    member, cluster = member[settled], members["cluster_id"].take(pa.array(first[settled])).combine_chunks()
    sizes = {one["values"]: one["counts"] for one in pc.value_counts(cluster).to_pylist()}
    known = cluster.filter(pa.array(member <= last))
    return dict(zip(member[member <= last].tolist(), known.to_pylist(), strict=True)), Counter(sizes)


def _whole(clusters: Sequence[str | None]) -> bool:
    most = max(Counter(name for name in clusters if name is not None).values(), default=0)
    return 5 * most >= 4 * len(clusters)


def _mean(each: Floats, weight: Floats) -> float:
    total = weight.sum()
    return float(each @ weight / total) if total > 0 else float("nan")
