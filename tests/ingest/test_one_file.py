"""Whatever goes wrong while one file is read or converted costs that file and no other."""

import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.ingest import worker
from sandan.ingest.ceb import gather, keep, read
from sandan.ingest.columns.convert import Converter
from sandan.ingest.quality import Figures
from sandan.ingest.staging import stage
from sandan.ingest.staging.sink import FileSink

Xml = Callable[..., str]
MARK = "BROKEN"
HEADER = "ebp_code,order_no,ebc_code,goods_value,currency\n"


def _holds(*values: Any) -> bool:
    """Whether something that a stage is given is of the file that breaks."""
    for value in values:
        if isinstance(value, (pa.Table, pa.Array, pa.ChunkedArray)):
            if MARK in str(value.to_pylist()):
                return True
        elif hasattr(value, "columns") and isinstance(value.columns, dict):
            if _holds(*value.columns.values()):
                return True
        elif isinstance(value, dict):
            if _holds(*value.values()):
                return True
        elif isinstance(value, FileSink):
            if MARK in value.facts.file:
                return True
        elif hasattr(value, "tag"):
            if MARK in "".join(value.itertext()):
                return True
        elif isinstance(value, (list, tuple)):
            if any(_holds(one) if not isinstance(one, (int, float)) else False for one in value):
                return True
        elif MARK in str(value):
            return True
    return False


def _failing(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: BaseException) -> None:
    real = getattr(owner, name)

    def fails(*values: Any, **named: Any) -> Any:
        if "rejects" not in [value for value in values if isinstance(value, str)] and _holds(*values, *named.values()):
            raise error
        return real(*values, **named)

    monkeypatch.setattr(owner, name, fails)


