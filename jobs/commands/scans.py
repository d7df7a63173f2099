"""Pictures of scans."""

from pathlib import Path
from typing import Annotated

import typer

from sandan.record.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Pictures of scans. Example: sandan scan pictures /data/xray")


@app.command()
def pictures(
    folder: Annotated[
        Path, typer.Argument(help="pictures NUMBER.png or NUMBER_2.jpg, called after their parcels; looked into recursively")
    ],
    model: Annotated[Path | None, typer.Option("--model", help="a recogniser as ONNX file; with --labels")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="its labels, one a line; `!` before what is prohibited")] = None,
    least: Annotated[float, typer.Option("--least", min=0, max=1, help="smallest confidence that becomes a record")] = 0.5,
) -> None:
    """Keeps pictures for the pages, and lets a recogniser look at them. Example: sandan scan pictures xray --model m.onnx --labels m.txt"""
    from sandan.jobs.recognition.intake import take_pictures
    from sandan.jobs.recognition.recogniser import Recogniser, read_labels
    from sandan.jobs.terminal.accounts import print_account
    from sandan.jobs.terminal.progress import counted, say

    if (model is None) != (labels is None):
        raise typer.BadParameter("--model and --labels go together")
    recogniser = Recogniser(model, read_labels(labels)) if model is not None and labels is not None else None
    with counted("looking at pictures") as report:
        taken = take_pictures(load_settings(), folder, recogniser, least, report)
    print(f"{taken.n_kept} pictures kept" + (f", {taken.unsure} of which the recogniser is not sure" if taken.unsure else ""))
    if taken.account is not None:
        print_account(taken.account, as_json=False)
    for line in taken.refused:
        say(f"refused: {line}")
    if taken.refused:
        raise typer.Exit(65)
