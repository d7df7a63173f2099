"""Forms of what programs send and get, from the catalogue and the contract's columns; the document of the API is made from them."""

from collections.abc import Sequence
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from sandan.record.catalog.meanings import meaning_of
from sandan.record.catalog.tables import CATALOG
from sandan.record.values.inspection import METHODS, OUTCOMES

MOST_ROWS, MOST_RECORDS, LONGEST_TEXT = 1000, 1000, 2000
# What the catalogue leaves to the text, and the words that there are.
_WORDS = {
    ("outcomes", "flow"): ("import", "export"),
    ("outcomes", "method"): METHODS,
    ("outcomes", "outcome"): OUTCOMES,
    ("watchlists", "kind"): ("person", "telephone", "address", "company", "brand", "goods"),
    ("watchlists", "level"): ("watch", "control"),
}
_NUMBERS = {"alerts": ("score",), "findings": ("score",), "plan": ("rank", "expected_gain", "score", "probability", "revenue_at_stake")}


class _Form(Schema):
    class Meta:
        """What no column is called is refused."""

        unknown = RAISE


def _visible(value: str) -> None:
    if not value.isprintable():
        raise ValidationError("a text without control characters")


def records_form(table: str) -> type[Schema]:
    """The body of a request that brings records of a table: `records`, with the table's columns."""
    made: dict[str, Any] = {}
    for column in CATALOG[table].columns:
        about: dict[str, Any] = {"metadata": {"description": meaning_of(table, column.name)[0]}, "required": column.mandatory}
        if column.kind == "ratio":
            made[column.name] = fields.Float(validate=validate.Range(0, 1), allow_nan=False, **about)
        else:
            checks: list[Any] = [validate.Length(min=1, max=LONGEST_TEXT), _visible]
            if (table, column.name) in _WORDS:
                checks = [validate.OneOf(_WORDS[table, column.name])]
            made[column.name] = fields.String(validate=checks, **about)
    record = type(f"{table.capitalize()}Record", (_Form,), made)
    nested = fields.List(fields.Nested(record), required=True, validate=validate.Length(min=1, max=MOST_RECORDS))
    return type(table.capitalize(), (_Form,), {"records": nested})


def rows_form(table: str, columns: Sequence[str]) -> type[Schema]:
    """The answer to a question for a table: the id of the run or plan, how many rows there are, and those asked for."""
    numbers = _NUMBERS.get(table, ())
    made = {name: fields.Float(allow_none=True) if name in numbers else fields.String(allow_none=True) for name in columns}
    row = type(f"{table.capitalize()}Row", (Schema,), made)
    parts = {"id": fields.String(), "total": fields.Integer(), "rows": fields.List(fields.Nested(row))}
    return type(f"{table.capitalize()}Rows", (Schema,), parts)


class Part(_Form):
    """Which rows."""

    start = fields.Integer(load_default=0, validate=validate.Range(0, 10**9), metadata={"description": "rows to leave out"})
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_ROWS), metadata={"description": "rows to give"})


class OfRun(Part):
    """Which rows of which run."""

    run = fields.String(validate=validate.Regexp(r"^[A-Za-z0-9-]{1,60}\Z"), metadata={"description": "an older run; default: the newest"})
    typology = fields.String(validate=validate.Regexp(r"^[a-z_]{1,40}\Z"), metadata={"description": "only rows with this typology"})


class OfAlerts(OfRun):
    """Which alerts."""

    grade = fields.String(validate=validate.OneOf(("low", "medium", "high")), metadata={"description": "default: medium and high"})


class OfWarnings(Part):
    """Which warnings."""

    state = fields.String(validate=validate.OneOf(("draft", "approved", "issued", "recalled")))


class Account(Schema):
    """What became of the records: each has one place."""

    batch_id = fields.String()
    read = fields.Integer()
    loaded = fields.Integer()
    superseded = fields.Integer()
    duplicate = fields.Integer()
    rejected = fields.Integer()
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "rejected records by reason code"})


class Refusal(Schema):
    """Why a request was not carried out."""

    code = fields.Integer()
    status = fields.String()
    message = fields.String()
    errors = fields.Dict()
