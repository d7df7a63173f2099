"""One consignment by any of its names, with the lists that the matching found for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.algorithms.read_models.consignment import ConsignmentView, view_consignment
from sandan.algorithms.results.results import Results, open_results
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import InputError, UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings

FILES = {
    "orders.csv": """ebp_code,order_no,ebc_code,goods_value,actual_paid,currency,buyer_name,buyer_telephone,consignee,app_time
P1,SAME1,S1,10,10,CNY,王小明,13900001234,王小明,2025-04-01T09:00:00
P2,SAME1,S2,20,20,CNY,李四,13900005678,李四,2025-04-01T09:30:00
P1,SPLIT77,S1,30,30,CNY,张伟,13900009876,张伟,2025-04-01T10:00:00
P1,import:7:8,S1,40,40,CNY,赵丽,13900004321,赵丽,2025-04-01T11:00:00
""",
    "payments.csv": """ebp_code,order_no,pay_code,pay_transaction_id,amount_paid,currency,payer_name,pay_time
P1,SPLIT77-1,Y1,T1,10,CNY,张伟,2025-04-01T10:01:00
P1,SPLIT77-2,Y1,T2,20,CNY,张伟,2025-04-01T10:02:00
""",
    "waybills.csv": """logistics_code,logistics_no,order_no,weight,consignee,consignee_telephone,app_time
L1,W77,SPLIT77,1.5,张伟,13900009876,2025-04-02T10:00:00
""",
    "inventories.csv": """ebp_code,ebc_code,order_no,logistics_code,logistics_no,customs_code,agent_code,cop_no,decl_time,app_time
,,NOBODY55,L1,W55,5100,A1,C55,20250403,2025-04-03T09:00:00
,,,,,5100,A1,C66,20250403,2025-04-03T09:00:00
,,,,,5100,A1,C67,20250403,2025-04-03T09:00:00
""",
    "house_waybills.csv": """logistics_code,logistics_no,channel,sender_name,receiver_name,receiver_address,receiver_country,description,declared_value,currency,weight_kg,shipped_at
L9,H1,express,ACME LTD,JOHN SMITH,12 High Street London,GB,TOYS,30,USD,0.4,2025-04-03T08:00:00
""",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Settings:
    def fill(folder: Path) -> None:
        settings = load_settings(folder / "home")
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        ingest([folder / name for name in FILES], settings)
        score(settings)

    return load_settings(made_once("one-consignment", fill) / "home")


@pytest.fixture(scope="module")
def results(home: Settings) -> Results:
    return open_results(HomePaths(home.home))


@pytest.fixture
def view(home: Settings, results: Results) -> Callable[[str], ConsignmentView]:
    return lambda key: view_consignment(HomePaths(home.home), results, key)


def cells(view: ConsignmentView, kind: str) -> list[dict[str, str]]:
    return [{cell.name: cell.text for cell in one.cells} for one in view.lists if one.kind == kind and one.found]


def test_every_name_leads_to_its_consignment(results: Results, view: Callable[[str], ConsignmentView]) -> None:
    for key, number in (("import:P1:SAME1", "P1"), ("import:P2:SAME1", "P2"), ("SPLIT77", "P1"), ("H1", ""), ("parcel:L9:H1", "")):
        assert view(key).alert["ebp_code"] == number, key
    for alert in results.table("alerts").to_pylist():
        assert view(alert["consignment_id"]).alert == alert


def test_a_declaration_without_platform_and_seller_has_a_key(results: Results, view: Callable[[str], ConsignmentView]) -> None:
    [alert] = results.query("SELECT * EXCLUDE (file_row_number) FROM alerts WHERE order_no = $no", no="NOBODY55")
    assert consignment_key(alert) == "import::NOBODY55"
    for key in ("import::NOBODY55", "NOBODY55", "parcel:L1:W55"):
        assert view(key).alert["consignment_id"] == alert["consignment_id"]


def test_declarations_without_order_and_parcel_have_a_key_each(results: Results, view: Callable[[str], ConsignmentView]) -> None:
    alerts = results.query(
        "SELECT * EXCLUDE (file_row_number) FROM alerts WHERE coalesce(order_no, '') = '' AND coalesce(logistics_no, '') = ''"
    )
    assert len(alerts) == 2
    for alert in alerts:
        assert view(consignment_key(alert)).alert["consignment_id"] == alert["consignment_id"]


def test_a_number_may_look_like_a_whole_key(view: Callable[[str], ConsignmentView]) -> None:
    for key in ("import:7:8", "import:P1:import:7:8"):
        assert view(key).alert["order_no"] == "import:7:8"


def test_a_number_of_two_consignments_is_refused_with_their_keys(view: Callable[[str], ConsignmentView]) -> None:
    with pytest.raises(InputError, match="import:P1:SAME1, import:P2:SAME1"):
        view("SAME1")


@pytest.mark.parametrize("key", ["", "NONE", "import:P1:NONE", "import:P3:SAME1", "parcel:L1:H1", "parcel:x", "import:P1:SAME1 ", "'", "%"])
def test_what_names_nothing_is_unknown(view: Callable[[str], ConsignmentView], key: str) -> None:
    with pytest.raises(UnknownId, match="no consignment of that key"):
        view(key)


def test_the_lists_are_those_that_the_matching_found(view: Callable[[str], ConsignmentView]) -> None:
    shown = view("import:P1:SPLIT77")
    assert [paid["pay_transaction_id"] for paid in cells(shown, "payment")] == ["T1", "T2"]
    [order] = cells(shown, "order")
    assert (order["buyer"], order["telephone"], order["actual_paid"]) == ("张*", "*******9876", "30.00 CNY")
    [way] = cells(view("H1"), "waybill")
    assert (way["consignee"], way["address"], way["weight"], way["items"]) == ("J****", "12 hig***", "0.40", "TOYS")
    assert [kind for _, kind, _ in shown.history] == ["order", "payment", "payment"]
    assert shown.history[0] == ("2025-04-01 10:00", "order", "new")
