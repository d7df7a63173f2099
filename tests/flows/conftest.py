"""Homes that flow tests share."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from sandan.graph.store.access import open_store
from sandan.graph.store.base import Store
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
def sandan(program: Path) -> Sandan:
    def run(home: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "SANDAN_HOME": str(home), **environment}
        return subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, env=env, check=False)

    return run


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sandan.synthetic.params import world_params
    from sandan.synthetic.world import write_world

    return write_world(
        tmp_path_factory.mktemp("flow") / "world", world_params("demo", n_orders=3000, seed=977, fraud_rate=0.04, ring_rate=0.04)
    ).folder


@pytest.fixture(scope="session")
def scored_world(sandan: Sandan, world: Path) -> Path:
    home = world.parent / "home"
    assert sandan(home, "ingest", world).returncode == 0
    done = sandan(home, "score")
    assert done.returncode == 0, done.stderr
    return home


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
