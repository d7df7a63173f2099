"""What the ledger names is what exists: batches are whole or not there."""

import datetime as dt
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from sandan.record.errors import DamagedFile, OutputError
from sandan.record.lake.lake import Lake
from sandan.record.lake.ledger import Entry, append_entry, check_ledger_files, read_ledger
from sandan.record.lake.tables import SCHEMAS

Commit = Callable[[Lake, dict[str, list[dict[str, Any]]]], None]
Order = Callable[..., dict[str, Any]]
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def _records(lake: Lake, name: str = "orders") -> list[str]:
    return sorted(pq.read_table(lake.files(name))["record_id"].to_pylist()) if lake.files(name) else []


def _append(lake: Lake, name: str, *rows: dict[str, Any]) -> None:
    """What a writer leaves that dies before its row of the ledger."""
    write_deltalake(str(lake.folder / name), pa.Table.from_pylist(list(rows), schema=SCHEMAS[name]), mode="append")


def test_an_empty_lake_has_no_head_and_no_files(lake: Lake) -> None:
    assert (lake.head, lake.entries, lake.files("orders")) == (None, [], [])


def test_a_committed_batch_is_read_back_as_it_was_told(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 5)]})
    commit(lake, {"payments": [{"record_id": "p", "known_at": order("1", "a", 2)["known_at"]}]})
    again = Lake(lake.folder)
    assert again.entries == lake.entries
    assert [entry.seq for entry in again.entries] == [1, 2]
    assert again.entries[0].versions == {"orders": 0}
    assert again.entries[1].versions == {"orders": 0, "payments": 0}
    # The largest time that was ever known, not the last batch's.
    assert again.entries[1].known_to == order("1", "a", 5)["known_at"]
    assert again.entries[1].account == {"read": 1}
    assert (_records(again), _records(again, "payments")) == (["a"], ["p"])


def test_rows_without_a_row_of_the_ledger_are_not_there(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1)]})
    _append(lake, "orders", order("2", "b", 2))
    _append(lake, "payments", {"record_id": "p"})
    fresh = Lake(lake.folder)
    assert _records(fresh) == ["a"]
    assert fresh.files("payments") == []


def test_recovery_takes_back_tables_that_ran_ahead_and_the_next_batch_has_only_its_own(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1)]})
    _append(lake, "orders", order("2", "b", 2))
    _append(lake, "orders", order("3", "c", 2))
    _append(lake, "payments", {"record_id": "p"})
    fresh = Lake(lake.folder)
    fresh.recover()
    assert _records(fresh) == ["a"]
    assert not (lake.folder / "payments").exists()
    commit(fresh, {"orders": [order("4", "d", 3)], "payments": [{"record_id": "q"}]})
    assert _records(Lake(lake.folder)) == ["a", "d"]
    assert _records(Lake(lake.folder), "payments") == ["q"]


def test_recovery_of_a_whole_lake_writes_nothing(lake: Lake, commit: Commit, order: Order) -> None:
    lake.recover()
    commit(lake, {"orders": [order("1", "a", 1)]})
    before = sorted(path for path in lake.folder.rglob("*") if path.is_file())
    Lake(lake.folder).recover()
    assert sorted(path for path in lake.folder.rglob("*") if path.is_file()) == before
    assert DeltaTable(str(lake.folder / "orders")).version() == lake.entries[-1].versions["orders"]


def test_a_reader_keeps_its_state_while_batches_come(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1)]})
    reader = Lake(lake.folder)
    commit(lake, {"orders": [order("2", "b", 2)]})
    assert _records(reader) == ["a"]
    assert _records(lake) == ["a", "b"]


def test_a_batch_of_nothing_still_stands_in_the_ledger(lake: Lake, commit: Commit) -> None:
    commit(lake, {})
    assert [(entry.seq, entry.versions, entry.known_to) for entry in Lake(lake.folder).entries] == [(1, {}, None)]


def test_rows_of_the_ledger_come_in_their_order(tmp_path: Path) -> None:
    made: list[Entry] = []
    for seq in range(1, 13):
        entry = Entry(seq, f"b{seq}", DAY.replace(hour=seq), {"orders": seq}, None, {})
        made.append(append_entry(tmp_path, entry, made[-1] if made else None))
    assert read_ledger(tmp_path) == made


def test_a_folder_that_cannot_be_written_is_an_output_error(lake: Lake, commit: Commit, order: Order) -> None:
    lake.folder.parent.mkdir(exist_ok=True)
    lake.folder.write_text("a file where the lake should be")
    with pytest.raises(OutputError, match="cannot"):
        lake.recover()
    with pytest.raises(OutputError, match="cannot write"):
        commit(lake, {"orders": [order("1", "a", 1)]})


def test_a_table_that_was_removed_by_hand_is_not_taken_for_an_empty_one(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1)]})
    shutil.rmtree(lake.folder / "orders")
    with pytest.raises(Exception, match="orders"):
        Lake(lake.folder).files("orders")


def test_every_flipped_bit_of_the_ledger_s_own_file_is_noticed(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 1)]})
    check_ledger_files(lake.folder)
    [path] = (lake.folder / "ledger").glob("*.parquet")
    content, draw = path.read_bytes(), random.Random("bits")
    for _ in range(60):
        bit = draw.randrange(len(content) * 8)
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(DamagedFile, match="check --repair"):
            check_ledger_files(lake.folder)
    path.write_bytes(content)
    check_ledger_files(lake.folder)


_READ = """
import sys
from pathlib import Path
from sandan.record.lake.ledger import read_ledger

def threads():
    return sorted(int(task.name) for task in Path("/proc/self/task").iterdir() if not (task / "comm").read_text().startswith(("tokio", "jemalloc")))

before = threads()
assert read_ledger(Path(sys.argv[1]))
print(len(set(threads()) - set(before)))
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system does not list threads")
def test_reading_the_ledger_leaves_no_thread_that_could_abort_the_end_of_a_command(lake: Lake, commit: Commit, order: Order) -> None:
    commit(lake, {"orders": [order("1", "a", 5)]})
    done = subprocess.run([sys.executable, "-c", _READ, str(lake.folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
