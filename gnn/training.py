"""Training: what outcomes teach, checked on sellers whose outcomes were left out."""

import datetime as dt
import importlib.metadata
import importlib.util
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from sandan.algorithms.network.features import Features, make_features
from sandan.algorithms.network.features import names as feature_names
from sandan.algorithms.scoring.outcomes import Outcomes
from sandan.algorithms.scoring.scoring import Evidence, weights_of
from sandan.algorithms.scoring.spread import spread
from sandan.gnn.dataset import Dataset, make_dataset, teachable
from sandan.gnn.measures import average_precision, difference, with_interval
from sandan.gnn.model import Model, Scaling, Shape, inputs_of, neighbour_columns
from sandan.gnn.ranking import Ranking, schema, table_of
from sandan.graph.view import GraphView

Floats = npt.NDArray[np.float64]
Step = Callable[[str], None]
# Rounds of the check on unseen sellers, and boosters per tree of the model itself.
FOLDS, SEEDS = 4, 3
# A blend must be this much better on unseen sellers, and better in nearly all draws of sellers, before the network takes part.
_GAIN = 0.005
# And these must have this many sellers with a breach among them: an interval over fewer says nothing.
_LEAST_ACTORS = 10
_SHARES = (0.25, 0.5, 0.75)
_BINS, _LEAST_IN_BIN = 10, 20
_LIBRARIES = ("lightgbm", "numpy", "torch", "torch-geometric")


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with its card; or why there is none.

    Attributes:
        model: None where there is too little to learn from.
        card: What is to be known of it.
        reason: Why there is no model.
    """

    model: Model | None
    card: dict[str, Any]
    reason: str = ""


def has_network() -> bool:
    """Whether the extra `gnn` is installed."""
    return all(importlib.util.find_spec(name) for name in ("torch", "torch_geometric"))


def train(evidence: Evidence, outcomes: Outcomes, model_id: str, seed: int = 1, step: Step = lambda _: None) -> Trained:
    """Learn from the outcomes known by a date.

    What the model is worth, and what its log odds mean, is measured on actors that it was not taught on: in four rounds each the
    outcomes of a quarter of the sellers are left out.

    Args:
        evidence: Everything known on that date.
        outcomes: Labels known on that date.
        model_id: Name of the model.
        seed: Of everything random.
        step: Told what is being done.
    """
    table = table_of(evidence.context, weights_of(evidence))
    data = make_dataset(evidence.view, evidence.ids, evidence.context.rows, outcomes.labels)
    missing = teachable(data)
    if missing:
        return Trained(None, {}, missing)
    fold = folds(data.actor, data.y, seed)
    unseen = {name: np.zeros(len(data.rows)) for name in ("evidence", "signs", "few", "many")}
    for k in range(FOLDS):
        step(f"checking on unseen sellers, {k + 1} of {FOLDS}")
        taught, asked = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        ranking = Ranking.learn(table, data.rows[taught], data.y[taught], seed, 1, data.rows[asked])
        for name, logits in ranking.parts(table, data.rows[asked]).items():
            unseen[name][asked] = logits
    step(f"training on {len(data.rows)} inspected consignments and {len(table.x) - len(data.rows)} others")
    ranking = Ranking.learn(table, data.rows, data.y, seed, SEEDS)
    mean = np.mean(list(unseen.values()), axis=0)
    held = {"assumed weights": table.bits[data.rows].sum(axis=1), "weighted evidence": unseen["evidence"], "tree": unseen["many"]}
    held |= {"small tree": unseen["few"], "tree of signs": unseen["signs"], "ranking": mean}
    share, network, own, neighbour = 0.0, None, Scaling((), ()), Scaling((), ())
    if has_network():
        share, network, own, neighbour, network_unseen = _with_network(evidence, outcomes, data, fold, mean, seed, step)
        held["network"] = network_unseen
        # Only the sellers of the first round were unseen by the network.
        mean = np.where(fold == 0, (1 - share) * mean + share * np.nan_to_num(network_unseen), mean) if share else mean
    # As a run does it: every log odds with its companions' part, those of inspected ones as of unseen sellers.
    logits = ranking.logits(table)
    logits[data.rows] = mean
    held["with companions"] = spread(evidence.context.rows, expit(logits))[data.rows]
    slope, offset = _platt(held["with companions"], data.y, data.weight)
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES if importlib.util.find_spec(name.replace("-", "_"))}
    usual = tuple(np.nan_to_num(_medians(table.x.astype(np.float64))).tolist())
    names = (model_id, evidence.as_of.isoformat(), schema(), table.names, ranking.few.names)
    columns = feature_names() if network is not None else ()
    shape = Shape(*names, ranking.weights, share, slope, offset, usual, own, neighbour, versions, ranking.signs.names, columns)
    card = _card(shape, outcomes, data, held, seed, evidence.as_of)
    return Trained(Model(shape, ranking, network), card)


def folds(actor: npt.NDArray[np.int64], y: Floats, seed: int) -> npt.NDArray[np.int64]:
    """Round in which each row is left out, int64 [m]: all rows of an actor in one, breaches spread as evenly as that allows."""
    order = np.random.default_rng(seed).permutation(int(actor.max(initial=-1)) + 1)
    breaches = np.bincount(actor, weights=y, minlength=len(order))[order]
    rows = np.bincount(actor, minlength=len(order))[order]
    fold, load = np.zeros(len(order), np.int64), np.zeros((FOLDS, 2))
    for k in np.lexsort((-rows, -breaches)):
        best = int(np.lexsort((load[:, 1], load[:, 0]))[0])
        fold[order[k]] = best
        load[best] += breaches[k], rows[k]
    return fold[actor]


def _with_network(
    evidence: Evidence, outcomes: Outcomes, data: Dataset, fold: npt.NDArray[np.int64], ranked: Floats, seed: int, step: Step
) -> tuple[float, Any, Scaling, Scaling, Floats]:
    """Whether the network ranks unseen sellers better together with the rest; it takes part only then.

    Returns:
        Its weight; the network taught on all outcomes, None where it takes no part; its scalings; its log odds of the rows of the first
        round, NaN elsewhere.
    """
    of_round = data.actor[(fold == 0) & (data.y > 0)]
    if len(np.unique(of_round)) < _LEAST_ACTORS:
        return 0.0, None, Scaling((), ()), Scaling((), ()), np.full(len(data.rows), np.nan)
    step("computing the network's features")
    view = evidence.view
    features = make_features(view, evidence.rows, evidence.ids, evidence.detected.findings, outcomes.labels, evidence.as_of)
    usable = features.items[data.rows] >= 0
    taught, asked = np.flatnonzero(usable & (fold != 0)), np.flatnonzero(usable & (fold == 0))
    unseen = np.full(len(data.rows), np.nan)
    nothing = (0.0, None, Scaling((), ()), Scaling((), ()), unseen)
    if len(np.unique(data.y[taught])) < 2 or len(np.unique(data.y[asked])) < 2:
        return nothing
    step("training the network")
    own, neighbour = _scalings(features, view, data.rows[taught])
    known = (data.rows[taught], data.y[taught])
    unseen[asked] = _network_logits(features, view, own, neighbour, *known, data.rows[asked], seed)[0]
    share = _share(ranked[asked], unseen[asked], data.y[asked], data.actor[asked])
    if not share:
        return nothing
    step("training the network once more on all of them")
    rows = data.rows[usable]
    own, neighbour = _scalings(features, view, rows)
    _, network = _network_logits(features, view, own, neighbour, rows, data.y[usable], rows[:1], seed)
    return share, network, own, neighbour, unseen


def _scalings(features: Features, view: GraphView, rows: npt.NDArray[np.int64]) -> tuple[Scaling, Scaling]:
    by_item = np.full((view.n, features.values.shape[1]), np.nan)
    by_item[features.items[rows]] = features.values[rows]
    return Scaling.learn(features.values[rows]), Scaling.learn(neighbour_columns(features, by_item, features.names)[features.items[rows]])


def _network_logits(
    features: Features, view: GraphView, own: Scaling, neighbour: Scaling, rows: npt.NDArray[np.int64], y: Floats,
    asked: npt.NDArray[np.int64],
    seed: int,
) -> tuple[Floats, Any]:  # fmt: skip
    from sandan.gnn.network import learn_network, network_logits

    inputs = inputs_of(features, view, own, neighbour, features.names)
    network = learn_network(inputs, features.items[rows], features.cut[rows], y, seed)
    return network_logits(network, inputs, features.items[asked], features.cut[asked]), network


def _share(ranked: Floats, network: Floats, y: Floats, groups: npt.NDArray[np.int64]) -> float:
    """Weight of the network: the best of a few, if the blend is better by more than a little and in nearly all draws.

    One round of unseen sellers is few; what helps there by chance costs much elsewhere.
    """
    blends = {s: (1 - s) * ranked + s * network for s in _SHARES}
    best = max(_SHARES, key=lambda s: average_precision(y, blends[s]))
    gain = difference(y, blends[best], ranked, groups)
    return best if gain.value >= _GAIN and gain.low > 0 else 0.0


def _platt(logits: Floats, y: Floats, weight: Floats) -> tuple[float, float]:
    """Slope and offset from log odds to probability (Platt 1999), with a slope that keeps the order."""
    fitted = LogisticRegression(C=100.0).fit(logits[:, None], y, sample_weight=weight)
    return max(float(fitted.coef_[0, 0]), 1e-3), float(fitted.intercept_[0])


def _medians(x: Floats) -> Floats:
    known = np.where(np.isfinite(x), x, np.nan)
    empty = np.isnan(known).all(axis=0)
    known[:, empty] = 0.0
    return np.asarray(np.nanmedian(known, axis=0), dtype=np.float64)


def calibration_error(probability: Floats, y: Floats, weight: Floats) -> float:
    """Mean distance of probability and share of breaches over ten equally filled bins (expected calibration error)."""
    order = np.argsort(probability, kind="stable")
    total = 0.0
    for part in np.array_split(order, min(_BINS, max(len(order) // _LEAST_IN_BIN, 1))):
        w = weight[part]
        total += w.sum() * abs(np.average(probability[part], weights=w) - np.average(y[part], weights=w))
    return float(total / weight.sum())


def _reliability(probability: Floats, y: Floats) -> dict[str, float]:
    """Share of breaches by mean probability of equally filled bins."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, min(_BINS, max(len(order) // _LEAST_IN_BIN, 1)))
    return {f"{probability[part].mean():.3f}": round(float(y[part].mean()), 4) for part in parts}


