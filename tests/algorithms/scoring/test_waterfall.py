"""How the evidence on a consignment adds up."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.scoring.evidence import MOST_BITS, PRIOR, Bits, probability
from sandan.algorithms.scoring.waterfall import waterfall
from sandan.algorithms.vocabulary.registry import registry


def finding(cause: str, bits: float, typology: str = "identity_ring") -> dict[str, Any]:
    return {"cause": cause, "bits": bits, "typology": typology, "reason": f"{cause}_{bits}"}


def test_of_one_cause_only_the_strongest_is_a_step_and_further_causes_count_half() -> None:
    made = waterfall([finding("ring", 2.0), finding("ring", 4.0), finding("price", 3.0)], 0.5)
    assert [(step.finding["cause"], step.finding["bits"]) for step in made.steps] == [("ring", 4.0), ("price", 3.0)]
    assert [step.bits for step in made.steps] == pytest.approx([0.7 * 4.0, 0.7 * 3.0 / 2])


def test_what_only_the_model_found_is_part_of_the_rest() -> None:
    made = waterfall([finding("model", 6.0, "gnn")], 0.6)
    assert not made.steps and made.rest == pytest.approx(made.end - made.start)


@given(st.dictionaries(st.sampled_from(registry().causes), st.floats(0.1, MOST_BITS), max_size=6), st.floats(0.0, 1.0))
def test_the_steps_end_at_the_score(found: dict[str, float], score: float) -> None:
    made = waterfall([finding(cause, bits) for cause, bits in found.items()], score)
    assert made.start + sum(step.bits for step in made.steps) + made.rest == pytest.approx(made.end)
    assert np.isfinite(made.end)


@given(st.dictionaries(st.sampled_from(registry().causes), st.floats(0.1, MOST_BITS), min_size=1, max_size=6))
def test_without_companions_and_model_nothing_is_left_over(found: dict[str, float]) -> None:
    bits = np.array([[found.get(cause, 0.0) for cause in registry().causes]])
    score = float(probability(Bits({}, {}, bits, registry().causes).total, PRIOR)[0])
    assert waterfall([finding(cause, value) for cause, value in found.items()], score).rest == pytest.approx(0.0, abs=1e-6)
