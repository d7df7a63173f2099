"""How a batch and a run are reported on the command line."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sandan.ingest.account import STATES, Account
from sandan.jobs.inboxes.inbox import Emptied
from sandan.jobs.terminal.progress import say
from sandan.record.errors import InputError, MissingColumns, OutputError


def print_account(account: Account, *, as_json: bool) -> None:
    """The account of a batch on standard output; what to know beside it on standard error."""
    if as_json:
        print(json.dumps(account.as_dict(), ensure_ascii=False, indent=1))
    else:
        table = Table(title=f"batch {account.batch_id}: {account.files} files", title_justify="left")
        for column in ("list", "read", *STATES, "lines"):
            table.add_column(column, justify="left" if column == "list" else "right")
        for name, count in sorted(account.lists.items()):
            table.add_row(name, *[str(getattr(count, state)) for state in ("read", *STATES, "lines")])
        table.add_section()
        table.add_row("all", *[str(account.total(state)) for state in ("read", *STATES, "lines")])
        Console().print(table)
    for file, columns in sorted(account.unknown_columns.items()):
        say(f"{file}: columns left out, no list has them: {', '.join(columns)}")


def check_account(account: Account, *, strict: bool) -> None:
    """End with the right error if files could not be used, or under `strict` if any record was rejected.

    Raises:
        MissingColumns: Tables lack mandatory columns; the message names all of them.
        InputError: Files were unusable, or records were rejected under `strict`.
    """
    if account.missing_columns:
        raise MissingColumns({Path(file): text.split(", ") for file, text in account.missing_columns.items()})
    if account.rejected_files:
        raise InputError(f"{account.rejected_files} of {account.files} files could not be used; `sandan rejects` says why")
    if strict and account.total("rejected"):
        raise InputError(f"{account.total('rejected')} records were rejected; `sandan rejects` says why")


def print_inboxes(inboxes: Sequence[Emptied]) -> None:
    """One line for each inbox on standard output; why files stay in it on standard error."""
    for emptied in inboxes:
        print(f"inbox {emptied.inbox.folder}: {emptied.taken} files taken, {emptied.rejected} rejected, {len(emptied.left)} left")
        for path, why in emptied.left:
            say(f"{path}: left for the next run, {why}")


def check_inboxes(inboxes: Sequence[Emptied]) -> None:
    """End with an error if files that were read are still in an inbox.

    Raises:
        OutputError: They are; the message names each with what hinders.
    """
    stuck = [f"{path}: {why}" for emptied in inboxes for path, why in emptied.stuck]
    if stuck:
        raise OutputError(
            "\n".join([*stuck, f"{len(stuck)} files were read and could not be taken out of the inbox; correct the permissions"])
        )
