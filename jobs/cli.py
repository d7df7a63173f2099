"""The command line: entry point, and the commands that make something."""

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from sandan.jobs.commands import bundles as bundle_commands
from sandan.jobs.commands import graph as graph_commands
from sandan.jobs.commands import scans as scan_commands
from sandan.jobs.commands import simulate as simulate_commands
from sandan.jobs.commands import tables as table_commands
from sandan.jobs.commands import tokens as token_commands
from sandan.jobs.commands import users as user_commands
from sandan.jobs.commands.options import AsOfOption, FormatOption, OutOption
from sandan.jobs.terminal.tables import Format
from sandan.record.errors import ConfigError, SandanError
from sandan.record.settings import Settings, load_settings

# Heavy libraries are imported inside the command that needs them, so that `sandan --help` stays quick.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Finds forged transactions in cross-border e-commerce."
)
app.add_typer(table_commands.app)
app.add_typer(simulate_commands.app)
app.add_typer(graph_commands.graph_app, name="graph")
app.add_typer(graph_commands.neo4j_app, name="neo4j")
app.add_typer(user_commands.app, name="user")
app.add_typer(token_commands.app, name="token")
app.add_typer(bundle_commands.app, name="bundle")
app.add_typer(scan_commands.app, name="scan")

map_app = typer.Typer(no_args_is_help=True, help="Tables with other people's columns. Example: sandan map init orders.csv")
app.add_typer(map_app, name="map")


class Output(StrEnum):
    """What becomes of a synthetic world."""

    MESSAGES = "messages"
    TABLES = "tables"
    LAKE = "lake"


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=200, help="size of the generated world")] = 5000,
    seed: Annotated[int, typer.Option(min=0, help="another seed makes another world")] = 1,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="do not open a browser")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="stop before serving the dashboard")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="port of the dashboard")] = 8050,
) -> None:
    """The main job on a generated world: synth, ingest, score, dashboard. Example: sandan demo --orders 2000"""
    from sandan.jobs.demo import run_demo

    run_demo(load_settings(), orders, seed, serve=not no_serve, browser=not no_browser, port=port)


@app.command()
def synth(
    out: Annotated[Path, typer.Argument(help="new folder for the world; the key lies beside it")],
    preset: Annotated[str, typer.Option(help="the world to start from: demo, small or benchmark-1m")] = "small",
    orders: Annotated[int | None, typer.Option("--orders", min=1, help="consignments")] = None,
    seed: Annotated[int, typer.Option(min=0, help="same seed and parameters, same bytes")] = 1,
    days: Annotated[int | None, typer.Option(min=14, help="length of the world")] = None,
    fraud_rate: Annotated[float | None, typer.Option(min=0, max=1, help="share of forged consignments")] = None,
    ring_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="members of rings, lots and workshops, for each consignment")
    ] = None,
    hard_negative_rate: Annotated[float | None, typer.Option(min=0, max=1, help="share of innocent look-alikes")] = None,
    label_rate: Annotated[float | None, typer.Option(min=0, max=1, help="share inspected at random")] = None,
    label_bias: Annotated[float | None, typer.Option(min=0, max=1, help="how well officers choose what else they inspect")] = None,
    difficulty: Annotated[float | None, typer.Option(min=0, max=1, help="how much forgers hide")] = None,
    drift: Annotated[
        float | None, typer.Option(min=0, max=1, help="how much forgers change their ways from the first day to the last")
    ] = None,
    form: Annotated[
        Output, typer.Option("--as", help="messages: CEB; tables: CSV; lake: read into the home, only the key stays at OUT")
    ] = Output.MESSAGES,
    processes: Annotated[int, typer.Option(min=0, help="processes that make it; 0: one for each core. The bytes are the same")] = 0,
) -> None:
    """Writes a world as CEB messages and tables, its answer key beside it. Example: sandan synth world --orders 20000 --seed 7"""
    from sandan.jobs.terminal.progress import counted, say
    from sandan.synthetic.params import world_params
    from sandan.synthetic.world import write_world

    dials = {
        "n_orders": orders,
        "days": days,
        "fraud_rate": fraud_rate,
        "ring_rate": ring_rate,
        "hard_negative_rate": hard_negative_rate,
        "label_rate": label_rate,
        "label_bias": label_bias,
        "difficulty": difficulty,
        "drift": drift,
    }
    params = world_params(preset, seed=seed, **{name: value for name, value in dials.items() if value is not None})
    if form == Output.LAKE:
        from sandan.jobs.filling import fill_lake

        key = fill_lake(load_settings(), out, params, processes)
        print(f"answer key: {key}")
        say(f"next: sandan score && sandan evaluate {key}")
        return
    with counted("writing consignments") as report:
        made = write_world(out, params, form="tables" if form == Output.TABLES else "messages", processes=processes, progress=report)
    print(f"{made.n_orders} consignments in {made.n_files} files: {made.folder}\nanswer key: {made.key}")
    say(f"next: sandan ingest {made.folder} && sandan score && sandan evaluate {made.key}")


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="files, and folders that are looked into recursively")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="mapping file for a table with other columns, see `sandan map init`")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="end with 65 if any record was rejected")] = False,
    form: Annotated[Format, typer.Option("--format", help="table or json")] = Format.TABLE,
) -> None:
    """Reads files into the lake and prints the account of the batch. Example: sandan ingest messages/ tables/companies.csv"""
    if form not in (Format.TABLE, Format.JSON):
        raise typer.BadParameter("--format of ingest is table or json")
    from sandan.ingest.intake import ingest as read_in
    from sandan.jobs.terminal.accounts import check_account, print_account
    from sandan.jobs.terminal.progress import counted

    with counted("reading files") as report:
        account = read_in(paths, load_settings(), mapping=mapping, progress=report)
    print_account(account, as_json=form is Format.JSON)
    check_account(account, strict=strict)


