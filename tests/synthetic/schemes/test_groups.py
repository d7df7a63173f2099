"""Groups, forged and innocent: what their members share is in the files, and no single row shows it."""

import hashlib
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandan.record.values.addresses import address
from sandan.record.values.parties import telephone
from sandan.synthetic import plan
from sandan.synthetic.base import base_world
from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.shipments import background
from sandan.synthetic.fraud.rings import RINGS, chained
from sandan.synthetic.fraud.workshops import WORKSHOPS
from sandan.synthetic.lookalikes.groups import INNOCENT
from sandan.synthetic.lookalikes.senders import INNOCENT_SENDERS
from sandan.synthetic.officers.inspections import finding, seen_by
from sandan.synthetic.output.key import KeyRow, read_key
from sandan.synthetic.params import WorldParams, world_params
from sandan.synthetic.schemes.groups import share_out
from sandan.synthetic.trade.consignment import GroundTruth
from sandan.synthetic.world import write_world

RING_KINDS = {plot.kind for plot in RINGS if plot.typologies == ("identity_ring",)}
LOTS = {plot.kind for plot in RINGS if plot.typologies == ("split_lot",)}
FRAUDS, INNOCENTS = {plot.kind for plot in (*RINGS, *WORKSHOPS)}, {plot.kind for plot in (*INNOCENT, *INNOCENT_SENDERS)}


class Sides:
    """First records of the orders of a world, by order number."""

    def __init__(self, world: Any) -> None:
        self.orders = self._first(world, "CEB311", "orderNo")
        self.payments = self._first(world, "CEB411", "orderNo")
        self.declared = self._first(world, "CEB621", "orderNo")
        self.waybills = self._first(world, "CEB511", "orderNo")

    @staticmethod
    def _first(world: Any, kind: str, element: str) -> dict[str, Any]:
        # A slip in a telephone may be corrected later: the last word counts.
        return {number: max(records, key=lambda r: r.head["appTime"]) for number, records in world.of(kind, element).items()}

    def telephones(self, rows: list[KeyRow]) -> list[str]:
        return [telephone.normal(self.orders[row.order_no].head["consigneeTelephone"]) or "" for row in rows]

    def addresses(self, rows: list[KeyRow]) -> list[str]:
        """Addresses, different writings of one counted as one."""
        known: list[str] = []
        made = []
        for row in rows:
            text = address.normal(self.orders[row.order_no].head["consigneeAddress"]) or ""
            same = next((one for one in known if address.likeness(one, text) > 0.97 or one.startswith(text) or text.startswith(one)), None)
            if same is None:
                known.append(text)
            made.append(same or text)
        return made


@pytest.fixture(scope="module")
def sides(large: Any) -> Sides:
    return Sides(large)


def test_groups_come_out_the_same_again(tmp_path: Path) -> None:
    sums = []
    for name in "ab":
        files = write_world(tmp_path / name, world_params("demo", n_orders=600, seed=8, days=45))
        paths = [files.key, *sorted(path for path in files.folder.rglob("*") if path.is_file())]
        sums.append(hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest())
        assert FRAUDS & {row.kind for row in read_key(files.key)}
    assert sums[0] == sums[1]


@pytest.mark.parametrize("n_orders", [1, 30, 120, 400])
def test_small_worlds_have_a_small_ring_or_none(tmp_path: Path, n_orders: int) -> None:
    files = write_world(tmp_path / "a", world_params("demo", n_orders=n_orders, seed=2, days=14))
    sizes = Counter(row.group for row in read_key(files.key) if row.kind in FRAUDS)
    assert sum(sizes.values()) <= 0.02 * n_orders + 1
    assert bool(sizes) == (n_orders == 400)


def test_no_groups_where_none_are_wanted(tmp_path: Path) -> None:
    files = write_world(tmp_path / "a", world_params("demo", n_orders=500, days=30, ring_rate=0))
    assert not {row.kind for row in read_key(files.key)} & (FRAUDS | INNOCENTS)


