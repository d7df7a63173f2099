"""A first mapping: right where the columns speak for themselves, marked where they do not, and without anybody's data."""

import gzip
import io
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.ingest.columns.mapping import TableMapping
from sandan.ingest.foreign.guess import _score, first_mapping
from sandan.ingest.foreign.probes import Looks
from sandan.ingest.foreign.sample import read_sample
from sandan.record.catalog.columns import Column
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import InputError
from sandan.record.values import code

Write = Callable[[str, bytes | str], Path]
TABLES = [name for name, spec in CATALOG.items() if spec.as_table]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, content: bytes | str) -> Path:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / name

    return written


@pytest.mark.parametrize("number", range(3))
def test_foreign_tables_come_in_with_a_first_mapping_and_few_edits(foreign_tables: ModuleType, write: Write, number: int) -> None:
    table = foreign_tables.ALL[number]()
    path = write(table.name, table.content)
    draft = first_mapping(path)
    assert not [value for value in table.personal if value in draft]
    text, n_edits = table.edited(draft)
    assert n_edits <= 10
    mapping = TableMapping.from_toml(text, "m.toml")
    assert mapping.table == table.table
    columns = read_sample(path).columns
    # A column without a value in some row is left out: those of the tables here are whole or empty.
    raw = pa.table({name: pa.array(values or [None] * foreign_tables.ROWS, pa.string()) for name, values in columns.items()})
    assert mapping.missing_columns(raw.column_names) == []
    made = mapping.apply(raw)
    for column, expected in table.expected.items():
        values = made[column].to_pylist()
        assert (list(map(code.country, values)) if column == "receiver_country" else values) == expected, column


def test_a_column_s_own_name_may_end_with_a_unit() -> None:
    unseen = Looks()
    scores = [_score(Column(name, "number", False), "quota_kg", unseen) for name in ("quota_kg", "quota")]
    assert scores[0] > 0 == scores[1]


@pytest.mark.parametrize("name", TABLES)
def test_the_contracts_own_columns_are_found(write: Write, name: str) -> None:
    spec = CATALOG[name]
    path = write("t.csv", ",".join(column.name for column in spec.columns) + "\n")
    mapping = TableMapping.from_toml(first_mapping(path, name), "m.toml")
    assert {target: source.from_ for target, source in mapping.columns.items()} == {column.name: column.name for column in spec.columns}
    assert TableMapping.from_toml(first_mapping(path), "m.toml").table == name


WAYBILLS = "Waybill;Carrier;Channel;Sender;Recipient;Address;Country;Contents;Value;Currency;Weight (g);Shipped\n"


def _row(**cells: str) -> str:
    usual = {"Waybill": "EX1234567", "Carrier": "C01", "Channel": "Express", "Sender": "Li Lei", "Recipient": "Ana Gil", "Address": "Main Street 5 Berlin",
             "Country": "DE", "Contents": "Shirt", "Value": "12.50", "Currency": "EUR", "Weight": "500", "Shipped": "2025-03-01"}  # fmt: skip
    return ";".join({**usual, **cells}.values()) + "\n"


def test_what_is_whole_loads_as_it_is_written(write: Write) -> None:
    draft = first_mapping(write("w.csv", WAYBILLS + _row()))
    assert "TODO" not in draft
    mapping = TableMapping.from_toml(draft, "m.toml")
    assert (mapping.columns["weight_kg"].unit, mapping.columns["channel"].case, mapping.columns["shipped_at"].formats) == ("g", "lower", ())


@pytest.mark.parametrize(
    ("cell", "values", "said"),
    [
        ("Shipped", ["01/02/2025", "03/04/2025"], 'format = "%m/%d/%Y", which reads other days'),
        ("Value", ["1,234", "5,678"], "which reads other amounts"),
    ],
)
def test_what_can_be_read_in_two_ways_is_left_to_the_officer(write: Write, cell: str, values: list[str], said: str) -> None:
    draft = first_mapping(write("w.csv", WAYBILLS + "".join(_row(**{cell: value}) for value in values)))
    assert said in draft
    with pytest.raises(InputError, match="a mandatory column"):
        TableMapping.from_toml(draft, "m.toml")


