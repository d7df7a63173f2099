"""The page in a real browser: queue, consignment, language; nothing leaves this machine."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import werkzeug.serving

from sandan.dashboard.app import make_app
from sandan.record.settings import load_settings
from sandan.synthetic.world import WorldParams, write_world

SANDAN = Path(sys.executable).parent / "sandan"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    world = write_world(folder / "world", WorldParams(n_orders=400, seed=12)).folder
    env = {**os.environ, "SANDAN_HOME": str(folder / "home")}
    for command in (["ingest", str(world)], ["score"]):
        subprocess.run([SANDAN, *command], env=env, check=True, capture_output=True)
    server = werkzeug.serving.make_server("127.0.0.1", 0, make_app(load_settings(folder / "home")).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium: apt-get install chromium")
    return found


def test_an_officer_opens_an_alert_and_changes_the_language(address: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else said.append(request.url))
        page.goto(address)
        page.locator("a[href*='/consignment/']").first.click()
        page.get_by_role("heading", name="Why it was flagged").or_(page.get_by_role("table").first).first.wait_for()
        page.get_by_text("中文").first.click()
        page.get_by_text("支付单").first.wait_for()
        browser.close()
    assert said == []


def test_a_post_without_the_token_is_refused_and_headers_are_strict(address: str) -> None:
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{address}/_dash-update-component", data=b"{}", method="POST"))
    assert refused.value.code == 403
    refused.value.close()
    with urllib.request.urlopen(address) as answer:
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
