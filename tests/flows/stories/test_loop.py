"""Stories of the domain that end in what somebody does: a warning, an inspection, a picture that is looked at."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

Sandan = Callable[..., subprocess.CompletedProcess[str]]
PLATFORM, SELLER, PAY, CARRIER, AGENT = "4403160001", "4403160002", "4403160003", "4403160004", "4403160005"
MILK_SELLER, BUYER = "4403160008", "110101199003074477"
HOME_ADDRESS, DEPOT = "浙江省杭州市余杭区文一西路969号3幢501室", "广东省深圳市宝安区福永街道仓储路8号"


def _write(folder: Path, name: str, rows: Iterable[Mapping[str, object]]) -> None:
    rows = list(rows)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def _rows(sandan: Sandan, home: Path, *command: str) -> list[dict[str, str]]:
    done = sandan(home, *command, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def _import_lists(folder: Path, numbers: Mapping[str, str], day: str) -> None:
    """Waybills, declarations and payments of import consignments: number -> seller; of milk powder where it is that seller's."""
    of_milk = {no: seller == MILK_SELLER for no, seller in numbers.items()}
    who = {"consignee": "李小宝", "consignee_telephone": "13800138000", "consignee_address": HOME_ADDRESS}
    _write(folder, "orders", [{"ebp_code": PLATFORM, "order_no": no, "ebc_code": seller, "goods_value": 500, "freight": 0, "tax_total": 0, "discount": 0,
                               "actual_paid": 500, "currency": "CNY", "app_time": f"{day}100000", "buyer_id_number": BUYER, "buyer_name": "李小宝",
                               "buyer_telephone": "13800138000", **who} for no, seller in numbers.items() if not of_milk[no]])  # fmt: skip
    _write(folder, "payments", [{"ebp_code": PLATFORM, "order_no": no, "pay_code": "4403160009" if of_milk[no] else PAY, "pay_transaction_id": f"T{no}",
                                 "amount_paid": 90 if of_milk[no] else 500, "currency": "CNY", "pay_time": f"{day}093000", "app_time": f"{day}101000",
                                 "payer_id_number": BUYER, "payer_name": "李小宝"} for no in numbers])  # fmt: skip
    _write(folder, "waybills", [{"logistics_code": CARRIER, "logistics_no": f"W{no}", "order_no": no, "weight": 1, "app_time": f"{day}110000", **who}
                                for no in numbers])  # fmt: skip
    _write(folder, "inventories", [{"ebp_code": PLATFORM, "order_no": no, "logistics_code": CARRIER, "logistics_no": f"W{no}", "customs_code": "5100",
                                    "agent_code": AGENT, "decl_time": day, "cop_no": f"C{no}", "app_time": f"{day}120000", "ebc_code": seller,
                                    "buyer_id_number": BUYER, "buyer_name": "李小宝", "consignee_address": HOME_ADDRESS}
                                   for no, seller in numbers.items()])  # fmt: skip
    _write(folder, "inventory_items", [{"agent_code": AGENT, "cop_no": f"C{no}", "gnum": 1, "gcode": "1901101000" if of_milk[no] else "6109100000",
                                        "gname": "婴儿配方奶粉 900g" if of_milk[no] else "全棉 T恤 cotton shirt", "qty": 1, "unit": "122",
                                        "price": 90 if of_milk[no] else 500, "currency": "CNY"} for no in numbers])  # fmt: skip
    _write(folder, "payment_services", [{"pay_code": PAY, "ebp_code": PLATFORM, "active_from": "2018-01-01"}])


@pytest.fixture(scope="module")
def imports(sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a milk-powder seller and honest shirts, scored."""
    folder = tmp_path_factory.mktemp("imports")
    milk = {f"MILK{k}": MILK_SELLER for k in range(5)}
    _import_lists(folder / "in", {**milk, **{f"SHIRT{k}": SELLER for k in range(8)}}, "20250401")
    _write(folder / "in", "market_prices", [{"hs_code": "1901101000", "item_name": "婴儿配方奶粉 900g", "price": 298, "currency": "CNY", "seen_on": "2025-03-20"}])  # fmt: skip
    _write(folder / "in", "tracking", [{"logistics_no": f"W{no}", "event_at": "2025-04-05T10:00:00+08:00", "status": "delivered", "logistics_code": CARRIER,
                                        "address": DEPOT} for no in milk])  # fmt: skip
    home = folder / "home"
    assert sandan(home, "ingest", folder / "in", "--strict").returncode == 0
    assert sandan(home, "score").returncode == 0
    return home


def test_the_milk_powder_ends_in_a_warning_to_the_party_that_names_no_other(sandan: Sandan, imports: Path, tmp_path: Path) -> None:
    home = shutil.copytree(imports, tmp_path / "home")
    told = [row for row in _rows(sandan, home, "warnings", "--propose") if row["audience"] == "party"]
    # To the payment provider too, each about its own part.
    assert {row["subject"] for row in told} == {f"operator:seller:{MILK_SELLER}", "operator:payment:4403160009"}
    [of_seller] = [row for row in told if row["subject"].startswith("operator:seller:")]
    assert (of_seller["level"], of_seller["state"]) == ("high", "draft") and "5" in of_seller["text"]
    assert not [word for word in ("MILK", "李小宝", "13800138000", "4403160009", SELLER) if word in of_seller["text"]]
    # The same run gives no second one.
    assert _rows(sandan, home, "warnings", "--propose") == _rows(sandan, home, "warnings")


def test_drugs_that_only_a_scan_shows_are_opened(sandan: Sandan, imports: Path, tmp_path: Path) -> None:
    home = shutil.copytree(imports, tmp_path / "home")
    before = {row["order_no"]: row for row in _rows(sandan, home, "alerts", "--all")}
    assert (before["SHIRT3"]["grade"], before["SHIRT3"]["typologies"]) == ("low", "")
    _write(tmp_path / "seen", "scans", [{"logistics_no": "WSHIRT3", "scanned_at": "2025-04-02T09:00:00+08:00", "recognised": "capsules", "confidence": 0.93,
                                         "logistics_code": CARRIER, "prohibited": "capsules"}])  # fmt: skip
    assert sandan(home, "ingest", tmp_path / "seen", "--strict").returncode == 0
    assert sandan(home, "score").returncode == 0
    after = {row["order_no"]: row for row in _rows(sandan, home, "alerts", "--all")}
    assert after["SHIRT3"]["grade"] in ("medium", "high") and "scan_mismatch" in after["SHIRT3"]["typologies"].split("|")
    assert {after[f"SHIRT{k}"]["grade"] for k in range(8) if k != 3} == {"low"}
    planned = {row["order_no"]: row for row in _rows(sandan, home, "plan", "--capacity", "10", "--explore", "0")}
    assert (planned["SHIRT3"]["method"], planned["SHIRT3"]["why"]) == ("physical", "risk")
    assert [row for row in _rows(sandan, home, "warnings", "--propose") if row["audience"] == "internal" and "SHIRT3" in row["subject"]]
