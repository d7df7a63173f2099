"""Whatever arrives: no crash, no hang, bounded memory, every file and record accounted for, and no value of a file in what is said of it."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandan.ingest import worker
from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.lake import Lake

Xml = Callable[..., str]
LONGEST_S = 10.0  # for any one file
PER_BATCH = 100
# Peak memory of one process, MiB, and seconds for one absurd file.
MOST_MIB, MOST_S = 1024, 120
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(json.dumps([done.returncode, done.stdout, done.stderr[-2000:], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10]))
"""


@pytest.fixture(scope="module")
def pool(hostile: ModuleType, order: Xml, message: Xml) -> list[bytes]:
    shared = Path(os.environ.get("SANDAN_SHARED") or Path(__file__).parents[3] / "shared")
    found: list[bytes] = hostile.seeds(order, message, shared / "ceb" / "samples")
    return found


def _check(reader: Any, account: dict[str, Any], names: list[str], planted: tuple[str, ...]) -> None:
    """Every file and record of a batch has its place."""
    lake = Lake(reader.home / "lake")
    files = [row for path in lake.files("files") for row in pq.read_table(path).to_pylist()]
    assert {row["file"].partition("!")[0] for row in files} == set(names)
    assert account["files"] == len(files)
    rejects = reader.rejects()
    assert len(rejects) == account["rejected"]
    assert sum(row["status"] == "rejected" for row in files) == account["rejected_files"]
    assert sum(row["n_records"] for row in files) == account["read"]
    for name, count in account["lists"].items():
        if name in CATALOG:
            loose = [pq.read_table(path, columns=["received_as"]) for path in lake.files(name)]
            assert sum(table.num_rows for table in loose) == count["loaded"] + count["superseded"], name
    said = repr(rejects) + json.dumps(account)
    assert not [number for number in planted if number in said]
    assert not any("\x00" in reject[4] or len(reject[4]) > 1000 for reject in rejects)


def _fuzz(reader: Any, folder: Path, hostile: ModuleType, pool: list[bytes], seed: int) -> None:
    rng = random.Random(seed)
    names = []
    folder.mkdir()
    for i in range(PER_BATCH):
        names.append(f"{i:03}.bin")
        (folder / names[-1]).write_bytes(hostile.mutated(rng, pool))
    longest, real = [0.0], worker.read_file

    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.monotonic()
        try:
            return real(*arguments, **named)
        finally:
            longest.append(time.monotonic() - began)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "read_file", timed)
        account = reader.read(folder)
    assert len(longest) > PER_BATCH // 2  # they were read in this process; the rest is no archive that opens
    assert max(longest) < LONGEST_S
    _check(reader, account, names, hostile.PLANTED)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(6))
def test_mutated_files_are_read_or_refused(reader: Any, tmp_path: Path, hostile: ModuleType, pool: list[bytes], seed: int) -> None:
    _fuzz(reader, tmp_path / "in", hostile, pool, seed)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(6, 100))
def test_ten_thousand_mutated_files_are_read_or_refused(
    reader: Any, tmp_path: Path, hostile: ModuleType, pool: list[bytes], seed: int
) -> None:
    _fuzz(reader, tmp_path / "in", hostile, pool, seed)


# One absurd file of each kind; the others are of the same kinds, in other fields or larger.
ONE_OF_EACH = {
    "element-note.xml", "element-orderNo.xml", "element-goodsValue.xml", "attributes.xml", "lines.xml", "depth.xml", "digits.xml", "siblings-3.xml",
    "comments.xml", "other.xml", "entities.xml", "columns.csv", "row.csv", "quote.csv", "deep.jsonl", "number.jsonl", "bomb.gz", "members.zip",
    "nested.zip", "dictionary.parquet", "columns.parquet",
}  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["one of each", "every"])
def test_absurd_files_are_read_or_refused_in_bounded_memory_and_time(
    reader: Any, tmp_path: Path, hostile: ModuleType, order: Xml, message: Xml, every: bool
) -> None:
    """All in one process after the other, which shows the peak of the worst."""
    folder = tmp_path / "in"
    folder.mkdir()
    names = []
    for name, content in hostile.absurd(order, message):
        if not every and name not in ONE_OF_EACH:
            continue
        names.append(name)
        (folder / name).write_bytes(content)
    assert every or set(names) == ONE_OF_EACH
    (reader.home / "sandan.toml").write_text("workers = 1\n")
    command = [sys.executable, "-c", MEASURED, str(Path(sys.executable).parent / "sandan"), "ingest", "--format", "json", str(folder)]
    run = subprocess.run(
        command, env={**os.environ, "SANDAN_HOME": str(reader.home)}, capture_output=True, text=True, check=True, timeout=580
    )
    code, stdout, stderr, peak = json.loads(run.stdout)
    print("peak MiB", peak)
    assert code == 65, stderr
    _check(reader, json.loads(stdout), names, hostile.PLANTED)
    assert peak < MOST_MIB
