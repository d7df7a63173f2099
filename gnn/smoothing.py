"""Without outcomes: what the evidence says of consignments, smoothed over those in like circumstances.

A sign fires or does not; who stands just below it, and whoever does the same as those that bear several, is not seen by it. Two trees,
one on few columns and one on all, that are taught the chance which the evidence alone gives every consignment, on circumstances and never
on the signs themselves, rank these too. They are asked of sellers that they were not taught on, so that no consignment's own evidence
comes back to it.

Source:
    Weak supervision: labels with their uncertainty in place of outcomes (Ratner et al., Snorkel, 2017), cross-fitted over sellers.
    Measured on three worlds of two other authors, the evidence alone and all together: average precision .76 to .88, .76 to .84 and, with
    1 % breaches of many kinds, .22 to .21; look-alikes from .5 on .034 to .012, .049 to .012 and .095 to .057. With half of the weight on
    the evidence it was .87, .83 and .22; .018, .015 and .068.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from sandan.algorithms.scoring.evidence import NAMED_BITS, Bits, probability
from sandan.algorithms.scoring.scoring import Evidence, Smoother
from sandan.algorithms.scoring.spread import spread
from sandan.algorithms.scoring.suspects import LOOKED_AT
from sandan.gnn.dataset import actors
from sandan.gnn.ranking import by_content, circumstances, officers_columns, table_of
from sandan.gnn.training import FOLDS, folds
from sandan.gnn.tree import Tree
from sandan.record.settings import GradeSettings

Floats = npt.NDArray[np.float64]
Columns = tuple[npt.NDArray[np.float32], list[str]]
# Fewer consignments show no circumstances that many share.
_LEAST, _MOST = 2_000, 12_000
# Chances are taught here, not outcomes: small trees do not learn by heart whom the evidence names.
_LEAVES = 7
_EDGE = 1e-6
# Where a flow has fewer, twenty of them do not say where its one in ten begins.
_LEAST_OF_FLOW = 200
# What the evidence grades medium stays so, in the order of the smoothed chance; what it gives no reason for stays below.
_ORDER = 1e-3


def smoother(grades: GradeSettings, seed: int = 1) -> Smoother:
    """What `score_evidence` asks for the scores of a run without a model.

    Args:
        grades: The thresholds.
        seed: Of samples and bagging.
    """

    def smoothed(evidence: Evidence, bits: Bits) -> Floats | None:
        return smooth(evidence.context.rows, bits, _columns(evidence, bits), grades, seed) if len(evidence.rows) >= _LEAST else None

    return smoothed


def _columns(evidence: Evidence, bits: Bits) -> list[Columns]:
    table = table_of(evidence.context, bits)
    return [(table.columns(names), names) for names in (officers_columns(table.names), circumstances(table.names))]


def smooth(rows: pd.DataFrame, bits: Bits, tables: Sequence[Columns], grades: GradeSettings, seed: int) -> Floats:
    """Scores in (0, 1), float64 [n].

    Args:
        rows: From `sandan.algorithms.context.context_rows`.
        bits: Weights of the evidence.
        tables: Circumstances, no bits: float32 [n, f] and the names of its columns; one tree is taught on each.
        grades: The thresholds.
        seed: Of samples and bagging.
    """
    chance = np.clip(probability(bits.total), _EDGE, 1.0 - _EDGE)
    parts = [_unseen(rows.seller, chance, x, names, seed) for x, names in tables]
    # The evidence counts as much as either tree: what stands alone has no like circumstances, and trees would forget it.
    by_all = np.mean([logit(chance), *parts], axis=0)
    scores = expit(levelled(rows.imp.to_numpy(), spread(rows, expit(by_all))))
    alone = expit(spread(rows, chance, lower=False))
    medium = grades.t_medium
    scores = np.where(alone >= medium, np.maximum(scores, medium + _ORDER * scores), scores)
    reasoned = bits.by_cause.max(axis=1, initial=0.0) >= NAMED_BITS
    return np.asarray(np.where(reasoned | (scores < medium), scores, medium - _ORDER * (1.0 - scores)), dtype=np.float64)


def _unseen(seller: pd.Series, chance: Floats, x: npt.NDArray[np.float32], names: list[str], seed: int) -> Floats:
    """Log odds of a tree that was taught on other sellers, float64 [n]."""
    # In an order that no home's key decides.
    order = by_content(np.column_stack([x, chance]))
    x, p = x[order], chance[order]
    fold = folds(actors(seller.iloc[order]), p, seed)
    dice = np.random.default_rng(seed)
    unseen = np.zeros(len(p))
    for k in range(FOLDS):
        taught, asked = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        if len(taught) > _MOST:
            taught = np.sort(dice.choice(taught, _MOST, replace=False))
        target = np.repeat([1.0, 0.0], len(taught))
        tree = Tree.learn(
            names, np.concatenate([x[taught]] * 2), target, np.concatenate([p[taught], 1.0 - p[taught]]), seed, 1, leaves=_LEAVES
        )
        unseen[asked] = tree.logits(x[asked])
    found = np.empty(len(p))
    found[order] = np.clip(unseen, logit(_EDGE), -logit(_EDGE))
    return found


def levelled(imports: npt.NDArray[np.int64], logits: Floats) -> Floats:
    """Log odds with those of the flow that lies lower raised, until one in ten of either flow is above the same value.

    Only outcomes say in which flow breaches are commoner. Without them a kind of traffic that knows fewer signs, each borne by many of its
    breaches and so less rare, would stay behind the other whatever they show.

    Args:
        imports: int64 [n]; 1 for imports, 0 for exports.
        logits: float64 [n].
    """
    flows = [imports == 0, imports == 1]
    if min(int(flow.sum()) for flow in flows) < _LEAST_OF_FLOW:
        return logits
    levels = [float(np.quantile(logits[flow], LOOKED_AT)) for flow in flows]
    return np.where(flows[0], logits + max(levels[1] - levels[0], 0.0), logits + max(levels[0] - levels[1], 0.0))
