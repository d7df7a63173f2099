"""Training: what the outcomes of the first weeks teach, checked on those of the last."""

import datetime as dt
import importlib.metadata
import importlib.util
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sandan.algorithms.communities import find_communities
from sandan.algorithms.features import AGE_DAYS, NAMES, ROW, SCHEMA, Features, make_features
from sandan.algorithms.outcomes import Outcomes
from sandan.algorithms.scoring import Evidence
from sandan.algorithms.ties import shared_identifiers
from sandan.gnn.dataset import Dataset, make_dataset, teachable
from sandan.gnn.measures import average_precision, difference, with_interval
from sandan.gnn.model import Model, Scaling, Shape, inputs_of, told_columns
from sandan.gnn.tree import Tree
from sandan.graph.view import GraphView

Floats = npt.NDArray[np.float64]
Step = Callable[[str], None]
# A blend must be this much better than the tree on the validation rows, and so in most draws of groups, before the network takes part.
_GAIN = 0.005
_SHARES = (0.25, 0.5, 0.75)
# The model speaks up where at least half of what it points at was a breach, and never on less than one chance in five.
_PRECISION, _LEAST_CHANCE = 0.5, 0.2
_FEW = 5
# What the rules say of a consignment is where learning starts.
_STARTS_FROM = "rules"
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

    Args:
        evidence: Everything known on that date.
        outcomes: Labels known on that date.
        model_id: Name of the model.
        seed: Of everything random.
        step: Told what is being done.
    """
    view = evidence.view
    step("computing features")
    features = make_features(view, evidence.rows, evidence.ids, evidence.detected.findings, outcomes.labels, evidence.as_of)
    data = make_dataset(features, outcomes.labels)
    missing = teachable(data)
    if missing:
        return Trained(None, {}, missing)
    x = features.values
    first, last = data.rows[: data.n_train], data.rows[data.n_train :]
    y1, w1, y2 = data.y[: data.n_train], data.weight[: data.n_train], data.y[data.n_train :]
    step(f"training the tree on {len(first)} consignments")
    tree = Tree.learn(NAMES, x[first], y1, w1, seed, _STARTS_FROM)
    flat_columns = [NAMES.index(name) for name in ROW]
    flat = Tree.learn(ROW, x[first][:, flat_columns], y1, w1, seed)
    held = {
        "rules": x[last, NAMES.index("rules")],
        "flat tree": flat.logits(x[last][:, flat_columns]),
        "tree": tree.logits(x[last]),
    }
    own, told = _scalings(features, view, first)
    if has_network():
        step("training the network")
        held["network"] = _network_logits(features, view, own, told, first, y1, w1, last, seed)[0]
    groups = _groups(view, features, last)
    share = _share(held, y2, groups)
    blend = held["tree"] if not share else (1 - share) * held["tree"] + share * held["network"]
    slope, offset = _platt(blend, y2)
    threshold = _threshold(1.0 / (1.0 + np.exp(-(slope * blend + offset))), y2)
    step("training once more on all of them")
    tree = Tree.learn(NAMES, x[data.rows], data.y, data.weight, seed, _STARTS_FROM)
    network = None
    if share:
        own, told = _scalings(features, view, data.rows)
        _, network = _network_logits(features, view, own, told, data.rows, data.y, data.weight, data.rows[:1], seed)
    usual = tuple(np.nan_to_num(_medians(x)).tolist())
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES if importlib.util.find_spec(name.replace("-", "_"))}
    named = (model_id, evidence.as_of.isoformat(), SCHEMA, NAMES)
    shape = Shape(*named, share, slope, offset, threshold, usual, own, told, tree.start, versions)
    card = _card(shape, outcomes, data, held | {"blend": blend}, y2, groups, seed, evidence.as_of)
    return Trained(Model(shape, tree, network), card)


def _scalings(features: Features, view: GraphView, rows: npt.NDArray[np.int64]) -> tuple[Scaling, Scaling]:
    by_item = np.full((view.n, features.values.shape[1]), np.nan)
    by_item[features.items[rows]] = features.values[rows]
    return Scaling.learn(features.values[rows]), Scaling.learn(told_columns(features, by_item)[features.items[rows]])


def _network_logits(
    features: Features, view: GraphView, own: Scaling, told: Scaling, rows: npt.NDArray[np.int64], y: Floats, w: Floats,
    asked: npt.NDArray[np.int64], seed: int,
) -> tuple[Floats, Any]:  # fmt: skip
    from sandan.gnn.network import learn_network, network_logits

    inputs = inputs_of(features, view, own, told)
    network = learn_network(inputs, features.items[rows], features.cut[rows], y, w, seed)
    return network_logits(network, inputs, features.items[asked], features.cut[asked]), network


def _groups(view: GraphView, features: Features, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Community of each row, else the row itself."""
    label = find_communities(shared_identifiers(view)).label
    own = label[features.items[rows]]
    return np.where(own >= 0, own, int(label.max(initial=-1)) + 1 + np.arange(len(rows)))


