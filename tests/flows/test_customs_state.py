"""What customs did with a declaration stands in its status and its history; lines that came as tables stand beside it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sandan = Callable[..., subprocess.CompletedProcess[str]]
NAMESPACE = "http://www.chinaport.gov.cn/ceb"
NUMBERS = ("BACK", "ASKED", "STORED", "GONE", "TURNED")


def _message(kind: str, record: str, **fields: str) -> str:
    parts = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0"?><{kind}Message guid="G" xmlns="{NAMESPACE}"><{record}><guid>G</guid>{parts}</{record}></{kind}Message>'


@pytest.fixture(scope="module")
def home(sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    tables = folder / "in"
    tables.mkdir()

    def table(name: str, header: str, rows: list[str]) -> None:
        (tables / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")

    numbers = [*NUMBERS, "NOCOP"]
    table(
        "orders",
        "order_no,ebp_code,ebc_code,goods_value,currency,actual_paid,app_time",
        [f"{no},P1,S1,240,CNY,240,20261001090000" for no in numbers],
    )
    table("order_items", "order_no,ebp_code,gnum,item_name,qty,price,currency,app_time",
          [f"{no},P1,{i},面霜{i},2,{60 * i - 20},CNY,20261001090000" for no in numbers for i in (2, 1)])  # fmt: skip
    table("inventories", "order_no,ebp_code,ebc_code,logistics_code,logistics_no,customs_code,agent_code,decl_time,cop_no,currency,app_time",
          [f"{no},P1,S1,L1,W{no},2924,AG1,20261001,{'' if no == 'NOCOP' else 'C' + no},CNY,20261001100000" for no in numbers])  # fmt: skip
    # Without a currency of its own and without times.
    table(
        "inventory_items",
        "agent_code,cop_no,gnum,gcode,gname,qty,unit,price",
        [f"AG1,C{no},{i},3304990099,面霜{i},2,007,{60 * i - 30}" for no in NUMBERS for i in (1, 2)],
    )
    table("receipts", "kind,flow,agent_code,cop_no,invt_no,return_status,return_time",
          [f"CEB622,import,AG1,C{no},I{no},{'100' if no == 'BACK' else '800'},20261002090000000" for no in NUMBERS])  # fmt: skip
    sent = {"appType": "1", "appTime": "20261003090000", "appStatus": "2"}
    replied = {"returnInfo": "told", "returnTime": "20261003100000000"}
    messages = {
        "asked": _message("CEB623", "InvtCancel", **sent, invtNo="IASKED", agentCode="AG1", copNo="Q1", reason="not wanted"),
        "gone": _message("CEB623", "InvtCancel", **sent, invtNo="IGONE", agentCode="AG1", copNo="Q2", reason="not wanted"),
        "gone-reply": _message("CEB624", "InvtCancelReturn", invtNo="IGONE", copNo="Q2", returnStatus="399", **replied),
        "stored-reply": _message("CEB626", "InvtRefundReturn", invtNo="ISTORED", copNo="Q3", returnStatus="2", **replied),
        "turned-reply": _message("CEB624", "InvtCancelReturn", invtNo="ITURNED", copNo="Q4", returnStatus="100", **replied),
    }
    for name, text in messages.items():
        (tables / f"{name}.xml").write_text(text)
    for arguments in (("ingest", tables), ("score",)):
        done = sandan(folder / "home", *arguments)
        assert done.returncode == 0, done.stderr
    return folder / "home"


def _explained(sandan: Sandan, home: Path, key: str) -> dict[str, Any]:
    done = sandan(home, "explain", f"import:P1:{key}", "--format", "json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        ("BACK", "refused", ["receipt 100"]),
        ("ASKED", "released", ["receipt 800", "cancellation not wanted"]),
        ("STORED", "released", ["receipt 800", "return_reply 2 told"]),
        ("GONE", "cancelled", ["receipt 800", "cancellation not wanted", "cancellation_reply 399 told"]),
        ("TURNED", "released", ["receipt 800", "cancellation_reply 100 told"]),
    ],
)
def test_the_status_and_the_history_say_what_customs_did(sandan: Sandan, home: Path, number: str, status: str, said: list[str]) -> None:
    told = _explained(sandan, home, number)
    assert told["alert"]["status"] == status
    assert [f"{entry['list']} {entry['change']}" for entry in told["history"] if entry["list"] not in ("order", "declaration")] == said


@pytest.mark.parametrize("number", NUMBERS)
def test_lines_that_came_as_tables_are_shown(sandan: Sandan, home: Path, number: str) -> None:
    lists = {one["kind"]: {cell["name"]: cell["text"] for cell in one["cells"]} for one in _explained(sandan, home, number)["lists"]}
    assert lists["declaration"]["declared_value"] == "240.00 CNY"
    assert lists["declaration"]["items"] == "面霜1 × 2 @ 30; 面霜2 × 2 @ 90"
    assert lists["order"]["items"] == "面霜1 × 2 @ 40; 面霜2 × 2 @ 100"


def test_a_declaration_without_lines_shows_no_value(sandan: Sandan, home: Path) -> None:
    lists = {one["kind"]: {cell["name"]: cell["text"] for cell in one["cells"]} for one in _explained(sandan, home, "NOCOP")["lists"]}
    assert "declared_value" not in lists["declaration"]
    assert lists["order"]["items"] == "面霜1 × 2 @ 40; 面霜2 × 2 @ 100"
