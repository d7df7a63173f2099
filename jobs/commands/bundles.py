"""Bundles that offices give each other."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sandan.jobs.commands.options import FormatOption, OutOption
from sandan.jobs.terminal.tables import Format
from sandan.record.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="What offices give each other. Example: sandan bundle export to-others.json")
Part = StrEnum("Part", ["watchlists", "risk_profiles", "typologies", "statistics"])


@app.command()
def key() -> None:
    """Prints the public key that others write into their settings. Example: sandan bundle key"""
    from sandan.jobs.sharing.exchange import own_key

    print(own_key(load_settings()))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="a new file")],
    part: Annotated[list[Part] | None, typer.Option("--part", help="what goes in, once for each; default: all")] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=366, help="how long it may be imported; default: sharing.days of the settings")
    ] = None,
) -> None:
    """Writes watchlists, risk profiles, typologies and anonymous counts, signed. Example: sandan bundle export to-others.json"""
    from sandan.jobs.sharing.contents import PARTS
    from sandan.jobs.sharing.exchange import export_bundle

    for line in export_bundle(load_settings(), file, [one.value for one in part] if part else PARTS, days):
        print(line)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="what `sandan bundle export` wrote elsewhere")]) -> None:
    """Takes in a bundle of a trusted sender, whole or not at all. Example: sandan bundle import from-port-b.json"""
    from sandan.jobs.sharing.exchange import import_bundle
    from sandan.jobs.terminal.accounts import print_account

    bundle, account, folder = import_bundle(load_settings(), file)
    held = ", ".join(f"{len(rows)} {name.replace('_', ' ')}" for name, rows in bundle.contents.items())
    print(f"number {bundle.serial} of {bundle.signer}, made {bundle.made_at:%Y-%m-%d %H:%M} UTC: {held}")
    if account is not None:
        print_account(account, as_json=False)
    if folder is not None:
        print(f"typologies lie in {folder}; they are programs: read them, then move those that you want to the folder of `typologies`")


@app.command("list")
def list_(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Bundles that were given out and taken, the newest first. Example: sandan bundle list"""
    from sandan.jobs.sharing.exchange import COLUMNS, bundle_rows
    from sandan.jobs.terminal.tables import show

    show(bundle_rows(load_settings()), COLUMNS, form, out)


@app.command()
def statistics(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Counts that others gave, of the newest bundle of each. Example: sandan bundle statistics --format csv"""
    from sandan.jobs.sharing.exchange import STATISTIC_COLUMNS, statistic_rows
    from sandan.jobs.terminal.tables import show

    show(statistic_rows(load_settings()), STATISTIC_COLUMNS, form, out)