@app.command()
def score(as_of: AsOfOption = None) -> None:
    """Matches, finds, grades; writes a run and publishes the graph with it. Example: sandan score --as-of 2025-04-30"""
    from sandan.jobs.pipeline import score as score_all
    from sandan.jobs.terminal.progress import say
    from sandan.jobs.terminal.run_report import print_run
    from sandan.jobs.terminal.when import parse_as_of

    settings = load_settings()
    print_run(settings, score_all(settings, as_of=parse_as_of(as_of), step=say))


@app.command()
def train(as_of: AsOfOption = None) -> None:
    """Learns from the outcomes known by a date, and keeps the model with its card. Example: sandan train --as-of 2025-04-15"""
    from sandan.jobs.pipeline import train as train_all
    from sandan.jobs.terminal.card import print_card, rows_of
    from sandan.jobs.terminal.progress import say
    from sandan.jobs.terminal.when import parse_as_of

    done = train_all(load_settings(), as_of=parse_as_of(as_of), step=say)
    if done.model is None:
        print(f"nothing to learn yet: {done.reason}")
    else:
        print_card(rows_of(done.card), Format.TABLE)


@app.command()
def run() -> None:
    """Empties the inboxes, trains if it is due, scores, plans, drafts warnings: what a schedule calls. Example: sandan run"""
    from sandan.ingest.account import Account
    from sandan.jobs.inboxes.inbox import Emptied
    from sandan.jobs.pipeline import run_line
    from sandan.jobs.plans import make_plan, summary
    from sandan.jobs.terminal.accounts import check_account, check_inboxes, print_account, print_inboxes
    from sandan.jobs.terminal.measure import keep_report
    from sandan.jobs.terminal.progress import counted, say
    from sandan.jobs.terminal.run_report import print_run
    from sandan.jobs.warnings import propose_warnings

    settings = load_settings()
    emptied: list[Emptied] = []

    def received(account: Account | None, inboxes: Sequence[Emptied]) -> None:
        emptied.extend(inboxes)
        print_inboxes(inboxes)
        if account is not None:
            print_account(account, as_json=False)

    with counted("reading files") as report:
        account, done = run_line(settings, step=say, progress=report, received=received)
    print_run(settings, done)
    if settings.plan.capacity:
        for line in summary(make_plan(settings)):
            say(line)
    if proposed := propose_warnings(settings):
        say(f"{len(proposed)} new warnings wait for a supervisor: `sandan warnings`, or the page of warnings")
    keep_report(settings)
    check_inboxes(emptied)
    if account is not None:
        check_account(account, strict=False)


