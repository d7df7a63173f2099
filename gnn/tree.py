"""The tree: gradient boosting on named features."""

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

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


class Tree:
    """Mean of a few boosters that differ in their seed.

    Attributes:
        names: Columns, in order.
    """

    def __init__(self, names: Sequence[str], boosters: Sequence[lgb.Booster]) -> None:
        self.names = tuple(names)
        self._boosters = tuple(boosters)

    @classmethod
    def learn(cls, names: Sequence[str], x: Floats, y: Floats, weight: Floats, seed: int = 1) -> "Tree":
        """Fit to rows; NaN is a value of its own.

        Args:
            names: Columns of `x`.
            x: float64 [n, f].
            y: float64 [n], 0 or 1.
            weight: float64 [n].
            seed: Of bagging and feature choice.
        """
        least = {"min_child_samples": max(3, min(20, len(y) // 25))}
        boosters = []
        for k in range(_SEEDS):
            data = lgb.Dataset(x, y, weight=weight, feature_name=list(names), free_raw_data=True)
            boosters.append(lgb.train(_PARAMETERS | least | {"seed": seed * 1000 + k}, data, num_boost_round=_ROUNDS))
        return cls(names, boosters)

    @classmethod
    def read(cls, names: Sequence[str], texts: Sequence[str]) -> "Tree":
        """From the texts that `texts` gave."""
        return cls(names, [lgb.Booster(model_str=text) for text in texts])

    def texts(self) -> list[str]:
        """The boosters as text, LightGBM's own format."""
        return [booster.model_to_string() for booster in self._boosters]

    def logits(self, x: Floats) -> Floats:
        """Log odds by row, float64 [n]."""
        return np.asarray(np.mean([booster.predict(x, raw_score=True) for booster in self._boosters], axis=0), dtype=np.float64)

    def contributions(self, x: Floats) -> Floats:
        """How far each column moved the log odds of each row (TreeSHAP), float64 [n, f]."""
        parts = [np.asarray(booster.predict(x, pred_contrib=True))[:, :-1] for booster in self._boosters]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float64)
