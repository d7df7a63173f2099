"""Times and days as the lists write them; kept in UTC."""

import datetime as dt
import re

# The lists' own clock: Beijing time, without summer time since 1991.
BEIJING = dt.timezone(dt.timedelta(hours=8))
BEIJING_ZONE = "Asia/Shanghai"  # of the IANA
BEIJING_US = 8 * 3600 * 1_000_000  # before UTC, in microseconds, which is the unit of the lake's times
HOUR_S, DAY_S = 3600, 86_400
DAY_US = DAY_S * 1_000_000
_EARLIEST = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
FIRST_DAY = dt.date(1980, 1, 2)  # the first whole one in Beijing that can be read
_LAST_DAY = dt.date(2199, 12, 31)
_NO_END = re.compile(r"(\d{4})([-/]?)12\2(?:30|31)(?:\D.*|\d{6})?$", re.ASCII)
_END_OF_DAY = re.compile(r"(\d{8}|\d{4}-\d\d-\d\d[T ])24(0{2,7}|:00(?::00(?:\.0{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)", re.ASCII)


def parse_time(text: str) -> dt.datetime:
    """An instant in UTC from `YYYYMMDDhhmmss` (also with milliseconds), `YYYYMMDD` or ISO 8601; Beijing time without an offset.

    24:00:00 is the end of its day, the next one's beginning, as ISO 8601 and XML Schema (`xs:dateTime`) have it.

    Raises:
        ValueError: The text is none of these, or lies outside 1980-2200.
    """
    plain = text.strip()
    if found := _END_OF_DAY.fullmatch(plain):
        return parse_time(f"{found[1]}00{found[2]}") + dt.timedelta(days=1)
    if plain.isascii() and plain.isdigit() and len(plain) in (8, 12, 14, 17):
        digits = plain.ljust(14, "0")
        moment = dt.datetime(
            int(digits[:4]), int(digits[4:6]), int(digits[6:8]), int(digits[8:10]), int(digits[10:12]), int(digits[12:14]), tzinfo=BEIJING
        )
        if len(plain) == 17:
            moment += dt.timedelta(milliseconds=int(plain[14:]))
    else:
        moment = dt.datetime.fromisoformat(plain)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=BEIJING)
    try:
        moment = moment.astimezone(dt.UTC)
    except OverflowError as exc:
        raise ValueError("outside 1980-2200") from exc
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("outside 1980-2200")
    return moment


def parse_day(text: str) -> dt.date:
    """A day from `YYYYMMDD...` or ISO 8601; of an instant the day in Beijing.

    The last day that a database knows, 9999-12-31 or another year's, stands for no end: it is the last day that can be read.

    Raises:
        ValueError: As `parse_time`.
    """
    if (last := _NO_END.match(text.strip())) is not None and int(last[1]) >= _LATEST.year:
        return _LAST_DAY
    return parse_time(text).astimezone(BEIJING).date()


def day_start(day: dt.date) -> dt.datetime:
    """The instant in UTC when a day begins in Beijing."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=BEIJING).astimezone(dt.UTC)
