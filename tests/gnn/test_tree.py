"""The tree and values that are not known."""

import numpy as np
import pytest

from sandan.gnn.tree import Tree

N = 2_000


def rows(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two columns, of which the first one decides."""
    dice = np.random.default_rng(seed)
    x = dice.normal(size=(N, 2))
    return x, (x[:, 0] > 0.5).astype(float)


def asked(tree: Tree, *values: float) -> float:
    return float(tree.logits(np.array([values]))[0])


@pytest.mark.parametrize("extra", [False, True])
@pytest.mark.parametrize("breach", [0.0, 1.0])
def test_one_unknown_value_does_not_decide_for_all(breach: float, extra: bool) -> None:
    x, y = rows()
    x[0, 0], y[0] = np.nan, breach
    tree = Tree.learn(["a", "b"], x, y, np.ones(N), seeds=1, extra=extra)
    assert asked(tree, np.nan, 0.0) == pytest.approx(asked(tree, float(np.nanmedian(x[:, 0])), 0.0))


@pytest.mark.parametrize("extra", [False, True])
def test_unknown_is_the_median_where_none_was_unknown(extra: bool) -> None:
    """LightGBM would take it for 0, which is among the lowest here."""
    x, y = rows()
    x[:, 0] += 10.0
    y = (x[:, 0] > 9.0).astype(float)
    tree = Tree.learn(["a", "b"], x, y, np.ones(N), seeds=1, extra=extra)
    assert asked(tree, np.nan, 0.0) == pytest.approx(asked(tree, float(np.median(x[:, 0])), 0.0))
    assert asked(tree, np.nan, 0.0) > asked(tree, 0.0, 0.0) + 2.0


@pytest.mark.parametrize("extra", [False, True])
def test_unknown_is_a_value_of_its_own_where_many_are(extra: bool) -> None:
    x, y = rows()
    x[: N // 4, 0], y[: N // 4] = np.nan, 1.0
    tree = Tree.learn(["a", "b"], x, y, np.ones(N), seeds=1, extra=extra)
    assert asked(tree, np.nan, 0.0) > asked(tree, float(np.nanmedian(x[:, 0])), 0.0) + 2.0


@pytest.mark.parametrize("extra", [False, True])
def test_contributions_add_up_with_unknown_values(extra: bool) -> None:
    x, y = rows()
    x[:5, 1] = np.nan
    tree = Tree.learn(["a", "b"], x, y, np.ones(N), seeds=1, extra=extra)
    filled = x.copy()
    filled[:5, 1] = np.nanmedian(x[:, 1])
    assert np.allclose(tree.contributions(x[:5]), tree.contributions(filled[:5]))
