"""Pictures of the app's pages in both languages for docs/images, from the home of the demonstration.

    make demo SERVE=0
    .venv/bin/sandan plan --capacity 60
    .venv/bin/sandan warnings --propose
    .venv/bin/python docs/screenshots.py

It takes Chromium, and a font with Chinese characters (Debian: fonts-noto-cjk).
"""

import io
import shutil
import socket
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.results.results import open_results
from sandan.dashboard.app import make_app
from sandan.dashboard.serving.access import services_of
from sandan.dashboard.serving.security import TOKEN_FIELD
from sandan.dashboard.serving.server import make_server
from sandan.record.app.cases import Subject
from sandan.record.app.services import SYSTEM
from sandan.record.catalog.keys import consignment_key
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1280, "height": 720}
COLOURS = 64  # enough for a page without photographs, and a third of the bytes
LARGEST = 120_000
PASSWORD = "for the pictures only"


def addresses(settings: Settings, case: int) -> dict[str, tuple[str, str]]:
    """Path of each page, and what is there when it is drawn."""
    results = open_results(HomePaths(settings.home))
    clusters = results.table("clusters").to_pylist()
    ring = next(row["cluster_id"] for row in clusters if row["kind"] == "forged" and 10 <= row["n_orders"] <= 30)
    top = results.table("alerts").slice(0, 1).to_pylist()[0]
    operator = results.table("operators").slice(0, 1).to_pylist()[0]
    rows = ".ag-center-cols-container .ag-row"
    return {
        "queue": ("/alerts", f"#queue-grid {rows}"),
        "overview": ("/overview", ".js-plotly-plot .main-svg"),
        "consignment": (f"/consignment/{quote(full_key(top), safe='')}", ".side-by-side, table"),
        "clusters": ("/clusters", f"#clusters-grid {rows}"),
        "network": (f"/network?cluster={ring}&view=picture", "#network-canvas[data-letters]"),
        "operators": ("/operators", rows),
        "operator": (f"/operator/{quote(operator['role'] + ':' + operator['code'], safe='')}", ".js-plotly-plot .main-svg"),
        "plan": ("/plan", "main h1, main h2"),
        "query": ("/query", "main h1"),
        "cases": ("/cases", "main h1"),
        "case": (f"/case/{case}", ".case h2"),
        "warnings": ("/warnings", "main h1"),
        "audit": ("/audit", "main h1"),
        "sign-in": ("/login", "main h1"),
    }


def main() -> None:
    """Make all pictures, or those whose names are given."""
    wanted = sys.argv[1:]
    source = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        # Accounts and a case of their own, in a copy: the demonstration stays as it was.
        settings = load_settings(shutil.copytree(source.home, Path(folder) / "home", symlinks=True))
        case = _fill(settings)
        listening = socket.create_server(("127.0.0.1", 0))
        server = make_server(make_app(settings).server, listening)
        threading.Thread(target=server.run, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for language in ("en", "zh"):
                context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
                page = context.new_page()
                page.set_default_timeout(60_000)
                for name, (path, drawn) in addresses(settings, case).items():
                    if wanted and name not in wanted:
                        continue
                    _take(page, url, name, path, drawn, language)
                context.close()
            browser.close()


def _fill(settings: Settings) -> int:
    services = services_of(settings)
    for name, role, shown in (("wang", "supervisor", "王 Wang"), ("shen", "auditor", "沈 Shen")):
        services.accounts.add(SYSTEM, name, role, PASSWORD, shown)
    results = open_results(HomePaths(settings.home))
    ring = next(row["cluster_id"] for row in results.table("clusters").to_pylist() if row["kind"] == "forged")
    members = results.query("SELECT * FROM members WHERE cluster_id = $cluster LIMIT 8", cluster=ring)
    subjects = [Subject("cluster", ring, ring, results.run_id)]
    for row in members:
        key = consignment_key(row)
        subjects.append(Subject("consignment", key, row["order_no"] or row["logistics_no"] or key, results.run_id))
    return services.cases.open(services.accounts.named("wang").actor, ring, subjects, ring)


def _take(page: Page, url: str, name: str, path: str, drawn: str, language: str) -> None:
    who = "shen" if name == "audit" else "wang"
    page.context.clear_cookies()
    if name != "sign-in":
        page.goto(f"{url}/login?lang={language}")
        page.fill("input[name=name]", who)
        page.fill("input[name=password]", PASSWORD)
        page.locator(f"form:has(input[name={TOKEN_FIELD}]) button").first.click()
        page.wait_for_url(lambda at: "/login" not in at)
    page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={language}")
    page.locator(drawn).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = IMAGES / f"{name}-{language}.png"
    picture.save(out, optimize=True)
    if out.stat().st_size > LARGEST:
        raise SystemExit(f"{out}: {out.stat().st_size:,} bytes, more than {LARGEST:,}; take fewer colours")
    print(f"{out.name}: {out.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
