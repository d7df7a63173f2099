"""Opens the app database: SQLite in the home, or PostgreSQL by URL, brought to the newest version of its tables."""

import contextlib
import datetime as dt
import sqlite3
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from sandan.record.errors import BusyError, ConfigError, DamagedFile, OutputError, StoreUnavailable
from sandan.record.home import HomePaths, make_private
from sandan.record.settings import Settings

_MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT_S, _AGAIN_S = 30.0, 0.02  # for another writer
_PG_LOCK = 0x5A4D4442  # one writer at a time on PostgreSQL too: the audit's chain has one end
_upgrading = threading.Lock()


class AppDatabase:
    """The app database of one home. Writers follow one another; readers wait for nobody.

    Args:
        url: SQLAlchemy's URL.
        shown: What messages call it: the file, or the URL without its password.
    """

    def __init__(self, url: sa.URL, shown: str) -> None:
        self.shown = shown
        self.is_sqlite = url.get_backend_name() == "sqlite"
        try:
            if self.is_sqlite:
                self.engine = sa.create_engine(url, connect_args={"timeout": _WAIT_S}, pool_size=4, max_overflow=16)
                sa.event.listen(self.engine, "connect", _prepare_sqlite)
                sa.event.listen(self.engine, "begin", _begin_sqlite)
            else:
                self.engine = sa.create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=16)
        except (ImportError, sa.exc.ArgumentError) as exc:
            raise ConfigError(f"{shown}: cannot be used as app database ({exc}); for PostgreSQL: pip install 'sandan[postgresql]'") from exc

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database.

        Raises:
            StoreUnavailable: Its server does not answer.
            DamagedFile, BusyError, OutputError: As the database says.
        """
        with self._explained(), self.engine.connect() as con:
            yield con

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection whose changes are kept all together when the block ends, or none of them where it fails.

        Raises:
            BusyError: Another writer held the database too long.
            OutputError: It cannot be written.
            DamagedFile: It is no database, or not whole.
        """
        with self._explained(), self.engine.connect().execution_options(sandan_writes=True) as con, con.begin():
            if not self.is_sqlite:
                con.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PG_LOCK})
            yield con

    def version(self) -> str | None:
        """The version of its tables; None where they are not made yet."""
        with self.reading() as con:
            return _version(con)

    def upgrade(self) -> None:
        """Bring the tables to the newest version; a database made by a newer sandan is refused.

        Raises:
            ConfigError: A newer version of sandan made it.
        """
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        newest = ScriptDirectory.from_config(config).get_current_head()
        # Alembic keeps its context in module globals: one upgrade at a time in a process.
        with _upgrading:
            if self.version() == newest:
                return
            with self.writing() as con:
                found = _version(con)
                if found is not None and found not in _known_versions(config):
                    raise ConfigError(
                        f"{self.shown}: made by a newer version of sandan ({found}); install that version, or restore the backup"
                    )
                config.attributes["connection"] = con
                command.upgrade(config, "head")

    def check(self) -> None:
        """See that the file of SQLite is whole, all its pages and indexes; a server keeps its own.

        Raises:
            DamagedFile: It is not.
            BusyError, OutputError: As `reading`.
        """
        if not self.is_sqlite or not Path(self.shown).exists():
            return
        self.engine.dispose()  # open connections remember pages which are no longer there
        with self.reading() as con:
            said = str(con.scalar(sa.text("PRAGMA integrity_check(1)")))
        if said != "ok":
            raise DamagedFile(f"{self.shown}: is not whole ({' '.join(said.split())}); restore it from the backup")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.OperationalError as exc:
            said = str(exc.orig).strip().splitlines()[0]
            if "locked" in said:
                raise BusyError(f"{self.shown}: another process writes to it; try again") from exc
            if self.is_sqlite and ("full" in said or "readonly" in said or "unable to open" in said or "disk I/O" in said):
                raise OutputError(f"{self.shown}: cannot be used ({said}); free space or correct the permissions, then try again") from exc
            if not self.is_sqlite:
                raise StoreUnavailable(f"{self.shown}: does not answer ({said}); start the database, or correct app_db") from exc
            raise DamagedFile(f"{self.shown}: cannot be read ({said}); restore it from the backup") from exc
        except (sa.exc.DatabaseError, sa.exc.InterfaceError) as exc:
            if isinstance(exc, sa.exc.IntegrityError):
                raise
            said = str(exc.orig).strip().splitlines()[0]
            raise DamagedFile(f"{self.shown}: cannot be read ({said}); restore it from the backup") from exc


def open_app_database(settings: Settings, *, upgrade: bool = True) -> AppDatabase:
    """The app database of the settings, made or brought to the newest version where that is due.

    Args:
        settings: The home.
        upgrade: False: as it is.

    Raises:
        ConfigError: The URL cannot be used, or a newer version made the database.
        DamagedFile, OutputError, BusyError: It cannot be read or written.
    """
    database = _opened(str(settings.home.resolve()), settings.app_db)
    if database.is_sqlite:
        make_private(Path(database.shown).parent)
        if not Path(database.shown).exists():
            database.engine.dispose()  # connections to a file that was removed would write where nobody reads
    if upgrade:
        database.upgrade()
    if database.is_sqlite:
        with contextlib.suppress(OSError):
            Path(database.shown).chmod(0o600)
    return database


@lru_cache(maxsize=8)
def _opened(home: str, url: str) -> AppDatabase:
    if not url:
        path = HomePaths(Path(home)).app_database
        return AppDatabase(sa.URL.create("sqlite", database=str(path)), str(path))
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as exc:
        raise ConfigError("app_db: is no database URL; write postgresql://user:password@host/name") from exc
    backend = parsed.get_backend_name()
    if backend not in ("postgresql", "sqlite"):
        raise ConfigError(f"app_db: {backend} is not supported; use PostgreSQL (postgresql://…) or leave it empty for SQLite in the home")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    shown = str(parsed.database) if backend == "sqlite" else parsed.set(drivername="postgresql").render_as_string(hide_password=True)
    return AppDatabase(parsed, shown)


def utc_now() -> dt.datetime:
    """The clock, in UTC."""
    return dt.datetime.now(dt.UTC)


def stamp(moment: dt.datetime) -> str:
    """An instant as the tables hold it: all of one length, so that texts compare as times do."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def moment(text: str) -> dt.datetime:
    """The instant of a stamp."""
    return dt.datetime.fromisoformat(text)


def _version(con: sa.Connection) -> str | None:
    if not sa.inspect(con).has_table("app_version"):
        return None
    found = con.execute(sa.text("SELECT version_num FROM app_version")).scalar()
    return str(found) if found is not None else None


def _known_versions(config: Config) -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def _prepare_sqlite(connection: object, _record: object) -> None:
    # The driver's own BEGIN comes late and as a reader's: two writers would then read the same state and one would fail.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    _use_wal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Write ahead, as soon as no other process writes: where one does, this statement fails at once, whatever time to wait is set."""
    end = time.monotonic() + _WAIT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc) or time.monotonic() > end:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _begin_sqlite(con: sa.Connection) -> None:
    con.exec_driver_sql("BEGIN IMMEDIATE" if con.get_execution_options().get("sandan_writes") else "BEGIN")
