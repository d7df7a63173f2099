"""CEB messages as files: each sender's records in the order of their sending, at most 100 in a message, one message in a file."""

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from xml.sax.saxutils import escape

from sandan.ingest.ceb.messages import MESSAGES, NAMESPACE
from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import Company
from sandan.synthetic.output.signing import enveloped_signature
from sandan.synthetic.trade.consignment import Record

_MOST = 100
_LEAST = 90
_SPECIAL = re.compile("[&<>]")
_PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# The schemas want declarations and returns signed, and leave it open elsewhere.
_SIGNED = {"CEB621", "CEB625"}


def record_xml(record: Record) -> str:
    """One record, its elements in the order of the message's specification; elements that it lacks are left out.

    Raises:
        KeyError: The record has an element that the specification does not know.
    """
    message = MESSAGES[record.kind]
    head = _elements(record.head, message.head_fields)
    if message.head:
        head = f"<ceb:{message.head}>{head}</ceb:{message.head}>"
    lines = "".join(f"<ceb:{message.line}>{_elements(line, message.line_fields)}</ceb:{message.line}>" for line in record.lines)
    return f"<ceb:{message.record}>{head}{lines}</ceb:{message.record}>\n"


def _elements(values: dict[str, str], fields: tuple[str, ...]) -> str:
    # Hardly a text needs escaping, and there are dozens in each record.
    if _SPECIAL.search("\n".join(values.values())):
        values = {name: escape(text) for name, text in values.items()}
    written = [f"<ceb:{field}>{values[field]}</ceb:{field}>" for field in fields if field in values]
    if len(written) != len(values):
        raise KeyError(f"not in the specification: {', '.join(name for name in values if name not in fields)}")
    return "".join(written)


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as it will stand in its message.

    Attributes:
        sender: Code of the company.
        at: When its message leaves.
    """

    kind: str
    sender: str
    at: dt.datetime
    text: bytes


def sent(record: Record) -> Sent:
    """A record as it stands in messages."""
    return Sent(record.kind, record.sender.code, record.sent, record_xml(record).encode())


class MessageWriter:
    """Collects records and writes them as messages once nothing earlier can come.

    Args:
        folder: Where the day folders are made.
        dice: Stream of the messages' own numbers and sizes.
        senders: All companies by their codes.
    """

    def __init__(self, folder: Path, dice: Dice, senders: Mapping[str, Company]) -> None:
        self._folder, self._dice, self._senders = folder, dice, senders
        # What leaves at one moment is in the order of the records' own random numbers, with which their text begins.
        self._waiting: dict[tuple[str, str], list[tuple[dt.datetime, bytes]]] = {}
        self.n_files = 0

    def add(self, record: Sent) -> None:
        """Takes one record."""
        self._waiting.setdefault((record.kind, record.sender), []).append((record.at, record.text))

    def advance(self, until: dt.datetime) -> None:
        """Writes what is full; the caller promises that no record sent before `until` comes later."""
        for (kind, code), queue in sorted(self._waiting.items()):
            queue.sort()
            ready = bisect_left(queue, until, key=itemgetter(0))
            begin = 0
            while ready - begin >= (size := self._dice.whole(_LEAST, _MOST)):
                self._write(kind, code, queue[begin : begin + size])
                begin += size
            del queue[:begin]

    def close(self) -> None:
        """Writes all that is left."""
        for (kind, code), queue in sorted(self._waiting.items()):
            queue.sort()
            for begin in range(0, len(queue), _MOST):
                self._write(kind, code, queue[begin : begin + _MOST])
        self._waiting.clear()

    def _write(self, kind: str, code: str, records: list[tuple[dt.datetime, bytes]]) -> None:
        sender = self._senders[code]
        self.n_files += 1
        folder = self._folder / f"{records[-1][0]:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        guid = self._dice.hexadecimal()
        # As the canonical form orders it: what is signed must be what stands there.
        begin = f'<ceb:{kind}Message xmlns:ceb="{NAMESPACE}" guid="{guid}" version="1.0">\n'
        transfer = f"<ceb:copCode>{sender.code}</ceb:copCode><ceb:copName>{escape(sender.name)}</ceb:copName><ceb:dxpMode>DXP</ceb:dxpMode>"
        transfer = f"<ceb:BaseTransfer>{transfer}<ceb:dxpId>{sender.dxp}</ceb:dxpId></ceb:BaseTransfer>\n"
        body = begin.encode() + b"".join(text for _, text in records) + transfer.encode()
        end = f"</ceb:{kind}Message>".encode()
        signature = enveloped_signature(body + end) if kind in _SIGNED else b""
        (folder / f"{kind}_{self.n_files:06d}.xml").write_bytes(_PROLOG + body + signature + end + b"\n")
