"""Many at once, each with an engine of its own: nothing is shared but files."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake

Commit = Callable[[Lake, dict[str, list[dict[str, Any]]]], None]
Order = Callable[..., dict[str, Any]]
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("n_readers", [8, pytest.param(32, marks=pytest.mark.slow)])
def test_eight_at_once_read_lists_of_which_most_are_empty(lake: Lake, commit: Commit, order: Order, n_readers: int) -> None:
    commit(lake, {"orders": [order(str(i), str(i), 1) for i in range(20)]})

    def read(_: int) -> dict[str, int]:
        con = connect(threads=1)
        try:
            frames = Frames(Lake(lake.folder), con, DAY + dt.timedelta(days=1))
            return {name: frames.current(name).to_pyarrow().num_rows for name in CATALOG}
        finally:
            con.disconnect()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read, range(n_readers)))
    assert found == [{name: 20 if name == "orders" else 0 for name in CATALOG}] * n_readers


def test_an_empty_list_has_the_columns_of_a_full_one(lake: Lake, commit: Commit, order: Order) -> None:
    empty = {name: dict(Frames(lake, connect(threads=1), None).every(name).schema().items()) for name in CATALOG}
    commit(lake, {name: [order("1", "a", 1)] for name in CATALOG})
    full = {name: dict(Frames(Lake(lake.folder), connect(threads=1), None).every(name).schema().items()) for name in CATALOG}
    assert empty == full