def test_shares_are_met_and_sizes_vary() -> None:
    plots = (*RINGS, *WORKSHOPS)
    made = share_out(Dice(1, 1), 2000, plots)
    assert 1990 <= sum(size for _, size in made) <= 2000
    assert all(plot.low <= size <= plot.high for plot, size in made)
    assert {plot.kind for plot, _ in made} == FRAUDS
    rings = [size for plot, size in made if plot.kind in RING_KINDS]
    assert sum(size <= 8 for size in rings) > 3
    assert max(rings) > 30


def test_every_kind_is_there_and_the_innocent_are_more(large: Any) -> None:
    members = {truth: Counter(row.kind for row in large.key if row.truth == truth) for truth in ("fraud", "hard_negative")}
    assert set(members["fraud"]) >= FRAUDS
    assert set(members["hard_negative"]) >= INNOCENTS
    forged, innocent = sum(members["fraud"][kind] for kind in FRAUDS), sum(members["hard_negative"][kind] for kind in INNOCENTS)
    # Some stop after an inspection.
    assert 350 <= forged <= 400
    assert innocent > 1.5 * forged
    assert len(large.groups(RING_KINDS)) >= 7


def test_key_has_every_consignment_and_parcel_once(large: Any) -> None:
    keys = Counter((row.logistics_code, row.logistics_no) for row in large.key)
    assert set(keys.values()) == {1}
    apart = {(row.logistics_code, row.logistics_no) for row in large.key if not row.order_no}
    assert len(apart) == large.files.n_parcels >= 1600
    rows = large.table("house_waybills")
    assert len(large.houses()) == len(rows)
    assert apart <= set(large.houses()) <= set(keys)
    assert {row.group for row in large.key if row.kind in FRAUDS | INNOCENTS} == set(large.groups(FRAUDS | INNOCENTS))
    assert all(len({row.kind for row in rows}) == 1 for rows in large.groups(FRAUDS | INNOCENTS).values())


def test_rings_share_few_telephones_or_addresses_and_no_identity(large: Any, sides: Sides) -> None:
    for name, rows in large.groups(RING_KINDS).items():
        people = [sides.orders[row.order_no].head["buyerIdNumber"] for row in rows]
        assert len(set(people)) == len(rows), name
        n_telephones, n_addresses, most = len(set(sides.telephones(rows))), len(set(sides.addresses(rows))), max(2, round(len(rows) / 2.4))
        if name.startswith("shared_telephones"):
            assert n_telephones <= most
            assert n_addresses > len(rows) / 2
        elif name.startswith("shared_addresses"):
            assert n_addresses <= most
            assert n_telephones > len(rows) / 2
        elif name.startswith("shared_both"):
            assert n_telephones <= most
            assert n_addresses <= most
        else:
            assert n_telephones + n_addresses <= len(rows) + 1


@pytest.mark.parametrize("size", [6, 13, 29, 40])
def test_a_chain_hangs_together(size: int) -> None:
    # Without officers: who was detected gives up what joins the rest.
    world = replace(base_world(WorldParams(n_orders=600, seed=size)), label_bias=0.0)
    cases = [case for case in chained(world, GroundTruth("fraud", kind="chained", group="c"), size) if case.truth.truth == "fraud"]
    assert len(cases) == size
    joined: dict[str, str] = {}

    def root(one: str) -> str:
        while joined.setdefault(one, one) != one:
            one = joined[one]
        return one

    for case in cases:
        joined[root(case.trade.consignee.telephone)] = root(case.trade.address.plain())
    assert len({root(case.trade.consignee.telephone) for case in cases}) == 1


def test_rings_come_in_one_or_two_waves_from_few_sellers(large: Any, sides: Sides) -> None:
    for rows in large.groups(RING_KINDS | LOTS).values():
        heads = [sides.payments[row.order_no].head for row in rows]
        days = sorted(datetime.strptime(head["payTime"], "%Y%m%d%H%M%S") for head in heads)
        gaps = sorted((later - first).total_seconds() / 86400 for first, later in pairwise(days))
        assert sum(gaps[:-1]) <= 26
        # Three, and another after an inspection.
        assert len({seller_of(sides, row) for row in rows}) <= 4


