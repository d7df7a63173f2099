"""The model card as an officer's analyst reads it."""

from collections.abc import Mapping
from typing import Any

from sandan.gnn.model import newest_card
from sandan.jobs.terminal.tables import Format, show
from sandan.record.errors import InputError
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

COLUMNS = ("part", "name", "value", "low", "high")


def card_rows(settings: Settings) -> list[dict[str, Any]]:
    """The newest model's card as rows: part, name, value, low, high (95 % interval, where one was measured).

    Raises:
        InputError: Nothing was learned yet.
    """
    card = newest_card(HomePaths(settings.home).models)
    if card is None:
        raise InputError("nothing was learned yet; run `sandan train` when outcomes are in")
    return rows_of(card)


def rows_of(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A card as rows."""
    rows = []
    for part, value in card.items():
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for name, entry in entries:
            measured = isinstance(entry, dict)
            rows.append(
                {
                    "part": part.replace("_", " "),
                    "name": name,
                    "value": round(entry["value"], 4) if measured else entry if isinstance(entry, int | str) else round(entry, 4),
                    "low": round(entry["low"], 4) if measured else None,
                    "high": round(entry["high"], 4) if measured else None,
                }
            )
    return rows


def print_card(rows: list[dict[str, Any]], form: Format) -> None:
    """Write the rows to standard output."""
    texts = [{**row, "value": str(row["value"])} for row in rows]
    show(texts, COLUMNS, form, None)
