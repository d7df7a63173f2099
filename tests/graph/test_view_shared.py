"""The arrays of a version as a mapped file: the same as from the tables, shared, never read half-made, made again when broken."""

import datetime as dt
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.graph.arrays import shared_view
from sandan.graph.contacts import CONTACTS, ITEMS, KINDS
from sandan.graph.store.layout import GraphLayout, event_file, view_file
from sandan.graph.view import GraphView, open_view
from sandan.record.errors import StoreError

START = dt.datetime(2025, 3, 1)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the events of one version, with other contacts for every seed."""

    def write(seed: int = 1, n_items: int = 300, version: str = "v1") -> Path:
        dice = random.Random(seed)
        tables = GraphLayout(tmp_path / "graph").tables(version)
        (tables / "events").mkdir(parents=True, exist_ok=True)
        ids = [f"import:P:{i:07}" for i in range(n_items)]
        kinds = [k for k in KINDS if k != "Sender"]
        items = [{"id": i, "label": dice.choice(["Order", "Parcel"]), "flow": "export", "known_at": START} for i in ids]
        contacts = {(dice.choice(ids), dice.choice(kinds), f"门 {dice.randrange(40)}") for _ in range(5 * n_items)}
        rows = [{"item": i, "kind": k, "target": t, "known_at": START + dt.timedelta(seconds=dice.randrange(9999))} for i, k, t in contacts]
        pq.write_table(pa.Table.from_pylist(items, ITEMS), event_file(tables, "items"))
        pq.write_table(pa.Table.from_pylist(rows, CONTACTS), event_file(tables, "contacts"))
        return tables

    return write


def arrays(view: GraphView) -> Iterator[tuple[str, np.ndarray]]:
    yield from (("is_parcel", view.is_parcel), ("is_export", view.is_export), ("known_at", view.known_at))
    for kind, contacts in view.contacts.items():
        yield from ((f"{kind} {part}", getattr(contacts, part)) for part in ("items", "targets", "times"))


def assert_same(mine: GraphView, theirs: GraphView) -> None:
    assert mine.ids.equals(theirs.ids)
    assert list(mine.contacts) == list(theirs.contacts)
    for (name, one), (_, other) in zip(arrays(mine), arrays(theirs), strict=True):
        assert one.dtype == other.dtype, name
        assert np.array_equal(one, other), name
    for kind in KINDS:
        assert mine.contacts[kind].names.equals(theirs.contacts[kind].names), kind


def mapped_bytes(path: Path) -> dict[str, int]:
    """Bytes of this process's mappings of a file: all, and those that no other process can have."""
    told, found = {"all": 0, "private": 0}, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        if "-" in line.split(" ", 1)[0]:
            found = line.endswith(str(path))
        elif found and line.startswith("Size:"):
            told["all"] += int(line.split()[1]) * 1024
        elif found and line.startswith(("Private_Dirty:", "Anonymous:")):
            told["private"] += int(line.split()[1]) * 1024
    return told


def test_the_file_holds_what_the_tables_say(write: Write) -> None:
    tables = write()
    for _ in range(2):
        assert_same(shared_view(tables), open_view(tables))
    assert_same(
        shared_view(tables).until(START.replace(tzinfo=dt.UTC) + dt.timedelta(seconds=5000)),
        open_view(tables).until(START.replace(tzinfo=dt.UTC) + dt.timedelta(seconds=5000)),
    )
    assert sorted(path.name for path in tables.parent.iterdir()) == ["tables", "view"]
    assert [path.name for path in view_file(tables).parent.iterdir()] == ["arrays.arrows"]


def test_an_empty_graph_is_mapped_too(write: Write) -> None:
    tables = write(n_items=0)
    assert_same(shared_view(tables), open_view(tables))
    assert shared_view(tables).n == 0