def _share(held: dict[str, Floats], y: Floats, groups: npt.NDArray[np.int64]) -> float:
    """Weight of the network: the best of a few, if the blend beats the tree by more than a little and in most draws."""
    if "network" not in held:
        return 0.0
    blends = {s: (1 - s) * held["tree"] + s * held["network"] for s in _SHARES}
    best = max(_SHARES, key=lambda s: average_precision(y, blends[s]))
    gain = difference(y, blends[best], held["tree"], groups)
    return best if gain.value >= _GAIN and gain.low > -gain.value else 0.0


def _platt(logits: Floats, y: Floats) -> tuple[float, float]:
    """Slope and offset from log odds to probability (Platt 1999), with a slope that keeps the order."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1.0).fit(logits[:, None], y)
    return max(float(fitted.coef_[0, 0]), 1e-3), float(fitted.intercept_[0])


def _threshold(probability: Floats, y: Floats) -> float:
    """The lowest probability down to which at least half of the validation rows were breaches; 1 if there is none."""
    order = np.argsort(-probability, kind="stable")
    precision = np.cumsum(y[order]) / np.arange(1, len(y) + 1)
    # The first few rows are too few for a share.
    good = np.flatnonzero(precision[_FEW:] >= _PRECISION)
    return max(float(probability[order][_FEW + good[-1]]), _LEAST_CHANCE) if len(good) else 1.0


def _medians(x: Floats) -> Floats:
    known = np.where(np.isfinite(x), x, np.nan)
    empty = np.isnan(known).all(axis=0)
    known[:, empty] = 0.0
    return np.asarray(np.nanmedian(known, axis=0), dtype=np.float64)


def _card(
    shape: Shape, outcomes: Outcomes, data: Dataset, held: dict[str, Floats], y: Floats, groups: npt.NDArray[np.int64], seed: int,
    as_of: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    measured = {name: asdict(with_interval(y, score, groups, seed)) for name, score in held.items()}
    gains = {
        f"{better} over {worse}": asdict(difference(y, held[better], held[worse], groups, seed))
        for better, worse in (("tree", "flat tree"), ("tree", "rules"), ("network", "tree"), ("blend", "tree"), ("blend", "rules"))
        if better in held
    }
    return {
        "model_id": shape.model_id,
        "as_of": as_of.isoformat(),
        "outcomes": outcomes.kinds,
        "outcomes_of_unknown_consignments": outcomes.n_unknown,
        "labelled": len(data.rows),
        "breaches": int(data.y.sum()),
        "trained_on": data.n_train,
        "validated_on": len(data.rows) - data.n_train,
        "validated_breaches": int(y.sum()),
        "age_days": AGE_DAYS,
        "average_precision": measured,
        "gain": gains,
        "network_share": shape.share,
        "threshold": shape.threshold,
        "calibration": "calibrated on inspected parcels only",
        "features": len(shape.names),
        "schema": shape.schema,
        "seed": seed,
        "versions": shape.versions,
    }
