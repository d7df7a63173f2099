"""False alarms, and whether the reasons given are the true ones."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandan.algorithms.evaluation.answers import GRADES, Answer
from sandan.algorithms.evaluation.bootstrap import Family, Figure, Floats

_ALARMS = "share of the innocent that are graded so or above"
_HITS = "of the frauds graded medium or above the share whose alert names at least one true typology"


def alarm_family(answers: Sequence[Answer]) -> Family:
    """False alarms among the innocent, in all, and how many of the frauds that were found were found for a true reason.

    false_alarms = innocent consignments graded so or above / innocent consignments;
    reason_hit_rate = frauds graded `medium` or above whose alert names a true typology / frauds graded `medium` or above.
    """
    truth, rank = np.array([answer.truth for answer in answers]), np.array([answer.rank for answer in answers])
    graded = (truth == "fraud") & (rank > 0)
    right = graded & np.array([not answer.named.isdisjoint(answer.typologies) for answer in answers], bool)
    figures, shares = [Figure("reason_hit_rate", "", "medium", int(graded.sum()), np.flatnonzero(graded), _HITS)], [(right, graded)]
    for part in ("hard_negative", "honest"):
        for grade in GRADES[1:]:
            whole = truth == part
            figures.append(Figure("false_alarms", part, grade, int(whole.sum()), np.flatnonzero(whole), _ALARMS))
            shares.append((whole & (rank >= GRADES.index(grade)), whole))
    return Family(figures, lambda weight: [_share(weight, some, every) for some, every in shares])


def _share(weight: Floats, some: npt.NDArray[np.bool_], every: npt.NDArray[np.bool_]) -> float:
    total = weight[every].sum()
    return float(weight[some].sum() / total) if total > 0 else float("nan")
