"""What became of a consignment at customs: receipts, cancellations, returns and inspections, by any number that names it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.matching.clearance import clearance

INVT = "510020251I000000001"
Rows = dict[str, tuple[str | None, str | None]]


@pytest.fixture(scope="module")
def found(trade: Any, bench_of: Callable[[Any], Bench]) -> Rows:
    def receipt(number: str, status: str, at: str, **more: str) -> None:
        trade.add("receipts", **{"kind": "CEB622", "cop_no": f"C{number}", "return_status": status, "return_time": at, **more})

    def declared(number: str) -> None:
        trade.declaration(number)

    for number in (
        "SILENT", "ENTERED", "HELD", "FREED", "BACK", "OTHERS", "CANCEL", "REFUSED", "ACCEPTED", "RETURN", "FOUND", "FINE", "PARCEL", "LATER",
        "SENTBACK", "NOTSENT", "MINUS", "AGAIN", "LATE ERROR", "ASKED", "STORED", "GRANTED", "OPENED",
    ):  # fmt: skip
        declared(number)
    receipt("ENTERED", "120", "20250402000000000", invt_no=INVT)
    receipt("HELD", "120", "20250402000000000")
    receipt("HELD", "500", "20250403000000000")
    receipt("FREED", "500", "20250403000000000")
    receipt("FREED", "399", "20250406000000000")
    receipt("FREED", "800", "20250405000000000", agent_code="A1")
    receipt("BACK", "700", "20250403000000000")
    receipt("OTHERS", "800", "20250403000000000", agent_code="A2")
    # The number that customs gave is known from a receipt; the applications name the declaration by nothing else.
    for number, invt in (("CANCEL", "I1"), ("REFUSED", "I2"), ("ACCEPTED", "I3"), ("RETURN", "I4")):
        receipt(number, "800", "20250403000000000", invt_no=invt)
    sent = {"appType": "1", "appTime": "20250404000000", "appStatus": "2", "reason": "r"}
    for invt in ("I1", "I2", "I3"):
        trade.message("CEB623", "InvtCancel", **sent, invtNo=invt)
    trade.message("CEB624", "InvtCancelReturn", invtNo="I2", returnStatus="1", returnTime="20250404000100000")
    trade.message("CEB624", "InvtCancelReturn", invtNo="I2", returnStatus="100", returnTime="20250405000000000")
    trade.message("CEB624", "InvtCancelReturn", invtNo="I3", returnStatus="399", returnTime="20250405000000000")
    trade.messages.append(
        "<CEB625Message><InvtRefund><InvtRefundHead><appType>1</appType><appTime>20250404000000</appTime><invtNo>I4</invtNo></InvtRefundHead>"
        "<InvtRefundList><gnum>1</gnum><gname>x</gname><qty>1</qty></InvtRefundList></InvtRefund></CEB625Message>"
    )
    for status, at in (("2", "01"), ("3", "02"), ("100", "03")):
        receipt("SENTBACK", status, f"202504{at}000000000")
    receipt("NOTSENT", "4", "20250402000000000")
    receipt("MINUS", "2", "20250401000000000")
    receipt("MINUS", "-621008", "20250402000000000")
    receipt("AGAIN", "100", "20250402000000000")
    receipt("AGAIN", "120", "20250403000000000")
    receipt("LATE ERROR", "800", "20250402000000000")
    receipt("LATE ERROR", "-621004", "20250403000000000")
    for number, invt in (("ASKED", "I5"), ("STORED", "I6"), ("GRANTED", "I7"), ("OPENED", "I8")):
        receipt(number, "800", "20250403000000000", invt_no=invt)
    trade.message("CEB623", "InvtCancel", **sent, invtNo="I5")
    trade.message("CEB626", "InvtRefundReturn", invtNo="I6", returnStatus="2", returnTime="20250404000100000")
    trade.message("CEB626", "InvtRefundReturn", invtNo="I7", returnStatus="2", returnTime="20250404000100000")
    trade.message("CEB626", "InvtRefundReturn", invtNo="I7", returnStatus="399", returnTime="20250405000100000")
    trade.message("CEB624", "InvtCancelReturn", invtNo="I8", returnStatus="120", returnTime="20250404000100000")
    trade.message("CEB624", "InvtCancelReturn", invtNo="I8", returnStatus="300", returnTime="20250404000200000")
    look = {"flow": "import", "method": "physical", "inspected_at": "2025-04-05"}
    receipt("FOUND", "120", "20250402000000000")
    trade.add("outcomes", **look, ebp_code="P1", order_no="FOUND", outcome="forged")
    receipt("FINE", "500", "20250404000000000")
    trade.add("outcomes", **look, ebp_code="P1", order_no="FINE", outcome="compliant")
    trade.add("outcomes", **look, logistics_code="L1", logistics_no="WPARCEL", outcome="ipr")
    trade.add("outcomes", **look, ebp_code="P1", order_no="LATER", outcome="undervalued")
    receipt("LATER", "899", "20250409000000000")
    bench = bench_of(trade)
    base = bench.current("inventories")
    base = base.select("flow", "ebp_code", "order_no", "logistics_code", "logistics_no", consignment_id=base.record_id)
    states = {row["consignment_id"]: row for row in clearance(bench, base).to_pyarrow().to_pylist()}
    rows = base.to_pyarrow().to_pylist()
    assert len(states) == len(rows)
    return {row["order_no"]: (states[row["consignment_id"]]["customs_status"], states[row["consignment_id"]]["customs_no"]) for row in rows}


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("SILENT", None),
        ("ENTERED", None),
        ("HELD", "held"),
        ("FREED", "released"),
        ("BACK", "returned"),
        ("OTHERS", None),
        ("CANCEL", "released"),
        ("REFUSED", "released"),
        ("ACCEPTED", "cancelled"),
        ("RETURN", "released"),
        ("FOUND", "held"),
        ("FINE", "released"),
        ("PARCEL", "held"),
        ("LATER", "released"),
        ("SENTBACK", "refused"),
        ("NOTSENT", "refused"),
        ("MINUS", "refused"),
        ("AGAIN", None),
        ("LATE ERROR", "released"),
        ("ASKED", "released"),
        ("STORED", "released"),
        ("GRANTED", "returned"),
        ("OPENED", "released"),
    ],
)
def test_the_state_at_customs_is_the_last_that_is_known(found: Rows, number: str, status: str | None) -> None:
    assert found[number][0] == status


def test_the_number_that_customs_gave_is_taken_from_the_receipts(found: Rows) -> None:
    assert (found["ENTERED"][1], found["SILENT"][1], found["RETURN"][1]) == (INVT, None, "I4")
