"""The whole line through the command line, on the official samples and on a generated world."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lxml import etree

# Typologies that show on single consignments.
FORGED = (
    "missing_order", "missing_payment", "missing_waybill", "platform_mismatch", "payer_not_buyer", "amount_mismatch", "address_mismatch",
    "time_order", "undervaluation",
)  # fmt: skip
Sandan = Callable[..., subprocess.CompletedProcess[str]]
NOT_RECORDS = {"BaseTransfer", "BaseSubscribe", "ExtendMessage", "Signature"}


def _account(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    assert done.returncode == 0, done.stderr
    account: dict[str, int] = json.loads(done.stdout)
    assert account["read"] == account["loaded"] + account["superseded"] + account["duplicate"] + account["rejected"]
    return account


def test_every_sample_record_is_accounted_for_and_a_second_run_loads_nothing(sandan: Sandan, shared: Path, tmp_path: Path) -> None:
    files = list((shared / "ceb" / "samples").rglob("*.xml"))
    roots = [etree.parse(file).getroot() for file in files]
    expected = sum(etree.QName(child).localname not in NOT_RECORDS for root in roots for child in root.iterchildren("{*}*"))
    first = _account(sandan(tmp_path / "h", "ingest", shared / "ceb" / "samples", "--format", "json"))
    assert (first["files"], first["read"], first["rejected"]) == (len(files), expected, 0)
    second = _account(sandan(tmp_path / "h", "ingest", shared / "ceb" / "samples", "--format", "json"))
    assert (second["loaded"], second["superseded"], second["duplicate"]) == (0, 0, expected)


def test_no_identity_number_of_the_samples_reaches_the_disk(sandan: Sandan, shared: Path, tmp_path: Path) -> None:
    home = tmp_path / "h"
    _account(sandan(home, "ingest", shared / "ceb" / "samples", "--format", "json"))
    numbers = {
        element.text.strip().encode()
        for file in (shared / "ceb" / "samples").rglob("*.xml")
        for element in etree.parse(file).iter("{*}buyerIdNumber", "{*}payerIdNumber")
        if element.text and len(element.text.strip()) >= 6
    }
    assert numbers
    for path in home.rglob("*"):
        if path.is_file():
            # Parquet pages are compressed: read the strings back instead of the bytes.
            content = path.read_bytes()
            if path.suffix == ".parquet":
                import pyarrow.parquet as pq

                content = repr(pq.ParquetFile(path).read().to_pylist()).encode()
            assert not [n for n in numbers if n in content], path


def test_a_generated_world_is_graded_as_promised(sandan: Sandan, scored_world: Path, world: Path) -> None:
    done = sandan(scored_world, "evaluate", world.with_name("world.key.csv"), "--format", "json")
    parts = {(row["part"], row["name"]): row for row in json.loads(done.stdout)}
    frauds = {name: row for (part, name), row in parts.items() if part == "fraud" and name}
    assert set(FORGED) <= set(frauds)
    # Eight of each kind: one delivered within a clock's error of its declaration may slip through; of all together no more than that.
    found = {name: frauds[name]["medium"] + frauds[name]["high"] for name in FORGED}
    assert min(found.values()) >= 0.85, found
    assert sum(found.values()) / len(found) >= 0.95
    assert frauds["identity_ring"]["medium"] + frauds["identity_ring"]["high"] >= 0.8
    assert parts["hard_negative", ""]["high"] <= 0.03
    assert parts["honest", ""]["low"] >= 0.98


def test_the_contract_checker_finds_no_fault(shared: Path, scored_world: Path, program: Path) -> None:
    command = [sys.executable, str(shared / "check" / "contract.py"), str(program)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"SANDAN_HOME": str(scored_world), "PATH": "/usr/bin:/bin"}, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_graph_answers_and_refuses_to_write(sandan: Sandan, scored_world: Path) -> None:
    query = "MATCH (o:Order)-[:PAID_BY]->(p:Payer) WHERE o.grade = 'high' RETURN count(*) AS n"
    done = sandan(scored_world, "cypher", query, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["n"] > 0
    assert sandan(scored_world, "cypher", "MATCH (o:Order) DELETE o").returncode == 65


def test_explain_shows_the_lists_of_an_alert_masked(sandan: Sandan, scored_world: Path) -> None:
    alerts = list(csv.DictReader(io.StringIO(sandan(scored_world, "alerts", "--format", "csv").stdout)))
    told = json.loads(
        sandan(scored_world, "explain", ":".join(alerts[0][k] for k in ("flow", "ebp_code", "order_no")), "--format", "json").stdout
    )
    assert told["alert"]["grade"] == "high"
    assert {item["kind"] for item in told["lists"]} >= {"order", "payment", "waybill", "declaration"}


def test_bad_input_gives_one_message_and_its_exit_code(sandan: Sandan, tmp_path: Path) -> None:
    bad = {
        "cut.xml": b'<?xml version="1.0"?><CEB311Message xmlns="http://www.chinaport.gov.cn/ceb"><Order><OrderHead><orderNo>1</order',
        "bomb.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><CEB311Message><Order>&c;</Order></CEB311Message>',
        "wrong.xml": '<?xml version="1.0" encoding="UTF-8"?><CEB311Message><Order>订单</Order></CEB311Message>'.encode("gb18030"),
        "prices.csv": b"hs_code,item_name,price,currency\n1901,x,1,CNY\n",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        done = sandan(tmp_path / "h", "ingest", tmp_path / name)
        assert done.returncode == 65, name
        assert "internal error" not in done.stderr
    codes = {row["file"]: row["reason_code"] for row in json.loads(sandan(tmp_path / "h", "rejects", "--format", "json").stdout)}
    assert codes == {"cut.xml": "broken_xml", "bomb.xml": "forbidden_dtd", "wrong.xml": "bad_encoding", "prices.csv": "missing_columns"}
    (tmp_path / "empty").mkdir()
    assert sandan(tmp_path / "h", "ingest", tmp_path / "empty").returncode == 65
    assert sandan(tmp_path / "h", "ingest", tmp_path / "absent").returncode == 65
    assert sandan(tmp_path / "none", "alerts").returncode == 65
    (tmp_path / "file").write_text("")
    assert sandan(tmp_path / "file" / "h", "ingest", tmp_path / "cut.xml").returncode == 73
    assert sandan(tmp_path / "h", "nothing").returncode == 2


def test_help_loads_no_heavy_library(program: Path) -> None:
    code = "import sys, sandan.jobs.cli; print([m for m in ('dash', 'torch', 'ibis', 'ladybug') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
