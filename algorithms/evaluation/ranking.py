"""How good a ranking is: precision, recall and revenue at a budget, and average precision, with ties in expectation."""

from collections.abc import Sequence

import numpy as np

from sandan.algorithms.evaluation.answers import Answer
from sandan.algorithms.evaluation.bootstrap import Family, Figure, Floats, Ints

# Percent of all consignments.
BUDGETS = (1, 5, 10)
_DEFINITIONS = {
    "precision": "share of frauds among the consignments looked at, the highest scores first, ties in expectation over random order",
    "recall": "share of all frauds that are among the consignments looked at, ties in expectation over random order",
    "revenue_recall": "share of the tax at stake that is with the consignments looked at, ties in expectation over random order",
}
_AP = "sum over falling scores of recall gained times precision, by steps"
_AP_OF = f"{_AP}; frauds of the typology against all that are not fraud"


def step_average_precision(hits: Floats, others: Floats) -> float:
    """Average precision: the sum over blocks of equal scores of (R_i - R_(i-1)) P_i, without interpolation; NaN without a hit.

    Args:
        hits: float64 [blocks]; weight of the positives in each block, the highest score first; blocks without any may be left out.
        others: float64 [blocks]; weight of all others up to the end of each block, cumulated.

    Source:
        scikit-learn, `average_precision_score`.
    """
    found = np.cumsum(hits)
    if not len(found) or found[-1] <= 0:
        return float("nan")
    return float((hits * found / np.maximum(found + others, 1e-12)).sum() / found[-1])


def found_at(percent: int, seen: Floats, found: Floats) -> float:
    """What is found among the first `percent` of all: within a block of equal scores as much as a random order gives on average.

    Args:
        percent: Budget in percent of all rows, rounded up to a whole row.
        seen: float64 [blocks]; whole numbers, rows up to the end of each block of equal scores.
        found: float64 [blocks]; what is counted of them, cumulated likewise.

    Source:
        McSherry and Najork, Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores, ECIR 2008: the
        expectation over all orders of the ties is linear within a block.
    """
    return float(np.interp(looked_at(percent, seen[-1]), np.append(0.0, seen), np.append(0.0, found)))


def looked_at(percent: int, total: float) -> int:
    """Rows that a budget in percent gives, rounded up."""
    return -(-percent * int(total) // 100)


def ranking_family(answers: Sequence[Answer]) -> Family:
    """Figures of the ranking by the alerts' scores; frauds that are not settled are left out of both sides.

    With k = the budget in consignments: precision = frauds among the first k / k; recall = frauds among the first k / all frauds; revenue
    recall = their tax at stake / all tax at stake; average precision as `step_average_precision`. Of a typology only its own frauds are
    positives, and all other frauds are left out. Revenue is there only if the key has `tax_at_stake`.

    Source:
        Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), 8.4.
    """
    used = np.array([answer.truth != "open" for answer in answers], bool)
    fraud = np.array([answer.truth == "fraud" for answer in answers], bool)
    _, block = np.unique([-answer.score for answer in answers], return_inverse=True)
    n_blocks = int(block.max(initial=-1)) + 1
    typologies = sorted({typology for answer in answers if answer.truth == "fraud" for typology in answer.typologies})
    bearing = [[i for i, a in enumerate(answers) if a.truth == "fraud" and typology in a.typologies] for typology in typologies]
    classes: list[Ints] = [np.flatnonzero(fraud), *(np.array(rows, np.int64) for rows in bearing)]
    taxed = all("tax_at_stake" in answer.row for answer in answers)
    tax = np.array([_tax(answer) if taxed else 0.0 for answer in answers])
    about: dict[str, Ints] = {"precision": np.flatnonzero(used), "recall": classes[0]}
    if taxed:
        about["revenue_recall"] = np.flatnonzero(tax)
    figures = [
        Figure(name, "", f"{percent}%", looked_at(percent, len(rows)) if name == "precision" else len(rows), rows, _DEFINITIONS[name])
        for name, rows in about.items()
        for percent in BUDGETS
    ]
    figures += [
        Figure("average_precision", name, "", len(rows), rows, _AP_OF if name else _AP)
        for name, rows in zip(["", *typologies], classes, strict=True)
    ]

    # Only scores that a fraud has.
    steps = [(rows, *np.unique(block[rows], return_inverse=True)) for rows in classes]

    def summed(rows: Ints, each: Floats) -> Floats:
        return np.bincount(block[rows], each[rows], minlength=n_blocks).astype(np.float64)

    def values(weight: Floats) -> list[float]:
        seen, hits = summed(about["precision"], weight).cumsum(), summed(about["recall"], weight).cumsum()
        found = {"precision": hits, "recall": hits, "revenue_recall": summed(np.flatnonzero(tax), weight * tax).cumsum()}
        made = []
        for name in about:
            for percent in BUDGETS:
                total = looked_at(percent, seen[-1]) if name == "precision" else found[name][-1]
                made.append(found_at(percent, seen, found[name]) / total if total > 0 else float("nan"))
        others = seen - hits
        for rows, at, own in steps:
            made.append(step_average_precision(np.bincount(own, weight[rows], minlength=len(at)).astype(np.float64), others[at]))
        return made

    return Family(figures, values)


def _tax(answer: Answer) -> float:
    return float(answer.row["tax_at_stake"] or 0) if answer.truth == "fraud" else 0.0
