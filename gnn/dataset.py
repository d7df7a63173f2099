"""Rows that teach: consignments with an outcome, in order of time, with their features at a fixed age."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandan.algorithms.features import Features, Labels

# With fewer breaches, or fewer compliant ones, than this a model would learn by heart.
LEAST_OF_EACH = 20
# The last part in time checks what the first part taught.
_VALIDATION_SHARE = 0.3
_MOST_WEIGHT = 5.0


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled rows of a feature table.

    Attributes:
        rows: int64 [m]; rows of the features, by time.
        y: float64 [m]; 1 for a breach.
        weight: float64 [m]; for learning: inverse of the probability of inspection, at most five times the commonest.
        n_train: The first so many rows teach, the others validate.
    """

    rows: npt.NDArray[np.int64]
    y: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    n_train: int


def make_dataset(features: Features, labels: Labels) -> Dataset:
    """Join outcomes and features; rows whose own lists went on arriving after their moment are left out.

    Several consignments of one item all take its outcome.
    """
    place = {int(item): k for k, item in enumerate(labels.items)}
    found = np.array([place.get(int(item), -1) if item >= 0 else -1 for item in features.items], dtype=np.int64)
    rows = np.flatnonzero((found >= 0) & features.settled)
    rows = rows[np.lexsort((features.items[rows], features.cut[rows]))]
    own = found[rows]
    usual = float(np.median(labels.weight[own])) if len(own) else 1.0
    weight = np.minimum(labels.weight[own] / usual, _MOST_WEIGHT)
    return Dataset(rows, labels.positive[own].astype(np.float64), weight, round(len(rows) * (1 - _VALIDATION_SHARE)))


def teachable(data: Dataset) -> str:
    """Empty if there is enough to learn from, else what is missing."""
    breaches = int(data.y.sum())
    others = len(data.y) - breaches
    if not len(data.y):
        return "no outcome is known by this date for any consignment"
    if min(breaches, others) < LEAST_OF_EACH:
        return f"{breaches} breaches and {others} compliant consignments are known by this date; {LEAST_OF_EACH} of each are needed"
    first = data.y[: data.n_train]
    last = data.y[data.n_train :]
    if len(np.unique(first)) < 2 or len(np.unique(last)) < 2:
        return "all outcomes of the first or of the last weeks are of one kind"
    return ""