def _card(
    shape: Shape, outcomes: Outcomes, data: Dataset, held: dict[str, Floats], seed: int, as_of: dt.datetime
) -> dict[str, Any]:  # fmt: skip
    first = np.isfinite(held["network"]) if "network" in held else np.ones(len(data.y), bool)
    rows = {name: first if name == "network" else np.ones(len(data.y), bool) for name in held}
    rows = {name: use for name, use in rows.items() if len(np.unique(data.y[use])) == 2}
    measured = {name: asdict(with_interval(data.y[use], held[name][use], data.actor[use], seed)) for name, use in rows.items()}
    gains = {
        f"{better} over {worse}": asdict(difference(data.y[use], held[better][use], held[worse][use], data.actor[use], seed))
        for better, worse in (
            ("weighted evidence", "assumed weights"),
            ("tree", "weighted evidence"),
            ("ranking", "tree"),
            ("with companions", "ranking"),
            ("network", "ranking"),
        )
        if better in rows and (use := rows[better]) is not None
    }
    # The slope and offset were fitted to the same rows: two numbers on all of them, so the error is hardly too small.
    p = expit(shape.slope * held["with companions"] + shape.offset)
    return {
        "model_id": shape.model_id,
        "as_of": as_of.isoformat(),
        "outcomes": outcomes.kinds,
        "outcomes_of_unknown_consignments": outcomes.n_unknown,
        "labelled": len(data.rows),
        "breaches": int(data.y.sum()),
        "validation": f"sellers without an outcome in training, {FOLDS} rounds",
        "average_precision": measured,
        "gain": gains,
        "weights": {cause: round(w, 3) for cause, w in zip(shape.weights.causes, shape.weights.weight, strict=True)},
        "network": _of_network(shape, held, rows),
        "network_share": shape.share,
        "calibration": "by the recorded probability of inspection" if data.weighted else "calibrated on inspected parcels only",
        "calibration_error": round(calibration_error(p, data.y, data.weight), 4),
        "reliability": _reliability(p, data.y),
        "features": len(shape.names),
        "schema": shape.schema,
        "seed": seed,
        "versions": shape.versions,
    }


def _of_network(shape: Shape, held: dict[str, Floats], measured: dict[str, npt.NDArray[np.bool_]]) -> str:
    """Why the network takes part or not."""
    if shape.share:
        return "takes part"
    if "network" not in held:
        return "not installed: the extra `gnn` is needed"
    if "network" not in measured:
        return f"not asked: too few of the sellers left out have a breach, {_LEAST_ACTORS} are needed"
    return "ranks sellers that it was not taught on no better"
