"""`sandan run` empties the inboxes and scores, again and again."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import inbox_lock
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

Sandan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A small world that was dropped into an inbox just now, with one file that breaks off and one that is still written."""
    folder = tmp_path / "customs"
    write_world(tmp_path / "world", world_params("demo", n_orders=60, seed=5, days=20)).folder.rename(folder)
    (folder / "cut.xml").write_text("<CEB311Message><Order>")
    (folder / "more.csv.part").write_text("currency,cny,valid_from\n")
    return folder


def test_run_empties_the_inboxes_and_goes_on_when_nothing_is_new(sandan: Sandan, inbox: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "sandan.toml").write_text(f"[inbox]\nfolders = [{json.dumps(str(inbox))}]\n\n[learn]\nevery_days = 0\n")
    n_files = sum(path.is_file() for path in inbox.rglob("*"))
    with inbox_lock(HomePaths(home)):
        assert sandan(home, "run").returncode == 75
    first = sandan(home, "run")
    assert first.returncode == 65, first.stderr  # one file could not be used; everything else is scored
    assert f"inbox {inbox}: {n_files - 2} files taken, 1 rejected, 1 left" in first.stdout
    assert "more.csv.part: left for the next run" in first.stderr
    assert "consignments" in first.stdout
    assert [path.name for path in inbox.rglob("*") if path.is_file()] == ["more.csv.part"]
    (told,) = inbox.with_name("customs-rejected").rglob("cut.xml.account.json")
    assert json.loads(told.read_text())["reasons"] == {"broken_xml": 1}
    assert len(list(inbox.with_name("customs-done").rglob("*.account.json"))) == n_files - 2
    again = sandan(home, "run")
    assert again.returncode == 0, again.stderr
    assert "0 files taken, 0 rejected, 1 left" in again.stdout
    assert len(Lake(home / "lake").batches) == 1
    # Each kept run says which state of the lake it read.
    reports = [json.loads(path.read_text()) for path in (home / "runs").glob("*/report.json")]
    assert [report["lake_seq"] for report in reports] == [1, 1]
