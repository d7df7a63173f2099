"""Tables are recognised by their columns, whatever their format and name."""

import csv
import io
import json
import string
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.ingest.reject import BadFile
from sandan.ingest.sources.tables import recognise
from sandan.record.catalog.tables import CATALOG

Rows = Sequence[Mapping[str, Any]]
RATES = [{"currency": "USD", "cny": "7.1", "valid_from": "2025-01-01"}, {"currency": "EUR", "cny": "7.8", "valid_from": "2025-01-01"}]
TABLES = [spec.name for spec in CATALOG.values() if spec.as_table]


def _csv(rows: Rows, **form: Any) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), **form)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _jsonl(rows: Rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _parquet(rows: Rows) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), sink)
    return sink.getvalue()


FORMATS = pytest.mark.parametrize("written", [_csv, _jsonl, _parquet])


@pytest.mark.parametrize("name", TABLES)
def test_the_mandatory_columns_say_which_table_it_is(name: str) -> None:
    assert recognise(CATALOG[name].mandatory) is CATALOG[name]
    assert recognise([f" {column.upper()} " for column in reversed(CATALOG[name].mandatory)]) is CATALOG[name]


@pytest.mark.parametrize("name", TABLES)
def test_all_columns_together_say_it_too(name: str) -> None:
    assert recognise([column.name for column in CATALOG[name].columns]) is CATALOG[name]


@FORMATS
def test_each_format_gives_the_same_rows(reader: Any, tmp_path: Path, written: Callable[[Rows], bytes]) -> None:
    (tmp_path / "whatever.dat").write_bytes(written(RATES))
    assert reader.read(tmp_path / "whatever.dat")["loaded"] == 2
    assert sorted((row["currency"], float(row["cny"])) for row in reader.rows("exchange_rates")) == [("EUR", 7.8), ("USD", 7.1)]


def test_the_same_rows_in_another_format_are_duplicates(reader: Any, tmp_path: Path) -> None:
    for name, written in (("a.csv", _csv), ("b.jsonl", _jsonl), ("c.parquet", _parquet)):
        (tmp_path / name).write_bytes(written(RATES))
    account = reader.read(tmp_path / "a.csv", tmp_path / "b.jsonl", tmp_path / "c.parquet")
    assert (account["read"], account["loaded"], account["duplicate"]) == (6, 2, 4)


def test_parquet_keeps_numbers_and_times_as_they_are_typed(reader: Any, tmp_path: Path) -> None:
    import datetime as dt
    from decimal import Decimal

    at = dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
    row = {
        "ebp_code": "P",
        "order_no": "1",
        "ebc_code": "S",
        "goods_value": Decimal("10.50"),
        "currency": "CNY",
        "app_time": at,
        "app_type": 1,
    }
    (tmp_path / "o.parquet").write_bytes(_parquet([row]))
    reader.read(tmp_path / "o.parquet")
    [found] = reader.rows("orders")
    assert (found["goods_value"], found["app_time"], found["app_type"]) == (Decimal("10.50"), at, "1")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_separators_and_encodings_are_read(reader: Any, tmp_path: Path, delimiter: str, encoding: str) -> None:
    row = {"code": "C1", "name": "北京商贸，有限公司", "role": "seller", "registered_on": "2024-01-01"}
    (tmp_path / "c.csv").write_bytes(_csv([row], delimiter=delimiter).decode().encode(encoding))
    reader.read(tmp_path / "c.csv")
    assert [row["name"] for row in reader.rows("companies")] == ["北京商贸，有限公司"]


def test_quoted_line_ends_and_separators_are_part_of_a_value(reader: Any, tmp_path: Path) -> None:
    row = {"code": "C1", "name": 'a, "b"\nc', "role": "seller", "registered_on": "2024-01-01"}
    (tmp_path / "c.csv").write_bytes(_csv([row]))
    reader.read(tmp_path / "c.csv")
    assert [row["name"] for row in reader.rows("companies")] == ['a, "b" c']


@FORMATS
def test_unknown_columns_are_left_out_and_named(reader: Any, tmp_path: Path, written: Callable[[Rows], bytes]) -> None:
    (tmp_path / "t").write_bytes(written([{**row, "colour": "red", "Zebra": 1} for row in RATES]))
    account = reader.read(tmp_path / "t")
    assert (account["loaded"], account["unknown_columns"]) == (2, {"t": ["colour", "zebra"]})


def test_json_lines_may_name_an_optional_column_only_where_it_has_a_value(reader: Any, tmp_path: Path) -> None:
    first = {"code": "C1", "name": "n", "role": "seller", "registered_on": "2024-01-01"}
    (tmp_path / "t").write_bytes(_jsonl([first, {**first, "code": "C2", "uscc": "U2", "colour": "red"}]))
    assert reader.read(tmp_path / "t")["unknown_columns"] == {"t": ["colour"]}
    assert sorted((row["code"], row["uscc"]) for row in reader.rows("companies")) == [("C1", None), ("C2", "U2")]


