"""Reads one table (CSV, Parquet, JSON Lines) whose columns say which list it is."""

from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from sandan.ingest.columns.mapping import TableMapping
from sandan.ingest.columns.privacy import without_numbers
from sandan.ingest.reject import BadFile
from sandan.ingest.sources.csv_table import open_csv
from sandan.ingest.sources.opened_table import OpenedTable
from sandan.ingest.sources.typed_tables import open_jsonl, open_parquet
from sandan.ingest.staging.sink import FileSink
from sandan.record.catalog.columns import ListSpec
from sandan.record.catalog.tables import CATALOG
from sandan.record.values import code
from sandan.record.values.identifier import unmarked
from sandan.record.values.nothing import is_nothing


def recognise(columns: Sequence[str]) -> ListSpec:
    """The list whose mandatory columns are all there; of several the one that knows most of the columns.

    Raises:
        BadFile: No list fits. `missing_columns` names what is missing from the nearest one.
    """
    have = {plain_name(column) for column in columns}
    tables = [spec for spec in CATALOG.values() if spec.as_table]

    def fit(spec: ListSpec) -> tuple[int, int]:
        return sum(column.name in have for column in spec.columns), len(spec.mandatory)

    whole = [spec for spec in tables if have.issuperset(spec.mandatory)]
    if whole:
        return max(whole, key=fit)
    nearest = max(tables, key=lambda spec: (sum(name in have for name in spec.mandatory) / len(spec.mandatory), *fit(spec)))
    missing = [name for name in nearest.mandatory if name not in have]
    if len(missing) * 2 > len(nearest.mandatory):
        raise BadFile("unknown_format", "its columns are those of no table in docs/reference/tables.md")
    raise BadFile("missing_columns", ", ".join(missing), nearest.name)


def read_table(stream: BinaryIO, form: str, sink: FileSink, mapping: TableMapping | None = None) -> list[str]:
    """Give every row of one table to the sink; return its columns that no list has.

    Args:
        stream: The file from its first byte on; seekable for Parquet.
        form: `csv`, `parquet` or `jsonl`.
        sink: Takes the rows.
        mapping: Says what the columns are, if they are not the reference's.

    Raises:
        BadFile: The file is broken or is no table of the reference.
    """
    table = open_csv(stream, mapping.skip if mapping else 0) if form == "csv" else _READERS[form](stream)
    if mapping is not None:
        if absent := mapping.missing_columns(table.columns):
            raise BadFile("missing_columns", ", ".join(absent), mapping.table)
        spec = CATALOG[mapping.table]
    else:
        spec = recognise(table.columns)
    sink.facts.kind = spec.name
    known = {column.name for column in spec.columns}

    def refuse_twice(columns: Sequence[str]) -> None:
        """A column that is read and named twice does not say which of the two values is meant."""
        names = [mapping.source_of(name) if mapping else plain_name(name) for name in columns]
        twice = sorted(name for name, n in Counter(names).items() if n > 1 and name and (mapping or name in known))
        if twice:
            said = without_numbers(", ".join(twice), sink.intake.keyring)
            raise BadFile("duplicate_column", f"{said}: named twice in its header", spec.name)

    refuse_twice(table.columns)
    try:
        for columns, positions in table.chunks:
            if table.late:
                refuse_twice(list(columns))
            if mapping is not None:
                mapped = mapping.apply(pa.table(columns))
                raw = {name: mapped[name].combine_chunks() for name in mapped.column_names}
            else:
                raw = {plain: column for name, column in columns.items() if (plain := plain_name(name)) in known}
            sink.table(spec, _filled(spec, raw, len(positions)), positions)
            _refuse(table, spec, sink)
    except BadFile as bad:
        raise BadFile(bad.code, bad.text, spec.name) from bad
    except (UnicodeDecodeError, pa.ArrowException) as exc:
        is_encoding = isinstance(exc, UnicodeDecodeError) or "invalid UTF8" in str(exc)
        raise BadFile("bad_encoding" if is_encoding else "unreadable", "the table breaks off or is broken", spec.name) from exc
    _refuse(table, spec, sink)
    if mapping is not None:
        return sorted(mapping.unused_columns([*table.columns, *table.late]))
    return sorted({plain_name(name) for name in {*table.columns, *table.late}} - known - {""})


def plain_name(column: str) -> str:
    """The name of a column in one writing: small letters, without spaces around it and the signs that spreadsheets leave."""
    return unmarked(column.replace("\ufeff", "").replace("\u200b", "")).lower()


def _refuse(table: OpenedTable, spec: ListSpec, sink: FileSink) -> None:
    """Tell of the rows that did not fit the header since the last time."""
    if table.faults:
        sink.refuse(spec.name, "bad_row", table.faults)
        table.faults.clear()


def _filled(spec: ListSpec, raw: dict[str, pa.Array], n: int) -> dict[str, pa.Array]:
    """Stated defaults: import, new; a house waybill to China is import."""
    flow: pa.Array | pa.Scalar = pa.scalar("import")
    if spec.name == "house_waybills" and "receiver_country" in raw:
        encoded = raw["receiver_country"].dictionary_encode()
        here = pa.array([code.country(text) == "CN" for text in encoded.dictionary.to_pylist()], pa.bool_())
        is_here = pc.fill_null(here.take(encoded.indices), False)
        flow = pc.if_else(is_here, pa.scalar("import"), pa.scalar("export"))
    if "flow" in raw:
        encoded = raw["flow"].dictionary_encode()
        given = pa.array([not is_nothing(text) for text in encoded.dictionary.to_pylist()], pa.bool_()).take(encoded.indices)
        given = pc.fill_null(given, False)
        flow = pc.if_else(given, raw["flow"], flow)
    elif isinstance(flow, pa.Scalar):
        flow = pa.repeat(flow, n)
    return {"app_type": pa.repeat(pa.scalar("1"), n), **raw, "flow": flow}


_READERS = {"parquet": open_parquet, "jsonl": open_jsonl}
