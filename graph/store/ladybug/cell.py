"""The process in which an analyst's statement runs on the embedded graph; started by `confined`, not by people.

The guard keeps statements from reading and writing files, and this process makes sure of it: once the graph is open it may open nothing
more (no file, no socket) and write to no file, whatever a statement manages to say. It has no secrets, and can be killed at any time.
"""

import os
import pickle
import resource
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sandan.graph.store.base import QueryResult
from sandan.graph.store.ladybug.store import fetch, open_file, reading_connection
from sandan.record.errors import StoreUnavailable

_LENGTH = struct.Struct("!Q")
# Everything that Python loads on first use must be loaded before nothing can be opened any more.
_WARM_UP = (
    "RETURN 1 AS a, 1.5 AS b, 'x' AS c, true AS d, NULL AS e, [1] AS f, {a: 1} AS g, date('2024-01-01') AS h, timestamp('2024-01-01') AS i"
)
_WARM_UP_PARAMETERS = "UNWIND [$n] AS n RETURN sum(n) AS n, interval('1 hour') AS i"


@dataclass(frozen=True, slots=True)
class Opening:
    """What the process is sent first."""

    path: Path
    n_threads: int
    pool_bytes: int


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that the guard let through."""

    allowed: str
    parameters: Mapping[str, object]
    max_rows: int
    timeout_s: float


def send(stream: IO[bytes] | None, message: object) -> None:
    """Write one message.

    Raises:
        OSError: The other side is gone.
    """
    if stream is None:
        raise BrokenPipeError
    packed = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(packed)))
    stream.write(packed)
    stream.flush()


def received_length(head: bytes) -> int:
    """Bytes of the message behind its first eight."""
    return int(_LENGTH.unpack(head)[0])


def _receive(stream: IO[bytes]) -> Any:
    """The next message; None where there is no more. Only the process that started this one writes here."""
    head = stream.read(_LENGTH.size)
    return pickle.loads(stream.read(received_length(head))) if len(head) == _LENGTH.size else None


def _lock_up() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _answer(database: Any, n_threads: int, question: Question) -> tuple[str, object]:
    try:
        with reading_connection(database, n_threads, question.timeout_s) as connection:
            result: QueryResult = fetch(connection, question.allowed, question.parameters, question.max_rows)
            return "rows", (result.columns, result.rows, result.truncated)
    except MemoryError:
        return "error", "Buffer manager exception: out of memory"
    except Exception as exc:  # whatever fails is the answer to the question that made it fail
        return "error", str(exc)


def main() -> None:
    """Open the graph, then answer questions until nobody asks any more."""
    incoming = sys.stdin.buffer
    # What a library prints must not stand between the messages.
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    opening: Opening = _receive(incoming)
    try:
        database = open_file(opening.path, opening.n_threads, pool_bytes=opening.pool_bytes)
    except StoreUnavailable as exc:
        send(outgoing, ("unavailable", str(exc)))
        return
    for text, parameters in ((_WARM_UP, {}), (_WARM_UP_PARAMETERS, {"n": 1})):
        _answer(database, opening.n_threads, Question(text, parameters, 1, 10.0))
    _lock_up()
    send(outgoing, ("ready", None))
    while (question := _receive(incoming)) is not None:
        send(outgoing, _answer(database, opening.n_threads, question))
    outgoing.close()
    os._exit(0)  # closing the graph in order would want to open files


if __name__ == "__main__":
    main()