def seller_of(sides: Sides, row: KeyRow) -> str:
    return str(sides.orders[row.order_no].head["ebcName"])


def test_lists_of_a_ring_or_lot_agree_row_by_row(large: Any, sides: Sides) -> None:
    services = {(r["pay_code"], r["ebp_code"]) for r in large.table("payment_services")}
    for rows in large.groups(RING_KINDS | LOTS, settled=True).values():
        for row in rows:
            lists = [by[row.order_no] for by in (sides.orders, sides.payments, sides.waybills, sides.declared)]
            order, payment, waybill, declared = (record.head for record in lists)
            assert order["buyerIdNumber"] == payment["payerIdNumber"] == declared["buyerIdNumber"]
            assert order["buyerName"] == order["consignee"] == payment["payerName"] == declared["buyerName"] == waybill["consignee"]
            assert Decimal(order["acturalPaid"]) == Decimal(payment["amountPaid"])
            parts = [Decimal(order[e]) for e in ("goodsValue", "freight", "taxTotal")]
            assert sum(parts) - Decimal(order["discount"]) == Decimal(order["acturalPaid"])
            assert [line["price"] for line in lists[0].lines] == [line["price"] for line in lists[3].lines]
            assert (payment["payCode"], row.ebp_code) in services
            first = address.normal(order["consigneeAddress"]) or ""
            assert all(address.likeness(first, address.normal(head["consigneeAddress"]) or "") > 0.9 for head in (waybill, declared))
            assert payment["payTime"][:8] <= declared["declTime"]


