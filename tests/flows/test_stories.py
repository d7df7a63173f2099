"""The two stories of the domain, from tables to grades: the low-risk parcel and the milk-powder seller."""

import csv
import datetime as dt
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

Sandan = Callable[..., subprocess.CompletedProcess[str]]
PLATFORM, SELLER, PAY, CARRIER, AGENT = "4403160001", "4403160002", "4403160003", "4403160004", "4403160005"
HOME_ADDRESS, DEPOT = "浙江省杭州市余杭区文一西路969号3幢501室", "广东省深圳市宝安区福永街道仓储路8号"


def _write(folder: Path, name: str, rows: Iterable[Mapping[str, object]]) -> None:
    rows = list(rows)
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _declared(no: str, seller: str, at: str, day: str) -> dict[str, object]:
    return {"ebp_code": PLATFORM, "order_no": no, "logistics_code": CARRIER, "logistics_no": f"W{no}", "customs_code": "5100", "agent_code": AGENT,
            "decl_time": day, "cop_no": f"C{no}", "app_time": at, "ebc_code": seller, "buyer_id_number": "110101199003074477",
            "buyer_name": "李小宝", "buyer_telephone": "13800138000", "consignee_address": HOME_ADDRESS}  # fmt: skip


def _item(no: str, gcode: str, name: str, price: float) -> dict[str, object]:
    return {
        "agent_code": AGENT,
        "cop_no": f"C{no}",
        "gnum": 1,
        "gcode": gcode,
        "gname": name,
        "qty": 1,
        "unit": "122",
        "price": price,
        "currency": "142",
    }


@pytest.fixture(scope="module")
def graded(sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    tables = folder / "in"
    tables.mkdir()
    milk = [f"MILK2018120{i}" for i in range(1, 6)]
    low = "APENYUS150730301"
    _write(tables, "orders", [{"ebp_code": PLATFORM, "order_no": low, "ebc_code": SELLER, "goods_value": "559.43", "freight": "71.91", "tax_total": "70.71",
                               "discount": 0, "actual_paid": "702.05", "currency": "142", "app_time": "20181203171600",
                               "buyer_id_number": "110101199003074477", "buyer_name": "李小宝", "buyer_telephone": "13800138000",
                               "consignee": "李小宝", "consignee_telephone": "13800138000", "consignee_address": HOME_ADDRESS,
                               "ordered_at": "20181201094300"}])  # fmt: skip
    _write(tables, "payments", [{"ebp_code": PLATFORM, "order_no": no, "pay_code": pay, "pay_transaction_id": f"T{no}", "amount_paid": amount,
                                 "currency": "142", "pay_time": "20181201094500", "app_time": "20181203180000",
                                 "payer_id_number": "110101199003074477", "payer_name": "李小宝"}
                                for no, pay, amount in [(low, PAY, "702.05"), *[(no, "4403160009", "90") for no in milk]]])  # fmt: skip
    _write(tables, "waybills", [{"logistics_code": CARRIER, "logistics_no": f"W{no}", "order_no": no, "weight": 1, "app_time": "20181204090000",
                                 "consignee": "李小宝", "consignee_telephone": "13800138000", "consignee_address": HOME_ADDRESS}
                                for no in [low, *milk]])  # fmt: skip
    declared = [
        _declared(low, SELLER, "20181203171600", "20181203"),
        *[_declared(no, "4403160008", "20181203171600", "20181203") for no in milk],
    ]
    _write(tables, "inventories", declared)
    _write(
        tables,
        "inventory_items",
        [_item(low, "3304990039", "保湿面霜", 559.43), *[_item(no, "1901101000", "婴儿配方奶粉 900g", 90) for no in milk]],
    )
    _write(tables, "payment_services", [{"pay_code": PAY, "ebp_code": PLATFORM, "active_from": "2018-01-01"}])
    _write(
        tables,
        "market_prices",
        [{"hs_code": "1901101000", "item_name": "婴儿配方奶粉 900g", "price": 298, "currency": "CNY", "seen_on": "2018-11-20"}],
    )
    rate = {"hs_prefix": "33", "vat": "0.16", "consumption": 0, "valid_from": "2018-05-01", "reduction": "0.7"}
    _write(tables, "tax_rates", [rate, {**rate, "vat": "0.13", "valid_from": "2019-04-01"}])
    _write(
        tables,
        "receipts",
        [{"kind": "CEB622", "return_status": "800", "return_time": "20181205160100", "agent_code": AGENT, "cop_no": f"C{low}"}],
    )
    _write(tables, "tracking", [{"logistics_no": f"W{no}", "event_at": "2018-12-07T10:00:00+08:00", "status": "delivered", "logistics_code": CARRIER,
                                 "address": HOME_ADDRESS if no == low else DEPOT} for no in [low, *milk]])  # fmt: skip
    home = folder / "home"
    assert sandan(home, "ingest", tables, "--strict").returncode == 0
    assert sandan(home, "score").returncode == 0
    return home


def _rows(sandan: Sandan, home: Path, *command: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sandan(home, *command, "--format", "csv").stdout)))


