"""A disposable Neo4j Community on loopback, made by the product's own code; for tests only."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandan.graph.server import jars
from sandan.graph.server.config import Instance, server_command, write_config
from sandan.graph.server.local import set_password
from sandan.graph.server.waiting import wait_ready
from sandan.record.errors import SandanError

# A server of tests lives for minutes: it is not worth compiling much, nor planning a statement again because the counts have doubled.
_QUICK_JAVA = "-XX:TieredStopAtLevel=1"
_QUICK = {"dbms.cypher.min_replan_interval": "1h"}


class NoServerError(Exception):
    """Neo4j cannot be run here; the message says in one line how to change that."""


def find_java() -> str:
    """A Java that Neo4j supports; SANDAN_TEST_JAVA may name one."""
    if given := os.environ.get("SANDAN_TEST_JAVA"):
        os.environ["SANDAN_JAVA"] = given
    try:
        return jars.find_java()
    except SandanError as exc:
        raise NoServerError(str(exc)) from exc


def build_dist(cache: Path) -> Path:
    """A folder with the server's jars, made once by Maven; the first time takes a minute and the network."""
    try:
        return jars.bring(cache)
    except SandanError as exc:
        raise NoServerError(f"{exc} (or set SANDAN_TEST_NEO4J to a folder with lib/ and plugins/)") from exc


@contextlib.contextmanager
def neo4j_process(
    dist: Path, *, heap: str = "512m", timeout_s: float = 120.0, password: str = "", extra: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Bolt address and process of a fresh, empty server that dies with the block; without a password it asks for none."""
    with tempfile.TemporaryDirectory(prefix="neo4j-test-", ignore_cleanup_errors=True) as folder:
        instance = Instance(Path(folder), dist, _free_port())
        write_config(instance, has_auth=bool(password), pagecache="128m", extra={**_QUICK, **(extra or {})})
        if password:
            file = instance.root / "password"
            file.write_text(f"{password}\n", encoding="ascii")
            set_password(instance, file)
        with instance.console.open("wb") as log:
            process = subprocess.Popen(server_command(instance, heap, _QUICK_JAVA), stdout=log, stderr=subprocess.STDOUT, cwd=instance.root)
        try:
            wait_ready(instance, password, lambda: process.poll() is not None, timeout_s)
            yield instance.uri, process
        finally:
            process.kill()  # nothing to save, and a clean stop takes ten seconds
            process.wait()


@contextlib.contextmanager
def neo4j_server(
    dist: Path, *, heap: str = "512m", timeout_s: float = 120.0, password: str = "", extra: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Bolt address of such a server."""
    with neo4j_process(dist, heap=heap, timeout_s=timeout_s, password=password, extra=extra) as (uri, _):
        yield uri


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    # Part of the set-up. Where it cannot be had, the tests that need it are skipped, or fail where all must run.
    try:
        build_dist(Path(sys.argv[1]).resolve())
    except NoServerError as error:
        print(f"no Neo4j for the tests: {error}")
