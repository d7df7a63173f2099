"""Other people's tables: what a mapping file may say, and what becomes of the values."""

import datetime as dt
import pickle
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.ingest.columns.mapping import TableMapping
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import InputError

TABLES = [name for name, spec in CATALOG.items() if spec.as_table]
RATE = 'table = "exchange_rates"\n[columns]\ncurrency = "c"\ncny = "r"\nvalid_from = "d"\n'


def _mapping(text: str) -> TableMapping:
    return TableMapping.from_toml(text, "m.toml")


def _one(column: str, source: str, values: list[str | None], table: str = "house_waybills", names: str = "x") -> list[str | None]:
    """What a source makes of a column of values named `x`."""
    lines = [f"{name} = {{ value = '-' }}" for name in CATALOG[table].mandatory if name != column]
    mapping = _mapping("\n".join([f'table = "{table}"', "[columns]", f"{column} = {source}", *lines]))
    made: list[str | None] = mapping.apply(pa.table({names: pa.array(values, pa.string())}))[column].to_pylist()
    return made


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ('{ from = "x", unit = "lb" }', ["10", "2.5 lb", " 1 ", "", None], ["4.5359237", "1.133980925", "0.45359237", "", None]),
        ('{ from = "x", unit = "g" }', ["1500", "0", "1e3"], ["1.5", "0", "1"]),
        ('{ from = "x", unit = "kg", decimal = ",", thousands = "." }', ["1.234,5", "12,50", "7"], ["1234.5", "12.5", "7"]),
        ('{ from = "x", decimal = "," }', ["1.5", "1.500", "abc", "1,5,5"], ["?1.5", "?1.500", "?abc", "?1,5,5"]),
        ('{ from = "x", thousands = "," }', ["1,234.50", "1,23", "12,345,678", "0,500"], ["1234.5", "?1,23", "12345678", "?0,500"]),
        ('{ from = "x", thousands = " " }', ["1 234", "1\u00a0234", "1\u202f234", "1  234"], ["1234", "1234", "1234", "?1  234"]),
        ('{ from = "x", scale = 0.01 }', ["1999", "-5", "¥ 100", "0", "1e99", "１２"], ["19.99", "-0.05", "1", "0", "1" + "0" * 97, "?１２"]),
        ('{ from = "x", scale = 0.01 }', ["9" * 38, "9" * 41, "nan", "inf", "0x1"], ["9" * 36 + ".99", "?" + "9" * 41, "nan", "?inf", "?0x1"]),
    ],
)  # fmt: skip
def test_numbers_are_converted_exactly_or_marked(source: str, values: list[str | None], expected: list[str | None]) -> None:
    assert _one("weight_kg", source, values) == expected


@given(value=st.decimals(min_value=0, max_value=10**9, places=4))
def test_a_number_comes_back_from_any_writing(value: Decimal) -> None:
    english = f"{value:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    for text, form in ((english, 'thousands = ","'), (german, 'decimal = ",", thousands = "."'), (str(value), "scale = 1")):
        made = _one("declared_value", f'{{ from = "x", {form} }}', [text])[0]
        assert made is not None
        assert Decimal(made) == value


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ('{ from = "x", format = "%d/%m/%Y %H:%M", timezone = "Europe/Berlin" }', ["31/03/2025 09:05", "01/01/2025 00:00"], ["2025-03-31T09:05:00+02:00", "2025-01-01T00:00:00+01:00"]),
        ('{ from = "x", format = ["%d/%m/%Y %H:%M", "%d/%m/%Y"] }', ["01/02/2025", "01/02/2025 10:00"], ["2025-02-01T00:00:00+08:00", "2025-02-01T10:00:00+08:00"]),
        ('{ from = "x", format = "%Y年%m月%d日 %H:%M" }', ["2025年3月1日 12:30", "", None], ["2025-03-01T12:30:00+08:00", "", None]),
        ('{ from = "x", format = "epoch_ms" }', ["1740803400000", "1740803400000.0", "1.7408034e12"], ["2025-03-01T04:30:00+00:00"] * 3),
        ('{ from = "x", format = "epoch_s", timezone = "UTC" }', ["1740803400"], ["2025-03-01T04:30:00+00:00"]),
        ('{ from = "x", format = "excel" }', ["45717.520833333336", "45717"], ["2025-03-01T12:30:00+08:00", "2025-03-01T00:00:00+08:00"]),
        ('{ from = "x", format = "%Y-%m-%d %H:%M %z" }', ["2025-03-01 12:30 -0500"], ["2025-03-01T12:30:00-05:00"]),
        ('{ from = "x", format = "%d/%m/%Y" }', ["13/13/2025", "2025-03-01", "1" * 500, "99999999999999"], ["?13/13/2025", "?2025-03-01", "?" + "1" * 500, "?99999999999999"]),
        ('{ from = "x", format = ["excel", "epoch_s", "epoch_ms"] }', ["9" * 18], ["?" + "9" * 18]),
    ],
)  # fmt: skip
def test_times_are_converted_or_marked(source: str, values: list[str | None], expected: list[str | None]) -> None:
    assert _one("shipped_at", source, values) == expected


