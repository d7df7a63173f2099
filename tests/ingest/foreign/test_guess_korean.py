"""Headings in Korean find their columns, with values of no meaning to anybody."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.ingest.foreign.guess import first_mapping

ORDERS = {
    "주문번호": "order_no", "플랫폼코드": "ebp_code", "판매자코드": "ebc_code", "판매자명": "ebc_name", "구매자명": "buyer_name",
    "구매자 연락처": "buyer_telephone", "수취인": "consignee", "수취인 연락처": "consignee_telephone", "배송지주소": "consignee_address",
    "상품금액": "goods_value", "배송비": "freight", "통화": "currency", "결제금액": "actual_paid", "주문일시": "ordered_at",
}  # fmt: skip
WAYBILLS = {
    "운송장번호": "logistics_no", "택배사코드": "logistics_code", "송하인": "sender_name", "송하인 전화번호": "sender_telephone",
    "송하인 주소": "sender_address", "수하인": "receiver_name", "수하인 전화번호": "receiver_telephone", "수하인 주소": "receiver_address",
    "목적국": "receiver_country", "품명": "description", "총중량(kg)": "weight_kg", "신고가격": "declared_value", "통화": "currency",
    "발송일": "shipped_at",
}  # fmt: skip
VALUES = {
    "KRW": ("currency",), "US": ("receiver_country",), "2025-03-01 10:00:00": ("ordered_at", "shipped_at"), "010-1234-5678": ("buyer_telephone",),
    "12500": ("goods_value", "freight", "actual_paid", "declared_value"), "1.2": ("weight_kg",),
}  # fmt: skip


def value(column: str) -> str:
    return next((text for text, columns in VALUES.items() if column in columns), f"{column}-1")


@pytest.mark.parametrize(("table", "headings"), [("orders", ORDERS), ("house_waybills", WAYBILLS)])
@pytest.mark.parametrize("written", [str, lambda heading: heading.replace(" ", ""), lambda heading: f" {heading.replace(' ', '_')} "])
def test_korean_headings_name_their_columns(tmp_path: Path, table: str, headings: dict[str, str], written: Callable[[str], str]) -> None:
    path = tmp_path / "목록.csv"
    rows = [",".join(written(heading) for heading in headings), *[",".join(map(value, headings.values()))] * 2]
    path.write_text("\n".join(rows), encoding="utf-8")
    made = tomllib.loads(first_mapping(path))
    assert made["table"] == table
    found = {source.strip(): column for column, source in made["columns"].items() if isinstance(source, str)}
    assert found == {written(heading).strip(): column for heading, column in headings.items()}
