"""Which countries the consignments of clusters go to and come from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

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
    clusters = results.table("clusters", ["cluster_id", "kind"])
    chosen = clusters.filter(pc.equal(clusters["kind"], kind))["cluster_id"] if kind else clusters["cluster_id"]
    rows = results.table("members", ["cluster_id", "item"])
    rows = rows.filter(pc.is_in(rows["cluster_id"], value_set=chosen))
    place, cluster = view.places(rows["item"].combine_chunks()), rows["cluster_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    country = np.where(place >= 0, _first_country(view)[np.maximum(place, 0)], -1) if view.n else np.full(len(place), -1)
    known = country >= 0
    where = 2 * country[known] + view.is_export[place[known]]
    n_items, n_clusters = (_different(where, of[known]) for of in (place, cluster))
    names = view.contacts["Country"].names
    found = [CountryCount(names[one // 2].as_py(), bool(one % 2), n, n_clusters[one]) for one, n in n_items.items()]
    return tuple(sorted(found, key=lambda c: (-c.n_consignments, c.country, c.is_export)))


def _different(where: "np.ndarray[Any, Any]", what: "np.ndarray[Any, Any]") -> dict[int, int]:
    """How many different things there are in each place."""
    pairs = np.unique(np.stack([where, what]), axis=1)
    return dict(zip(*(part.tolist() for part in np.unique(pairs[0], return_counts=True)), strict=True))


def _first_country(view: GraphView) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    contacts = view.contacts["Country"]
    first = np.full(view.n, -1, dtype=np.int64)
    order = np.lexsort((contacts.targets, contacts.times))[::-1]
    first[contacts.items[order]] = contacts.targets[order]
    return first
