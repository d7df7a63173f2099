"""The command line: one function per command, each composing what the folders below offer."""

import os
import sys
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from sandan.jobs.tables import Format
from sandan.record.errors import ConfigError, SandanError
from sandan.record.settings import Settings, load_settings

# Heavy libraries are imported inside the command that needs them, so that `sandan --help` stays quick.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Finds forged transactions in cross-border e-commerce."
)
graph_app = typer.Typer(no_args_is_help=True, help="The graph made from the lake. Example: sandan graph info")
app.add_typer(graph_app, name="graph")

neo4j_app = typer.Typer(no_args_is_help=True, help="A local Neo4j for development and tests. Example: sandan neo4j start")
app.add_typer(neo4j_app, name="neo4j")

map_app = typer.Typer(no_args_is_help=True, help="Tables with other people's columns. Example: sandan map init orders.csv")
app.add_typer(map_app, name="map")


class Output(StrEnum):
    """What becomes of a synthetic world."""

    MESSAGES = "messages"
    TABLES = "tables"
    LAKE = "lake"


FormatOption = Annotated[Format, typer.Option("--format", help="table, csv, json or parquet")]
OutOption = Annotated[Path | None, typer.Option("--out", help="file to write; - is standard output")]
HeapOption = Annotated[str, typer.Option("--heap", help="memory of the server, as 512m or 2g")]
JarsOption = Annotated[Path | None, typer.Option("--jars", help="folder with lib/ and plugins/; default: Maven brings them, once")]
RunOption = Annotated[str | None, typer.Option("--run", help="an older run, see `sandan runs`")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="use only what was known then: ISO time, or a day (its end, Beijing time)")]


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=200, help="size of the generated world")] = 5000,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="do not open a browser")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="stop before serving the dashboard")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8050,
) -> None:
    """The main job on a generated world: synth, ingest, score, dashboard. Example: sandan demo --orders 2000"""
    from sandan.jobs.demo import run_demo

    run_demo(load_settings(), orders, seed, serve=not no_serve, browser=not no_browser, port=port)


