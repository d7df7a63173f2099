#!/bin/sh
# NetworKit's modularity of a multigraph grows with each further loop of one node, and not with a loop of the same weight.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check networkit==11.2.2 networkx==3.6.1 igraph==1.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import igraph
import networkit
import networkx

networkit.setNumberOfThreads(1)
PAIRS = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (3, 5)]
COMMUNITY = [0, 0, 0, 1, 1, 1]
# Loops of node 0 -> the value by hand of the definition, and what NetworKit gives of as many edges 0-0.
LOOPS = {1: (0.3671875, 0.3671875), 2: (0.3641975, 0.4290123), 3: (0.355, 0.475)}


def quality(edges, weighted):
    graph = networkit.Graph(6, weighted=weighted)
    for edge in edges:
        graph.addEdge(*edge)
    partition = networkit.structures.Partition(6)
    partition.setUpperBound(2)
    for node, community in enumerate(COMMUNITY):
        partition.addToSubset(community, node)
    return networkit.community.Modularity().getQuality(partition, graph), graph.totalEdgeWeight(), graph.weightedDegree(0, True)


print("networkit", version("networkit"), "networkx", version("networkx"), "igraph", version("igraph"))
print(
    "expected, NetworKit's own words on Modularity: share of the weight inside communities less the sum over communities of "
    "(sum of degrees)^2 / (2 * total weight)^2; it takes weights only, and n loops weigh as much as one loop of weight n"
)
as_stated = True
for n, (by_hand, stated) in LOOPS.items():
    inside, total = 6 + n, 7 + n
    formula = inside / total - ((7 + 2 * n) ** 2 + 7**2) / (2 * total) ** 2
    many = [*PAIRS, *[(0, 0)] * n]
    one = [(*pair, 1.0) for pair in PAIRS] + [(0, 0, float(n))]
    apart, apart_weight, apart_degree = quality(many, False)
    together, together_weight, together_degree = quality(one, True)
    others = igraph.Graph(6, many).modularity(COMMUNITY), networkx.community.modularity(networkx.MultiGraph(many), [{0, 1, 2}, {3, 4, 5}])
    same = (apart_weight, apart_degree) == (together_weight, together_degree)
    as_stated &= same and all(abs(value - by_hand) < 1e-6 for value in (formula, together, *others)) and abs(apart - stated) < 1e-6
    print(
        f"{n} loops: expected {formula:.7f} (igraph {others[0]:.7f}, networkx {others[1]:.7f}), seen of one loop of weight {n} "
        f"{together:.7f}, of {n} loops {apart:.7f}; total weight {apart_weight:g} and degree {apart_degree:g} are the same in both: {same}"
    )
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# networkit 11.2.2 networkx 3.6.1 igraph 1.0.0
# expected, NetworKit's own words on Modularity: share of the weight inside communities less the sum over communities of (sum of degrees)^2 / (2 * total weight)^2; it takes weights only, and n loops weigh as much as one loop of weight n
# 1 loops: expected 0.3671875 (igraph 0.3671875, networkx 0.3671875), seen of one loop of weight 1 0.3671875, of 1 loops 0.3671875; total weight 8 and degree 4 are the same in both: True
# 2 loops: expected 0.3641975 (igraph 0.3641975, networkx 0.3641975), seen of one loop of weight 2 0.3641975, of 2 loops 0.4290123; total weight 9 and degree 6 are the same in both: True
# 3 loops: expected 0.3550000 (igraph 0.3550000, networkx 0.3550000), seen of one loop of weight 3 0.3550000, of 3 loops 0.4750000; total weight 10 and degree 8 are the same in both: True
# as stated
