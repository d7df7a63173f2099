"""A table that never was a CEB message: a first mapping, a few edits, and it is in the lake."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake

Sandan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("number", range(3))
def test_a_foreign_table_is_drafted_edited_and_ingested(sandan: Sandan, foreign_tables: ModuleType, tmp_path: Path, number: int) -> None:
    table, home = foreign_tables.ALL[number](), tmp_path / "home"
    file, draft = tmp_path / table.name, tmp_path / "mapping.toml"
    file.write_bytes(table.content)
    done = sandan(home, "map", "init", file, "--out", draft)
    assert done.returncode == 0, done.stderr
    text, n_edits = table.edited(draft.read_text(encoding="utf-8"))
    assert n_edits <= 10
    draft.write_text(text, encoding="utf-8")
    done = sandan(home, "ingest", "--map", draft, file, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    account = json.loads(done.stdout)
    assert (account["read"], account["loaded"], account["rejected"]) == (foreign_tables.ROWS, foreign_tables.ROWS, 0)
    rows = Frames(Lake(home / "lake"), connect(threads=1), None).current(table.table).to_pyarrow().to_pylist()
    key = next(column for column in ("logistics_no", "pay_transaction_id", "order_no") if column in table.expected)
    amount = next(column for column in ("declared_value", "amount_paid", "goods_value") if column in table.expected)
    found = sorted((row[key], float(row[amount]), row["currency"]) for row in rows)
    expected = zip(table.expected[key], map(float, table.expected[amount]), table.expected["currency"], strict=True)
    assert found == sorted(expected)
    assert not [
        path
        for path in home.rglob("*")
        if path.is_file()
        for value in table.personal[:3]
        if len(value) == 18 and value.encode() in path.read_bytes()
    ]


def test_faults_of_mappings_end_with_65(sandan: Sandan, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    (tmp_path / "m.toml").write_text('table = "orders"\n[columns]\norder_no = "a"\n')
    done = sandan(tmp_path / "home", "ingest", "--map", tmp_path / "m.toml", tmp_path / "t.csv")
    assert done.returncode == 65
    assert "columns.ebp_code: a mandatory column" in done.stderr
    (tmp_path / "rates.toml").write_text('table = "exchange_rates"\n[columns]\ncurrency = "a"\ncny = "none"\nvalid_from = "gone"\n')
    done = sandan(tmp_path / "home", "ingest", "--map", tmp_path / "rates.toml", tmp_path / "t.csv")
    assert done.returncode == 65
    assert "none" in done.stdout + done.stderr
    assert sandan(tmp_path / "home", "map", "init", tmp_path / "absent.csv").returncode == 65
    assert sandan(tmp_path / "home", "map", "init", tmp_path / "t.csv").returncode == 65
    assert sandan(tmp_path / "home", "map", "init", tmp_path / "t.csv", "--table", "orders", "--out", tmp_path / "m.toml").returncode == 73
    printed = sandan(tmp_path / "home", "map", "init", tmp_path / "t.csv", "--table", "orders")
    assert "# TODO ebp_code = " in printed.stdout
