"""A small scored home, the app over it on a port of its own, and Debian's Chromium."""

import datetime as dt
import json
import os
import shutil
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from sandan.algorithms.results.results import Results, open_results
from sandan.algorithms.scoring.grading import ALERTS
from sandan.algorithms.wording.render import strongest_first
from sandan.dashboard.app import make_app
from sandan.dashboard.posts import PATH
from sandan.dashboard.serving.access import services_of
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD, TOKEN_HEADER
from sandan.dashboard.serving.server import make_server
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.app.roles import ROLES
from sandan.record.app.services import SYSTEM
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

PASSWORD = "correct horse battery"
PAGE_CALL = "..page.children...page-shown.data.."


@pytest.fixture(scope="session")
def scored_home(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Settings:
    """Settings of a home with one run over 1,500 consignments, some of them forged, rings and shipment clusters among them."""

    def fill(folder: Path) -> None:
        settings = load_settings(folder / "home")
        ingest([write_world(folder / "world", world_params("demo", n_orders=1500, seed=5)).folder], settings)
        score(settings)

    return load_settings(made_once("dashboard", fill) / "home")


@pytest.fixture
def own_home(scored_home: Settings, tmp_path: Path) -> Settings:
    """A copy of the scored home for one test, without what officers did in the common one: its accounts, decisions and audit."""
    unwritten = shutil.ignore_patterns("app.db*", "audit.seen")
    return load_settings(shutil.copytree(scored_home.home, tmp_path / "home", symlinks=True, ignore=unwritten))


@pytest.fixture(scope="session")
def results(scored_home: Settings) -> Results:
    return open_results(HomePaths(scored_home.home))


@pytest.fixture(scope="session")
def top_alert(results: Results) -> dict[str, Any]:
    """The alert with the most reasons, with its findings."""
    n = Counter(results.table("findings")["consignment_id"].to_pylist())
    alert = max(results.table("alerts").to_pylist(), key=lambda row: (n[row["consignment_id"]], row["score"]))
    own = [f for f in results.table("findings").to_pylist() if f["consignment_id"] == alert["consignment_id"]]
    return {**alert, "findings": strongest_first(own)}


@pytest.fixture
def empty_home(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "empty")


@pytest.fixture
def run_of_alerts(tmp_path: Path) -> Callable[..., Results]:
    """Makes a run from rows of alerts that only name what matters."""

    def make(*rows: dict[str, Any]) -> Results:
        default: dict[str, Any] = {
            **dict.fromkeys(ALERTS.names, ""),
            "typologies": [],
            "flow": "import",
            "ebp_code": "P1",
            "score": 0.0,
            "grade": "low",
            "status": "declared",
            "known_at": dt.datetime(2025, 4, 4, 12, 26, tzinfo=dt.UTC),
            "declared_cny": 100.0,
        }
        made = [{**default, "consignment_id": f"c{n}", "order_no": f"O{n}", **row} for n, row in enumerate(rows)]
        folder = tmp_path / "run"
        folder.mkdir()
        pq.write_table(pa.Table.from_pylist(made, schema=ALERTS), folder / "alerts.parquet")
        return Results("run", folder, said={"run_id": "run"})

    return make


@dataclass
class Served:
    """An app on a port, while the block lasts."""

    settings: Settings
    demo: bool = True
    url: str = ""
    _server: Any = None
    _thread: threading.Thread | None = field(default=None)

    def __enter__(self) -> "Served":
        listening = socket.create_server(("127.0.0.1", 0))
        self._server = make_server(make_app(self.settings, demo=self.demo).server, listening)
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        # Closing the socket under the loop would leave it polling a dead descriptor: the loop itself is told to end.
        with suppress(OSError):  # the loop, woken by something else, may have closed it before this wakes it
            self._server.trigger.pull_trigger(self._server.close)
        self._thread.join(timeout=5)


@pytest.fixture
def served() -> type[Served]:
    return Served


@pytest.fixture(scope="session")
def app_url(scored_home: Settings) -> Iterator[str]:
    with Served(scored_home) as served:
        yield served.url


@pytest.fixture
def empty_url(empty_home: Settings) -> Iterator[str]:
    with Served(empty_home) as served:
        yield served.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        message = "no browser here: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)  # there, a suite that did not run must not look like one that passed
        pytest.skip(message)
    args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must neither complain on its console nor ask anything of another machine."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)  # the machine may be busy with other tests
    trouble: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            trouble.append(message.text)

    def follow(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            trouble.append(f"asked {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", follow)
    yield page
    context.close()
    assert trouble == []


class Caller:
    """One browser without a screen: what it holds, and how its pages call."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.client: FlaskClient = app.server.test_client()

    @property
    def token(self) -> str:
        cookie = self.client.get_cookie(TOKEN_COOKIE)
        return cookie.value if cookie else ""

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def sign_in(self, name: str, password: str = PASSWORD, way: str = "") -> Any:
        self.client.get("/login")
        return self.client.post("/login", data={"name": name, "password": password, "next": way, TOKEN_FIELD: self.token})

    def call(self, output: str, **values: Any) -> Any:
        known = self.app.callback_map[output]
        targets = known["output"]
        several = isinstance(targets, list | tuple)
        outputs = [{"id": one.component_id, "property": one.component_property} for one in (targets if several else [targets])]

        def parts(kind: str) -> list[dict[str, Any]]:
            return [
                {"id": one["id"], "property": one["property"], "value": values.get(f"{one['id']}.{one['property']}")} for one in known[kind]
            ]

        first = known["inputs"][0]
        changed = values.get("changed", f"{first['id']}.{first['property']}")
        body = {
            "output": output, "outputs": outputs if several else outputs[0], "inputs": parts("inputs"), "state": parts("state"),
            "changedPropIds": [changed],
        }  # fmt: skip
        return self.client.post(PATH, data=json.dumps(body), content_type="application/json", headers={TOKEN_HEADER: self.token})

    def page(self, path: str) -> str:
        """What stands on a page, as its callback answers it."""
        answer = self.call(PAGE_CALL, **{"url.pathname": path, "url.search": "?lang=en"})
        assert answer.status_code == 200, answer.text
        return json.dumps(answer.json, ensure_ascii=False)


@pytest.fixture
def caller() -> type[Caller]:
    return Caller


@pytest.fixture
def app_of_roles(own_home: Settings) -> Any:
    """The app over a home of the test's own, with one account of each role, `officer1`."""
    for role in ROLES:
        services_of(own_home).accounts.add(SYSTEM, f"{role}1", role, PASSWORD)
    return make_app(own_home)


@pytest.fixture
def signed_in() -> Callable[[Any, str], Caller]:
    """Signs the account of a role in."""

    def sign(app: Any, role: str) -> Caller:
        browser = Caller(app)
        assert browser.sign_in(f"{role}1").status_code == 302
        return browser

    return sign