def test_a_day_is_that_day_wherever_it_was_written() -> None:
    assert _one("valid_from", '{ from = "x", format = "%d.%m.%Y", timezone = "Asia/Tokyo" }', ["01.03.2025"], "exchange_rates") == [
        "2025-03-01"
    ]
    assert _one("valid_from", '{ from = "x", format = "excel" }', ["45717"], "exchange_rates") == ["2025-03-01"]


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ('"x"', ["a", " b ", "", None], ["a", " b ", "", None]),
        ('" X "', ["a"], ["a"]),
        ('{ value = "USD" }', ["a", None], ["USD", "USD"]),
        ("{ value = 142 }", ["a"], ["142"]),
        ('{ from = "x", codes = { "Deutschland" = "DE" } }', ["Deutschland", " Deutschland ", "FR", None], ["DE", "DE", "FR", None]),
        ('{ from = "x", case = "upper" }', ["ab", None], ["AB", None]),
        ('{ from = "x", default = "none" }', ["ab", "", "  ", None], ["ab", "none", "none", "none"]),
        ('{ from = "x", extract = "[0-9]+" }', ["no 12 of 34", "none", None], ["12", "none", None]),
        ('{ from = "x", extract = "AWB-(?P<value>[0-9]+)" }', ["AWB-12", "AWB-"], ["12", "AWB-"]),
        ('{ from = "x", extract = "(?:a|b)+", case = "upper", codes = { "AB" = "C" } }', ["xxaby"], ["C"]),
        ('{ join = ["x", "absent", "x"], by = ", " }', ["a", " ", None], ["a, a", None, None]),
        ('"absent"', ["a"], [None]),
    ],
)  # fmt: skip
def test_texts(source: str, values: list[str | None], expected: list[str | None]) -> None:
    assert _one("order_no", source, values) == expected


def test_tables_of_any_shape_are_mapped() -> None:
    mapping = _mapping('table = "exchange_rates"\n[columns]\ncurrency = "c"\ncny = { from = "r", decimal = "," }\nvalid_from = "d"\n')
    for chunks in ([], [[]], [["1,5"], [], ["2,5", "1,5", None]]):
        column = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
        made = mapping.apply(pa.table({"r": column, "c": column, "d": column}))
        assert made.schema == pa.schema([(name, pa.string()) for name in ("currency", "cny", "valid_from")])
        assert made["cny"].to_pylist() == [v and v.replace(",", ".") for chunk in chunks for v in chunk]
    typed = pa.table({"r": pa.array(["1,5"]).dictionary_encode(), "c": pa.array(["x"], pa.large_string()), "d": [1]})
    assert mapping.apply(typed).to_pylist() == [{"currency": "x", "cny": "1.5", "valid_from": "1"}]


def test_it_says_which_columns_it_needs_and_which_it_leaves() -> None:
    mapping = _mapping(RATE)
    assert mapping.missing_columns(["C", " d "]) == ["r"]
    assert mapping.unused_columns(["c", "note", "R"]) == ["note"]
    assert pickle.loads(pickle.dumps(mapping)) == mapping


