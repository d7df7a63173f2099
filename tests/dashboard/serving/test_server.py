"""The server under the app: slow, many and oversized connections do not keep it from others, and its log stays short."""

import http.client
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from sandan.dashboard.serving import server
from sandan.dashboard.serving.server import (
    LARGEST_BODY,
    LARGEST_HEADER,
    LONGEST_LOG_LINE,
    LONGEST_TRACE,
    BoundedFormatter,
    Server,
    make_server,
)

App = Callable[[dict[str, Any], Callable[..., Any]], list[bytes]]


def _echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['REQUEST_METHOD']} {len(body)}".encode()]


@contextmanager
def _serving(app: App = _echo) -> Iterator[tuple[Server, int]]:
    served = make_server(app, socket.create_server(("127.0.0.1", 0), backlog=1024))
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    try:
        yield served, int(served.effective_port)
    finally:
        with suppress(OSError):  # the loop, woken by something else, may have closed it before this wakes it
            served.trigger.pull_trigger(served.close)
        thread.join(timeout=10)
        served.task_dispatcher.shutdown()
        for channel in list(served.active_channels.values()):
            channel.handle_close()


def _get(port: int, timeout: float = 5.0) -> tuple[int, bytes]:
    con = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        con.request("GET", "/")
        answer = con.getresponse()
        return answer.status, answer.read()
    finally:
        con.close()


def _opened(port: int, sent: bytes) -> socket.socket:
    con = socket.create_connection(("127.0.0.1", port), timeout=30)
    con.sendall(sent)
    return con


HALF_HEADER = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
HALF_BODY = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nab"
HALF_CHUNK = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\na"


@pytest.mark.parametrize("sent", [b"", HALF_HEADER, HALF_BODY, HALF_CHUNK])
@pytest.mark.parametrize("n", [120, 450])
def test_beside_slow_connections_others_are_served(sent: bytes, n: int) -> None:
    with _serving() as (served, port), ExitStack() as stack:
        for _ in range(n):
            stack.enter_context(_opened(port, sent))
        began = time.monotonic()
        for _ in range(20):
            assert _get(port) == (200, b"GET 0")
        assert time.monotonic() - began < 5
        assert len(served.active_channels) <= server.MOST_CONNECTIONS


def _is_closed(con: socket.socket) -> bool:
    con.settimeout(0.05)
    try:
        return con.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("sent", [HALF_HEADER, HALF_BODY, HALF_CHUNK])
def test_a_byte_now_and_then_does_not_keep_a_connection(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.0)
    with _serving() as (_, port), _opened(port, sent) as con:
        began = time.monotonic()
        while not _is_closed(con) and time.monotonic() - began < 15:
            try:
                con.sendall(b"a")
            except OSError:
                break
            time.sleep(0.1)
        assert 0.9 < time.monotonic() - began < 10


def test_a_client_that_asks_in_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.0)
    with _serving() as (_, port):
        con = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for _ in range(4):
            con.request("POST", "/", body=b"x" * 1000)
            assert con.getresponse().read() == b"POST 1000"
            time.sleep(1.0)
        assert con.sock is not None
        con.close()


def test_answers_that_take_longer_than_a_request_may_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.5)

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        time.sleep(5)
        return _echo(environ, start)

    with _serving(slow) as (_, port):
        assert _get(port, timeout=20) == (200, b"GET 0")


def _raw(port: int, sent: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as con:
        with suppress(OSError):  # it may answer before it has read everything
            con.sendall(sent)
        return int(con.recv(64).split(b" ")[1])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"a" * LARGEST_HEADER + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * LARGEST_HEADER + b" HTTP/1.1\r\n\r\n", 431),
        (f"POST / HTTP/1.1\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n".encode() + b"a" * 1000, 413),
        (f"POST / HTTP/1.1\r\nContent-Length: {10**30}\r\n\r\n".encode(), 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"a" * 65536 + b"\r\n" + b"100000\r\n" + b"a" * 1_048_576, 413),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    ],
)  # fmt: skip
def test_what_is_too_large_or_no_request_is_refused(sent: bytes, status: int) -> None:
    with _serving() as (_, port):
        assert _raw(port, sent) == status
        assert _get(port) == (200, b"GET 0")


def _line(message: str, *arguments: object, error: Exception | None = None) -> str:
    info = None
    if error is not None:
        try:
            raise error
        except Exception:
            info = sys.exc_info()
    return BoundedFormatter().format(logging.LogRecord("sandan", logging.ERROR, __file__, 1, message, arguments, info))


def test_log_lines_are_bounded_and_of_one_line() -> None:
    told = _line("page %s", "a\nERROR forged\r\x1b[2J\u2028" + "x" * 100_000)
    assert len(told) < LONGEST_LOG_LINE + 200
    assert not set(told) & set("\n\r\x1b\u2028")
    trace = _line("page", error=ValueError("a\r\x1b[31m" + "y" * 1_000_000))
    assert len(trace) < LONGEST_TRACE + 400
    assert "\x1b" not in trace and "\r" not in trace and "ValueError" in trace
    assert json.dumps(_line("%d of %d", 1, 2)).endswith('1 of 2"')
