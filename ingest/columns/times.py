"""Times as other people write them, with the time zone that their clocks show."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sandan.record.values.moment import BEIJING_ZONE, DAY_S

_LONGEST = 64
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Day 0 of spreadsheets; they take 1900 for a leap year, which does not matter from March 1900 on.
_DAY_ZERO = dt.datetime(1899, 12, 30)
_CLOCK = re.compile(r"%[HIMSpf]")
_NUMBER = re.compile(r"\d{1,18}(\.\d{0,18})?([eE]\+?\d{1,2})?", re.ASCII)


def _seconds(text: str) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=int(_number(text) * 1000))


def _milliseconds(text: str) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=int(_number(text)))


def _spreadsheet(text: str) -> dt.datetime:
    # A fraction of a day is no whole number of seconds in binary; the cell meant one.
    return _DAY_ZERO + dt.timedelta(seconds=round(_number(text) * DAY_S))


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return Decimal(text)


# Forms that are numbers, beside those in the letters of `strptime`.
COUNTED: dict[str, Callable[[str], dt.datetime]] = {"epoch_s": _seconds, "epoch_ms": _milliseconds, "excel": _spreadsheet}


@dataclass(frozen=True, slots=True)
class TimeForm:
    """How a column writes its times.

    Attributes:
        formats: Tried in order; letters of `strptime`, `epoch_s`, `epoch_ms` or `excel` (day numbers of spreadsheets).
        zone: IANA name of the zone whose clock is meant where a value names none.
        as_day: The target is a day: a value without a clock time is that day, wherever it was written.
    """

    formats: tuple[str, ...]
    zone: str = BEIJING_ZONE
    as_day: bool = False

    def read(self, text: str) -> str:
        """The time in ISO 8601 with its offset, or the day.

        Raises:
            ValueError: None of the formats fits.
        """
        plain = text.strip()
        for form in self.formats if len(plain) <= _LONGEST else ():
            try:
                moment = COUNTED[form](plain) if form in COUNTED else dt.datetime.strptime(plain, form)
                if self.as_day and moment.tzinfo is None and moment.time() == dt.time() and not _CLOCK.search(form):
                    return moment.date().isoformat()
                return (moment if moment.tzinfo else moment.replace(tzinfo=zoneinfo.ZoneInfo(self.zone))).isoformat()
            except (ValueError, OverflowError, InvalidOperation):
                continue
        raise ValueError("none of the formats fits")


def fault_of_format(form: str) -> str:
    """What is wrong with a format; "" for nothing."""
    if form in COUNTED:
        return ""
    if len(form) > _LONGEST:
        return f"a format has at most {_LONGEST} characters"
    probe = dt.datetime(2023, 11, 25, tzinfo=dt.UTC)
    try:
        read = dt.datetime.strptime(probe.strftime(form), form)
    except (ValueError, re.error):
        return f"{form!r} is no format of strptime; see its letters, such as %d/%m/%Y %H:%M, or write {', '.join(COUNTED)}"
    if read.date() != probe.date():
        return f"{form!r} does not say year, month and day"
    return ""


def fault_of_zone(zone: str) -> str:
    """What is wrong with the name of a time zone; "" for nothing."""
    try:
        zoneinfo.ZoneInfo(zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return f"{zone!r} is no time zone; write an IANA name such as {BEIJING_ZONE} or Europe/Berlin"
    return ""
