"""Without outcomes: what the evidence says of consignments, smoothed over those in like circumstances.

A sign fires or does not; who stands just below it, and whoever does the same as those that bear several, is not seen by it. A tree that is
taught the chance which the evidence alone gives every consignment, on circumstances and never on the signs themselves, ranks these too. It
is asked of sellers that it was not taught on, so that no consignment's own evidence comes back to it.

Source:
    Weak supervision: labels with their uncertainty in place of outcomes (Ratner et al., Snorkel, 2017), cross-fitted over sellers.
    Measured on two worlds of other authors: average precision .73 to .81 and .70 to .78, look-alikes at high .018 to .011 and .031 to .008.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from sandan.algorithms.scoring.evidence import NAMED_BITS, Bits, probability
from sandan.algorithms.scoring.scoring import Evidence, Smoother
from sandan.algorithms.scoring.spread import spread
from sandan.gnn.dataset import actors
from sandan.gnn.ranking import by_content, officers_columns, table_of
from sandan.gnn.training import FOLDS, folds
from sandan.gnn.tree import Tree
from sandan.record.settings import GradeSettings

Floats = npt.NDArray[np.float64]
# Fewer consignments show no circumstances that many share.
_LEAST, _MOST = 2_000, 12_000
_EDGE = 1e-6
# What the evidence grades medium stays so, in the order of the smoothed chance; what it gives no reason for stays below.
_ORDER = 1e-3


def smoother(grades: GradeSettings, seed: int = 1) -> Smoother:
    """What `score_lists` asks for the scores of a run without a model.

    Args:
        grades: The thresholds.
        seed: Of samples and bagging.
    """

    def smoothed(evidence: Evidence, bits: Bits) -> Floats | None:
        return smooth(evidence.context.rows, bits, *_columns(evidence, bits), grades, seed) if len(evidence.rows) >= _LEAST else None

    return smoothed


def _columns(evidence: Evidence, bits: Bits) -> tuple[npt.NDArray[np.float32], list[str]]:
    table = table_of(evidence.context, bits)
    names = officers_columns(table.names)
    return table.columns(names), names


def smooth(rows: pd.DataFrame, bits: Bits, x: npt.NDArray[np.float32], names: list[str], grades: GradeSettings, seed: int) -> Floats:
    """Scores in (0, 1), float64 [n].

    Args:
        rows: From `sandan.algorithms.context.context_rows`.
        bits: Weights of the evidence.
        x: float32 [n, f]; circumstances, no bits.
        names: Columns of `x`.
        grades: The thresholds.
        seed: Of samples and bagging.
    """
    chance = np.clip(probability(bits.total), _EDGE, 1.0 - _EDGE)
    # In an order that no home's key decides.
    order = by_content(np.column_stack([x, chance]))
    x, p = x[order], chance[order]
    fold = folds(actors(rows.seller.iloc[order]), p, seed)
    dice = np.random.default_rng(seed)
    unseen = np.zeros(len(p))
    for k in range(FOLDS):
        taught, asked = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        if len(taught) > _MOST:
            taught = np.sort(dice.choice(taught, _MOST, replace=False))
        target = np.repeat([1.0, 0.0], len(taught))
        tree = Tree.learn(names, np.concatenate([x[taught]] * 2), target, np.concatenate([p[taught], 1.0 - p[taught]]), seed, 1)
        unseen[asked] = tree.logits(x[asked])
    by_tree = np.empty(len(p))
    by_tree[order] = np.clip(unseen, logit(_EDGE), -logit(_EDGE))
    scores = expit(spread(rows, expit((by_tree + logit(chance)) / 2.0)))
    alone = expit(spread(rows, chance, lower=False))
    medium = grades.t_medium
    scores = np.where(alone >= medium, np.maximum(scores, medium + _ORDER * scores), scores)
    reasoned = bits.by_cause.max(axis=1, initial=0.0) >= NAMED_BITS
    return np.asarray(np.where(reasoned | (scores < medium), scores, medium - _ORDER * (1.0 - scores)), dtype=np.float64)
