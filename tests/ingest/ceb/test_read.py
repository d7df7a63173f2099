"""CEB messages as senders really write them, and as nobody should."""

import base64
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.ceb import read as ceb_read
from sandan.ingest.reject import REMEDIES

Xml = Callable[..., str]
GOOD = ("P1", "1")


def _read(reader: Any, folder: Path, content: str | bytes, name: str = "m.xml") -> dict[str, Any]:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    account: dict[str, Any] = reader.read(folder / name)
    return account


def _envelope(inner: bytes, root: str = "DxpMsg") -> bytes:
    return f'<?xml version="1.0"?><{root} xmlns="http://www.chinaport.gov.cn/dxp"><TransInfo/><Data>{base64.encodebytes(inner).decode()}</Data></{root}>'.encode()


@pytest.mark.parametrize("namespace", [True, False])
def test_a_message_is_read_with_and_without_its_namespace(reader: Any, tmp_path: Path, order: Xml, message: Xml, namespace: bool) -> None:
    assert _read(reader, tmp_path, message(order("1"), namespace=namespace))["loaded"] == 1
    assert [(row["ebp_code"], row["order_no"]) for row in reader.rows("orders")] == [GOOD]


def test_with_and_without_namespace_prefix_or_guid_it_is_the_same_record(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    prefixed = message(order("1")).replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?").replace("xmlns=", "xmlns:c=")
    _read(reader, tmp_path, message(order("1")))
    for other in (prefixed, message(order("1"), namespace=False), message(order("1", {"guid": ""})).replace(' guid="M1"', "")):
        assert _read(reader, tmp_path, other)["duplicate"] == 1, other


@pytest.mark.parametrize("root", ["DxpMsg", "DxpMsgSv"])
def test_a_message_is_taken_out_of_its_envelope(reader: Any, tmp_path: Path, order: Xml, message: Xml, root: str) -> None:
    assert _read(reader, tmp_path, _envelope(message(order("1")).encode(), root))["loaded"] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_envelope(b"no message"), "unknown_format"),
        (_envelope(_envelope(b"<CEB311Message/>")), "unknown_format"),
        (b"<DxpMsg><Data>***</Data></DxpMsg>", "broken_xml"),
        (b"<DxpMsg><Data>PENFQg", "broken_xml"),
        (b"<DxpMsg/>", "unknown_format"),
        (_envelope(b"<!DOCTYPE a [<!ENTITY b 'c'>]><CEB311Message/>"), "forbidden_dtd"),
        (b"<html><body/></html>", "unknown_format"),
        (b"<CEB311Message><Order></CEB311Message>", "broken_xml"),
        (b"<CEB311Message>", "broken_xml"),
        (b"<?xml version='1.0'", "broken_xml"),
        (b"<CEB311Message/><CEB311Message/>", "broken_xml"),
        (b"<?xml version='1.0' encoding='no-such'?><CEB311Message/>", "bad_encoding"),
        ("<CEB311Message><Order>订单</Order></CEB311Message>".encode("gb18030"), "bad_encoding"),
        (b"<CEB311Message>" + b"<a>" * 300 + b"</a>" * 300 + b"</CEB311Message>", "broken_xml"),
    ],
)
def test_what_is_no_whole_message_is_one_rejected_record(reader: Any, tmp_path: Path, content: bytes, code: str) -> None:
    account = _read(reader, tmp_path, content)
    assert (account["read"], account["rejected"], account["rejected_files"]) == (1, 1, 1)
    assert [(reject[1], reject[3]) for reject in reader.rejects()] == [(0, code)]


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE CEB311Message>",
        '<!DOCTYPE CEB311Message SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE CEB311Message [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        "<!DOCTYPE CEB311Message [<!ENTITY a 'aaaa'><!ENTITY x '&a;&a;&a;'>]>",
        '<!DOCTYPE CEB311Message [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_document_type_is_refused_wherever_it_stands(
    reader: Any, tmp_path: Path, order: Xml, message: Xml, declared: str, late: bool
) -> None:
    comment = f"<!--{'x' * 100_000}-->" if late else ""
    body = message(order("1", {"note": "&x;" if "ENTITY x" in declared else "x"})).replace("?><", f"?>{comment}{declared}<", 1)
    assert _read(reader, tmp_path, body)["loaded"] == 0
    assert reader.rejects()[0][3] in ("forbidden_dtd", "unknown_format")
    assert reader.rows("orders") == []


