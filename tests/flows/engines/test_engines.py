"""Spark gives what DuckDB gives: every table that the line keeps, consignments, findings and scores."""

import dataclasses
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import Facts, gather_facts
from sandan.algorithms.matching.matching import match_lists
from sandan.algorithms.vocabulary.registry import registry
from sandan.record.app.services import outcomes_decided
from sandan.record.files.parquet import files_of
from sandan.record.home import HomePaths
from sandan.record.lake.as_of import lags, newest_record
from sandan.record.lake.engine import open_engine
from sandan.record.lake.frames import Frames
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings, load_settings

# Sums of floats differ in their last digits, as engines add in another order.
TOLERANCE = 1e-9


def _table(path: Path) -> pa.Table:
    return pa.concat_tables([pq.ParquetFile(file).read() for file in files_of(path)])


def _text(value: Any) -> str:
    """A value of lists and structs, numbers with nine digits that count."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_text(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return f"{float(value):.9g}" if isinstance(value, float | Decimal) else repr(value)


def _plain(column: pa.ChunkedArray, run: str) -> pa.Array:
    """Numbers as float64 or int64, as their width says nothing; lists and structs as text; the run goes by the same name in all texts."""
    whole = column.combine_chunks()
    if pa.types.is_nested(whole.type):
        whole = pa.array([None if value is None else _text(value) for value in whole.to_pylist()], pa.string())
    if pa.types.is_decimal(whole.type) or pa.types.is_floating(whole.type):
        return whole.cast(pa.float64())
    if pa.types.is_integer(whole.type):
        return whole.cast(pa.int64())
    return pc.replace_substring(whole, run, "RUN") if run and pa.types.is_string(whole.type) else whole


def _sorted(table: pa.Table, run: str) -> pa.Table:
    """Rows in an order that does not hang on the last digits of floats."""
    plain = pa.table({name: _plain(table[name], run) for name in table.column_names})
    floats = [name for name in plain.column_names if pa.types.is_floating(plain[name].type)]
    keys = {f"k{i}": plain[name] for i, name in enumerate(name for name in plain.column_names if name not in floats)}
    keys |= {f"f{i}": pc.round(plain[name], 6) for i, name in enumerate(floats)}
    return plain.take(pc.sort_indices(pa.table(keys), sort_keys=[(key, "ascending") for key in keys]))


def differences(one: pa.Table, other: pa.Table, runs: tuple[str, str] = ("", "")) -> list[str]:
    """What two tables differ in, the order of rows, the names of their runs and the last digits of floats excepted."""
    if set(one.column_names) != set(other.column_names):
        return [f"columns {sorted(set(one.column_names) ^ set(other.column_names))}"]
    if one.num_rows != other.num_rows:
        return [f"{one.num_rows} and {other.num_rows} rows"]
    one, other, found = _sorted(one, runs[0]), _sorted(other.select(one.column_names), runs[1]), []
    for name in one.column_names:
        a, b = one[name].combine_chunks(), other[name].combine_chunks()
        if a.type != b.type:
            found.append(f"{name}: {a.type} and {b.type}")
        elif pa.types.is_floating(a.type):
            x, y = (np.asarray(pc.fill_null(v, 0.0)) for v in (a, b))
            if a.is_null() != b.is_null() or not np.allclose(x, y, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
                found.append(name)
        elif a != b:
            found.append(name)
    return found


def _kept(folder: Path) -> dict[str, Path]:
    """Tables below a folder by their names; a table may be a folder of files."""
    every = sorted(path for path in folder.rglob("*.parquet") if path.parent.suffix != ".parquet" and path.parent.name != "memory")
    return {str(path.relative_to(folder)): path for path in every}


def _compare(one: Path, other: Path, runs: tuple[str, str] = ("", ""), *, only: set[str] | None = None) -> int:
    """How many tables have rows, all the same on both sides; `only` those named, which both have."""
    first, second = ({name: path for name, path in _kept(folder).items() if only is None or name in only} for folder in (one, other))
    assert first.keys() == second.keys()
    found = {name: differences(_table(first[name]), _table(second[name]), runs) for name in first}
    assert {name: lines for name, lines in found.items() if lines} == {}
    return sum(_table(path).num_rows > 0 for path in first.values())


def test_the_comparison_sees_what_differs() -> None:
    table = pa.table({"id": ["a", "b"], "x": [1.0, 2.0], "n": [1, 2], "m": [["p"], None]})
    assert differences(table, table.take(pa.array([1, 0]))) == []
    assert differences(table, table.set_column(1, "x", pa.array([1.0, 2.0 + 1e-10]))) == []
    assert differences(table, table.set_column(1, "x", pa.array([1.0, 2.00001]))) == ["x"]
    assert differences(table, table.set_column(1, "x", pa.array([1.0, None]))) == ["x"]
    assert differences(table, table.set_column(2, "n", pa.array([1, 3]))) == ["n"]
    assert differences(table, table.set_column(3, "m", pa.array([["q"], None]))) == ["m"]
    assert differences(table, table.set_column(0, "id", pa.array(["a", "c"])), ("b", "c")) == []
    assert differences(table, table.slice(1)) == ["2 and 1 rows"]
    assert differences(table, table.drop_columns(["n"])) == ["columns ['n']"]


@pytest.fixture(scope="module")
def benches(
    small_home: Path, spark_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Bench, Settings]]]:
    """By engine an empty bench over the small home as of its newest record."""
    made, open_, newest = {}, [], None
    for name, environment in (("duckdb", {}), ("spark", spark_environment)):
        with mock.patch.dict(os.environ, environment):
            settings = load_settings(small_home)
        folder = tmp_path_factory.mktemp(name)
        con = open_engine(settings, folder)
        open_.append(con)
        frames = Frames(Lake(HomePaths(small_home).lake), con, None, outcomes_decided(settings))
        # Asked of one engine only: it takes Spark seconds, and the whole line asks it anyway.
        newest = newest or newest_record(frames)
        assert newest
        frames.as_of = newest.known_at
        bench = Bench(frames, folder)
        made[name] = (bench, settings)
    yield made
    for con in open_:
        con.disconnect()


def _gathered(bench: Bench, settings: Settings) -> Facts:
    assert bench.frames.as_of
    return gather_facts(bench, settings, bench.frames.as_of)


@pytest.fixture(scope="module")
def duck(benches: dict[str, tuple[Bench, Settings]]) -> Facts:
    """The facts as DuckDB gathers them."""
    return _gathered(*benches["duckdb"])


def test_every_table_from_the_lists_to_their_match_is_the_same(benches: dict[str, tuple[Bench, Settings]], duck: Facts) -> None:
    bench, _ = benches["spark"]
    assert match_lists(bench).count().to_pyarrow().as_py() == duck.n > 100
    assert _compare(benches["duckdb"][0].folder, bench.folder, only=set(_kept(bench.folder))) >= 8


@pytest.mark.slow
def test_every_table_from_the_lists_to_the_facts_is_the_same(benches: dict[str, tuple[Bench, Settings]], duck: Facts) -> None:
    spark = _gathered(*benches["spark"])
    assert _compare(benches["duckdb"][0].folder, benches["spark"][0].folder) > 40
    assert duck.n == spark.n > 100
    assert (duck.grace, duck.rows, duck.feeds, duck.n_prices) == (spark.grace, spark.rows, spark.feeds, spark.n_prices)
    assert np.allclose([duck.price_threshold, duck.over_threshold], [spark.price_threshold, spark.over_threshold], rtol=TOLERANCE)


def test_the_lags_of_lists_are_the_same(benches: dict[str, tuple[Bench, Settings]]) -> None:
    duck, spark = (benches[name][0].frames for name in ("duckdb", "spark"))
    lists = ("orders", "payments", "companies")
    assert lags(duck, lists) == lags(spark, lists)


def test_spark_understands_every_rule(benches: dict[str, tuple[Bench, Settings]], duck: Facts) -> None:
    """Each is read and checked against the columns, not run: the slow test runs them."""
    bench, _ = benches["spark"]
    facts = dataclasses.replace(duck, table=bench.frames.con.read_parquet(benches["duckdb"][0].path("facts")))
    seen = 0
    for typology in registry().values():
        for rule in typology.rules(facts) if typology.rules else []:
            values = {f"v_{name}": value for name, value in rule.values.items()}
            asked = {} if rule.asked is None else {"asked": rule.asked}
            bench.frames.con.checked(facts.table.select(fires=rule.when.fill_null(False), score=rule.score, **asked, **values))
            seen += 1
    assert seen > 40


def _score_both(home: Path, sandan: Callable[..., object], environment: dict[str, str]) -> dict[str, Path]:
    """Homes of the two engines after `sandan score`, with what it printed checked to be the same."""
    said, homes = {}, {}
    for name, more in (("duckdb", {}), ("spark", environment)):
        homes[name] = home.with_name(f"{home.name}-{name}")
        shutil.copytree(home, homes[name])
        done = sandan(homes[name], "score", **more)
        assert done.returncode == 0, done.stderr
        said[name] = (done.stdout.split(" ", 2)[2], done.stderr)
    assert said["duckdb"] == said["spark"]
    return homes


def _compare_runs(homes: dict[str, Path]) -> None:
    for part, pattern in (("runs", "*"), ("graph", "*/tables")):
        one, other = (next(path for path in (homes[name] / part).glob(pattern) if path.is_dir()) for name in ("duckdb", "spark"))
        names = [next(path.name for path in (homes[name] / "runs").iterdir() if path.is_dir()) for name in ("duckdb", "spark")]
        assert _compare(one, other, (names[0], names[1])) > 3


@pytest.mark.slow
def test_the_whole_line_gives_the_same_consignments_findings_and_scores(
    small_home: Path, sandan: Callable[..., object], spark_environment: dict[str, str]
) -> None:
    _compare_runs(_score_both(small_home, sandan, spark_environment))


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_a_world_of_another_author_gives_the_same(
    shared: Path, sandan: Callable[..., object], spark_environment: dict[str, str], tmp_path: Path
) -> None:
    archive = shared / "worlds" / "world-1.tar.xz"
    if not archive.exists():
        pytest.skip("the worlds of other authors are not here")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    done = sandan(tmp_path / "home", "ingest", tmp_path / "world-1" / "messages", tmp_path / "world-1" / "reference")
    assert done.returncode == 0, done.stderr
    _compare_runs(_score_both(tmp_path / "home", sandan, spark_environment))
