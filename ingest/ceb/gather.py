"""From the element of one record to its texts."""

from lxml import etree

from sandan.ingest.ceb.messages import Message, local_name
from sandan.ingest.staging.sink import FileSink
from sandan.ingest.staging.waiting import Layout, Waiting
from sandan.record.catalog.tables import CATALOG

_RECORD, _HEAD, _LINE, _OTHER = 3, 1, 2, 0
# Tags that are remembered with their role; a hostile file may name as many as it likes.
_REMEMBERED = 1_000
_text = etree.XPath("string()", smart_strings=False)


class Gatherer:
    """Takes the records of one message.

    Attributes:
        n_seen: Elements that were seen, if every one holds nothing but text; a reader that is in a hurry checks by it.
        n_taken: Records that were taken.
    """

    def __init__(self, message: Message, sink: FileSink, *, is_careful: bool) -> None:
        """Make it for one message.

        Args:
            message: Its kind.
            sink: Takes the records.
            is_careful: Whether texts may have comments, markup or foreign elements in them; that takes three times as long.
        """
        self.n_seen = 0
        self.n_taken = 0
        self._message = message
        self._parts = message.parts
        self._sink = sink
        self._is_careful = is_careful
        self._roles: dict[object, int] = {}
        spec = CATALOG[message.list_name]
        self._columns = {column.name for own in (spec, *([CATALOG[spec.lines]] if spec.lines else [])) for column in own.columns}

    def is_record(self, tag: object) -> bool:
        """Whether an element below the root is a record."""
        return self._role(tag) == _RECORD

    def refuse(self, element: etree._Element) -> bool:
        """Refuse an element below the root that is no record and yet holds parts of one; say whether it does."""
        if not self.holds_parts(element):
            return False
        message = self._message
        position = self._sink.read.get(message.list_name, 0) + 1
        text = f"parts of a record stand in another element than {message.record}, which is looked for right below the root"
        self._sink.refuse(message.list_name, "unknown_record", [(position, text)])
        return True

    def holds_parts(self, element: etree._Element) -> bool:
        """Whether an element, or one in it, has the name of a part of a record, whatever its capitals."""
        return any(local_name(one.tag).lower() in self._parts for one in element.iter())

    def take(self, record: etree._Element) -> None:
        """Give one record to the sink."""
        self.n_taken += 1
        if self._is_careful:
            self._take_carefully(record)
            return
        waiting = self._sink.waiting(self._message)
        n_lines = n_heads = 0
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
                    n_heads += 1
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
                    self._look_at_other(part, waiting)
            if n_heads > 1:
                waiting.fault(*self._two_heads)
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

    def _take_carefully(self, record: etree._Element) -> None:
        """The same for a record with comments, markup or foreign elements inside its texts."""
        waiting = self._sink.waiting(self._message)
        parts = list(record) if self._message.head else []
        heads = [part for part in parts if self._role(part.tag) == _HEAD] if self._message.head else [record]
        lines = [part for part in parts if self._role(part.tag) == _LINE]
        for part in parts:
            if self._role(part.tag) not in (_HEAD, _LINE):
                self._look_at_other(part, waiting)
        if len(heads) > 1:
            waiting.fault(*self._two_heads)
        head: dict[str, str] = {}
        for part in heads:
            self._read_into(head, part, waiting)
        for number, part in enumerate(lines, start=1):
            line: dict[str, str] = {}
            self._read_into(line, part, waiting)
            waiting.line(_by_column(line), list(line.values()), number)
        waiting.head(_by_column(head), list(head.values()))
        self._sink.counted()

    @property
    def _two_heads(self) -> tuple[str, str]:
        message = self._message
        return "two_heads", f"{message.head} stands twice in one {message.record}: nothing says whose its lines are"

    def _look_at_other(self, part: etree._Element, waiting: Waiting) -> None:
        """Refuse a record of which an element that is neither head nor line holds parts: they would be lost in silence."""
        if self.holds_parts(part):
            message = self._message
            known = " nor ".join(name for name in (message.head, message.line) if name) or message.record
            waiting.fault("unknown_part", f"parts of the record stand in an element that is neither {known}")

    def _read_into(self, fields: dict[str, str], part: etree._Element, waiting: Waiting) -> None:
        """Put the texts of an element's children into `fields`; one that says two things refuses the record."""
        for child in part:
            if name := local_name(child.tag):
                for inner in child:
                    self._look_at_other(inner, waiting)
                column, text = self._message.column(name), str(_text(child))
                if fields.setdefault(column, text).strip() != text.strip() and column in self._columns:
                    waiting.said_twice(column)


def _by_column(fields: dict[str, str]) -> Layout:
    """The layout of texts that are known by their column."""
    return tuple(f":{name}" for name in fields)


def child_text(element: etree._Element, name: str) -> str | None:
    """Text of the first child of a name; None if it is empty or not there."""
    for child in element:
        if local_name(child.tag) == name:
            return str(_text(child)).strip() or None
    return None
