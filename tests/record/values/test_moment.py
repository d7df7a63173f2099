"""Times and days: Beijing where nothing is said, UTC where it is kept."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values import moment

MOMENTS = st.datetimes(dt.datetime(1981, 1, 1), dt.datetime(2199, 12, 30), timezones=st.just(dt.UTC)).map(
    lambda t: t.replace(microsecond=0)
)


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_an_instant_written_in_any_zone_or_form_is_one_instant(at: dt.datetime, minutes: int) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    beijing = at.astimezone(moment.BEIJING)
    for written in (
        at.astimezone(zone).isoformat(),
        f"{beijing:%Y%m%d%H%M%S}",
        f"{beijing:%Y%m%d%H%M%S}000",
        beijing.replace(tzinfo=None).isoformat(" "),
    ):
        read = moment.parse_time(f" {written} ")
        assert (read, read.utcoffset()) == (at, dt.timedelta(0)), written


@given(MOMENTS)
def test_a_day_begins_in_beijing(at: dt.datetime) -> None:
    day = moment.parse_day(at.isoformat())
    assert moment.day_start(day) <= at < moment.day_start(day) + dt.timedelta(days=1)
    assert moment.parse_time(f"{day:%Y%m%d}") == moment.day_start(day)


def test_milliseconds_are_kept() -> None:
    assert moment.parse_time("20250430235959123") == dt.datetime(2025, 4, 30, 15, 59, 59, 123000, dt.UTC)


@pytest.mark.parametrize(
    "written", ["20241231240000", "20241231240000000", "2024-12-31T24:00:00", "2024-12-31 24:00", "2024-12-31T24:00:00+08:00"]
)
def test_24_is_the_end_of_its_day(written: str) -> None:
    assert moment.parse_time(written) == moment.day_start(dt.date(2025, 1, 1))
    assert moment.parse_day(written) == dt.date(2025, 1, 1)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "20241231240001",
        "2024-12-31T24:00:01",
        "2024-12-31T24:30",
        "2200-01-31T24:00:00",
        "soon",
        "20250230",
        "20251301",
        "20250430250000",
        "19791231",
        "22000102",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59-08:00",
        "2025043",
        "-20250430",
        "20250430T",
    ],
)
def test_what_is_no_time_of_our_days_is_refused_as_a_value(written: str) -> None:
    with pytest.raises(ValueError):
        moment.parse_time(written)


@pytest.mark.parametrize(
    "text", ["9999-12-31", "99991231", "9999-12-31 23:59:59", "99991231235959", "9999/12/31", "2999-12-31T00:00:00Z", "9999-12-30"]
)
def test_the_last_day_of_a_database_is_no_end(text: str) -> None:
    assert moment.parse_day(text) == dt.date(2199, 12, 31)


@pytest.mark.parametrize("text", ["2026-12-31", "20261231"])
def test_the_last_day_of_a_year_is_a_day(text: str) -> None:
    assert moment.parse_day(text) == dt.date(2026, 12, 31)