@app.command()
def schedule(
    show: Annotated[bool, typer.Option("--list", help="print when each job is due and how it last ended, and end")] = False,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Keeps running the jobs of [schedule] at their times, until it is stopped. Example: sandan schedule"""
    settings = load_settings()
    if show:
        from sandan.jobs.terminal.reading import print_rows, scheduled_rows

        print_rows("schedule", scheduled_rows(settings), form, out)
        return
    from sandan.jobs.schedule.logs import log_to
    from sandan.jobs.schedule.scheduler import keep_times

    log_to()
    keep_times(settings)


@app.command()
def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="first make a lost ledger anew from the tables, keep checksums that lack")
    ] = False,
) -> None:
    """Every stored file against the checksum kept with it; what is damaged or missing, with the remedy. Example: sandan check"""
    from sandan.jobs.checks.home import check_home

    check_home(load_settings(), repair=repair)


@map_app.command("init")
def map_init(
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet, also in a .gz or .zip")],
    table: Annotated[str | None, typer.Option("--table", help="table of the lake; default: guessed")] = None,
    out: OutOption = None,
) -> None:
    """Writes a first mapping for a table, guessed from its columns, to edit. Example: sandan map init orders.csv --out orders.toml"""
    from sandan.ingest.foreign.guess import first_mapping
    from sandan.jobs.terminal.tables import write_new

    write_new(first_mapping(file, table), out)


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="an address of this machine's own")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="port to listen on")] = 8050,
) -> None:
    """The officers' app. Example: sandan dashboard --port 8051"""
    from sandan.dashboard.app import serve
    from sandan.jobs.programs import Programs

    settings = load_settings()
    serve(settings, host=host, port=port, backend=Programs(settings))


@app.command()
def doctor() -> None:
    """What is configured, reachable, writable, missing: one line each, with the remedy. Example: sandan doctor"""
    from sandan.jobs.checks.doctor import examine

    worst = examine(_settings_or_none())
    if worst:
        raise typer.Exit(worst)


def _settings_or_none() -> Settings | ConfigError:
    try:
        return load_settings()
    except ConfigError as exc:
        return exc


def _damage() -> SandanError | None:
    """What is damaged in the home, if anything is: then that is why a command failed in a way that nobody foresaw."""
    from sandan.jobs.checks.home import damage_in

    try:
        return damage_in(load_settings())
    except Exception:  # the failure itself is what matters
        return None


def main() -> None:
    """Entry point: runs a command; every error becomes one message on standard error and its exit code."""
    # Statements are built of very many small objects that live until the end: looking for unused ones among them takes a tenth of a run.
    gc.set_threshold(100_000, 50, 50)
    command = typer.main.get_command(app)
    try:
        code = command.main(prog_name="sandan", standalone_mode=False)
    except typer.Exit as exc:
        code = exc.exit_code
    except TyperException as exc:
        show = getattr(exc, "show", None)
        if show is None:
            print(exc, file=sys.stderr)
        else:
            show()
        code = 2
    except (typer.Abort, KeyboardInterrupt):
        print("stopped", file=sys.stderr)
        code = 130
    except BrokenPipeError:
        # Whoever read the output has enough; Python must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except SandanError as exc:
        print(f"sandan: {exc}", file=sys.stderr)
        code = exc.exit_code
    except Exception as exc:
        if os.environ.get("SANDAN_DEBUG"):
            traceback.print_exc()
        if (damage := _damage()) is not None:
            print(f"sandan: {damage}", file=sys.stderr)
            sys.exit(damage.exit_code)
        print(f"sandan: internal error: {type(exc).__name__}: {exc}\nset SANDAN_DEBUG=1 to see where, and report it", file=sys.stderr)
        code = 70
    sys.exit(code if isinstance(code, int) else 0)
