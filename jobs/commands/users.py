"""Accounts of the officers' app."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from sandan.jobs.commands.options import FormatOption, OutOption
from sandan.jobs.terminal.tables import Format
from sandan.record.app.roles import ROLES
from sandan.record.errors import InputError
from sandan.record.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Accounts of the app. Example: sandan user add li --role officer")
Role = StrEnum("Role", {name: name for name in ROLES})  # type: ignore[misc] # the table of roles is the only list of them
NameArgument = Annotated[str, typer.Argument(help="what the user signs in with")]
_COLUMNS = ("name", "shown_name", "role", "status", "made_at", "seen_at")


@app.command()
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="what the user may do (docs/dashboard.md)")] = Role.officer,  # type: ignore[attr-defined]
    shown_name: Annotated[str, typer.Option("--shown-name", help="what others see; default: the name")] = "",
) -> None:
    """Makes an account; asks for its password, or reads it from the first line of standard input. Example: sandan user add li"""
    from sandan.record.app.services import SYSTEM, open_services

    services = open_services(load_settings())
    user = services.accounts.add(SYSTEM, name, role.value, _password(), shown_name)
    print(f"{user.name} may sign in as {user.role}")


@app.command("list")
def list_users(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """The accounts, removed ones too. Example: sandan user list --format csv"""
    from sandan.jobs.terminal.tables import show
    from sandan.record.app.services import open_services

    show(open_services(load_settings()).accounts.rows(), _COLUMNS, form, out)


@app.command()
def role(name: NameArgument, role: Annotated[Role, typer.Argument(help="the new role")]) -> None:
    """Gives an account another role, from its next request on. Example: sandan user role li supervisor"""
    from sandan.record.app.services import SYSTEM, open_services

    open_services(load_settings()).accounts.change_role(SYSTEM, name, role.value)
    print(f"{name} is {role.value} now")


@app.command()
def password(name: NameArgument) -> None:
    """Gives an account another password, lifts a lock, ends its sessions. Example: sandan user password li"""
    from sandan.record.app.services import SYSTEM, open_services

    services = open_services(load_settings())
    services.accounts.named(name)
    services.accounts.change_password(SYSTEM, name, _password())
    print(f"{name} has another password; sessions that were open have ended")


@app.command()
def remove(name: NameArgument) -> None:
    """Closes an account and ends its sessions; what it did stays. Example: sandan user remove li"""
    from sandan.record.app.services import SYSTEM, open_services

    open_services(load_settings()).accounts.remove(SYSTEM, name)
    print(f"{name} cannot sign in any more")


def _password() -> str:
    """A new password: asked for twice on a terminal, else the first line of standard input; never an argument, which others can read."""
    if os.isatty(0):
        return str(typer.prompt("password", hide_input=True, confirmation_prompt=True))
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise InputError("no password on standard input; run the command on a terminal, or pipe the password into it")
    return given
