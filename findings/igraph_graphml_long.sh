#!/bin/sh
# By way of GraphML igraph makes one number of two waybills (18 digits), rounds what it writes to 15 digits, and a missing text becomes "None".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check igraph==1.0.0 networkx==3.6.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import igraph
import networkx

WAYBILLS = [312405000000011234, 312405000000011235]
print("igraph", version("igraph"), "networkx", version("networkx"))
print(
    "expected, GraphML Primer: attr.type is one of boolean, int, long, float, double, string, defined like the types of Java; a long has 64 "
    "bits and holds any number of 18 digits. <data> may be left out where a value is missing"
)
graph = networkx.Graph()
graph.add_nodes_from((place, {"waybill": waybill}) for place, waybill in enumerate(WAYBILLS))
graph.add_edge(0, 1)
networkx.write_graphml(graph, "of_networkx.graphml")
again = [node["waybill"] for _, node in networkx.read_graphml("of_networkx.graphml").nodes(data=True)]
read = igraph.Graph.Read_GraphML("of_networkx.graphml").vs["waybill"]
print(f"  networkx writes {WAYBILLS} as long, expected the same of either reader")
print(f"  seen of networkx {again}, of igraph {read}, equal to each other: {read[0] == read[1]}")

own = igraph.Graph(2, [(0, 1)])
own.vs["waybill"] = WAYBILLS
own.vs["payer"] = [None, "x"]
own.vs["paid"] = [None, 7]
own.es["weight"] = [0.1 + 0.2]
own.write_graphml("of_igraph.graphml")
nodes = [dict(node) for _, node in networkx.read_graphml("of_igraph.graphml").nodes(data=True)]
[(_, _, edge)] = networkx.read_graphml("of_igraph.graphml").edges(data=True)
written = [node["waybill"] for node in nodes]
print(f"  igraph writes {WAYBILLS}, weight {0.1 + 0.2}: seen {written}, weight {edge['weight']}")
print(f"  igraph writes a missing text and a missing number: expected neither, seen {nodes[0].get('payer')!r} and {nodes[0].get('paid')!r}")
as_stated = (
    again == WAYBILLS
    and read == [float(waybill) for waybill in WAYBILLS]
    and read[0] == read[1]
    and written == [3.12405000000011e17] * 2
    and edge["weight"] == 0.3
    and (nodes[0].get("payer"), nodes[0].get("paid")) == ("None", None)
)
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# igraph 1.0.0 networkx 3.6.1
# expected, GraphML Primer: attr.type is one of boolean, int, long, float, double, string, defined like the types of Java; a long has 64 bits and holds any number of 18 digits. <data> may be left out where a value is missing
#   networkx writes [312405000000011234, 312405000000011235] as long, expected the same of either reader
#   seen of networkx [312405000000011234, 312405000000011235], of igraph [3.1240500000001126e+17, 3.1240500000001126e+17], equal to each other: True
#   igraph writes [312405000000011234, 312405000000011235], weight 0.30000000000000004: seen [3.12405000000011e+17, 3.12405000000011e+17], weight 0.3
#   igraph writes a missing text and a missing number: expected neither, seen 'None' and None
# as stated
