"""Homes that flow tests share."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("SANDAN_SHARED", Path(__file__).parents[3] / "shared"))
Sandan = Callable[..., subprocess.CompletedProcess[str]]


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
    from sandan.synthetic.world import WorldParams, write_world

    return write_world(tmp_path_factory.mktemp("flow") / "world", WorldParams(n_orders=3000, seed=977)).folder


@pytest.fixture(scope="session")
def scored_world(sandan: Sandan, world: Path) -> Path:
    home = world.parent / "home"
    assert sandan(home, "ingest", world).returncode == 0
    done = sandan(home, "score")
    assert done.returncode == 0, done.stderr
    return home