STAGES = [
    (worker, "opened"),
    (worker, "read_file"),
    (Converter, "convert"),
    (Figures, "rows"),
    (stage.Stage, "_with_facts"),
    (gather.Gatherer, "take"),
    (read, "kept"),
    (keep, "_hide_numbers"),
    (stage, "other_rows"),
    (stage, "_keys"),
    (stage.Stage, "_converted"),
    (stage.Stage, "_write"),
    (stage.Stage, "_add"),
]
ERRORS = [
    ValueError("x"),
    RuntimeError("x"),
    pa.ArrowInvalid("x"),
    UnicodeDecodeError("utf-8", b"", 0, 1, "x"),
    MemoryError(),
    OSError("x"),
    RecursionError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", STAGES, ids=lambda place: f"{place[0].__name__.rpartition('.')[2]}.{place[1]}")
def test_a_file_that_fails_in_a_stage_costs_that_file_only(
    reader: Any, tmp_path: Path, order: Xml, message: Xml, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str], error: BaseException
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    line = {"gnum": "1", "itemName": "奶粉", "qty": "2", "price": "5", "currency": "142"}
    for i in range(3):
        note = MARK if i == 1 else "fine"
        name = f"{i}{MARK}" if i == 1 else str(i)
        (folder / f"{name}.xml").write_text(
            message(order(f"X{i}", {"note": note}, {**line, "note": note}), order(f"Y{i}", {"note": note}, line))
        )
        (folder / f"{name}-kept.xml").write_text(message(f"<OrderReturn><x>{note} {i}</x></OrderReturn>", kind="CEB312"))
        (folder / f"{name}.csv").write_text(f"{HEADER[:-1]},note\nP1,C{i},S1,1,CNY,{note}\n")
    _failing(monkeypatch, *place, error)
    account = reader.read(folder)
    refused = account["rejected_files"]
    assert refused >= 1, "nothing was injected"
    assert account["files"] == 9
    assert account["rejected"] == refused
    assert all(MARK in reject[0] for reject in reader.rejects())
    assert len(reader.rejects()) == refused
    loaded = {row["order_no"] for row in reader.rows("orders")}
    assert loaded >= {"X0", "Y0", "C0", "X2", "Y2", "C2"}
    assert account["loaded"] == len(loaded) + len(reader.rows("other"))
    broken = {reject[0] for reject in reader.rejects()}
    assert loaded == {"X0", "Y0", "C0", "X2", "Y2", "C2"} | (set() if f"1{MARK}.xml" in broken else {"X1", "Y1"}) | (
        set() if f"1{MARK}.csv" in broken else {"C1"}
    )
    assert account["lists"]["orders"]["lines"] == len(reader.rows("order_items"))


@pytest.mark.parametrize(
    "amount", ["99999999999999.999999", "-99999999999999.999995", "99999999999999.99999", "1" * 5000, "0." + "0" * 5000 + "1"]
)
def test_an_amount_at_the_edge_of_the_decimal_costs_no_more_than_its_record(reader: Any, tmp_path: Path, amount: str) -> None:
    (tmp_path / "o.csv").write_text(f"{HEADER}P1,1,S1,{amount},CNY\nP1,2,S1,1,CNY\n")
    account = reader.read(tmp_path / "o.csv")
    assert (account["read"], account["rejected_files"]) == (2, 0)
    assert account["loaded"] >= 1


def test_a_parquet_column_whose_name_is_no_text_costs_its_file(reader: Any, tmp_path: Path) -> None:
    columns = {"ebp_code": ["P"], "order_no": ["1"], "ebc_code": ["S"], "goods_value": ["1"], "currency": ["CNY"], "remark__": ["x"]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", store_schema=False)
    content = (tmp_path / "a.parquet").read_bytes().replace(b"remark__", b"remark\xff\xfe")
    (tmp_path / "a.parquet").write_bytes(content)
    (tmp_path / "b.csv").write_text(f"{HEADER}P1,2,S1,1,CNY\n")
    account = reader.read(tmp_path / "a.parquet", tmp_path / "b.csv")
    assert (account["loaded"], account["rejected_files"]) == (1, 1)


@pytest.mark.parametrize(
    "record",
    [
        "<R>" + "".join(f"<buyerIdNumber>E{i:08}</buyerIdNumber><t>E{i:08}</t>" for i in range(40_000)) + "</R>",
        "<R>" + "".join(f"<buyerIdNumber>E{i:08}</buyerIdNumber>" for i in range(9_000)) + "</R>",
        "<R><a " + " ".join(f'a{i}="E{i:08}"' for i in range(9_000)) + "/></R>",
        "<R><buyerIdNumber>E12345678</buyerIdNumber>" + "<a/>x" * 100_000 + "</R>",
    ],
)  # fmt: skip
def test_a_kept_message_keeps_no_core_busy(reader: Any, tmp_path: Path, message: Xml, record: str) -> None:
    (tmp_path / "m.xml").write_text(message(record, kind="CEB900"))
    start = time.monotonic()
    account = reader.read(tmp_path / "m.xml")
    assert time.monotonic() - start < 10
    assert (account["read"], account["rejected"]) == (1, 1)
    assert [reject[3] for reject in reader.rejects()] == ["endless_record"]


def test_a_member_of_an_archive_that_fails_late_costs_that_member_only(
    reader: Any, tmp_path: Path, order: Xml, message: Xml, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "day.zip", "w") as archive:
        for i in range(5):
            name = f"{i}{MARK}" if i == 3 else str(i)
            archive.writestr(f"{name}.xml", message(order(f"X{i}", {"note": MARK if i == 3 else "fine"})))
    (tmp_path / "z.csv").write_text(f"{HEADER}P1,C,S1,1,CNY\n")
    _failing(monkeypatch, Figures, "rows", ValueError("x"))
    account = reader.read(tmp_path / "day.zip", tmp_path / "z.csv")
    assert {row["order_no"] for row in reader.rows("orders")} == {"X0", "X1", "X2", "X4", "C"}
    assert (account["read"], account["loaded"], account["rejected_files"]) == (6, 5, 1)
    assert [(reject[2], reject[3]) for reject in reader.rejects()] == [("orders", "unconvertible")]
