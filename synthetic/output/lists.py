"""The lists as tables instead of messages: the same records, a row each, for those who do not want to read XML."""

import csv
import datetime as dt
import io
from bisect import bisect_left
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from sandan.ingest.ceb.messages import MESSAGES
from sandan.record.catalog.tables import CATALOG
from sandan.synthetic.output.writer import Sent
from sandan.synthetic.trade.consignment import Record

# Lists that come in messages only.
MESSAGES_ONLY = frozenset({"CEB625"})
# What a line has from its head, besides the elements of its own.
_FROM_HEAD = ("flow", "ebp_code", "ebc_code", "order_no", "agent_code", "cop_no", "app_type", "app_time", "app_status")


def tabled(record: Record) -> Sent:
    """A record as rows of CSV: the head's, and one for each line."""
    message = MESSAGES[record.kind]
    head = {"flow": message.flow} | {message.column(element): text for element, text in record.head.items()}
    if record.kind == "CEB403" and "pay_code" not in head:
        # A table must name who paid in money and how: cash is the seller's own word for it.
        head |= {"pay_code": head["ebc_code"], "pay_transaction_id": head["order_no"]}
    common = {column: head[column] for column in _FROM_HEAD if column in head}
    lines = [common | {message.column(element): text for element, text in line.items()} for line in record.lines]
    own = CATALOG[message.list_name]
    text = _rows(own.name, [head]) + (_rows(own.lines, lines) if lines else b"")
    return Sent(record.kind, record.sender.code, record.sent, text)


def _rows(name: str, rows: Iterable[dict[str, str]]) -> bytes:
    out = io.StringIO()
    columns = [column.name for column in CATALOG[name].columns]
    csv.writer(out, lineterminator="\n").writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode()


class ListWriter:
    """Collects records and writes them into one table for each list, by the time at which they were sent.

    Args:
        folder: Where the tables lie; is made if need be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[tuple[dt.datetime, bytes, str]] = []
        self._files: dict[str, BinaryIO] = {}

    @property
    def n_files(self) -> int:
        """Tables so far."""
        return len(self._files)

    def add(self, record: Sent) -> None:
        """Takes one record, unless its list comes in messages only."""
        if record.kind not in MESSAGES_ONLY:
            self._waiting.append((record.at, record.text, record.kind))

    def advance(self, until: dt.datetime) -> None:
        """Writes what can not be preceded any more; the caller promises that no record sent before `until` comes later."""
        self._waiting.sort()
        ready = bisect_left(self._waiting, until, key=itemgetter(0))
        for _, text, kind in self._waiting[:ready]:
            own = CATALOG[MESSAGES[kind].list_name]
            head, _, lines = text.partition(b"\n")
            self._write(own.name, head + b"\n")
            if lines:
                self._write(own.lines, lines)
        del self._waiting[:ready]

    def close(self) -> None:
        """Writes all that is left."""
        self.advance(dt.datetime.max)
        for file in self._files.values():
            file.close()

    def _write(self, name: str, text: bytes) -> None:
        if name not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._files[name] = (self._folder / f"{name}.csv").open("wb")
            file.write((",".join(column.name for column in CATALOG[name].columns) + "\n").encode())
        self._files[name].write(text)
