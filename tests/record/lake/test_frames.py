"""Lists as of a date: which version of a row is in force."""

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake

Row = dict[str, Any]
Commit = Callable[[Lake, dict[str, list[Row]]], None]
Order = Callable[..., Row]
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
CON = connect(threads=1)


def _records(lake: Lake, name: str = "orders", hour: float | None = None) -> list[str]:
    frames = Frames(lake, CON, None if hour is None else DAY + dt.timedelta(hours=hour))
    return sorted(frames.current(name).to_pyarrow()["record_id"].to_pylist())


def test_an_empty_lake_has_empty_lists_with_their_columns(lake: Lake) -> None:
    frames = Frames(lake, CON, None)
    assert frames.count("orders") == 0
    assert {"order_no", "known_at", "buyer_id_hash"} <= set(frames.every("orders").columns)


def test_the_newest_version_of_a_key_is_in_force_whatever_came_first(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "new", 9), order("2", "other", 1)]})
    commit(lake, {"orders": [order("1", "old", 3)]})
    assert _records(lake) == ["new", "other"]


def test_a_row_that_came_twice_is_there_once(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1)]})
    commit(lake, {"orders": [order("1", "a", 1)]})
    assert _records(lake) == ["a"]


def test_what_was_known_later_is_not_seen(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "first", 2), order("1", "second", 8)]})
    assert [_records(lake, hour=h) for h in (1.9, 2, 7.9, 8)] == [[], ["first"], ["first"], ["second"]]


def test_a_row_sent_early_and_known_late_is_seen_late(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 2, known_at=DAY + dt.timedelta(hours=6))]})
    assert [_records(lake, hour=h) for h in (5, 6)] == [[], ["a"]]


def test_a_deletion_takes_the_row_away_and_history_stays(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "new", 1), order("1", "gone", 5, app_type="3")]})
    assert (_records(lake), _records(lake, hour=4)) == ([], ["new"])
    assert Frames(lake, CON, None).every("orders").count().execute() == 2


def test_a_row_sent_again_after_its_deletion_is_back(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1), order("1", "gone", 5, app_type="3"), order("1", "again", 6)]})
    assert _records(lake) == ["again"]


def test_of_one_time_the_deletion_beats_the_change_and_the_change_the_new(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "x", 4, app_type="1"), order("1", "a", 4, app_type="2")]})
    assert _records(lake) == ["a"]
    commit(lake, {"orders": [order("1", "0", 4, app_type="3")]})
    assert _records(lake) == []


def test_a_draft_is_kept_and_not_in_force(lake: Lake, commit: Commit, order: Order) -> None:
    commit(
        lake,
        {"orders": [order("1", "sent", 1, app_status="2"), order("1", "draft", 5, app_status="1"), order("2", "d", 1, app_status="1")]},
    )
    assert _records(lake) == ["sent"]


def test_lines_go_with_the_version_of_their_head(lake: Lake, commit: Commit, order: Order) -> None:
    heads = [order("1", "old", 1), order("1", "new", 5), order("2", "gone", 5, app_type="3"), order("2", "was", 1)]
    lines = [order(h["order_no"], f"{h['record_id']}-1", 1, gnum=1, parent_id=h["record_id"], known_at=h["known_at"]) for h in heads]
    commit(lake, {"orders": heads, "order_items": lines})
    assert _records(lake, "order_items") == ["new-1"]
    assert _records(lake, "order_items", hour=4) == ["old-1", "was-1"]


def test_lines_that_came_as_a_table_belong_to_a_head_that_has_none(lake: Lake, commit: Commit, order: Order) -> None:
    heads = [order("1", "bare", 1), order("2", "whole", 1)]
    lines = [order("2", "own", 1, gnum=1, parent_id="whole")]
    loose = [order(n, f"loose{n}", 1, gnum=1, key_id=f"line{n}") for n in ("1", "2", "3")]
    commit(lake, {"orders": heads, "order_items": lines + loose})
    found = Frames(lake, CON, None).current("order_items").to_pyarrow().to_pylist()
    assert sorted((row["record_id"], row["parent_id"]) for row in found) == [("loose1", "bare"), ("own", "whole")]


def test_a_company_named_by_its_other_code_is_one_company(lake: Lake, commit: Commit, order: Order) -> None:
    register = {"code": "P1", "uscc": "91330000MA1", "name": "p", "role": "platform", "record_id": "c", "key_id": "c", "known_at": DAY}
    commit(
        lake,
        {"companies": [register], "orders": [order("1", "old", 1, key_id="a"), order("1", "new", 5, ebp_code="91330000MA1", key_id="b")]},
    )
    rows = Frames(lake, CON, None).current("orders").to_pyarrow().to_pylist()
    assert [(row["record_id"], row["ebp_code"]) for row in rows] == [("new", "P1")]


@pytest.mark.parametrize("written", [None, "无", "0"])
def test_where_no_platform_is_named_the_seller_stands_in_its_place(lake: Lake, commit: Commit, order: Order, written: str | None) -> None:
    commit(lake, {"orders": [order("1", "a", 1, ebp_code=written, ebc_code="S1")]})
    assert Frames(lake, CON, None).current("orders").to_pyarrow()["ebp_code"].to_pylist() == ["S1"]


def test_a_later_batch_replaces_a_reference_row(lake: Lake, commit: Commit) -> None:
    for name in ("a", "b"):
        row = {"currency": "USD", "valid_from": DAY.date(), "record_id": name, "key_id": "k", "known_at": DAY}
        commit(lake, {"exchange_rates": [row]})
    assert _records(lake, "exchange_rates") == ["b"]


VERSIONS = st.lists(
    st.tuples(st.sampled_from("12"), st.integers(0, 2), st.sampled_from("123"), st.sampled_from([None, "1", "2"]), st.integers(0, 1)),
    min_size=1,
    max_size=7,
    unique=True,
)


@settings(max_examples=20, deadline=None)
@given(versions=VERSIONS, data=st.data())
def test_any_order_of_arrival_gives_the_newest_known_version_of_each_key(
    commit: Commit, order: Order, versions: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    rows = [
        order(number, f"r{i}", hour, app_type=kind, app_status=status, known_at=DAY + dt.timedelta(hours=hour + late))
        for i, (number, hour, kind, status, late) in enumerate(versions)
    ]
    arrived = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        for batch in filter(None, (arrived[:cut], arrived[cut:])):
            commit(lake, {"orders": batch})
        for hour in (None, 1):
            # The rule said over in plain Python.
            known = [
                row for row in rows if row["app_status"] != "1" and (hour is None or row["known_at"] <= DAY + dt.timedelta(hours=hour))
            ]
            numbers = {row["order_no"] for row in known}
            newest = [
                max((r for r in known if r["order_no"] == n), key=lambda r: (r["app_time"], r["app_type"], r["record_id"])) for n in numbers
            ]
            assert _records(lake, hour=hour) == sorted(r["record_id"] for r in newest if r["app_type"] != "3")
