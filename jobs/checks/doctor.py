"""What is configured, reachable, writable and missing, one line each, with the remedy."""

import datetime as dt
import importlib.util
import math
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sandan.algorithms.results.results import open_results
from sandan.algorithms.vocabulary.registry import registry, use
from sandan.graph.store.access import open_store
from sandan.jobs.inboxes.inbox import check_writable, open_inbox
from sandan.jobs.schedule.child import words_of
from sandan.jobs.schedule.scheduler import trigger_of
from sandan.jobs.schedule.silence import spacings
from sandan.record.app.services import has_app_database, open_services
from sandan.record.errors import ConfigError, DamagedFile, NothingScored, OutputError, SandanError, StoreUnavailable
from sandan.record.files.durable import write_durably
from sandan.record.home import HomePaths, make_private
from sandan.record.ids import open_keyring
from sandan.record.lake.as_of import known_to_of
from sandan.record.lake.engine import check_engine
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings

_LEAST_FREE_BYTES = 2**30


def examine(settings: Settings | ConfigError) -> int:
    """Print one line per check; return 0, or the exit code of the first thing that must be corrected."""
    if isinstance(settings, ConfigError):
        print(f"FAIL settings: {settings}")
        return settings.exit_code
    worst = 0
    for name, check in _checks(settings):
        try:
            print(f"ok   {name}: {check()}")
        except NothingScored as exc:
            print(f"todo {name}: {exc}")
        except StoreUnavailable as exc:
            # An embedded graph that was never built is the next step, not a fault; a server that is configured must answer.
            print(f"{'FAIL' if settings.graph else 'todo'} {name}: {exc}")
            worst = worst or (exc.exit_code if settings.graph else 0)
        except SandanError as exc:
            print(f"FAIL {name}: {exc}")
            worst = worst or exc.exit_code
    return worst


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    paths = HomePaths(settings.home)
    yield "home", lambda: _home(paths)
    yield "settings", lambda: f"language {settings.language}, medium from {settings.grade.t_medium}, high from {settings.grade.t_high}"
    yield "engine", lambda: check_engine(settings)
    yield "typologies", lambda: _typologies(settings)
    yield "key", lambda: _key(settings)
    yield "lake", lambda: _lake(paths)
    yield "run", lambda: f"newest is {open_results(paths).run_id}"
    yield "graph", lambda: _graph(settings)
    for folder in settings.inbox.folders:
        yield "inbox", partial(_inbox, folder, settings)
    if not settings.inbox.folders:
        yield "inbox", lambda: "none set; `sandan run` needs [inbox] folders in sandan.toml"
    yield "schedule", lambda: _schedule(settings)
    yield "sources", lambda: _sources(paths)
    yield "dashboard", _dashboard
    yield "accounts", lambda: _accounts(settings)
    yield "audit", lambda: _audit(settings)


def _home(paths: HomePaths) -> str:
    make_private(paths.root)
    probe = paths.root / f".probe-{os.getpid()}"
    try:
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as exc:
        raise OutputError(f"{paths.root}: cannot write ({exc.strerror}); free space or choose another SANDAN_HOME") from exc
    free = shutil.disk_usage(paths.root).free
    if free < _LEAST_FREE_BYTES:
        raise OutputError(f"{paths.root}: only {free >> 20} MiB free; a run on a million orders needs about 10 GiB")
    return f"{paths.root.resolve()} is writable, {free / 2**30:.0f} GiB free"


def _typologies(settings: Settings) -> str:
    use(settings)
    own = registry().origins
    return f"{len(registry())} known, {len(own)} of them of this installation" + (f": {', '.join(sorted(own))}" if own else "")


def _key(settings: Settings) -> str:
    open_keyring(settings)
    return "the key of the keyed hashes is readable; back it up, ids cannot be made again without it"


