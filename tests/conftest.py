"""Fixtures for every folder of tests."""

import fcntl
import gc
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import hypothesis
import pytest
from argon2 import PasswordHasher

from sandan.record.app import accounts
from sandan.record.settings import Settings

_OF_THE_PRODUCT = accounts._hasher
TESTS = Path(__file__).parent
# Behind everything else: what is measured and compared in benchmarks/ is no part of the package.
sys.path.append(str(TESTS.parent))


def pytest_configure(config: pytest.Config) -> None:
    """The same commit gives the same verdict: `make test` draws the same examples each time, `make test-all` others; no machine is too slow."""
    is_long = config.getoption("markexpr") in ("slow", "slow or not slow")
    hypothesis.settings.register_profile("sandan", max_examples=500 if is_long else 30, derandomize=not is_long, deadline=None)
    hypothesis.settings.load_profile("sandan")
    gc.set_threshold(100_000, 50, 50)  # as the command line does


def pytest_collection_finish() -> None:
    """What stays to the end need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks say what a test needs, so that a machine without it can leave such tests out: `-m "not neo4j and not browser"`."""
    fixtures = set(getattr(item, "fixturenames", ()))
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    if fixtures & {"neo4j_dist", "neo4j_uri", "neo4j_with_password"} or any(
        value == "neo4j" for value in parameters.values() if isinstance(value, str)
    ):
        item.add_marker("neo4j")
    if "browser" in fixtures:
        item.add_marker("browser")
    if TESTS / "flows" in item.path.parents:
        item.add_marker("flow")


# Folders whose tests go to one process where several test side by side: a second Neo4j, Spark or large world costs more than their tests.
TOGETHER = (
    ("tests/graph/", "tests/flows/queries/"),
    ("tests/flows/engines/", "tests/record/lake/test_spark.py"),
    ("tests/synthetic/",),
)


