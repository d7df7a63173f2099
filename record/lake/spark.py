"""Spark as an engine of Ibis expressions: values cross the border as Arrow and Parquet, never through pandas.

Ibis' own border loses digits of integers beside a NULL, and makes texts of missing values. What differs between the engines inside an
expression is written in the portable form where the expression is: docs/scale.md.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkType
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as fn
from pyspark.sql.pandas.types import from_arrow_schema

from sandan.record.errors import EngineError
from sandan.record.files.parquet import files_of
from sandan.record.lake.spark_session import spark_session
from sandan.record.settings import DUCKDB, Settings


class Spark(Backend):  # type: ignore[misc]
    """Ibis' Spark, with a border that keeps every value."""

    def __init__(self, session: SparkSession, folder: Path) -> None:
        """Use a session of Spark.

        Args:
            session: The session.
            folder: Where tables in memory are written for Spark to read.
        """
        super().__init__(session)
        self.register_options()
        self._folder = folder
        self._views: list[str] = []
        self.reconnect()

    def disconnect(self) -> None:
        """Forget the tables of this connection; Spark itself goes on."""
        for name in self._views:
            self._session.catalog.dropTempView(name)
        self._views.clear()

    def read_parquet(self, path: str | Path | Sequence[str], /, *, table_name: str | None = None, **_: Any) -> ir.Table:
        """A table of one or several Parquet files, or folders of them, with all columns that any file has.

        Args:
            path: The files.
            table_name: Name of the table in Spark; None: one that nothing else has.
        """
        files = [file for one in ([path] if isinstance(path, str | Path) else path) for file in files_of(Path(one))]
        schema = pa.unify_schemas([pq.read_schema(file).remove_metadata() for file in files], promote_options="permissive")
        name = table_name or ibis.util.gen_name("read_parquet")
        with _explained():
            # Without a schema Spark would take that of one file, and read it again.
            frame = self._session.read.schema(from_arrow_schema(schema)).parquet(*map(str, files))
            frame.createOrReplaceTempView(name)
        self._views.append(name)
        return ops.DatabaseTable(name, schema=ibis.Schema.from_pyarrow(schema), source=self, namespace=ops.Namespace()).to_expr()

    def create_table(self, name: str, /, obj: pa.Table = None, **_: Any) -> ir.Table:
        """A table of rows in memory, for this connection only."""
        return self.read_parquet(self._written(name, obj), table_name=name)

    def to_parquet(self, expr: ir.Table, /, path: str | Path, **_: Any) -> None:
        """Write an expression into a new folder of Parquet files, in the order of the rows if the expression has one.

        Raises:
            EngineError: Spark could not compute it.
        """
        frame = self._frame(expr)
        with _explained():
            columns = [fn.col(f"`{name}`").cast(_stored(kind)).alias(name) for name, kind in expr.schema().items()]
            frame.select(*columns).write.parquet(str(path))

    def to_pyarrow(self, expr: ir.Expr, /, **_: Any) -> Any:
        """The rows of a table, the values of a column, or a value, as Arrow.

        Raises:
            EngineError: Spark could not compute it.
        """
        table = expr.as_table()
        frame = self._frame(table)
        with _explained(), warnings.catch_warnings():
            # Spark leaves the socket, over which rows come, to the garbage collector.
            warnings.simplefilter("ignore", ResourceWarning)
            found = frame.toArrow()
        return expr.__pyarrow_result__(found.select(table.columns).cast(table.schema().to_pyarrow()))

    def execute(self, expr: ir.Expr, /, **_: Any) -> Any:
        """As `to_pyarrow`, as pandas has it."""
        return expr.__pandas_result__(self.to_pyarrow(expr.as_table()).to_pandas())

    def checked(self, expr: ir.Table) -> None:
        """Let Spark read an expression and look up its columns, without running it.

        Raises:
            EngineError: It can not be run.
        """
        self._frame(expr)

    def _frame(self, expr: ir.Table) -> DataFrame:
        self._run_pre_execute_hooks(expr)
        with _explained():
            return self._session.sql(self.compile(expr))

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        self.read_parquet(self._written(op.name, op.data.to_pyarrow(op.schema)), table_name=op.name)

    def _written(self, name: str, rows: pa.Table) -> Path:
        folder = self._folder / "memory"
        folder.mkdir(mode=0o700, exist_ok=True)
        pq.write_table(rows, path := folder / f"{name}.parquet")
        return path


def open_spark(settings: Settings, folder: Path) -> Spark:
    """A connection of one run to the Spark of the settings, which is started if it is not there yet.

    Args:
        settings: The home's.
        folder: Where tables in memory are written for Spark to read.

    Raises:
        ConfigError: Spark can not be started.
    """
    # A session of its own: names of tables are not those of another run.
    return Spark(spark_session(settings.engine, settings.spark).newSession(), folder)


def _stored(kind: Any) -> Any:
    """The type in which a column is written, the same as DuckDB writes."""
    return "timestamp_ntz" if kind.is_timestamp() and kind.timezone is None else PySparkType.from_ibis(kind)


@contextmanager
def _explained() -> Iterator[None]:
    """Name the kind of what went wrong; the rest of what Spark says may hold values of persons.

    Raises:
        EngineError: Spark could not do it.
    """
    try:
        yield
    except (PySparkException, Py4JError) as exc:
        raise EngineError(f"Spark stopped: {_kind_of(exc)}; see docs/scale.md, or set the engine to `{DUCKDB}`") from exc


def _kind_of(exc: Exception) -> str:
    if isinstance(exc, PySparkException) and (named := exc.getCondition()):
        return str(named)
    if isinstance(exc, Py4JJavaError):
        return str(exc.java_exception.getClass().getName())
    return type(exc).__name__
