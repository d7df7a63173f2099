"""From the texts of records to the typed rows of their lists, with keys, ids and nothing personal that must not be kept."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sandan.ingest.columns.defects import Defects
from sandan.ingest.columns.keys import content_of, key_of, needed
from sandan.ingest.columns.kinds import Columns, cleaned, unmarked, without_stand_ins
from sandan.ingest.columns.privacy import scrubbed
from sandan.ingest.columns.rows import REFUSED, Converted, Numbers, RawLines, RawRows, Texts, digests, staged_schema
from sandan.ingest.columns.watched import read_watched
from sandan.record.catalog.columns import TIME, Column, ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.ids import Keyring
from sandan.record.values import nothing
from sandan.record.values.moment import BEIJING_US, FIRST_DAY

# Kinds in which people write words, and those that are recognised by their digits.
_ALWAYS = pa.array(sorted(nothing.ALWAYS), pa.string())
_WORDED = frozenset({"text", "name", "address", "goods", "watched"})
_DIGITS = frozenset({"telephone", "identity", "goods code", "goods codes"})
# Addresses of which a list says the country.
_COUNTRY_OF = {"receiver_address": "receiver_country"}


@dataclass(frozen=True, slots=True)
class Intake:
    """What conversion needs to know of the run."""

    keyring: Keyring
    received_at: dt.datetime
    by_receipt: bool
    batch_id: str = ""


@dataclass(slots=True)
class _Refusals:
    """The first fault of each record."""

    n: int
    texts: dict[int, tuple[str, str]] = field(default_factory=dict)

    def add(self, rows: Iterable[int], code: str, text: str) -> None:
        for row in rows:
            self.texts.setdefault(int(row), (code, text))

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        mask = np.ones(self.n, dtype=bool)
        mask[list(self.texts)] = False
        return mask


@dataclass(slots=True)
class Converter:
    """Makes rows of any list; one per process, because it remembers what it read."""

    intake: Intake
    columns: Columns = field(init=False)

    def __post_init__(self) -> None:
        self.columns = Columns(self.intake.keyring)

    def convert(self, spec: ListSpec, raw: RawRows, source: str) -> Converted:
        """Convert records of one list.

        A value that cannot be read, in the record or one of its lines, refuses the record; so does an empty key. Texts of refusals
        name columns, never values.

        Args:
            spec: The list.
            raw: Its records.
            source: Message kind or `table`.
        """
        n = len(raw.file_no)
        refusals = _Refusals(n, dict(raw.faults))
        texts = _cleaned(spec, raw.columns, n)
        numbers = _identity_numbers(spec, texts)
        texts = scrubbed(spec, texts, numbers, self.intake.keyring)
        stored, faults = self._read(spec, texts)
        defects = Defects(n)
        defects.look(spec, texts, stored)
        for column, bad in faults:
            refusals.add(np.flatnonzero(bad), "bad_value", f"{column.name}: {_fault(column)}")
        line_spec = CATALOG[spec.lines] if raw.lines is not None and len(raw.lines.owner) else None
        lines = _Lines({}, Defects(0))
        if raw.lines is not None and line_spec is not None:
            lines = self._lines(line_spec, raw.lines, texts, numbers, refusals)
        if raw.lines is not None:
            defects.add("no_lines", np.bincount(raw.lines.owner, minlength=n) == 0)
        key, missing = key_of(spec, stored)
        for absent, rows in missing.items():
            refusals.add(rows, "missing_key", f"{', '.join(absent)}: empty, but needed to identify the record")
        keep = refusals.kept
        known = self._known(spec, stored, defects)
        tables = self._staged(spec, raw, stored, key, known, defects, line_spec, lines, keep, source)
        return Converted(tables, _refused(spec.name, raw, refusals))

    def _read(self, spec: ListSpec, texts: Texts) -> tuple[dict[str, pa.Array], list[tuple[Any, npt.NDArray[np.bool_]]]]:
        """Stored columns by name, and the columns with texts that cannot be read."""
        stored: dict[str, pa.Array] = {}
        faults = []
        for column in spec.columns:
            if column.kind == "watched":
                arrays, bad = read_watched(texts[column.name], texts["kind"], self.intake.keyring), None
            elif column.name in _COUNTRY_OF:
                arrays, bad = self.columns.read_address(texts[column.name], texts[_COUNTRY_OF[column.name]]), None
            else:
                kind = "identifier" if column.kind == "text" and column.is_identifier else column.kind
                arrays, bad = self.columns.read(kind, texts[column.name])
            stored.update(zip((name for name, _ in column.stored), arrays, strict=True))
            if bad is not None:
                faults.append((column, bad.to_numpy(zero_copy_only=False)))
        return stored, faults

    def _lines(self, spec: ListSpec, raw: RawLines, heads: Texts, numbers: Sequence[pa.Array], refusals: _Refusals) -> "_Lines":
        """Stored columns of the lines with their defects; a bad line refuses its record."""
        owner = pa.array(raw.owner)
        inherited = {name: heads[name].take(owner) for name in spec.key if name != "gnum" and name in heads}
        texts = {**_cleaned(spec, raw.columns, len(owner)), **inherited}
        texts = scrubbed(spec, texts, [column.take(owner) for column in numbers], self.intake.keyring)
        stored, faults = self._read(spec, texts)
        faulty: list[tuple[int, int, int, str]] = []
        for order, (column, bad) in enumerate(faults):
            rows = np.flatnonzero(bad)
            faulty += [(int(raw.owner[r]), int(raw.number[r]), order, f"{column.name}: {_fault(column)}") for r in rows]
        empty = np.flatnonzero(texts["gnum"].is_null().to_numpy(zero_copy_only=False))
        faulty += [(int(raw.owner[r]), int(raw.number[r]), len(faults), "gnum: empty") for r in empty]
        for record, number, _, text in sorted(faulty):
            refusals.add([record], "bad_line", f"line {number}: {text}")
        defects = Defects(len(owner))
        defects.look(spec, texts, stored)
        return _Lines(stored, defects)

    def _staged(
        self,
        spec: ListSpec,
        raw: RawRows,
        stored: Mapping[str, pa.Array],
        key: pa.Array,
        known: pa.Array,
        defects: Defects,
        line_spec: ListSpec | None,
        lines: "_Lines",
        keep: npt.NDArray[np.bool_],
        source: str,
    ) -> dict[str, pa.Table]:
        """Tables of the records that are kept, with their ids and when they could be known."""
        n_kept = int(keep.sum())
        if not n_kept:
            return {}
        whole = n_kept == len(keep)
        mask = pa.array(keep)
        kept = stored if whole else {name: column.filter(mask) for name, column in stored.items()}
        said = content_of(spec, kept)
        line_rows: Numbers | None = None
        owner = number = None
        if raw.lines is not None and line_spec is not None:
            line_rows = np.flatnonzero(keep[raw.lines.owner])
            index_of = np.cumsum(keep) - 1
            owner, number = index_of[raw.lines.owner[line_rows]], raw.lines.number[line_rows]
            line_columns = lines.stored
            if len(line_rows) != len(raw.lines.owner):
                line_columns = {name: column.take(pa.array(line_rows)) for name, column in line_columns.items()}
            said = _with_lines(said, content_of(line_spec, line_columns), owner, n_kept)
        record_ids = digests(spec.name, said)
        key_ids = digests(spec.name, key if whole else key.filter(mask))
        known = known if whole else known.filter(mask)
        facts = [
            record_ids, key_ids, known, defects.column(keep), _constant(source, n_kept), pa.array(raw.file_no[keep]),
            pa.array(raw.position[keep]), pa.nulls(n_kept, pa.string()),
        ]  # fmt: skip
        tables = {spec.name: pa.Table.from_arrays([*(kept[name] for name in _own(spec)), *facts], schema=staged_schema(spec))}
        if raw.lines is not None and line_spec is not None and owner is not None and number is not None and len(owner):
            at = pa.array(owner)
            parents = record_ids.take(at)
            facts = [
                pc.binary_join_element_wise(parents, pc.cast(pa.array(number), pa.string()), "-"),
                pc.binary_join_element_wise(key_ids.take(at), pc.cast(line_columns["gnum"], pa.string()), "-"),
                known.take(at), lines.defects.column(keep[raw.lines.owner]), _constant(source, len(at)),
                pa.array(raw.file_no[keep]).take(at), pa.array(raw.position[keep]).take(at), parents,
            ]  # fmt: skip
            tables[f"{line_spec.name}.lines"] = pa.Table.from_arrays(
                [*(line_columns[name] for name in _own(line_spec)), *facts], schema=staged_schema(line_spec)
            )
        return tables

    def _known(self, spec: ListSpec, stored: Mapping[str, pa.Array], defects: Defects) -> pa.Array:
        """When customs could know each row; its own time after its receipt is a quality defect."""
        if not spec.known_by or self.intake.by_receipt:
            return _constant(self.intake.received_at, defects.n, TIME)
        received = pa.scalar(self.intake.received_at, TIME)
        own = stored[spec.known_by]
        if pa.types.is_date32(own.type):
            own = pc.cast(pc.subtract(pc.cast(pc.cast(own, pa.timestamp("us")), pa.int64()), BEIJING_US), TIME)
        late = pc.fill_null(pc.greater(own, received), False)
        defects.add(f"{spec.known_by}_in_future", late)
        return pc.if_else(late, received, pc.fill_null(own, received))


@dataclass(frozen=True, slots=True)
class _Lines:
    """Stored columns of lines, with their defects."""

    stored: Mapping[str, pa.Array]
    defects: Defects


def _own(spec: ListSpec) -> list[str]:
    return [name for column in spec.columns for name, _ in column.stored]


def _cleaned(spec: ListSpec, columns: Texts, n: int) -> dict[str, pa.Array]:
    """Every column of the list, cleaned, without stand-ins for nothing and signs of spreadsheets; nulls where the source has none."""
    # What names the row of a reference table is what its keeper wrote: aliases may be `-`.
    kept = set(needed(spec)) if spec.replaces else set()
    made = {}
    for column in spec.columns:
        if column.name not in columns:
            made[column.name] = pa.nulls(n, pa.string())
            continue
        texts = unmarked(cleaned(columns[column.name]), is_name=column.kind in _WORDED and not column.is_identifier)
        if column.is_beginning:
            texts = pc.if_else(pc.fill_null(pc.is_in(texts, _ALWAYS), False), FIRST_DAY.isoformat(), texts)
        is_kept = column.kind == "text" and not column.is_identifier and column.name in kept
        made[column.name] = texts if is_kept else without_stand_ins(texts, is_zeroless=column.is_zeroless)
    return made


def _fault(column: Column) -> str:
    """What is wrong with a text that cannot be read; never the text."""
    if column.is_identifier or column.kind in _DIGITS:
        return "a spreadsheet wrote it as a power of ten, a fraction or a formula, its digits are lost"
    return f"not a {column.kind}"


def _identity_numbers(spec: ListSpec, texts: Texts) -> list[pa.Array]:
    """The identity numbers that records name; too short ones cannot be distinguished from other text."""
    found = [texts[column.name] for column in spec.columns if column.kind == "identity"]
    return [pc.if_else(pc.greater_equal(pc.utf8_length(column), 6), column, pa.scalar(None, pa.string())) for column in found]


def _with_lines(said: pa.Array, lines: pa.Array, owner: Numbers, n: int) -> pa.Array:
    """What records and their lines say, as one text each."""
    counts = np.bincount(owner, minlength=n)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), lines), "\x1f")
    return pc.if_else(pa.array(counts > 0), pc.binary_join_element_wise(said, joined, "\x1f"), said)


def _refused(name: str, raw: RawRows, refusals: _Refusals) -> pa.Table:
    rows = list(refusals.texts)
    reasons = list(refusals.texts.values())
    return pa.Table.from_arrays(
        [
            pa.array(raw.file_no[rows], pa.int64()),
            pa.array(raw.position[rows], pa.int64()),
            _constant(name, len(rows)),
            pa.array([code for code, _ in reasons], pa.string()),
            pa.array([text for _, text in reasons], pa.string()),
        ],
        schema=REFUSED,
    )


def _constant(value: Any, n: int, kind: pa.DataType | None = None) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), n)
