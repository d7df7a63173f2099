"""Figures of what was received: what is filled, late, impossible or no code, per sender and list, added up over batches."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandan.jobs.cli import app
from sandan.jobs.terminal.measure import measure_rows
from sandan.jobs.terminal.when import parse_as_of, parse_from
from sandan.record.errors import NothingScored
from sandan.record.settings import load_settings

Xml = Callable[..., str]


def _figures(home: Path, *, by_source: bool = True) -> dict[tuple[str, str, str], tuple[float, int]]:
    rows = measure_rows(load_settings(home), None, None, by_source=by_source)
    return {(r["source"], r["list"], r["index"]): (r["value"], r["n"]) for r in rows}


@pytest.fixture
def home(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> Path:
    transfer = "<BaseTransfer><copCode>SENDER1</copCode></BaseTransfer>"
    good = {"freight": "0", "discount": "0", "taxTotal": "0", "acturalPaid": "10", "buyerName": "王", "buyerIdNumber": "110101199003074477",
            "buyerTelephone": "13800138000", "consignee": "王", "consigneeTelephone": "13800138000", "consigneeAddress": "北京市", "ebpName": "P"}  # fmt: skip
    (tmp_path / "a.xml").write_text(
        message(
            order("1", good),
            order("2", {**good, "currency": "人民币", "buyerIdNumber": "110101199003074470"}),
            order("3", {**good, "currency": "XYZ", "buyerName": ""}),
            order("4", {**good, "goodsValue": "x"}),
            behind=transfer,
        ),
        encoding="utf-8",
    )
    (tmp_path / "b.xml").write_text(message(order("5", {"appTime": "20990101000000"})), encoding="utf-8")
    with (tmp_path / "rates.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["currency", "cny", "valid_from"], ["USD", "7", "2025-01-01"], ["ABC", "7", "2025-01-01"]])
    reader.read(tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "rates.csv")
    reader.read(tmp_path / "a.xml")
    folder: Path = reader.home
    return folder


def test_figures_are_per_sender_and_list_and_batches_add_up(home: Path) -> None:
    found = _figures(home)
    # Two batches of four records: three were taken, then three were here before.
    assert found["SENDER1", "orders", "duplicates"] == (3 / 8, 8)
    assert found["SENDER1", "orders", "rejected"] == (2 / 8, 8)
    assert found["SENDER1", "orders", "code_validity"] == (round(4 / 6, 4), 6)
    assert found["SENDER1", "orders", "identity_validity"] == (round(4 / 6, 4), 6)
    assert found["SENDER1", "orders", "completeness"] == (round(44 / 45, 4), 90)
    assert found["SENDER1", "orders", "future_times"] == (0.0, 6)
    assert found["SENDER1", "orders", "lateness"][0] > 24
    assert found["unknown", "orders", "future_times"] == (1.0, 1)
    assert found["table", "exchange_rates", "code_validity"] == (0.5, 2)


def test_without_senders_all_of_a_list_is_one_row(home: Path) -> None:
    assert _figures(home, by_source=False)["", "orders", "rejected"] == (round(2 / 9, 4), 9)


def test_a_period_without_batches_is_told(home: Path) -> None:
    with pytest.raises(NothingScored, match="no batch in that period"):
        measure_rows(load_settings(home), parse_from("2001-01-01"), parse_as_of("2001-01-31"), by_source=False)


def test_the_command_prints_the_columns_of_the_contract(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDAN_HOME", str(home))
    done = CliRunner().invoke(app, ["measure", "--format", "json", "--from", "2020-01-01"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    assert list(rows[0])[:7] == ["index", "value", "unit", "from", "to", "n", "definition"]
