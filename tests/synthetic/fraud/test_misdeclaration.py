"""Forged goods and prices, and innocent trade that looks so: the signs are in the files."""

from collections import defaultdict
from decimal import Decimal
from statistics import median
from typing import Any

import pytest

from sandan.synthetic.market.catalogue import IMPORT_FAMILIES, PROFILES

FAMILIES = {line.split("|")[1]: line.split("|")[0] for line in IMPORT_FAMILIES.strip().split("\n")}


@pytest.fixture(scope="module")
def prices(large: Any) -> dict[str, float]:
    seen = defaultdict(list)
    for row in large.table("market_prices"):
        seen[row["item_name"]].append(float(row["price"]))
    return {name: median(found) for name, found in seen.items()}


def lines(world: Any, kind: str) -> list[tuple[Any, Any]]:
    """First lines of order and first declaration of each consignment of a kind."""
    orders, declared = world.of("CEB311", "orderNo"), world.of("CEB621", "orderNo")
    return [(orders[row.order_no][0], declared[row.order_no][0]) for row in world.rows(kind)]


def test_other_goods_are_declared_than_were_ordered(large: Any) -> None:
    for order, declared in lines(large, "other_goods_declared"):
        pairs = list(zip(order.lines, declared.lines, strict=True))
        differ = [(asked, said) for asked, said in pairs if asked["itemNo"] != said["itemNo"]]
        assert len(differ) == 1
        ((asked, said),) = differ
        assert asked["itemName"] != said["itemName"]
        assert asked["totalPrice"] == said["totalPrice"]
        assert order.head["goodsValue"] == str(sum(Decimal(said["totalPrice"]) for _, said in pairs))


def test_a_cheaper_code_is_that_of_other_goods(large: Any) -> None:
    usual = {}
    for declared in large.records["CEB621"]:
        for line in declared.lines:
            usual.setdefault(line["itemNo"], []).append(line["gcode"])
    for order, declared in lines(large, "cheaper_code"):
        codes = [(line["gcode"], max(set(usual[line["itemNo"]]), key=usual[line["itemNo"]].count)) for line in declared.lines]
        assert sum(said[:6] != known[:6] for said, known in codes) >= 1
        assert [line["itemName"] for line in order.lines] == [line["itemName"] for line in declared.lines]


def test_fewer_pieces_are_declared_than_ordered_and_paid(large: Any) -> None:
    for order, declared in lines(large, "fewer_pieces_declared"):
        assert int(declared.lines[0]["qty"]) < int(order.lines[0]["qty"])
        assert declared.lines[0]["price"] == order.lines[0]["price"]


def test_innocent_goods_differ_in_words_lines_units_and_neighbouring_codes(large: Any) -> None:
    for order, declared in lines(large, "declared_in_other_words"):
        assert order.lines[0]["itemNo"] == declared.lines[0]["itemNo"]
        assert order.lines[0]["itemName"] != declared.lines[0]["itemName"]
    for order, declared in lines(large, "kit_in_parts"):
        assert (len(order.lines), len(declared.lines)) == (1, 2)
        assert sum(Decimal(line["totalPrice"]) for line in declared.lines) == Decimal(order.lines[0]["totalPrice"])
    listed = {row["item_name"] for row in large.table("listings")}
    assert any(order.lines[0]["itemName"] in listed for order, _ in lines(large, "kit_in_parts"))
    for order, declared in lines(large, "other_unit"):
        assert (order.lines[0]["qty"], order.lines[0]["unit"]) != (declared.lines[0]["qty"], declared.lines[0]["unit"])
        assert order.lines[0]["totalPrice"] == declared.lines[0]["totalPrice"]
    for _, declared in lines(large, "classified_otherwise"):
        assert all(line["gcode"] not in FAMILIES and any(line["gcode"][:8] == code[:8] for code in FAMILIES) for line in declared.lines)


def shares(world: Any, kind: str, prices: dict[str, float]) -> list[float]:
    """Highest price of each consignment against the market."""
    return [max(float(line["price"]) / prices[line["itemName"]] for line in declared.lines) for _, declared in lines(world, kind)]


def test_money_is_moved_at_many_times_the_price(large: Any, prices: dict[str, float]) -> None:
    for kind in ("money_out", "padded_line"):
        found = shares(large, kind, prices)
        assert min(found) > 2
        assert 3 < max(found) < 7
        for order, declared in lines(large, kind):
            assert order.lines[0]["price"] == declared.lines[0]["price"]
            assert Decimal(order.head["goodsValue"]) < 5000


def test_rare_editions_and_slips_look_overvalued(large: Any, prices: dict[str, float]) -> None:
    rare, slips = shares(large, "rare_edition", prices), shares(large, "unit_slip", prices)
    assert min(rare) > 1.5
    assert max(rare) > 3
    assert max(slips) > 2.5
    payments = large.of("CEB411", "orderNo")
    for row in large.rows("currency_slip"):
        first, *later = sorted(large.of("CEB311", "orderNo")[row.order_no], key=lambda record: record.head["appTime"])
        paid = Decimal(payments[row.order_no][0].head["amountPaid"])
        assert Decimal(first.head["acturalPaid"]) > 4 * paid
        assert [Decimal(record.head["acturalPaid"]) for record in later] == [paid]


def test_goods_do_not_fit_a_specialised_platform(large: Any) -> None:
    sold = defaultdict(lambda: defaultdict(int))  # type: Any
    for declared in large.records["CEB621"]:
        for line in declared.lines:
            sold[declared.head["ebpCode"]][FAMILIES.get(line["gcode"], "")] += 1
    listed = {(row["ebp_code"], row["item_name"]): [] for row in large.table("listings")}  # type: Any
    for row in large.table("listings"):
        listed[row["ebp_code"], row["item_name"]].append(row["seen_on"].replace("-", ""))
    payments = large.of("CEB411", "orderNo")
    for kind in ("borrowed_shop", "shell_range", "new_product_line", "presents_of_a_season"):
        for row, (_, declared) in zip(large.rows(kind), lines(large, kind), strict=True):
            ranges = sold[row.ebp_code]
            family = FAMILIES[declared.lines[0]["gcode"]]
            # It is a specialised platform, and such goods are rare there.
            profile = max(PROFILES.values(), key=lambda families: sum(ranges[one] for one in families))
            assert sum(ranges[one] for one in profile) > 0.75 * sum(ranges.values())
            assert family not in profile
            # On sale before they were sold: nothing else is wrong.
            assert min(listed[row.ebp_code, declared.lines[0]["itemName"]]) < payments[row.order_no][0].head["payTime"][:8]


def test_most_platforms_stay_general(large: Any) -> None:
    ranges = defaultdict(set)
    for declared in large.records["CEB621"]:
        ranges[declared.head["ebpCode"]].update(FAMILIES.get(line["gcode"], "") for line in declared.lines)
    assert sum(len(families) > 22 for families in ranges.values()) >= 4