def test_prices_of_rings_are_the_usual_ones(large: Any, sides: Sides) -> None:
    seen = defaultdict(list)
    for row in large.table("market_prices"):
        seen[row["item_name"]].append(float(row["price"]))
    shares = []
    for rows in large.groups(RING_KINDS | LOTS).values():
        for line in (line for row in rows for line in sides.declared[row.order_no].lines):
            prices = sorted(seen[line["itemName"]])
            shares.append(float(line["price"]) / prices[len(prices) // 2])
    assert min(shares) > 0.7
    assert max(shares) < 1.3


def test_a_lot_is_one_kind_of_goods_each_parcel_within_the_limit_together_far_above(large: Any, sides: Sides) -> None:
    for rows in large.groups(LOTS).values():
        orders = [sides.declared[row.order_no] for row in rows]
        values = [Decimal(sides.orders[row.order_no].head["goodsValue"]) for row in rows]
        assert len({line["gcode"] for order in orders for line in order.lines}) == 1
        assert max(values) < 5000
        assert sum(values) > 7500
        by_person: Counter[str] = Counter()
        for order, value in zip(orders, values, strict=True):
            by_person[order.head["buyerIdNumber"]] += int(value)
        assert len(by_person) <= (1 if rows[0].kind == "split_to_one" else 5)
        assert max(by_person.values()) < 26_000
        assert min(len(set(sides.telephones(rows))), len(set(sides.addresses(rows)))) == 1


def test_bystanders_are_honest(large: Any, sides: Sides) -> None:
    ring = {number for rows in large.groups({"shared_telephones", "chained", "shared_both"}).values() for number in sides.telephones(rows)}
    members = {row.order_no for row in large.key if row.kind in RING_KINDS}
    others = {
        number
        for number, order in sides.orders.items()
        if number not in members and telephone.normal(order.head["consigneeTelephone"]) in ring
    }
    truths = Counter(row.truth for row in large.key if row.order_no in others)
    assert others
    # Now and then somebody else's forgery uses one of them too.
    assert truths["honest"] > 5 * truths["fraud"]


def test_innocent_buyers_share_a_place_but_not_more(large: Any, sides: Sides) -> None:
    for rows in large.groups({"household"}, settled=True).values():
        people = {sides.orders[row.order_no].head["buyerIdNumber"] for row in rows}
        assert len(people) <= 6
        assert len(set(sides.addresses(rows))) == 1
    for kind in ("dormitory", "dormitory_promotion"):
        for rows in large.groups({kind}, settled=True).values():
            people = {sides.orders[row.order_no].head["buyerIdNumber"] for row in rows}
            assert len(set(sides.telephones(rows))) == len(people) >= 8
    for kind in ("dormitory", "office_reception", "pickup_point", "forwarder_warehouse"):
        for rows in large.groups({kind}, settled=True).values():
            days = sorted(sides.payments[row.order_no].head["payTime"][:8] for row in rows)
            assert (datetime.strptime(days[-1], "%Y%m%d") - datetime.strptime(days[0], "%Y%m%d")).days > 20
            assert len({row.ebp_code for row in rows}) >= 3
    for rows in large.groups({"office_reception", "pickup_point", "forwarder_warehouse"}, settled=True).values():
        assert len(set(sides.addresses(rows))) == 1


def test_a_firm_on_the_register_pays_for_its_staff(large: Any, sides: Sides) -> None:
    firms = {row["uscc"] for row in large.table("companies")}
    for rows in large.groups({"staff_gifts"}, settled=True).values():
        payers = {sides.payments[row.order_no].head["payerIdNumber"] for row in rows}
        assert len(payers) == 1
        assert payers <= firms
        assert len(set(sides.telephones(rows))) == len(rows)


def test_group_buyers_pay_themselves_and_supplies_come_weeks_apart(large: Any, sides: Sides) -> None:
    for rows in large.groups({"group_buy"}, settled=True).values():
        for row in rows:
            assert sides.payments[row.order_no].head["payerIdNumber"] == sides.orders[row.order_no].head["buyerIdNumber"]
        assert len(set(sides.addresses(rows))) == 1
    for rows in large.groups({"monthly_supplies"}, settled=True).values():
        days = sorted(datetime.strptime(sides.payments[row.order_no].head["payTime"][:8], "%Y%m%d") for row in rows)
        assert all((later - first).days >= 6 for first, later in pairwise(days))
        assert len({line["gcode"] for row in rows for line in sides.declared[row.order_no].lines}) == 1
    for rows in large.groups({"influencer_wave"}).values():
        assert len(set(sides.addresses(rows))) > 0.9 * len(rows)


def test_officers_find_some_groups_and_not_all(large: Any) -> None:
    by_parcel = {(row.logistics_code, row.logistics_no): row for row in large.key}
    rows = [(by_parcel[row["logistics_code"], row["logistics_no"]], row) for row in large.table("outcomes")]
    assert len(rows) > 400
    found = [(key, row) for key, row in rows if row["outcome"] != "compliant"]
    assert len(found) > 60
    assert all(key.truth == "fraud" for key, _ in found)
    for key, row in found:
        truth = GroundTruth("fraud", tuple(key.typologies.split("|")))
        assert row["outcome"] == finding(truth)
        assert row["method"] in seen_by(truth)
    # Both classes in each third of the time in which something is found.
    times = sorted(row["inspected_at"] for _, row in rows)
    for third in range(3):
        part = set(times[third * len(times) // 3 : (third + 1) * len(times) // 3])
        assert {row["outcome"] == "compliant" for _, row in rows if row["inspected_at"] in part} == {True, False}
    members, single = (
        sum(key.truth == "fraud" and (key.kind in FRAUDS) == wanted for key, _ in found)
        / sum(row.truth == "fraud" and (row.kind in FRAUDS) == wanted for row in large.key)
        for wanted in (True, False)
    )
    assert 0 < members < single
    known = {key.group for key, _ in found if key.kind in FRAUDS}
    assert 4 <= len(known) < len(large.groups(FRAUDS))
    assert {row["probability"] for _, row in rows} == {"", "0.02"}
    targeted = [key.truth for key, row in rows if not row["probability"]]
    assert sum(truth != "fraud" for truth in targeted) > 0.3 * len(targeted), "a reason may be wrong"


def test_groups_cost_little_time(tmp_path: Path) -> None:
    params = world_params("demo", n_orders=6000, seed=4)
    start = time.process_time()
    write_world(tmp_path / "a", params)
    middle = time.process_time()
    made = base_world(params)
    begun = time.process_time()
    plan._groups(made, params)
    background(made, 480)
    extra = time.process_time() - begun
    assert extra < 0.2 * (middle - start)
