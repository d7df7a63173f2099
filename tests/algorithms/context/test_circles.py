"""Who stands around a consignment, at one hop and at two."""

import numpy as np
import pandas as pd

from sandan.algorithms.context import circles
from sandan.algorithms.context.circles import CIRCLES, circle_values, joined


def rows(n: int, **columns: object) -> pd.DataFrame:
    names = {c for circle in CIRCLES.values() for c in (*circle.identifiers, *circle.different, circle.party, "hs4", "country")}
    marks = {mark for circle in CIRCLES.values() for mark in circle.marks}
    frame = pd.DataFrame({name: [None] * n for name in names} | dict.fromkeys(marks, 0.0) | {"imp": 1, "value": 10.0, "t": 0.0})
    return frame.assign(**columns)


def test_a_chain_joins_those_whose_ends_share_nothing() -> None:
    # 0 and 1 share a telephone, 1 and 2 a door: 0 meets 2 at the second hop.
    frame = rows(4, tel=["a", "a", None, None], door=[None, "x", "x", "z"], buyer=list("pqrs"), seller=["s", "s", "s", "t"])
    found = circle_values(frame)
    assert found.people1_n.tolist() == [1, 2, 1, 0]
    assert found.people2_n.tolist() == [2, 2, 2, 0]
    assert found.people2_same_seller_d_buyer.tolist() == [3, 3, 3, 1]
    assert found.people2_same_seller_value.tolist() == [30, 30, 30, 10]


def test_those_weeks_apart_are_not_joined_and_a_hub_joins_only_its_nearest() -> None:
    frame = rows(3, tel="a", t=[0.0, 10.0, 40.0])
    assert joined(frame, ["tel"], np.ones(3, bool)).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    many = rows(500, tel="a", t=np.linspace(0, 1, 500))
    assert joined(many, ["tel"], np.ones(500, bool), nearest=40).getnnz(axis=1).max() == 40


def test_negative_amounts_give_numbers() -> None:
    frame = rows(2, tel="a", value=[-500.0, 20.0])
    assert np.isfinite(circle_values(frame).to_numpy(float)).all()
    assert circle_values(frame).people1_value.tolist() == [0.0, 0.0]


def test_chunks_give_the_same(monkeypatch: object) -> None:
    dice = np.random.default_rng(2)
    frame = rows(
        300,
        tel=dice.integers(0, 60, 300).astype(str),
        buyer=dice.integers(0, 90, 300).astype(str),
        seller=dice.integers(0, 9, 300).astype(str),
    )
    whole = circle_values(frame)
    kept = circles._CHUNK
    circles._CHUNK = 7
    try:
        assert circle_values(frame).equals(whole)
    finally:
        circles._CHUNK = kept


def test_no_consignments_are_borne() -> None:
    found = circle_values(rows(0))
    assert len(found) == 0 and "people2_same_seller_d_buyer" in found
