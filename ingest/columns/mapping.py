"""A mapping file: which column of somebody's table is which column of the reference, and how its values are converted."""

import tomllib
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sandan.ingest.columns.numbers import NumberForm
from sandan.ingest.columns.times import TimeForm, fault_of_format, fault_of_zone
from sandan.record.catalog.columns import Column, ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import InputError
from sandan.record.values.commodities.unit import kilograms
from sandan.record.values.identifier import unmarked
from sandan.record.values.moment import BEIJING_ZONE
from sandan.record.values.nothing import is_nothing

_MOST_BYTES = 1 << 20
_MOST_FAULTS = 40
# The parser takes time in proportion to the square of the parts of a dotted key.
_MOST_DOTS = 200
_NUMBERS = frozenset({"number", "integer", "ratio"})
_TIMES = frozenset({"time", "day"})
# Put before what a conversion cannot read: the ordinary conversion then rejects the record with its column's name. Left as it is,
# `1.500` of a German column or a time of another zone would be read, and read wrongly.
UNREAD = "?"

_Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]
_Constant = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, (int, Decimal)) else value)]


class Source(BaseModel):
    """Where one column of the reference comes from; exactly one of `from`, `join` and `value` is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: str | None = Field(None, alias="from", description="a column of the file")
    join: tuple[str, ...] = Field((), max_length=50, description="columns of the file whose texts are put together, empty ones left out")
    by: str = Field(" ", max_length=20, description="what stands between joined texts")
    value: _Constant | None = Field(None, description="the same text in every row")
    extract: str = Field("", max_length=500, description="RE2 pattern of what counts, or of more with (?P<value>...) in it")
    case: Literal["", "upper", "lower"] = ""
    codes: dict[str, str] = Field({}, description="another text for some values")
    decimal: str = Field("", max_length=1, description="decimal sign, if it is no point")
    thousands: str = Field("", max_length=1, description="sign between groups of three digits")
    scale: Decimal | None = Field(None, ge=Decimal("1e-9"), le=Decimal("1e9"), description="factor: 0.01 for cents")
    per: str = Field(
        "", max_length=200, description="column of the file by which the number is divided: a total, and the quantity it is for"
    )
    unit: str = Field("", max_length=10, description="unit of a weight, which becomes kilograms")
    formats: _Texts = Field((), alias="format", max_length=20, description="formats of a time, tried in order")
    timezone: str = Field("", max_length=60, description="whose clock it is; Beijing's if nothing is said")
    default: _Constant | None = Field(None, description="stands in for an empty cell; written as docs/reference/tables.md says")

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the file that are read."""
        return (*((self.from_,) if self.from_ is not None else self.join), *((self.per,) if self.per else ()))

    @property
    def is_number(self) -> bool:
        """Whether values are read as numbers."""
        return bool(self.decimal or self.thousands or self.scale is not None or self.unit or self.per)

    def reader(self, column: Column) -> Callable[[str], str] | None:
        """What converts the column's values as a number or time; None for neither. It raises ValueError."""
        if self.is_number:
            return NumberForm(self.decimal, self.thousands, self.scale, self.unit).read
        if self.formats:
            return TimeForm(self.formats, self.timezone or BEIJING_ZONE, column.kind == "day").read
        return None

    def faults(self, column: Column) -> list[str]:
        """What does not go together or cannot be done for a column of the reference."""
        found = []
        if sum((self.from_ is not None, bool(self.join), self.value is not None)) != 1:
            found.append("say exactly one of `from`, `join` and `value`")
        if self.value is not None and len(self.model_fields_set) > 1:
            found.append("a constant is written as docs/reference/tables.md says; it takes no conversions")
        if self.is_number and column.kind not in _NUMBERS:
            found.append("decimal, thousands, scale, per and unit are for numbers")
        if (self.formats or self.timezone) and column.kind not in _TIMES:
            found.append("format and timezone are for times")
        if self.timezone and not self.formats:
            found.append("timezone needs a format: values that are read without one are Beijing time or name their offset")
        if self.unit and ("weight" not in column.name or kilograms(Decimal(1), self.unit) is None):
            found.append(f"unit {self.unit!r} cannot be made kilograms, or the column is no weight")
        found.extend(_separator_faults(self.decimal or ".", self.thousands))
        found.extend(fault for form in self.formats if (fault := fault_of_format(form)))
        found.extend([fault] if self.timezone and (fault := fault_of_zone(self.timezone)) else [])
        found.extend([fault] if self.extract and (fault := _pattern_fault(self.extract)) else [])
        return found


