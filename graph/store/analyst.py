"""The graph as an analyst may ask it: read-only, within the limits of the settings, on either store."""

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from sandan.graph.store.access import graph_layout, open_store
from sandan.graph.store.base import QueryResult
from sandan.graph.store.ladybug.confined import ConfinedLadybug
from sandan.record.errors import BadQuery, StoreUnavailable
from sandan.record.settings import CypherSettings, Settings


class _Asked(Protocol):
    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult: ...

    def close(self) -> None: ...


class AnalystStore:
    """A graph that answers within limits.

    Args:
        asked: The graph.
        limits: Of one query.
    """

    def __init__(self, asked: _Asked, limits: CypherSettings) -> None:
        self._asked = asked
        self._limits = limits

    def query(
        self, text: str, parameters: Mapping[str, object], *, max_rows: int | None = None, timeout_s: float | None = None
    ) -> QueryResult:
        """Rows of a reading query; what is not said is as much as the settings allow.

        Raises:
            BadQuery: It may not run, cannot be understood, lacks a parameter, took too long or too much, or more was asked for than the
                settings allow.
            StoreUnavailable: There is no graph yet, or the store cannot be reached.
        """
        n_rows = self._limits.max_rows if max_rows is None else max_rows
        seconds = self._limits.timeout_s if timeout_s is None else timeout_s
        faults = []
        if n_rows > self._limits.max_rows:
            faults.append(
                f"{n_rows} rows are more than the {self._limits.max_rows} that one query may return: ask for less, or raise `max_rows`"
            )
        if seconds > self._limits.timeout_s:
            faults.append(
                f"{seconds:g} s are more than the {self._limits.timeout_s:g} s that one query may run: ask for less, or raise `timeout_s`"
            )
        if faults:
            raise BadQuery("\n".join(f"{fault} in [cypher] of the settings" for fault in faults))
        return self._asked.query(text, parameters, max_rows=n_rows, timeout_s=seconds)

    def close(self) -> None:
        """Let go of the graph."""
        self._asked.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_for_analyst(settings: Settings) -> AnalystStore:
    """The configured graph, for statements that a person wrote; close it, or use it in a `with`.

    Raises:
        ConfigError: The address or password cannot be used.
        StoreUnavailable: There is no graph yet, it is being loaded, or its server cannot be reached.
    """
    if settings.graph:
        return AnalystStore(open_store(settings), settings.cypher)
    layout = graph_layout(settings)
    if layout.current() is None:
        raise StoreUnavailable(f"{layout.root}: no graph yet; run `sandan graph build`")
    confined = ConfinedLadybug(layout, n_threads=settings.n_workers, max_memory_mb=settings.cypher.max_memory_mb)
    return AnalystStore(confined, settings.cypher)