def _scope(nodeid: str) -> str:
    """What goes to one process: a file, or all of `TOGETHER`."""
    file = nodeid.partition("::")[0]
    return next((" ".join(group) for group in TOGETHER if file.startswith(group)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """As `--dist loadfile`, but that what needs the same server stays together."""
    from xdist.scheduler import LoadFileScheduling

    class ByServer(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return _scope(nodeid)

    return ByServer(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that of several processes none is left alone with it in the end."""
    long = {_scope(item.nodeid) for item in items if item.get_closest_marker("neo4j")} | {" ".join(group) for group in TOGETHER}

    def rank(item: pytest.Item) -> int:
        marks = (_scope(item.nodeid) in long, item.get_closest_marker("flow"), item.get_closest_marker("browser"))
        return next((place for place, has in enumerate(marks) if has), len(marks))

    items.sort(key=rank)


def _module(name: str, *path: str) -> ModuleType:
    """A helper of the tests that is no package."""
    spec = importlib.util.spec_from_file_location(name, TESTS.joinpath(*path))
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _server_module() -> ModuleType:
    """`tests/neo4j/server.py`: no package, because a `neo4j` on the import path would hide the driver."""
    return _module("sandan_tests_neo4j_server", "neo4j", "server.py")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Gives a folder of a name that takes long to fill: of several processes that test side by side one fills it, each has a copy."""

    def give(name: str, fill: Callable[[Path], object]) -> Path:
        own = tmp_path_factory.getbasetemp()
        root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
        first, part = root / f"once-{name}", root / f"once-{name}.part"
        with (root / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not first.exists():
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir()
                fill(part)
                part.rename(first)
        return Path(shutil.copytree(first, tmp_path_factory.mktemp(name), symlinks=True, dirs_exist_ok=True))

    return give


@pytest.fixture(scope="session")
def own_processes() -> Any:
    """`tests/own_processes.py`: starts processes that tests may kill."""
    return _module("sandan_tests_own_processes", "own_processes.py").OwnProcesses()


@pytest.fixture(scope="session", autouse=True)
def own_hasher() -> Iterator[PasswordHasher]:
    """Passwords are hashed with the least that Argon2 takes, as tests make accounts by the hundred; gives what the product hashes with."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with mock.patch.object(accounts, "_hasher", quick), mock.patch.object(accounts, "_decoy", quick.hash("nobody's")):
        yield _OF_THE_PRODUCT


@pytest.fixture(scope="session")
def foreign_tables() -> ModuleType:
    """`tests/foreign/tables.py`: tables with other people's columns."""
    return _module("sandan_tests_foreign_tables", "foreign", "tables.py")


@pytest.fixture(scope="session")
def observed() -> ModuleType:
    """`tests/synthetic/observed.py`: every trivial property of a world's consignments."""
    return _module("sandan_tests_synthetic_observed", "synthetic", "observed.py")


@pytest.fixture(scope="session")
def neo4j_dist() -> Path:
    """Folder with a Neo4j's jars: SANDAN_TEST_NEO4J, else brought by Maven into SANDAN_TEST_CACHE (default `.cache/neo4j`)."""
    if (given := os.environ.get("SANDAN_TEST_NEO4J")) and not given.startswith("bolt://"):
        return Path(given)
    server = _server_module()
    try:
        server.find_java()
        cache = Path(os.environ.get("SANDAN_TEST_CACHE") or TESTS.parent / ".cache" / "neo4j").resolve()
        cache.parent.mkdir(parents=True, exist_ok=True)
        with cache.with_name(f"{cache.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes that test side by side one fetches it
            return Path(server.build_dist(cache))
    except server.NoServerError as exc:
        if os.environ.get("CI"):
            pytest.fail(str(exc))  # there, a suite that did not run must not look like one that passed
        pytest.skip(str(exc))


@pytest.fixture(scope="session")
def neo4j_uri(request: pytest.FixtureRequest) -> Iterator[str]:
    """Bolt address of a Neo4j without password, which tests may empty: SANDAN_TEST_NEO4J as `bolt://…`, else started on loopback."""
    if (given := os.environ.get("SANDAN_TEST_NEO4J", "")).startswith("bolt://"):
        yield given
    else:
        with _server_module().neo4j_server(request.getfixturevalue("neo4j_dist")) as uri:
            yield uri


@pytest.fixture(scope="session")
def neo4j_with_password(neo4j_dist: Path) -> Iterator[tuple[str, str]]:
    """Bolt address and password of a Neo4j whose user is `neo4j`."""
    password = "three-lists"
    with _server_module().neo4j_server(neo4j_dist, password=password) as uri:
        yield uri, password


@pytest.fixture(scope="session")
def spark_environment() -> dict[str, str]:
    """Settings that name Spark on this machine: of small tables the rows cost nothing, so what makes many rows quick is left out."""
    if importlib.util.find_spec("pyspark") is None or not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        message = "no Spark here: pip install 'sandan[spark]', apt-get install openjdk-17-jre-headless"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    quick = {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
    }
    return {"SANDAN_ENGINE": "local[2]", "SANDAN_SPARK__MEMORY": "1g", "SANDAN_SPARK__OPTIONS": json.dumps(quick)}


@pytest.fixture(scope="session")
def spark(spark_environment: dict[str, str]) -> Settings:
    """The same as settings of no home."""
    with mock.patch.dict(os.environ, spark_environment):
        return Settings()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A running PostgreSQL server with an empty database; see `tests/postgresql/server.py`."""
    module = _module("sandan_tests_postgresql_server", "postgresql", "server.py")
    if module.binaries() is None:
        message = "no PostgreSQL here: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # The path of a socket has 107 characters at most, and the server's own user must be able to reach it.
    with tempfile.TemporaryDirectory(prefix="sandan-pg-") as folder:
        Path(folder).chmod(0o755)
        server = module.Server(Path(folder) / "server")
        server.start()
        yield server
        server.stop()
