"""Twenty officers on sixteen pages for a minute: every answer is the right one, and the memory of the server stays bounded."""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import consignment_path
from sandan.dashboard.posts import PATH
from sandan.record.app.services import SYSTEM, open_services
from sandan.record.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
OFFICERS, SECONDS = 20, 60.0
TOKEN = "t" * 43
MOST_GROWTH = 400 * 2**20  # bytes beside what the pages took when each was seen once
Call = dict[str, Any]


class Officer:
    """A browser: one connection. All have one token, which stands in the forms of the pages."""

    def __init__(self, port: int, session: str) -> None:
        self.con = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookie = f"_csrf_token={TOKEN}; sandan_session={session}"

    def call(self, call: Call) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "X-CSRFToken": TOKEN, "Cookie": self.cookie}
        self.con.request("POST", PATH, json.dumps(call), headers)
        answer = self.con.getresponse()
        return answer.status, answer.read()


def _page(path: str, search: str) -> Call:
    return {
        "output": "..page.children...page-shown.data..",
        "outputs": [{"id": "page", "property": "children"}, {"id": "page-shown", "property": "data"}],
        "inputs": [{"id": "url", "property": "pathname", "value": path}, {"id": "url", "property": "search", "value": search}],
        "state": [{"id": "page-shown", "property": "data"}],
        "changedPropIds": ["url.pathname"],
    }


def _rows(start: int, sort: str, search: str) -> Call:
    return {
        "output": "queue-grid.getRowsResponse",
        "outputs": {"id": "queue-grid", "property": "getRowsResponse"},
        "inputs": [
            {
                "id": "queue-grid",
                "property": "getRowsRequest",
                "value": {"startRow": start, "endRow": start + 100, "sortModel": [{"colId": sort, "sort": "asc"}]},
            }
        ],
        "state": [{"id": "queue-url", "property": "search", "value": search}, {"id": "queue-run", "property": "data"}],
        "changedPropIds": ["queue-grid.getRowsRequest"],
    }


def _network(search: str) -> Call:
    names = (
        "data.data", "legend.children", "count.children", "span.children", "nodes.children", "edges.children", "switches.children",
        "out.children", "done.children", "band.className",
    )  # fmt: skip
    return {
        "output": f"..{'...'.join(f'network-{name}' for name in names)}..",
        "outputs": [{"id": f"network-{name.split('.')[0]}", "property": name.split(".")[1]} for name in names],
        "inputs": [{"id": "network-url", "property": "search", "value": search}],
        "state": [{"id": "network-run", "property": "data"}],
        "changedPropIds": [],
    }


@pytest.fixture
def sixteen(results: Results) -> list[Call]:
    alerts = results.table("alerts").to_pylist()
    cluster = results.table("clusters").to_pylist()[0]["cluster_id"]
    keys = [full_key(alert) for alert in alerts[:4]]
    about = [f"?lang=en&key={quote(key, safe='')}" for key in keys]
    return [
        _page("/", "?lang=en"), _page("/", "?lang=zh&grade=all"), _page("/operators", "?lang=zh"), _page("/clusters", "?lang=en"),
        *(_page(consignment_path(key), "?lang=en") for key in keys), _page("/network", f"?lang=en&cluster={cluster}"), _page("/network", about[0]),
        _rows(0, "score", "?grade=all"), _rows(300, "number", "?grade=all&flow=import"), _rows(0, "known", "?grade=high"),
        _network(f"?lang=en&cluster={cluster}"), _network(about[1]), _network(about[2] + "&kinds=Phone,Address"),
    ]  # fmt: skip


@pytest.fixture
def dashboard(scored_home: Settings) -> Iterator[tuple[int, int]]:
    """Port and process of a dashboard of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).parent / "sandan"), "dashboard", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "SANDAN_HOME": str(scored_home.home)}, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert b"serving" in process.stdout.readline()
        try:
            yield port, process.pid
        finally:
            process.terminate()


def _resident(pid: int) -> int:
    fields = Path(f"/proc/{pid}/status").read_text(encoding="ascii").split()
    return int(fields[fields.index("VmRSS:") + 1]) * 1024


@pytest.fixture
def session(scored_home: Settings) -> str:
    accounts = open_services(scored_home).accounts
    made = accounts.add(SYSTEM, "twenty", "officer", None)
    return accounts.sign_in_known(made)


def test_twenty_officers_for_a_minute(dashboard: tuple[int, int], sixteen: list[Call], session: str) -> None:
    port, pid = dashboard
    assert len(sixteen) == 16
    first = Officer(port, session)
    with closing(first.con):
        right = [first.call(call) for call in sixteen]
    assert {status for status, _ in right} == {200}
    assert len({body for _, body in right}) == 16
    before, end = _resident(pid), time.monotonic() + SECONDS
    seen: Counter[str] = Counter()
    largest = [before]

    def look(number: int) -> None:
        draw, officer = random.Random(number), Officer(port, session)
        with closing(officer.con):
            while time.monotonic() < end:
                n = draw.randrange(16)
                seen["right" if officer.call(sixteen[n]) == right[n] else f"wrong on {n}"] += 1

    threads = [threading.Thread(target=look, args=(number,)) for number in range(OFFICERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        largest.append(_resident(pid))
        time.sleep(0.5)
    growth = max(largest) - before
    print(f"{seen.total()} answers in {SECONDS:.0f} s, {before / 2**20:.0f} MiB at first, {growth / 2**20:.0f} MiB more at most")
    assert set(seen) == {"right"}
    assert seen["right"] >= OFFICERS
    assert growth < MOST_GROWTH
