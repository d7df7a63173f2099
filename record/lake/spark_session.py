"""The Spark of this process: started once, quiet, in UTC; its spill files lie in a folder of their own that only the owner reads."""

import atexit
import contextlib
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from sandan.record.errors import ConfigError
from sandan.record.settings import SparkSettings

_QUIET = """status = off
rootLogger.level = off
"""
# What the engine relies on; the rest may be set.
_OURS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.caseSensitive": "true",
}
# Loggers of PySpark that write a failed statement with its values to the terminal.
_TALKERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
_PREFIX = "sandan-spark-"
_JAVA = "spark.driver.extraJavaOptions"
_started: tuple[tuple[str, SparkSettings], SparkSession] | None = None


def spark_session(master: str, settings: SparkSettings) -> SparkSession:
    """The Spark of this process; another one than before is started when the settings have changed.

    Args:
        master: `local[...]` or `spark://host:port`.
        settings: Memory and options.

    Raises:
        ConfigError: It can not be started.
    """
    global _started
    if _started is not None and _started[0] == (master, settings):
        return _started[1]
    if _started is not None:
        # The memory of a Java machine is fixed when it starts; the next one is a new one.
        _started[1].stop()
        _stop_java()
        _started = None
    session = _start(master, settings)
    _started = (master, settings), session
    return session


def _start(master: str, settings: SparkSettings) -> SparkSession:
    place = settings.folder or Path(tempfile.gettempdir())
    _sweep(place)
    work = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    (work / "log4j2.properties").write_text(_QUIET, encoding="utf-8")
    is_local = master.startswith("local")
    cores = len(os.sched_getaffinity(0))
    options = {
        "spark.app.name": "sandan",
        "spark.driver.memory": settings.memory,
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": str(work),
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # 200 parts, the default, are too many for a few cores.
        **({"spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": str(4 * cores)} if is_local else {}),
        **settings.options,
        **_OURS,
        _JAVA: f"{settings.options.get(_JAVA, '')} -Dlog4j2.configurationFile={work / 'log4j2.properties'}".strip(),
    }
    # Workers take the same Python; the environment has it before Java starts.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf(loadDefaults=False).setMaster(master).setAll(list(options.items()))
    said = work / "java.txt"
    try:
        with said.open("wb") as out:
            gateway = launch_gateway(conf, {"stdout": out, "stderr": out})
        context = SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError, RuntimeError) as exc:
        reason = _reason(exc, said)
        _stop_java()
        raise ConfigError(
            f"engine {master}: Spark can not be started ({reason}); it needs Java 17 and {settings.memory} of memory"
        ) from exc
    context.setLogLevel("OFF")
    for name in _TALKERS:
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)
    return SparkSession(context)


def _reason(exc: Exception, said: Path) -> str:
    """In one line why Spark did not start: what it says, else the last words of a Java machine that ended."""
    text = exc.java_exception.getMessage() if isinstance(exc, Py4JJavaError) else None
    if not text and said.exists():
        text = next(reversed(said.read_text(encoding="utf-8", errors="replace").strip().splitlines()), None)
    return next(iter(str(text or exc).splitlines()), type(exc).__name__).strip()


def _sweep(place: Path) -> None:
    """Remove what killed processes of this user left: rows of persons may be in it."""
    for left in place.glob(f"{_PREFIX}*-*"):
        number = left.name.removeprefix(_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            if number.isdecimal() and left.stat().st_uid == os.getuid() and not _is_alive(int(number)):
                shutil.rmtree(left)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True


def _stop_java() -> None:
    """End the Java machine of the former Spark; without it a new one would be joined to it."""
    gateway: Any = SparkContext._gateway
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None
