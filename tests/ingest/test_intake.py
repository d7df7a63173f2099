"""One ingest at a time, whole batches only, the same rows whatever the order."""

import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.intake import ingest
from sandan.record.errors import BusyError
from sandan.record.home import HomePaths
from sandan.record.ids import KEY_BYTES
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

LISTS = ("orders", "order_items", "payments", "waybills", "inventories", "inventory_items", "tracking")
SANDAN = Path(sys.executable).parent / "sandan"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("w") / "world", world_params("demo", n_orders=150, seed=31)).folder


def _rows(home: Path) -> dict[str, list[str]]:
    """Rows in force by list; one key for all homes, so that ids agree."""
    con = connect()
    frames = Frames(Lake(home / "lake"), con, None)
    return {name: sorted(frames.current(name).to_pyarrow()["record_id"].to_pylist()) for name in LISTS}


def _home(folder: Path) -> Path:
    folder.mkdir()
    (folder / "secret.key").write_text("ab" * KEY_BYTES)
    return folder


def test_any_order_of_files_gives_the_same_rows(world: Path, tmp_path: Path) -> None:
    whole = _home(tmp_path / "whole")
    ingest([world], load_settings(whole))
    parts = _home(tmp_path / "parts")
    files = sorted(p for p in world.rglob("*") if p.is_file())
    random.Random(5).shuffle(files)
    for i in range(0, len(files), 40):
        account = ingest(files[i : i + 40], load_settings(parts))
        assert all(count.is_even for count in account.lists.values())
    assert _rows(parts) == _rows(whole)


def test_a_killed_ingest_leaves_whole_batches_and_the_next_one_completes(world: Path, own_processes: Any, tmp_path: Path) -> None:
    whole, killed = _home(tmp_path / "whole"), _home(tmp_path / "killed")
    ingest([world], load_settings(whole))
    code = "import sys; from sandan.jobs.cli import main; sys.argv = ['sandan', 'ingest', sys.argv[1]]; main()"
    for wait_s in (0.6, 0.9, 1.2, 1.5, 1.8, 2.1):
        process = own_processes.start(code, world, SANDAN_HOME=str(killed), SANDAN_WORKERS="1")
        time.sleep(wait_s)  # kill at different points of the work
        process.kill()
        process.wait()
        entries = Lake(killed / "lake").entries
        assert not entries or _rows(killed) == _rows(whole)
    ingest([world], load_settings(killed))
    assert _rows(killed) == _rows(whole)


def test_tables_that_ran_ahead_of_the_ledger_are_taken_back(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _home(tmp_path / "h")
    files = sorted((world / "messages").rglob("*.xml"))
    ingest(files[:50], load_settings(home))
    before = _rows(home)
    with monkeypatch.context() as patch:
        patch.setattr("sandan.record.lake.lake.append_entry", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingest(files, load_settings(home))
    assert _rows(home) == before
    ingest(files, load_settings(home))
    whole = _home(tmp_path / "whole")
    ingest(files, load_settings(whole))
    assert _rows(home) == _rows(whole)


def test_a_second_ingest_at_once_is_told_to_try_again(world: Path, tmp_path: Path) -> None:
    with home_lock(HomePaths(tmp_path)), pytest.raises(BusyError, match="another run"):
        ingest([world], load_settings(tmp_path))


def test_a_full_disk_gives_one_message_and_nothing_visible(world: Path, own_processes: Any, tmp_path: Path) -> None:
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    done = own_processes.sandan("ingest", world, before=small, SANDAN_HOME=str(tmp_path / "h"), SANDAN_WORKERS="1")
    assert done.returncode == 73, done.stderr
    assert "internal error" not in done.stderr
    assert Lake(tmp_path / "h" / "lake").entries == []
