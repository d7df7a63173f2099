"""The persons behind the mentions of the lists, and the relationships of what was traded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.graph.links import SAME_NAME_AND_PHONE, SAME_NUMBER, find_mentions, keyed_goods
from sandan.graph.people import personal_ids
from sandan.graph.trade import goods_lines
from sandan.record.ids import Keyring
from sandan.record.lake.frames import connect

Lists = Callable[..., Any]
KEYRING = Keyring(b"k" * 32)
BUYER = {
    "ebp_code": "P1", "order_no": "A", "buyer_id_hash": "h1", "buyer_name": "王小明", "buyer_name_norm": "王小明",
    "buyer_telephone_norm": "13800138000",
}  # fmt: skip
PARCEL = {
    "logistics_code": "L1", "logistics_no": "W1", "order_no": "A", "consignee": "王小明", "consignee_norm": "王小明",
    "consignee_telephone_norm": "13800138000",
}  # fmt: skip
NAMES = ("orders", "payments", "inventories", "waybills", "house_waybills", "tracking", "order_items", "inventory_items", "exchange_rates")


@pytest.fixture
def concluded(tmp_path: Path, lists_of: Lists) -> Callable[..., list[tuple[str, str, str]]]:
    """Who is concluded to be whom: label, person, because."""

    def find(**rows: Any) -> list[tuple[str, str, str]]:
        lists, con = lists_of(**rows), connect(threads=1)
        kept = {name: con.create_table(f"list_{name}", lists(name).to_pyarrow(), temp=True) for name in NAMES}
        people = find_mentions(kept.__getitem__, personal_ids(kept.__getitem__, KEYRING), KEYRING, con, tmp_path)
        found = con.to_pyarrow(people.is_person).to_pylist()
        con.disconnect()
        return sorted((row["label"], row["to"], row["because"]) for row in found)

    return find


def test_one_identity_number_is_one_person(concluded: Callable[..., Any]) -> None:
    payer = {"ebp_code": "P1", "order_no": "A", "payer_id_hash": "h1"}
    assert concluded(orders=[BUYER], payments=[payer]) == [("Buyer", "p:h1", SAME_NUMBER), ("Payer", "p:h1", SAME_NUMBER)]


def test_a_consignee_with_name_and_telephone_of_the_buyer_is_the_buyer(concluded: Callable[..., Any]) -> None:
    assert ("Consignee", "p:h1", SAME_NAME_AND_PHONE) in concluded(orders=[BUYER], waybills=[PARCEL])


@pytest.mark.parametrize("other", [{"consignee_norm": "李四"}, {"consignee_telephone_norm": "13900000000"}, {"order_no": "Z"}])
def test_without_one_of_them_nobody_is_concluded(concluded: Callable[..., Any], other: dict[str, str]) -> None:
    assert concluded(orders=[BUYER], waybills=[{**PARCEL, **other}]) == [("Buyer", "p:h1", SAME_NUMBER)]


def test_a_consignee_who_would_be_two_persons_is_nobody(concluded: Callable[..., Any]) -> None:
    second = {**BUYER, "order_no": "B", "buyer_id_hash": "h2"}
    found = concluded(orders=[BUYER, second], waybills=[PARCEL, {**PARCEL, "logistics_no": "W2", "order_no": "B"}])
    assert {label for label, _, _ in found} == {"Buyer"}


def test_goods_are_one_by_bar_code_else_by_code_and_name(tmp_path: Path, lists_of: Lists) -> None:
    names = [("cream", "694"), ("other words", "694"), ("cream", None), ("cream", None), ("soap", None)]
    rows = [
        {"ebp_code": "P1", "order_no": "A", "gnum": i, "item_name": name, "item_name_norm": name, "bar_code": bar, "parent_id": "orders-0"}
        for i, (name, bar) in enumerate(names)
    ]
    lists, con = lists_of(orders=[BUYER], order_items=rows), connect(threads=1)
    kept = {name: con.create_table(f"list_{name}", lists(name).to_pyarrow(), temp=True) for name in NAMES}
    found = con.to_pyarrow(keyed_goods(goods_lines(kept.__getitem__), con, tmp_path)).to_pylist()
    con.disconnect()
    goods = [row["goods_id"] for row in sorted(found, key=lambda row: row["gnum"])]
    assert goods[0] == goods[1] != goods[2] == goods[3] != goods[4] and len(set(goods)) == 3
