"""A server that dies or has no room in the midst of a load: what is said, and what the next run makes of it."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandan.graph.check import differences, served_checksums
from sandan.graph.checksum import table_checksums
from sandan.graph.server.config import Instance
from sandan.graph.server.waiting import wait_ready
from sandan.graph.store.access import graph_layout, publish
from sandan.graph.store.neo4j import fill as neo4j_fill
from sandan.graph.store.neo4j import store as module
from sandan.record.errors import StoreError, StoreUnavailable


class Mortal:
    """A server that tests may kill, and start again on what it left."""

    def __init__(self, uri: str, process: subprocess.Popen[bytes]) -> None:
        words = [word.decode() for word in Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0") if word]
        self.uri, self.process, self.words = uri, process, words
        self.root = Path(next(word for word in words if word.startswith("--home-dir=")).removeprefix("--home-dir="))

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        with (self.root / "console.log").open("wb") as log:
            self.process = subprocess.Popen(self.words, stdout=log, stderr=subprocess.STDOUT, cwd=self.root)
        instance = Instance(self.root, Path(), int(self.uri.rsplit(":", 1)[1]))
        wait_ready(instance, "", lambda: self.process.poll() is not None, 120)


@pytest.fixture(scope="module")
def mortal(neo4j_dist: Path) -> Iterator[Mortal]:
    with sys.modules["sandan_tests_neo4j_server"].neo4j_process(neo4j_dist) as (uri, process):
        made = Mortal(uri, process)
        yield made
        made.kill()


@pytest.fixture
def small(graph: Any) -> Any:
    key = ("SHIPPED_IN", "Order", "Parcel")
    return type(graph)({label: graph.nodes[label] for label in ("Order", "Parcel")}, {key: graph.relations[key]})


@pytest.fixture
def at_second_batch(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Lets something happen when one batch is in the database."""

    def let(happen: Callable[[], None]) -> None:
        real, n_written = neo4j_fill._run, []

        def run(*given: Any) -> None:
            n_written.append(1)
            if len(n_written) == 2:
                happen()
            real(*given)

        monkeypatch.setattr(neo4j_fill, "_run", run)

    return let


def assert_whole(home: Any, version: str) -> None:
    assert list(differences(served_checksums(home.settings), table_checksums(graph_layout(home.settings).tables(version)))) == []


@pytest.mark.slow
def test_a_server_without_room_is_named_and_filled_by_the_next_run(
    make_home: Any, small: Any, mortal: Mortal, at_second_batch: Callable[[Callable[[], None]], None]
) -> None:
    home = make_home(mortal.uri)
    # No file of its may grow: what the server meets then is what it meets on a full disk.
    at_second_batch(lambda: resource.prlimit(mortal.process.pid, resource.RLIMIT_FSIZE, (1, 1)) and None)
    with pytest.raises(StoreError) as caught:
        home.publish(small, "v1")
    assert caught.value.exit_code == 69
    assert "free space on its disk" in str(caught.value)
    with pytest.raises(StoreUnavailable, match="being loaded, or that was broken off"):
        home.open()
    mortal.kill()
    mortal.start_again()
    publish(home.settings, "v1")
    assert_whole(home, "v1")


def test_a_server_killed_in_mid_load_is_named_and_filled_by_the_next_run(
    make_home: Any, small: Any, mortal: Mortal, at_second_batch: Callable[[Callable[[], None]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RETRY_S", 1.0)
    home = make_home(mortal.uri)
    at_second_batch(mortal.kill)
    with pytest.raises(StoreUnavailable, match="start the server") as caught:
        home.publish(small, "v1")
    assert caught.value.exit_code == 69
    with pytest.raises(StoreUnavailable, match="being loaded, or that was broken off"):
        home.open()
    mortal.start_again()
    publish(home.settings, "v1")
    assert_whole(home, "v1")
