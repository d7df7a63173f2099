"""The tree: gradient boosting on named columns."""

from collections.abc import Sequence
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_ROUNDS = 200
# Where fewer rows than these are unknown in a column, a split would learn from a handful on which side all unknown ones belong (and where
# none is, LightGBM takes unknown for 0): there an unknown value counts as the median of the known ones.
_FEW_ROWS, _FEW_SHARE = 20, 0.01
# Source: the project's measured notes on scorers; one thread and row-wise histograms make a run repeat itself bit by bit.
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "min_data_in_leaf": 5,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 2.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


class Tree:
    """Mean of a few boosters that differ in their seed.

    Attributes:
        names: Columns, in order.
        usual: float64 [f]; what an unknown value of the column counts as, NaN where unknown is a value of its own.
    """

    def __init__(self, names: Sequence[str], boosters: Sequence[lgb.Booster], usual: Floats | None = None) -> None:
        self.names = tuple(names)
        self.usual = np.full(len(self.names), np.nan) if usual is None else np.asarray(usual, dtype=np.float64)
        self._boosters = tuple(boosters)

    @classmethod
    def learn(
        cls, names: Sequence[str], x: npt.NDArray[Any], y: Floats, weight: Floats, seed: int = 1, seeds: int = 3, *,
        leaves: int = 15, extra: bool = False,
    ) -> "Tree":  # fmt: skip
        """Fit to rows. NaN is a value of its own where enough rows bear it, else the median.

        Args:
            names: Columns of `x`.
            x: Numbers [n, f].
            y: float64 [n], 0 or 1.
            weight: float64 [n].
            seed: Of bagging and column choice.
            seeds: Boosters.
            leaves: Of each tree of a booster.
            extra: Extremely randomized trees: each split takes the best of one random threshold per column (Geurts et al. 2006).
        """
        usual = _medians_where_few_are_unknown(x)
        x = _filled(x, usual)
        parameters = _PARAMETERS | {"num_leaves": leaves, "extra_trees": extra}
        boosters = []
        for k in range(seeds):
            data = lgb.Dataset(x, y, weight=weight, feature_name=list(names), free_raw_data=True)
            boosters.append(lgb.train(parameters | {"seed": seed * 1000 + k}, data, num_boost_round=_ROUNDS))
        return cls(names, boosters, usual)

    @classmethod
    def read(cls, names: Sequence[str], texts: Sequence[str], usual: Floats | None = None) -> "Tree":
        """From the texts that `texts` gave, and from `usual`."""
        return cls(names, [lgb.Booster(model_str=text) for text in texts], usual)

    def texts(self) -> list[str]:
        """The boosters as text, LightGBM's own format."""
        return [booster.model_to_string() for booster in self._boosters]

    def logits(self, x: npt.NDArray[Any]) -> Floats:
        """Log odds by row, float64 [n]."""
        x = _filled(x, self.usual)
        each = [booster.predict(x, num_threads=1) for booster in self._boosters]
        mean = np.clip(np.mean(each, axis=0), 1e-9, 1.0 - 1e-9)
        return np.asarray(np.log(mean / (1.0 - mean)), dtype=np.float64)

    def contributions(self, x: npt.NDArray[Any]) -> Floats:
        """How far each column moved the log odds of each row (TreeSHAP), float64 [n, f]."""
        x = _filled(x, self.usual)
        parts = [np.asarray(booster.predict(x, pred_contrib=True, num_threads=1))[:, :-1] for booster in self._boosters]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float64)


def _medians_where_few_are_unknown(x: npt.NDArray[Any]) -> Floats:
    unknown = np.isnan(x).sum(axis=0)
    few = (unknown < max(_FEW_ROWS, _FEW_SHARE * len(x))) & (unknown < len(x))
    usual = np.full(x.shape[1], np.nan)
    if few.any():
        usual[few] = np.nanmedian(x[:, few], axis=0)
    return usual


def _filled(x: npt.NDArray[Any], usual: Floats) -> npt.NDArray[Any]:
    at = np.isnan(x) & np.isfinite(usual)
    return np.where(at, usual.astype(x.dtype), x) if at.any() else x
