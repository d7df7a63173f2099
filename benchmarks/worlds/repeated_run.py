"""A run with many alerts: the rows of a small run again and again under other ids, kept by the run's own writer."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.read_models.shown_lists import CONSIGNMENTS, KEYS
from sandan.algorithms.results.results import TABLES, Keyed, Results, keep_results, open_results
from sandan.graph.store.access import graph_layout, publish
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

# Columns that name a consignment, a finding or a cluster; every copy but the first has its number behind them.
_IDS = ("consignment_id", "order_no", "invt_no", "logistics_no", "cluster_id", "finding_id", "subject_id", "item", "key", "name")
_BATCH = 8_192
Ints = npt.NDArray[np.int64]


def repeated_home(folder: Path, n_alerts: int, orders: int = 1_500, seed: int = 5) -> Settings:
    """A home whose newest run has at least so many alerts.

    The graph is that of the small run, to which the first copy of each consignment belongs.

    Args:
        folder: Where it is made.
        n_alerts: How many.
        orders: Of the small world.
        seed: Of the small world.
    """
    settings = load_settings(folder / "home")
    ingest([write_world(folder / "world", world_params("demo", n_orders=orders, seed=seed)).folder], settings)
    score(settings)
    repeat_run(settings, n_alerts)
    return settings


def repeat_run(settings: Settings, n_alerts: int) -> None:
    """Make the newest run of a home again with at least so many alerts, and that the newest."""
    small = open_results(HomePaths(settings.home))
    copies = -(-n_alerts // small.table("alerts").num_rows)
    made = {name: small.table(name) if name == "operators" else _repeated(small.table(name), copies) for name in TABLES}
    made = {name: rows.sort_by([("score", "descending")]) if name in ("alerts", "clusters") else rows for name, rows in made.items()}
    run_id = f"{small.run_id}-large"
    report = {name: value for name, value in small.report.items() if name not in ("files", "keyed", "sealed")}
    report["grades"] = {grade: n * copies for grade, n in small.report["grades"].items()}
    large = Results(run_id, HomePaths(settings.home).runs / run_id, made=made, said={**report, "run_id": run_id})
    keyed = (
        (name, Keyed(column, _keyed(small, name, column, copies))) for name, column in ((CONSIGNMENTS, "consignment_id"), (KEYS, "key"))
    )
    keep_results(HomePaths(settings.home), replace(large), keyed)
    layout = graph_layout(settings)
    shutil.copytree(layout.tables(small.run_id), layout.tables(run_id))
    publish(settings, run_id, run_id)


def _repeated(rows: pa.Table, copies: int) -> pa.Table:
    return pa.concat_tables([_named(rows, np.full(rows.num_rows, copy)) for copy in range(copies)]).combine_chunks()


def _named(rows: pa.Table, copy: Ints) -> pa.Table:
    """Rows with the number of a copy, one for each row, behind what names them."""
    behind = pa.array(["" if not number else f"~{number}" for number in copy.tolist()], pa.string())
    for name in rows.column_names:
        if name == "alert":
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), _within(rows[name].combine_chunks(), behind))
        elif name in _IDS and pa.types.is_string(rows.schema.field(name).type):
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), _behind(rows[name], behind))
    return rows


def _within(rows: pa.StructArray, behind: pa.Array) -> pa.StructArray:
    fields = list(rows.type)
    parts = [_behind(rows.field(f.name), behind) if f.name in _IDS and pa.types.is_string(f.type) else rows.field(f.name) for f in fields]
    return pa.StructArray.from_arrays(parts, fields=fields)


def _behind(texts: pa.ChunkedArray | pa.Array, behind: pa.Array) -> pa.Array:
    """Texts with more behind them; what is empty stays so."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return pc.if_else(pc.equal(pc.fill_null(whole, ""), ""), whole, pc.binary_join_element_wise(whole, behind, ""))


def _keyed(small: Results, name: str, column: str, copies: int) -> pa.RecordBatchReader:
    parts = sorted(small.folder.glob(f"{name}-*.parquet"))
    rows = pa.concat_tables([pq.read_table(part) for part in parts]).combine_chunks()
    row, copy = np.repeat(np.arange(rows.num_rows), copies), np.tile(np.arange(copies), rows.num_rows)
    keys = _named(rows.select([column]).take(pa.array(row)), copy)[column]
    order = pc.sort_indices(keys).to_numpy()

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            yield from _named(rows.take(pa.array(row[part])), copy[part]).combine_chunks().to_batches()

    return pa.RecordBatchReader.from_batches(rows.schema, batches())
