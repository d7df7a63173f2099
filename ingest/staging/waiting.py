"""Records of messages as they were read, waiting to be converted many at a time.

Senders fill the same elements in the same order, so records are kept by their layout, the names of their elements: a row is then a
plain list of texts.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from sandan.ingest.ceb.messages import Message, local_name
from sandan.ingest.columns.rows import Numbers, RawLines, RawRows
from sandan.record.catalog.columns import ListSpec
from sandan.record.catalog.tables import CATALOG

Layout = tuple[object, ...]
Row = Sequence[str | None]
# More layouts than this are no habit of a sender: such records are put in the order of the list's columns one by one.
_LAYOUTS = 64


@dataclass(slots=True)
class Rows:
    """Rows of one layout: whose they are, their number there (lines only), their texts, and the indices of columns that it has twice."""

    owner: list[int] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)
    twice: list[tuple[str, list[int]]] = field(default_factory=list)


@dataclass(slots=True)
class Waiting:
    """Records of one kind of message: of one file while it is read, then of many.

    Attributes:
        message: Their kind.
        file_no: File of each record.
        position: Place of each record in its file, from 1.
        heads: Their own texts by layout.
        lines: Their lines' by layout.
        faults: Code and text of what is wrong with the form of a record, by its index here.
    """

    message: Message
    file_no: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    heads: dict[Layout, Rows] = field(default_factory=dict)
    lines: dict[Layout, Rows] = field(default_factory=dict)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.position)

    def fault(self, code: str, text: str) -> None:
        """Refuse the record whose number is the next; what was said first counts."""
        self.faults.setdefault(len(self.position), (code, text))

    def head(self, layout: Layout, texts: Row) -> None:
        """Keep the texts of the record whose number is the next."""
        rows = self.heads.get(layout)
        if rows is None:
            rows, texts = self._new(self.heads, CATALOG[self.message.list_name], layout, texts)
        if rows.twice:
            self._compare(rows.twice, texts)
        rows.owner.append(len(self.position))
        rows.texts.append(texts)

    def line(self, layout: Layout, texts: Row, number: int) -> None:
        """Keep the texts of one of its lines."""
        rows = self.lines.get(layout)
        if rows is None:
            rows, texts = self._new(self.lines, CATALOG[CATALOG[self.message.list_name].lines], layout, texts)
        if rows.twice:
            self._compare(rows.twice, texts)
        rows.owner.append(len(self.position))
        rows.number.append(number)
        rows.texts.append(texts)

    def absorb(self, file_no: int, other: "Waiting") -> None:
        """Take over the records of a file that was read to its end."""
        base = len(self)
        self.file_no += [file_no] * len(other)
        self.position += other.position
        self.faults |= {base + index: said for index, said in other.faults.items()}
        for mine, others in ((self.heads, other.heads), (self.lines, other.lines)):
            for layout, rows in others.items():
                if layout in mine:
                    kept = mine[layout]
                    kept.owner += [base + owner for owner in rows.owner]
                    kept.number += rows.number
                    kept.texts += rows.texts
                else:
                    mine[layout] = Rows([base + owner for owner in rows.owner], rows.number, rows.texts)

    def _new(self, kept: dict[Layout, Rows], spec: ListSpec, layout: Layout, texts: Row) -> tuple[Rows, Row]:
        """Where rows of a layout go that was not seen yet; the texts as they must stand there."""
        at_all: dict[str, list[int]] = {}
        for index, name in self._named(layout):
            at_all.setdefault(name, []).append(index)
        twice = [(c.name, at_all[c.name]) for c in spec.columns if len(at_all.get(c.name, ())) > 1]
        if len(kept) >= _LAYOUTS:
            self._compare(twice, texts)
            at, twice = self._indices(layout), []
            texts = [texts[at[c.name]] if c.name in at else None for c in spec.columns]
            # A name with a colon is no element's: it stands for itself.
            layout = tuple(f":{c.name}" for c in spec.columns)
        return kept.setdefault(layout, Rows(twice=twice)), texts

    def _compare(self, twice: Sequence[tuple[str, list[int]]], texts: Row) -> None:
        """Refuse the record if an element stands twice in it and says two things."""
        for name, indices in twice:
            if len({(texts[index] or "").strip() for index in indices}) > 1:
                self.said_twice(name)

    def said_twice(self, column: str) -> None:
        """Refuse the record whose number is the next, because it gives a column two texts."""
        self.fault("said_twice", f"{column}: said twice, with different texts")

    def raw(self) -> RawRows:
        """The records as columns of texts."""
        spec, n = CATALOG[self.message.list_name], len(self)
        columns, owner, _ = self._columns(spec, self.heads)
        if (owner != np.arange(n)).any():
            order = pa.array(np.argsort(owner))
            columns = {name: column.take(order) for name, column in columns.items()}
        constants = {"flow": self.message.flow, "kind": self.message.kind}
        columns |= {name: pa.repeat(pa.scalar(value), n) for name, value in constants.items()}
        lines = None
        if spec.lines:
            line_columns, owner, number = self._columns(CATALOG[spec.lines], self.lines)
            if len(self.lines) > 1:
                order = np.lexsort((number, owner))
                owner, number = owner[order], number[order]
                line_columns = {name: column.take(pa.array(order)) for name, column in line_columns.items()}
            lines = RawLines(line_columns, owner, number)
        return RawRows(columns, np.array(self.file_no, np.int64), np.array(self.position, np.int64), lines, self.faults)

    def _columns(self, spec: ListSpec, kept: dict[Layout, Rows]) -> tuple[dict[str, pa.Array], Numbers, Numbers]:
        """Columns of all layouts, one behind the other, with the owner and the number of each row."""
        pieces: dict[str, list[pa.Array]] = {}
        indices = [(self._indices(layout), rows) for layout, rows in kept.items() if rows.texts]
        names = {name for at, _ in indices for name in at} & {c.name for c in spec.columns}
        for at, rows in indices:
            # Row by row, as the texts lie in memory, then every so-manieth of them: half the time of turning the rows round first.
            width, n = len(rows.texts[0]), len(rows.owner)
            flat = pa.array(list(itertools.chain.from_iterable(rows.texts)), pa.string())
            for name in names:
                texts = flat.take(pa.array(np.arange(at[name], n * width, width))) if name in at else pa.nulls(n, pa.string())
                pieces.setdefault(name, []).append(texts)
        columns = {name: found[0] if len(found) == 1 else pa.concat_arrays(found) for name, found in pieces.items()}
        owner = np.array([o for _, rows in indices for o in rows.owner], np.int64)
        return columns, owner, np.array([n for _, rows in indices for n in rows.number], np.int64)

    def _indices(self, layout: Layout) -> dict[str, int]:
        """Where each column stands in a layout; the first of a repeated element counts, which says the same."""
        at: dict[str, int] = {}
        for index, name in self._named(layout):
            at.setdefault(name, index)
        return at

    def _named(self, layout: Layout) -> Iterator[tuple[int, str]]:
        """Place and column of each element of a layout."""
        for index, tag in enumerate(layout):
            if isinstance(tag, str):
                yield index, tag[1:] if tag.startswith(":") else self.message.column(local_name(tag))
