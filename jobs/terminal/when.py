"""Dates on the command line."""

import datetime as dt

import typer

from sandan.record.values.moment import BEIJING, parse_time


def parse_as_of(text: str | None) -> dt.datetime | None:
    """The instant that `--as-of` or `--to` names; a day alone means its end in Beijing, so that all of the day is known.

    Raises:
        typer.BadParameter: It is no date.
    """
    return _instant(text, dt.time.max)


def parse_from(text: str | None) -> dt.datetime | None:
    """The instant that `--from` names; a day alone means its beginning in Beijing.

    Raises:
        typer.BadParameter: It is no date.
    """
    return _instant(text, dt.time.min)


def _instant(text: str | None, of_day: dt.time) -> dt.datetime | None:
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        try:
            return parse_time(text)
        except ValueError as exc:
            raise typer.BadParameter(f"{text}: not a date; write 2025-04-30 or 2025-04-30T18:00:00+08:00") from exc
    return dt.datetime.combine(day, of_day, BEIJING).astimezone(dt.UTC)
