"""Innocent people do what frauds do: each sign that a fraud shows, somebody innocent shows too."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any


def is_fraud(row: Any) -> bool:
    return bool(row.truth == "fraud")


def innocent(import_records: Iterable[Any], kind: str) -> dict[str, list[tuple[Any, Any]]]:
    """Records of a message by declared number of order or parcel, of those who did nothing wrong."""
    made: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for message, _, record, row in import_records:
        if message == kind and not is_fraud(row):
            made[row.order_no].append((record, row))
    return made


def test_honest_people_repeat(import_records: list[Any]) -> None:
    orders = {record.head["orderNo"]: record for kind, _, record, row in import_records if kind == "CEB311" and row.truth == "honest"}
    buyers = Counter(record.head["buyerIdNumber"] for record in orders.values())
    assert sum(count > 1 for count in buyers.values()) > 0.2 * len(buyers)
    assert max(buyers.values()) >= 10
    # At the same shop, the same article, on the same day.
    again = Counter((r.head["buyerIdNumber"], r.head["ebcCode"]) for r in orders.values())
    assert sum(count > 1 for count in again.values()) > 0.01 * len(again)
    articles = Counter((r.head["buyerIdNumber"], line["itemNo"]) for r in orders.values() for line in r.lines)
    assert sum(count > 1 for count in articles.values()) >= 20
    days = Counter((r.head["buyerIdNumber"], r.head["appTime"][:8]) for r in orders.values())
    assert sum(count > 1 for count in days.values()) >= 20


def test_honest_people_pay_for_others(import_records: list[Any]) -> None:
    orders = innocent(import_records, "CEB311")
    others = {
        number
        for number, paid in innocent(import_records, "CEB411").items()
        for record, _ in paid
        for order, _ in orders.get(number, [])
        if record.head["payerIdType"] == "1" and record.head["payerIdNumber"] != order.head["buyerIdNumber"]
    }
    forged = {
        row.order_no for kind, _, _, row in import_records if kind == "CEB311" and "payer_not_buyer" in row.typologies and is_fraud(row)
    }
    assert len(others) >= max(20, len(forged) / 2)


def test_honest_lists_come_late(import_records: list[Any]) -> None:
    declared = {
        row.order_no: record.head["appTime"]
        for kind, _, record, row in import_records
        if kind == "CEB621" and record.head["appType"] == "1"
    }
    for kind in ("CEB311", "CEB411", "CEB511"):
        late = {
            number
            for number, records in innocent(import_records, kind).items()
            for record, row in records
            if row.truth == "honest" and record.head["appType"] == "1" and record.head["appTime"] > declared.get(number, "9")
        }
        assert len(late) > 0.01 * len(declared), kind


def test_honest_people_buy_cheap(import_records: list[Any]) -> None:
    prices: dict[str, list[tuple[float, str, bool]]] = defaultdict(list)
    for kind, _, record, row in import_records:
        if kind == "CEB311":
            cheap = is_fraud(row) and "undervaluation" in row.typologies
            for line in record.lines:
                prices[line["itemNo"]].append((float(line["price"]), row.truth, cheap))
    ratios = [
        (price / usual, truth, cheap)
        for seen in prices.values()
        if (usual := median(price for price, _, _ in seen)) and len(seen) >= 5
        for price, truth, cheap in seen
    ]
    forged = [ratio for ratio, _, cheap in ratios if cheap]
    usual = median(forged)
    assert sum(ratio <= usual for ratio, truth, _ in ratios if truth != "fraud") >= len(forged) / 4
    assert sum(ratio <= 0.85 for ratio, truth, _ in ratios if truth == "honest") >= 20


def test_every_typology_has_innocents_that_bear_its_sign(large: Any) -> None:
    borne: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    for row in large.key:
        if row.typologies:
            borne[row.flow, is_fraud(row)].update(row.typologies.split("|"))
    for flow in ("import", "export"):
        forged, alike = borne[flow, True], borne[flow, False]
        assert not {name for name in forged if not alike[name]}, flow
    assert sum(alike.total() for (_, fraud), alike in borne.items() if not fraud) > sum(
        f.total() for (_, fraud), f in borne.items() if fraud
    )


def signs(import_records: Iterable[Any], tracked: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Sign -> the consignments that bear it, by order number, as the files show them."""
    lists: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows: dict[str, Any] = {}
    for kind, _, record, row in import_records:
        lists[row.order_no][kind].append(record)
        rows[row.order_no] = row
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kinds in lists.values():
        for order in kinds["CEB311"]:
            for name in ("consigneeTelephone", "consigneeAddress", "buyerRegNo"):
                behind[name, order.head[name]].add(order.head["buyerIdNumber"])
            for paid in kinds["CEB411"]:
                behind["payer", paid.head["payerIdNumber"]].add(order.head["buyerIdNumber"])
    made: dict[str, dict[str, Any]] = defaultdict(dict)
    for number, kinds in lists.items():
        for sign in _borne(kinds, behind, tracked):
            made[sign][number] = rows[number]
    return made


def _borne(kinds: dict[str, list[Any]], behind: dict[tuple[str, str], set[str]], tracked: dict[str, str]) -> Iterator[str]:
    order, paid, way, declared = (kinds[name][0].head if kinds[name] else None for name in ("CEB311", "CEB411", "CEB511", "CEB621"))
    if declared:
        yield from (f"no {name}" for name, there in (("order", order), ("payment", paid), ("waybill", way)) if not there)
        if any(one.head["payTime"][:8] > declared["declTime"] for one in kinds["CEB411"]):
            yield "paid after the declaration"
        if declared["logisticsNo"] in tracked and tracked[declared["logisticsNo"]] < declared["appTime"]:
            yield "delivered before the declaration"
    if order and paid:
        if order["buyerIdNumber"] != paid["payerIdNumber"]:
            yield "another pays"
        if abs(float(order["acturalPaid"]) - float(paid["amountPaid"])) > 1:
            yield "another amount"
        if order["ebpCode"] != paid["ebpCode"]:
            yield "another platform"
        if len(behind["payer", paid["payerIdNumber"]]) >= 3:
            yield "pays for three"
    if order and way and order["consigneeAddress"][:8] != way["consigneeAddress"][:8]:
        yield "another address"
    if way and paid and way["appTime"] < paid["payTime"]:
        yield "waybill before the payment"
    if order:
        yield from (f"shared {name}" for name in ("consigneeTelephone", "consigneeAddress") if len(behind[name, order[name]]) >= 3)
        if any(float(line["qty"]) >= 6 for line in kinds["CEB311"][0].lines):
            yield "many pieces"
        said = [float(order[name]) for name in ("goodsValue", "freight", "taxTotal", "discount", "acturalPaid")]
        if abs(said[0] + said[1] + said[2] - said[3] - said[4]) > 1:
            yield "the sum is wrong"


def test_every_sign_that_a_fraud_shows_is_shown_by_some_innocent(large: Any, import_records: list[Any]) -> None:
    tracked = {row["logistics_no"]: re.sub(r"\D", "", row["event_at"]) for row in large.table("tracking")}
    borne = signs([one for one in import_records if one[3].settled == "1"], tracked)
    counts = {sign: Counter(is_fraud(row) for row in rows.values()) for sign, rows in borne.items()}
    assert len(counts) >= 12
    alone = {sign: count[True] for sign, count in counts.items() if count[True] and not count[False]}
    assert not alone
