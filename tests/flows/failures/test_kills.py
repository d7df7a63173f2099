"""Killed at any moment, a job leaves no process and nothing half: the next one completes, with the rows of one that was never disturbed."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sandan.algorithms.results.results import open_results
from sandan.graph.server.local import LocalServer
from sandan.graph.store.access import graph_layout, open_store
from sandan.graph.store.base import Store
from sandan.graph.store.neo4j.store import Neo4jStore, neo4j_address
from sandan.record.catalog.tables import CATALOG
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
N_KILLS = int(os.environ.get("SANDAN_TEST_KILLS", "60"))  # of each command
_SEED = os.environ.get("SANDAN_TEST_SEED", "")  # draws other moments
_LEFT_S = 5.0
MOST_IN_A_ROW = 5  # what several killed ones leave lies in one home
Sandan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def sandan(program: Path) -> Sandan:
    """The command line as a process: as long as it takes, so long may a killed one run."""

    def run(home: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "SANDAN_HOME": str(home), **environment}
        return subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, env=env, check=False)

    return run


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two halves of a world, each with more than one file for each of several workers."""
    folder = tmp_path_factory.mktemp("halves")
    world = write_world(folder / "world", world_params("demo", n_orders=120, seed=32)).folder
    for number, path in enumerate(sorted(p for p in world.rglob("*") if p.is_file())):
        half = folder / str(number % 2)
        half.mkdir(exist_ok=True)
        (half / f"{number}{path.suffix}").write_bytes(path.read_bytes())
    return folder / "0", folder / "1"


