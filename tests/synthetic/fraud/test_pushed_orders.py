"""Pushed orders and triangles: what they and honest look-alikes leave."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sandan.synthetic.base import base_world
from sandan.synthetic.documents.imports import import_lists
from sandan.synthetic.fraud.pushed_orders import late_sync, leader_pays, live_room, pushed_by_agents, pushed_copies
from sandan.synthetic.fraud.triangles import integrated_group, paper_circle, small_port
from sandan.synthetic.params import world_params
from sandan.synthetic.trade.consignment import Case, GroundTruth


@pytest.fixture(scope="module")
def world() -> Any:
    return base_world(world_params("demo", n_orders=3000, seed=9, label_bias=0.0))


def made(world: Any, act: Callable[..., list[Case]], size: int = 20, truth: str = "fraud") -> list[Case]:
    return act(world, GroundTruth(truth, ("pushed_order",), act.__name__, f"{act.__name__}-1", ""), size)


def is_flat(cases: list[Case]) -> bool:
    asked: dict[str, set[int]] = {}
    for case in cases:
        for line in case.trade.lines:
            asked.setdefault(line.item.item_no, set()).add(line.price)
    return all(len(prices) == 1 for prices in asked.values())


def test_pushed_orders_have_real_people_old_waybills_few_payers_flat_prices_and_one_platform(world: Any) -> None:
    for act in (pushed_by_agents, pushed_copies):
        cases = made(world, act)
        trades = [case.trade for case in cases]
        people = {person.number for person in world.population.people}
        assert {trade.buyer.number for trade in trades} <= people
        assert len({trade.address for trade in trades}) > 15
        assert sum(trade.waybill_sent < trade.paid for trade in trades) > 15
        assert len({trade.payer.telephone for trade in trades}) <= 3
        assert ({trade.payer.number for trade in trades} <= {trade.buyer.number for trade in trades}) == (act is pushed_copies)
        assert len({trade.platform.company.code for trade in trades}) == 1
        assert len({trade.seller.company.code for trade in trades}) >= 2
        assert is_flat(cases)


def test_honest_sales_bear_each_of_these_signs(world: Any) -> None:
    live = made(world, live_room, truth="hard_negative")
    assert is_flat(live)
    assert len({case.trade.platform.company.code for case in live}) == 1
    assert len({case.trade.seller.company.code for case in live}) >= 2
    assert all(case.trade.payer is case.trade.buyer or case.trade.payer.number == case.trade.buyer.number for case in live)
    late = [case.trade for case in made(world, late_sync, truth="hard_negative")]
    assert all(trade.waybill_sent < trade.paid < trade.declared for trade in late)
    assert all(trade.transaction.startswith(f"{trade.paid:%Y%m%d}") for trade in late)
    leaders = [case.trade for case in made(world, leader_pays, truth="hard_negative")]
    assert len({trade.payer.number for trade in leaders}) <= 2
    assert len({trade.buyer.number for trade in leaders}) > 10


def four(case: Case) -> tuple[str, str, str, str]:
    trade = case.trade
    return trade.seller.company.code, trade.carrier.code, trade.agent.code, trade.pay.code


def test_a_circle_is_always_the_same_four_and_only_some_of_its_lists_have_faults(world: Any) -> None:
    cases = made(world, paper_circle, 25)
    assert len(set(map(four, cases))) == 1
    seller = cases[0].trade.seller
    assert cases[0].trade.carrier not in seller.carriers
    assert cases[0].trade.agent is not seller.agent
    faults = Counter()
    for case in cases:
        lists = import_lists(case.trade, world.write, {})
        before = (lists.delivered_to, lists.payments[0].head["amountPaid"])
        if case.alter is not None:
            case.alter(lists)
        faults[before != (lists.delivered_to, lists.payments[0].head["amountPaid"]) or lists.status is None] += 1
    assert 2 <= faults[True] <= 0.75 * len(cases)


def test_honest_companies_also_move_together_and_slip_now_and_then(world: Any) -> None:
    group = made(world, integrated_group, 40, "hard_negative")
    assert len(set(map(four, group))) == 1
    port = made(world, small_port, 30, "hard_negative")
    assert len({(case.trade.carrier.code, case.trade.agent.code) for case in port}) == 1
    assert any(case.alter is not None for case in group + port)
    apart = [abs(case.trade.payment_sent - case.trade.order_sent) < dt.timedelta(minutes=1) for case in group]
    assert sum(apart) < len(apart)
