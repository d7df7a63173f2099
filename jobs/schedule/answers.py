"""The server of `/metrics` and `/healthz`, on this machine's own address only."""

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, make_wsgi_app

from sandan.dashboard.serving.server import make_server
from sandan.jobs.schedule.monitor import Monitor
from sandan.record.errors import ConfigError

LOOPBACK = "127.0.0.1"


@contextlib.contextmanager
def answering(monitor: Monitor, port: int, is_alive: Callable[[], bool]) -> Iterator[int]:
    """Answer monitors while the block lasts; give the port.

    Args:
        monitor: What is answered.
        port: Port on 127.0.0.1; 0: any that is free.
        is_alive: Whether the schedule still keeps its times: `/healthz` is 503 where it does not.

    Raises:
        ConfigError: The port cannot be listened on.
    """
    try:
        listening = socket.create_server((LOOPBACK, port))
    except OSError as exc:
        raise ConfigError(f"[schedule] metrics_port {port}: cannot listen ({os.strerror(exc.errno or 0)}); choose another port") from exc
    server = make_server(application(monitor, is_alive), listening)
    thread = threading.Thread(target=server.run, name="sandan-metrics", daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        with contextlib.suppress(OSError):  # woken by something else it may have closed that already
            server.trigger.pull_trigger(server.close)
        thread.join(timeout=5)


def application(monitor: Monitor, is_alive: Callable[[], bool]) -> Callable[..., Any]:
    """The WSGI application; arguments as of `answering`."""
    registry = CollectorRegistry()
    registry.register(monitor)
    figures = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return figures(environ, start)
        if path != "/healthz":
            status, said = "404 Not Found", {"status": "there is only /metrics and /healthz"}
        elif is_alive():
            status, said = "200 OK", {"status": "keeping its times", **monitor.health()}
        else:
            status, said = "503 Service Unavailable", {"status": "does not keep its times; restart it, and look into its log"}
        start(status, [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")])
        return [json.dumps(said, ensure_ascii=False, indent=1).encode()]

    return answer
