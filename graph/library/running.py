"""A statement of the library, asked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sandan.graph.library.arguments import BeforeNewest, arguments
from sandan.graph.library.statements import Statement
from sandan.graph.store.base import QueryResult

# `newest` is what the graph knows last, never the clock: an old graph gives the same answer whenever it is asked.
_NEWEST = (
    "MATCH (:Order)-[r:PAID_BY]->(:Payer) RETURN max(r.paid_at) AS newest UNION ALL MATCH (w:Parcel) RETURN max(w.shipped_at) AS newest"
)
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # a graph without any time: nothing lies before or after


class Asked(Protocol):
    """A graph that can be asked: any store, or an analyst's."""

    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
        """Rows of a reading query; see `Store.query`."""
        ...


def run_statement(store: Asked, one: Statement, given: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
    """Rows of a statement of the library.

    Args:
        store: The graph.
        one: The statement.
        given: Its arguments by name, texts or values; the defaults stand for the rest.
        max_rows: Rows to return at most.
        timeout_s: Seconds at most.

    Raises:
        BadQuery: An argument is unknown, missing or of another type, or the query took too long.
        StoreUnavailable: There is no graph yet, or the store cannot be reached.
    """
    values: dict[str, object] = dict(arguments(one.name, one.parameters, given))
    if any(isinstance(value, BeforeNewest) for value in values.values()):
        newest = _newest(store, timeout_s)
        for name, value in values.items():
            if isinstance(value, BeforeNewest):
                values[name] = newest - timedelta(days=value.days)
    return store.query(one.text, values, max_rows=max_rows, timeout_s=timeout_s)


def _newest(store: Asked, timeout_s: float) -> datetime:
    rows = store.query(_NEWEST, {}, max_rows=2, timeout_s=timeout_s).rows
    return max((row[0] for row in rows if isinstance(row[0], datetime)), default=_NO_TIME)
