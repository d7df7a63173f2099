"""Messages of another form than the standard's: nothing of them is lost in silence, whatever their kind and size."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.ceb import read as ceb_read
from sandan.ingest.ceb.messages import MESSAGES, Message
from sandan.record.catalog.tables import CATALOG

Xml = Callable[..., str]
KINDS = pytest.mark.parametrize("kind", sorted(MESSAGES))
WITH_LINES = pytest.mark.parametrize("kind", sorted(kind for kind, message in MESSAGES.items() if message.line))
SIZES = pytest.mark.parametrize("whole_bytes", [4 << 20, 0])


@KINDS
def test_every_element_has_a_column(kind: str) -> None:
    """Of the head but `guid`, which names the message, and of the lines."""
    message = MESSAGES[kind]
    spec = CATALOG[message.list_name]
    head = {column.name for column in spec.columns}
    lines = {column.name for column in CATALOG[spec.lines].columns} if spec.lines else set()
    assert {element for element in message.head_fields if message.column(element) not in head} <= {"guid"}
    assert {element for element in message.line_fields if message.column(element) not in lines} == set()


def _text(message: Message, element: str, i: int) -> str:
    if element in ("appTime", "payTime", "returnTime", "logisticsTime"):
        return "20250401120000"
    if re.search("Time|Date", element):
        return "20250401"
    if element in ("appType", "appStatus"):
        return "1" if element == "appType" else "2"
    if element.endswith("urrency"):
        return "142"
    return str(i) if element not in ("orderNo", "logisticsNo", "copNo", "invtNo", "taxNo", "payTransactionId") else f"N{i}"


def _fields(message: Message, elements: tuple[str, ...], i: int) -> str:
    return "".join(f"<{element}>{_text(message, element, i)}</{element}>" for element in elements)


def _head(message: Message, i: int) -> str:
    head = _fields(message, message.head_fields, i)
    return f"<{message.head}>{head}</{message.head}>" if message.head else head


def _lines(message: Message, n: int) -> str:
    return (
        "".join(f"<{message.line}>{_fields(message, message.line_fields, i)}</{message.line}>" for i in range(1, n + 1))
        if message.line
        else ""
    )


def _record(message: Message, i: int = 7, n_lines: int = 2) -> str:
    return f"<{message.record}>{_head(message, i)}{_lines(message, n_lines)}</{message.record}>"


def _written(kind: str, *parts: str) -> bytes:
    transfer = "<BaseTransfer><copCode>C1</copCode><dxpId>D1</dxpId></BaseTransfer>"
    return f'<?xml version="1.0"?><{kind}Message guid="G" xmlns="http://www.chinaport.gov.cn/ceb">{"".join(parts)}{transfer}</{kind}Message>'.encode()


@pytest.fixture
def read(reader: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    def read(content: bytes, whole_bytes: int) -> dict[str, Any]:
        monkeypatch.setattr(ceb_read, "_WHOLE_BYTES", whole_bytes)
        (tmp_path / "m.xml").write_bytes(content)
        account: dict[str, Any] = reader.read(tmp_path / "m.xml")
        return account

    return read


@SIZES
@KINDS
def test_a_message_of_the_standards_form_loads(read: Any, kind: str, whole_bytes: int) -> None:
    message = MESSAGES[kind]
    account = read(_written(kind, _record(message, 1), _record(message, 2)), whole_bytes)
    assert (account["read"], account["loaded"], account["lines"]) == (2, 2, 4 if message.line else 0)


def _in_wrapper(message: Message) -> str:
    return f"<{message.record}s>{_record(message, 1)}{_record(message, 2)}</{message.record}s>"


def _small(message: Message) -> str:
    return re.sub(rf"(</?){message.record}>", rf"\1{message.record.lower()}>", _record(message))


def _capital(message: Message) -> str:
    return re.sub(rf"(</?){message.record}>", rf"\1{message.record.upper()}>", _record(message))


def _plural(message: Message) -> str:
    return re.sub(rf"(</?){message.record}>", rf"\1{message.record}Info>", _record(message))


def _deep(message: Message) -> str:
    return f"<Body><Data>{_record(message)}</Data></Body>"


def _bare(message: Message) -> str:
    return _head(message, 1) + _lines(message, 1)


def _nothing(message: Message) -> str:
    return ""


@SIZES
@KINDS
@pytest.mark.parametrize("form", [_in_wrapper, _small, _capital, _plural, _deep, _bare, _nothing])
def test_a_message_without_a_record_where_it_should_be_is_one_reject(
    read: Any, reader: Any, kind: str, form: Callable[[Message], str], whole_bytes: int
) -> None:
    account = read(_written(kind, form(MESSAGES[kind])), whole_bytes)
    assert (account["read"], account["loaded"], account["rejected"], account["rejected_files"]) == (1, 0, 1, 1)
    assert [reject[2:4] for reject in reader.rejects()] == [(MESSAGES[kind].list_name, "no_record")]


@SIZES
@KINDS
@pytest.mark.parametrize("form", [_in_wrapper, _small, _plural, _deep])
@pytest.mark.parametrize("is_first", [True, False])
def test_beside_good_records_it_is_counted(
    read: Any, reader: Any, kind: str, form: Callable[[Message], str], is_first: bool, whole_bytes: int
) -> None:
    message = MESSAGES[kind]
    parts = [form(message), _record(message, 8), _record(message, 9)]
    account = read(_written(kind, *(parts if is_first else [*parts[1:], parts[0]])), whole_bytes)
    assert (account["read"], account["loaded"], account["rejected"], account["rejected_files"]) == (3, 2, 1, 0)
    assert [reject[3] for reject in reader.rejects()] == ["unknown_record"]


@SIZES
@pytest.mark.parametrize("kind", sorted(kind for kind, message in MESSAGES.items() if message.head))
def test_a_record_with_two_heads_is_refused(read: Any, reader: Any, kind: str, whole_bytes: int) -> None:
    message = MESSAGES[kind]
    for inner in (_head(message, 1) + _lines(message, 1) + _head(message, 2) + _lines(message, 1), _head(message, 1) * 2):
        double = f"<{message.record}>{inner}</{message.record}>"
        account = read(_written(kind, double, _record(message, 9)), whole_bytes)
        assert (account["read"], account["loaded"] + account["duplicate"], account["rejected"]) == (2, 1, 1)
    assert {reject[3] for reject in reader.rejects()} == {"two_heads"}
    assert len(reader.rows(message.list_name)) == 1


@SIZES
@WITH_LINES
@pytest.mark.parametrize(
    "form",
    [
        lambda m: f"<{m.line}s>{_lines(m, 2)}</{m.line}s>",
        lambda m: f"<Lists><Inner>{_lines(m, 2)}</Inner></Lists>",
        lambda m: _lines(m, 2).replace(m.line, m.line.lower()),
        lambda m: _lines(m, 2).replace(m.line, f"{m.line}Info"),
        lambda m: _lines(m, 1) + f"<{m.line}s>{_lines(m, 1)}</{m.line}s>",
        lambda m: _fields(m, m.line_fields, 1),
    ],
)
def test_a_record_whose_lines_are_elsewhere_is_refused(
    read: Any, reader: Any, kind: str, form: Callable[[Message], str], whole_bytes: int
) -> None:
    message = MESSAGES[kind]
    account = read(
        _written(kind, f"<{message.record}>{_head(message, 1)}{form(message)}</{message.record}>", _record(message, 2)), whole_bytes
    )
    assert (account["read"], account["loaded"], account["rejected"]) == (2, 1, 1)
    assert [reject[3] for reject in reader.rejects()] == ["unknown_part"]


@SIZES
@WITH_LINES
@pytest.mark.parametrize("beside", [0, 1])
def test_a_record_with_a_line_inside_its_head_or_another_line_is_refused(
    read: Any, reader: Any, kind: str, beside: int, whole_bytes: int
) -> None:
    message = MESSAGES[kind]
    in_head = _head(message, 1).replace(f"</{message.head}>", f"{_lines(message, 1)}</{message.head}>") + _lines(message, beside)
    in_line = _head(message, 2) + _lines(message, 1).replace(f"</{message.line}>", f"{_lines(message, 1)}</{message.line}>")
    records = [f"<{message.record}>{inner}</{message.record}>" for inner in (in_head, in_line)]
    account = read(_written(kind, *records, _record(message, 3)), whole_bytes)
    assert (account["read"], account["loaded"], account["rejected"]) == (3, 1, 2)
    assert {reject[3] for reject in reader.rejects()} == {"unknown_part"}


@SIZES
@pytest.mark.parametrize("blank", ["\n", "  \r\n\t"])
def test_blank_lines_before_the_declaration_change_nothing(read: Any, blank: str, whole_bytes: int) -> None:
    assert read(blank.encode() + _written("CEB311", _record(MESSAGES["CEB311"])), whole_bytes)["loaded"] == 1


@pytest.mark.parametrize(
    ("form", "told"), [(_in_wrapper, "it stands in Orders"), (_small, "it is written order"), (_deep, "it stands in Data")]
)
def test_the_reject_says_where_the_record_is(read: Any, reader: Any, form: Callable[[Message], str], told: str) -> None:
    read(_written("CEB311", form(MESSAGES["CEB311"])), 4 << 20)
    assert [told in reject[4] for reject in reader.rejects()] == [True]


def test_xml_that_is_no_message_is_told_by_its_root(read: Any, reader: Any) -> None:
    read(b"<ceb311message><Order/></ceb311message>", 4 << 20)
    assert [reject[3:5] for reject in reader.rejects()] == [("unknown_format", "XML, but no CEB message: its root is ceb311message")]


@SIZES
@WITH_LINES
def test_a_record_without_lines_is_a_counted_defect(read: Any, reader: Any, kind: str, whole_bytes: int) -> None:
    message = MESSAGES[kind]
    account = read(_written(kind, _record(message, 1, 0), _record(message, 2)), whole_bytes)
    assert (account["loaded"], account["lines"]) == (2, 2)
    assert sorted(row["defects"] or "" for row in reader.rows(message.list_name)) == ["", "no_lines"]


@SIZES
@KINDS
def test_fields_in_an_element_of_their_own_refuse_their_record(read: Any, reader: Any, kind: str, whole_bytes: int) -> None:
    message = MESSAGES[kind]
    last = message.head_fields[-1]
    nested = _record(message, 1).replace(f"<{last}>", f"<more><{last}>", 1).replace(f"</{last}>", f"</{last}></more>", 1)
    account = read(_written(kind, nested, _record(message, 2)), whole_bytes)
    assert (account["read"], account["loaded"], account["rejected"]) == (2, 1, 1)
    assert [reject[3] for reject in reader.rejects()] == ["unknown_part"]


def test_capitals_of_a_field_do_not_matter(read: Any, reader: Any, order: Xml, message: Xml) -> None:
    told = message(order("1", {"buyerName": "王测试"})).replace("buyerName", "BuyerNAME").replace("orderNo", "ORDERNO")
    assert read(told.encode(), 4 << 20)["loaded"] == 1
    assert [(row["order_no"], row["buyer_name"]) for row in reader.rows("orders")] == [("1", "王测试")]


def test_elements_that_nobody_knows_are_no_records(read: Any, order: Xml, message: Xml) -> None:
    extra = "<Vendor><trace>1</trace></Vendor>"
    for whole_bytes in (4 << 20, 0):
        account = read(message(extra, order("1").replace("</Order>", f"{extra}</Order>"), extra).encode(), whole_bytes)
        assert (account["read"], account["rejected"]) == (1, 0)


@SIZES
def test_an_unparsed_message_without_a_record_is_one_reject(read: Any, reader: Any, whole_bytes: int) -> None:
    account = read(_written("CEB900"), whole_bytes)
    assert (account["read"], account["rejected"], account["rejected_files"]) == (1, 1, 1)
    assert [reject[2:4] for reject in reader.rejects()] == [("other", "no_record")]


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", "UTF-16"])
@pytest.mark.parametrize("written", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_wins_over_what_is_declared(
    reader: Any, tmp_path: Path, order: Any, message: Any, declared: str, written: str
) -> None:
    text = message(order("1", {"note": "面霜"})).replace('encoding="UTF-8"', f'encoding="{declared}"')
    (tmp_path / "m.xml").write_bytes(text.encode(written))
    large = message(*(order(str(i), {"note": "面霜" * 200}) for i in range(2, 7000))).replace('encoding="UTF-8"', f'encoding="{declared}"')
    (tmp_path / "n.xml").write_bytes(large.encode(written))
    account = reader.read(tmp_path / "m.xml", tmp_path / "n.xml")
    assert (account["read"], account["rejected"]) == (6999, 0)
    assert {row["note"][:2] for row in reader.rows("orders")} == {"面霜"}
