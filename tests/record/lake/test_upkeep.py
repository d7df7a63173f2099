"""Many small batches: few files after compaction, no file too few after vacuum, whole whatever kills it."""

import datetime as dt
import logging
import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from sandan.record.errors import DamagedFile, OutputError
from sandan.record.home import HomePaths
from sandan.record.lake import upkeep
from sandan.record.lake.lake import Lake
from sandan.record.lake.ledger import LEDGER, read_ledger
from sandan.record.lake.tables import SCHEMAS
from sandan.record.lake.upkeep import compact, keep_up, vacuum
from sandan.record.settings import LakeSettings

Commit = Callable[[Lake, Mapping[str, Sequence[dict[str, Any]]]], None]
Order = Callable[..., dict[str, Any]]
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
LATER = DAY + dt.timedelta(days=30)
N = 24


def _value(kind: pa.DataType, i: int) -> Any:
    """A value of a type that shows if anything of it is lost."""
    if pa.types.is_decimal(kind):
        return Decimal(i) + Decimal("0.12345")
    if pa.types.is_timestamp(kind):
        return DAY + dt.timedelta(microseconds=i)
    if pa.types.is_string(kind):
        return f"单{i}" if i % 3 else None
    return {"bool": bool(i % 2), "double": i / 7}.get(str(kind), i)


def _rows(lake: Lake, name: str) -> pa.Table:
    """All rows of a table in one order, in the types of the files."""
    order = [(column, "ascending") for column in SCHEMAS[name].names if not pa.types.is_boolean(SCHEMAS[name].field(column).type)]
    return pa.concat_tables([pq.read_table(file) for file in lake.files(name)]).sort_by(order).combine_chunks()


def _grow(lake: Lake, commit: Commit, n: int = N) -> None:
    """Batches of one row, every third with one of another list too; every type of a column occurs."""
    for _ in range(n):
        i = len(lake.entries)
        tables = {name: [{f.name: _value(f.type, i) for f in SCHEMAS[name]}] for name in ("orders", "inventory_items")[: 1 + (i % 3 == 0)]}
        commit(lake, tables)


def _on_disk(lake: Lake, name: str) -> int:
    return len(list((lake.folder / name).glob("*.parquet")))


