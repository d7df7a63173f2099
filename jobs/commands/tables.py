"""Commands that print what is known: tables of a run, one consignment, figures, queries."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sandan.jobs.commands.options import FormatOption, OutOption, RunOption
from sandan.jobs.terminal.tables import Format
from sandan.record.settings import load_settings

app = typer.Typer()
WarningState = StrEnum("WarningState", ["draft", "approved", "issued", "recalled"])


@app.command()
def card(form: FormatOption = Format.TABLE) -> None:
    """The model card: what was learned from what, and how good it is. Example: sandan card --format json"""
    from sandan.jobs.terminal.card import card_rows, print_card

    print_card(card_rows(load_settings()), form)


@app.command()
def alerts(
    every: Annotated[bool, typer.Option("--all", help="low ones too")] = False,
    first: Annotated[bool, typer.Option("--first", help="over all runs, each consignment's first grade after its declaration")] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Graded consignments, the highest score first; medium and high unless --all. Example: sandan alerts --format csv --out alerts.csv"""
    from sandan.jobs.terminal.reading import alert_rows, print_rows

    print_rows("alerts", alert_rows(load_settings(), every=every, first=first, run_id=run_id), form, out)


@app.command()
def operators(run_id: RunOption = None, form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Sellers, providers, carriers, agents and platforms with their grades. Example: sandan operators --format json"""
    from sandan.jobs.terminal.reading import print_rows, result_rows

    print_rows("operators", result_rows(load_settings(), "operators", run_id), form, out)


@app.command()
def clusters(
    members: Annotated[bool, typer.Option("--members", help="the consignments of each cluster instead")] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Rings, split lots and shipment clusters, the strongest first. Example: sandan clusters --members --format csv"""
    from sandan.jobs.terminal.reading import print_rows, result_rows

    name = "members" if members else "clusters"
    print_rows(name, result_rows(load_settings(), name, run_id), form, out)


@app.command()
def findings(run_id: RunOption = None, form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Every finding with its reason and evidence. Example: sandan findings --format csv"""
    from sandan.jobs.terminal.reading import print_rows, result_rows

    print_rows("findings", result_rows(load_settings(), "findings", run_id), form, out)


@app.command()
def plan(
    capacity: Annotated[int | None, typer.Option("--capacity", min=1, help="inspections; default: plan.capacity of the settings")] = None,
    explore: Annotated[
        float | None, typer.Option("--explore", min=0, max=1, help="share drawn at random from low grade; default: plan.explore")
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="print what is released at once instead of what is inspected")] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Which parcels to inspect with so many inspections, how, and why each. Example: sandan plan --capacity 100"""
    from sandan.algorithms.read_models.plans import plan_rows
    from sandan.jobs.plans import make_plan, summary
    from sandan.jobs.terminal.progress import say
    from sandan.jobs.terminal.reading import print_rows

    settings = load_settings()
    made = make_plan(settings, capacity, explore, run_id)
    print_rows("released" if release else "plan", plan_rows(settings, made, released=release), form, out)
    for line in summary(made):
        say(line)


@app.command()
def measure(
    start: Annotated[str | None, typer.Option("--from", help="first day, or ISO time")] = None,
    end: Annotated[str | None, typer.Option("--to", help="last day, or ISO time")] = None,
    by_source: Annotated[bool, typer.Option("--by-source", help="rows for each sender of its own")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="write plots and tables as a new FILE.html or FILE.pdf instead")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="keep them as the daily report of the page of measures, as `sandan run` does")
    ] = False,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Times, inspections, rates, revenue, and how good what was received is. Example: sandan measure --from 2025-04-01 --by-source"""
    from sandan.jobs.terminal.measure import COLUMNS, WIDE, keep_report, measure_rows, write_report
    from sandan.jobs.terminal.tables import show
    from sandan.jobs.terminal.when import parse_as_of, parse_from

    settings = load_settings()
    if keep and (start or end or by_source):
        raise typer.BadParameter("the daily report has everything: --keep goes without --from, --to and --by-source")
    if keep:
        keep_report(settings)
    rows = measure_rows(settings, parse_from(start), parse_as_of(end), by_source=by_source)
    if report is not None:
        write_report(rows, report, settings.language)
        return
    show(rows, COLUMNS if form is not Format.TABLE or out else [c for c in COLUMNS if c not in WIDE], form, out)


@app.command()
def rejects(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Rejected records and files, with what to do about them. Example: sandan rejects"""
    from sandan.jobs.terminal.reading import print_rows, reject_rows

    print_rows("rejects", reject_rows(load_settings()), form, out)


@app.command()
def warnings(
    state: Annotated[WarningState | None, typer.Option("--state", help="only those that are in this state")] = None,
    propose: Annotated[bool, typer.Option("--propose", help="first draft those of the newest run, as `sandan run` does")] = False,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Risk warnings for customs, parties, the public, other departments, the newest first. Example: sandan warnings --state issued"""
    from sandan.jobs.terminal.reading import print_rows, warning_rows
    from sandan.jobs.warnings import propose_warnings

    settings = load_settings()
    if propose:
        propose_warnings(settings)
    print_rows("warnings", warning_rows(settings, state.value if state else None), form, out)


@app.command()
def runs(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """The run ledger, the newest first. Example: sandan runs"""
    from sandan.jobs.terminal.reading import print_rows
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
    from sandan.jobs.terminal.explain import print_explanation

    print_explanation(load_settings(), key, run_id, as_json=form is Format.JSON)


@app.command()
def evaluate(
    key: Annotated[Path, typer.Argument(help="the answer key that `sandan synth` wrote beside the world")],
    only_measures: Annotated[
        bool, typer.Option("--measures", help="the second table alone: figures of ranking, rings and persons, with intervals")
    ] = False,
    run_id: RunOption = None,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Holds the last run against an answer key. Example: sandan evaluate world.key.csv"""
    from sandan.jobs.terminal.reading import evaluation_rows, measure_rows, print_rows

    settings = load_settings()
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
    from sandan.jobs.terminal.reading import library_rows, print_query, print_statement
    from sandan.jobs.terminal.tables import show

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
