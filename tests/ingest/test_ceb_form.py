"""Messages of another form than the standard's: nothing of them is lost without a word."""

import gzip
from pathlib import Path

import pytest

from sandan.ingest.intake import ingest
from sandan.record.settings import load_settings

SPACE = 'xmlns:ceb="http://www.chinaport.gov.cn/ceb"'
LINE = (
    "<ceb:OrderList><ceb:gnum>{gnum}</ceb:gnum><ceb:itemName>tea</ceb:itemName><ceb:qty>1</ceb:qty><ceb:price>50</ceb:price>"
    "<ceb:totalPrice>50</ceb:totalPrice><ceb:currency>142</ceb:currency></ceb:OrderList>"
)
HEAD = (
    "<ceb:OrderHead><ceb:appType>1</ceb:appType><ceb:appTime>20260901080000</ceb:appTime><ceb:appStatus>2</ceb:appStatus>"
    "<ceb:orderNo>{no}</ceb:orderNo><ceb:ebpCode>3301960001</ceb:ebpCode><ceb:ebcCode>3301960002</ceb:ebcCode>"
    "<ceb:goodsValue>50</ceb:goodsValue><ceb:currency>142</ceb:currency></ceb:OrderHead>"
)


def order(no: str, *, heads: int = 1, wrapper: str = "", tag: str = "Order", comment: str = "") -> str:
    lines = LINE.format(gnum=1)
    if wrapper:
        lines = f"<ceb:{wrapper}>{lines}</ceb:{wrapper}>"
    first = "".join(HEAD.format(no=f"{no}{k}") for k in range(heads))
    return f"<ceb:{tag}>{comment}{first}{lines}</ceb:{tag}>"


def account(tmp_path: Path, body: str) -> tuple[int, int, int]:
    """Read, loaded and rejected orders."""
    file = tmp_path / "message.xml.gz"
    file.write_bytes(gzip.compress(f'<?xml version="1.0" encoding="UTF-8"?><ceb:CEB311Message {SPACE}>{body}</ceb:CEB311Message>'.encode()))
    counts = ingest([file], load_settings(tmp_path / "home")).lists["orders"]
    return counts.read, counts.loaded, counts.rejected


@pytest.mark.parametrize(
    "body",
    [f"<ceb:Orders>{order('A')}{order('B')}</ceb:Orders>", order("A", tag="order"), order("A", tag="Orders"), "", "<ceb:BaseTransfer/>"],
    ids=["wrapper", "small letters", "other name", "empty", "transmission only"],
)
def test_a_message_without_a_record_is_rejected(tmp_path: Path, body: str) -> None:
    assert account(tmp_path, body) == (1, 0, 1)


@pytest.mark.parametrize("comment", ["", "<!-- slow path -->"])
@pytest.mark.parametrize("form", [{"heads": 2}, {"heads": 3}, {"wrapper": "OrderLists"}, {"wrapper": "Items"}])
def test_a_record_of_another_form_is_rejected_alone(tmp_path: Path, form: dict[str, object], comment: str) -> None:
    bad = order("B", comment=comment, **form)  # type: ignore[arg-type]
    assert account(tmp_path, order("A") + bad + order("C")) == (3, 2, 1)


def test_an_extension_beside_the_head_is_no_fault(tmp_path: Path) -> None:
    body = order("A").replace("</ceb:Order>", "<ceb:ExtendMessage><ceb:name>x</ceb:name></ceb:ExtendMessage></ceb:Order>")
    assert account(tmp_path, body) == (1, 1, 0)
