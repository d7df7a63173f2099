"""Until a server that was started answers."""

import time
from collections.abc import Callable
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from sandan.graph.server.config import Instance
from sandan.record.errors import ConfigError, StoreError

_EVERY_S = 0.25
_SHOWN_LINES = 3
# What the server says in its console, and what to do about it.
_REMEDIES = (
    ("Address already in use", "another program listens on this port; stop it, or choose another with --port"),
    ("lock file", "another Neo4j uses this folder; stop that one"),
    ("Could not reserve enough space", "there is too little memory; choose less with --heap"),
    ("Invalid maximum heap size", "write --heap as 512m or 2g"),
    ("exceeds the maximum", "there is too little memory; choose less with --heap"),
    ("No space left on device", "free space on the disk"),
)


def is_answering(instance: Instance, password: str, *, timeout_s: float = 2.0) -> bool:
    """Whether a Neo4j answers on the port.

    Raises:
        ConfigError: It does, and refuses the password.
    """
    auth = ("neo4j", password) if password else None
    try:
        with GraphDatabase.driver(instance.uri, auth=auth, connection_timeout=timeout_s, telemetry_disabled=True) as driver:
            driver.verify_connectivity()  # unlike a query it does not try again by itself, which would be logged
    except AuthError as exc:
        raise ConfigError(f"neo4j: the server at {instance.uri} refuses the password that was made for it; stop it and start ours") from exc
    except (OSError, DriverError, Neo4jError):
        return False
    return True


def wait_ready(instance: Instance, password: str, has_ended: Callable[[], bool], timeout_s: float) -> None:
    """Wait until the server answers.

    Args:
        instance: The server.
        password: Of its user `neo4j`; empty: it asks for none.
        has_ended: Whether its process is gone.
        timeout_s: How long to wait, in seconds.

    Raises:
        StoreError: It ended, or did not answer in time; the message has what it said last.
        ConfigError: It refuses the password.
    """
    deadline = time.monotonic() + timeout_s
    while not is_answering(instance, password):
        if has_ended() or time.monotonic() > deadline:
            raise StoreError(_reason(instance.console))
        time.sleep(_EVERY_S)


def _reason(console: Path) -> str:
    text = console.read_text(encoding="utf-8", errors="replace") if console.exists() else ""
    for sign, remedy in _REMEDIES:
        if sign in text:
            return f"neo4j: the server did not start: {remedy}"
    lines = [line.strip() for line in text.splitlines() if "ERROR" in line or "Caused by" in line] or text.splitlines()
    said = " / ".join(lines[-_SHOWN_LINES:]) or "it said nothing"
    return f"neo4j: the server did not start ({said}); look into {console}"
