"""What the network adds: average precision of the whole line against rules alone and a flat LightGBM, on worlds nobody tuned for.

    python benchmarks/detection.py --orders 20000 --seeds 601 602 603

For each seed a world is written, read, learned from and scored. Consignments that were inspected taught the models, so they are left out.
Intervals draw whole groups (rings, firms, households), 1,000 times, paired.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.algorithms.network.features import ROW, make_features
from sandan.algorithms.results.results import open_results
from sandan.algorithms.scoring.outcomes import known_outcomes
from sandan.algorithms.scoring.scoring import gather_evidence
from sandan.gnn.dataset import make_dataset
from sandan.gnn.measures import difference, with_interval
from sandan.gnn.tree import Tree
from sandan.graph.store.access import graph_layout
from sandan.graph.view import open_view
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score, train
from sandan.record.home import HomePaths
from sandan.record.lake.as_of import known_to_of
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

NETWORK = {"identity_ring", "split_lot", "brand_omitted", "destination_concentration", "sender_cluster"}


def measure(folder: Path, orders: int, seed: int) -> dict[str, Any]:
    """All figures of one world."""
    world = write_world(folder / "world", world_params("demo", n_orders=orders, seed=seed))
    settings = load_settings(folder / "home")
    ingest([world.folder], settings)
    card = train(settings).card
    score(settings)
    results = open_results(HomePaths(settings.home))
    alerts, findings, members = (results.table(n).to_pandas() for n in ("alerts", "findings", "members"))
    key = pd.read_csv(world.key, dtype=str, keep_default_na=False)
    key["id"], alerts["id"], members["id"] = _ids(key), _ids(alerts), _ids(members)
    truth = key.drop_duplicates("id").set_index("id")
    alerts["truth"] = truth.truth.reindex(alerts.id).fillna("honest").to_numpy()
    alerts["group"] = truth.group.reindex(alerts.id).fillna("").to_numpy()
    flat, labelled = _flat(settings, results.run_id, alerts)
    own = ~findings.typology.isin(NETWORK | {"gnn"})
    scores = {
        "line": alerts.score.to_numpy(),
        "rules and groups": _combined(findings[findings.typology != "gnn"], alerts),
        "rules alone": _combined(findings[own], alerts),
        "flat LightGBM": flat,
    }
    rest = ~labelled
    y = (alerts.truth == "fraud").to_numpy(float)[rest]
    groups = pd.factorize(np.where(alerts.group != "", alerts.group, alerts.id))[0][rest]
    found = {name: _told(with_interval(y, values[rest], groups)) for name, values in scores.items()}
    gains = {f"line over {name}": _told(difference(y, scores["line"][rest], scores[name][rest], groups)) for name in list(scores)[1:]}
    return {"seed": seed, "network_share": card.get("network_share")} | found | gains | _groups(key, alerts, members)


def _ids(table: pd.DataFrame) -> np.ndarray:
    order = table.flow + ":" + table.ebp_code + ":" + table.order_no
    return np.where(table.order_no != "", order, "p:" + table.logistics_code + ":" + table.logistics_no)


def _combined(findings: pd.DataFrame, alerts: pd.DataFrame) -> np.ndarray:
    """Bits by consignment: of each cause the strongest, summed."""
    strongest = findings.groupby(["consignment_id", "cause"]).bits.max().groupby("consignment_id").sum()
    return strongest.reindex(alerts.consignment_id).fillna(0).to_numpy()


def _flat(settings: Settings, run_id: str, alerts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A LightGBM that sees single rows only, learned from the same outcomes; and which consignments were inspected."""
    lake = Lake(HomePaths(settings.home).lake)
    con = connect()
    with tempfile.TemporaryDirectory() as scratch:
        as_of = known_to_of(lake)
        assert as_of is not None
        bench = Bench(Frames(lake, con, as_of), Path(scratch))
        view = open_view(graph_layout(settings).tables(run_id))
        evidence = gather_evidence(bench, view, settings, as_of, run_id)
        outcomes = known_outcomes(bench, view)
        features = make_features(view, evidence.rows, evidence.ids, evidence.detected.findings, outcomes.labels, as_of)
        data = make_dataset(view, evidence.ids, evidence.context.rows, outcomes.labels)
        x = features.columns(ROW)
        logits = Tree.learn(ROW, x[data.rows], data.y, data.weight).logits(x)
    con.disconnect()
    ids = [row["consignment_id"] for row in evidence.rows]
    inspected = np.isin(features.items, outcomes.labels.items)
    by_id = pd.DataFrame({"logit": logits, "inspected": inspected}, index=pa.array(ids).to_pandas())
    chosen = by_id.reindex(alerts.consignment_id)
    return chosen.logit.to_numpy(), chosen.inspected.to_numpy(bool)


def _groups(key: pd.DataFrame, alerts: pd.DataFrame, members: pd.DataFrame) -> dict[str, float]:
    """Rings found whole, and innocent groups graded high."""
    rings = key[(key.truth == "fraud") & key.typologies.str.contains("identity_ring|split_lot|sender_cluster|destination_concentration")]
    shares = {"identity_ring": [], "split_lot": [], "sender_cluster": []}  # type: dict[str, list[float]]
    for _, ring in rings.groupby("group"):
        if len(ring) >= 5:
            inside = members[members.id.isin(ring.id)].groupby("cluster_id").id.nunique()
            for kind, values in shares.items():
                if kind in ring.typologies.iloc[0]:
                    values.append(inside.max() / len(ring) if len(inside) else 0.0)
    innocent = key[(key.truth == "hard_negative") & (key.group != "")]
    high = alerts[alerts.grade == "high"].id
    told = {
        f"{kind}: groups of 5+ with .8 in one cluster": float(np.mean([s >= 0.8 for s in v])) if v else float("nan")
        for kind, v in shares.items()
    }
    return told | {"innocent groups high": float(innocent.id.isin(high).groupby(innocent.group).any().mean())}


def _told(estimate: Any) -> list[float]:
    return [round(estimate.value, 3), round(estimate.low, 3), round(estimate.high, 3)]


def main() -> None:
    """Measure each seed and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[601, 602, 603])
    options = parser.parse_args()
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            json.dump(measure(Path(folder), options.orders, seed), sys.stdout, indent=1)
            print(flush=True)


if __name__ == "__main__":
    main()
