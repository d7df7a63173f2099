"""From the element of one record to its texts."""

from lxml import etree

from sandan.ingest.ceb.messages import NOT_RECORDS, Message, local_name
from sandan.ingest.stage import FileSink
from sandan.ingest.waiting import Layout

_RECORD, _HEAD, _LINE, _OTHER = 3, 1, 2, 0
# Tags that are remembered with their role; a hostile file may name as many as it likes.
_REMEMBERED = 1_000
_text = etree.XPath("string()", smart_strings=False)


class Gatherer:
    """Takes the records of one message.

    Attributes:
        n_seen: Elements that were seen, if every one holds nothing but text; a reader that is in a hurry checks by it.
    """

    def __init__(self, message: Message, sink: FileSink, *, is_careful: bool) -> None:
        """Make it for one message.

        Args:
            message: Its kind.
            sink: Takes the records.
            is_careful: Whether texts may have comments, markup or foreign elements in them; that takes three times as long.
        """
        self.n_seen = 0
        self._message = message
        self._sink = sink
        self._is_careful = is_careful
        self._roles: dict[object, int] = {}

    def is_record(self, tag: object) -> bool:
        """Whether an element below the root is a record."""
        return self._role(tag) == _RECORD

    def take(self, record: etree._Element) -> None:
        """Give one record to the sink; one of another form than the standard's is refused, so that no part of it is lost unseen."""
        fault = self._form_fault(record) if self._message.head else None
        if fault:
            self.n_seen += sum(1 for _ in record.iter())
            list_name = self._message.list_name
            self._sink.refuse(list_name, "bad_form", [(self._sink.read.get(list_name, 0) + 1, fault)])
            return
        if self._is_careful:
            self._take_carefully(record)
            return
        waiting = self._sink.waiting(self._message)
        n_lines = 0
        tags: list[object] = []
        texts: list[str | None] = []
        n_seen = 1
        # Written out: this loop sees every element of every message.
        if not self._message.head:
            for field in record:
                tags.append(field.tag)
                texts.append(field.text)
        else:
            for part in record:
                role = self._role(part.tag)
                if role == _HEAD:
                    for field in part:
                        tags.append(field.tag)
                        texts.append(field.text)
                    n_seen += 1
                elif role == _LINE:
                    line_tags: list[object] = []
                    line_texts: list[str | None] = []
                    for field in part:
                        line_tags.append(field.tag)
                        line_texts.append(field.text)
                    n_lines += 1
                    n_seen += 1 + len(line_tags)
                    waiting.line(tuple(line_tags), line_texts, n_lines)
                else:
                    n_seen += sum(1 for _ in part.iter())
        self.n_seen += n_seen + len(tags)
        waiting.head(tuple(tags), texts)
        self._sink.counted()

    def _role(self, tag: object) -> int:
        role = self._roles.get(tag)
        if role is None:
            name = local_name(tag)
            roles = {"": _OTHER, self._message.record: _RECORD, self._message.head: _HEAD, self._message.line: _LINE}
            role = roles.get(name, _OTHER) if name else _OTHER
            if len(self._roles) < _REMEMBERED:
                self._roles[tag] = role
        return role

    def _form_fault(self, record: etree._Element) -> str | None:
        """What is wrong with the form of a record: several heads, or heads and lines further down than the standard has them."""
        n_heads = 0
        for part in record:
            role = self._role(part.tag)
            n_heads += role == _HEAD
            is_foreign = role == _OTHER and local_name(part.tag) not in ("", *NOT_RECORDS)
            if is_foreign and any(self._role(inner.tag) in (_HEAD, _LINE) for inner in part.iterdescendants()):
                return f"{self._message.head} or {self._message.line} inside of another element"
        return f"{n_heads} {self._message.head} elements in one {self._message.record}" if n_heads > 1 else None

    def _take_carefully(self, record: etree._Element) -> None:
        """The same for a record with comments, markup or foreign elements inside its texts."""
        waiting = self._sink.waiting(self._message)
        parts = list(record) if self._message.head else []
        heads = [part for part in parts if self._role(part.tag) == _HEAD] if self._message.head else [record]
        lines = [part for part in parts if self._role(part.tag) == _LINE]
        head: dict[str, str | None] = {}
        for part in heads:
            self._read_into(head, part)
        for number, part in enumerate(lines, start=1):
            line: dict[str, str | None] = {}
            self._read_into(line, part)
            waiting.line(_by_column(line), list(line.values()), number)
        waiting.head(_by_column(head), list(head.values()))
        self._sink.counted()

    def _read_into(self, fields: dict[str, str | None], part: etree._Element) -> None:
        """Put the texts of an element's children into `fields`; the first of a repeated element counts."""
        for child in part:
            if name := local_name(child.tag):
                fields.setdefault(self._message.column(name), str(_text(child)))


def _by_column(fields: dict[str, str | None]) -> Layout:
    """The layout of texts that are known by their column."""
    return tuple(f":{name}" for name in fields)


def child_text(element: etree._Element, name: str) -> str | None:
    """Text of the first child of a name; None if it is empty or not there."""
    for child in element:
        if local_name(child.tag) == name:
            return str(_text(child)).strip() or None
    return None
