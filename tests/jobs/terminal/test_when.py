"""Dates on the command line."""

import datetime as dt

import pytest
import typer

from sandan.jobs.terminal.when import parse_as_of


def test_no_date_is_none() -> None:
    assert parse_as_of(None) is None


@pytest.mark.parametrize("text", ["2025-04-30", "20250430"])
def test_a_day_alone_means_its_end_in_beijing(text: str) -> None:
    assert parse_as_of(text) == dt.datetime(2025, 4, 30, 15, 59, 59, 999999, dt.UTC)


@pytest.mark.parametrize("text", ["2025-04-30T18:00:00+08:00", "2025-04-30T10:00:00Z", "2025-04-30 18:00", "20250430180000"])
def test_an_instant_is_that_instant_and_beijing_time_without_an_offset(text: str) -> None:
    assert parse_as_of(text) == dt.datetime(2025, 4, 30, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2025-02-30", "30.04.2025", "2025-04", "0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00"]
)
def test_what_is_no_date_is_wrong_usage_and_says_how_to_write_one(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write 2025-04-30"):
        parse_as_of(text)