def _lake(paths: HomePaths) -> str:
    lake = Lake(paths.lake)
    if lake.head is None:
        raise NothingScored("nothing was ingested yet; run `sandan ingest PATH`")
    newest = known_to_of(lake)
    known = newest.isoformat() if newest else "nothing"
    return f"{len(lake.batches)} batches, known to {known}"


def _graph(settings: Settings) -> str:
    with open_store(settings) as store:
        counts = store.counts()
    where = settings.graph or "embedded"
    return f"{where}: {counts.n_nodes} nodes, {counts.n_relations} relationships"


def _inbox(folder: Path, settings: Settings) -> str:
    inbox = open_inbox(folder, settings)
    check_writable(inbox, settings)
    after = {
        "move": f"files go to {inbox.done} or {inbox.rejected}",
        "delete": f"files are removed, refused ones go to {inbox.rejected}",
        "leave": "files stay, and are read again by every run",
    }
    return f"{inbox.folder} is readable; {after[settings.inbox.after]}"


def _schedule(settings: Settings) -> str:
    for name, job in settings.schedule.jobs.items():
        trigger_of(name, job.cron)
        words_of(name, job)
    kept = open_services(settings).timetable.jobs() if has_app_database(settings) else {}
    if failed := [f"{name} {row.ended}" for name, row in kept.items() if row.next_at and row.ended in ("failed", "stopped")]:
        raise NothingScored(f"{', '.join(failed)}; `sandan schedule --list` and `sandan runs` say why")
    return f"{len(settings.schedule.jobs)} jobs; `sandan schedule` keeps their times"


def _sources(paths: HomePaths) -> str:
    now, learned = dt.datetime.now(dt.UTC), spacings(Lake(paths.lake).batches)
    if silent := [spacing.reason(now) for spacing in learned.values() if spacing.is_silent(now)]:
        raise NothingScored("; ".join(silent))
    known = sum(spacing.allowed_s != math.inf for spacing in learned.values())
    return f"none of the {known} lists whose spacing is known is away longer than usual"


def _accounts(settings: Settings) -> str:
    if not has_app_database(settings):
        raise NothingScored("none; `sandan dashboard` asks for the first one, `sandan user add NAME --role ROLE` makes more")
    services = open_services(settings)
    able = [row for row in services.accounts.rows() if row["status"] != "removed"]
    roles = ", ".join(f"{n} {role}" for role, n in Counter(row["role"] for row in able).most_common())
    return f"{len(able)} in {services.database.shown}" + (f" ({roles})" if roles else "")


def _audit(settings: Settings) -> str:
    if not has_app_database(settings):
        return "nothing was done in the app yet"
    audit, witness = open_services(settings).audit, HomePaths(settings.home).audit_witness
    if fault := audit.fault():
        raise DamagedFile(f"{fault}; keep the app database as it is, find out who can write to it, and restore it from the backup")
    seen = _witnessed(witness)
    if seen and audit.seal_of(seen[0]) != seen[1]:
        raise DamagedFile(f"row {seen[0]}, seen by an earlier check, is gone or another one; restore the app database from the backup")
    seq, seal = audit.head()
    if seq:
        write_durably(witness, f"{seq} {seal}\n")
    return f"{seq} rows, each as it was written"


def _witnessed(path: Path) -> tuple[int, str] | None:
    """Number and seal of the last row that an earlier check saw: rows that are cut off at the end leave no other trace."""
    try:
        seq, seal = path.read_text(encoding="ascii").split()
        return int(seq), seal
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as exc:
        raise DamagedFile(f"{path}: cannot be read; remove it after you have compared the audit with the backup") from exc


def _dashboard() -> str:
    absent = [name for name in ("dash", "dash_ag_grid", "dash_mantine_components", "waitress") if importlib.util.find_spec(name) is None]
    if absent:
        raise ConfigError(f"not installed: {', '.join(absent)}; install sandan again")
    return "installed; `sandan dashboard` serves it"