@pytest.fixture(scope="module")
def scored(halves: tuple[Path, Path], sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has read the first half and scored it."""
    home = tmp_path_factory.mktemp("scored") / "home"
    for arguments in (("ingest", halves[0]), ("score",)):
        done = sandan(home, *arguments)
        assert done.returncode == 0, done.stderr
    return home


def rows_of(home: Path) -> dict[str, list[str]]:
    con = connect(threads=1)
    try:
        frames = Frames(Lake(home / "lake"), con, None)
        lists = [name for name in CATALOG if frames.lake.files(name)]
        return {name: sorted(frames.current(name).to_pyarrow()["record_id"].to_pylist()) for name in lists}
    finally:
        con.disconnect()


def alerts_of(home: Path) -> list[tuple[str, str, float]]:
    table = open_results(HomePaths(home)).table("alerts")
    return sorted(zip(table["consignment_id"].to_pylist(), table["grade"].to_pylist(), table["score"].to_pylist(), strict=True))


def findings_of(home: Path) -> list[tuple[str, str, float]]:
    table = open_results(HomePaths(home)).table("findings")
    return sorted(zip(table["subject_id"].to_pylist(), table["typology"].to_pylist(), table["score"].to_pylist(), strict=True))


def assert_one_run(home: Path) -> None:
    """Alerts and graph are of one run, as any reader sees them."""
    settings = load_settings(home)
    results, layout = open_results(HomePaths(home)), graph_layout(settings)
    version = layout.current()
    assert version
    assert layout.run_of(version) == results.run_id
    with open_store(settings) as store:
        graded = store.query("MATCH (n:Order) WHERE n.grade = 'high' RETURN count(*) AS n", {}, max_rows=1, timeout_s=60).rows[0][0]
        found = store.query("MATCH (f:Finding) RETURN count(*) AS n", {}, max_rows=1, timeout_s=60).rows[0][0]
    assert found == results.table("findings").num_rows
    of_orders = {
        (row["flow"], row["ebp_code"], row["order_no"])
        for row in results.table("alerts").to_pylist()
        if row["grade"] == "high" and row["order_no"]
    }
    assert graded <= len(of_orders)


def _counts(store: Store) -> list[int]:
    """Nodes of a few kinds."""
    asked = (f"MATCH (n:{label}) RETURN count(*) AS n" for label in ("Order", "Parcel", "Finding", "Address"))
    return [store.query(text, {}, max_rows=1, timeout_s=60).rows[0][0] for text in asked]


def processes_of(home: Path) -> Iterator[int]:
    """Processes that work on a home, by their environment."""
    mark = f"SANDAN_HOME={home}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            is_zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if not is_zombie and mark in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)
        except OSError:
            continue


def killed(
    program: Path, home: Path, after_s: float, *arguments: str | Path, is_done: Callable[[Sequence[int]], bool] = lambda _: False
) -> bool:
    """Run a command and kill it after a while; False where it had ended by then.

    No process of it may be left after five seconds, unless it had done all that it was to do and those were to stay.
    """
    env = {**os.environ, "SANDAN_HOME": str(home), "SANDAN_WORKERS": "2"}
    process = subprocess.Popen([str(program), *map(str, arguments)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after_s)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    end = time.monotonic() + _LEFT_S
    while (left := list(processes_of(home))) and time.monotonic() < end:
        time.sleep(0.1)
    was_done = bool(left) and is_done(left)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert was_done or not left
    return True


def _kill_often(
    program: Path,
    sandan: Sandan,
    start: Path,
    folder: Path,
    arguments: tuple[str | Path, ...],
    outcome: Callable[[Path], object],
    *,
    prepare: Callable[[Path], None] = lambda _: None,
) -> None:
    """Homes in which the command is killed at random moments, once or several times in a row, and then completes.

    What it leaves is that of an undisturbed one.
    """
    draw = random.Random(f"{arguments[0]} killed {_SEED}")
    right, seconds, n_killed, n_completed = None, 0.0, 0, 0
    while n_killed < N_KILLS:
        home = shutil.copytree(start, folder / f"home{n_completed}")
        prepare(home)
        moments = [draw.uniform(0.05, seconds) for _ in range(draw.randint(1, MOST_IN_A_ROW))] if n_completed else []
        for after_s in moments:
            if not killed(program, home, after_s, *arguments):
                break  # it was quicker this time: nothing is left to be killed
            n_killed += 1
            assert_one_run(home)
        began = time.monotonic()
        done = sandan(home, *arguments, SANDAN_WORKERS="2")
        assert done.returncode == 0, (n_completed, moments, done.stderr)
        seconds = seconds or time.monotonic() - began
        assert_one_run(home)
        found = outcome(home)
        right = found if right is None else right
        assert found == right, (n_completed, moments)
        n_completed += 1
        told = ", ".join(f"{after_s:.1f}" for after_s in moments)
        print(f"{arguments[0]}: {n_killed} kills, {n_completed} completed; last killed after {told} of {seconds:.1f} s", flush=True)
        shutil.rmtree(home)


def test_ingest_killed(program: Path, sandan: Sandan, halves: tuple[Path, Path], scored: Path, tmp_path: Path) -> None:
    _kill_often(program, sandan, scored, tmp_path, ("ingest", halves[1]), rows_of)


def test_score_killed(program: Path, sandan: Sandan, halves: tuple[Path, Path], scored: Path, tmp_path: Path) -> None:
    more = shutil.copytree(scored, tmp_path / "more")
    assert sandan(more, "ingest", halves[1]).returncode == 0

    def outcome(home: Path) -> object:
        assert not list((home / "runs").glob("*.work")) and not list((home / "runs").glob("*.part"))
        assert len(list((home / "graph").glob("*-score-*"))) <= 2
        return alerts_of(home), findings_of(home)

    _kill_often(program, sandan, more, tmp_path, ("score",), outcome)


def test_run_killed(program: Path, sandan: Sandan, halves: tuple[Path, Path], scored: Path, tmp_path: Path) -> None:
    def fill_inbox(home: Path) -> None:
        inbox = home.with_name(f"{home.name}-inbox")
        shutil.copytree(halves[1], inbox)
        for path in inbox.iterdir():
            os.utime(path, (1, 1))  # files that rest, not ones that are still written
        (home / "sandan.toml").write_text(f'[inbox]\nfolders = ["{inbox}"]\n[learn]\nevery_days = 0\n', encoding="utf-8")

    def outcome(home: Path) -> object:
        assert not [path for path in home.with_name(f"{home.name}-inbox").rglob("*") if path.is_file()]
        return rows_of(home), alerts_of(home), findings_of(home)

    _kill_often(program, sandan, scored, tmp_path, ("run",), outcome, prepare=fill_inbox)


def test_neo4j_import_killed(program: Path, sandan: Sandan, scored: Path, neo4j_dist: Path, tmp_path: Path) -> None:
    home = shutil.copytree(scored, tmp_path / "home")
    draw, jars = random.Random(f"import killed {_SEED}"), ("--jars", neo4j_dist, "--heap", "512m")
    try:
        began = time.monotonic()
        done = sandan(home, "neo4j", "import", *jars)
        assert done.returncode == 0, done.stderr
        seconds, told = time.monotonic() - began, done.stdout.split(" rows")[0]
        n_killed = n_completed = 0

        def is_served(left: Sequence[int]) -> bool:
            """Killed while it was on its way out: the server stays, with all that it was given."""
            server = LocalServer(home)
            if list(left) != [server.process()] or server.importing.exists():
                return False
            with open_store(load_settings(home)) as own, Neo4jStore(neo4j_address(server.status().uri), server.password()) as store:
                return _counts(store) == _counts(own)

        while n_killed < N_KILLS:
            assert sandan(home, "neo4j", "stop").returncode == 0
            moments = [draw.uniform(0.05, seconds) for _ in range(draw.randint(1, MOST_IN_A_ROW))]
            for after_s in moments:
                if not killed(program, home, after_s, "neo4j", "import", *jars, is_done=is_served):
                    assert sandan(home, "neo4j", "stop").returncode == 0
                    break
                n_killed += 1
                assert_one_run(home)
            began = time.monotonic()
            done = sandan(home, "neo4j", "import", *jars)
            seconds = min(seconds, time.monotonic() - began)  # the first one also finds that nothing is set up yet
            assert done.returncode == 0, (n_completed, moments, done.stderr)
            assert done.stdout.split(" rows")[0] == told, (n_completed, moments)
            n_completed += 1
            print(f"import: {n_killed} kills, {n_completed} completed; last killed after {moments} of {seconds:.1f} s", flush=True)
    finally:
        sandan(home, "neo4j", "stop")
