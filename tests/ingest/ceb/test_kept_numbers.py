"""Messages that are kept as they are: an identity number that their elements tear apart is hidden too, other numbers are not."""

import pytest
from lxml import etree

from sandan.ingest.ceb.keep import kept
from sandan.record.ids import KEY_BYTES, Keyring

NUMBER = "33010619900307447X"
KEYRING = Keyring(b"k" * KEY_BYTES)
_HEAD, _DAY, _REST = NUMBER[:6], NUMBER[6:14], NUMBER[14:]


def _content(body: str) -> tuple[str, str]:
    record = etree.fromstring(f"<MessageReturn><guid>1</guid>{body}</MessageReturn>")
    _, content, *_, said = kept(record, "CEB900", KEYRING)
    return content, said


@pytest.mark.parametrize(
    "body",
    [
        f"<x>{_HEAD}<b/>{_DAY}<b/>{_REST}</x>",
        f"<x>{_HEAD}<i>{_DAY}</i>{_REST}</x>",
        f"<x>33<i>01</i>06<i>1990</i><i>0307</i>{_REST}</x>",
        f"<a>{_HEAD}</a><b>{_DAY}</b><c>{_REST}</c>",
        f"<a>{_HEAD} </a>\n<b> {_DAY[:4]}-{_DAY[4:6]}-{_DAY[6:]}</b>\n<c>{_REST}</c>",
        f"<q>12</q><q>7</q><a>{_HEAD}</a><b><c>{_DAY}</c><c>{_REST}</c></b><q>5</q>",
        f"<x>前六位{_HEAD}，1990年3月7日生，尾号{_REST}</x>",
    ],
)
def test_a_number_that_elements_tear_apart_is_hidden(body: str) -> None:
    content, said = _content(body)
    assert KEYRING.hash("identity", NUMBER) in content
    for part in (_HEAD, _DAY, _REST):
        assert part not in content + said


@pytest.mark.parametrize(
    "body",
    ["<a>330106</a><b>19900307</b><c>4474</c>", "<a>12</a><b>2026100112</b><c>345678</c>", f"<a>{_HEAD}</a><b>x</b><c>{_DAY}{_REST}</c>"],
)
def test_numbers_of_neighbours_stay(body: str) -> None:
    assert body in _content(body)[0]
