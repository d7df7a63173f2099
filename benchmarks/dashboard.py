"""The officers' app over a run of many alerts: what each call costs the server, alone and with many officers at once.

python -m benchmarks.dashboard [--alerts 100000] [--officers 20] [--repeats 20] [--requests 2000] [--memory 10000] [--home FOLDER]
"""

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.harness import machine, say, table
from benchmarks.worlds.repeated_run import repeated_home
from sandan.algorithms.results.results import open_results
from sandan.dashboard.address import consignment_path
from sandan.dashboard.app import make_app
from sandan.dashboard.posts import PATH
from sandan.record.app.services import SYSTEM, open_services
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import SandanError
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings

BUDGET_CPU_MS, BUDGET_PAINT_MS = 200, 1_500
TOKEN = "t" * 43
Call = Mapping[str, Any]


class Officer:
    """One browser's connection."""

    def __init__(self, port: int, session: str) -> None:
        self.con = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.cookie = f"_csrf_token={TOKEN}; sandan_session={session}"

    def call(self, call: Call) -> bytes:
        """The answer of a callback.

        Raises:
            SystemExit: It was none.
        """
        headers = {"Content-Type": "application/json", "X-CSRFToken": TOKEN, "Cookie": self.cookie}
        self.con.request("POST", PATH, json.dumps(call), headers)
        answer = self.con.getresponse()
        body = answer.read()
        if answer.status not in (200, 204):
            raise SystemExit(f"{call['output']}: {answer.status} {body[:200]!r}")
        return body


