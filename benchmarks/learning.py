"""Communities, training and scoring of the model at one size, beside networkx and LightGBM alone.

    python -m benchmarks.learning --orders 100000

One world is written and read once; then each step is timed on its own, by the clock and in CPU seconds.
"""

import argparse
import resource
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import networkx as nx
import numpy as np

from benchmarks.graphs.communities import to_networkx
from sandan.algorithms.bench import Bench
from sandan.algorithms.network.communities import find_communities
from sandan.algorithms.network.features import ROW, make_features
from sandan.algorithms.network.ties import shared_identifiers
from sandan.algorithms.scoring.outcomes import known_outcomes
from sandan.algorithms.scoring.scoring import gather_evidence, weights_of
from sandan.algorithms.scoring.spread import spread
from sandan.gnn.dataset import make_dataset
from sandan.gnn.model import Scaling, inputs_of, neighbour_columns
from sandan.gnn.network import learn_network, network_logits
from sandan.gnn.ranking import Ranking, table_of
from sandan.gnn.training import SEEDS
from sandan.gnn.tree import Tree
from sandan.graph.tables import write_graph_tables
from sandan.graph.view import open_view
from sandan.ingest.intake import ingest
from sandan.record.home import HomePaths
from sandan.record.ids import open_keyring
from sandan.record.lake.as_of import known_to_of
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print a row of the table."""
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {name} | {time.perf_counter() - clock:.1f} | {time.process_time() - cpu:.1f} | {peak:,.0f} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=71)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = load_settings(folder / "home")
        print("| step | s | CPU s | peak memory of the process, MB |\n|---|---|---|---|")
        with timed("world"):
            world = write_world(folder / "world", world_params("demo", n_orders=options.orders, seed=options.seed))
        with timed("ingest"):
            ingest([world.folder], settings)
        measure(folder, settings.home)


def measure(folder: Path, home: Path) -> None:
    """Time each step over a home."""
    settings = load_settings(home)
    lake, con = Lake(HomePaths(home).lake), connect()
    as_of = known_to_of(lake)
    assert as_of is not None
    scratch = folder / "scratch"
    scratch.mkdir()
    bench = Bench(Frames(lake, con, as_of), scratch)
    with timed("graph tables and view"):
        write_graph_tables(bench.current, open_keyring(settings), folder / "graph", con)
        view = open_view(folder / "graph")
    with timed("communities"):
        ties = shared_identifiers(view)
        find_communities(ties)
    with timed("communities: networkx label propagation on the same graph"):
        list(nx.community.asyn_lpa_communities(to_networkx(ties), weight="weight", seed=1))
    with timed("matching and rules"):
        evidence = gather_evidence(bench, view, settings, as_of, "benchmark")
    outcomes = known_outcomes(bench, view)
    with timed("features"):
        features = make_features(view, evidence.rows, evidence.ids, evidence.detected.findings, outcomes.labels, as_of)
    data = make_dataset(view, evidence.ids, evidence.context.rows, outcomes.labels)
    x = features.values[data.rows]
    table = table_of(evidence.context, weights_of(evidence))
    with timed(f"ranking, training on {len(data.rows):,} outcomes and as many others as it takes"):
        ranking = Ranking.learn(table, data.rows, data.y, 1, SEEDS)
    with timed("LightGBM on single rows alone, training"):
        Tree.learn(ROW, features.columns(ROW)[data.rows], data.y, np.ones(len(data.y)))
    with timed("network, training"):
        by_item = np.full((view.n, features.values.shape[1]), np.nan)
        by_item[features.items[data.rows]] = x
        own, neighbour = Scaling.learn(x), Scaling.learn(neighbour_columns(features, by_item, features.names)[features.items[data.rows]])
        inputs = inputs_of(features, view, own, neighbour, features.names)
        network = learn_network(inputs, features.items[data.rows], features.cut[data.rows], data.y)
    inside = np.flatnonzero(features.items >= 0)
    with timed(f"ranking, scoring {len(features.items):,} consignments, with companions"):
        spread(evidence.context.rows, 1.0 / (1.0 + np.exp(-ranking.logits(table))))
    with timed("network, scoring"):
        network_logits(network, inputs, features.items[inside], features.cut[inside])
    con.disconnect()


if __name__ == "__main__":
    main()
