"""Communities of a planted network: ours beside networkit, networkx and scipy, in one run on the same graph.

python -m benchmarks.communities [--orders 100000] [--repeats 3] [--large 1000000]
"""

import argparse

import networkit as nk
import networkx as nx
import numpy as np

from benchmarks.graphs.communities import find_components, to_networkit, to_networkx
from benchmarks.graphs.planting import Ints, Planted, plant, ring_f1
from benchmarks.harness import Timed, machine, peak_mb, table, timed
from sandan.algorithms.groups.rings import find_rings
from sandan.algorithms.network.communities import find_communities
from sandan.algorithms.network.ties import Ties, shared_identifiers


def ours(ties: Ties) -> Ints:
    """What the line uses."""
    return find_communities(ties).label


def ours_cut(ties: Ties, planted: Planted) -> Ints:
    """The same, and what the search for rings keeps of each community; with its random groups."""
    nothing = {name: np.full(planted.view.n, -1, dtype=np.int64) for name in ("seller", "goods")}
    label = np.full(planted.view.n, -1, dtype=np.int64)
    for number, ring in enumerate(find_rings(planted.view, ties, find_communities(ties), nothing)):
        label[ring.items] = number
    return label


def networkit_plp(ties: Ties) -> Ints:
    """One pass of label propagation, one thread, with the making of its graph."""
    nk.engineering.setNumberOfThreads(1)
    nk.engineering.setSeed(1, False)
    found = nk.community.PLP(to_networkit(ties))
    found.run()
    return np.asarray(found.getPartition().getVector(), dtype=np.int64)[: ties.incidence.shape[0]]


def networkx_lpa(ties: Ties) -> Ints:
    """Asynchronous label propagation, seeded, with the making of its graph."""
    label = np.full(ties.incidence.shape[0], -1, dtype=np.int64)
    for number, community in enumerate(nx.community.asyn_lpa_communities(to_networkx(ties), weight="weight", seed=1)):
        for kind, place in community:
            if kind == "item":
                label[place] = number
    return label


def scipy_components(ties: Ties) -> Ints:
    """Whatever hangs together."""
    return find_components(ties).label


METHODS = {
    "**find_communities (ours)**": ours,
    "networkit PLP, one pass": networkit_plp,
    "networkx asyn_lpa_communities": networkx_lpa,
    "scipy connected components": scipy_components,
}


KEPT = "ours, and what find_rings keeps"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", type=int, default=1_000_000, help="size at which ours alone is run once; 0: not")
    chosen = parser.parse_args()
    print(f"{machine('networkit', 'networkx', 'scipy', 'numpy')}\n")
    small, full = chosen.orders // 10, chosen.orders
    times: dict[tuple[str, int], Timed] = {}
    quality: dict[str, tuple[float, float]] = {}
    for n in (small, full):
        planted = plant(n)
        ties = shared_identifiers(planted.view)
        n_ids = ties.incidence.shape[1]
        print(f"{planted.view.n:,} orders, {n_ids:,} shared identifiers, {ties.incidence.nnz:,} edges, {len(planted.rings)} rings")
        for name, method in METHODS.items():
            times[name, n], label = timed(lambda method=method, ties=ties: method(ties), chosen.repeats)
            quality[name] = ring_f1(label, planted.rings)
        times[KEPT, n], label = timed(lambda planted=planted, ties=ties: ours_cut(ties, planted), chosen.repeats)
        quality[KEPT] = ring_f1(label, planted.rings)
    base = times[next(iter(METHODS)), full].cpu
    rows = [
        (name, f"{times[name, full].cpu:.2f}", f"{times[name, full].cpu / base:.2f}", f"{quality[name][0]:.3f}", f"{quality[name][1]:.2f}",
         f"×{times[name, full].cpu / times[name, small].cpu:.1f}", f"{times[name, full].spread:.2f}")
        for name in (*METHODS, KEPT)
    ]  # fmt: skip
    columns = ("method", "CPU s", "by ours", "ring F1", "rings with F1 ≥ .8", f"growth {small:,} → {full:,}", "slowest by fastest")
    print(f"\n{table(columns, rows)}\n")
    if chosen.large:
        planted = plant(chosen.large)
        made, ties = timed(lambda: shared_identifiers(planted.view), 1)
        found, label = timed(lambda: ours(ties), 1)
        f1, share = ring_f1(label, planted.rings)
        print(
            f"ours at {planted.view.n:,} orders, {ties.incidence.nnz:,} edges: ties {made.cpu:.1f} CPU s, "
            f"communities {found.cpu:.1f} CPU s (×{found.cpu / base:.1f}), ring F1 {f1:.3f}, "
            f"rings with F1 ≥ .8 {share:.2f}, peak memory {peak_mb():,.0f} MB"
        )


if __name__ == "__main__":
    main()
