import datetime as dt
import itertools
import random
import statistics
from collections import Counter
from decimal import Decimal
from typing import Any


def test_sums_of_honest_orders_are_exact(world: Any) -> None:
    honest = {row.order_no for row in world.key if row.truth == "honest" and row.flow == "import"}
    payments = world.of("CEB411", "orderNo")
    checked = 0
    for record in world.records["CEB311"]:
        head = {k: Decimal(v) for k, v in record.head.items() if k in ("goodsValue", "freight", "taxTotal", "discount", "acturalPaid")}
        if record.head["orderNo"] not in honest:
            continue
        assert head["goodsValue"] == sum(Decimal(line["price"]) * Decimal(line["qty"]) for line in record.lines)
        assert head["acturalPaid"] == head["goodsValue"] + head["freight"] + head["taxTotal"] - head["discount"]
        assert abs(head["taxTotal"] - (head["goodsValue"] + head["freight"]) * Decimal("0.091")) <= Decimal("0.005")
        assert head["goodsValue"] <= 5000
        paid = payments.get(record.head["orderNo"], [])
        assert all(Decimal(payment.head["amountPaid"]) == head["acturalPaid"] for payment in paid)
        checked += 1
    assert checked > 3000


def test_declarations_have_the_lines_of_their_orders(world: Any) -> None:
    orders = world.of("CEB311", "orderNo")
    ordinary = {row.order_no for row in world.key if row.truth == "honest"}
    for record in world.records["CEB621"]:
        for order in orders.get(record.head["orderNo"], []) if record.head["orderNo"] in ordinary else []:
            same = ("gnum", "itemNo", "itemName", "qty", "price", "totalPrice", "country", "barCode")
            assert [[line[e] for e in same] for line in order.lines] == [[line[e] for e in same] for line in record.lines]


def test_waybills_come_before_and_after_the_declaration(world: Any) -> None:
    waybills = world.of("CEB511", "logisticsNo")
    later = Counter(
        waybills[number][0].head["appTime"] > records[0].head["appTime"]
        for number, records in world.of("CEB621", "logisticsNo").items()
        if number in waybills
    )
    assert 0.2 < later[True] / later.total() < 0.5


def test_lists_are_corrected_sent_twice_and_deleted(world: Any) -> None:
    kinds = Counter(record.head["appType"] for records in world.records.values() for record in records)
    assert kinds["2"] > 20
    assert kinds["3"] > 20
    guids = Counter(record.head["guid"] for records in world.records.values() for record in records)
    assert sum(count == 2 for count in guids.values()) > 20


def test_a_company_goes_by_both_codes_and_an_address_by_several_writings(world: Any) -> None:
    assert {len(record.head["ebpCode"]) for record in world.records["CEB311"]} == {10, 18}
    addresses = [record.head["consigneeAddress"] for record in world.records["CEB311"]]
    for sign in ("幢", "栋", "号楼", "１", " "):
        assert any(sign in address for address in addresses), sign


def test_export_money_comes_weeks_later_and_misses_at_the_end(world: Any) -> None:
    receipts = world.of("CEB403", "orderNo")
    orders = sorted(world.records["CEB303"], key=lambda record: record.head["appTime"])
    half = len(orders) // 2
    early, late = ([record.head["orderNo"] in receipts for record in part] for part in (orders[: half // 2], orders[-half // 2 :]))
    assert sum(early) / len(early) > 0.95
    assert sum(late) / len(late) < 0.6


def test_nothing_is_sent_after_the_last_day(world: Any) -> None:
    assert max(record.head["appTime"] for records in world.records.values() for record in records) < "20250430000000"


def test_some_goods_come_back_after_their_delivery(world: Any) -> None:
    declared = world.of("CEB621", "invtNo")
    returned = world.records["CEB625"]
    assert 0.003 < len(returned) / len(declared) < 0.02
    for record in returned:
        (first, *_) = declared[record.head["invtNo"]]
        assert record.head["appTime"] > first.head["appTime"]
        assert [line["gcode"] for line in record.lines] == [line["gcode"] for line in first.lines]


def _burstiness(sequences: list[list[float]]) -> float:
    """The coefficient of Goh and Barabasi, over gaps as parts of their own mean: 0 for a Poisson process, more for bursts."""
    gaps = [[b - a for a, b in itertools.pairwise(times)] for times in sequences]
    scaled = [gap / statistics.mean(own) for own in gaps for gap in own]
    deviation = statistics.pstdev(scaled)
    return (deviation - 1) / (deviation + 1)


def test_people_order_in_bursts(world: Any) -> None:
    ordinary = {row.order_no for row in world.key if row.truth == "honest"}
    sequences = []
    for records in world.of("CEB311", "buyerIdNumber").values():
        times = {dt.datetime.strptime(r.head["appTime"], "%Y%m%d%H%M%S").timestamp() for r in records if r.head["orderNo"] in ordinary}
        if len(times) >= 4:
            sequences.append(sorted(times))
    assert len(sequences) > 150
    # As few orders each, at any time: short sequences have a coefficient below 0 by chance alone.
    first, last = min(map(min, sequences)), max(map(max, sequences))
    chance = random.Random(1)
    evenly = [sorted(chance.uniform(first, last) for _ in times) for times in sequences]
    assert _burstiness(sequences) > _burstiness(evenly) + 0.05