@pytest.mark.parametrize("name", [name for name in TABLES if len(CATALOG[name].mandatory) >= 4])
def test_a_table_that_lacks_one_column_is_told_which(name: str) -> None:
    for absent in CATALOG[name].mandatory:
        have = [column.name for column in CATALOG[name].columns if column.name != absent]
        try:
            found = recognise(have)
        except BadFile as bad:
            assert (bad.code, bad.text, bad.list_name) == ("missing_columns", absent, name)
        else:
            # What is left may be another whole table: a table of lines or of references has few columns of its own.
            assert set(found.mandatory) <= set(have)


def test_missing_columns_of_all_files_are_told_at_once(reader: Any, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_bytes(_csv([{"currency": "USD", "cny": "7"}]))
    (tmp_path / "prices.csv").write_bytes(_csv([{"hs_code": "1901", "item_name": "x", "price": 1, "currency": "CNY"}]))
    (tmp_path / "good.csv").write_bytes(_csv(RATES))
    account = reader.read(tmp_path)
    assert account["missing_columns"] == {"rates.csv": "valid_from", "prices.csv": "seen_on"}
    assert (account["read"], account["loaded"], account["rejected"]) == (4, 2, 2)


@pytest.mark.parametrize("columns", [[], [""], ["a", "b", "c"], list(string.ascii_lowercase)])
def test_columns_of_no_table_are_refused(columns: list[str]) -> None:
    with pytest.raises(BadFile) as caught:
        recognise(columns)
    assert caught.value.code == "unknown_format"


@pytest.mark.parametrize(
    ("name", "content", "code", "list_name"),
    [
        ("half.jsonl", _jsonl(RATES)[:-20], "unreadable", "exchange_rates"),
        ("list.jsonl", _jsonl(RATES) + b"[1, 2]\n", "unreadable", "exchange_rates"),
        ("deep.jsonl", _jsonl(RATES) + b'{"currency": ' + b"[" * 100_000 + b"}\n", "unreadable", "exchange_rates"),
        ("digits.jsonl", _jsonl(RATES) + b'{"currency": ' + b"9" * 5000 + b"}\n", "unreadable", "exchange_rates"),
        ("first.jsonl", b'{"currency": \n', "unreadable", "unknown"),
        ("half.parquet", _parquet(RATES)[:-10], "unreadable", "unknown"),
        ("quote.csv", _csv(RATES) + b'USD,"7,2025', "unreadable", "exchange_rates"),
        ("bytes.csv", _csv(RATES) * 4000 + b"\xff\xfe", "bad_encoding", "exchange_rates"),
        ("field.csv", _csv(RATES) + b"USD," + b"7" * 10**7 + b",2025-01-01\n", "unreadable", "exchange_rates"),
        ("text.txt", b"Dear colleague, please find enclosed\n", "unknown_format", "unknown"),
    ],
)
def test_a_broken_table_is_one_rejected_record_and_loads_nothing(
    reader: Any, tmp_path: Path, name: str, content: bytes, code: str, list_name: str
) -> None:
    (tmp_path / name).write_bytes(content)
    account = reader.read(tmp_path / name)
    assert (account["read"], account["loaded"], account["rejected"], account["rejected_files"]) == (1, 0, 1, 1)
    assert [reject[:4] for reject in reader.rejects()] == [(name, 0, list_name, code)]


def test_defaults_of_the_contract_are_filled_in(reader: Any, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_bytes(_csv([{"ebp_code": "P", "order_no": "1", "ebc_code": "S", "goods_value": 1, "currency": "CNY"}]))
    parcel = {"logistics_code": "L", "channel": "express", "sender_name": "s", "receiver_name": "r", "receiver_address": "a", "description": "d",
              "declared_value": 1, "currency": "USD", "weight_kg": 1, "shipped_at": "2025-04-01"}  # fmt: skip
    (tmp_path / "h.csv").write_bytes(
        _csv([{**parcel, "logistics_no": "1", "receiver_country": "142"}, {**parcel, "logistics_no": "2", "receiver_country": "US"}])
    )
    reader.read(tmp_path / "o.csv", tmp_path / "h.csv")
    assert [(row["flow"], row["app_type"]) for row in reader.rows("orders")] == [("import", "1")]
    assert sorted((row["logistics_no"], row["flow"]) for row in reader.rows("house_waybills")) == [("1", "import"), ("2", "export")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_table_of_many_blocks_is_read_whole_with_the_places_of_its_rows(reader: Any, tmp_path: Path, encoding: str) -> None:
    # Rows of odd lengths in characters of several bytes: no block ends where a row or a character does.
    rows = [f"C{i},北京商贸{'有限' * (i % 7)}公司,seller,2024-01-01" for i in range(150_000)]
    rows[120_000] += ",more"
    (tmp_path / "c.csv").write_bytes("\n".join(["code,name,role,registered_on", *rows]).encode(encoding))
    account = reader.read(tmp_path / "c.csv")
    assert (account["read"], account["loaded"], account["rejected"]) == (150_000, 149_999, 1)
    assert [reject[1] for reject in reader.rejects()] == [120_001]
    assert {row["position"] for row in reader.rows("companies")} == set(range(1, 150_001)) - {120_001}
