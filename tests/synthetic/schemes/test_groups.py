"""Groups, forged and innocent: what their members share is in the files, and no single row tells it."""

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
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
from sandan.synthetic.fraud.wordings import look_alike
from sandan.synthetic.fraud.workshops import WORKSHOPS
from sandan.synthetic.lookalikes.groups import INNOCENT
from sandan.synthetic.lookalikes.senders import INNOCENT_SENDERS
from sandan.synthetic.market.marks import MARKS
from sandan.synthetic.officers.inspections import finding, seen_by
from sandan.synthetic.output.key import KeyRow, read_key
from sandan.synthetic.params import WorldParams, world_params
from sandan.synthetic.schemes.groups import share_out
from sandan.synthetic.trade.consignment import Truth
from sandan.synthetic.world import write_world

RING_KINDS = {plot.kind for plot in RINGS if plot.typologies == ("identity_ring",)}
LOTS = {plot.kind for plot in RINGS if plot.typologies == ("split_lot",)}
# Dollars for a unit, about.
UNITS = {"USD": 1.0, "EUR": 1.08, "GBP": 1.29, "JPY": 0.0067, "AUD": 0.63, "KRW": 0.0007}
COPIES = {plot.kind for plot in WORKSHOPS if "brand_omitted" in plot.typologies}
FRAUDS, INNOCENTS = {plot.kind for plot in (*RINGS, *WORKSHOPS)}, {plot.kind for plot in (*INNOCENT, *INNOCENT_SENDERS)}


def groups(world: Any, kinds: Iterable[str], *, settled: bool = False) -> dict[str, list[KeyRow]]:
    """Rows by group; of what happened last something may still be on its way."""
    wanted, made = set(kinds), defaultdict(list)
    for row in world.key:
        if row.kind in wanted and (row.settled == "1" or not settled):
            made[row.group].append(row)
    assert made
    return made


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

    def doors(self, rows: list[KeyRow]) -> list[str]:
        """Addresses, different writings of one place counted as one."""
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


def houses(world: Any) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["logistics_code"], row["logistics_no"]): row for row in world.table("house_waybills")}


def parcels(world: Any, rows: list[KeyRow]) -> list[dict[str, str]]:
    known = houses(world)
    return [known[row.logistics_code, row.logistics_no] for row in rows]


def test_groups_come_out_the_same_again(tmp_path: Path) -> None:
    sums = []
    for name in "ab":
        files = write_world(tmp_path / name, world_params("demo", n_orders=2500, seed=8, days=45))
        paths = [files.key, *sorted(path for path in files.folder.rglob("*") if path.is_file())]
        sums.append(hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest())
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
    assert len(groups(large, RING_KINDS)) >= 7


def test_key_has_every_consignment_and_parcel_once(large: Any) -> None:
    keys = Counter((row.logistics_code, row.logistics_no) for row in large.key)
    assert set(keys.values()) == {1}
    apart = {(row.logistics_code, row.logistics_no) for row in large.key if not row.order_no}
    assert len(apart) == large.files.n_parcels >= 1600
    rows = large.table("house_waybills")
    assert len(houses(large)) == len(rows)
    assert apart <= set(houses(large)) <= set(keys)
    assert {row.group for row in large.key if row.kind in FRAUDS | INNOCENTS} == set(groups(large, FRAUDS | INNOCENTS))
    assert all(len({row.kind for row in rows}) == 1 for rows in groups(large, FRAUDS | INNOCENTS).values())


def test_rings_share_few_telephones_or_doors_and_no_identity(large: Any, sides: Sides) -> None:
    for name, rows in groups(large, RING_KINDS).items():
        people = [sides.orders[row.order_no].head["buyerIdNumber"] for row in rows]
        assert len(set(people)) == len(rows), name
        n_telephones, n_doors, most = len(set(sides.telephones(rows))), len(set(sides.doors(rows))), max(2, round(len(rows) / 2.4))
        if name.startswith("shared_telephones"):
            assert n_telephones <= most
            assert n_doors > len(rows) / 2
        elif name.startswith("shared_addresses"):
            assert n_doors <= most
            assert n_telephones > len(rows) / 2
        elif name.startswith("shared_both"):
            assert n_telephones <= most
            assert n_doors <= most
        else:
            assert n_telephones + n_doors <= len(rows) + 1