def calls(settings: Settings) -> dict[str, Call]:
    """What officers' browsers send, by what it is for."""
    results = open_results(HomePaths(settings.home))
    known = make_app(settings).callback_map

    def call(output: str, changed: str, **values: Any) -> Call:
        one = known[output]
        several = isinstance(one["output"], list | tuple)
        targets = [
            {"id": part.component_id, "property": part.component_property} for part in (one["output"] if several else [one["output"]])
        ]

        def given(kind: str) -> list[dict[str, Any]]:
            return [{**part, "value": values.get(f"{part['id']}.{part['property']}")} for part in one[kind]]

        outputs = targets if several else targets[0]
        return {"output": output, "outputs": outputs, "inputs": given("inputs"), "state": given("state"), "changedPropIds": [changed]}

    def named(first: str) -> str:
        return next(output for output in known if output.strip(".").startswith(first))

    def page(path: str, search: str = "?lang=en") -> Call:
        return call(named("page.children"), "url.pathname", **{"url.pathname": path, "url.search": search})

    def rows(start: int, search: str = "?lang=en", sort: str = "") -> Call:
        model = [{"colId": sort, "sort": "asc"}] if sort else []
        asked = {"startRow": start, "endRow": start + 100, "sortModel": model}
        values = {"queue-grid.getRowsRequest": asked, "queue-url.search": search, "queue-run.data": results.run_id}
        return call("queue-grid.getRowsResponse", "queue-grid.getRowsRequest", **values)

    def counts(search: str) -> Call:
        return call(named("queue-typology.data"), "queue-url.search", **{"queue-url.search": search, "queue-run.data": results.run_id})

    total = results.query("SELECT count(*) AS n FROM alerts")[0]["n"]
    first, late = results.query("SELECT * FROM alerts WHERE file_row_number IN (5, $late) ORDER BY file_row_number", late=total // 2)
    [cluster] = results.query("SELECT cluster_id FROM clusters WHERE cluster_id NOT LIKE '%~%' ORDER BY file_row_number LIMIT 1")
    [operator] = results.query("SELECT role, code FROM operators ORDER BY file_row_number LIMIT 1")
    key = quote(consignment_key(first).partition("~")[0], safe="")
    number = late["order_no"] or late["logistics_no"]
    clusters = {"clusters-url.search": "?lang=en", "clusters-run.data": results.run_id}
    network = {"network-url.search": f"?lang=en&cluster={cluster['cluster_id']}", "network-run.data": results.run_id}
    return {
        "page: queue": page("/alerts"),
        "page: consignment": page(consignment_path(consignment_key(late))),
        "page: overview": page("/overview"),
        "page: clusters": page("/clusters"),
        "page: cluster's network": page("/network", f"?lang=en&cluster={cluster['cluster_id']}"),
        "page: operator": page(f"/operator/{operator['role']}%3A{operator['code']}"),
        "page: plan": page("/plan"),
        "page: next open consignment": page(f"/next/{key}"),
        "queue: first rows": rows(0),
        "queue: rows in the middle": rows(total // 2, "?grade=all&fold=no"),
        "queue: folded, all grades": rows(0, "?grade=all"),
        "queue: by value": rows(0, "?grade=all", "value"),
        "queue: by number, middle": rows(total // 2, "?grade=all&fold=no", "number"),
        "queue: search, found": rows(0, f"?grade=all&q={number[-9:]}"),
        "queue: search, not found": rows(0, "?grade=all&q=no-such-number"),
        "queue: open ones": rows(0, "?grade=all&work=open"),
        "queue: counts": counts("?lang=en"),
        "queue: counts, all grades": counts("?lang=en&grade=all"),
        "clusters: rows and map": call(named("clusters-grid.rowData"), "clusters-url.search", **clusters),
        "network: picture and tables": call(named("network-data.data"), "network-url.search", **network),
    }  # fmt: skip


@contextmanager
def served(home: Path) -> Iterator[tuple[int, int]]:
    """Port and process of the app over a home."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).parent / "sandan"), "dashboard", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "SANDAN_HOME": str(home)}, stdout=subprocess.PIPE) as process:
        assert process.stdout
        if b"serving" not in process.stdout.readline():
            raise SystemExit("the app did not start")
        try:
            yield port, process.pid
        finally:
            process.terminate()


def cpu_ms(pid: int) -> float:
    """Milliseconds that all threads of a process have used so far: Linux' clock of it (clock_getcpuclockid)."""
    return time.clock_gettime((~pid << 3) | 2) * 1000


def resident_mb(pid: int) -> float:
    """Memory of a process, MB."""
    fields = Path(f"/proc/{pid}/status").read_text(encoding="ascii").split()
    return int(fields[fields.index("VmRSS:") + 1]) / 1024


def share(values: Sequence[float], part: float) -> float:
    """A quantile."""
    ordered = sorted(values)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def alone(port: int, pid: int, session: str, asked: Mapping[str, Call], repeats: int) -> list[tuple[str, ...]]:
    """Each call several times, one after the other: milliseconds of the processor and by the clock, and kB of the answer."""
    rows = []
    with closing((officer := Officer(port, session)).con):
        for name, call in asked.items():
            body = officer.call(call)  # what is made once is not counted: the first officer of a run pays for it
            cpu, wall = [], []
            for _ in range(repeats):
                started = cpu_ms(pid), time.perf_counter()
                officer.call(call)
                wall.append((time.perf_counter() - started[1]) * 1000)
                cpu.append(cpu_ms(pid) - started[0])
            held = "yes" if share(cpu, 0.95) <= BUDGET_CPU_MS else "**no**"
            figures = [f"{share(values, part):.0f}" for values in (cpu, wall) for part in (0.5, 0.95)]
            rows.append((name, *figures, f"{len(body) / 1000:.0f}", held))
            say(f"{name}: {figures}")
    return rows


def together(
    port: int, pid: int, session: str, asked: Mapping[str, Call], officers: int, requests: int
) -> tuple[float, list[float], float]:
    """Many officers at once: CPU ms of a call, wall ms of each, seconds for all."""
    names, left, lock = list(asked), iter(range(requests)), threading.Lock()
    wall: list[float] = []

    def work(number: int) -> None:
        draw = random.Random(number)
        with closing((officer := Officer(port, session)).con):
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                started = time.perf_counter()
                officer.call(asked[draw.choice(names)])
                wall.append((time.perf_counter() - started) * 1000)

    started = cpu_ms(pid), time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(officers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (cpu_ms(pid) - started[0]) / max(len(wall), 1), wall, time.perf_counter() - started[1]


def first_paint(port: int, session: str) -> list[tuple[str, ...]]:
    """Milliseconds until Chromium paints first, and until the first row of the queue stands; the median of five fresh visits."""
    from playwright.sync_api import sync_playwright

    painted, rows = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        for _ in range(5):
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            context.add_cookies([{"name": "sandan_session", "value": session, "url": f"http://127.0.0.1:{port}"}])
            page, started = context.new_page(), time.perf_counter()
            page.goto(f"http://127.0.0.1:{port}/alerts?lang=en")
            page.locator("#queue-grid .ag-row .score").first.wait_for(timeout=120_000)
            rows.append((time.perf_counter() - started) * 1000)
            painted.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            context.close()
        browser.close()
    held = "yes" if statistics.median(painted) <= BUDGET_PAINT_MS else "**no**"
    return [("first paint", f"{statistics.median(painted):,.0f}", held), ("first row of the queue", f"{statistics.median(rows):,.0f}", "")]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--officers", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--memory", type=int, default=10_000, help="requests over which the memory is watched; 0: not")
    parser.add_argument("--home", type=Path, help="where the home is made, or was made by an earlier call; else it is thrown away")
    chosen = parser.parse_args()
    print(f"{machine('dash', 'duckdb', 'pyarrow')}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.home or Path(name)
        settings = load_settings(folder / "home") if (folder / "home").exists() else repeated_home(folder, chosen.alerts)
        accounts = open_services(settings).accounts
        try:
            session = accounts.sign_in_known(accounts.named("measured"))
        except SandanError:
            session = accounts.sign_in_known(accounts.add(SYSTEM, "measured", "officer", None))
        asked = calls(settings)
        say("the home is made")
        with served(settings.home) as (port, pid):
            print(f"{open_results(HomePaths(settings.home)).query('SELECT count(*) AS n FROM alerts')[0]['n']:,} alerts; one officer, ms\n")
            columns: tuple[str, ...] = ("call", "CPU p50", "CPU p95", "wall p50", "wall p95", "answer, kB", f"p95 ≤ {BUDGET_CPU_MS} ms CPU")
            print(table(columns, alone(port, pid, session, asked, chosen.repeats)), "\n", flush=True)
            print(table(("in Chromium", "ms, median of 5", f"≤ {BUDGET_PAINT_MS:,} ms"), first_paint(port, session)), "\n", flush=True)
            cpu, wall, seconds = together(port, pid, session, asked, chosen.officers, chosen.requests)
            figures = (f"{cpu:.0f}", f"{share(wall, 0.5):,.0f}", f"{share(wall, 0.95):,.0f}", f"{len(wall) / seconds:.0f}")
            columns = ("officers at once", "calls", "CPU ms a call", "wall p50", "wall p95", "calls a second")
            print(table(columns, [(chosen.officers, len(wall), *figures)]), "\n", flush=True)
            if chosen.memory:
                before = resident_mb(pid)
                cpu, wall, seconds = together(port, pid, session, asked, chosen.officers, chosen.memory)
                after = resident_mb(pid)
                print(f"Memory of the server: {before:,.0f} MB, after {len(wall):,} more calls {after:,.0f} MB.")


if __name__ == "__main__":
    main()
