"""Tables on the command line: the same rows in every format."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandan.jobs.terminal.tables import Format, show
from sandan.record.errors import OutputError

COLUMNS = ("name", "score", "at", "paid", "n", "absent")
ROWS: list[dict[str, Any]] = [
    {"n": 2, "name": "北京|上海", "score": 0.5, "at": dt.datetime(2025, 4, 1, tzinfo=dt.UTC), "paid": Decimal("1.50"), "more": "left out"},
    {"n": None, "name": 'a, "b"\nc', "score": 1 / 3, "at": None, "paid": None},
]


def test_csv_has_the_columns_in_their_order_and_bears_any_text(tmp_path: Path) -> None:
    show(ROWS, COLUMNS, Format.CSV, tmp_path / "t.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text(encoding="utf-8"))))
    assert rows == [
        list(COLUMNS),
        ["北京|上海", "0.5", "2025-04-01T00:00:00+00:00", "1.50", "2", ""],
        ['a, "b"\nc', "0.333333", "", "", "", ""],
    ]


def test_json_keeps_numbers_as_numbers_and_nothing_as_null(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, COLUMNS, Format.JSON, Path("-"))
    first, second = json.loads(capsys.readouterr().out)
    assert list(first) == list(COLUMNS)
    assert first == {"name": "北京|上海", "score": 0.5, "at": "2025-04-01T00:00:00+00:00", "paid": 1.5, "n": 2, "absent": None}
    assert second["score"] == 1 / 3


def test_parquet_keeps_types(tmp_path: Path) -> None:
    show(ROWS, COLUMNS, Format.PARQUET, tmp_path / "t.parquet")
    table = pq.read_table(tmp_path / "t.parquet")
    assert table.column_names == list(COLUMNS)
    assert table.to_pylist()[0] == {name: ROWS[0].get(name) for name in COLUMNS}


def test_parquet_goes_to_standard_output_as_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    import sys

    show(ROWS, COLUMNS, Format.PARQUET, None)
    sys.stdout.flush()
    assert pq.read_table(io.BytesIO(capfdbinary.readouterr().out)).num_rows == 2


def test_a_printed_table_shows_every_value_and_says_what_it_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    show(ROWS, COLUMNS, Format.TABLE, None, n_more=7)
    printed = capsys.readouterr().out
    assert all(word in printed for word in (*COLUMNS, "北京", "上海", "0.333333", "7 more"))
    show(ROWS, COLUMNS, Format.TABLE, tmp_path / "t.txt")
    assert "北京" in (tmp_path / "t.txt").read_text(encoding="utf-8")


def test_brackets_in_a_value_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"name": "[bold]x[/bold] [red]"}], ("name",), Format.TABLE, None)
    assert "[bold]x[/bold] [red]" in capsys.readouterr().out


@pytest.mark.parametrize("form", list(Format))
def test_no_rows_are_a_table_with_columns(tmp_path: Path, form: Format) -> None:
    show([], COLUMNS, form, tmp_path / "t")
    content = (tmp_path / "t").read_bytes()
    if form is Format.JSON:
        assert json.loads(content) == []
    elif form is Format.PARQUET:
        assert pq.read_table(tmp_path / "t").column_names == list(COLUMNS)
    else:
        assert b"name" in content


@pytest.mark.parametrize("form", list(Format))
def test_a_file_that_cannot_be_written_is_an_output_error(tmp_path: Path, form: Format) -> None:
    with pytest.raises(OutputError, match="name another file"):
        show(ROWS, COLUMNS, form, tmp_path / "absent" / "t")


FORMULAS = [
    "=1+1",
    "+86 138",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u200b=1",
    "\ufeff=1",
    "\u3000＝1",
    "−1",
    "'=1",
    "'",
]


def _cells(folder: Path, value: object) -> tuple[str, str]:
    """The header and the value of a table of one cell, as they stand in its CSV file."""
    show([{"c": value}], ("c",), Format.CSV, folder / "t.csv")
    with (folder / "t.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row[0] if row else "" for row in csv.reader(file))  # type: ignore[return-value]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_file_is_a_formula(tmp_path: Path, text: str) -> None:
    assert _cells(tmp_path, text)[1] == f"'{text}"
    show([{text: 1}], (text,), Format.CSV, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == [f"'{text}"]


@pytest.mark.parametrize("value", [-1, -0.5, Decimal("-1.50"), float("-inf"), True, None, dt.date(2025, 4, 1)])
def test_numbers_and_days_of_a_csv_file_are_left_as_they_are(tmp_path: Path, value: object) -> None:
    assert not _cells(tmp_path, value)[1].startswith("'")


@given(st.text() | st.builds("".join, st.tuples(st.sampled_from(FORMULAS), st.text())))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_can_be_read_back_from_a_csv_file(tmp_path: Path, text: str) -> None:
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return
    cell = _cells(tmp_path, text)[1]
    assert (cell[1:] if cell.startswith("'") else cell) == text
    assert cell.lstrip()[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def test_only_csv_has_the_sign(tmp_path: Path) -> None:
    show([{"c": "=1"}], ("c",), Format.JSON, tmp_path / "t.json")
    assert json.loads((tmp_path / "t.json").read_text()) == [{"c": "=1"}]
    show([{"c": "=1"}], ("c",), Format.PARQUET, tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == [{"c": "=1"}]
