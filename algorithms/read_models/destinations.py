"""Which countries the consignments of clusters go to and come from."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from sandan.algorithms.results.results import Results
from sandan.graph.view import GraphView


@dataclass(frozen=True, slots=True)
class CountryCount:
    """One country in one direction.

    Attributes:
        country: Its code, as ISO 3166 has it where the lists' code was known.
        is_export: The country is where they go to; else where they come from.
        n_consignments: Members of clusters, each counted once.
        n_clusters: Clusters that they belong to.
    """

    country: str
    is_export: bool
    n_consignments: int
    n_clusters: int


def cluster_countries(view: GraphView, results: Results, kind: str = "") -> tuple[CountryCount, ...]:
    """Countries of the members of clusters, the most consignments first.

    An import's country is where it was sent from, an export's where it is sent to. A member that several lists give several countries
    counts in the one that was named first.

    Args:
        view: The graph of the run.
        results: The run.
        kind: Kind of clusters, `forged` or `ipr`; empty text for all.
    """
    clusters = results.table("clusters", ["cluster_id", "kind"]).to_pylist()
    chosen = {row["cluster_id"] for row in clusters if kind in ("", row["kind"])}
    rows = results.table("members", ["cluster_id", "item"])
    country = _first_country(view)
    items: dict[tuple[str, bool], set[int]] = defaultdict(set)
    names: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for cluster, place in zip(rows["cluster_id"].to_pylist(), view.places(rows["item"].combine_chunks()).tolist(), strict=True):
        if cluster in chosen and place >= 0 and country[place] >= 0:
            where = view.contacts["Country"].names[int(country[place])].as_py(), bool(view.is_export[place])
            items[where].add(place)
            names[where].add(cluster)
    found = [CountryCount(*where, len(places), len(names[where])) for where, places in items.items()]
    return tuple(sorted(found, key=lambda c: (-c.n_consignments, c.country, c.is_export)))


def _first_country(view: GraphView) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    contacts = view.contacts["Country"]
    first = np.full(view.n, -1, dtype=np.int64)
    order = np.lexsort((contacts.targets, contacts.times))[::-1]
    first[contacts.items[order]] = contacts.targets[order]
    return first
