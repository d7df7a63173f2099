"""Up to when a home knows: by its records of trade, never by the clock; references without a time of their own hold from the start."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.intake import ingest
from sandan.record.catalog.trade import TIMELESS, TRADE
from sandan.record.home import HomePaths
from sandan.record.lake.as_of import known_to_of, lags, newest_record
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings

Commit = Callable[[Lake, dict[str, list[dict[str, Any]]]], None]
Order = Callable[..., dict[str, Any]]
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
CLOCK = DAY + dt.timedelta(days=400)


def _brand(record: str, valid_from: dt.date | None, known_at: dt.datetime) -> dict[str, Any]:
    return {"brand": record, "record_id": record, "key_id": record, "valid_from": valid_from, "known_at": known_at, "received_at": CLOCK}


def test_tables_and_outcomes_do_not_move_the_date(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 3), order("2", "b", 5)], "waybills": [order("1", "w", 2) | {"logistics_no": "L"}]})
    rows = {name: [{"record_id": name, "key_id": name, "known_at": CLOCK}] for name in sorted(TIMELESS)}
    commit(lake, rows)
    assert lake.head is not None and lake.head.known_to == CLOCK
    assert known_to_of(Lake(lake.folder)) == DAY + dt.timedelta(hours=5)


@pytest.mark.parametrize("name", TRADE)
def test_each_list_of_trade_sets_it(lake: Lake, commit: Commit, order: Order, name: str) -> None:
    commit(lake, {"orders": [order("1", "a", 3)]})
    commit(lake, {name: [{"record_id": "r", "key_id": "r", "known_at": DAY + dt.timedelta(hours=9), "file": "f", "order_no": "7"}]}
           if name not in ("deliveries", "house_waybills", "tracking")
           else {name: [{"record_id": "r", "key_id": "r", "known_at": DAY + dt.timedelta(hours=9), "file": "f", "logistics_no": "7"}]})  # fmt: skip
    newest = newest_record(Frames(Lake(lake.folder), connect(threads=1), None))
    assert newest is not None
    assert (newest.list_name, newest.known_at, newest.file) == (name, DAY + dt.timedelta(hours=9), "f")


def test_the_report_says_which_record_and_how_far_each_list_is_behind(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 3), order("2", "b", 51, file="late.csv")], "payments": [order("1", "p", 27)]})
    commit(lake, {"brands": [_brand("x", None, CLOCK), _brand("y", dt.date(2026, 1, 1), CLOCK)]})
    con = connect(threads=1)
    newest = newest_record(Frames(Lake(lake.folder), con, None))
    assert newest is not None
    assert (newest.list_name, newest.key, newest.file, newest.batch_id) == ("orders", "import:P1:2", "late.csv", "b000")
    told = lags(Frames(Lake(lake.folder), con, newest.known_at))
    assert told["payments"] == {"known_to": (DAY + dt.timedelta(hours=27)).isoformat(), "lag_days": 1.0, "n_later": 0}
    assert told["orders"]["lag_days"] == 0.0
    assert told["brands"] == {"known_to": None, "lag_days": None, "n_later": 1}


def test_a_reference_without_a_time_holds_from_the_start_and_one_with_a_later_time_does_not(lake: Lake, commit: Commit) -> None:
    commit(
        lake,
        {
            "brands": [
                _brand("without", None, CLOCK),
                _brand("later", dt.date(2025, 5, 1), CLOCK),
                _brand("before", dt.date(2025, 3, 1), DAY),
            ]
        },
    )
    frames = Frames(Lake(lake.folder), connect(threads=1), DAY)
    assert sorted(frames.current("brands").to_pyarrow()["brand"].to_pylist()) == ["before", "without"]


def test_a_lake_without_trade_goes_by_its_other_messages_then_by_its_tables(lake: Lake, commit: Commit, tmp_path: Path) -> None:
    assert known_to_of(lake) is None
    commit(lake, {"brands": [_brand("x", None, CLOCK)]})
    assert known_to_of(lake) is None
    commit(lake, {"brands": [_brand("y", dt.date(2025, 4, 1), DAY)]})
    assert known_to_of(lake) == DAY
    commit(lake, {"cancellations": [{"record_id": "c", "key_id": "c", "known_at": DAY - dt.timedelta(days=3)}]})
    assert known_to_of(lake) == DAY - dt.timedelta(days=3)


def test_answers_to_applications_set_it_and_other_messages_do_not(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 3)]})
    at = DAY + dt.timedelta(hours=9)

    def kept(kind: str, hours: int, *, timed: bool = True) -> dict[str, object]:
        when = at + dt.timedelta(hours=hours)
        row = {"record_id": f"{kind}{hours}", "key_id": f"{kind}{hours}", "known_at": when, "kind": kind, "content": "<x/>"}
        return row | ({"app_time": when} if timed else {})

    commit(lake, {"other": [kept("CEB624", 0), kept("CEB312", 5), kept("CEB626", 7, timed=False)]})
    newest = newest_record(Frames(Lake(lake.folder), connect(threads=1), None))
    assert newest is not None
    assert (newest.list_name, newest.key, newest.known_at) == ("other", "CEB624", at)


def test_ids_of_batches_rise_though_the_clock_goes_back(lake: Lake, commit: Commit) -> None:
    first = lake.next_batch_id(DAY)
    lake.commit(first, {}, {}, None, now=DAY)
    made = [first]
    for back in (dt.timedelta(days=1), dt.timedelta(0), dt.timedelta(days=400), -dt.timedelta(days=1)):
        made.append(Lake(lake.folder).next_batch_id(DAY - back))
        lake.commit(made[-1], {}, {}, None, now=DAY - back)
    assert made == sorted(made)
    assert len({batch[:21] for batch in made}) == 5


def test_lines_without_a_time_are_known_with_their_head(tmp_path: Path) -> None:
    """They came as a table of their own: the clock at which it was read says nothing of when they hold."""
    tables = tmp_path / "in"
    tables.mkdir()
    (tables / "orders.csv").write_text(
        "ebp_code,order_no,ebc_code,goods_value,currency,app_time\nP1,A1,S1,10,CNY,20250401100000\nP1,A2,S1,10,CNY,20250501100000\n"
    )
    (tables / "order_items.csv").write_text(
        "ebp_code,order_no,gnum,item_name,qty,price\nP1,A1,1,tea,1,10\nP1,A2,1,tea,1,10\nP1,NONE1,1,tea,1,10\n"
    )
    ingest([tables], load_settings(tmp_path / "home"))
    con = connect()
    lake = Lake(HomePaths(tmp_path / "home").lake)
    early, late = (dt.datetime(2025, month, 15, tzinfo=dt.UTC) for month in (4, 5))
    seen = [sorted(Frames(lake, con, day).current("order_items").to_pyarrow()["order_no"].to_pylist()) for day in (early, late)]
    con.disconnect()
    assert seen == [["A1"], ["A1", "A2"]]