@app.command()
def synth(
    out: Path,
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
    from sandan.jobs.progress import counted, say
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
    from sandan.jobs.accounts import check_account, print_account
    from sandan.jobs.progress import counted

    with counted("reading files") as report:
        account = read_in(paths, load_settings(), mapping=mapping, progress=report)
    print_account(account, as_json=form is Format.JSON)
    check_account(account, strict=strict)


@app.command()
def score(as_of: AsOfOption = None) -> None:
    """Matches, finds, grades; writes a run and publishes the graph with it. Example: sandan score --as-of 2025-04-30"""
    from sandan.jobs.pipeline import score as score_all
    from sandan.jobs.progress import say
    from sandan.jobs.run_report import print_run
    from sandan.jobs.when import parse_as_of

    settings = load_settings()
    print_run(settings, score_all(settings, as_of=parse_as_of(as_of), step=say))


@app.command()
def train(as_of: AsOfOption = None) -> None:
    """Learns from the outcomes known by a date, and keeps the model with its card. Example: sandan train --as-of 2025-04-15"""
    from sandan.jobs.card import print_card, rows_of
    from sandan.jobs.pipeline import train as train_all
    from sandan.jobs.progress import say
    from sandan.jobs.when import parse_as_of

    done = train_all(load_settings(), as_of=parse_as_of(as_of), step=say)
    if done.model is None:
        print(f"nothing to learn yet: {done.reason}")
    else:
        print_card(rows_of(done.card), Format.TABLE)


@app.command()
def card(form: FormatOption = Format.TABLE) -> None:
    """The model card: what was learned from what, and what it is worth. Example: sandan card --format json"""
    from sandan.jobs.card import card_rows, print_card

    print_card(card_rows(load_settings()), form)


@app.command()
def run() -> None:
    """Empties the inboxes, trains if it is due, scores: what a schedule calls. Example: sandan run"""
    from sandan.ingest.account import Account
    from sandan.jobs.accounts import check_account, check_inboxes, print_account, print_inboxes
    from sandan.jobs.inbox import Emptied
    from sandan.jobs.pipeline import run_line
    from sandan.jobs.progress import counted, say
    from sandan.jobs.run_report import print_run

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
    check_inboxes(emptied)
    if account is not None:
        check_account(account, strict=False)


@app.command()
def alerts(
    every: Annotated[bool, typer.Option("--all", help="low ones too")] = False,
    first: Annotated[bool, typer.Option("--first", help="over all runs, each consignment's first grade after its declaration")] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Graded consignments, the highest score first; medium and high unless --all. Example: sandan alerts --format csv --out alerts.csv"""
    from sandan.jobs.reading import alert_rows, print_rows

    print_rows("alerts", alert_rows(load_settings(), every=every, first=first, run_id=run_id), form, out)


@app.command()
def operators(run_id: RunOption = None, form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Sellers, providers, carriers, agents and platforms with their grades. Example: sandan operators --format json"""
    from sandan.jobs.reading import print_rows, result_rows

    print_rows("operators", result_rows(load_settings(), "operators", run_id), form, out)


@app.command()
def clusters(
    members: Annotated[bool, typer.Option("--members", help="the consignments of each cluster instead")] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Rings, split lots and shipment clusters, the strongest first. Example: sandan clusters --members --format csv"""
    from sandan.jobs.reading import print_rows, result_rows

    name = "members" if members else "clusters"
    print_rows(name, result_rows(load_settings(), name, run_id), form, out)


@app.command()
def findings(run_id: RunOption = None, form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Every finding with its reason and evidence. Example: sandan findings --format csv"""
    from sandan.jobs.reading import print_rows, result_rows

    print_rows("findings", result_rows(load_settings(), "findings", run_id), form, out)


@app.command()
def measure(
    start: Annotated[str | None, typer.Option("--from", help="first day, or ISO time")] = None,
    end: Annotated[str | None, typer.Option("--to", help="last day, or ISO time")] = None,
    by_source: Annotated[bool, typer.Option("--by-source", help="rows for each sender of its own")] = False,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """How complete, timely and valid what was received is. Example: sandan measure --from 2025-04-01 --by-source"""
    from sandan.jobs.measure import COLUMNS, measure_rows
    from sandan.jobs.tables import show
    from sandan.jobs.when import parse_as_of, parse_from

    rows = measure_rows(load_settings(), parse_from(start), parse_as_of(end), by_source=by_source)
    show(rows, COLUMNS if form is not Format.TABLE or out else [c for c in COLUMNS if c != "definition"], form, out)


@app.command()
def rejects(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Rejected records and files, with what to do about them. Example: sandan rejects"""
    from sandan.jobs.reading import print_rows, reject_rows

    print_rows("rejects", reject_rows(load_settings()), form, out)


@app.command()
def runs(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """The run ledger, the newest first. Example: sandan runs"""
    from sandan.jobs.reading import print_rows
    from sandan.record.home import HomePaths
    from sandan.record.runs import RunLedger

    print_rows("runs", RunLedger(HomePaths(load_settings().home)).rows(), form, out)


@app.command()
def explain(
    key: Annotated[str, typer.Argument(help="flow:ebp_code:order_no, parcel:logistics_code:logistics_no, or a unique number")],
    run_id: RunOption = None,
    form: Annotated[Format, typer.Option("--format", help="table or json")] = Format.TABLE,
) -> None:
    """One consignment: its lists side by side, findings, reasons, history. Example: sandan explain 250331499181921295"""
    if form not in (Format.TABLE, Format.JSON):
        raise typer.BadParameter("--format of explain is table or json")
    from sandan.jobs.explain import print_explanation

    print_explanation(load_settings(), key, run_id, as_json=form is Format.JSON)


@app.command()
def evaluate(
    key: Annotated[Path, typer.Argument(help="the answer key that `sandan synth` wrote beside the world")],
    only_measures: Annotated[
        bool, typer.Option("--measures", help="the second table alone: figures of ranking, rings and persons, with intervals")
    ] = False,
    with_oracle: Annotated[
        bool, typer.Option("--oracle", help="beside the oracle and a tree on flat rows alone, as shares: a minute for 40,000 consignments")
    ] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Holds the last run against an answer key. Example: sandan evaluate world.key.csv"""
    from sandan.jobs.reading import evaluation_rows, measure_rows, print_rows

    settings = load_settings()
    if with_oracle and only_measures:
        raise typer.BadParameter("--measures and --oracle are two tables: ask for one")
    if with_oracle:
        from sandan.jobs.oracle import oracle_rows

        print_rows("oracle", oracle_rows(settings, key, run_id), form, out)
        return
    if not only_measures:
        print_rows("evaluate", evaluation_rows(settings, key, run_id), form, out)
    # A file holds one table.
    if only_measures or (form is Format.TABLE and (out is None or str(out) == "-")):
        print_rows("measures", measure_rows(settings, key, run_id), form, out)


@app.command()
def cypher(
    words: Annotated[
        list[str] | None, typer.Argument(help="one reading Cypher statement; with --run: name=value for its parameters")
    ] = None,
    every: Annotated[bool, typer.Option("--list", help="the named queries and their parameters")] = False,
    name: Annotated[str | None, typer.Option("--run", help="a named query, see --list")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="name=value for a $name of the query; numbers are numbers, unless in double quotes")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="rows at most; default 1000")] = None,
    timeout_s: Annotated[float | None, typer.Option("--timeout", min=0.1, help="seconds at most; default: as the settings allow")] = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Asks the graph, read-only: a statement, or a named query. Example: sandan cypher --run shared-telephones least=3"""
    from sandan.jobs.reading import library_rows, print_query, print_statement
    from sandan.jobs.tables import show

    given = words or []
    if sum((every, name is not None, bool(given) and name is None)) != 1 or (every and param):
        raise typer.BadParameter("give one of: a query in quotes, --list, --run NAME")
    if every:
        columns = ("name", "title", "parameters", "answers", "columns")
        show(library_rows(load_settings()), columns[:3] if form is Format.TABLE else columns, form, out)
    elif name is not None:
        print_statement(load_settings(), name, [*given, *(param or [])], limit, timeout_s, form, out)
    elif len(given) == 1:
        print_query(load_settings(), given[0], param or [], limit, timeout_s, form, out)
    else:
        raise typer.BadParameter("the query is several words to the shell; put it in quotes")


@graph_app.command("build")
def graph_build() -> None:
    """Builds the graph from the lake with the newest run's results, into the configured store. Example: sandan graph build"""
    from sandan.jobs.pipeline import build_graph
    from sandan.jobs.progress import say

    print(f"graph version {build_graph(load_settings(), step=say)}")


@graph_app.command("info")
def graph_info(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Version of the graph in use, and its nodes and relations. Example: sandan graph info --format json"""
    from sandan.jobs.reading import graph_rows
    from sandan.jobs.tables import show

    show(graph_rows(load_settings()), ("kind", "name", "n"), form, out)


@graph_app.command("check")
def graph_check(
    quick: Annotated[bool, typer.Option("--quick", help="do not hold the graph against the lake")] = False,
) -> None:
    """Holds what is served against the graph's tables, and these against the lake. Example: sandan graph check"""
    from sandan.jobs.checking import check_graph

    check_graph(load_settings(), with_lake=not quick)


@app.command()
def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="first make a lost ledger anew from the tables, keep checksums that lack")
    ] = False,
) -> None:
    """Every stored file against the checksum kept with it; what is damaged or missing, with the remedy. Example: sandan check"""
    from sandan.jobs.check import check_home

    check_home(load_settings(), repair=repair)


@neo4j_app.command("start")
def neo4j_start(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="of Bolt; default: the last one, else 7687")] = None,
    heap: HeapOption = "1g",
    jars: JarsOption = None,
) -> None:
    """Starts the Neo4j of this home on 127.0.0.1; the first time Maven brings it. Example: sandan neo4j start --port 7688"""
    from sandan.jobs.local_neo4j import start_server

    start_server(load_settings(), port=port, heap=heap, jars=jars)


