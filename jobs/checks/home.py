"""`sandan check`: every stored file against the checksum that was kept of it, and what is damaged or missing with its remedy."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sandan.algorithms.read_models.plans import KeptPlan
from sandan.algorithms.results.results import TABLES, Results, current_run, kept_runs
from sandan.gnn.model import check_model, model_folders
from sandan.graph.store.layout import GraphLayout
from sandan.record.app.database import open_app_database
from sandan.record.errors import ConfigError, DamagedFile, NothingScored, SandanError, StoreError
from sandan.record.files.checksums import forget
from sandan.record.home import HomePaths
from sandan.record.ids import open_keyring, read_keyring
from sandan.record.lake.check import check_not_lost, faults, without_checksum
from sandan.record.lake.lake import Lake
from sandan.record.lake.ledger import check_ledger_files, write_head
from sandan.record.lake.rebuild import keep_checksums, repair_ledger
from sandan.record.lake.tables import SCHEMAS
from sandan.record.processes.lock import home_lock
from sandan.record.runs import RunLedger
from sandan.record.settings import Settings

_OLDER = "made by an older version"


@dataclass(slots=True)
class Found:
    """What a check found.

    Attributes:
        damaged: What is damaged or missing, each with the error that its reader would end with.
        notes: What could not be checked, and why.
        n_files: Files that are what was written.
        n_bytes: Their size.
    """

    damaged: list[SandanError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_files: int = 0
    n_bytes: int = 0

    def take(self, look: Callable[[], object]) -> None:
        """Keep the error of a look at something, if it ends with one."""
        try:
            look()
        except SandanError as exc:
            if str(exc) not in map(str, self.damaged):
                self.damaged.append(exc)

    def count(self, path: Path) -> None:
        """One more file that was read."""
        if path.is_file():
            self.n_files += 1
            self.n_bytes += path.stat().st_size


def check_home(settings: Settings, *, repair: bool) -> None:
    """Print one line for everything that is damaged or missing, or how much is as it was written.

    Args:
        settings: The home.
        repair: First make a ledger that was lost anew from the tables, and keep checksums of a lake that has none.

    Raises:
        ConfigError: The key is lost, or another one.
        DamagedFile: A file of the lake, a run or a model is damaged or missing.
        StoreError: Of the graph only.
        NothingScored: There is no home yet.
        BusyError: A run is at work on the home.
    """
    paths = HomePaths(settings.home)
    if not paths.root.is_dir():
        raise NothingScored(f"{paths.root}: nothing is here yet; run `sandan ingest PATH`")
    with home_lock(paths):
        if repair:
            for line in _repair(settings, paths):
                print(line)
        forget()
        began = time.monotonic()
        found = look_at(settings)
        seconds = time.monotonic() - began
    for error in found.damaged:
        print(" ".join(str(error).split()))
    for note in found.notes:
        print(f"note: {note}")
    rate = f"{found.n_files} files, {found.n_bytes / 2**20:,.1f} MiB, {found.n_bytes / 2**20 / max(seconds, 1e-3):,.0f} MiB/s"
    if found.damaged:
        raise _worst(found.damaged)(f"{paths.root}: damaged or missing: {len(found.damaged)}; as written: {rate}")
    print(f"{paths.root}: everything is as it was written: {rate}")


def look_at(settings: Settings) -> Found:
    """Look at key, lake, app database, runs, models and graph of a home; never raises for what it finds there."""
    paths, found = HomePaths(settings.home), Found()
    lake = _lake(paths, found)
    if lake is None or lake.head is not None:
        found.take(lambda: open_keyring(settings) if lake is not None else read_keyring(settings))
    # The ledger of runs is in it, with accounts, decisions and the audit.
    found.take(lambda: open_app_database(settings, upgrade=False).check())
    if not settings.app_db:
        found.count(paths.app_database)
    _runs(paths, found)
    _models(paths, found)
    _plans(paths, found)
    _graph(paths, found)
    return found


def damage_in(settings: Settings) -> SandanError | None:
    """All that is damaged in a home as one error; None where nothing is."""
    if not settings.home.is_dir():
        return None
    damaged = look_at(settings).damaged
    return _worst(damaged)("\n".join(map(str, damaged))) if damaged else None


def _repair(settings: Settings, paths: HomePaths) -> Iterator[str]:
    now = dt.datetime.now(dt.UTC)
    key_check = read_keyring(settings).check if any(paths.lake.glob("*/*.parquet")) else ""
    if done := repair_ledger(paths.lake, now=now, key_check=key_check):
        yield done
    lake = Lake(paths.lake)
    try:
        check_ledger_files(paths.lake)
    except DamagedFile as exc:
        # The lake was opened, so its rows are what was written.
        write_head(paths.lake, lake.entries[-1])
        yield f"{str(exc).split(': ')[0]}: all rows are what was written; its checksum is kept anew"
    if n := keep_checksums(lake, now=now, key_check=key_check):
        yield f"{paths.lake}: checksums kept of {n} files that had none; what was damaged before is not noticed"


def _lake(paths: HomePaths, found: Found) -> Lake | None:
    try:
        lake = Lake(paths.lake)
    except SandanError as exc:
        found.damaged.append(exc)
        return None
    found.take(lambda: check_not_lost(paths))
    found.take(lambda: check_ledger_files(paths.lake))
    older = 0
    for name in SCHEMAS:
        for text in faults(lake, name):
            found.damaged.append(DamagedFile(text))
        try:
            older += len(without_checksum(lake, name))
        except SandanError:
            continue  # said above
    for path in lake.checksums:
        found.count(paths.lake / path)
    if older:
        found.notes.append(f"{paths.lake}: no checksum kept of {older} files, {_OLDER}; the next batch or --repair adds them")
    return lake


def _runs(paths: HomePaths, found: Found) -> None:
    found.take(lambda: RunLedger(paths).rows())
    current: list[str | None] = []
    found.take(lambda: current.append(current_run(paths)))
    folders = {path.name for path in paths.runs.glob("*") if path.is_dir() and path.suffix not in (".part", ".work")}
    for run_id in sorted(folders | {run for run in current if run}):
        results = Results(run_id, paths.runs / run_id)
        n_before = len(found.damaged)
        found.take(lambda results=results: results.report)  # type: ignore[misc]
        if len(found.damaged) > n_before:
            continue
        if "files" not in results.report:
            found.notes.append(f"{results.folder}: no checksum kept, {_OLDER}")
        for name in sorted({*TABLES, *(Path(file).stem for file in results.report.get("files", ()))}):
            found.take(lambda results=results, name=name: results.path(name))  # type: ignore[misc]
            found.count(results.folder / f"{name}.parquet")


def _models(paths: HomePaths, found: Found) -> None:
    for folder in model_folders(paths.models):
        found.take(lambda folder=folder: check_model(folder))  # type: ignore[misc]
        for path in folder.iterdir():
            found.count(path)


def _plans(paths: HomePaths, found: Found) -> None:
    for folder in sorted(path for path in paths.plans.glob("*") if path.is_dir() and path.suffix != ".part"):
        plan = KeptPlan(folder.name, folder)
        for name in ("plan", "released"):
            found.take(lambda plan=plan, name=name: plan.path(name))  # type: ignore[misc]
            found.count(folder / f"{name}.parquet")


def _graph(paths: HomePaths, found: Found) -> None:
    layout = GraphLayout(paths.graph)
    current: list[str | None] = []
    found.take(lambda: current.append(layout.current()))
    if current == [None] and kept_runs(paths):
        found.take(lambda: _no_pointer(layout))
    versions = {path.name for path in paths.graph.glob("*") if path.is_dir()} | {name for name in current if name}
    for name in sorted(versions):
        _version(layout, name, found, is_current=name in current)


def _no_pointer(layout: GraphLayout) -> None:
    raise StoreError(f"{layout.pointer}: missing, though there are runs; run `sandan graph build`")


def _version(layout: GraphLayout, name: str, found: Found, *, is_current: bool) -> None:
    try:
        contents = layout.contents(name)
    except (StoreError, ValueError) as exc:
        found.damaged.append(StoreError(str(exc)))
        return
    if contents is None:
        if is_current and not layout.tables(name).is_dir():
            found.damaged.append(StoreError(f"{layout.tables(name)}: missing; run `sandan graph build`"))
        elif is_current:
            found.notes.append(f"{layout.version(name)}: no checksum kept, {_OLDER}")
        return
    for path in contents["files"]:
        found.take(lambda path=path: layout.check_files(name, [layout.version(name) / path]))  # type: ignore[misc]
        found.count(layout.version(name) / path)


def _worst(damaged: list[SandanError]) -> type[SandanError]:
    """The class of error that says most: of the key, else of what is no graph, else of the graph, which can be made again."""
    for kind in (ConfigError, DamagedFile):
        if any(isinstance(one, kind) for one in damaged):
            return kind
    return StoreError if all(isinstance(one, StoreError) for one in damaged) else DamagedFile
