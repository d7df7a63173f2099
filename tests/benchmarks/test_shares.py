"""A run beside the oracle: figures of three rankings over the same answers."""

from typing import Any

import numpy as np
import pytest

from benchmarks.oracles.shares import families_of, shares
from sandan.algorithms.evaluation.answers import Answer
from sandan.algorithms.evaluation.ranking import ranking_family


def answer(truth: str, typologies: str = "", score: float = 0.0, settled: str = "1") -> Answer:
    row = {"flow": "import", "ebp_code": "P", "order_no": "1", "logistics_code": "", "logistics_no": "", "truth": truth}
    return Answer(row | {"typologies": typologies, "kind": "", "settled": settled}, {"score": score, "grade": "low", "typologies": []})


HELD = [
    answer("fraud", "identity_ring", 0.9),
    answer("fraud", "time_order|missing_order", 0.4),
    answer("fraud", "brand_omitted", 0.1),
    answer("fraud", "quota", 0.0, settled="0"),
    answer("hard_negative", "identity_ring", 0.4),
    *(answer("honest") for _ in range(95)),
]


def rankings(**others: Any) -> dict[str, Any]:
    run = np.array([one.score for one in HELD])
    perfect = np.array([one.row["truth"] == "fraud" for one in HELD], float)
    return {"run": run, "oracle": perfect, "flat": np.zeros(len(HELD))} | others


def found(**others: Any) -> dict[tuple[str, str, str], Any]:
    return {(one.measure, one.of, one.at): one for one in shares(HELD, rankings(**others))}


def test_typologies_have_families() -> None:
    assert [families_of(one) for one in HELD[:4]] == [{"rings"}, {"single"}, {"clusters"}, {"rings"}]
    assert families_of(answer("fraud", "split_lot|brand_omitted|time_order")) == {"rings", "clusters"}


def test_the_run_s_figures_are_those_of_the_measures() -> None:
    family = ranking_family(HELD)
    told = dict(zip([(f.measure, f.of, f.at) for f in family.figures], family.values(np.ones(len(HELD))), strict=True))
    for at, one in found().items():
        if at in told:
            assert one.run == pytest.approx(told[at]), at
    assert {
        ("average_precision", "", ""),
        ("precision", "", "5%"),
        ("average_precision", "identity_ring", ""),
    } <= told.keys() & found().keys()


def test_shares_are_of_the_oracle_and_open_frauds_count_nowhere() -> None:
    told = found()
    every = told["average_precision", "", ""]
    assert (every.oracle, every.n, every.share) == (1.0, 3, every.run)
    assert every.flat == pytest.approx(3 / 99) == every.flat_share
    assert ("average_precision", "quota", "") not in told
    # One of a hundred is looked at: of 99 that count, the first.
    assert told["precision", "", "1%"].oracle == 1.0
    assert told["recall", "", "1%"].oracle == pytest.approx(1 / 3)
    assert told["average_precision", "rings", ""].run == 1.0


def test_without_frauds_there_is_nothing_to_share() -> None:
    honest = [answer("honest") for _ in range(5)]
    scores = np.zeros(5)
    told = shares(honest, {"run": scores, "oracle": scores, "flat": scores})
    assert {one.measure for one in told} == {"precision"}
    assert all(one.share is None and one.oracle == 0.0 for one in told)
