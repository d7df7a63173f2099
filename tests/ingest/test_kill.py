"""Killed at any stage, an ingest leaves whole batches only, and the next one ends with the rows of an undisturbed one."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.intake import ingest
from sandan.record.catalog.tables import CATALOG
from sandan.record.ids import KEY_BYTES
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

# Where to die: a function, how many calls it is allowed, and whether the last one is still done. Of two next to each other one is slow.
STAGES = [
    pytest.param("sandan.ingest.intake.SignatureChecker.from_settings", 1, "before", marks=pytest.mark.slow),
    pytest.param("sandan.ingest.intake.open_keyring", 1, "after", marks=pytest.mark.slow),
    pytest.param("sandan.ingest.worker.read_file", 1, "before", marks=pytest.mark.slow),
    ("sandan.ingest.worker.read_file", 20, "after"),
    ("sandan.ingest.staging.stage.Held.add", 2, "after"),
    pytest.param("sandan.ingest.staging.stage.Stage._convert", 2, "before", marks=pytest.mark.slow),
    pytest.param("sandan.ingest.staging.stage.Stage._write", 1, "after", marks=pytest.mark.slow),
    ("sandan.ingest.staging.stage.Stage._write", 4, "before"),
    pytest.param("sandan.ingest.intake.classify", 1, "before", marks=pytest.mark.slow),
    ("sandan.ingest.intake.classify", 3, "after"),
    ("sandan.ingest.intake.new_parts", 5, "after"),
    ("sandan.ingest.intake._files_part", 1, "after"),
    pytest.param("sandan.record.lake.lake.Lake._append", 1, "before", marks=pytest.mark.slow),
    ("sandan.record.lake.lake.Lake._append", 1, "after"),
    pytest.param("sandan.record.lake.lake.Lake._append", 4, "after", marks=pytest.mark.slow),
    ("pathlib.Path.rename", 3, "after"),
    pytest.param("sandan.record.lake.lake.append_entry", 1, "before", marks=pytest.mark.slow),
    ("sandan.record.lake.lake.append_entry", 1, "after"),
    ("sandan.ingest.intake.shutil.rmtree", 2, "before"),
]
_DIE = """
import importlib, os, signal, sys
name, n, when = sys.argv[1], int(sys.argv[2]), sys.argv[3]
parts = name.split(".")
for cut in range(len(parts) - 1, 0, -1):
    try:
        owner = importlib.import_module(".".join(parts[:cut]))
        break
    except ImportError:
        continue
import sandan.jobs.cli, sandan.ingest.intake
for part in parts[cut:-1]:
    owner = getattr(owner, part)
held = owner.__dict__[parts[-1]]
real = held.__func__ if isinstance(held, (classmethod, staticmethod)) else held
calls = 0
def patched(*args, **kwargs):
    global calls
    calls += 1
    if calls == n and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*args, **kwargs)
    if calls == n:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, parts[-1], classmethod(patched) if isinstance(held, classmethod) else patched)
sys.argv = ["sandan", "ingest", *sys.argv[4:]]
sandan.jobs.cli.main()
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two halves of a small world."""
    world = write_world(tmp_path_factory.mktemp("w") / "world", world_params("demo", n_orders=60, seed=32, days=30)).folder
    halves = tmp_path_factory.mktemp("halves")
    for number, path in enumerate(sorted(p for p in world.rglob("*") if p.is_file())):
        folder = halves / str(number % 2)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}{path.suffix}").write_bytes(path.read_bytes())
    return halves / "0", halves / "1"


def _home(folder: Path) -> Path:
    folder.mkdir()
    (folder / "secret.key").write_text("ab" * KEY_BYTES)
    return folder


def _rows(home: Path) -> dict[str, list[str]]:
    con = connect(threads=1)
    try:
        frames = Frames(Lake(home / "lake"), con, None)
        lists = [name for name, spec in CATALOG.items() if not spec.is_lines and frames.lake.files(name)]
        return {name: sorted(frames.current(name).to_pyarrow()["record_id"].to_pylist()) for name in lists}
    finally:
        con.disconnect()


@pytest.fixture(scope="module")
def half(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has read the first half."""
    home = _home(tmp_path_factory.mktemp("u") / "home")
    ingest([files[0]], load_settings(home))
    return home


@pytest.fixture(scope="module")
def undisturbed(files: tuple[Path, Path], half: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """Rows in force after the first half, and after both."""
    home = shutil.copytree(half, tmp_path_factory.mktemp("v") / "home")
    ingest([files[1]], load_settings(home))
    return [_rows(half), _rows(home)]


@pytest.mark.parametrize(("name", "n", "when"), STAGES)
def test_killed_at_a_stage(
    files: tuple[Path, Path],
    half: Path,
    undisturbed: list[dict[str, list[str]]],
    own_processes: Any,
    tmp_path: Path,
    name: str,
    n: int,
    when: str,
) -> None:
    home = shutil.copytree(half, tmp_path / "home")
    done = own_processes.run(_DIE, name, str(n), when, files[1], SANDAN_HOME=str(home), SANDAN_WORKERS="1")
    assert done.returncode == -9, done.stderr
    assert _rows(home) in undisturbed
    ingest([files[1]], load_settings(home))
    assert _rows(home) == undisturbed[1]
    staged = home / "staging"
    assert not staged.exists() or not any(staged.rglob("*"))
