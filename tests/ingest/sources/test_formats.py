"""A file that is neither a message nor a table of the contract is refused once, and its sender is told what it is."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.foreign.guess import first_mapping
from sandan.ingest.sources.formats import other_format
from sandan.record.errors import InputError

TABLE = "订单编号,ebp_code,order_no,ebc_code,goods_value,currency\n1,P1,1,S1,1,CNY\n" * 3
PAGE = "<table border=1><tr><td>order_no</td></tr><tr><td>1</td></tr></table>"
BOOK = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _zip(*names: str, text: str = "<x/>") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    return packed.getvalue()


FILES: list[tuple[str, bytes, str, str]] = [
    ("a.csv", TABLE.encode("utf-16"), "other_format", "UTF-16"),
    ("b.txt", b"\xfe\xff" + TABLE.encode("utf-16-be"), "other_format", "UTF-16"),
    ("c.csv", TABLE.replace("订单编号", "note").encode("utf-16-le"), "other_format", "UTF-16"),
    ("c2.csv", TABLE.encode("utf-32"), "other_format", "UTF-32"),
    ("d.xls", PAGE.encode(), "other_format", "HTML"),
    ("e.xls", b"\xef\xbb\xbf\r\n <!-- made by x --><HTML><HEAD/></HTML>", "unknown_format", "HTML"),
    ("f.xls", f"<!DOCTYPE html>\n<html><body>{PAGE}</body></html>".encode(), "other_format", "HTML"),
    ("g.xls", f"<html>{PAGE}</html>".encode("utf-16"), "other_format", "HTML"),
    ("g2.htm", f'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"><body>{PAGE}</body></html>'.encode(), "other_format", "HTML"),
    ("h.xls", f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n{BOOK}'.encode(), "other_format", "SpreadsheetML"),
    ("h2.xml", f'<?xml version="1.0"?><ss:{BOOK[1:].replace("</W", "</ss:W")}'.encode(), "other_format", "SpreadsheetML"),
    ("i.xls", OLE + "Workbook".encode("utf-16-le") + bytes(100), "other_format", "old Excel workbook"),
    ("i2.xls", OLE, "other_format", "xls"),
    ("i3.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "other_format", "password"),
    ("i4.xls", b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(100), "other_format", "old Excel workbook"),
    ("j.xlsx", _zip("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"), "other_format", "Excel workbook"),
    ("j2.csv", _zip("[Content_Types].xml", "_rels/.rels", "xl/workbook.bin"), "other_format", "Excel workbook"),
    ("j3.zip", _zip("[Content_Types].xml", "word/document.xml"), "unknown_format", "Word"),
    ("k.ods", _zip("mimetype", "content.xml", "META-INF/manifest.xml"), "other_format", "OpenDocument"),
    ("l.pdf", b"%PDF-1.7\n", "unknown_format", "PDF"),
    ("m.csv", b"7z\xbc\xaf\x27\x1c" + bytes(20), "other_archive", "7z"),
    ("m2.zip", b"Rar!\x1a\x07\x00" + bytes(20), "other_archive", "RAR"),
    ("n.json", b'[\n {"order_no": "1"}\n]', "other_format", "JSON array"),
    ("o.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "other_format", "web archive"),
    ("p.rtf", b"{\\rtf1 x}", "unknown_format", "RTF"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "code", "said"), FILES, ids=[file[0] for file in FILES])
def test_a_reject_says_what_a_file_is(reader: Any, tmp_path: Path, name: str, content: bytes, code: str, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    account = reader.read(tmp_path / name)
    assert (account["read"], account["rejected"]) == (1, 1)
    ((_, _, _, told, text),) = reader.rejects()
    assert (told, said in text) == (code, True), text
    with pytest.raises(InputError, match=re.escape(said)) as told_too:
        first_mapping(tmp_path / name)
    assert name in str(told_too.value)


TRADITIONAL = "order_no,consignee,consignee_address\nA1,陳大文,香港九龍旺角彌敦道610號\nA2,龔偉豪,臺北市大安區忠孝東路\n"
PLAIN_WORDS = "订单号,收件人,商品名称,收货地址\nA1,白冰,儿童背包,北京市昌平区\nA2,丁海波,电饭锅,河北省保定市\n"
KANA = "order_no,goods\nA1,资生堂 アネッサ 防晒霜\nA2,花王 メリーズ 纸尿裤\n"
SIMPLIFIED = "order_no,consignee,note\nA1,王小明,浙江省杭州市余杭区\nA2,张镕基,喆堃\n"


@pytest.mark.parametrize(
    "text", [TRADITIONAL, SIMPLIFIED, "order_no,consignee\nA1,王镕\n", "order_no,consignee\nA1,張\n", "a,b\n1,2\n", PLAIN_WORDS, KANA]
)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_chinese_text_is_no_other_encoding(text: str, encoding: str) -> None:
    assert other_format(text.encode(encoding)) is None


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (TRADITIONAL, "big5", "Big5"),
        ("order_no,consignee\nA1,陳大文\nA2,劉德華\nA3,龔偉豪\n", "big5", "Big5"),
        ("order_no,consignee\nA1,王測試\n", "big5", "Big5"),
        ("order_no,consignee\nA1,陳大文\n", "big5", "Big5"),
        ("order_no,consignee,goods\nA1,김민수,어린이 장난감 자동차\nA2,이영희,무선 이어폰\n", "euc-kr", "Korean"),
        ("order_no,consignee,goods\nA1,山田太郎,ワイヤレスイヤホン\nA2,鈴木花子,おもちゃのくるま\n", "shift_jis", "Shift JIS"),
        ("item.id,addressee.name\n1,Müller\n", "cp1252", "Western"),
        ("item.id,addressee.name\n1,Søren Kjær\n2,Günther\n", "latin-1", "Western"),
    ],
)
def test_a_text_that_would_read_as_gb18030_and_say_something_else_is_refused(
    reader: Any, tmp_path: Path, text: str, encoding: str, said: str
) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert reader.read(tmp_path / "a.csv")["rejected"] == 1
    ((_, _, _, code, told),) = reader.rejects()
    assert (code, said in told) == ("other_format", True), told


def test_an_archive_is_one_whatever_its_name(reader: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(_zip("b.csv", text="ebp_code,order_no,ebc_code,goods_value,currency\nP1,1,S1,1,CNY\n"))
    assert reader.read(tmp_path / "a.csv")["loaded"] == 1


def test_a_table_whose_first_cell_is_in_brackets_is_read(reader: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("[note],ebp_code,order_no,ebc_code,goods_value,currency\nx,P1,1,S1,1,CNY\n")
    assert reader.read(tmp_path / "a.csv")["loaded"] == 1


@pytest.mark.parametrize("number", [0, 1, 8, 11, 12, 14, 31])
@pytest.mark.parametrize("form", ["{}", "&#{};", "&#x{:X};", "<![CDATA[{}]]>"])
def test_a_forbidden_character_is_named(
    reader: Any, tmp_path: Path, order: Callable[..., str], message: Callable[..., str], number: int, form: str
) -> None:
    bad = form.format(number if "&" in form else chr(number))
    (tmp_path / "m.xml").write_text(message(order("1", {"note": "x"})).replace("<note>x", f"\n<note>x{bad}"))
    reader.read(tmp_path / "m.xml")
    ((_, _, listed, code, text),) = reader.rejects()
    assert (listed, code) == ("orders", "forbidden_character")
    assert f"U+{number:04X}" in text
    assert "line 2" in text
    assert "encoding" not in text


def test_a_forbidden_character_in_an_attribute_or_a_large_message_is_named(
    reader: Any, tmp_path: Path, order: Callable[..., str], message: Callable[..., str]
) -> None:
    (tmp_path / "a.xml").write_text(message(order("1")).replace('guid="M1"', 'guid="M\x02"'))
    orders = "".join(order(str(i), {"note": "x" * 900}) for i in range(5000))
    (tmp_path / "b.xml").write_text(message(orders + order("9", {"note": "\x03"})))
    reader.read(tmp_path / "a.xml", tmp_path / "b.xml")
    assert [(reject[3], reject[4].partition(")")[0][-6:]) for reject in reader.rejects()] == [
        ("forbidden_character", "U+0002"),
        ("forbidden_character", "U+0003"),
    ]


def test_bytes_of_another_encoding_are_called_that(
    reader: Any, tmp_path: Path, order: Callable[..., str], message: Callable[..., str]
) -> None:
    (tmp_path / "a.xml").write_bytes(message(order("1", {"note": "面霜"})).encode("gb18030"))
    reader.read(tmp_path / "a.xml")
    assert [reject[3] for reject in reader.rejects()] == ["bad_encoding"]
