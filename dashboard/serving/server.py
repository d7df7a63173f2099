"""The HTTP server under the app: bounds on connections, on what is read and logged, and on the time in which a request must come."""

import logging
import socket
import time
from collections.abc import Callable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

THREADS = 8
MOST_CONNECTIONS = 400
LARGEST_HEADER, LARGEST_BODY = 32 * 1024, 1024 * 1024  # bytes
REQUEST_SECONDS = 20.0  # from a request's first byte to its last
IDLE_SECONDS = 60  # between two requests of one connection, or while nothing of an answer is taken
LONGEST_LOG_LINE, LONGEST_TRACE = 2000, 10_000  # characters


class Channel(HTTPChannel):  # type: ignore[misc] # the library ships no types
    """A connection that is closed when a request on it takes too long to come: a byte now and then does not keep it open.

    Attributes:
        waiting_since: When it last became idle or began to receive what is not complete yet, in seconds of the monotonic clock.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.waiting_since = time.monotonic()
        super().__init__(*arguments, **named)

    def received(self, data: bytes) -> bool:
        """Take bytes; the clock starts with the first byte of a request, and again behind its last."""
        began = self.request is not None
        kept = bool(super().received(data))
        if not began or self.request is None:
            self.waiting_since = time.monotonic()
        return kept

    @property
    def is_served(self) -> bool:
        """Whether a complete request is being answered, or its answer is on its way."""
        return bool(self.requests or self.total_outbufs_len)

    def is_late(self, now: float) -> bool:
        """Whether a request began to come and was not complete in time."""
        return not self.is_served and self.request is not None and now - self.waiting_since > REQUEST_SECONDS


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress, which drops late requests, and for a new connection the one that has kept it waiting longest."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        """Close connections without activity, and those whose request is late."""
        super().maintenance(now)
        clock = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_late(clock):
                channel.will_close = True

    def readable(self) -> bool:
        """Whether a connection may be taken; where all are being served, a new one waits in the queue of the socket."""
        return bool(super().readable()) and (len(self.active_channels) < MOST_CONNECTIONS or bool(self._waiting()))

    def handle_accept(self) -> None:
        """Take a connection; where there is no room, the one that has kept the server waiting longest is closed for it."""
        if len(self.active_channels) >= MOST_CONNECTIONS and (waiting := self._waiting()):
            min(waiting, key=lambda channel: channel.waiting_since).handle_close()
        super().handle_accept()

    def _waiting(self) -> list[Channel]:
        return [channel for channel in self.active_channels.values() if not channel.is_served]


def make_server(app: Callable[..., Any], listening: socket.socket) -> Server:
    """A server of an app on a socket that is bound already; `run` serves until interrupted.

    Args:
        app: WSGI application.
        listening: Bound TCP socket.
    """
    settings = Adjustments(
        sockets=[listening],
        threads=THREADS,
        ident=None,
        connection_limit=MOST_CONNECTIONS + 16,  # of the server's own count, with its own sockets; ours is reached first
        max_request_header_size=LARGEST_HEADER,
        max_request_body_size=LARGEST_BODY,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=2,
        asyncore_use_poll=True,  # select() knows no socket above 1023
    )
    sockinfo = (listening.family, listening.type, listening.proto, listening.getsockname())
    return Server(app, {}, True, listening, None, settings, sockinfo, bind_socket=False)


class BoundedFormatter(logging.Formatter):
    """Lines of bounded length without control characters: what a client sends may be in them."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, and behind it the trace of an error, each cut at its length."""
        line = _cut(record.getMessage().translate(_VISIBLE), LONGEST_LOG_LINE)
        if record.exc_info:
            trace = self.formatException(record.exc_info).translate(_VISIBLE_IN_LINES)
            line += "\n" + _cut(trace, LONGEST_TRACE)
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {line}"


_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]
_VISIBLE = {code: f"\\x{code:02x}" for code in _CONTROLS}
_VISIBLE_IN_LINES = {code: shown for code, shown in _VISIBLE.items() if code not in (0x09, 0x0A)}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest // 2]} … {len(text) - longest} characters … {text[-(longest // 2) :]}"


def log_to_stderr() -> None:
    """Warnings and errors of the server, the app and their libraries go to standard error, bounded."""
    handler = logging.StreamHandler()
    handler.setFormatter(BoundedFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for every request that waits for a moment
