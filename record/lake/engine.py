"""The engine that runs set-at-a-time work: DuckDB in this process, or Spark on this or other machines.

Both are Ibis backends that read and write Parquet, take Arrow tables and give them back, so that the same expressions run on either.
"""

import importlib.util
from pathlib import Path

import ibis

from sandan.record.errors import ConfigError
from sandan.record.lake.frames import connect
from sandan.record.settings import DUCKDB, Settings


def open_engine(settings: Settings, folder: Path) -> ibis.BaseBackend:
    """The engine that the settings name.

    Args:
        settings: The home's.
        folder: Of the run, for what the engine needs beside its tables. Spark's workers must be able to read and write it.

    Returns:
        A backend; `disconnect` ends what belongs to this run. Spark itself goes on for the next run of this process.

    Raises:
        ConfigError: The setting names Spark, and Spark is not installed or can not be started.
    """
    if settings.engine == DUCKDB:
        return connect()
    if importlib.util.find_spec("pyspark") is None:
        raise ConfigError(
            f"engine {settings.engine}: Spark is not installed; install it with `pip install 'sandan[spark]'` and Java 17, "
            f"or set the engine to `{DUCKDB}`"
        )
    from sandan.record.lake.spark import open_spark

    return open_spark(settings, folder)
