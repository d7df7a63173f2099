"""The main job on a generated world, from nothing to graded alerts and the page."""

import json
import os
import shutil
import sys
import threading
import webbrowser
from pathlib import Path

from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import train_and_score
from sandan.jobs.terminal.accounts import print_account
from sandan.jobs.terminal.measure import keep_report
from sandan.jobs.terminal.progress import counted, say
from sandan.jobs.terminal.reading import alert_rows, evaluation_rows, print_rows, result_rows
from sandan.jobs.terminal.run_report import print_run
from sandan.jobs.terminal.tables import Format
from sandan.record.errors import ConfigError
from sandan.record.home import make_private
from sandan.record.settings import Settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

_MARK = "demo.json"
_TOP = 10
_TOP_CLUSTERS = 3


def run_demo(settings: Settings, n_orders: int, seed: int, *, serve: bool, browser: bool, port: int) -> None:
    """Write a world, read it in, score it, print the top alerts, serve the page.

    The home is made anew each time; one that holds anything else than an earlier demo is refused.

    Raises:
        ConfigError: The home holds data of its own.
        OutputError: Home or world cannot be written.
    """
    home = settings.home
    world = home.with_name(home.name.strip(".") + "-demo") / "world"
    _make_room(home, world)
    say(f"1/3 writing a world of {n_orders} consignments to {world}")
    with counted("writing messages") as report:
        made = write_world(world, world_params("demo", n_orders=n_orders, seed=seed), progress=report)
    say(f"2/3 reading {made.n_files} files into {home}")
    with counted("reading files") as report:
        account = ingest([made.folder], settings, progress=report)
    print_account(account, as_json=False)
    say("3/3 learning from the outcomes, then scoring")
    trained, done = train_and_score(settings, step=say)
    if trained.reason:
        say(f"nothing to learn yet: {trained.reason}")
    print_run(settings, done)
    keep_report(settings)
    print_rows("alerts", alert_rows(settings, every=False, first=False, run_id=None)[:_TOP], Format.TABLE, None)
    address = f"http://127.0.0.1:{port}/"
    strongest = [row for row in result_rows(settings, "clusters", None) if row["kind"] == "forged"][:_TOP_CLUSTERS]
    print_rows("clusters", strongest, Format.TABLE, None)
    _say_how_well(settings, made.key)
    page = f"{address}network?cluster={strongest[0]['cluster_id']}" if strongest else address
    if strongest:
        print(f"the strongest ring: {page}")
    print(f"dashboard: {address}   (again later: SANDAN_HOME={home} sandan dashboard --port {port})", flush=True)
    if serve:
        from sandan.dashboard.app import serve as serve_app

        if browser and sys.stdout.isatty() and (os.environ.get("DISPLAY") or sys.platform == "darwin"):
            threading.Timer(1.5, webbrowser.open, [page]).start()
        serve_app(settings, port=port, demo=True)


def _make_room(home: Path, world: Path) -> None:
    """Remove the demo before this one; never anything that was not a demo."""
    if home.exists() and any(home.iterdir()) and not (home / _MARK).exists():
        raise ConfigError(f"{home}: holds data of its own, the demo would replace it; set SANDAN_HOME to another folder")
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(world, ignore_errors=True)
    make_private(home)
    (home / _MARK).write_text(json.dumps({"made_by": "sandan demo", "world": str(world)}) + "\n", encoding="utf-8")


def _say_how_well(settings: Settings, key: Path) -> None:
    """One line that holds the run against the world's answer key."""
    parts = {(row["part"], row["name"]): row for row in evaluation_rows(settings, key, None)}
    frauds, innocent, honest = parts.get(("fraud", "")), parts.get(("hard_negative", "")), parts.get(("honest", ""))
    if frauds and innocent and honest:
        print(
            f"compared with the answer key: {frauds['medium'] + frauds['high']:.1%} of {frauds['n']} frauds at medium or above, "
            f"{innocent['high']:.1%} of {innocent['n']} innocent look-alikes high, {honest['low']:.1%} of {honest['n']} honest low"
        )
