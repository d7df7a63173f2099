"""Small lists as tables, read in as a user's files are, on a bench."""

import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.ingest.intake import ingest
from sandan.record.ids import KEY_BYTES
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings

Row = dict[str, Any]
BUYER, STRANGER = "110101199003074477", "320106198502284634"
HOME = "浙江省杭州市余杭区文一西路969号3幢501室"


class Trade:
    """Rows of consignments that agree in everything unless a test says otherwise."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {}
        self.messages: list[str] = []

    def add(self, name: str, **row: Any) -> None:
        self.tables.setdefault(name, []).append(row)

    def order(self, number: str, **more: Any) -> None:
        row = {"ebp_code": "P1", "order_no": number, "ebc_code": "S1", "goods_value": 100, "freight": 0, "tax_total": 0, "discount": 0, "actual_paid": 100,
               "currency": "CNY", "app_time": "20250401100000", "buyer_id_number": BUYER, "buyer_name": "李小宝", "buyer_telephone": "13800138000",
               "consignee": "李小宝", "consignee_telephone": "13800138000", "consignee_address": HOME, "pay_code": "Q1"}  # fmt: skip
        self.add("orders", **{**row, **more})

    def payment(self, number: str, **more: Any) -> None:
        row = {"ebp_code": "P1", "order_no": number, "pay_code": "Q1", "pay_transaction_id": f"T{number}", "amount_paid": 100, "currency": "CNY",
               "pay_time": "20250401093000", "app_time": "20250401101000", "payer_id_number": BUYER, "payer_name": "李小宝"}  # fmt: skip
        self.add("payments", **{**row, **more})

    def waybill(self, number: str, **more: Any) -> None:
        row = {"logistics_code": "L1", "logistics_no": f"W{number}", "order_no": number, "weight": 1, "app_time": "20250401110000", "consignee": "李小宝",
               "consignee_telephone": "13800138000", "consignee_address": HOME}  # fmt: skip
        self.add("waybills", **{**row, **more})

    def declaration(self, number: str, price: float = 100, *, item: str = "保湿面霜 50ml", gcode: str = "3304990039", **more: Any) -> None:
        row = {"ebp_code": "P1", "order_no": number, "logistics_code": "L1", "logistics_no": f"W{number}", "customs_code": "5100", "agent_code": "A1",
               "decl_time": "20250401", "cop_no": f"C{number}", "app_time": "20250401120000", "ebc_code": "S1", "buyer_id_number": BUYER,
               "buyer_name": "李小宝", "consignee_address": HOME}  # fmt: skip
        row |= more
        self.add("inventories", **row)
        self.add(
            "inventory_items",
            agent_code=row["agent_code"],
            cop_no=row["cop_no"],
            gnum=1,
            gcode=gcode,
            gname=item,
            qty=1,
            unit="122",
            price=price,
            currency="CNY",
        )

    def message(self, kind: str, record: str, **elements: str) -> None:
        """One record of a message that comes as XML only."""
        fields = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
        self.messages.append(f"<{kind}Message><{record}>{fields}</{record}></{kind}Message>")

    def whole(self, number: str) -> None:
        """All lists of one honest consignment."""
        self.order(number)
        self.payment(number)
        self.waybill(number)
        self.declaration(number)


def _write(folder: Path, tables: Mapping[str, Sequence[Row]]) -> None:
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture(scope="module")
def bench_of() -> Iterator[Callable[[Trade], Bench]]:
    """A bench with the lists of a trade; everything goes away with the module."""
    con = connect(threads=1)
    with tempfile.TemporaryDirectory() as name:
        made = 0

        def bench(trade: Trade) -> Bench:
            nonlocal made
            made += 1
            folder, home = Path(name, f"in{made}"), Path(name, f"home{made}")
            _write(folder, trade.tables)
            for number, text in enumerate(trade.messages):
                (folder / f"m{number}.xml").write_text(text, encoding="utf-8")
            home.mkdir()
            (home / "secret.key").write_text("ab" * KEY_BYTES)
            account = ingest([folder], load_settings(home))
            assert account.total("rejected") == 0
            (home / "work").mkdir()
            return Bench(Frames(Lake(home / "lake"), con, None), home / "work")

        yield bench
    con.disconnect()


@pytest.fixture(scope="session")
def make_trade() -> type[Trade]:
    return Trade


@pytest.fixture(scope="module")
def trade() -> Trade:
    return Trade()
