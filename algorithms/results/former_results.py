"""Tables of a run that an older version kept, in the form of today: there texts stood in them, with bars between what were lists."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from sandan.algorithms.vocabulary.statement import AS_WRITTEN, Statement, values_text

_LISTS = ("typologies", "top_destinations", "ties", "evidence")
_STRINGS = pa.list_(pa.string())


def is_in_form(schema: pa.Schema) -> bool:
    """Whether a table, or some of its columns, is in the form of today."""
    names = set(schema.names)
    texts = any(pa.types.is_string(schema.field(name).type) for name in names.intersection(_LISTS))
    return (
        not texts
        and "fields" not in names
        and not any(name.endswith("_zh") for name in names)
        and ("finding_id" not in names or "bits" in names)
    )


def in_form(table: pa.Table) -> pa.Table:
    """A table of a run, or some of its columns, in the form of today; one that is in it already as it is."""
    for name in _LISTS:
        at = table.schema.get_field_index(name)
        if at >= 0 and pa.types.is_string(table.schema.field(at).type):
            table = table.set_column(at, name, pa.array([_parts(text) for text in table[name].to_pylist()], _STRINGS))
    if {"finding_id", "score"} <= set(table.column_names) and "bits" not in table.column_names:
        # Findings were weighed by their strength then: it keeps their order, and is far less than a bit of evidence would be.
        table = table.append_column("bits", table["score"])
    if "fields" in table.column_names:
        table = _replaced(table, "fields", "marked", _marked, _STRINGS)
    if {"because", "because_zh"} <= set(table.column_names):
        table = _replaced(table, "because", "values", _values, pa.string()).drop_columns(["because_zh"])
    if {"summary", "summary_zh"} <= set(table.column_names):
        table = _replaced(table, "summary", "statements", _summary, _STRINGS).drop_columns(["summary_zh"])
    if {"reasons", "reasons_zh"} <= set(table.column_names):
        if "role" in table.column_names:
            table = _replaced(table, "reasons", "statements", _reasons, _STRINGS).drop_columns(["reasons_zh"])
        else:
            # Those of a consignment are its findings'.
            table = table.drop_columns(["reasons", "reasons_zh"])
    return table


def _marked(row: Mapping[str, Any]) -> list[str]:
    found: list[str] = json.loads(row["fields"] or "[]")
    return found


def _values(row: Mapping[str, Any]) -> str:
    return values_text({AS_WRITTEN: [row["because"], row["because_zh"]]})


def _summary(row: Mapping[str, Any]) -> list[str]:
    return [_written(row["summary"], row["summary_zh"])]


def _reasons(row: Mapping[str, Any]) -> list[str]:
    return [_written(*pair) for pair in zip(_parts(row["reasons"]), _parts(row["reasons_zh"]), strict=False)]


def _parts(text: str | None) -> list[str]:
    return [part for part in (text or "").split("|") if part]


def _written(en: str, zh: str) -> str:
    return Statement(AS_WRITTEN, {AS_WRITTEN: [en, zh]}).as_text()


def _replaced(table: pa.Table, old: str, new: str, made: Callable[[dict[str, Any]], Any], kind: pa.DataType) -> pa.Table:
    column = pa.array([made(row) for row in table.to_pylist()], kind)
    return table.set_column(table.schema.get_field_index(old), new, column)
