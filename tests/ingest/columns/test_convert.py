"""From texts to typed rows: keys, times, and nothing personal that must not be kept."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.ingest.columns.convert import Converter, Intake
from sandan.ingest.columns.keys import content_of, key_of
from sandan.ingest.columns.kinds import SIMPLE, Columns, cleaned
from sandan.ingest.columns.rows import Converted, RawLines, RawRows
from sandan.record.catalog.columns import KINDS, ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.values.text import clean

NUMBER = "110101199003074477"
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
ORDER = {"flow": "import", "ebp_code": "P", "order_no": "1", "ebc_code": "S"}
WHOLE: dict[str, dict[str, str]] = {
    "orders": ORDER,
    "order_items": {**ORDER, "gnum": "1", "item_name": "x", "qty": "1", "price": "1"},
    "inventories": {"flow": "import", "agent_code": "A", "cop_no": "C"},
    "outcomes": {"flow": "import", "inspected_at": "2025-04-01", "method": "xray", "outcome": "compliant"},
}


def _convert(intake: Intake, name: str, *raws: Mapping[str, str | None], lines: RawLines | None = None) -> Converted:
    spec = CATALOG[name]
    columns = {c.name: pa.array([raw.get(c.name) for raw in raws], pa.string()) for c in spec.columns}
    places = np.arange(1, len(raws) + 1)
    return Converter(intake).convert(spec, RawRows(columns, np.zeros(len(raws), np.int64), places, lines), "table")


def _row(intake: Intake, name: str, **raw: str | None) -> dict[str, Any]:
    [row] = _convert(intake, name, {**WHOLE[name], **raw}).tables[name].to_pylist()
    found: dict[str, Any] = row
    return found


def _key(name: str, **values: Any) -> tuple[list[str], list[tuple[str, ...]]]:
    """Parts of a key, and what is missing for it."""
    spec = CATALOG[name]
    stored = {f.name: pa.array([values.get(f.name)], f.type) for f in spec.schema}
    key, missing = key_of(spec, stored)
    return key.to_pylist()[0].split("\x1f"), list(missing)


def test_texts_become_the_types_of_the_lake(intake: Intake) -> None:
    row = _row(
        intake,
        "orders",
        flow="I",
        ebp_code=" p1 ",
        goods_value="+10.0",
        currency="142",
        app_time="20250401080000",
        buyer_telephone="+86 138-0013-8000",
    )
    assert (row["flow"], row["ebp_code"], row["goods_value"], row["currency"], row["app_time"]) == ("import", "P1", Decimal(10), "CNY", DAY)
    assert (row["buyer_telephone"], row["buyer_telephone_norm"]) == ("+86 138-0013-8000", "13800138000")
    assert row["freight"] is None


@pytest.mark.parametrize("text", ["", " ", "　", "\x00"])
def test_an_empty_element_is_no_value(intake: Intake, text: str) -> None:
    row = _row(intake, "orders", goods_value=text, app_time=text, buyer_id_number=text, consignee=text)
    assert not any(row[name] for name in ("goods_value", "app_time", "buyer_id_hash", "buyer_id_masked", "consignee", "consignee_norm"))


BAD_VALUES = [
    ("orders", "goods_value", "ten"),
    ("orders", "goods_value", "1E2"),
    ("orders", "goods_value", "1_000"),
    ("orders", "goods_value", "１２"),
    ("orders", "goods_value", "٣"),
    ("orders", "goods_value", "99999999999999.999999"),
    ("orders", "goods_value", "-Infinity"),
    ("orders", "goods_value", "1e14"),
    ("orders", "goods_value", "1e999999999"),
    ("orders", "goods_value", "9" * 5000),
    ("orders", "app_time", "yesterday"),
    ("orders", "app_time", "0001-01-01T00:00:00"),
    ("orders", "app_time", "20250231000000"),
    ("orders", "app_time", "20250430235960"),
    ("orders", "flow", "sideways"),
    ("order_items", "gnum", "one"),
    ("order_items", "gnum", "1.a"),
    ("order_items", "gnum", "1.e999999999"),
    ("order_items", "gnum", "9" * 5000),
    ("inventories", "decl_time", "20250231"),
    ("outcomes", "probability", "1.5"),
    ("outcomes", "probability", "0_1"),
]


@pytest.mark.parametrize(("list_name", "column", "text"), BAD_VALUES)
def test_a_value_that_cannot_be_read_rejects_its_record_and_is_not_repeated(intake: Intake, list_name: str, column: str, text: str) -> None:
    good = WHOLE[list_name]
    converted = _convert(intake, list_name, good, {**good, column: text}, good)
    assert [row["position"] for row in converted.tables[list_name].to_pylist()] == [1, 3]
    [refused] = converted.refused.to_pylist()
    assert (refused["position"], refused["reason_code"]) == (2, "bad_value")
    assert refused["reason"].startswith(f"{column}: ")
    assert text not in refused["reason"]


def test_the_first_fault_of_a_record_is_told_and_a_bad_line_names_its_number(intake: Intake) -> None:
    lines = RawLines(
        {"gnum": pa.array(["1", "2", None, "1"]), "qty": pa.array(["1", "two", "3", "4"]), "price": pa.array(["x", "y", "1", "1"])},
        np.array([1, 1, 2, 3]),
        np.array([1, 2, 1, 1]),
    )
    records = [{**ORDER, "order_no": str(n)} for n in range(4)]
    converted = _convert(intake, "orders", {**records[0], "goods_value": "x", "freight": "y"}, *records[1:], lines=lines)
    told = {row["position"]: row["reason"] for row in converted.refused.to_pylist()}
    assert told == {1: "goods_value: not a number", 2: "line 1: price: not a number", 3: "line 1: gnum: empty"}
    assert [(row["order_no"], row["gnum"]) for row in converted.tables["order_items.lines"].to_pylist()] == [("3", 1)]


@given(number=st.decimals(-(10**13), 10**13, places=5))
def test_money_is_exact(intake: Intake, number: Decimal) -> None:
    assert _row(intake, "orders", goods_value=f" {number} ")["goods_value"] == number


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cn", "Cs", "Co"]), max_size=12),
    st.from_regex(r"\A[0-9]{14}\Z"),
    st.from_regex(r"\A[-+]?[0-9]{1,15}(\.[0-9]{0,7})?\Z"),
    st.from_regex(r"\A1[0-9]{10}\Z"),
    st.datetimes(dt.datetime(1979, 1, 1), dt.datetime(2201, 1, 1)).map(lambda t: f"{t:%Y%m%d%H%M%S}"),
    st.sampled_from(
        ["USD", "142", "中国", "I", "export", "0.5", "1e3", "王小明先生", "ＡＢ　Ｃ", "浙江省杭州市余杭区文一西路969号3幢501室"]
    ),
)


@given(texts=st.lists(st.none() | TEXTS, max_size=8))
@pytest.mark.parametrize("kind", sorted(SIMPLE.keys() & KINDS.keys()))
def test_a_column_is_read_as_its_texts_are_one_by_one(intake: Intake, kind: str, texts: list[str | None]) -> None:
    column = cleaned(pa.array([t if t is None else t.encode("utf-8", "replace").decode() for t in texts], pa.string()))
    stored, bad = Columns(intake.keyring).read(kind, column)
    refused = [False] * len(texts) if bad is None else bad.to_pylist()
    for row, text in enumerate(column.to_pylist()):
        try:
            expected: tuple[Any, ...] | None = None if text is None else SIMPLE[kind](text)
        except (ValueError, OverflowError):
            assert refused[row], text
            continue
        assert not refused[row], text
        assert tuple(array[row].as_py() for array in stored) == (expected or (None,) * len(KINDS[kind])), text


# What no version of Unicode has assigned yet, Arrow takes for printable.
@given(texts=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cn", "Cs", "Co"])), max_size=20))
def test_a_column_is_cleaned_as_its_texts_are(texts: list[str | None]) -> None:
    plain = [t if t is None else t.encode("utf-8", "replace").decode() for t in texts]
    assert cleaned(pa.array(plain, pa.string())).to_pylist() == [clean(t) for t in plain]


def test_an_address_is_read_in_the_country_that_the_list_gives(intake: Intake) -> None:
    parcel = {"logistics_code": "L", "logistics_no": "1", "channel": "post", "receiver_address": "12 Main St, Springfield, IL 62704"}
    rows = _convert(intake, "house_waybills", {**parcel, "receiver_country": "502"}, {**parcel, "receiver_country": None})
    told = [(r["receiver_address_country"], r["receiver_address_postcode"]) for r in rows.tables["house_waybills"].to_pylist()]
    assert told[0] == ("US", "62704")
    assert told[1][0] is None or told[1][0] == "US"


def test_an_identity_number_leaves_a_hash_and_what_it_told(intake: Intake) -> None:
    row = _row(intake, "orders", buyer_id_number=f" {NUMBER} ")
    told = [row[f"buyer_id_{end}"] for end in ("masked", "birth_year", "sex", "region", "valid")]
    assert told == ["*" * 14 + "4477", 1990, "M", "11", True]
    assert row["buyer_id_hash"] == intake.keyring.hash("identity", NUMBER)
    assert NUMBER not in repr(row)


@pytest.mark.parametrize("column", ["note", "consignee_address", "buyer_name", "buyer_reg_no", "batch_numbers", "consignee"])
@pytest.mark.parametrize("named", [True, False])
def test_an_identity_number_is_taken_out_of_free_text(intake: Intake, column: str, named: bool) -> None:
    raw = {column: f"张三 {NUMBER}, 签收"} | ({"buyer_id_number": NUMBER} if named else {})
    row = _row(intake, "orders", **raw)
    assert NUMBER not in repr(row)
    assert intake.keyring.hash("identity", NUMBER) in row[column]


def test_an_identity_number_in_full_width_is_taken_out_too(intake: Intake) -> None:
    wide = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    row = _row(intake, "orders", note=f"证件{wide}", buyer_id_number=wide)
    assert wide not in repr(row)
    assert row["buyer_id_hash"] == intake.keyring.hash("identity", NUMBER)
    assert row["buyer_id_valid"]


def test_a_foreign_document_is_taken_out_where_the_record_names_it(intake: Intake) -> None:
    assert "E12345678" not in repr(_row(intake, "orders", buyer_id_number="E12345678", note="passport E12345678"))


def test_a_line_may_not_keep_the_number_of_its_record_either(intake: Intake) -> None:
    lines = RawLines({"gnum": pa.array(["1"]), "note": pa.array(["for E12345678"])}, np.array([0]), np.array([1]))
    converted = _convert(intake, "orders", {**ORDER, "buyer_id_number": "E12345678"}, lines=lines)
    assert "E12345678" not in repr(converted.tables["order_items.lines"].to_pylist())


def test_keys_stay_as_they_are_because_lists_meet_by_them(intake: Intake) -> None:
    assert _row(intake, "orders", order_no="E12345678", buyer_id_number="E12345678")["order_no"] == "E12345678"
    assert _row(intake, "orders", order_no="110101199003074478")["order_no"] == "110101199003074478"


def test_a_valid_identity_number_in_a_key_becomes_its_hash_by_which_lists_meet_all_the_same(intake: Intake) -> None:
    named = _row(intake, "orders", order_no=NUMBER, buyer_id_number=NUMBER)["order_no"]
    assert named == _row(intake, "orders", order_no=NUMBER)["order_no"] == intake.keyring.hash("identity", NUMBER)


def test_a_watched_person_is_kept_as_the_hash_that_the_lists_have(intake: Intake) -> None:
    entry = {"reason": f"see {NUMBER}", "source": "s", "level": "control", "valid_from": "2025-01-01"}
    values = [("person", NUMBER), ("person", "E12345678"), ("person", "王 小明"), ("telephone", "+86 13800138000"), ("brand", "ＡＣＭＥ")]
    rows = _convert(intake, "watchlists", *({**entry, "kind": kind, "value": value} for kind, value in values)).tables["watchlists"]
    hashed = [intake.keyring.hash("identity", number) for number in (NUMBER, "E12345678")]
    assert rows["value_norm"].to_pylist() == [*hashed, "王小明", "13800138000", "acme"]
    assert NUMBER not in repr(rows.to_pylist())
    assert "E12345678" not in repr(rows.to_pylist())


@pytest.mark.parametrize("written", [None, "无", "NO", "0"])
def test_where_no_platform_is_named_the_seller_is_in_the_key(written: str | None) -> None:
    assert _key("orders", flow="import", ebp_code=written, ebc_code="S1", order_no="1") == (["import", "S1", "1"], [])


def test_a_payment_without_transaction_is_told_apart_by_day_and_sum() -> None:
    row = {"flow": "export", "ebp_code": "P", "order_no": "1", "pay_code": "Q", "pay_time": DAY, "amount_paid": Decimal(3)}
    assert _key("payments", **row)[0][-1] == f"{int(DAY.timestamp())}000000+3.00000"
    assert _key("payments", **{**row, "amount_paid": Decimal(4)}) != _key("payments", **row)


def test_a_declaration_without_the_declarants_number_is_keyed_by_its_consignment() -> None:
    row = {"flow": "import", "agent_code": "A", "ebp_code": "P", "order_no": "1", "logistics_code": "L", "logistics_no": "W"}
    assert _key("inventories", **row) == (["import", "P", "1", "L", "W"], [])
    assert _key("inventories", **row, cop_no="C") == (["import", "A", "C"], [])


@pytest.mark.parametrize(
    ("list_name", "absent"),
    [
        ("orders", "order_no"),
        ("payments", "order_no"),
        ("waybills", "logistics_no"),
        ("deliveries", "logistics_status"),
        ("receipts", "return_status"),
        ("tax_bills", "tax_no"),
    ],
)
def test_a_record_without_what_identifies_it_is_refused_by_the_elements_name(list_name: str, absent: str) -> None:
    row = {column: "x" for column in CATALOG[list_name].key if column not in (absent, "return_time")}
    assert _key(list_name, **row)[1] == [(absent,)]


def _two(spec: ListSpec, *rows: dict[str, str]) -> list[str]:
    stored = {f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in spec.schema}
    found: list[str] = content_of(spec, stored).to_pylist()
    return found


def test_content_does_not_change_when_columns_are_added() -> None:
    spec = CATALOG["companies"]
    with_more = replace(spec, columns=(*spec.columns, CATALOG["orders"].columns[-2]))
    row = {"code": "C", "name": "n"}
    assert _two(spec, row) == _two(with_more, row)
    [one, other] = _two(spec, {"code": "a", "name": "b"}, {"code": "b", "name": "a"})
    assert one != other


def test_known_is_the_records_own_time_unless_it_lies_in_the_future_or_is_not_trusted(intake: Intake) -> None:
    late = intake.received_at + dt.timedelta(hours=1)
    live = replace(intake, by_receipt=True)

    def known(run: Intake, **raw: str) -> tuple[dt.datetime, str | None]:
        row = _row(run, "orders", **raw)
        return row["known_at"], row["defects"]

    assert known(intake, app_time=DAY.isoformat()) == (DAY, None)
    assert known(intake, app_time=late.isoformat()) == (intake.received_at, "app_time_in_future")
    assert known(intake) == (intake.received_at, None)
    assert known(live, app_time=DAY.isoformat()) == (intake.received_at, None)


def test_a_day_is_known_from_its_beginning_in_beijing(intake: Intake) -> None:
    rate = {"currency": "USD", "cny": "7", "valid_from": "2025-04-01"}
    [row] = _convert(intake, "exchange_rates", rate).tables["exchange_rates"].to_pylist()
    assert row["known_at"] == dt.datetime(2025, 3, 31, 16, tzinfo=dt.UTC)