@neo4j_app.command("stop")
def neo4j_stop() -> None:
    """Stops it cleanly; its data stays. Example: sandan neo4j stop"""
    from sandan.jobs.local_neo4j import stop_server

    stop_server(load_settings())


@neo4j_app.command("status")
def neo4j_status() -> None:
    """Whether it answers, where, and of which version; ends with 69 where it does not. Example: sandan neo4j status"""
    from sandan.jobs.local_neo4j import print_status

    print_status(load_settings())


@neo4j_app.command("password")
def neo4j_password() -> None:
    """Prints its password. Example: export SANDAN_GRAPH_PASSWORD=$(sandan neo4j password)"""
    from sandan.jobs.local_neo4j import print_password

    print_password(load_settings())


@neo4j_app.command("import")
def neo4j_import(heap: HeapOption = "1g", jars: JarsOption = None) -> None:
    """Puts the graph into it by its bulk import, in the place of what it holds; it is stopped meanwhile. Example: sandan neo4j import"""
    from sandan.jobs.local_neo4j import import_graph

    import_graph(load_settings(), heap=heap, jars=jars)


@map_app.command("init")
def map_init(
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet, also in a .gz or .zip")],
    table: Annotated[str | None, typer.Option("--table", help="table of the contract; default: guessed")] = None,
    out: OutOption = None,
) -> None:
    """Writes a first mapping for a table, guessed from its columns, to edit. Example: sandan map init orders.csv --out orders.toml"""
    from sandan.ingest.guess import first_mapping
    from sandan.jobs.tables import write_new

    write_new(first_mapping(file, table), out)


@app.command()
def dashboard(host: str = "127.0.0.1", port: Annotated[int, typer.Option(min=1, max=65535)] = 8050) -> None:
    """The officers' app. Example: sandan dashboard --port 8051"""
    from sandan.dashboard.app import serve

    serve(load_settings(), host=host, port=port)


@app.command()
def doctor() -> None:
    """What is configured, reachable, writable, missing: one line each, with the remedy. Example: sandan doctor"""
    from sandan.jobs.doctor import examine

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
    from sandan.jobs.check import damage_in

    try:
        return damage_in(load_settings())
    except Exception:  # the failure itself is what matters
        return None


def main() -> None:
    """Entry point: runs a command; every error becomes one message on standard error and its exit code."""
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
