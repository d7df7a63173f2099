"""Days that programs write for an empty field, for always and for no end."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sandan.record.catalog.tables import CATALOG
from sandan.record.values.moment import FIRST_DAY, parse_day

ALWAYS = ["1900-01-01", "1970-01-01", "1753-01-01", "1900/01/01", "19000101"]


@pytest.mark.parametrize("day", ALWAYS)
def test_what_holds_since_a_program_s_first_day_has_always_held(reader: Any, tmp_path: Path, day: str) -> None:
    (tmp_path / "rates.csv").write_text(f"currency,cny,valid_from\nUSD,7.1,{day}\nEUR,7.9,2025-04-01\n")
    (tmp_path / "firms.csv").write_text(f"code,name,role,registered_on,revoked_on\n3101,A,seller,{day},{day if '-' in day else ''}\n")
    account = reader.read(tmp_path / "rates.csv", tmp_path / "firms.csv")
    assert (account["loaded"], account["rejected"]) == (3, 0)
    assert {row["currency"]: row["valid_from"] for row in reader.rows("exchange_rates")} == {"USD": FIRST_DAY, "EUR": dt.date(2025, 4, 1)}
    # The same day as an end is an empty field: nobody was struck off the register before there was one.
    assert [(row["registered_on"], row["revoked_on"]) for row in reader.rows("companies")] == [(FIRST_DAY, None)]


def test_the_first_day_can_be_read_and_only_beginnings_are_taken_for_it() -> None:
    assert parse_day(FIRST_DAY.isoformat()) == FIRST_DAY
    with pytest.raises(ValueError, match="outside"):
        parse_day((FIRST_DAY - dt.timedelta(days=1)).isoformat())
    beginnings = {column.name for spec in CATALOG.values() for column in spec.columns if column.is_beginning}
    assert beginnings == {"valid_from", "active_from", "registered_on"}
