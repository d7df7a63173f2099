"""Lots: the same goods to one party within days, each under the limit and together above."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.groups.lots import LIMIT_CNY, Lot, find_lots, one_party, worth


def lots_of(drawing: Any, values: dict[int, float], group: dict[int, int] | None = None, shuffle: int | None = None) -> list[Lot]:
    """Lots where each person is a party, but for the items of `group`; what `values` does not name is worth 300."""
    view = drawing.view(shuffle)
    people = {}
    party = np.array([people.setdefault(item["touched"]["Buyer"], len(people)) for item in drawing.items], dtype=np.int64)
    label = np.full(view.n, -1, dtype=np.int64)
    for item, number in (group or {}).items():
        label[item] = number
    value = np.array([values.get(i, 300.0) for i in range(view.n)])
    return find_lots(view, one_party(label, party), party, value)


def split(drawing: Any, n: int, *, start: float = 20, step: float = 0.5, who: str = "importer", goods: str = "g5") -> list[int]:
    return [drawing.order(start + i * step, who=who, goods=goods) for i in range(n)]


def test_a_lot_of_one_person_is_found_among_honest_trade(drawing: Any) -> None:
    drawing.honest(1000)
    parcels = split(drawing, 8)
    lots = lots_of(drawing, dict.fromkeys(parcels, 2000.0))
    assert [lot.items.tolist() for lot in lots] == [parcels]
    lot = lots[0]
    assert (lot.n_identities, lot.total_cny, lot.span_days) == (1, 16000.0, 3.5)
    assert lot.p_value < 0.001
    assert lot.score >= 0.4
    assert drawing.view().contacts["Goods"].names[lot.goods].as_py() == "g5"


def test_a_lot_in_the_names_of_lenders_is_found_in_their_community(drawing: Any) -> None:
    drawing.honest(1000)
    parcels = [item for who in ("a", "b", "c") for item in split(drawing, 3, who=who)]
    values = dict.fromkeys(parcels, 1900.0)
    # Each alone is over the limit with three parcels, but together they say more.
    alone, together = lots_of(drawing, values), lots_of(drawing, values, dict.fromkeys(parcels, 0))
    assert [lot.n_identities for lot in alone] == [1, 1, 1]
    assert [(sorted(lot.items.tolist()), lot.n_identities) for lot in together] == [(parcels, 3)]


@pytest.mark.parametrize(
    ("n", "worth_each", "found"),
    [(2, 4000, False), (3, 1600, False), (3, 1666.6, False), (3, 1700, True), (3, 5000, True), (3, 5000.01, False), (8, 600, False)],
)
def test_a_lot_has_three_parcels_under_the_limit_and_is_above_it_together(drawing: Any, n: int, worth_each: float, found: bool) -> None:
    drawing.honest(300)
    parcels = split(drawing, n)
    assert bool(lots_of(drawing, dict.fromkeys(parcels, worth_each))) is found


def test_supplies_with_weeks_between_are_no_lot(drawing: Any) -> None:
    drawing.honest(300)
    parcels = split(drawing, 6, start=1, step=9)
    assert lots_of(drawing, dict.fromkeys(parcels, 4000.0)) == []


def test_of_a_long_row_the_densest_week_is_the_lot(drawing: Any) -> None:
    drawing.honest(300)
    far = split(drawing, 3, start=1, step=12)
    near = split(drawing, 5, start=50, step=1)
    lots = lots_of(drawing, dict.fromkeys([*far, *near], 2000.0))
    assert [lot.items.tolist() for lot in lots] == [near]


def test_different_goods_and_exports_are_no_lot(drawing: Any) -> None:
    drawing.honest(300)
    various = [drawing.order(20 + i / 2, who="buyer", goods=f"v{i}") for i in range(6)]
    abroad = [drawing.add(20 + i / 2, export=True, Buyer="exporter", Goods="g5") for i in range(6)]
    assert lots_of(drawing, dict.fromkeys([*various, *abroad], 3000.0)) == []


def test_orders_without_a_declared_value_do_not_count(drawing: Any) -> None:
    drawing.honest(300)
    parcels = split(drawing, 4)
    values = dict.fromkeys(parcels, 3000.0)
    assert len(lots_of(drawing, values)) == 1
    assert lots_of(drawing, values | dict.fromkeys(parcels[1:3], np.nan)) == []


@pytest.mark.parametrize(("kinds", "by_chance"), [(200, False), (1, True)])
def test_neighbours_who_buy_what_everybody_buys_are_there_by_chance(drawing: Any, kinds: int, by_chance: bool) -> None:
    everybody = drawing.honest(600, goods=kinds)
    parcels = [drawing.order(20 + i, goods="g0") for i in range(4)]
    block = dict.fromkeys([*everybody[:100], *parcels], 0)
    lots = lots_of(drawing, dict.fromkeys(parcels, 2500.0), block)
    lot = max(lots, key=lambda lot: lot.total_cny)
    assert np.isin(parcels, lot.items).all()
    assert (lot.p_value > 0.05) is by_chance
    assert (lot.p_value < 0.001) is not by_chance


def test_more_parcels_and_more_money_are_stronger(draw: Any) -> None:
    scores = []
    for n in (3, 5, 8):
        drawing = draw()
        drawing.honest(600)
        scores.append(lots_of(drawing, dict.fromkeys(split(drawing, n, step=0.3), 2500.0))[0].score)
    assert scores == sorted(scores)
    assert 0 < scores[0] < scores[2] <= 0.9


@given(values=st.lists(st.tuples(st.floats(0, 60), st.floats(0, 6000)), min_size=1, max_size=15), shuffle=st.integers(0, 2**32 - 1))
def test_a_lot_is_always_what_it_says(draw: Any, values: list[tuple[float, float]], shuffle: int) -> None:
    drawing = draw()
    drawing.honest(20)
    parcels = [drawing.order(day, who="importer", goods="g5") for day, _ in values]
    value = dict(zip(parcels, (v for _, v in values), strict=True))
    found, again = lots_of(drawing, value), lots_of(drawing, value, shuffle=shuffle)
    assert [lot.items.tolist() for lot in found] == [lot.items.tolist() for lot in again]
    for lot in found:
        each = [value.get(i, 300.0) for i in lot.items.tolist()]
        assert len(each) >= 3
        assert max(each) <= LIMIT_CNY < sum(each) == pytest.approx(lot.total_cny)
        # A week of it makes the lot; the run goes on as long as one follows the other within four days.
        assert lot.span_days <= 4 * (len(each) - 1)
        assert 0 <= lot.p_value <= 1
        assert 0 < lot.score < 1


def test_no_trade_no_lots(drawing: Any) -> None:
    assert lots_of(drawing, {}) == []


def test_of_several_declarations_of_an_order_the_largest_value_counts(drawing: Any) -> None:
    for _ in range(3):
        drawing.order()
    view = drawing.view()
    first, second, third = view.ids.to_pylist()
    value = worth(view, [first, first, second, "not here"], [10.0, 30.0, None, 99.0])
    assert value[0] == 30.0
    assert np.isnan(value[1:]).all()
    assert third not in (first, second)
