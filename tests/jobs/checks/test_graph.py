"""`sandan graph check`: agreement, and every way in which served graph, tables and lake can fall apart."""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sandan.graph.store.access import graph_layout
from sandan.graph.store.layout import node_file, relation_file
from sandan.ingest.intake import ingest
from sandan.jobs.checks.graph import check_graph
from sandan.jobs.pipeline import build_graph
from sandan.record.errors import StoreError, StoreUnavailable
from sandan.record.settings import Settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("checked")
    settings = Settings(home=folder / "home", workers=1)
    write_world(folder / "world", world_params("demo", n_orders=60, seed=5, days=20))
    ingest([folder / "world"], settings)
    build_graph(settings)
    return settings


def tables(settings: Settings) -> Path:
    version = graph_layout(settings).current()
    assert version
    return graph_layout(settings).tables(version)


def test_a_graph_that_was_just_built_agrees(built: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    check_graph(built, with_lake=True)
    said = capsys.readouterr()
    assert " agree, checksum " in said.out
    assert "consignments by list: orders " in said.err
    assert not (built.home / "runs" / "check.work").exists()


def test_tables_that_were_changed_differ_from_what_is_served_and_from_the_lake(built: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    orders, paid = node_file(tables(built), "Order"), relation_file(tables(built), "PAID_BY", "Order", "Payer")
    kept = {path: path.read_bytes() for path in (orders, paid)}
    lost = pq.read_table(orders)
    gone = lost["id"][0].as_py()
    pq.write_table(lost.filter(pc.not_equal(lost["id"], gone)), orders)
    payments = pq.read_table(paid)
    doubled = payments.set_column(3, payments.schema.field(3), pc.multiply(payments["amount_cny"], 2.0))
    pq.write_table(doubled, paid)
    try:
        with pytest.raises(StoreError, match=r"differences; run `sandan graph build`") as caught:
            check_graph(built, with_lake=True)
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    assert caught.value.exit_code == 69
    said = capsys.readouterr().out.splitlines()
    n = lost.num_rows
    assert f"served: Order: {n} rows, not {n - 1}" in said
    assert f"served: PAID_BY (Order to Payer): {payments.num_rows} rows of the same ends, but with other properties" in said
    assert any(line.startswith("tables: PLACED_ON (Order to Platform): 1 rows have no Order at their beginning") for line in said)
    assert any(line.startswith("lake: Order: 1 of the ") and line.endswith(" are not there") for line in said)
    assert f"lake: Order: {n - 1} rows, not {n}" in said


def test_a_home_without_a_graph_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="run `sandan graph build`"):
        check_graph(Settings(home=tmp_path), with_lake=True)
