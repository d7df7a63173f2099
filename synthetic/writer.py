"""CEB messages as files: each sender's records in the order of their sending, at most 100 in a message, one message in a file."""

import datetime as dt
from pathlib import Path
from xml.sax.saxutils import escape

from sandan.ingest.ceb.messages import MESSAGES, NAMESPACE
from sandan.synthetic.companies import Company
from sandan.synthetic.consignment import Record
from sandan.synthetic.dice import Dice

_MOST = 100
_LEAST = 90


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
    written = [f"<ceb:{field}>{escape(values[field])}</ceb:{field}>" for field in fields if field in values]
    if len(written) != len(values):
        raise KeyError(f"not in the specification: {', '.join(name for name in values if name not in fields)}")
    return "".join(written)


class MessageWriter:
    """Collects records and writes them as messages once nothing earlier can come.

    Args:
        folder: Where the day folders are made.
        dice: Stream of the messages' own numbers and sizes.
    """

    def __init__(self, folder: Path, dice: Dice) -> None:
        self._folder = folder
        self._dice = dice
        self._waiting: dict[tuple[str, str], list[tuple[dt.datetime, int, bytes]]] = {}
        self._senders: dict[str, Company] = {}
        self._n_records = 0
        self.n_files = 0

    def add(self, record: Record) -> None:
        """Takes one record."""
        self._senders[record.sender.code] = record.sender
        self._n_records += 1
        queue = self._waiting.setdefault((record.kind, record.sender.code), [])
        queue.append((record.sent, self._n_records, record_xml(record).encode()))

    def advance(self, until: dt.datetime) -> None:
        """Writes what is full; the caller promises that no record sent before `until` comes later."""
        for (kind, code), queue in self._waiting.items():
            queue.sort()
            ready = sum(sent <= until for sent, _, _ in queue)
            begin = 0
            while ready - begin >= (size := self._dice.whole(_LEAST, _MOST)):
                self._write(kind, code, queue[begin : begin + size])
                begin += size
            del queue[:begin]

    def close(self) -> None:
        """Writes all that is left."""
        for (kind, code), queue in self._waiting.items():
            queue.sort()
            for begin in range(0, len(queue), _MOST):
                self._write(kind, code, queue[begin : begin + _MOST])
        self._waiting.clear()

    def _write(self, kind: str, code: str, records: list[tuple[dt.datetime, int, bytes]]) -> None:
        sender = self._senders[code]
        self.n_files += 1
        folder = self._folder / f"{records[-1][0]:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        guid = self._dice.hexadecimal()
        begin = f'<?xml version="1.0" encoding="UTF-8"?>\n<ceb:{kind}Message guid="{guid}" version="1.0" xmlns:ceb="{NAMESPACE}">\n'
        transfer = f"<ceb:copCode>{sender.code}</ceb:copCode><ceb:copName>{escape(sender.name)}</ceb:copName><ceb:dxpMode>DXP</ceb:dxpMode>"
        transfer = f"<ceb:BaseTransfer>{transfer}<ceb:dxpId>{sender.dxp}</ceb:dxpId></ceb:BaseTransfer>\n"
        body = b"".join(text for _, _, text in records)
        (folder / f"{kind}_{self.n_files:06d}.xml").write_bytes(begin.encode() + body + f"{transfer}</ceb:{kind}Message>\n".encode())