_Source = Annotated[Source, BeforeValidator(lambda value: {"from": value} if isinstance(value, str) else value)]


class TableMapping(BaseModel):
    """Reads a table with other people's columns as a list of the reference. Plain data: it can be given to worker processes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    skip: int = Field(0, ge=0, le=1_000, description="lines of a CSV before its header")
    columns: dict[str, _Source] = Field(min_length=1)

    @classmethod
    def load(cls, path: Path) -> "TableMapping":
        """A mapping from its TOML file.

        Raises:
            InputError: The file cannot be read or says something that cannot be done; one message names every fault.
        """
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise InputError(f"{path}: larger than {_MOST_BYTES >> 20} MiB, no mapping is; check the file name")
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as exc:
            raise InputError(f"{path}: not a readable text file; name a mapping as `sandan map init` writes it") from exc
        return cls.from_toml(text, str(path))

    @classmethod
    def from_toml(cls, text: str, name: str) -> "TableMapping":
        """A mapping from its text; `name` stands in messages.

        Raises:
            InputError: As `load`.
        """
        if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
            raise InputError(f"{name}: a line with more than {_MOST_DOTS} dots; write a long code table as a section, one code a line")
        try:
            mapping = cls.model_validate(tomllib.loads(text, parse_float=Decimal))
        except ValidationError as exc:
            raise _refused(name, [_told(error) for error in exc.errors(include_url=False, include_context=False)]) from exc
        except (ValueError, ArithmeticError, RecursionError) as exc:
            raise InputError(f"{name}: not a readable TOML file ({str(exc)[:200]}); correct the line") from exc
        if faults := mapping._faults():
            raise _refused(name, faults)
        return mapping

    def missing_columns(self, columns: Sequence[str]) -> list[str]:
        """Columns that the mapping reads and a file lacks; a name fits whatever the capitals and spaces around it."""
        have = {_folded(column) for column in columns}
        return list(dict.fromkeys(name for source in self.columns.values() for name in source.names if _folded(name) not in have))

    def source_of(self, column: str) -> str:
        """The name under which the mapping reads a column of a file; "" for one that it does not read."""
        folded = _folded(column)
        return next((name for source in self.columns.values() for name in source.names if _folded(name) == folded), "")

    def unused_columns(self, columns: Sequence[str]) -> list[str]:
        """Columns of a file that the mapping does not read."""
        used = {_folded(name) for source in self.columns.values() for name in source.names}
        return [column for column in columns if _folded(column) not in used]

    def apply(self, raw: pa.Table) -> pa.Table:
        """The rows under the reference's names.

        Args:
            raw: Rows as they stand in the file, all columns text. One that it lacks counts as empty.

        Returns:
            One text column for each column of the mapping, in its order, as many rows. A value that cannot be converted gets a
            question mark in front, so that its record is rejected and not read some other way.
        """
        at: dict[str, int] = {}
        for i, name in enumerate(raw.column_names):
            at.setdefault(_folded(name), i)
        kinds = {column.name: column for column in self._spec.columns}
        made = {target: _made(source, kinds[target], raw, at) for target, source in self.columns.items()}
        return pa.table(made)

    @property
    def _spec(self) -> ListSpec:
        return CATALOG[self.table]

    def _faults(self) -> list[str]:
        spec = CATALOG.get(self.table)
        if spec is None or not spec.as_table:
            return [f"table: {self.table[:60]!r} is none of {', '.join(name for name, s in CATALOG.items() if s.as_table)}"]
        known = {column.name: column for column in spec.columns}
        faults = [f"columns.{target[:60]}: {spec.name} has no such column" for target in self.columns if target not in known]
        absent = [target for target in spec.mandatory if target not in self.columns]
        faults += [f"columns.{target}: a mandatory column of {spec.name} without a source" for target in absent]
        for target, source in self.columns.items():
            if target in known:
                faults += [f"columns.{target}: {fault}" for fault in source.faults(known[target])]
        return faults


def _made(source: Source, column: Column, raw: pa.Table, at: dict[str, int]) -> pa.ChunkedArray | pa.Array:
    """One column of the reference."""
    if source.value is not None:
        return pa.repeat(pa.scalar(source.value, pa.string()), raw.num_rows)
    parts = [_texts(raw, at, name) for name in source.names]
    divisor = _whole(parts.pop()) if source.per else None
    texts = parts[0] if source.from_ is not None else _joined([_whole(part) for part in parts], source.by)
    read = source.reader(column)
    if source.extract or source.case or source.codes or read:
        # Each different text is converted once.
        coded = _whole(texts).dictionary_encode()
        texts = _converted(coded.dictionary, source, read).take(coded.indices)
    if divisor is not None:
        plain = NumberForm(source.decimal, source.thousands).read
        texts = _divided(_whole(texts), pa.array([_read(text, plain) for text in divisor.to_pylist()], pa.string()))
    if source.default is not None:
        coded = _whole(texts).dictionary_encode()
        empty = pa.array([is_nothing(text) for text in coded.dictionary.to_pylist()], pa.bool_()).take(coded.indices)
        texts = pc.if_else(pc.fill_null(empty, True), source.default, texts)
    return texts


def _texts(raw: pa.Table, at: dict[str, int], name: str) -> pa.ChunkedArray | pa.Array:
    index = at.get(_folded(name))
    if index is None:
        return pa.nulls(raw.num_rows, pa.string())
    column = raw.column(index)
    return column if column.type == pa.string() else pc.cast(column, pa.string())


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _joined(parts: Sequence[pa.Array], by: str) -> pa.Array:
    """Texts side by side; empty ones leave no separator behind."""
    trimmed = [pc.utf8_trim_whitespace(part) for part in parts]
    filled = [pc.if_else(pc.equal(part, ""), pa.scalar(None, pa.string()), part) for part in trimmed]
    # Arrow 26 drops rows in which every part is empty: an empty text in front keeps them, and what it adds is cut off again.
    first = pa.repeat("", len(trimmed[0]))
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(first, *filled, by, null_handling="skip"), len(by))
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def _converted(values: pa.Array, source: Source, read: Callable[[str], str] | None) -> pa.Array:
    """Other texts for the different texts of a column; what cannot be read is marked."""
    if source.extract:
        found = pc.extract_regex(values, _named(source.extract))
        values = pc.coalesce(pc.struct_field(found, "value"), values)
    if source.case:
        values = pc.utf8_upper(values) if source.case == "upper" else pc.utf8_lower(values)
    texts = values.to_pylist()
    if source.codes:
        texts = [text if text is None else source.codes.get(text.strip(), text) for text in texts]
    if read:
        texts = [_read(text, read) for text in texts]
    return pa.array(texts, pa.string())


def _divided(totals: pa.Array, quantities: pa.Array) -> pa.Array:
    """Each total by its quantity; what cannot be divided is marked."""
    made: list[str | None] = []
    for total, quantity in zip(totals.to_pylist(), quantities.to_pylist(), strict=True):
        if total is None or is_nothing(total) or total.startswith(UNREAD):
            made.append(total)
            continue
        try:
            made.append(f"{Decimal(total) / Decimal(quantity or 0):f}")
        except ArithmeticError:
            made.append(UNREAD + total)
    return pa.array(made, pa.string())


def _read(text: str | None, read: Callable[[str], str]) -> str | None:
    if text is None or is_nothing(text):
        return text
    try:
        return read(unmarked(text))
    except ValueError:
        return UNREAD + text


def _folded(name: str) -> str:
    return unmarked(name.replace("\ufeff", "").strip(), is_name=True).casefold()


def _named(pattern: str) -> str:
    return pattern if "(?P<value>" in pattern else f"(?P<value>{pattern})"


def _pattern_fault(pattern: str) -> str:
    # RE2 has no backtracking: it takes time in proportion to the text whatever the pattern, and refuses one that grows too large.
    try:
        pc.extract_regex(pa.array([""]), _named(pattern))
    except pa.ArrowException as exc:
        return f"extract: {str(exc)[:150]}; groups are written (?:...), the part that counts (?P<value>...)"
    return ""


def _separator_faults(decimal: str, thousands: str) -> list[str]:
    signs = [sign for sign in (decimal, thousands) if sign]
    if any(sign.isalnum() or sign in "+-" for sign in signs) or len(set(signs)) < len(signs) or decimal.isspace():
        return ["decimal and thousands are two different signs, neither digit nor letter"]
    return []


def _told(error: Any) -> str:
    """A fault that the data model found, in our words."""
    key = ".".join(str(part)[:60] for part in error["loc"])
    known = {"extra_forbidden": "no such key", "missing": "must be there", "too_short": "must not be empty"}
    return f"{key}: {known.get(error['type'], error['msg'])}"


def _refused(name: str, faults: Sequence[str]) -> InputError:
    shown = [f"  {fault}" for fault in faults[:_MOST_FAULTS]]
    if len(faults) > _MOST_FAULTS:
        shown.append(f"  and {len(faults) - _MOST_FAULTS} more")
    return InputError("\n".join([f"{name}: the mapping cannot be used:", *shown]))
