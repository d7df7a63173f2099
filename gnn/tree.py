"""The tree: gradient boosting on named features."""

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float64]

_ROUNDS = 150
_SEEDS = 3
# Source: the project's measured notes on scorers; one thread and row-wise histograms make a run repeat itself bit by bit.
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_child_samples": 20,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True)
class Start:
    """Where boosting begins: log odds = slope * column + offset. With few outcomes the trees hardly move away from it.

    Attributes:
        column: Name of the column; empty for a start at 0.
        slope, offset: Fitted to the rows that teach (logistic regression on that column alone).
    """

    column: str = ""
    slope: float = 0.0
    offset: float = 0.0

    @classmethod
    def learn(cls, column: str, values: Floats, y: Floats, weight: Floats) -> "Start":
        """Fit to one column, float64 [n]; a slope never points the other way."""
        fitted = LogisticRegression(C=1.0).fit(values[:, None], y, sample_weight=weight)
        return cls(column, max(0.0, float(fitted.coef_[0, 0])), float(fitted.intercept_[0]))


_ZERO = Start()


class Tree:
    """Mean of a few boosters that differ in their seed.

    Attributes:
        names: Columns, in order.
        start: Where boosting begins.
    """

    def __init__(self, names: Sequence[str], boosters: Sequence[lgb.Booster], start: Start = _ZERO) -> None:
        self.names = tuple(names)
        self.start = start
        self._boosters = tuple(boosters)

    @classmethod
    def learn(cls, names: Sequence[str], x: Floats, y: Floats, weight: Floats, seed: int = 1, column: str = "") -> "Tree":
        """Fit to rows; NaN is a value of its own.

        Args:
            names: Columns of `x`.
            x: float64 [n, f].
            y: float64 [n], 0 or 1.
            weight: float64 [n].
            seed: Of bagging and feature choice.
            column: Column from which boosting starts: what the rules say already; empty for none.
        """
        start = Start.learn(column, x[:, list(names).index(column)], y, weight) if column else _ZERO
        begin = _begin(start, names, x) if column else None
        least = {"min_child_samples": max(3, min(20, len(y) // 25))}
        boosters = []
        for k in range(_SEEDS):
            data = lgb.Dataset(x, y, weight=weight, init_score=begin, feature_name=list(names), free_raw_data=True)
            boosters.append(lgb.train(_PARAMETERS | least | {"seed": seed * 1000 + k}, data, num_boost_round=_ROUNDS))
        return cls(names, boosters, start)

    @classmethod
    def read(cls, names: Sequence[str], texts: Sequence[str], start: Start) -> "Tree":
        """From the texts that `texts` gave."""
        return cls(names, [lgb.Booster(model_str=text) for text in texts], start)

    def texts(self) -> list[str]:
        """The boosters as text, LightGBM's own format."""
        return [booster.model_to_string() for booster in self._boosters]

    def logits(self, x: Floats) -> Floats:
        """Log odds by row, float64 [n]."""
        grown = np.mean([booster.predict(x, raw_score=True) for booster in self._boosters], axis=0)
        return np.asarray(grown + _begin(self.start, self.names, x), dtype=np.float64)

    def contributions(self, x: Floats) -> Floats:
        """How far each column moved the log odds of each row (TreeSHAP), float64 [n, f]."""
        parts = [np.asarray(booster.predict(x, pred_contrib=True))[:, :-1] for booster in self._boosters]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float64)


def _begin(start: Start, names: Sequence[str], x: Floats) -> Floats:
    if not start.column:
        return np.zeros(len(x))
    result: Floats = start.slope * x[:, list(names).index(start.column)] + start.offset
    return result