def test_the_second_opening_does_not_read_the_tables(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = write()
    expected = shared_view(tables)
    monkeypatch.setattr("sandan.graph.arrays.open_view", lambda _: pytest.fail("read again"))
    assert_same(shared_view(tables), expected)


def test_arrays_are_the_files_pages_and_cannot_be_written(write: Write) -> None:
    tables = write(n_items=20_000)
    view = shared_view(tables)
    size = view_file(tables).stat().st_size
    held = sum(array.nbytes for _, array in arrays(view))
    assert size > held > 100_000
    total = sum(int(array.astype(np.int64).sum()) for _, array in arrays(view))
    assert total
    told = mapped_bytes(view_file(tables))
    assert told["all"] >= size
    assert told["private"] == 0
    for name, array in arrays(view):
        assert not array.flags.owndata, name
        assert not array.flags.writeable, name
    with pytest.raises(ValueError, match="read-only"):
        view.known_at[0] = 0


SHARE = """
import os, sys
from pathlib import Path
from sandan.graph.arrays import shared_view
from sandan.graph.store.layout import view_file
tables = Path(sys.argv[1])
view = shared_view(tables)
print(sum(int(c.items.sum()) for c in view.contacts.values()), flush=True)
sys.stdin.readline()
inside, told = False, {}
for line in Path("/proc/self/smaps").read_text().splitlines():
    head, _, rest = line.partition(":")
    if "-" in line.split(" ", 1)[0]:
        inside = line.endswith(str(view_file(tables)))
    elif inside and rest.strip().endswith("kB"):
        told[head] = told.get(head, 0) + int(rest.split()[0])
print(told["Rss"], told["Pss"], told["Private_Clean"] + told["Private_Dirty"], flush=True)
"""


def test_two_processes_share_the_pages(write: Write) -> None:
    tables = write(n_items=20_000)
    shared_view(tables)
    processes = [
        subprocess.Popen([sys.executable, "-c", SHARE, str(tables)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert all(p.stdout and p.stdin for p in processes)
    sums = [p.stdout.readline() for p in processes]  # type: ignore[union-attr]
    assert sums[0] == sums[1] != "0\n"
    lines = [p.communicate("\n")[0] if i else _measured(p) for i, p in enumerate(processes)]
    rss, pss, private = map(int, lines[0].split())
    assert rss * 1024 > 0.9 * view_file(tables).stat().st_size
    # Each page is in memory once: a process's part of it is half, and none is its own.
    assert private < 0.1 * rss
    assert pss < 0.6 * rss


def _measured(process: subprocess.Popen[str]) -> str:
    """What a process tells while another one still has the file mapped."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    told = process.stdout.readline()
    process.communicate()
    return told


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def short(path: Path) -> None:
    path.write_bytes(b"sandan")


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def zeros(path: Path) -> None:
    """What a power cut leaves of a file that was not written to the disk."""
    path.write_bytes(bytes(path.stat().st_size))


def hole(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = bytes(4096)
    path.write_bytes(content)


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


@pytest.mark.parametrize("fault", [cut, nothing, short, one_bit, zeros, hole, longer])
def test_a_broken_file_is_made_again_and_not_read(write: Write, fault: Callable[[Path], None]) -> None:
    tables = write()
    shared_view(tables)
    path = view_file(tables)
    whole = path.read_bytes()
    fault(path)
    assert path.read_bytes() != whole
    assert_same(shared_view(tables), open_view(tables))
    assert path.read_bytes() == whole


def test_a_file_of_other_tables_is_made_again(write: Write) -> None:
    shared_view(write(seed=1))
    tables = write(seed=2)
    assert_same(shared_view(tables), open_view(tables))


def test_a_file_of_another_form_is_made_again(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = write()
    with monkeypatch.context() as patched:
        patched.setattr("sandan.graph.arrays._FORMAT", 0)
        shared_view(tables)
    old = view_file(tables).read_bytes()
    assert_same(shared_view(tables), open_view(tables))
    assert view_file(tables).read_bytes() != old


@pytest.mark.parametrize("name", ["items", "contacts"])
def test_without_tables_there_is_no_view(write: Write, name: str) -> None:
    tables = write()
    shared_view(tables)
    event_file(tables, name).unlink()
    with pytest.raises(StoreError, match="run `sandan score`") as caught:
        shared_view(tables)
    assert caught.value.exit_code == 69


def test_a_full_disk_leaves_nothing_behind_and_the_view_whole(write: Write, caplog: pytest.LogCaptureFixture) -> None:
    tables = write(n_items=5000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        view = shared_view(tables)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert_same(view, open_view(tables))
    assert list(view_file(tables).parent.iterdir()) == []
    assert "cannot be written" in caplog.text


def test_a_version_that_was_removed_does_not_come_back(write: Write) -> None:
    tables = write()
    layout = GraphLayout(tables.parent.parent)
    view = shared_view(tables)
    expected = open_view(tables)
    layout.remove_versions(keep=frozenset())
    assert list(layout.root.iterdir()) == []
    # Who has it open keeps it.
    assert_same(view, expected)


DIE = """
import os, signal, sys
from pathlib import Path
from sandan.graph.arrays import shared_view
module, name = {"fdopen": (os, "fdopen"), "fsync": (os, "fsync"), "replace": (Path, "replace")}[sys.argv[2]]
setattr(module, name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
shared_view(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("point", ["fdopen", "fsync", "replace"])
def test_a_writer_that_is_killed_leaves_no_file_that_is_read(write: Write, own_processes: Any, point: str) -> None:
    tables = write()
    done = own_processes.run(DIE, tables, point)
    assert done.returncode == -signal.SIGKILL
    assert [path.suffix for path in view_file(tables).parent.iterdir()] == [".part"]
    assert_same(shared_view(tables), open_view(tables))


def test_writers_at_once_do_not_harm_each_other(write: Write) -> None:
    tables = write()
    expected = open_view(tables)
    views: list[GraphView] = []

    def again() -> None:
        for _ in range(5):
            view_file(tables).unlink(missing_ok=True)
            views.append(shared_view(tables))

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(views) == 20
    for view in views:
        assert_same(view, expected)
    assert [path.name for path in view_file(tables).parent.iterdir()] == ["arrays.arrows"]