@pytest.mark.parametrize(
    ("cell", "values", "expected"),
    [
        ("Shipped", ["13/02/2025", "03/04/2025"], {"formats": ("%d/%m/%Y",)}),
        ("Shipped", ["02/13/2025", "03/04/2025"], {"formats": ("%m/%d/%Y",)}),
        ("Shipped", ["1740803400", "1740803401"], {"formats": ("epoch_s",)}),
        ("Shipped", ["45717.52", "45718"], {"formats": ("excel",)}),
        ("Shipped", ["13-Feb-2025", "01-Mar-2025"], {"formats": ("%d-%b-%Y",)}),
        ("Shipped", ["13.02.2025 10:00", "13.02.2025"], {"formats": ("%d.%m.%Y %H:%M", "%d.%m.%Y")}),
        ("Shipped", ["20250301123000"], {"formats": ()}),
        ("Value", ["1.234,50", "12,00"], {"decimal": ",", "thousands": "."}),
        ("Value", ["1,234.50", "12"], {"decimal": "", "thousands": ","}),
        ("Country", ["Alemania", "DE"], {"codes": {"Alemania": "DE"}}),
    ],
)  # fmt: skip
def test_forms_are_found_in_the_values(write: Write, cell: str, values: list[str], expected: dict[str, Any]) -> None:
    draft = first_mapping(write("w.csv", WAYBILLS + "".join(_row(**{cell: value}) for value in values)))
    target = {"Shipped": "shipped_at", "Value": "declared_value", "Country": "receiver_country"}[cell]
    source = TableMapping.from_toml(draft, "m.toml").columns[target]
    assert {name: getattr(source, name) for name in expected} == expected


def test_what_is_missing_or_left_over_is_said(write: Write) -> None:
    draft = first_mapping(
        write("w.csv", "Waybill,Recipient,Address,Country,Weight (lb),Colour\nEX12345,Ana Gil,Main Street 5,DE,1.5,red\n"), "house_waybills"
    )
    assert "# TODO channel = " in draft
    assert "# TODO shipped_at = " in draft
    assert '#   "Colour"' in draft
    with pytest.raises(InputError, match=r"columns\.shipped_at: a mandatory column"):
        TableMapping.from_toml(draft, "m.toml")


def test_a_number_is_no_time_and_a_name_no_amount(write: Write) -> None:
    draft = first_mapping(
        write("p.csv", "order no,pay code,transaction id,amount,currency,payment time\nA1234,C1,T12345,Anna,CNY,soon\n"), "payments"
    )
    assert "# TODO amount_paid" in draft
    assert "# TODO pay_time" in draft


def test_packed_and_typed_files_are_read_too(write: Write, tmp_path: Path) -> None:
    text = WAYBILLS + _row()
    first = first_mapping(write("w.csv", text)).splitlines()[3:]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/w.csv", text)
    rows = [dict(zip(WAYBILLS.strip().split(";"), _row().strip().split(";"), strict=True))]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "w.parquet")
    for path in (write("w.csv.gz", gzip.compress(text.encode())), write("w.zip", packed.getvalue()), tmp_path / "w.parquet"):
        assert first_mapping(path).splitlines()[3:] == first, path
    for delimiter in ",\t":
        assert first_mapping(write("w.csv", text.replace(";", delimiter))).splitlines()[3:] == first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""), ("nul.csv", b"a,b\n\x00,1\n"), ("m.xml", b"<a/>"), ("cut.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-10]), ("cut.zip", b"PK\x03\x04xx"),
        ("cut.parquet", b"PAR1xxxx"), ("broken.jsonl", b'{"a": 1}\n{"a": \n'), ("deep.jsonl", b'{"a": ' + b"[" * 100_000), ("other.csv", b"x1,x2\n1,2\n"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(write: Write, name: str, content: bytes) -> None:
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        first_mapping(write(name, content))


def test_an_unknown_table_or_file_is_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose one of orders"):
        first_mapping(write("w.csv", WAYBILLS), "nothing")
    with pytest.raises(InputError, match=r"absent\.csv"):
        first_mapping(tmp_path / "absent.csv")


@given(headers=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True), cell=st.text(max_size=12))
def test_any_headers_give_a_readable_file(tmp_path_factory: pytest.TempPathFactory, headers: list[str], cell: str) -> None:
    path = tmp_path_factory.mktemp("t") / "t.parquet"
    try:
        pq.write_table(pa.table({header: [cell] for header in headers}), path)
    except UnicodeEncodeError:
        return
    assert tomllib.loads(first_mapping(path, "orders"))["table"] == "orders"
