"""Forms of expressions that give the same rows on every engine, where the obvious ones do not; docs/scale.md lists the rest."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from sandan.record.values.moment import HOUR_S

# The characters themselves: engines read escapes in different ways.
_EDGES = "^[ \t\r\n\u3000\u00a0]+|[ \t\r\n\u3000\u00a0]+$"


def trimmed(text: ir.StringValue) -> ir.StringValue:
    """A text without white space at its ends: `strip` of Spark takes letters too."""
    return text.re_replace(_EDGES, "")


def seconds(at: ir.TimestampValue) -> ir.IntegerValue:
    """Whole seconds since 1970: some engines keep a fraction."""
    return at.truncate("s").epoch_seconds().cast("int64")


def hours_between(later: ir.TimestampValue, earlier: ir.TimestampValue) -> ir.FloatingValue:
    """Hours from one moment to another, by whole seconds."""
    return (seconds(later) - seconds(earlier)) / HOUR_S


def joined_in_order(text: ir.StringValue, order: ir.Value, between: str) -> ir.StringValue:
    """An aggregate: the texts of a group that are known, in an order that is known of all of them; null where none is known."""
    pairs = ibis.struct({"place": order, "text": text}).collect(where=text.notnull())
    return pairs.sort().map(lambda pair: pair["text"]).join(between).nullif("")


def n_where(table: ir.Table, conditions: Sequence[ir.BooleanValue]) -> list[ir.IntegerScalar]:
    """Aggregates: rows of which each condition is true; Spark counts NULL where there is no row."""
    return [ibis.coalesce(table.count(where=condition), 0) for condition in conditions]
