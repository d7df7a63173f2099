"""How good a run is beside the oracle and beside flat rows: average precision and precision at a budget, and the shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandan.algorithms.evaluation.answers import Answer
from sandan.algorithms.evaluation.bootstrap import Floats
from sandan.algorithms.evaluation.ranking import BUDGETS, found_at, looked_at, step_average_precision

# Typologies that only several consignments together show; the rest show on one.
FAMILIES: Mapping[str, frozenset[str]] = {
    "rings": frozenset({"identity_ring", "split_lot", "quota", "operator_triangle"}),
    "clusters": frozenset({"brand_omitted", "sender_cluster", "destination_concentration", "channel_preference"}),
}
SINGLE = "single"
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Share:
    """One figure of several rankings.

    Attributes:
        measure: `average_precision`, `precision` or `recall`.
        of: Family of typologies, or a typology; "" for all frauds.
        at: Budget; "" where there is none.
        run: The run's.
        oracle: The oracle's.
        flat: That of a tree that sees only single rows.
        share: The run's by the oracle's; None where the oracle's is 0.
        flat_share: The flat tree's by the oracle's.
        n: Frauds that it is about.
    """

    measure: str
    of: str
    at: str
    run: float
    oracle: float
    flat: float
    share: float | None
    flat_share: float | None
    n: int


def families_of(answer: Answer) -> set[str]:
    """The families that a fraud belongs to."""
    borne = set(answer.typologies)
    return {name for name, own in FAMILIES.items() if own & borne} or {SINGLE}


def parts(answers: Sequence[Answer]) -> dict[str, Mask]:
    """All frauds, those of each family, then those of each typology: which answers they are. Frauds that are not settled are in none."""
    fraud = [answer.truth == "fraud" for answer in answers]
    borne = [families_of(answer) if found else set() for answer, found in zip(answers, fraud, strict=True)]
    names = sorted({name for answer, found in zip(answers, fraud, strict=True) if found for name in answer.typologies})
    made = {"": np.array(fraud, bool)}
    made |= {family: np.array([family in own for own in borne], bool) for family in (*FAMILIES, SINGLE)}
    made |= {name: np.array([f and name in a.typologies for a, f in zip(answers, fraud, strict=True)], bool) for name in names}
    return {name: rows for name, rows in made.items() if rows.any()}


def ranked(positive: Mask, others: Mask, score: Floats) -> float:
    """Average precision of some positives against all others; equal scores count together."""
    used = positive | others
    _, block = np.unique(-score[used], return_inverse=True)
    hits = np.bincount(block, positive[used]).astype(np.float64)
    return step_average_precision(hits, np.bincount(block, others[used]).astype(np.float64).cumsum())


def at_budget(fraud: Mask, used: Mask, score: Floats, percent: int) -> float:
    """Frauds among the first `percent` of all that are used, ties in expectation."""
    _, block = np.unique(-score[used], return_inverse=True)
    seen, found = (np.bincount(block, each).astype(np.float64).cumsum() for each in (np.ones(len(block)), fraud[used]))
    return found_at(percent, seen, found)


def shares(answers: Sequence[Answer], rankings: Mapping[str, Floats]) -> list[Share]:
    """All figures of the three rankings.

    Args:
        answers: Rows of the key with the run's alerts.
        rankings: `run`, `oracle` and `flat`: float64 [answers]; the highest score first.
    """
    used = np.array([answer.truth != "open" for answer in answers], bool)
    found = parts(answers)
    fraud = found.get("", np.zeros(len(answers), bool))
    innocent = used & ~fraud
    made = [
        _share("average_precision", name, "", {k: ranked(rows, innocent, v) for k, v in rankings.items()}, int(rows.sum()))
        for name, rows in found.items()
    ]
    for percent in BUDGETS:
        looked = looked_at(percent, float(used.sum()))
        told = {k: at_budget(fraud, used, v, percent) for k, v in rankings.items()}
        for measure, whole in (("precision", looked), ("recall", int(fraud.sum()))):
            if whole:
                made.append(_share(measure, "", f"{percent}%", {k: v / whole for k, v in told.items()}, int(fraud.sum())))
    return made


def _share(measure: str, of: str, at: str, values: Mapping[str, float], n: int) -> Share:
    run, oracle, flat = values["run"], values["oracle"], values["flat"]
    share, flat_share = (run / oracle, flat / oracle) if oracle > 0 else (None, None)
    return Share(measure, of, at, run, oracle, flat, share, flat_share, n)
