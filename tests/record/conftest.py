"""Rows of the lake made by hand, without the intake."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.record.lake.lake import Lake, NewPart
from sandan.record.lake.tables import SCHEMAS

Row = dict[str, Any]
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def _commit(lake: Lake, tables: Mapping[str, Sequence[Row]]) -> None:
    """One batch whose id sorts behind those before."""
    number = len(lake.entries)
    made = {}
    for name, rows in tables.items():
        path = lake.folder.parent / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist([{"batch_id": f"b{number:03}", **row} for row in rows], schema=SCHEMAS[name]), path)
        made[name] = [NewPart(path, len(rows))]
    known = [row["known_at"] for rows in tables.values() for row in rows if row.get("known_at")]
    lake.commit(f"b{number:03}", made, {"read": 1}, max(known, default=None), now=DAY + dt.timedelta(hours=number))


def _order(number: str, version: str, hour: int, **more: Any) -> Row:
    """A version of an import order, sent and known at an hour of the first day."""
    at = DAY + dt.timedelta(hours=hour)
    row = {
        "flow": "import",
        "ebp_code": "P1",
        "order_no": number,
        "app_time": at,
        "app_type": "1",
        "known_at": at,
        "record_id": version,
        "key_id": f"k{number}",
    }
    return {**row, **more}


@pytest.fixture(scope="session")
def commit() -> Callable[[Lake, Mapping[str, Sequence[Row]]], None]:
    return _commit


@pytest.fixture(scope="session")
def order() -> Callable[..., Row]:
    return _order


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")