@pytest.fixture(scope="module")
def grown_once(commit: Commit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = Lake(tmp_path_factory.mktemp("grown") / "lake")
    _grow(lake, commit)
    return lake.folder


@pytest.fixture
def grown(grown_once: Path, tmp_path: Path) -> Lake:
    """A lake of many batches, of the test's own."""
    return Lake(shutil.copytree(grown_once, tmp_path / "lake"))


def test_compaction_keeps_every_row_and_type_in_fewer_files(grown: Lake) -> None:
    before = {name: _rows(grown, name) for name in ("orders", "inventory_items")}
    entry = compact(grown, 6, now=LATER)
    assert entry is not None
    assert (entry.seq, entry.kind, entry.known_to) == (N + 1, "compaction", grown.entries[-2].known_to)
    again = Lake(grown.folder)
    assert (len(again.entries), len(again.batches), again.head) == (N + 1, N, entry)
    for name, rows in before.items():
        assert len(again.files(name)) == 1
        assert _rows(again, name).schema.equals(SCHEMAS[name])
        assert _rows(again, name).equals(rows)
    # The ledger too; what it says is unchanged.
    assert len(DeltaTable(str(grown.folder / LEDGER)).file_uris()) <= 2
    assert compact(again, 6, now=LATER) is None


def test_a_table_is_compacted_again_only_when_as_many_batches_came_again(grown: Lake, commit: Commit) -> None:
    assert compact(grown, 9, now=LATER) is not None
    assert (len(grown.files("orders")), len(grown.files("inventory_items"))) == (1, 8)  # too few batches had any of the second
    _grow(grown, commit, 4)
    assert compact(grown, 9, now=LATER) is not None  # now it has its nine
    assert (len(grown.files("orders")), len(grown.files("inventory_items"))) == (5, 1)
    _grow(grown, commit, 4)
    assert compact(grown, 9, now=LATER) is None
    _grow(grown, commit, 1)
    assert compact(grown, 9, now=LATER) is not None
    assert len(grown.files("orders")) == 1


def test_large_files_are_left_as_they_are(grown: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_LARGE_BYTES", 1)
    assert compact(grown, 6, now=LATER) is None
    assert len(grown.files("orders")) == N


def test_a_ledger_from_before_there_were_compactions_is_read(tmp_path: Path, lake: Lake, commit: Commit) -> None:
    old = {"seq": 1, "batch_id": "b", "committed_at": DAY, "versions": "{}", "known_to": None, "account": "{}"}
    types = {"seq": pa.int64(), "committed_at": pa.timestamp("us", "UTC"), "known_to": pa.timestamp("us", "UTC")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in old])
    write_deltalake(str(lake.folder / LEDGER), pa.Table.from_pylist([old], schema=schema))
    assert [entry.kind for entry in read_ledger(lake.folder)] == ["batch"]
    lake = Lake(lake.folder)
    commit(lake, {})
    assert [(entry.seq, entry.kind) for entry in read_ledger(lake.folder)] == [(1, "batch"), (2, "batch")]


def test_a_reader_that_was_open_before_reads_on_and_later_the_files_go(grown: Lake) -> None:
    reader = Lake(grown.folder)
    files, rows = reader.files("orders"), _rows(reader, "orders")
    compact(grown, 6, now=LATER)
    # The last batch is a month old, but it was the last one until now.
    assert vacuum(grown, grown.folder, 24, now=LATER + dt.timedelta(hours=23)) == 0
    assert all(Path(file).exists() for file in files)
    assert _rows(reader, "orders").equals(rows)
    assert vacuum(grown, grown.folder, 24, now=LATER + dt.timedelta(hours=25)) >= N
    assert (_on_disk(grown, "orders"), _on_disk(grown, "inventory_items")) == (1, 1)
    assert _rows(Lake(grown.folder), "orders").equals(rows)


def test_what_a_kept_run_read_is_kept(lake: Lake, commit: Commit, tmp_path: Path) -> None:
    _grow(lake, commit, 14)
    compact(lake, 6, now=lake.entries[-1].committed_at)
    _grow(lake, commit, N - 15)
    compact(lake, 6, now=LATER)
    states = {seq: _rows(Lake(lake.folder, seq), "orders") for seq in (8, 20)}
    # The second is from before runs named what they read: it is the row that was the last when it began. The third one's is lost.
    runs = {"20250402T000000-score-1": '{"lake_seq": 8}', "20250401T193000-score-2": "{}", "other": "{"}
    for name, told in runs.items():
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "report.json").write_text(told)
    vacuum(lake, tmp_path / "runs", 0, now=LATER)
    assert _on_disk(lake, "orders") == 8 + (1 + 5) + 1
    assert {seq: _rows(Lake(lake.folder, seq), "orders").equals(rows) for seq, rows in states.items()} == {8: True, 20: True}
    assert [states[8].num_rows, states[20].num_rows, _rows(lake, "orders").num_rows] == [8, 19, 23]
    shutil.rmtree(tmp_path / "runs" / "20250402T000000-score-1")
    vacuum(lake, tmp_path / "runs", 0, now=LATER)
    assert _on_disk(lake, "orders") == (1 + 5) + 1
    with pytest.raises(DamagedFile, match="missing"):
        _rows(Lake(lake.folder, 8), "orders")


def test_an_old_state_can_be_opened_when_the_library_would_have_forgotten_it(lake: Lake, commit: Commit) -> None:
    _grow(lake, commit, 1)
    table = DeltaTable(str(lake.folder / "orders"))
    table.alter.set_table_properties({"delta.checkpointInterval": "5"})
    lake.entries[-1].versions["orders"] = table.version()
    _grow(lake, commit, 10)
    months_ago = (DAY - dt.timedelta(days=100)).timestamp()
    for path in (lake.folder / "orders" / "_delta_log").iterdir():
        os.utime(path, (months_ago, months_ago))
    _grow(lake, commit, 10)
    compact(lake, 6, now=LATER)
    assert len(Lake(lake.folder, 3).files("orders")) == 3


def test_what_a_dead_writer_left_is_removed(grown: Lake) -> None:
    for left in ("dead-0.parquet", "part-0.snappy.parquet"):
        (grown.folder / "orders" / left).write_bytes(b"x")
    before = _rows(grown, "orders")
    assert vacuum(grown, grown.folder, 24, now=LATER) == 2
    assert _rows(Lake(grown.folder), "orders").equals(before)


