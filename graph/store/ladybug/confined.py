"""The embedded graph for analysts: statements run in a process of their own, which is killed when it takes too long or too much memory.

The library's own timeout and memory limit do not hold everywhere (a list can grow outside of its buffer pool, and building one is not
interrupted), and its read-only mode is no sandbox; a process can be watched, locked up and killed.
"""

import contextlib
import datetime
import io
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sandan.graph.cypher.guard import check_parameters, ladybug_query
from sandan.graph.cypher.portable import check_comparisons
from sandan.graph.store.base import QueryResult
from sandan.graph.store.ladybug.cell import Opening, Question, received_length, send
from sandan.graph.store.ladybug.errors import query_error
from sandan.graph.store.layout import GraphLayout
from sandan.graph.store.values import plain_parameters
from sandan.record.errors import BadQuery, StoreUnavailable
from sandan.record.processes.memory import resident_bytes

_START_S = 60.0
_GRACE_S = 1.0  # the library's own timeout, which says more, goes first
_LOOK_EVERY_S = 0.02
_HEAD_BYTES = 8
_MIB = 2**20
# What the process needs to find Python and its libraries; it gets no password, key or address.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
# Classes that rows are made of; an answer that names any other is not read.
_ROW_CLASSES: dict[tuple[str, str], Any] = {
    ("datetime", name): getattr(datetime, name) for name in ("datetime", "date", "time", "timedelta", "timezone")
}


class ConfinedLadybug:
    """The graph of a home, for statements that nobody has looked at; asked from several threads, it answers one after the other.

    Args:
        layout: The folder `<home>/graph`.
        n_threads: Threads that one query may use.
        max_memory_mb: Memory that one query may take beside the open graph, in MiB.
    """

    def __init__(self, layout: GraphLayout, *, n_threads: int = 2, max_memory_mb: int = 1024) -> None:
        self._layout = layout
        self._n_threads = n_threads
        self._max_bytes = max_memory_mb * _MIB
        self._lock = threading.Lock()
        self._cell: _Cell | None = None

    def query(self, text: str, parameters: Mapping[str, object], *, max_rows: int, timeout_s: float) -> QueryResult:
        """Rows of a reading query; see `Store.query`."""
        allowed = ladybug_query(text)
        check_parameters(allowed, parameters)
        question = Question(allowed, plain_parameters(parameters), max_rows, timeout_s)
        check_comparisons(text, question.parameters)
        with self._lock:
            cell = self._current()
            try:
                kind, content = cell.ask(question)
            except _OverrunError as exc:
                self._drop()
                raise BadQuery(f"{' '.join(text.split())[:200]}: {exc}; ask for less, or for one step at a time with LIMIT") from exc
        if kind == "error":
            raise query_error(str(content), text, parameters, timeout_s)
        columns, rows, truncated = content
        return QueryResult(columns, rows, truncated)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _current(self) -> "_Cell":
        """The process of the version in use, started where there is none."""
        version = self._layout.current()
        if version is None:
            raise StoreUnavailable(f"{self._layout.root}: no graph yet; run `sandan graph build`")
        path = self._layout.database(version).resolve()
        if self._cell is None or self._cell.path != path or not self._cell.is_alive():
            self._drop()
            if path.exists():
                self._layout.check_files(version, [self._layout.database(version)])
            self._cell = _Cell(path, self._n_threads, self._max_bytes)
        return self._cell

    def _drop(self) -> None:
        if self._cell is not None:
            self._cell.kill()
            self._cell = None


class _OverrunError(Exception):
    """The process took too long or too much, or broke."""


class _Cell:
    """One process and the pipes to it."""

    def __init__(self, path: Path, n_threads: int, max_bytes: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandan.graph.store.ladybug.cell"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        self._allowed_bytes = sys.maxsize
        try:
            # The pool is half of it: what a statement builds lies outside of the pool.
            kind, answer = self._exchange(Opening(path, n_threads, max_bytes // 2), _START_S)
        except _OverrunError as exc:
            self.kill()
            raise StoreUnavailable(f"{path}: cannot be opened ({exc}); run `sandan graph build`") from exc
        if kind != "ready":
            self.kill()
            raise StoreUnavailable(str(answer))
        self._allowed_bytes = resident_bytes(self._process.pid) + max_bytes

    def ask(self, question: Question) -> tuple[str, Any]:
        """Kind and content of the answer.

        Raises:
            _OverrunError: There is none; the process is of no more use.
        """
        return self._exchange(question, question.timeout_s + _GRACE_S, shown_s=question.timeout_s)

    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def _exchange(self, message: object, seconds: float, *, shown_s: float | None = None) -> tuple[str, Any]:
        answer: list[bytes] = []
        reader = threading.Thread(target=_read_into, args=(self._process.stdout, answer, self._max_bytes), daemon=True)
        try:
            send(self._process.stdin, message)
        except OSError as exc:
            raise _OverrunError("the process that runs queries has ended") from exc
        reader.start()
        end = time.monotonic() + seconds
        while reader.is_alive():
            reader.join(_LOOK_EVERY_S)
            if resident_bytes(self._process.pid) > self._allowed_bytes:
                raise _OverrunError("needs more memory than one query may use")
            if time.monotonic() > end:
                raise _OverrunError(f"stopped after {shown_s or seconds:g} s")
        if not answer:
            raise _OverrunError("it broke the process that runs queries, or its rows are larger than one query's memory")
        try:
            kind, content = _RowReader(io.BytesIO(answer[0])).load()
        except (pickle.UnpicklingError, EOFError, TypeError, ValueError) as exc:
            raise _OverrunError("its rows cannot be read") from exc
        return kind, content


class _RowReader(pickle.Unpickler):
    """Reads rows only: what a hostile statement might make of the process must not reach this one."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of a value in a row; no other."""
        try:
            return _ROW_CLASSES[module, name]
        except KeyError as exc:
            raise pickle.UnpicklingError(f"{module}.{name} is in no row") from exc


def _read_into(stream: IO[bytes], answer: list[bytes], max_bytes: int) -> None:
    with contextlib.suppress(OSError, ValueError):
        head = stream.read(_HEAD_BYTES)
        if len(head) == _HEAD_BYTES and (length := received_length(head)) <= max_bytes:
            content = stream.read(length)
            if len(content) == length:
                answer.append(content)
