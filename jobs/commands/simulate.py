"""The loop of control on a synthetic world."""

from pathlib import Path
from typing import Annotated

import typer

from sandan.jobs.commands.options import FormatOption
from sandan.jobs.terminal.tables import Format
from sandan.record.settings import load_settings

app = typer.Typer()


@app.command()
def simulate(
    weeks: Annotated[int, typer.Option("--weeks", min=13, max=520, help="weeks to live through")] = 52,
    capacity: Annotated[int, typer.Option("--capacity", min=1, max=500, help="inspections a week")] = 60,
    explore: Annotated[
        float | None, typer.Option("--explore", min=0, max=1, help="share drawn at random; default: plan.explore of the settings")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="another seed makes another world")] = 1,
    folder: Annotated[Path | None, typer.Option("--folder", help="a new folder for quarters.csv, weeks.csv and plots as SVG")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """What plans by risk, with a share at random, and at random alone catch while actors adapt. Example: sandan simulate --weeks 52"""
    import pandas as pd

    from sandan.jobs.simulation.loop import COLUMNS, WEEK_COLUMNS
    from sandan.jobs.simulation.loop import quarters as quarters_of
    from sandan.jobs.simulation.loop import simulate as live_through
    from sandan.jobs.simulation.plots import write_plots
    from sandan.jobs.terminal.progress import counted
    from sandan.jobs.terminal.tables import show
    from sandan.record.errors import OutputError

    share = load_settings().plan.explore if explore is None else explore
    if folder is not None:
        try:
            folder.mkdir(parents=True)
        except OSError as exc:
            raise OutputError(f"{folder}: cannot make the folder ({exc.strerror}); name a new one") from exc
    with counted("living through weeks") as report:
        histories = live_through(weeks, capacity, share, seed, report)
    rows = [row for history in histories for row in quarters_of(history)]
    if folder is not None:
        of_weeks = [history.weeks for history in histories]
        show(rows, COLUMNS, Format.CSV, folder / "quarters.csv")
        records = [{str(name): value for name, value in row.items()} for row in pd.concat(of_weeks).to_dict("records")]
        show(records, WEEK_COLUMNS, Format.CSV, folder / "weeks.csv")
        write_plots(of_weeks, folder)
    show(rows, COLUMNS, form, None)
