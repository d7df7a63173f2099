"""Rows that teach: consignments with an outcome, in order of time, with their features at a fixed age."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sandan.algorithms.network.features import Labels
from sandan.graph.view import GraphView

# With fewer breaches, or fewer compliant ones, than this a model would learn by heart.
LEAST_OF_EACH = 20
# Weights are bounded until the rows count as at least this share of their number: few rows of great weight decide nothing alone.
_LEAST_EFFECTIVE = 0.5


@dataclass(frozen=True, slots=True)
class Dataset:
    """The inspected consignments.

    Attributes:
        rows: int64 [m]; places among all consignments, ascending.
        y: float64 [m]; 1 for a breach.
        weight: float64 [m]; inverse of the probability of inspection, 1 where it is unknown, bounded (see `bounded_weights`). For what
            is said of all consignments (calibration); who is taught to rank takes the rows alike: weighted, the breaches that somebody
            chose to open would count a fiftieth of what was drawn at random, though a breach looks the same in both.
        actor: int64 [m]; one code per seller (in export the sender where no seller is named).
        weighted: Whether probabilities of inspection were recorded that differ.
    """

    rows: npt.NDArray[np.int64]
    y: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    actor: npt.NDArray[np.int64]
    weighted: bool


def make_dataset(view: GraphView, ids: Sequence[str], rows: pd.DataFrame, labels: Labels) -> Dataset:
    """Join outcomes and consignments; several consignments of one item all take its outcome.

    Args:
        view: The graph.
        ids: Node id of each consignment.
        rows: Consignments in the same order, with `seller`.
        labels: Outcomes by item of the view.
    """
    items = view.places(pa.array(ids, pa.string())).astype(np.int64)
    place = {int(item): k for k, item in enumerate(labels.items)}
    found = np.array([place.get(int(item), -1) if item >= 0 else -1 for item in items], dtype=np.int64)
    inspected = np.flatnonzero(found >= 0)
    own = found[inspected]
    weight = bounded_weights(labels.weight[own])
    actor = actors(rows.seller.iloc[inspected])
    return Dataset(inspected, labels.positive[own].astype(np.float64), weight, actor, bool(len(np.unique(labels.weight[own])) > 1))


def actors(seller: pd.Series) -> npt.NDArray[np.int64]:
    """One code per seller, int64 [n], in the order of their names; one of an unknown seller is an actor of its own, behind them."""
    code = pd.factorize(seller, sort=True)[0].astype(np.int64)
    unknown = code < 0
    code[unknown] = code.max(initial=-1) + 1 + np.arange(int(unknown.sum()))
    return code


def bounded_weights(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weights under the largest bound with which the effective number of rows is at least half of them.

    Args:
        weight: float64 [m], positive.

    Returns:
        float64 [m]; the effective number is (sum of w)^2 / (sum of w^2), Kish 1965.
    """
    if not len(weight):
        return weight
    every = (np.minimum(weight, bound) for bound in np.geomspace(weight.max(), weight.min(), 100))
    return next(w for w in every if w.sum() ** 2 >= _LEAST_EFFECTIVE * len(w) * (w**2).sum())


def teachable(data: Dataset) -> str:
    """Empty if there is enough to learn from, else what is missing."""
    breaches = int(data.y.sum())
    others = len(data.y) - breaches
    if not len(data.y):
        return "no outcome is known by this date for any consignment"
    if min(breaches, others) < LEAST_OF_EACH:
        return f"{breaches} breaches and {others} compliant consignments are known by this date; {LEAST_OF_EACH} of each are needed"
    return ""
