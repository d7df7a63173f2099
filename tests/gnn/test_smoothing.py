"""Without outcomes: the evidence smoothed over like circumstances."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.scoring.evidence import Bits
from sandan.algorithms.scoring.spread import COMPANIONS
from sandan.algorithms.vocabulary.registry import registry
from sandan.gnn.smoothing import levelled, smooth
from sandan.record.settings import GradeSettings

N, SELLERS = 3_000, 150
Made = tuple[pd.DataFrame, Bits, np.ndarray, list[str], np.ndarray]


@pytest.fixture(scope="module")
def made() -> Made:
    """Consignments of which some bear a circumstance that goes with evidence; not all that bear it have evidence."""
    dice = np.random.default_rng(3)
    names = {key for kinds in COMPANIONS.values() for group in kinds for key in group}
    rows = pd.DataFrame({name: [None] * N for name in names})
    rows = rows.assign(
        consignment_id=[f"c{k}" for k in range(N)],
        imp=(np.arange(N) % 3 > 0).astype(int),
        t=dice.uniform(0, 60, N),
        seller=[f"s{k % SELLERS}" for k in range(N)],
    )
    marked = dice.random(N) < 0.05
    evident = (marked & (dice.random(N) < 0.6)) | (dice.random(N) < 0.004)
    by_cause = np.zeros((N, len(registry().causes)))
    by_cause[evident, registry().causes.index("payer")] = 7.0
    by_cause[evident, registry().causes.index("address")] = 7.0
    x = dice.normal(size=(N, 5)).astype(np.float32)
    x[:, 0] = np.where(marked, 3.0, 0.0) + dice.normal(0, 0.3, N)
    return rows, Bits({}, {}, by_cause, registry().causes), x, [f"f{k}" for k in range(5)], marked


def scores(made: Made, order: np.ndarray | None = None) -> np.ndarray:
    rows, bits, x, names, _ = made
    order = np.arange(N) if order is None else order
    moved = Bits({}, {}, bits.by_cause[order], bits.causes)
    return smooth(rows.iloc[order].reset_index(drop=True), moved, [(x[order], names), (x[order], names)], GradeSettings(), 1)


def test_who_is_in_the_circumstances_of_those_with_evidence_ranks_before_others(made: Made) -> None:
    found, marked, evident = scores(made), made[4], made[1].by_cause.max(axis=1) > 0
    alike, others = found[marked & ~evident], found[~marked & ~evident]
    assert np.median(alike) > 3 * np.median(others)
    # Evidence that its circumstances support ranks before evidence alone.
    assert np.median(found[marked & evident]) > np.median(found[~marked & evident])


def test_what_the_evidence_grades_stays_graded_and_what_has_no_reason_does_not_become_so(made: Made) -> None:
    found, evident = scores(made), made[1].by_cause.max(axis=1) > 0
    medium = GradeSettings().t_medium
    assert (found[evident] >= medium).all()
    assert (found[~evident] < medium).all()
    assert ((found > 0) & (found < 1)).all()


def test_the_order_of_consignments_changes_nothing(made: Made) -> None:
    order = np.random.default_rng(9).permutation(N)
    assert np.allclose(scores(made)[order], scores(made, order), rtol=1e-9)


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.floats(-3, 3))
def test_as_many_of_either_flow_are_above_one_value_and_each_keeps_its_order(n_imports: int, n_exports: int, behind: float) -> None:
    dice = np.random.default_rng(n_imports + n_exports)
    imports = np.arange(n_imports + n_exports) < n_imports
    logits = dice.normal(-4, 1, len(imports)) - behind * ~imports
    found = levelled(imports.astype(int), logits)
    assert (found >= logits).all()
    for flow in (imports, ~imports):
        assert np.array_equal(np.argsort(found[flow], kind="stable"), np.argsort(logits[flow], kind="stable"))
    if min(n_imports, n_exports) < 200:
        assert np.array_equal(found, logits)
    else:
        assert np.isclose(*(np.quantile(found[flow], 0.9) for flow in (imports, ~imports)))
