"""Tokens of programs that use the API."""

from enum import StrEnum
from typing import Annotated

import typer

from sandan.jobs.commands.options import FormatOption, OutOption
from sandan.jobs.terminal.tables import Format
from sandan.record.app.roles import SCOPES
from sandan.record.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Tokens of programs. Example: sandan token add scanner --scope scans:write")
Scope = StrEnum("Scope", {name: name for name in SCOPES})  # type: ignore[misc] # the table of scopes is the only list of them
_COLUMNS = ("name", "scopes", "status", "made_at", "made_by", "until", "used_at")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="what the program is called")],
    scope: Annotated[list[Scope], typer.Option("--scope", help="what it may be used for; once for each")],
    days: Annotated[int | None, typer.Option("--days", min=1, help="how long it is in force; default: until it is removed")] = None,
) -> None:
    """Makes a token and prints it, once: it is kept as a hash. Example: sandan token add scanner --scope scans:write --days 365"""
    from sandan.record.app.services import SYSTEM, open_services

    print(open_services(load_settings()).tokens.add(SYSTEM, name, [one.value for one in scope], days))


@app.command("list")
def list_tokens(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """All tokens, removed ones too, with what each is for and when it was used. Example: sandan token list"""
    from sandan.jobs.terminal.tables import show
    from sandan.record.app.services import open_services

    show(open_services(load_settings()).tokens.rows(), _COLUMNS, form, out)


@app.command()
def remove(name: Annotated[str, typer.Argument(help="name of the token")]) -> None:
    """Takes a token out of force, at once. Example: sandan token remove scanner"""
    from sandan.record.app.services import SYSTEM, open_services

    open_services(load_settings()).tokens.remove(SYSTEM, name)
    print(f"{name} is not in force any more")
