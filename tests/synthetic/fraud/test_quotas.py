"""Identities used up to the yearly limit, and honest people who buy as much."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from sandan.synthetic.base import base_world
from sandan.synthetic.fraud.quotas import bought_quota, family_account, heavy_buyer, lent_quota
from sandan.synthetic.params import world_params
from sandan.synthetic.trade.consignment import GroundTruth

LIMIT = Decimal(26_000)


@pytest.fixture(scope="module")
def world() -> Any:
    return base_world(world_params("demo", n_orders=600, seed=9, label_bias=0.0))


def spent(world: Any, kinds: set[str]) -> dict[str, dict[str, list[tuple[str, Decimal]]]]:
    """Group -> identity -> days and amounts."""
    orders, payments = world.of("CEB311", "orderNo"), world.of("CEB411", "orderNo")
    made: Any = defaultdict(lambda: defaultdict(list))
    for row in world.key:
        if row.kind in kinds and row.order_no in orders and row.order_no in payments:
            head = orders[row.order_no][0].head
            day = payments[row.order_no][0].head["payTime"][:8]
            made[row.group][head["buyerIdNumber"]].append((day, Decimal(head["acturalPaid"])))
            assert Decimal(head["goodsValue"]) < 5000
    assert made
    return made


def test_no_identity_goes_over_the_limit_and_lent_ones_come_near_it_in_weeks(large: Any) -> None:
    near, innocent = [], []
    for people in spent(large, {"lent_quota", "bought_quota"}).values():
        for rows in people.values():
            days = sorted(datetime.strptime(day, "%Y%m%d") for day, _ in rows)
            assert (days[-1] - days[0]).days <= 47
            near.append(sum(amount for _, amount in rows) / LIMIT)
    for people in spent(large, {"heavy_buyer", "family_account"}).values():
        assert len(people) == 1
        innocent += [sum(amount for _, amount in rows) / LIMIT for rows in people.values()]
    assert max(near) <= 1
    assert max(innocent) <= 1
    # Who stopped after an inspection had not used all.
    assert sorted(near)[len(near) // 2] > Decimal("0.8")
    assert max(innocent) > Decimal("0.75")


def test_every_identity_of_a_ring_of_lenders_is_used_up(world: Any) -> None:
    for act in (lent_quota, bought_quota):
        for size in (7, 16, 24):
            cases = act(world, GroundTruth("fraud", ("quota",), act.__name__, f"{act.__name__}-{size}"), size)
            sums: dict[str, int] = defaultdict(int)
            for case in cases:
                sums[case.trade.buyer.number] += case.trade.actual_paid
            assert len(cases) == size <= 25
            assert len(sums) == max(1, size // 10)
            assert all(1_800_000 < fen <= 2_600_000 for fen in sums.values()), sums


def test_honest_heavy_buyers_also_come_near_the_limit(world: Any) -> None:
    sums, receivers = [], []
    for act in (heavy_buyer, family_account):
        for number in range(30):
            cases = act(world, GroundTruth("hard_negative", ("quota",), act.__name__, f"{act.__name__}-{number}"), 8 + number % 8)
            sums.append(sum(case.trade.actual_paid for case in cases))
            receivers.append(len({case.trade.consignee.number for case in cases}))
            assert len({case.trade.buyer.number for case in cases}) == 1
    assert max(sums) <= 2_600_000
    assert sum(fen > 2_080_000 for fen in sums) > 10
    assert max(receivers) > 1
