"""Intake against the bare work of its engines: XML against `lxml.iterparse`, tables against DuckDB's `COPY` into Parquet.

    python -m benchmarks.intake [--base 20000] [--copies 5 50] [--rows 100000 1000000]

A world of `--base` orders is written once; larger ones are copies of its messages with other numbers. XML: the same files are gone
through with nothing but `lxml.iterparse`, on as many processes, and read with `sandan ingest`. Tables: one file of orders and one of
market prices.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
from lxml import etree

from benchmarks.harness import machine, table
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

_NUMBERS = re.compile(rb"(<(?:ceb:)?(?:orderNo|logisticsNo|payTransactionId|copNo|payNo)>)([^<]+)")


def bare(paths: Sequence[str], *, records_only: bool) -> int:
    """Go through messages with nothing but the parser; `records_only`: woken once per record instead of once per element."""
    tags = [f"{{*}}{name}" for name in ("Order", "Payment", "Logistics", "LogisticsStatus", "Inventory", "Receipts", "InventoryReturn")]
    n = 0
    for path in paths:
        for _, element in etree.iterparse(path, events=("end",), tag=tags if records_only else None):
            element.clear()
            n += 1
    return n


def parse_bare(files: Sequence[Path], n_workers: int, *, records_only: bool) -> tuple[float, float]:
    """Seconds by the clock and of the processors."""
    names = [str(file) for file in files]
    shares = [names[i :: n_workers * 4] for i in range(n_workers * 4)]
    started, used = time.perf_counter(), _children()
    with ProcessPoolExecutor(n_workers, mp_context=get_context("spawn")) as pool:
        for task in [pool.submit(bare, share, records_only=records_only) for share in shares]:
            task.result()
    return time.perf_counter() - started, _children() - used


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def ingest(home: Path, *paths: Path, workers: int = 0) -> tuple[float, float, float]:
    """Seconds by the clock, of the processors, and the largest memory of one process in MB, of one `sandan ingest`."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "sandan"), "ingest", *map(str, paths)],
        env={**os.environ, "SANDAN_HOME": str(home), "SANDAN_WORKERS": str(workers)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"sandan ingest: exit {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def copies(world: Path, out: Path, n: int) -> Path:
    """The messages of a world n times, each time with other numbers."""
    for copy in range(n):
        for path in sorted((world / "messages").rglob("*.xml")):
            folder = out / str(copy) / path.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / path.name).write_bytes(_NUMBERS.sub(rb"\g<1>\g<2>-%d" % copy, path.read_bytes()))
    return out


def write_tables(folder: Path, n: int) -> dict[str, Path]:
    """One table with persons in it and one without, of n rows each."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"orders": folder / "orders.csv", "market_prices": folder / "market_prices.csv"}
    with made["orders"].open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            "ebp_code order_no ebc_code goods_value freight tax_total discount actual_paid currency app_time buyer_id_number buyer_name "
            "buyer_telephone consignee consignee_telephone consignee_address".split()
        )
        for i in range(n):
            number, phone = f"11010119{i % 70 + 30:02}0{i % 9 + 1}1{i % 9}{i % 10_000:04}", f"13{i % 10**9:09}"
            name = "王李张刘陈杨赵黄"[i % 8] + chr(0x4E00 + i % 2000)
            place = f"浙江省杭州市余杭区文一西路{i % 3000}号{i % 40}幢{i % 900}室"
            rows.writerow(
                [f"P{i % 40}", f"O{i:09}", f"S{i % 3000}", f"{i % 900}.50", "0", "9.10", "0", f"{i % 900 + 9}.60", "142",
                 f"202504{i % 30 + 1:02}{i % 24:02}{i % 60:02}{i % 60:02}", number, name, phone, name, phone, place]
            )  # fmt: skip
    with made["market_prices"].open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow("hs_code item_name price currency seen_on brand platform".split())
        for i in range(n):
            day = f"2025-04-{i % 30 + 1:02}"
            rows.writerow(
                [f"33{i % 10**8:08}", f"保湿面霜 {i % 5000} ml", f"{i % 900}.{i % 100:02}", "CNY", day, f"B{i % 200}", f"P{i % 40}"]
            )
    return made


def copy_bare(source: Path, target: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor of DuckDB's own `COPY` of a CSV into Parquet."""
    con = duckdb.connect()
    started, used = time.perf_counter(), time.process_time()
    con.execute(f"COPY (SELECT * FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")
    return time.perf_counter() - started, time.process_time() - used


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=int, default=20_000, help="orders of the generated world")
    parser.add_argument("--copies", type=int, nargs="+", default=[5, 50], help="how often it is copied")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="rows of the tables")
    chosen = parser.parse_args()
    n_workers = len(os.sched_getaffinity(0))
    print(machine())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        world = write_world(folder / "world", world_params("demo", n_orders=chosen.base, seed=5)).folder if chosen.copies else folder
        found = []
        for n in chosen.copies:
            messages = copies(world, folder / f"x{n}", n)
            files = sorted(messages.rglob("*.xml"))
            size = sum(file.stat().st_size for file in files)
            every, every_cpu = parse_bare(files, n_workers, records_only=False)
            records, records_cpu = parse_bare(files, n_workers, records_only=True)
            wall, cpu, peak = ingest(folder / f"hx{n}", messages)
            orders = n * chosen.base
            found.append(
                [f"{orders:,}", f"{size / 1e9:.2f}", f"{every:.1f} / {every_cpu:.1f}", f"{records:.1f} / {records_cpu:.1f}",
                 f"{wall:.1f} / {cpu:.1f}",
                 f"{every / wall:.2f}", f"{records / wall:.2f}", f"{cpu / orders * 1e6:.0f}", f"{peak:,.0f}"]
            )  # fmt: skip
            subprocess.run(["rm", "-rf", str(messages), str(folder / f"hx{n}")], check=True)
        print("\nXML: seconds by the clock / of the processors\n")
        names = ["orders", "GB", "iterparse, every element", "iterparse, records only", "sandan ingest", "rate against every element",
                 "against records", "us/order", "peak MB"]  # fmt: skip
        print(table(names, found))
        found = []
        for n in chosen.rows:
            for name, path in write_tables(folder / f"t{n}", n).items():
                bare_wall, bare_cpu = min(copy_bare(path, folder / "bare.parquet") for _ in range(3))
                wall, cpu, peak = min(ingest(folder / f"ht{name}{n}{k}", path) for k in range(3))
                found.append(
                    [name, f"{n:,}", f"{bare_wall:.2f} / {bare_cpu:.2f}", f"{wall:.2f} / {cpu:.2f}",
                 f"{wall / bare_wall:.1f}", f"{cpu / bare_cpu:.1f}",
                     f"{cpu / n * 1e6:.1f}", f"{peak:,.0f}"]
                )  # fmt: skip
        print("\nTables: seconds by the clock / of the processors\n")
        print(table("table|rows|COPY|sandan ingest|clock against COPY|CPU against COPY|us/row|peak MB".split("|"), found))


if __name__ == "__main__":
    main()
