"""What a consignment touches, and since when: the earliest list that says so counts."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pytest

from sandan.graph.contacts import contacts, items
from sandan.graph.links import find_mentions, keyed_goods
from sandan.graph.people import personal_ids
from sandan.graph.trade import goods_lines, shipped_in
from sandan.record.ids import Keyring
from sandan.record.lake.frames import connect

Lists = Callable[..., Any]
KEYRING = Keyring(b"k" * 32)
A = {"ebp_code": "P1", "order_no": "A", "ebc_code": "S1"}
EARLY, LATE = datetime(2025, 4, 1, 8), datetime(2025, 4, 3, 8)


@pytest.fixture
def touched(tmp_path: Path, lists_of: Lists) -> Callable[..., dict[tuple[str, str], list[tuple[str, datetime]]]]:
    """Contacts by item and kind: targets with their times."""

    def find(**rows: Any) -> dict[tuple[str, str], list[tuple[str, datetime]]]:
        lists, con = lists_of(**rows), connect(threads=1)
        kept = {name: con.create_table(f"list_{name}", lists(name).to_pyarrow(), temp=True) for name in NAMES}
        ids = personal_ids(kept.__getitem__, KEYRING)
        people = find_mentions(kept.__getitem__, ids, KEYRING, con, tmp_path)
        lines = keyed_goods(goods_lines(kept.__getitem__), con, tmp_path)
        found: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
        table = contacts(kept.__getitem__, ids, people, lines, shipped_in(kept.__getitem__), KEYRING)
        for row in con.to_pyarrow(table).to_pylist():
            found.setdefault((row["item"], row["kind"]), []).append((row["target"], row["known_at"].replace(tzinfo=None)))
        con.disconnect()
        return found

    return find


NAMES = (
    "orders", "payments", "inventories", "waybills", "house_waybills", "tracking", "order_items", "inventory_items", "exchange_rates",
    "deliveries",
)  # fmt: skip


def test_a_contact_is_known_since_the_earliest_list_that_says_so(touched: Callable[..., Any]) -> None:
    found = touched(
        orders=[{**A, "buyer_id_hash": "b1", "known_at": LATE}],
        inventories=[{**A, "buyer_id_hash": "b1", "known_at": EARLY, "agent_code": "G1"}],
    )
    assert found["import:P1:A", "Buyer"] == [("b1", EARLY)]
    assert found["import:P1:A", "Seller"] == [("seller:S1", EARLY)]
    assert found["import:P1:A", "Agent"] == [("agent:G1", EARLY)]
    assert ("import:P1:A", "Payer") not in found


def test_a_parcel_s_contacts_are_those_of_its_order(touched: Callable[..., Any]) -> None:
    way = {"logistics_code": "L1", "logistics_no": "W1", "order_no": "A", "consignee_telephone_norm": "13800138000"}
    found = touched(orders=[A], waybills=[way, {**way, "logistics_no": "W2", "order_no": "Z"}])
    assert found["import:P1:A", "DropPhone"] == found["L1:W2", "DropPhone"]
    assert ("L1:W1", "DropPhone") not in found
    assert found["import:P1:A", "Logistics"][0][0] == "logistics:L1"


def test_a_telephone_that_a_platform_lends_identifies_nobody(touched: Callable[..., Any]) -> None:
    def order(number: str, telephone: str) -> dict[str, Any]:
        return {**A, "order_no": number, "buyer_telephone_norm": telephone}

    own, lent = [order("A", "13800138000")], [order("B", "17000000000#1"), order("C", "17000000000#2"), order("D", "17000000000")]
    found = touched(orders=[*own, *lent])
    assert {item for item, kind in found if kind == "OwnPhone"} == {"import:P1:A"}


def test_an_account_is_of_its_platform(touched: Callable[..., Any]) -> None:
    found = touched(
        orders=[{**A, "buyer_reg_no": "user77"}, {**A, "order_no": "B", "buyer_reg_no": "user77"}, {**A, "ebp_code": "P2", "buyer_reg_no": "user77"},
                {**A, "order_no": "C", "buyer_reg_no": "-1"}]
    )  # fmt: skip
    account = {item: target for (item, kind), [(target, _)] in found.items() if kind == "Account"}
    assert account["import:P1:A"] == account["import:P1:B"] != account["import:P2:A"]
    assert "import:P1:C" not in account


def test_an_item_is_known_since_the_first_list_that_names_it(lists_of: Lists) -> None:
    lists = lists_of(
        orders=[{**A, "known_at": LATE}], payments=[{"ebp_code": "P1", "order_no": "A", "known_at": EARLY}],
        house_waybills=[{"logistics_code": "L9", "logistics_no": "H1", "flow": "export"}],
    )  # fmt: skip
    shipped = ibis.memtable({"o": ["x"], "p": ["y"]})
    found = {row["id"]: row for row in items(lists, shipped).to_pyarrow().to_pylist()}
    assert found["import:P1:A"]["known_at"].replace(tzinfo=None) == EARLY
    assert (found["L9:H1"]["label"], found["L9:H1"]["flow"]) == ("Parcel", "export")
