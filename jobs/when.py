"""Dates on the command line."""

import datetime as dt

import typer

from sandan.record.values.moment import BEIJING, parse_time


def parse_as_of(text: str | None) -> dt.datetime | None:
    """The instant that `--as-of` names; a day alone means its end in Beijing, so that all of the day is known.

    Raises:
        typer.BadParameter: It is no date.
    """
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        try:
            return parse_time(text)
        except ValueError as exc:
            raise typer.BadParameter(f"--as-of {text}: not a date; write 2025-04-30 or 2025-04-30T18:00:00+08:00") from exc
    return dt.datetime.combine(day, dt.time.max, BEIJING).astimezone(dt.UTC)
