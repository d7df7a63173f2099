"""The engine that runs set-at-a-time work: DuckDB in this process, or Spark on this or other machines.

Both are Ibis backends that read and write Parquet, take Arrow tables and give them back, so that the same expressions run on either.
"""

import importlib.util
import os
import shutil
from importlib.metadata import version
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
    check_engine(settings)
    from sandan.record.lake.spark import open_spark

    return open_spark(settings, folder)


def check_engine(settings: Settings) -> str:
    """What the engine of the settings is; it is not started.

    Raises:
        ConfigError: Something that it needs is missing.
    """
    if settings.engine == DUCKDB:
        return f"{DUCKDB} {version(DUCKDB)}, in this process"
    if importlib.util.find_spec("pyspark") is None:
        raise ConfigError(
            f"engine {settings.engine}: Spark is not installed; install it with `pip install 'sandan[spark]'` and Java 17, "
            f"or set the engine to `{DUCKDB}`"
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise ConfigError(f"engine {settings.engine}: Spark needs Java 17, and there is none; install it, or set JAVA_HOME")
    folder = settings.spark.folder
    if folder is not None and not folder.is_dir():
        raise ConfigError(f"spark.folder: {folder} is no folder; make it, or correct the setting")
    return f"Spark {version('pyspark')}, {settings.engine}, with {settings.spark.memory} of memory"
