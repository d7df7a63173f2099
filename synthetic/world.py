"""A whole world: planned, written as messages and tables, with its answer key apart."""

import contextlib
import datetime as dt
import fcntl
import heapq
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sandan.record.errors import BusyError, ConfigError, OutputError
from sandan.synthetic.base import base_world
from sandan.synthetic.days import all_days
from sandan.synthetic.dice import Dice
from sandan.synthetic.output.consignment import Written, written
from sandan.synthetic.output.forms import Form, encoder, opened
from sandan.synthetic.output.key import KeyWriter, shipment_row
from sandan.synthetic.output.tables import WorldTables
from sandan.synthetic.output.traces import Traces
from sandan.synthetic.params import WorldParams, check_params
from sandan.synthetic.plan import plan

# Below so many consignments for each, other processes take longer to begin than they save.
_WORTH_A_PROCESS = 15_000


@dataclass(frozen=True, slots=True)
class WorldFiles:
    """Where a world was written.

    Attributes:
        folder: Messages and tables.
        key: The answer key, a file next to the folder.
        n_files: Message files and tables.
        n_orders: Consignments with lists.
        n_parcels: Parcels without lists, in house waybills only.
    """

    folder: Path
    key: Path
    n_files: int
    n_orders: int
    n_parcels: int


def write_world(
    out: Path, params: WorldParams, *, form: Form = "messages", processes: int = 0, progress: Callable[[int, int], None] | None = None
) -> WorldFiles:
    """Makes a world and writes it; nothing is visible under `out` before all is there.

    Args:
        out: Folder to be made; may exist if it is empty.
        params: What to make.
        form: `messages`: the lists as CEB messages; `tables`: as CSV tables, nothing else differs.
        processes: How many processes work on it; 0: as many as there are cores, fewer for a small world. The bytes are the same.
        progress: Called with consignments written and all consignments.

    Returns:
        Where everything lies.

    Raises:
        ConfigError: The parameters do not make a world.
        OutputError: `out` holds something, or cannot be written.
        BusyError: Another process writes there.
    """
    check_params(params)
    if processes < 0:
        raise ConfigError("the number of processes must be 1 or more; 0 takes as many as there are cores")
    # The key's name has `.key.csv` behind the folder's, also where that has a dot.
    key, part = out.with_name(out.name + ".key.csv"), out.with_name(out.name + ".part")
    key_part = key.with_name(key.name + ".part")
    try:
        key_part.parent.mkdir(parents=True, exist_ok=True)
        with _alone(key_part, out):
            if out.exists() and (not out.is_dir() or any(out.iterdir())):
                key_part.unlink(missing_ok=True)
                raise OutputError(f"{out} is not an empty folder: name another one, or empty it")
            if part.exists():
                # Left by a run that was broken off.
                shutil.rmtree(part)
            part.mkdir(parents=True)
            n_files, n_orders, n_parcels = _write(part, key_part, params, form, processes or _processes(params), progress)
            key_part.replace(key)
            if out.exists():
                out.rmdir()
            part.rename(out)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error}") from error
    return WorldFiles(out, key, n_files, n_orders, n_parcels)


@contextlib.contextmanager
def _alone(key_part: Path, out: Path) -> Iterator[None]:
    """Keep a second process out of the same world; the lock is dropped when this one dies.

    What is locked is the half-made key, so that no file is left that is only a lock; nothing may be written to it before.
    """
    with key_part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"{out}: another process writes a world there; wait until it has ended, or name another folder") from error
        yield


def _processes(params: WorldParams) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, params.n_orders // _WORTH_A_PROCESS))


def _write(
    folder: Path, key: Path, params: WorldParams, form: Form, processes: int, progress: Callable[[int, int], None] | None
) -> tuple[int, int, int]:
    world = base_world(params)
    planned = plan(world, params)
    n_cases = sum(map(len, planned.cases)) + planned.n_imports + planned.n_exports
    lists, encode = opened(form, folder, world, Dice(params.seed, 6)), encoder(form)
    traces = Traces(Dice(params.seed, 7), world.horizon, params, world.detections)
    parcels = deque(planned.shipments)
    with key.open("w", encoding="utf-8", newline="") as file, WorldTables(folder / "tables", world, Dice(params.seed, 8)) as tables:
        rows = KeyWriter(file)

        def add(one: Written) -> None:
            for record in one.records:
                lists.add(record)
            tables.add(one.left)
            if one.row is not None:
                rows.add(one.row)

        done = 0
        ordinary = all_days(world, params, planned.n_imports, planned.n_exports, form, processes)
        for day, (own, cases) in enumerate(zip(ordinary, planned.cases, strict=True)):
            if progress is not None:
                progress(done, n_cases)
            apart = [written(world, case, traces, encode) for case in cases]
            cases.clear()
            for one in heapq.merge(own, apart, key=lambda one: one.order):
                add(one)
            done += len(own) + len(apart)
            until = dt.datetime.combine(params.start, dt.time()) + dt.timedelta(days=day + 1)
            # Parcels leave within the days of a world.
            while parcels and parcels[0].shipped < until:
                parcel = parcels.popleft()
                tables.add(traces.of_parcel(parcel))
                rows.add(shipment_row(parcel, is_settled=world.is_settled(parcel.shipped)))
            lists.advance(until)
            tables.advance(until)
        lists.close()
    if progress is not None:
        progress(n_cases, n_cases)
    n_parcels = len(planned.shipments)
    return lists.n_files + tables.n_tables, rows.n_rows - n_parcels, n_parcels
