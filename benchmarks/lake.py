"""A thousand small batches beside one large one with the same rows: taking them in, opening the lake, reading it, scoring.

python -m benchmarks.lake [--batches 1000] [--orders 2000] [--seed 1] [--without]
"""

import argparse
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from lxml import etree

from benchmarks.harness import machine, table, timed
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.catalog.tables import CATALOG
from sandan.record.home import HomePaths
from sandan.record.ids import KEY_BYTES
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.lake.tables import SCHEMAS
from sandan.record.settings import LakeSettings, Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

_NO_RECORDS = {"BaseTransfer", "BaseSubscribe", "ExtendMessage", "Signature"}
# Batches at the beginning and at the end whose times are compared.
_SOME = 50


def read_lists(folder: Path) -> dict[str, int]:
    """Read every list as it is in force, whole; return its rows."""
    con = connect()
    frames = Frames(Lake(folder), con, None)
    rows = {name: frames.current(name).to_pyarrow().num_rows for name in CATALOG}
    con.disconnect()
    return rows


def home(folder: Path, lake: LakeSettings) -> Settings:
    """A home whose ids agree with those of the others."""
    folder.mkdir()
    (folder / "secret.key").write_text("ab" * KEY_BYTES)
    return load_settings(folder).model_copy(update={"lake": lake})


def split(world: Path, out: Path) -> list[Path]:
    """The world's messages with one record each, and its tables as they are: senders who send at once."""
    out.mkdir()
    made = [path for path in world.rglob("*") if path.is_file() and path.suffix != ".xml"]
    for number, path in enumerate(sorted(world.rglob("*.xml"))):
        root = etree.parse(path).getroot()
        records = [child for child in root if etree.QName(child).localname not in _NO_RECORDS]
        for child in records:
            root.remove(child)
        for i, record in enumerate(records):
            root.insert(0, record)
            made.append(out / f"{number}-{i}.xml")
            made[-1].write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
            root.remove(record)
    return sorted(made)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", action="store_true", help="without compaction")
    chosen = parser.parse_args()
    print(f"{machine('deltalake', 'duckdb', 'pyarrow')}\n")
    with tempfile.TemporaryDirectory() as name:
        world = write_world(Path(name, "world"), world_params("demo", n_orders=chosen.orders, seed=chosen.seed)).folder
        files = split(world, Path(name, "files"))
        batches = [batch for i in range(chosen.batches) if (batch := files[i :: chosen.batches])]
        one = home(Path(name, "one"), LakeSettings())
        many = home(Path(name, "many"), LakeSettings(compact_files=10**9) if chosen.without else LakeSettings())
        ingest(files, one)
        took = []
        for batch in batches:
            started = time.perf_counter()
            ingest(batch, many)
            took.append(time.perf_counter() - started)
        print(f"{len(files):,} files, {len(batches):,} batches, {chosen.orders:,} orders\n")
        first, last = (statistics.median(part) * 1000 for part in (took[:_SOME], took[-_SOME:]))
        rows = [(f"one ingest, ms: median of the first {_SOME}, of the last {_SOME}", f"{first:.0f}", f"{last:.0f}", f"{last / first:.2f}")]
        slowest = max(took) * 1000
        rows.append(
            ("one ingest, ms: median of all, slowest (with compaction)", f"{statistics.median(took) * 1000:.0f}", f"{slowest:.0f}", "")
        )
        print(table(("", "", "", "ratio"), rows) + "\n")
        rows = []
        lakes = [HomePaths(settings.home).lake for settings in (one, many)]
        assert read_lists(lakes[0]) == read_lists(lakes[1]), "the same rows"
        for what, times, actions in (
            ("opening the lake", 15, [partial(Lake, lake) for lake in lakes]),
            ("reading all lists in force", 5, [partial(read_lists, lake) for lake in lakes]),
            ("`score`", 3, [partial(score, settings) for settings in (one, many)]),
        ):
            large, small = (timed(action, times)[0] for action in actions)
            walls, cpus = [f"{t.wall * 1000:,.0f}" for t in (large, small)], [f"{t.cpu * 1000:,.0f}" for t in (large, small)]
            rows.append((f"{what}, ms by the clock", *walls, f"{small.wall / large.wall:.2f}"))
            rows.append((f"{what}, CPU ms", *cpus, f"{small.cpu / large.cpu:.2f}"))
        held = [sum(len(Lake(folder).files(name)) for name in SCHEMAS) for folder in lakes]
        rows.append(("files that the newest state names", *(f"{n:,}" for n in held), ""))
        print(table(("", "one large batch", "small batches", "ratio"), rows))


if __name__ == "__main__":
    main()