@given(data=st.data())
def test_renamed_and_mapped_back_a_table_is_the_same(data: st.DataObject) -> None:
    spec = CATALOG[data.draw(st.sampled_from(TABLES))]
    names = [column.name for column in spec.columns]
    foreign = data.draw(st.permutations(names))
    cells = st.lists(st.none() | st.text(max_size=8), min_size=3, max_size=3)
    table = pa.table({name: pa.array(data.draw(cells), pa.string()) for name in names})
    lines = [f'{name} = "{other}"' for name, other in zip(names, foreign, strict=True)]
    mapping = _mapping("\n".join([f'table = "{spec.name}"', "[columns]", *lines]))
    assert mapping.apply(table.rename_columns(foreign)).equals(table)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'table = "house_waybills"\nextra = 1\n[columns]\nlogistics_no = { from = "a", unti = "lb" }\nsender_name = { join = "a" }\n'
    )
    with pytest.raises(InputError) as told:
        TableMapping.load(path)
    for part in (str(path), "extra: no such key", "columns.logistics_no.unti: no such key", "columns.sender_name.join"):
        assert part in str(told.value)
    path.write_text(
        "table = 'house_waybills'\n[columns]\nnone = 'a'\nlogistics_no = { from = 'a', value = 'b' }\nsender_name = { value = 'a', case = 'upper' }\n"
        "receiver_name = { from = 'a', unit = 'lb' }\nweight_kg = { from = 'a', unit = 'ell' }\ndeclared_value = { from = 'a', unit = 'kg', decimal = 'x' }\n"
        "shipped_at = { from = 'a', format = ['%d', '%Q', 'x'], timezone = 'Europe/Nowhere' }\ncurrency = { from = 'a', extract = '(' }\n"
        "description = { from = 'a', format = 'excel' }\nreceiver_country = {}\norder_no = { from = 'a', extract = '(a)' }\n"
    )
    with pytest.raises(InputError) as told:
        TableMapping.load(path)
    lines = str(told.value).splitlines()
    for start in (
        "none: house_waybills has no such column", "logistics_code: a mandatory column", "channel: a mandatory column", "receiver_address: a mandatory",
        "logistics_no: say exactly one", "sender_name: a constant", "receiver_name: decimal", "receiver_name: unit 'lb'", "weight_kg: unit 'ell'",
        "declared_value: unit", "declared_value: decimal and thousands", "shipped_at: '%d' does not say", "shipped_at: '%Q' is no format", "shipped_at: 'x' does",
        "shipped_at: 'Europe/Nowhere' is no time zone", "currency: extract", "description: format", "receiver_country: say exactly one", "order_no: extract",
    ):  # fmt: skip
        assert any(line.startswith(f"  columns.{start}") for line in lines), start


@pytest.mark.parametrize("name", ["", "nothing", "other", "cancellations", "x" * 5000])
def test_a_table_that_cannot_come_as_a_table_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"table: .* is none of orders") as told:
        _mapping(RATE.replace("exchange_rates", name))
    assert len(str(told.value)) < 2000


@pytest.mark.parametrize(
    "text",
    [
        "", "table", "table = 1", 'table = "orders"', 'table = "orders"\ncolumns = 1', 'table = "orders"\n[columns]', "\x00", "a" * 100_000,
        "a = " + "[" * 100_000, "a = " + "{a=" * 5000, ".".join("a" * 50_000) + " = 1", "a = " + "9" * 10_000, RATE + "[columns.x.y.z]\na = 1",
        RATE.replace('"r"', '{ from = "r", scale = nan }'), RATE.replace('"r"', '{ from = "r", scale = 1e999999999 }'),
        RATE.replace('"r"', '{ from = "r", scale = 1e999999999999999999999999 }'), RATE.replace('"r"', '{ from = "r", scale = "x" }'),
        RATE + "\n".join(f'x{i} = "a"' for i in range(20_000)), RATE.replace('"c"', '{ from = "c", extract = "(a{1000}){1000}" }'),
        RATE.replace('"c"', '{ from = "c", extract = "' + "(" * 400 + '" }'), RATE.replace('"d"', '{ from = "d", format = "' + "%Y" * 30 + '" }'),
        RATE.replace('"d"', '{ from = "d", format = "%d/%m/%Y", timezone = "../../etc/passwd" }'),
        RATE.replace('"d"', '{ from = "d", format = "%d/%m/%Y", timezone = "/etc/passwd" }'),
    ],
)  # fmt: skip
def test_a_hostile_mapping_ends_in_a_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.toml").write_text(text)
    begun = time.monotonic()
    with pytest.raises(InputError) as told:
        TableMapping.load(tmp_path / "m.toml")
    assert len(str(told.value)) < 10_000
    assert time.monotonic() - begun < 20


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.toml").write_bytes(b"#" * (1 << 21))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("big.toml", "bytes.toml", "absent.toml", "."):
        with pytest.raises(InputError, match=re.escape(str(tmp_path / name))):
            TableMapping.load(tmp_path / name)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x"])
def test_no_pattern_hangs(pattern: str) -> None:
    begun = time.monotonic()
    safe = re.sub(r"\((?!\?)", "(?:", pattern)
    _one("order_no", f"{{ from = 'x', extract = '{safe}' }}", ["a" * 50_000 + "!"])
    assert time.monotonic() - begun < 5


def test_many_rows_are_converted_by_their_different_values() -> None:
    mapping = _mapping(RATE.replace('"r"', '{ from = "r", decimal = "," }').replace('"d"', '{ from = "d", format = "%d/%m/%Y" }'))
    n = 300_000
    table: dict[str, Any] = {"c": ["USD"] * n, "r": [f"{i % 1000},5" for i in range(n)], "d": ["01/03/2025"] * n}
    raw = pa.table(table)
    begun = time.monotonic()
    made = mapping.apply(raw)
    assert time.monotonic() - begun < 3
    assert (made["cny"][999].as_py(), made["valid_from"][n - 1].as_py()) == ("999.5", dt.date(2025, 3, 1).isoformat())
