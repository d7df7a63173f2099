"""Homes that flow tests share."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from neo4j import GraphDatabase

from sandan.algorithms.vocabulary.registry import use
from sandan.graph.store.access import open_store
from sandan.graph.store.base import Store
from sandan.jobs.cli import main
from sandan.record.settings import load_settings

SHARED = Path(os.environ.get("SANDAN_SHARED", Path(__file__).parents[3] / "shared"))
Sandan = Callable[..., subprocess.CompletedProcess[str]]
Stores = tuple[Store, Store]


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("official samples and the contract checker are not here; SANDAN_SHARED names their folder")
    return SHARED


@pytest.fixture(scope="session")
def program() -> Path:
    return Path(sys.executable).parent / "sandan"


@pytest.fixture(scope="session")
def sandan() -> Sandan:
    """The command line, within this process: loading the libraries anew takes longer than most commands.

    What needs a process of its own, as one that is killed, starts `program`.
    """
    of_package = load_settings().model_copy(update={"typologies": None})

    def run(home: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        words = ["sandan", *map(str, arguments)]
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with (
            mock.patch.dict(os.environ, {"SANDAN_HOME": str(home), **environment}),
            mock.patch.object(sys, "argv", words),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            use(of_package)
            try:
                with pytest.raises(SystemExit) as ended:
                    main()
            finally:
                use(of_package)  # as a process that ended: its home's typologies are no others'
        return subprocess.CompletedProcess(words, int(ended.value.code or 0), _read(out), _read(err))

    return run


def _read(written: io.TextIOWrapper) -> str:
    """What was written, with the line ends that `subprocess` gives."""
    written.seek(0)
    return written.read()


@pytest.fixture(scope="session")
def scored_world(sandan: Sandan, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A home with one run over `world`, which lies beside it."""
    from sandan.synthetic.params import world_params
    from sandan.synthetic.world import write_world

    def fill(folder: Path) -> None:
        made = write_world(folder / "world", world_params("demo", n_orders=3000, seed=977, fraud_rate=0.04, ring_rate=0.04))
        for arguments in (("ingest", made.folder), ("score",)):
            done = sandan(folder / "home", *arguments)
            assert done.returncode == 0, done.stderr

    return made_once("flow", fill) / "home"


@pytest.fixture(scope="session")
def small_home(sandan: Sandan, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A home with few consignments of every kind, read in and not scored."""
    from sandan.synthetic.params import world_params
    from sandan.synthetic.world import write_world

    def fill(folder: Path) -> None:
        made = write_world(folder / "world", world_params("demo", n_orders=100, seed=5, fraud_rate=0.1, ring_rate=0.2))
        sandan(folder / "home", "ingest", made.folder)

    return made_once("small", fill) / "home"


@pytest.fixture(scope="session")
def world(scored_world: Path) -> Path:
    """A world with more frauds than usual; its key lies beside it."""
    return scored_world.parent / "world"


@pytest.fixture(scope="package")
def stores(
    sandan: Sandan, scored_world: Path, neo4j_with_password: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stores]:
    """The graph of the scored world in the embedded store, and the same in a real Neo4j."""
    uri, password = neo4j_with_password
    # From a copy, because the version in use is one of its home.
    home = tmp_path_factory.mktemp("neo4j") / "home"
    shutil.copytree(scored_world, home)
    address = uri.replace("bolt://", "bolt://neo4j@")
    built = sandan(home, "graph", "build", SANDAN_GRAPH=address, SANDAN_GRAPH_PASSWORD=password)
    assert built.returncode == 0, built.stderr
    there = load_settings(home).model_copy(update={"graph": address, "graph_password": password})
    with open_store(load_settings(scored_world)) as embedded, open_store(there) as remote:
        yield embedded, remote
    # The server is shared: leave it as empty as it was found.
    with GraphDatabase.driver(uri, auth=("neo4j", password)) as driver, driver.session(database="neo4j") as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