def test_the_low_risk_parcel_is_low_without_a_finding(sandan: Sandan, graded: Path) -> None:
    row = next(r for r in _rows(sandan, graded, "alerts", "--all") if r["order_no"].startswith("APEN"))
    assert (row["grade"], row["typologies"], row["reasons"]) == ("low", "", "")


def test_the_tax_of_the_low_risk_parcel_is_right_to_the_fen(sandan: Sandan, graded: Path) -> None:
    alert = json.loads(sandan(graded, "explain", "APENYUS150730301", "--format", "json").stdout)["alert"]
    assert {name: alert[name] for name in ("tax_due", "tax_charged", "tax_full", "quota_used", "revenue_at_stake")} == {
        "tax_due": "70.71", "tax_charged": "70.71", "tax_full": "101.01", "quota_used": "0.00", "revenue_at_stake": "0.00",
    }  # fmt: skip
    printed = sandan(graded, "explain", "APENYUS150730301").stdout
    assert "Tax due 70.71 CNY" in printed and "in full" not in printed and "0.00 of 20,000 CNY of the year's allowance" in printed


def test_the_low_risk_parcel_took_102_hours_18_minutes_from_order_to_release(sandan: Sandan, graded: Path) -> None:
    rows = {(r["index"], r["of"]): r for r in _rows(sandan, graded, "measure", "--from", "2018-12-01", "--to", "2018-12-31")}
    row = rows["order_to_release", "grade:low"]
    assert dt.timedelta(hours=float(row["value"])) == dt.timedelta(hours=102, minutes=18) and row["unit"] == "hours"
    assert ("order_to_release", "grade:high") not in rows and list(row)[:7] == ["index", "value", "unit", "from", "to", "n", "definition"]


def test_the_low_risk_parcel_is_low_before_its_waybill_comes(sandan: Sandan, graded: Path, tmp_path: Path) -> None:
    home = shutil.copytree(graded, tmp_path / "home")
    assert sandan(home, "score", "--as-of", "2018-12-03T20:00:00+08:00").returncode == 0
    row = next(r for r in _rows(sandan, home, "alerts", "--all") if r["order_no"].startswith("APEN"))
    assert (row["grade"], row["status"]) == ("low", "pending")


def test_the_milk_powder_seller_is_high_with_its_four_signs(sandan: Sandan, graded: Path) -> None:
    seller = next(r for r in _rows(sandan, graded, "operators") if (r["role"], r["code"]) == ("seller", "4403160008"))
    assert seller["grade"] == "high"
    assert {"missing_order", "platform_mismatch", "address_mismatch", "undervaluation"} <= set(seller["typologies"].split("|"))
    assert {r["grade"] for r in _rows(sandan, graded, "alerts", "--all") if r["order_no"].startswith("MILK")} == {"high"}
