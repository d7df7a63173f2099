"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from sandan.jobs.terminal.tables import Format

FormatOption = Annotated[Format, typer.Option("--format", help="table, csv, json or parquet")]
OutOption = Annotated[Path | None, typer.Option("--out", help="file to write; - is standard output")]
RunOption = Annotated[str | None, typer.Option("--run", help="an older run, see `sandan runs`")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="use only what was known then: ISO time, or a day (its end, Beijing time)")]
