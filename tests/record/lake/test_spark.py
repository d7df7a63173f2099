"""Spark as an engine: every value crosses the border as it is, and lists, rates and shared forms give the rows that DuckDB gives."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.record.amounts import with_rate
from sandan.record.errors import ConfigError, EngineError
from sandan.record.files.parquet import batches_of, files_of, n_rows, pattern_of, schema_of
from sandan.record.lake import portable
from sandan.record.lake.engine import open_engine
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings, SparkSettings

Row = dict[str, Any]
Commit = Callable[[Lake, dict[str, list[Row]]], None]
Order = Callable[..., Row]
Engine = Any
DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
HARD = pa.table(
    {
        "number": pa.array([1, 2, 3, 4], pa.int64()),
        "id": pa.array([9007199254740993, None, -1, 1234567890123456789], pa.int64()),
        "small": pa.array([1, None, -3, 127], pa.int8()),
        "money": pa.array([Decimal("0.000001"), None, Decimal("-12345678901234.123456"), Decimal("0")], pa.decimal128(38, 6)),
        "price": pa.array([0.1, None, -1e300, 1.0 / 3.0], pa.float64()),
        "at": pa.array([DAY, None, DAY + dt.timedelta(microseconds=1), dt.datetime(1969, 12, 31, 23, 59, 59, 999999, dt.UTC)], pa.timestamp("us", "UTC")),
        "local": pa.array([dt.datetime(2025, 4, 1, 8), None, dt.datetime(2025, 4, 1, 8, 0, 0, 1), dt.datetime(2025, 1, 1)], pa.timestamp("us")),
        "day": pa.array([dt.date(2025, 4, 1), None, dt.date(1999, 12, 31), dt.date(2024, 2, 29)], pa.date32()),
        "text": pa.array(["浙江省杭州市", None, "", " vivo\u3000"], pa.string()),
        "is_true": pa.array([True, None, False, True], pa.bool_()),
        "words": pa.array([["一", "b"], None, [], ["c"]], pa.list_(pa.string())),
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def engines(spark: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """DuckDB and Spark."""
    con = open_engine(spark, tmp_path_factory.mktemp("spark"))
    duck = connect(threads=1)
    yield duck, con
    con.disconnect()
    duck.disconnect()


def _rows(table: Any) -> list[Row]:
    return sorted(table.to_pyarrow().to_pylist(), key=repr)


def test_every_value_comes_back_from_memory_as_it_went_in(engines: tuple[Engine, Engine]) -> None:
    for con in engines:
        table = con.create_table("hard", HARD, temp=True)
        assert table.order_by("number").to_pyarrow().cast(HARD.schema) == HARD
        # A table of the program itself, which is sent to the engine with the expression.
        joined = table.select("number").inner_join(ibis.memtable(HARD), "number").order_by("number")
        assert joined.to_pyarrow().select(HARD.column_names).cast(HARD.schema) == HARD


def test_what_is_written_is_read_by_both_and_has_the_types_that_were_written(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    for name, con in zip(("duckdb", "spark"), engines, strict=True):
        con.to_parquet(con.create_table(f"hard_{name}", HARD, temp=True).order_by("number"), tmp_path / name)
        assert n_rows(tmp_path / name) == 4
        assert {field.name: field.type for field in schema_of(tmp_path / name)} == {field.name: field.type for field in HARD.schema}
        for reader, path in ((engines[0], pattern_of(tmp_path / name)), (engines[1], tmp_path / name)):
            assert reader.read_parquet(path).order_by("number").to_pyarrow().cast(HARD.schema) == HARD


def test_rows_of_several_files_come_in_their_order(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    many = pa.table({"number": pa.array(range(20_000), pa.int64())})
    con = engines[1]
    con.raw_sql("SET spark.sql.shuffle.partitions = 4")
    con.to_parquet(con.create_table("many", many).order_by(ibis.desc("number")), tmp_path / "many")
    con.raw_sql("SET spark.sql.shuffle.partitions = 1")
    assert len(files_of(tmp_path / "many")) > 1
    read = pa.Table.from_batches(batches_of(tmp_path / "many", 3000))["number"].to_pylist()
    assert read == list(reversed(range(20_000)))
    assert engines[0].read_parquet(pattern_of(tmp_path / "many")).to_pyarrow()["number"].to_pylist() == read


def test_a_folder_without_files_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        files_of(tmp_path)


def test_a_column_that_only_one_file_has_is_there_and_a_wider_decimal_stays_wide(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["1"], "v": pa.array([Decimal("0.12")], pa.decimal128(9, 2))}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"v": pa.array([Decimal("2.123456")], pa.decimal128(19, 6)), "b": [7]}), tmp_path / "2.parquet")
    files = [str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")]
    found = [_rows(con.read_parquet(files, union_by_name=True).select("a", "v", "b")) for con in engines]
    assert found[0] == found[1] == [{"a": "1", "v": Decimal("0.120000"), "b": None}, {"a": None, "v": Decimal("2.123456"), "b": 7}]


def test_shared_forms_give_the_same_on_both_engines(engines: tuple[Engine, Engine]) -> None:
    given = pa.table(
        {
            "key": ["a", "a", "a", "b", "c"],
            "place": pa.array([3, 1, 2, 1, 1], pa.int64()),
            "text": [" vivo ", "二\u3000", None, None, "\tfive v\n"],
            "at": pa.array([DAY + dt.timedelta(milliseconds=ms) for ms in (0, 1999, 59_999, 60_000, -1)], pa.timestamp("us", "UTC")),
        }
    )
    for con in engines:
        t = con.create_table("given", given, temp=True)
        rows = t.select("key", "place", text=portable.trimmed(t.text), at=portable.seconds(t.at)).order_by("key", "place").to_pyarrow()
        assert rows["text"].to_pylist() == ["二", None, "vivo", None, "five v"]
        zero = int(DAY.timestamp())
        assert rows["at"].to_pylist() == [zero + 1, zero + 59, zero, zero + 60, zero - 1]
        joined = t.group_by("key").aggregate(text=portable.joined_in_order(t.text, t.place, "|")).order_by("key")
        assert joined.to_pyarrow()["text"].to_pylist() == ["二\u3000| vivo ", None, "\tfive v\n"]
        none = t.filter(t.key == "z")
        counted = [of.aggregate(n=portable.n_where(of, [of.text.notnull()])[0]).to_pyarrow()["n"].to_pylist() for of in (t, none)]
        assert counted == [[3], [0]]


def test_rates_are_those_of_the_last_day_that_has_one(engines: tuple[Engine, Engine]) -> None:
    rates = pa.table(
        {
            "currency": ["USD", "USD", "USD", "EUR"],
            "cny": pa.array([Decimal("7.1"), Decimal("7.2"), Decimal("7.3"), Decimal("7.8")], pa.decimal128(19, 5)),
            "valid_from": pa.array([dt.date(2025, 4, d) for d in (2, 3, 6, 4)], pa.date32()),
        }
    )
    hours = [
        ("USD", 0),
        ("USD", 25),
        ("USD", 63),
        ("USD", 65),
        ("USD", 97),
        ("USD", 500),
        ("EUR", 0),
        ("EUR", 500),
        ("CNY", 1),
        (None, 1),
        ("JPY", 1),
    ]
    rows = pa.table(
        {
            "n": pa.array(range(len(hours)), pa.int64()),
            "currency": pa.array([currency for currency, _ in hours], pa.string()),
            "known_at": pa.array([DAY + dt.timedelta(hours=h) for _, h in hours], pa.timestamp("us", "UTC")),
        }
    )
    expected = ["7.1", "7.1", "7.2", "7.2", "7.2", "7.3", "7.8", "7.8", "1", "1", None]
    for con in engines:
        t, r = con.create_table("rated", rows, temp=True), con.create_table("rates", rates, temp=True)
        for kind in ("float64", "decimal(19, 5)"):
            found = with_rate(lambda _, r=r: r, t, kind).order_by("n").to_pyarrow()["to_cny"].to_pylist()
            assert [None if value is None else float(value) for value in found] == [None if e is None else float(e) for e in expected], kind
        none = with_rate(lambda _, r=r: r.filter(r.currency == "none"), t).order_by("n").to_pyarrow()["to_cny"].to_pylist()
        assert none == [None] * 8 + [1.0, 1.0, None]


def test_lists_as_of_a_date_are_the_same(engines: tuple[Engine, Engine], lake: Lake, commit: Commit, order: Order) -> None:
    commit(
        lake,
        {
            "orders": [
                order("1", "first", 2),
                order("1", "second", 8, app_type="2"),
                order("2", "draft", 1, app_status="1"),
                order("3", "a", 1),
            ]
        },
    )
    commit(lake, {"orders": [order("3", "gone", 5, app_type="3"), order("4", "late", 30)]})
    beside: Mapping[str, pa.Table] = {
        "orders": Frames(lake, engines[0], None).every("orders").filter(lambda t: t.record_id == "late").to_pyarrow()
    }
    for hour in (1, 3, 9, 31, None):
        as_of = None if hour is None else DAY + dt.timedelta(hours=hour)
        found = [Frames(lake, con, as_of) for con in engines]
        assert _rows(found[0].current("orders")) == _rows(found[1].current("orders"))
        assert found[0].count("orders") == found[1].count("orders")
        assert found[1].count("payments") == 0
    assert Frames(lake, engines[1], None, beside).every("orders").count().execute() == 7


def test_what_spark_can_not_do_is_named_without_the_value(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    t = engines[1].create_table("texts", pa.table({"text": ["李小宝"]}))
    for do in (lambda e: e.to_pyarrow(), lambda e: engines[1].to_parquet(e, tmp_path / "x")):
        with pytest.raises(EngineError) as caught:
            do(t.mutate(number=t.text.cast("int64")))
        assert "CAST_INVALID_INPUT" in str(caught.value)
        assert "李小宝" not in str(caught.value)
        assert "duckdb" in str(caught.value)


def test_tables_of_one_connection_are_not_those_of_another(spark: Settings, engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    other = open_engine(spark, tmp_path)
    engines[1].create_table("mine", pa.table({"a": [1]}))
    assert other.create_table("mine", pa.table({"a": [2]})).to_pyarrow()["a"].to_pylist() == [2]
    other.disconnect()
    assert engines[1].table("mine").to_pyarrow()["a"].to_pylist() == [1]


def test_without_the_extra_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"sandan\[spark\]"):
        open_engine(Settings(engine="local[2]"), tmp_path)
    assert open_engine(Settings(), tmp_path).name == "duckdb"


def test_without_java_or_its_folder_the_running_spark_goes_on(
    engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"spark\.folder"):
        open_engine(Settings(engine="local[1]", spark=SparkSettings(folder=tmp_path / "none")), tmp_path)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="Java 17"):
        open_engine(Settings(engine="local[1]"), tmp_path)
    assert engines[1].create_table("alive", pa.table({"a": [1]})).count().to_pyarrow().as_py() == 1


def test_spark_is_silent_and_what_a_killed_process_left_is_removed_when_it_starts(spark: Settings, tmp_path: Path) -> None:
    """In a process of its own, as Spark is started once in each."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    left, foreign = tmp_path / f"sandan-spark-{ended.stdout.strip()}-x", tmp_path / f"sandan-spark-{os.getpid()}-x"
    for folder in (left, foreign):
        folder.mkdir()
    code = """if True:
        import pathlib, sys
        import pyarrow as pa
        from sandan.record.errors import EngineError
        from sandan.record.lake.engine import open_engine
        from sandan.record.settings import Settings
        con = open_engine(Settings(), pathlib.Path(sys.argv[1]))
        table = con.create_table("t", pa.table({"a": ["1", "two"]}))
        print(table.count().to_pyarrow().as_py())
        for do in (lambda e: e.to_pyarrow(), lambda e: con.to_parquet(e, pathlib.Path(sys.argv[1]) / "x")):
            try:
                do(table.mutate(b=table.a.cast("int64")))
            except EngineError as exc:
                print(exc)
    """
    names = {
        "SANDAN_ENGINE": "local[1]",
        "SANDAN_SPARK__FOLDER": str(tmp_path),
        "SANDAN_SPARK__MEMORY": spark.spark.memory,
        "SANDAN_SPARK__OPTIONS": json.dumps(spark.spark.options),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, env={**os.environ, **names}, check=False
    )
    said = "Spark stopped: CAST_INVALID_INPUT; see docs/scale.md, or set the engine to `duckdb`\n"
    assert (done.stdout, done.stderr) == ("2\n" + 2 * said, "")
    assert [path.name for path in tmp_path.glob("sandan-spark-*")] == [foreign.name]


def test_a_spark_that_does_not_start_says_why_and_what_it_needs(tmp_path: Path, spark: Settings) -> None:
    code = (
        "import pathlib, sys; from sandan.record.lake.engine import open_engine; from sandan.record.settings import Settings; "
        "open_engine(Settings(), pathlib.Path(sys.argv[1]))"
    )
    names = {"SANDAN_ENGINE": "local[1]", "SANDAN_SPARK__MEMORY": "100m", "SANDAN_SPARK__OPTIONS": json.dumps(spark.spark.options)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, env={**os.environ, **names}, check=False
    )
    assert done.returncode
    assert "ConfigError: engine local[1]: Spark can not be started ([INVALID_DRIVER_MEMORY]" in done.stderr
    assert "Java 17 and 100m of memory" in done.stderr