def test_it_is_done_when_it_is_due(tmp_path: Path, commit: Commit) -> None:
    paths, now = HomePaths(tmp_path), dt.datetime.now(dt.UTC)
    lake = Lake(paths.lake)
    for _ in range(3):
        _grow(lake, commit, 8)
        keep_up(lake, paths, LakeSettings(compact_files=8), now=now)
    assert [entry.seq for entry in lake.entries if entry.kind == "compaction"] == [9, 18, 27]
    # Batches of an old day and no vacuum yet: the first one removed nothing, as readers may have come in between; none is due now.
    assert (paths.lake / "vacuumed").exists()
    assert _on_disk(lake, "orders") == 24 + 3
    keep_up(lake, paths, LakeSettings(compact_files=8), now=now + dt.timedelta(hours=23))
    assert _on_disk(lake, "orders") == 24 + 3
    keep_up(lake, paths, LakeSettings(compact_files=8), now=now + dt.timedelta(hours=25))
    assert _on_disk(lake, "orders") == 1


def test_a_failure_is_a_note_and_the_next_time_does_it(
    grown: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, commit: Commit
) -> None:
    paths = HomePaths(grown.folder.parent)
    before = _rows(grown, "orders")
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr("sandan.record.lake.lake.append_entry", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        keep_up(grown, paths, LakeSettings(compact_files=6), now=LATER)
    assert "No space left" in caplog.text
    lake = Lake(grown.folder)
    assert len(lake.entries) == N
    assert _rows(lake, "orders").equals(before)
    lake.recover()
    keep_up(lake, paths, LakeSettings(compact_files=6, keep_hours=0), now=LATER)
    assert _on_disk(lake, "orders") == 1
    assert _rows(Lake(grown.folder), "orders").equals(before)


def test_a_folder_that_cannot_be_written_is_an_output_error(grown: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    compact(grown, 6, now=LATER)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(OutputError, match="Permission denied"):
        vacuum(grown, grown.folder, 0, now=LATER)


# Where the process is killed: what is called for the so-manieth time.
KILLED = {
    "before a table": ("sandan.record.lake.upkeep._compact_table", 1),
    "between two tables": ("sandan.record.lake.upkeep._compact_table", 2),
    "in a table, before it is committed": ("deltalake.table.TableOptimizer.compact", 2),
    "before a checkpoint": ("deltalake.DeltaTable.create_checkpoint", 2),
    "before the ledger's row": ("sandan.record.lake.lake.append_entry", 1),
    "before vacuum": ("sandan.record.lake.upkeep.vacuum", 1),
    "in vacuum, at the first file": ("pathlib.Path.unlink", 1),
    "in vacuum, in the middle": ("pathlib.Path.unlink", 11),
    "before the ledger is vacuumed": ("deltalake.DeltaTable.vacuum", 3),
    "before vacuum is noted": ("pathlib.Path.touch", 1),
}
CHILD = """
import datetime as dt, functools, os, pkgutil, signal, sys
from pathlib import Path
from sandan.record.lake import upkeep
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.settings import LakeSettings
home, target, nth = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
owner, name = target.rsplit(".", 1)
module = pkgutil.resolve_name(owner)
real, calls = getattr(module, name), 0
def killed(*args, **kwargs):
    global calls
    calls += 1
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
setattr(module, name, killed)
paths = HomePaths(home)
upkeep.keep_up(Lake(paths.lake), paths, LakeSettings(compact_files=6, keep_hours=0), now=dt.datetime(2025, 5, 1, tzinfo=dt.UTC))
"""


@pytest.mark.parametrize("where", KILLED)
def test_killed_anywhere_it_leaves_every_row_and_the_next_writer_completes(
    where: str, grown: Lake, commit: Commit, own_processes: Any
) -> None:
    before = {name: _rows(grown, name) for name in ("orders", "inventory_items")}
    target, nth = KILLED[where]
    home = grown.folder.parent
    done = own_processes.run(CHILD, home, target, str(nth))
    assert done.returncode == -signal.SIGKILL, done.stderr
    lake = Lake(home / "lake")
    assert {name: _rows(lake, name).equals(rows) for name, rows in before.items()} == dict.fromkeys(before, True)
    lake.recover()
    assert {name: _rows(lake, name).equals(rows) for name, rows in before.items()} == dict.fromkeys(before, True)
    n = len(lake.batches)
    _grow(lake, commit, 1)
    keep_up(lake, HomePaths(home), LakeSettings(compact_files=6, keep_hours=0), now=LATER)
    again = Lake(home / "lake")
    assert len(again.batches) == n + 1
    assert _rows(again, "orders").num_rows == N + 1
    assert len(again.files("orders")) <= 2
    assert {name: _on_disk(again, name) - len(again.files(name)) for name in before} == dict.fromkeys(before, 0)