@pytest.mark.parametrize("declared", ["GB18030", "gb2312", "GBK"])
def test_chinese_encodings_are_read_under_any_of_their_names(reader: Any, tmp_path: Path, order: Xml, message: Xml, declared: str) -> None:
    # 镕 is not in GB2312, 𠮷 only in GB18030: senders declare the old name and use the new characters.
    text = message(order("1", {"note": "朱镕𠮷"})).replace("UTF-8", declared)
    _read(reader, tmp_path, text.encode("gb18030"))
    assert [row["note"] for row in reader.rows("orders")] == ["朱镕𠮷"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_borne(reader: Any, tmp_path: Path, order: Xml, message: Xml, encoding: str) -> None:
    text = message(order("1", {"note": "订单"})).replace("UTF-8", "UTF-16" if encoding == "utf-16" else "UTF-8")
    _read(reader, tmp_path, text.encode(encoding))
    assert [row["note"] for row in reader.rows("orders")] == ["订单"]


def test_cdata_references_and_comments_are_text_or_nothing(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    _read(reader, tmp_path, message(order("1", {"note": "<![CDATA[a < b & c]]>", "ebpName": "A&amp;B<!-- c --> &#x5317;京"})))
    [row] = reader.rows("orders")
    assert (row["note"], row["ebp_name"]) == ("a < b & c", "A&B 北京")


def test_padded_numbers_are_read_without_their_padding(reader: Any, tmp_path: Path, message: Xml) -> None:
    fields = "<appTime>20250401120000</appTime><logisticsCode> L1\n</logisticsCode><logisticsNo>  W0001   </logisticsNo><orderNo>\t1 </orderNo><weight> 1.50 </weight>"
    _read(reader, tmp_path, message(f"<Logistics><LogisticsHead>{fields}</LogisticsHead></Logistics>", kind="CEB511"))
    [row] = reader.rows("waybills")
    assert (row["logistics_code"], row["logistics_no"], row["order_no"], row["weight"]) == ("L1", "W0001", "1", Decimal("1.5"))


def test_a_transfer_that_is_repeated_is_no_record(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    transfer = "<BaseTransfer><copCode>C1</copCode><dxpId>D1</dxpId></BaseTransfer>"
    account = _read(
        reader, tmp_path, message(transfer, order("1"), transfer, order("2"), behind=transfer + "<ExtendMessage><Order/></ExtendMessage>")
    )
    assert (account["read"], account["loaded"]) == (2, 2)
    assert {(row["cop_code"], row["dxp_id"], row["message_guid"]) for row in reader.rows("orders")} == {("C1", "D1", "M1")}


def test_empty_optional_elements_say_nothing(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    empty = {"freight": "", "discount": "  ", "buyerIdNumber": "", "appTime": "", "batchNumbers": "\n"}
    assert _read(reader, tmp_path, message(order("1", empty)))["loaded"] == 1
    [row] = reader.rows("orders")
    assert (row["freight"], row["discount"], row["buyer_id_hash"], row["app_time"], row["batch_numbers"]) == (None,) * 5
    assert row["known_at"] == row["received_at"]


def test_unknown_elements_and_one_that_says_the_same_twice_do_no_harm(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    more = "<orderNo> 1</orderNo><colour>blue</colour></OrderHead>"
    account = _read(reader, tmp_path, message(order("1", {"colour": "red"}).replace("</OrderHead>", more)))
    assert account["rejected"] == 0
    assert [row["order_no"] for row in reader.rows("orders")] == ["1"]


@pytest.mark.parametrize("sign", ["", "<!-- a comment -->"], ids=["quick", "careful"])
def test_an_element_that_says_two_things_refuses_its_record(reader: Any, tmp_path: Path, order: Xml, message: Xml, sign: str) -> None:
    line = {"gnum": "1", "itemName": "奶粉", "qty": "2", "price": "5", "currency": "142"}
    orders = [
        order("1", None, line).replace("</OrderHead>", f"<orderNo>2{sign}</orderNo></OrderHead>"),
        order("3", None, line, {**line, "gnum": "2"}).replace("</OrderList></Order>", f"<price>50{sign}</price></OrderList></Order>"),
        order("4", None, line),
    ]
    account = _read(reader, tmp_path, message(*orders))
    assert (account["read"], account["loaded"], account["rejected"]) == (3, 1, 2)
    assert [reject[1:4] for reject in reader.rejects()] == [(1, "orders", "said_twice"), (2, "orders", "said_twice")]
    assert "said_twice" in REMEDIES
    assert [row["order_no"] for row in reader.rows("orders")] == ["4"]


def test_misspelt_elements_of_the_standard_come_into_their_columns(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    _read(reader, tmp_path, message(order("1", {"acturalPaid": "12.30", "consigneeDitrict": "330110"})))
    [row] = reader.rows("orders")
    assert (row["actual_paid"], row["consignee_district"]) == (Decimal("12.3"), "330110")


def test_lines_are_kept_with_their_head_and_a_bad_one_rejects_it(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    line = {"gnum": "1", "itemName": "奶粉", "qty": "2", "price": "5", "currency": "142"}
    bad = [order("2", None, line, {**line, "gnum": "2", "qty": "two"}), order("3", None, {**line, "gnum": ""})]
    account = _read(reader, tmp_path, message(order("1", None, line, {**line, "gnum": "2"}), *bad))
    assert (account["read"], account["loaded"], account["rejected"], account["lines"]) == (3, 1, 2, 2)
    assert [reject[1:4] for reject in reader.rejects()] == [(2, "orders", "bad_line"), (3, "orders", "bad_line")]
    assert reader.rejects()[0][4].startswith("line 2: qty")
    assert [(row["order_no"], row["gnum"], row["item_name"]) for row in reader.rows("order_items")] == [("1", 1, "奶粉"), ("1", 2, "奶粉")]


def test_the_export_receipt_of_money_is_a_payment(reader: Any, tmp_path: Path, message: Xml) -> None:
    fields = "<ebpCode>P</ebpCode><orderNo>1</orderNo><payCode>Q</payCode><payNo>T</payNo><charge>9.5</charge><currency>502</currency><accountingDate>20250401</accountingDate>"
    _read(reader, tmp_path, message(f"<Receipts>{fields}</Receipts>", kind="CEB403"))
    [row] = reader.rows("payments")
    assert (row["flow"], row["pay_transaction_id"], row["amount_paid"], row["currency"]) == ("export", "T", Decimal("9.5"), "USD")


def test_an_unparsed_message_is_kept_without_signature_and_identity_numbers(reader: Any, tmp_path: Path, message: Xml) -> None:
    number = "110101199003074477"
    record = f"<OrderReturn><guid>G</guid><buyerIdNumber>{number}</buyerIdNumber><returnInfo>no {number}</returnInfo><returnTime>20250401120000</returnTime></OrderReturn>"
    account = _read(reader, tmp_path, message(record, kind="CEB312", behind="<Signature>SECRET</Signature>"))
    assert (account["loaded"], list(account["lists"])) == (1, ["other"])
    [row] = reader.rows("other")
    assert number not in repr(row)
    assert "SECRET" not in row["content"]
    assert (row["kind"], row["known_at"].hour) == ("CEB312", 4)
    assert _read(reader, tmp_path, message(record.replace(">G<", ">H<"), kind="CEB312"))["duplicate"] == 1


def test_an_unparsed_message_with_an_impossible_time_is_kept_too(reader: Any, tmp_path: Path, message: Xml) -> None:
    assert (
        _read(reader, tmp_path, message("<OrderReturn><returnTime>0001-01-01T00:00:00</returnTime></OrderReturn>", kind="CEB312"))["loaded"]
        == 1
    )


def test_a_signature_is_noted_for_all_records_of_its_message(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    _read(
        reader,
        tmp_path,
        message(order("1"), behind='<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'),
    )
    assert [row["signature"] for row in reader.rows("orders")] == ["unchecked"]


def test_a_text_of_a_reject_never_repeats_a_value(reader: Any, tmp_path: Path, order: Xml, message: Xml) -> None:
    _read(
        reader,
        tmp_path,
        message(order("1", {"goodsValue": "110101199003074477x", "buyerIdNumber": "110101199003074477"}), order("", {"note": "secret"})),
    )
    assert [reject[3] for reject in reader.rejects()] == ["bad_value", "missing_key"]
    assert "110101" not in repr(reader.rejects())
    assert "secret" not in repr(reader.rejects())


@pytest.mark.parametrize(("n", "whole_bytes"), [(200, 1 << 16), pytest.param(7000, 4 << 20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", "UTF-16"])
@pytest.mark.parametrize("written", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_wins_over_what_is_declared(
    reader: Any,
    tmp_path: Path,
    order: Any,
    message: Any,
    monkeypatch: pytest.MonkeyPatch,
    declared: str,
    written: str,
    n: int,
    whole_bytes: int,
) -> None:
    monkeypatch.setattr(ceb_read, "_WHOLE_BYTES", whole_bytes)  # the second message is larger
    text = message(order("1", {"note": "面霜"})).replace('encoding="UTF-8"', f'encoding="{declared}"')
    (tmp_path / "m.xml").write_bytes(text.encode(written))
    large = message(*(order(str(i), {"note": "面霜" * 200}) for i in range(2, n))).replace('encoding="UTF-8"', f'encoding="{declared}"')
    (tmp_path / "n.xml").write_bytes(large.encode(written))
    assert (tmp_path / "n.xml").stat().st_size > whole_bytes
    account = reader.read(tmp_path / "m.xml", tmp_path / "n.xml")
    assert (account["read"], account["rejected"]) == (n - 1, 0)
    assert {row["note"][:2] for row in reader.rows("orders")} == {"面霜"}