@pytest.mark.parametrize("size", [6, 13, 29, 40])
def test_a_chain_hangs_together(size: int) -> None:
    # Without officers: who was hit gives up what ties the rest.
    world = replace(base_world(WorldParams(n_orders=600, seed=size)), label_bias=0.0)
    cases = [case for case in chained(world, Truth("fraud", kind="chained", group="c"), size) if case.truth.truth == "fraud"]
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
    for rows in groups(large, RING_KINDS | LOTS).values():
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
    for rows in groups(large, RING_KINDS | LOTS, settled=True).values():
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
    for rows in groups(large, RING_KINDS | LOTS).values():
        for line in (line for row in rows for line in sides.declared[row.order_no].lines):
            prices = sorted(seen[line["itemName"]])
            shares.append(float(line["price"]) / prices[len(prices) // 2])
    assert min(shares) > 0.7
    assert max(shares) < 1.3


def test_a_lot_is_one_kind_of_goods_each_parcel_within_the_limit_together_far_above(large: Any, sides: Sides) -> None:
    for rows in groups(large, LOTS).values():
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
        assert min(len(set(sides.telephones(rows))), len(set(sides.doors(rows)))) == 1


def test_bystanders_are_honest(large: Any, sides: Sides) -> None:
    ring = {number for rows in groups(large, {"shared_telephones", "chained", "shared_both"}).values() for number in sides.telephones(rows)}
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
    for rows in groups(large, {"household"}, settled=True).values():
        people = {sides.orders[row.order_no].head["buyerIdNumber"] for row in rows}
        assert len(people) <= 6
        assert len(set(sides.doors(rows))) == 1
    for kind in ("dormitory", "dormitory_promotion"):
        for rows in groups(large, {kind}, settled=True).values():
            people = {sides.orders[row.order_no].head["buyerIdNumber"] for row in rows}
            assert len(set(sides.telephones(rows))) == len(people) >= 8
    for kind in ("dormitory", "office_reception", "pickup_point", "forwarder_warehouse"):
        for rows in groups(large, {kind}, settled=True).values():
            days = sorted(sides.payments[row.order_no].head["payTime"][:8] for row in rows)
            assert (datetime.strptime(days[-1], "%Y%m%d") - datetime.strptime(days[0], "%Y%m%d")).days > 20
            assert len({row.ebp_code for row in rows}) >= 3
    for rows in groups(large, {"office_reception", "pickup_point", "forwarder_warehouse"}, settled=True).values():
        assert len(set(sides.doors(rows))) == 1


def test_a_firm_on_the_register_pays_for_its_staff(large: Any, sides: Sides) -> None:
    firms = {row["uscc"] for row in large.table("companies")}
    for rows in groups(large, {"staff_gifts"}, settled=True).values():
        payers = {sides.payments[row.order_no].head["payerIdNumber"] for row in rows}
        assert len(payers) == 1
        assert payers <= firms
        assert len(set(sides.telephones(rows))) == len(rows)


def test_group_buyers_pay_themselves_and_supplies_come_weeks_apart(large: Any, sides: Sides) -> None:
    for rows in groups(large, {"group_buy"}, settled=True).values():
        for row in rows:
            assert sides.payments[row.order_no].head["payerIdNumber"] == sides.orders[row.order_no].head["buyerIdNumber"]
        assert len(set(sides.doors(rows))) == 1
    for rows in groups(large, {"monthly_supplies"}, settled=True).values():
        days = sorted(datetime.strptime(sides.payments[row.order_no].head["payTime"][:8], "%Y%m%d") for row in rows)
        assert all((later - first).days >= 6 for first, later in pairwise(days))
        assert len({line["gcode"] for row in rows for line in sides.declared[row.order_no].lines}) == 1
    for rows in groups(large, {"influencer_wave"}).values():
        assert len(set(sides.doors(rows))) > 0.9 * len(rows)


def test_workshops_leave_the_brand_off_and_share_what_they_say(large: Any) -> None:
    names = {mark.brand.lower() for mark in MARKS}
    for name, rows in groups(large, COPIES).items():
        sent = parcels(large, rows)
        assert not any(brand in row["description"].lower() for brand in names for row in sent), name
        weights = [float(row["weight_kg"]) for row in sent]
        values = [float(row["declared_value"]) * UNITS[row["currency"]] for row in sent]
        # Two kinds of goods at most: others after an inspection.
        assert sum(later / first > 1.1 for first, later in pairwise(sorted(weights))) <= 1, name
        assert max(values) < 40
        countries = Counter(row["receiver_country"] for row in sent)
        if "destination_concentration" in rows[0].typologies:
            assert sum(count for _, count in countries.most_common(3)) >= 0.7 * len(sent), name
        else:
            assert len(countries) >= 5
        telephones = {telephone.normal(row["sender_telephone"]) for row in sent}
        if "sender_cluster" in rows[0].typologies:
            assert len({row["sender_name"] for row in sent}) >= 3
            assert len(telephones) < 0.6 * len(sent), name
        else:
            assert len(telephones) >= 4
        if "channel_preference" in rows[0].typologies:
            assert sum(row["channel"] == "express" for row in sent) >= 0.6 * len(sent), name


def test_honest_senders_look_alike_but_are_not(large: Any) -> None:
    registered = {row["name"] for row in large.table("companies")}
    for rows in groups(large, {"consolidator"}).values():
        sent = parcels(large, rows)
        assert len({telephone.normal(row["sender_telephone"]) for row in sent}) == 1
        assert len({row["receiver_country"] for row in sent}) >= 5
        assert len({row["description"] for row in sent}) >= 8
    for rows in groups(large, {"unbranded_factory"}).values():
        sent = parcels(large, rows)
        assert {row["sender_name"] for row in sent} <= registered
        assert Counter(row["receiver_country"] for row in sent).most_common(1)[0][1] >= 0.6 * len(sent)
    recorded = {row["brand"]: row["aliases"].split("|") for row in large.table("brands")}
    for rows in groups(large, {"brand_owner_shop", "fan_shop"}).values():
        sent = parcels(large, rows)
        assert any(all(any(alias in row["description"] for alias in aliases) for row in sent) for aliases in recorded.values())
    holders = {row["right_holder"] for row in large.table("brands")}
    assert {row["sender_name"] for rows in groups(large, {"brand_owner_shop"}).values() for row in parcels(large, rows)} <= holders


def test_ordinary_parcels_are_many_and_various(large: Any) -> None:
    sent = parcels(large, [row for row in large.key if not row.order_no and row.truth == "honest"])
    assert len(sent) >= 1600
    assert len({row["sender_name"] for row in sent}) > 300
    assert len({row["receiver_country"] for row in sent}) > 10
    assert min(Counter(row["channel"] for row in sent).values()) > 0.15 * len(sent)
    declared = [
        any(mark.brand in row["description"] or any(a in row["description"] for a in mark.aliases) for mark in MARKS) for row in sent
    ]
    assert 0.08 < sum(declared) / len(sent) < 0.4
    doors = defaultdict(list)
    for row in sent:
        if row.get("sender_address"):
            doors[row["sender_name"], telephone.normal(row["sender_telephone"])].append(address.normal(row["sender_address"]) or "")
    for texts in doors.values():
        assert all(address.likeness(texts[0], text) > 0.9 for text in texts), "one sender, one place"


def test_a_look_alike_is_not_the_brand() -> None:
    dice = Dice(1, 1)
    for mark in MARKS:
        assert all(mark.brand.lower() not in look_alike(dice, mark.brand).lower() for _ in range(50))


def test_officers_find_some_groups_and_not_all(large: Any) -> None:
    by_parcel = {(row.logistics_code, row.logistics_no): row for row in large.key}
    rows = [(by_parcel[row["logistics_code"], row["logistics_no"]], row) for row in large.table("outcomes")]
    assert len(rows) > 400
    found = [(key, row) for key, row in rows if row["outcome"] != "compliant"]
    assert len(found) > 60
    assert all(key.truth == "fraud" for key, _ in found)
    for key, row in found:
        truth = Truth("fraud", tuple(key.typologies.split("|")))
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
    assert 4 <= len(known) < len(groups(large, FRAUDS))
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
