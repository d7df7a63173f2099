"""What an outcome counts for by the probability with which it was chosen."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sandan.gnn.dataset import bounded_weights

CHOSEN = st.lists(st.sampled_from([1.0, 0.9, 0.5, 0.1, 0.02, 0.003, 0.0001]), min_size=1, max_size=300)


def effective(weight: np.ndarray) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())


@given(CHOSEN)
def test_bounded_weights_keep_half_of_the_rows_and_their_order(probability: list[float]) -> None:
    weight = 1.0 / np.array(probability)
    bounded = bounded_weights(weight)
    assert (bounded <= weight).all() and (bounded > 0).all()
    assert effective(bounded) >= 0.5 * len(weight) * (1 - 1e-9)
    assert (bounded[weight == weight.min()] == weight.min()).all()
    assert (np.diff(bounded[np.argsort(weight, kind="stable")]) >= 0).all()


def test_what_was_drawn_at_random_stands_for_as_many_as_it_was_drawn_from() -> None:
    """As many drawn at one in fifty as were chosen by an officer: all count by 1 / probability, and none is made small."""
    weight = np.repeat([1.0, 50.0], 140)
    assert np.allclose(bounded_weights(weight), weight)


def test_a_few_drawn_at_random_do_not_decide_alone() -> None:
    weight = np.repeat([1.0, 333.0], [320, 57])
    bounded = bounded_weights(weight)
    assert 1.0 < bounded.max() < 20.0 and set(bounded[:320]) == {1.0}
