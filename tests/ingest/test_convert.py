"""From texts to typed rows: keys, times, and nothing personal that must not be kept."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.ingest.convert import Intake, RowMaker, content, identity_numbers, known_at, record_key
from sandan.ingest.reject import BadRecord
from sandan.record.catalog import CATALOG

NUMBER = "110101199003074477"
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def _row(intake: Intake, list_name: str, **raw: str | None) -> dict[str, Any]:
    maker = RowMaker(CATALOG[list_name], intake)
    return dict(zip(maker.columns, maker.values(raw, identity_numbers(CATALOG[list_name], raw)), strict=True))


def test_texts_become_the_types_of_the_lake(intake: Intake) -> None:
    row = _row(
        intake,
        "orders",
        flow="I",
        ebp_code=" p1 ",
        goods_value="1e1",
        currency="142",
        app_time="20250401080000",
        buyer_telephone="+86 138-0013-8000",
    )
    assert (row["flow"], row["ebp_code"], row["goods_value"], row["currency"], row["app_time"]) == ("import", "P1", Decimal(10), "CNY", DAY)
    assert (row["buyer_telephone"], row["buyer_telephone_norm"]) == ("+86 138-0013-8000", "13800138000")
    assert row["freight"] is None


@pytest.mark.parametrize("text", ["", " ", "　", "\x00"])
def test_an_empty_element_is_no_value(intake: Intake, text: str) -> None:
    assert not any(
        value for value in _row(intake, "orders", goods_value=text, app_time=text, buyer_id_number=text, consignee=text).values()
    )


@pytest.mark.parametrize(
    ("list_name", "column", "text"),
    [
        ("orders", "goods_value", "ten"),
        ("orders", "goods_value", "NaN"),
        ("orders", "goods_value", "-Infinity"),
        ("orders", "goods_value", "1e14"),
        ("orders", "goods_value", "1e999999999"),
        ("orders", "goods_value", "9" * 5000),
        ("orders", "app_time", "yesterday"),
        ("orders", "app_time", "0001-01-01T00:00:00"),
        ("orders", "flow", "sideways"),
        ("order_items", "gnum", "one"),
        ("order_items", "gnum", "1.a"),
        ("order_items", "gnum", "1.e999999999"),
        ("order_items", "gnum", "9" * 5000),
        ("inventories", "decl_time", "20250231"),
        ("outcomes", "probability", "1.5"),
        ("outcomes", "probability", "nan"),
    ],
)
def test_a_value_that_cannot_be_read_rejects_its_record_and_is_not_repeated(intake: Intake, list_name: str, column: str, text: str) -> None:
    with pytest.raises(BadRecord, match=f"^{column}: ") as caught:
        _row(intake, list_name, **{column: text})
    assert caught.value.code == "bad_value"
    assert text not in caught.value.text


@given(number=st.decimals(-(10**13), 10**13, places=5))
def test_money_is_exact(intake: Intake, number: Decimal) -> None:
    assert _row(intake, "orders", goods_value=f" {number} ")["goods_value"] == number


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


def test_keys_stay_as_they_are_because_lists_meet_by_them(intake: Intake) -> None:
    assert _row(intake, "orders", order_no=NUMBER, buyer_id_number=NUMBER)["order_no"] == NUMBER


@pytest.mark.parametrize("written", [None, "无", "NO", "0"])
def test_where_no_platform_is_named_the_seller_is_in_the_key(written: str | None) -> None:
    assert record_key("orders", {"flow": "import", "ebp_code": written, "ebc_code": "S1", "order_no": "1"}) == ("import", "S1", "1")


def test_a_payment_without_transaction_is_told_apart_by_day_and_sum() -> None:
    row = {
        "flow": "export",
        "ebp_code": "P",
        "order_no": "1",
        "pay_code": "Q",
        "pay_transaction_id": None,
        "pay_time": DAY,
        "amount_paid": Decimal(3),
    }
    assert record_key("payments", row)[-1] == f"{DAY}+3"
    assert record_key("payments", {**row, "amount_paid": Decimal(4)}) != record_key("payments", row)


def test_a_declaration_without_the_declarants_number_is_keyed_by_its_consignment() -> None:
    row = {
        "flow": "import",
        "agent_code": "A",
        "ebp_code": "P",
        "order_no": "1",
        "logistics_code": "L",
        "logistics_no": "W",
        "cop_no": None,
    }
    assert record_key("inventories", row) == ("import", "P", "1", "L", "W")
    assert record_key("inventories", {**row, "cop_no": "C"}) == ("import", "A", "C")


@pytest.mark.parametrize(
    ("list_name", "absent"),
    [("orders", "order_no"), ("payments", "order_no"), ("waybills", "logistics_no"), ("deliveries", "logistics_status")],
)
def test_a_record_without_what_identifies_it_is_refused_by_the_elements_name(list_name: str, absent: str) -> None:
    row = {column: "x" for column in CATALOG[list_name].key if column != absent}
    with pytest.raises(BadRecord, match=absent) as caught:
        record_key(list_name, row)
    assert caught.value.code == "missing_key"


def test_content_does_not_change_when_columns_are_added() -> None:
    assert content(("a", "b", "c"), ("1", None, "2")) == content(("a", "c"), ("1", "2"))
    assert content(("a", "b"), ("1", "2")) != content(("a", "b"), ("2", "1"))


def test_known_is_the_records_own_time_unless_it_lies_in_the_future_or_is_not_trusted(intake: Intake) -> None:
    spec, late = CATALOG["orders"], intake.received_at + dt.timedelta(hours=1)
    live = Intake(intake.keyring, intake.received_at, True)
    assert known_at(spec, {"app_time": DAY}, intake) == (DAY, None)
    assert known_at(spec, {"app_time": late}, intake) == (intake.received_at, "app_time_in_future")
    assert known_at(spec, {}, intake) == (intake.received_at, None)
    assert known_at(spec, {"app_time": DAY}, live) == (intake.received_at, None)


def test_a_day_is_known_from_its_beginning_in_beijing(intake: Intake) -> None:
    assert known_at(CATALOG["exchange_rates"], {"valid_from": dt.date(2025, 4, 1)}, intake)[0] == dt.datetime(
        2025, 3, 31, 16, tzinfo=dt.UTC
    )
